# Generated from openapi/binance-gift-card-openapi.yml and openapi/overlay.yaml.
# Do not edit: change what it is generated from, then run `python -m codegen generate`.

"""What this package is, and what it was generated from."""

__version__ = "0.1.0"
"""The version of the package."""

SPEC_VERSION = "1"
"""The version that the document gives itself."""

SPEC_DIGEST = "dae31ef4f5c12a836d48eb3466e1c949a10293659e5df5b2f19daaed6b38926a"
"""The SHA-256 over the document and its overlays."""
