"""A server of which the document gives only the path."""

from __future__ import annotations


def at_path(base_url: str | None, path: str) -> str | None:
    """`base_url`, and behind it the path unless it has one of its own."""
    bare = isinstance(base_url, str) and "/" not in base_url.rstrip("/").partition("://")[2]
    return f"{base_url.rstrip('/')}{path}" if base_url and bare else base_url
