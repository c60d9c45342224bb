"""A power cut at any moment while cards are made: what the disk may hold then, and what the journal makes of it."""

from __future__ import annotations

import hashlib
import json
import os
import random
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import chain, combinations
from pathlib import Path
from typing import NamedTuple

import pytest

from binance_gift_card import Journal
from binance_gift_card.errors import GiftCardError
from binance_gift_card_sandbox import Sandbox
from tests.journal.traced import Call, Child, calls

pytestmark = pytest.mark.needs("strace")

STATES = int(os.environ.get("TEST_DISK_STATES", "1500"))
"""How many states of the disk the proofs look at, at most, for each of the stories."""
HOW = ("written", "checkpointed", "reopened")
ALL_SUBSETS = 6
AT_RANDOM = int(os.environ.get("TEST_AT_RANDOM", "6"))
SECTOR = 512
NAME = "cards.db"
FOLDER = 0
"""The inode of the folder; files are numbered from 1 on."""
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None
CREATE = b"/giftcard/createCode"
TRACED = (
    "?open,openat,?creat,close,write,writev,pwrite64,pwritev,fsync,fdatasync,sync_file_range,ftruncate,fallocate,"
    "?unlink,unlinkat,?rename,?renameat,?renameat2,?link,?linkat,sendto,sendmsg,recvfrom,recvmsg"
)

Files = dict[str, bytes]


# What happens to the disk.


class Write(NamedTuple):
    inode: int
    offset: int
    data: bytes

    def apply(self, names: dict[str, int], files: dict[int, bytes]) -> None:
        held = files.get(self.inode, b"").ljust(self.offset, b"\0")
        files[self.inode] = held[: self.offset] + self.data + held[self.offset + len(self.data) :]


class Truncate(NamedTuple):
    inode: int
    size: int

    def apply(self, names: dict[str, int], files: dict[int, bytes]) -> None:
        files[self.inode] = files.get(self.inode, b"")[: self.size].ljust(self.size, b"\0")


class Link(NamedTuple):
    """A file got a name."""

    name: str
    named: int
    inode: int = FOLDER  # which is what changes

    def apply(self, names: dict[str, int], files: dict[int, bytes]) -> None:
        names[self.name] = self.named


class Unlink(NamedTuple):
    name: str
    inode: int = FOLDER

    def apply(self, names: dict[str, int], files: dict[int, bytes]) -> None:
        names.pop(self.name, None)


Change = Write | Truncate | Link | Unlink


class Sync(NamedTuple):
    """What was changed before, of a file or of the folder, outlives a power cut from now on."""

    inode: int


# What the world sees.


class Sent(NamedTuple):
    """Bytes of a request for a card were given to the network."""


class Answered(NamedTuple):
    """The answer was read from the network."""

    code: str


class Returned(NamedTuple):
    """The caller has the card."""

    reference: str


Event = Change | Sync | Sent | Answered | Returned


class Seen(NamedTuple):
    """What the world had seen when the power was cut."""

    sent: int = 0
    codes: tuple[str, ...] = ()
    returned: int = 0

    def after(self, event: Event) -> Seen:
        if isinstance(event, Sent):
            return self._replace(sent=self.sent + 1)
        if isinstance(event, Answered):
            return self._replace(codes=(*self.codes, event.code))
        if isinstance(event, Returned):
            return self._replace(returned=self.returned + 1)
        return self


