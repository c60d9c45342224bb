"""The options that many commands have."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, TypeAlias

import typer

from ..core.errors import ArgumentError
from ..core.opaque import Opaque

HELP = {"help_option_names": ["-h", "--help"]}
"""How help is asked for."""

AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
ShowCodes: TypeAlias = Annotated[bool, typer.Option("--show-codes", help="Show secrets instead of masking them.")]
Yes: TypeAlias = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Server: TypeAlias = Annotated[
    str | None, typer.Option("--sandbox", metavar="URL", help="Call this server, such as a sandbox, instead.")
]
JournalAt: TypeAlias = Annotated[
    str | None, typer.Option("--journal", metavar="FILE|URL", help="The journal; the environment's if left out.")
]
NoJournal: TypeAlias = Annotated[bool, typer.Option("--no-journal", help="Keep no journal of this call.")]
Timeout: TypeAlias = Annotated[float | None, typer.Option("--timeout", metavar="SECONDS", help="For a whole call.")]


def completed_from(values: Iterable[str]) -> Callable[[str], list[str]]:
    """What a shell completes a value by."""
    known = tuple(values)
    return lambda incomplete: [value for value in known if value.startswith(incomplete)]


def one_of(option: str, value: str | None, known: Iterable[str]) -> None:
    """Refuse a value that is none of those; it is not repeated, since it may be a secret in a wrong place."""
    names = tuple(known)
    if value is not None and value not in names:
        raise ArgumentError(f"{option} must be one of {', '.join(names)}")


class GlobalOptions(Opaque, kw_only=True):
    """What the options say that many commands have."""

    json: bool = False
    show_codes: bool = False
    yes: bool = False
    server: str | None = None
    journal: str | None = None
    no_journal: bool = False
    timeout: float | None = None
