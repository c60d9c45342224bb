# Generated from openapi/binance-gift-card-openapi.yml and openapi/overlay.yaml.
# Do not edit: change what it is generated from, then run `python -m codegen generate`.

"""What this package is, and what it was generated from."""

__version__ = "0.1.0"
"""The version of the package."""

SPEC_VERSION = "1"
"""The version that the document gives itself."""

SPEC_DIGEST = "9a4bd366205529eb30a26b6d2702f04292ede63a298691fa98e57ad925616f4b"
"""The SHA-256 over the document and its overlays."""