class Reading:
    """Turns what strace wrote of a child, which works in a folder, into events."""

    def __init__(self, folder: Path) -> None:
        self.folder = os.fsencode(folder)
        self.names: dict[bytes, int] = {}
        self.opened: dict[int, int] = {}
        self.made = FOLDER
        self.answer = b""
        self.sockets: set[int] = set()
        self.read = {
            "openat": self._open,
            "close": self._close,
            "pwrite64": self._write,
            "ftruncate": self._truncate,
            "fsync": self._sync,
            "fdatasync": self._sync,
            "unlink": self._unlink,
            "sendto": self._send,
            "recvfrom": self._receive,
            "write": self._tell,
        }

    def events(self, traced: Iterator[Call]) -> Iterator[Event]:
        for call in traced:
            if call.result < 0:
                continue
            if call.name in self.read:
                yield from self.read[call.name](call) or ()
            else:
                known = call.data.startswith(self.folder) or (call.numbers and call.numbers[0] in self.opened)
                assert not known, f"the model does not have {call}"

    def _name(self, path: bytes) -> bytes:
        """What a file of the folder is called; what SQLite shares between processes is made anew after a power cut."""
        folder, _, name = path.rpartition(b"/")
        return name if folder == self.folder and not name.endswith(b"-shm") else b""

    def _open(self, call: Call) -> Iterator[Event]:
        self.opened.pop(call.result, None)
        if call.data == self.folder:
            self.opened[call.result] = FOLDER
        elif name := self._name(call.data):
            if name not in self.names:
                self.made += 1
                self.names[name] = self.made
                yield Link(name.decode(), self.made)
            self.opened[call.result] = self.names[name]

    def _close(self, call: Call) -> None:
        self.opened.pop(call.numbers[0], None)
        self.sockets.discard(call.numbers[0])

    def _write(self, call: Call) -> Iterator[Event]:
        descriptor, _, offset = call.numbers
        if descriptor in self.opened:
            yield Write(self.opened[descriptor], offset, call.data[: call.result])

    def _truncate(self, call: Call) -> Iterator[Event]:
        descriptor, size = call.numbers
        if descriptor in self.opened:
            yield Truncate(self.opened[descriptor], size)

    def _sync(self, call: Call) -> Iterator[Event]:
        if call.numbers[0] in self.opened:
            yield Sync(self.opened[call.numbers[0]])

    def _unlink(self, call: Call) -> Iterator[Event]:
        if name := self._name(call.data):
            del self.names[name]
            yield Unlink(name.decode())

    def _send(self, call: Call) -> Iterator[Event]:
        if CREATE in call.data:
            self.sockets.add(call.numbers[0])
            yield Sent()

    def _receive(self, call: Call) -> Iterator[Event]:
        if call.numbers[0] in self.sockets:
            self.answer += call.data[: call.result]
            body = self.answer.partition(b"\r\n\r\n")[2]
            if body.endswith(b"}"):
                self.answer = b""
                yield Answered(json.loads(body)["data"]["code"])

    def _tell(self, call: Call) -> Iterator[Event]:
        assert call.numbers[0] not in self.opened, f"the model does not have {call}"
        if call.numbers[0] == 1:
            yield Returned(call.data.decode())


class Disk:
    """What outlives a power cut, and what may."""

    def __init__(self) -> None:
        self.names: dict[str, int] = {}
        self.files: dict[int, bytes] = {}
        self.pending: list[Change] = []

    def after(self, event: Event) -> None:
        if isinstance(event, Sync):
            for change in self.pending:
                if change.inode == event.inode:
                    change.apply(self.names, self.files)
            self.pending = [change for change in self.pending if change.inode != event.inode]
        elif isinstance(event, (Write, Truncate, Link, Unlink)):
            self.pending.append(event)

    def holding(self, changes: Sequence[Change]) -> Files:
        names, files = self.names.copy(), self.files.copy()
        for change in changes:
            change.apply(names, files)
        return {name: files.get(inode, b"") for name, inode in names.items()}

    def possible(self, chance: random.Random) -> Iterator[Files]:
        """The states that a power cut can leave."""
        for changes in _subsets(self.pending, chance):
            yield self.holding(changes)
            if changes and isinstance(changes[-1], Write):
                for damaged in _damaged(changes[-1]):
                    yield self.holding([*changes[:-1], damaged])


def _subsets(pending: list[Change], chance: random.Random) -> Iterator[Sequence[Change]]:
    if len(pending) <= ALL_SUBSETS:
        yield from chain.from_iterable(combinations(pending, size) for size in range(len(pending) + 1))
        return
    for size in range(len(pending) + 1):
        yield pending[:size]
        yield pending[:size] + pending[size + 1 :]
    for inode in {change.inode for change in pending}:
        yield [change for change in pending if change.inode == inode]
        yield [change for change in pending if change.inode != inode]
    for _ in range(AT_RANDOM):
        share = chance.random()
        yield [change for change in pending if chance.random() < share]


