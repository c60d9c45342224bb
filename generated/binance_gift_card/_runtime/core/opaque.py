# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""Records that hold secrets on their way."""

from __future__ import annotations

from typing import Any

import msgspec


class Opaque(msgspec.Struct):
    """A record whose repr shows nothing of what it holds."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return []


class Arguments(dict[str, Any]):
    """The arguments of a call, by name; its repr shows no value."""

    def __repr__(self) -> str:
        return f"<Arguments {', '.join(self)}>"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return []
