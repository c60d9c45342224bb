# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""The options that many commands have."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

from ..core.opaque import Opaque

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
Timeout: TypeAlias = Annotated[float | None, typer.Option("--timeout", help="Seconds for a whole call.")]


class GlobalOptions(Opaque, kw_only=True):
    """What the options say that many commands have."""

    json: bool = False
    show_codes: bool = False
    yes: bool = False
    server: str | None = None
    journal: str | None = None
    no_journal: bool = False
    timeout: float | None = None
