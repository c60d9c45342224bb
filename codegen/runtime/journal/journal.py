"""The journal of a client: history that the server does not keep."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal, TextIO, TypeVar
from urllib.parse import urlsplit, urlunsplit

from ..core import checks, environment
from ..core.deadline import Deadline
from ..core.effects import Flow
from ..core.errors import ArgumentError, JournalError
from ..core.interrupts import leaving_nothing
from ..core.keeper import Scope, Tag
from ..core.operation import Operation
from . import by_hand, columns, export, rotation
from .entry import Entry
from .export import Format
from .history import OVERDUE, Filters, History, number_of
from .nonces import next_nonce
from .record import Record
from .seal import Key, Seal
from .store import ALL, Store, paged

if TYPE_CHECKING:
    from typing_extensions import Unpack

J = TypeVar("J", bound="Journal")

_PAGE = 200
_SECONDS = 10.0
_DEAD = f"{ALL} WHERE {OVERDUE} AND number > :last ORDER BY number LIMIT {_PAGE}"


class Journal(History):
    """A journal, in a file or in a database.

    Args:
        address: The path of an SQLite file, which is made if it is not there; or ``postgresql://…`` (extra
            ``postgres``).
        key: What secrets are sealed under (extra ``keys``): 32 bytes as base64, the path of a file that holds that,
            or a function that returns it; several, divided by spaces, while keys are changed: the first seals, all
            open.
            ``"unsealed"`` stores secrets in the clear. Left out, the environment is asked: ``…_JOURNAL_KEY``, or
            ``…_JOURNAL_KEY_FILE``.
        allow_readable_files: Whether every user may read the file of the key, as on a mount that is read-only; for
            that of the environment, ``…_ALLOW_READABLE_FILES=1`` says it.

    Raises:
        ArgumentError: The address or the key cannot be used.
    """

    def __init__(
        self, address: str | os.PathLike[str], *, key: Key | None = None, allow_readable_files: bool = False
    ) -> None:
        store = _store(address, self.facts.sdk)
        key = key if key is not None else self._from_environment()
        seal = None if key is None else Seal(key, allow_readable_files=allow_readable_files)
        super().__init__(store, seal, _without_password(os.fspath(address)))
        self.only_read = False
        """Whether nothing is written to it, not even what follows from what is kept."""

    @classmethod
    def to_read(cls: type[J], address: str | os.PathLike[str]) -> J:
        """A journal that is there already, and is left as it is."""
        journal = cls(address)
        journal.only_read = True
        return journal

    @property
    def address(self) -> str:
        """Where it is: its path or its URL, without a password."""
        return self._shown

    def _from_environment(self) -> Key | None:
        prefix = self.facts.environment
        text, file = os.environ.get(f"{prefix}_JOURNAL_KEY"), os.environ.get(f"{prefix}_JOURNAL_KEY_FILE")
        if text and file:
            raise ArgumentError(f"{prefix}_JOURNAL_KEY and {prefix}_JOURNAL_KEY_FILE are both set; set one")
        return text or (environment.secret_file(prefix, f"{prefix}_JOURNAL_KEY_FILE", file) if file else None)

    def prepare(self) -> None:
        """Make the journal if it is not there; see that it can be written, under a key that it knows.

        Raises:
            ArgumentError: The key is missing, or is not the one that the journal is sealed under.
            JournalError: The journal cannot be used.
        """
        if self.only_read:
            self.store.rows("SELECT value FROM facts WHERE name = 'key'", {})
            return
        try:
            names = self.seal.names
        except JournalError as error:
            raise ArgumentError(str(error), problem=error.problem, variables=error.variables) from None
        self.store.prepare()
        known = self.store.rows("SELECT value FROM facts WHERE name = 'key'", {})
        if known and known[0][0] not in names:
            raise ArgumentError(
                f"the journal {self._shown} is sealed under the key {known[0][0]}, and was given {', '.join(names)};"
                " give that key as well, after the new one"
            )
        if not known or known[0][0] != names[0]:
            self._name_key(names[0])
        self.recover()

    def _name_key(self, name: str) -> None:
        statement = (
            "INSERT INTO facts (name, value) VALUES ('key', :value) ON CONFLICT (name) DO UPDATE SET value = :value"
        )
        self.store.write(lambda session: session.run(statement, {"value": name}), durable=True, seconds=_SECONDS)

    def record(
        self, operation: Operation[Any], texts: Mapping[str, Any], tag: Tag, scope: Scope, deadline: Deadline
    ) -> Record:
        """What is to be kept of a call that is about to be made; nothing is written yet."""
        return Record(self, operation, texts, tag, scope, deadline)

    def next_nonce(self, name: str, least: int, *, durable: bool, seconds: float) -> Flow[int]:
        """A nonce of at least so much, and greater than all that were given before."""
        return next_nonce(self.store, name, least, durable=durable, seconds=seconds)

    def recover(self) -> None:
        """Settle the entries of calls that nobody makes any more, as far as that can be told."""
        if self.only_read:
            return
        for row in paged(self.store, _DEAD, {"now": columns.now()}):
            self.settle(row)

    def resolve(
        self,
        entry: Entry | int,
        outcome: Literal["done", "refused"],
        *,
        reason: str,
        reference: str | None = None,
        force: bool = False,
    ) -> Entry:
        """Settle an entry of unknown outcome by hand; the journal keeps who did, and why.

        As ``done`` it can be settled at once. As ``refused`` it cannot before its ``settled_after``: until then the
        server may still execute the request, and the entry's idempotency key would be free for a second one. Of an
        entry without that instant nobody knows when it is too late for the server; see that a long time has passed.

        Args:
            entry: The entry, or its number.
            outcome: What the call came to, as a person found out: ``done``, or ``refused`` if nothing was done.
            reason: How that is known, in at most 1000 characters.
            reference: The server's name for what the call made, if it was found. At most 255 characters. It counts as
                issued; `reconcile` does not ask about it, since a mistyped one may count as an attempt to guess.
            force: Settle it as ``refused`` before that instant, or as ``done`` with a reference that the entry of
                another call has, all the same.

        Returns:
            The entry as it is now.

        Raises:
            ArgumentError: The outcome is not unknown, it is too early, another call's entry has the reference, or
                the reason is missing or cannot be used.
            JournalError: The journal cannot be written.
        """
        by_hand.resolve(self, number_of(entry), outcome, reason=reason, reference=reference, force=force)
        return self.entry(number_of(entry))

    def adopt(self, old: str | None, new: str, *, reason: str, kind: Literal["account", "server"] = "account") -> None:
        """Say that two accounts, or two servers, are the same: after an API key was changed, or a name moved.

        From then on the entries of one count as the other's: for idempotency keys, bulk runs, limits and checks. The
        entries stay as they are; the journal keeps who said so, when and why. It cannot be taken back.

        Args:
            old: An account as entries name it (``Entry.account``), or a server; `None` for entries that name no
                account, because they are older than that fact.
            new: The account that it counts as: the client's ``account``, or the fingerprint that an error or an entry
                shows; or a server.
            reason: How that is known, in at most 1000 characters.
            kind: Which of the two it is about.

        Raises:
            ArgumentError: There is no entry of the old one, or the new one or the reason cannot be used.
            JournalError: The journal cannot be written.
        """
        by_hand.adopt(self, old, new, kind=kind, reason=reason)

    @leaving_nothing
    def export(
        self,
        target: str | os.PathLike[str] | TextIO,
        *,
        format: Format | None = None,  # noqa: A002 - the word that people look for
        secrets: bool = False,
        **filters: Unpack[Filters],
    ) -> int:
        """Write entries as CSV or JSON Lines, amounts exact.

        Args:
            target: The path of a file, which is replaced when all is written and keeps its mode (0600 if it is new),
                or of a device or a pipe; or a file that is open.
            format: ``csv`` or ``jsonl``; left out, the path's ending says it.
            secrets: Whether to write the results of calls as well, with the secrets that they hold.
            filters: Those of `history`.

        Returns:
            How many entries were written.

        Raises:
            ArgumentError: A filter or the format cannot be used, or the file cannot be written.
            JournalError: The journal cannot be read, or its secrets not.
        """
        return export.write(self.history(**filters), target, format, self.told if secrets else None)

    @leaving_nothing
    def rotate_key(self, progress: Callable[[int], None] | None = None) -> int:
        """Seal again, under the first of the journal's keys, all that is sealed under another.

        It can be stopped at any time, and goes on when it is called again.

        Args:
            progress: Is told how many entries are done.

        Returns:
            How many entries were sealed again.

        Raises:
            JournalError: Something is sealed under a key that the journal was not given.
        """
        self.prepare()
        return rotation.rotate_key(self.store, self.seal, progress)

    def check(self) -> list[str]:
        """What is wrong with the journal: of its file or database, and of what is sealed in it; empty if nothing is.

        Raises:
            JournalError: The journal cannot be read at all.
        """
        return [*self.store.problems(), *rotation.unreadable(self.store, self.unseal)]

    def close(self) -> None:
        """Close it; it opens again when it is asked something."""
        self.store.close()

    def __enter__(self: J) -> J:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Journal {self._shown}>"


def _store(address: str | os.PathLike[str], sdk: str) -> Store:
    if isinstance(address, str) and address.startswith(("postgresql://", "postgres://")):
        from .stores.postgres import PostgresStore

        checks.text("a journal's address", address)
        return PostgresStore(address, sdk=sdk)
    if isinstance(address, str) and "://" in address:
        raise ArgumentError("a journal is kept in an SQLite file or at postgresql://…, and nowhere else")
    path = checks.path_of("a journal's address, if not postgresql://…,", address)
    from .stores.sqlite import SqliteStore

    return SqliteStore(path, sdk=sdk)


def _without_password(address: str) -> str:
    parts = urlsplit(address) if "://" in address else None
    if parts is None:
        return address
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
