# Generated from openapi/binance-gift-card-openapi.yml and openapi/overlay.yaml.
# Do not edit: change what it is generated from, then run `python -m codegen generate`.

"""What this package is, and what it was generated from."""

__version__ = "0.1.0"
"""The version of the package."""

SPEC_VERSION = "1"
"""The version that the document gives itself."""

SPEC_DIGEST = "ae96ffbfbf2d3e8935e54028a0885af1601e218b6fb646adf99a640cad4d9144"
"""The SHA-256 over the document and its overlays."""
