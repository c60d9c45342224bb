# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""A package, as its commands see it: how its clients are made, and where its journal is."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal, Protocol

from ..core.errors import ArgumentError
from ..core.opaque import Opaque
from ..core.operation import Operation
from ..journal.journal import Journal
from ..journal.store import NoJournalError
from ..sync.journalled import Dispatcher, JournalledClient
from .options import GlobalOptions


class ClientFactory(Protocol):
    """Makes a client out of the environment."""

    def __call__(self, *, journal: Any, base_url: str | None, timeout: float) -> JournalledClient: ...


class Program(Opaque, kw_only=True):
    """A package, as its commands see it."""

    name: str
    """What the command is called."""
    environment: str
    """The prefix of the environment's variables."""
    make_client: ClientFactory
    journal: type[Journal]
    operations: Mapping[str, Operation[Any]]
    noun: tuple[str, str] = ("entry", "entries")
    """What people call one of what is issued, and several."""

    def example(self, *commands: str) -> str:
        """What the help of a command ends with: how it is called."""
        return "\n".join(
            ["\b", "Example:" if len(commands) == 1 else "Examples:", *(f"  {self.name} {one}" for one in commands)]
        )


@contextmanager
def open_client(
    program: Program, options: GlobalOptions, *, needs_journal: bool, only_reads: bool = False
) -> Iterator[Dispatcher]:
    """A client, with the journal that the command needs; one that only reads makes none."""
    address = options.journal or os.environ.get(f"{program.environment}_JOURNAL") or None
    if needs_journal and address is None and not options.no_journal:
        prefix = program.environment
        raise ArgumentError(
            f"there is no journal to write this down in: give --journal FILE, or set {prefix}_JOURNAL;"
            f" the key of its secrets stands in {prefix}_JOURNAL_KEY or in the file {prefix}_JOURNAL_KEY_FILE"
            f" (`{program.name} journal new-key` makes one); or say --no-journal"
        )
    kept: Journal | str | Literal[False] = False if options.no_journal or address is None else address
    if isinstance(kept, str) and only_reads:
        kept = program.journal.to_read(kept)
        try:
            kept.prepare()
        except NoJournalError:
            if needs_journal:
                raise
            kept = False
    timeout = options.timeout if options.timeout is not None else 30.0
    with program.make_client(journal=kept, base_url=options.server, timeout=timeout) as client:
        yield Dispatcher(client)


def open_journal(program: Program, address: str | None) -> Journal:
    """The journal that the command is about, which must be there."""
    found = address or os.environ.get(f"{program.environment}_JOURNAL")
    if not found:
        raise ArgumentError(f"give --journal FILE, or set {program.environment}_JOURNAL")
    journal = program.journal(found)
    if "://" not in found and not os.path.exists(found):
        raise ArgumentError(f"there is no journal {found}; see to its path: none was made")
    return journal
