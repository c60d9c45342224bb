# Generated from openapi/binance-gift-card-openapi.yml and openapi/overlay.yaml.
# Do not edit: change what it is generated from, then run `python -m codegen generate`.

"""What this package is, and what it was generated from."""

__version__ = "0.1.0"
"""The version of the package."""

SPEC_VERSION = "1"
"""The version that the document gives itself."""

SPEC_DIGEST = "dd421dc38c4444f170db0a02b76e89127d9000711b8926be17efce94b6e8c9c9"
"""The SHA-256 over the document and its overlays."""
