# Generated from openapi/binance-gift-card-openapi.yml and openapi/overlay.yaml.
# Do not edit: change what it is generated from, then run `python -m codegen generate`.

"""What this package is, and what it was generated from."""

__version__ = "0.1.0"
"""The version of the package."""

SPEC_VERSION = "1"
"""The version that the document gives itself."""

SPEC_DIGEST = "d0eb62bfe493bab88dbb3e8806845743cc95860147c0b6337613676820f60725"
"""The SHA-256 over the document and its overlays."""