def _damaged(write: Write) -> Iterator[Write]:
    """What came of a write that was under way: half of it, or room for it and nothing in it."""
    half = -(-len(write.data) // (2 * SECTOR)) * SECTOR
    if half < len(write.data):
        yield write._replace(data=write.data[:half])
    yield write._replace(data=bytes(len(write.data)))


# What has to be true of every state.


class Moment(NamedTuple):
    """A state of the disk, and what the world had seen when it came about."""

    number: int
    files: Files
    seen: Seen


def moments(events: Sequence[Event], chance: random.Random) -> list[Moment]:
    """All of them, each once."""
    disk, seen = Disk(), Seen()
    found: dict[bytes, Moment] = {}
    for number, event in enumerate(events):
        disk.after(event)
        seen = seen.after(event)
        for files in disk.possible(chance):
            found.setdefault(_digest(files, seen), Moment(number, files, seen))
    return list(found.values())


def _digest(files: Files, seen: Seen) -> bytes:
    digest = hashlib.blake2b(repr(seen).encode())
    for name, held in sorted(files.items()):
        digest.update(f"{name} {len(held)} ".encode())
        digest.update(held)
    return digest.digest()


def _problems(moment: Moment, folder: Path, key: str) -> Iterator[str]:
    for name, held in moment.files.items():
        (folder / name).write_bytes(held)
        (folder / name).chmod(0o600)
    try:
        with closing(Journal(folder / NAME, key=key)) as journal:
            if moment.seen.sent and NAME not in moment.files:
                yield "the journal is gone"
            journal.prepare()
            yield from _broken_promises(journal, moment.seen)
    except GiftCardError as error:
        yield f"the journal cannot be used: {error}"


def _broken_promises(journal: Journal, seen: Seen) -> Iterator[str]:
    journal.recover()
    if problems := journal.store.problems():
        yield f"the journal is damaged: {problems}"
    entries = {entry.note: entry for entry in journal.history()}
    if len(entries) != len(list(journal.history())) or not entries.keys() <= {"0", "1", "2"}:
        yield f"there are entries of nothing: {entries}"
    for number in range(3):
        entry = entries.get(str(number))
        state = "missing" if entry is None else entry.state
        if number < seen.sent and state not in ("done", "unknown"):
            yield f"request {number} had been sent, and its entry is {state}"
        if number < seen.returned and state != "done":
            yield f"card {number} had been returned, and its entry is {state}"
        if number >= seen.sent and state not in ("missing", "not sent", "unknown"):
            yield f"request {number} had not been sent, and its entry is {state}"
        if state == "done" and journal.result(entry).code not in seen.codes[number : number + 1]:
            yield f"entry {number} has not the code that the server gave"


def recorded(folder: Path, how: str, key: str) -> list[Event]:
    """What a child does to the disk and before the world."""
    folder.mkdir()
    log = folder.parent / "log"
    with Sandbox(balances={"USDT": "1000"}) as sandbox:
        child = Child(
            "child_three.py",
            folder.parent / "caches",
            CHILD_URL=sandbox.url,
            CHILD_API_KEY=sandbox.api_key,
            CHILD_API_SECRET=sandbox.api_secret,
            CHILD_JOURNAL=str(folder / NAME),
            BINANCE_JOURNAL_KEY=key,
        )
        done = child.run(how, trace=["-xx", "-s", "1000000", "-o", str(log), "-e", f"trace={TRACED}"])
    assert done.returncode == 0, done.stderr
    return list(Reading(folder).events(calls(log)))


@pytest.mark.parametrize(
    ("how", "states"),
    [("written", 60), *(pytest.param(how, STATES, marks=pytest.mark.proof) for how in HOW)],
)
def test_a_power_cut_loses_no_card(how, states, tmp_path, key, later, seed) -> None:
    events = recorded(tmp_path / "disk", how, key)
    end = Seen()
    for event in events:
        end = end.after(event)
    assert (end.sent, len(end.codes), end.returned) == (3, 3, 3)
    chance = random.Random(seed)
    found = moments(events, chance)
    chosen = chance.sample(found, min(states, len(found)))
    later(3600)
    problems = []
    for moment in chosen:
        with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
            problems += [f"after event {moment.number}: {text}" for text in _problems(moment, Path(folder), key)]
    assert not problems, "\n".join(problems)
