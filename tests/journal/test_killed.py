"""A process that is killed at any call of the system, while it makes a card: what its journal has afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from binance_gift_card import GiftCardClient, HmacSigner, Journal
from binance_gift_card.journal import Entry
from binance_gift_card_sandbox import Sandbox
from tests.journal.traced import KILLED, MARKERS, Call, Child, calls

pytestmark = pytest.mark.needs("strace")

TRACED = (
    f"{MARKERS},?open,openat,?stat,?newfstatat,?statx,read,pread64,write,writev,pwrite64,pwritev,fsync,fdatasync,"
    "ftruncate,fallocate,?unlink,unlinkat,?rename,?renameat,?renameat2,mmap,connect,sendto,sendmsg,recvfrom,recvmsg,"
    "close,?poll,?ppoll"
)
TIMED = ("poll", "ppoll", "recvfrom")
"""How many of them there are depends on when an answer comes, so there may be too few to kill at."""
UNSTEADY = (*TIMED, "mmap")
"""Or on where memory is free: wherever it is killed is as good."""
AT_ONCE = 4


class Point(NamedTuple):
    """A call at which to kill: which of its name it is, since the process began and since the marker."""

    name: str
    number: int
    since: int
    kept: bool = False
    """Whether the answer was kept by then."""


class Scene:
    """A sandbox and a client of it, a place for a journal, and a child that makes a card."""

    def __init__(self, sandbox: Sandbox, folder: Path, key: str) -> None:
        folder.mkdir()
        self.sandbox = sandbox
        self.folder = folder
        self.key = key
        self.address = folder / "cards.db"
        self.client = GiftCardClient(
            api_key=sandbox.api_key, signer=HmacSigner(sandbox.api_secret), base_url=sandbox.url
        )
        self.child = Child(
            "child_one.py",
            folder.parent / "caches",
            CHILD_URL=sandbox.url,
            CHILD_API_KEY=sandbox.api_key,
            CHILD_API_SECRET=sandbox.api_secret,
            CHILD_JOURNAL=str(self.address),
            BINANCE_JOURNAL_KEY=key,
        )

    def __enter__(self) -> Scene:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def cards(self) -> int:
        """How many were made, once all that had arrived is dealt with."""
        self.client.get_server_time()
        return int((1000 - self.sandbox.balance("USDT")) // 25)


class Stage:
    """Where scenes are set."""

    def __init__(self, tmp_path: Path, key: str, how: list[str]) -> None:
        self.tmp_path = tmp_path
        self.key = key
        self.how = how

    @contextmanager
    def scene(self, name: str) -> Iterator[Scene]:
        with Sandbox(balances={"USDT": "1000"}) as sandbox, Scene(sandbox, self.tmp_path / name, self.key) as scene:
            yield scene

    def points(self) -> list[Point]:
        """All calls that have to do with the journal's files or with the server."""
        with self.scene("warm") as scene:
            scene.child.run(warm=False)
        with self.scene("whole") as scene:
            log = scene.folder / "log"
            done = scene.child.run(*self.how, trace=["-y", "-o", str(log), "-e", f"trace={TRACED}"])
            assert done.returncode == 0, done.stderr
            return _with_kept(list(_points(calls(log), str(scene.folder))))

    def killed(self, point: Point) -> list[str]:
        """Kill the child there; what is wrong then."""
        for attempt in range(4):
            with self.scene(f"{point.name}-{point.number}-{attempt}") as scene:
                since = self._killed(scene, point)
                if since is not None and (since == point.since or point.name in UNSTEADY):
                    return [f"{point}: {problem}" for problem in _problems(scene, point)]
        return [] if point.name in TIMED else [f"{point}: the child was killed elsewhere, if at all: {since}"]

    def _killed(self, scene: Scene, point: Point) -> int | None:
        """Where it was killed, since the marker."""
        log = scene.folder / "log"
        inject = f"inject={point.name}:signal=SIGKILL:when={point.number}"
        done = scene.child.run(*self.how, trace=["-o", str(log), "-e", f"trace={MARKERS},{point.name}", "-e", inject])
        return _since_begin(log, point.name) if done.returncode in KILLED else None


def _points(traced: Iterator[Call], folder: str) -> Iterator[Point]:
    counts: Counter[str] = Counter()
    before: Counter[str] | None = None
    for call in traced:
        counts[call.name] += 1
        if call.marks("begin"):
            before = counts.copy()
        elif call.marks("end"):
            break
        elif before is not None and (folder in call.rest or "<socket:" in call.rest):
            yield Point(call.name, counts[call.name], counts[call.name] - before[call.name])


def _with_kept(points: list[Point]) -> list[Point]:
    """What is flushed last is the answer, if there was one."""
    if not any(point.name == "sendto" for point in points):
        return points
    last = max(number for number, point in enumerate(points) if point.name in ("fsync", "fdatasync"))
    return [point._replace(kept=number > last) for number, point in enumerate(points)]


def _since_begin(log: Path, name: str) -> int | None:
    since = None
    for call in calls(log):
        if call.marks("begin"):
            since = 0
        elif since is not None and call.name == name:
            since += 1
    return since


# What has to be true afterwards.


def _problems(scene: Scene, point: Point) -> Iterator[str]:
    made = scene.cards()
    entry = None
    if scene.address.exists() and scene.address.stat().st_size:
        with closing(Journal(scene.address, key=scene.key)) as journal:
            entry = yield from _settled(journal, made)
    if point.kept and (entry is None or entry.state != "done"):
        yield f"the answer had been kept, and the entry is {entry}"
    yield from _used_again(scene, made, entry)


def _settled(journal: Journal, made: int):
    """Its entry, once it is settled."""
    journal.prepare()
    journal.recover()
    if problems := journal.store.problems():
        yield f"the journal is damaged: {problems}"
    entries = list(journal.history())
    states = [entry.state for entry in entries]
    if states not in ([], ["not sent"], ["unknown"], ["done"]):
        yield f"one call was begun, and there are entries {states}"
    if made > 1 or made > states.count("done") + states.count("unknown"):
        yield f"the server made {made} cards, and the entries are {states}"
    if states == ["done"] and not made:
        yield "an entry is done, and the server made no card"
    if states == ["done"] and journal.result(entries[0]).reference_no != entries[0].reference:
        yield "the entry is not of the card that its answer holds"
    return entries[0] if entries else None


def _used_again(scene: Scene, made: int, entry: Entry | None) -> Iterator[str]:
    """The same idempotency key, in another process."""
    done = scene.child.run()
    state = "not sent" if entry is None else entry.state
    if done.returncode or not done.stdout:
        yield f"the key of an entry {state} cannot be used again: {done.stderr}"
    told, now = done.stdout, scene.cards()
    if (told == "unknown") != (state == "unknown"):
        yield f"the key of an entry {state} gave {told} the next time"
    if now != made + (state == "not sent"):
        yield f"there were {made} cards; the key of an entry {state} was used again, and there are {now}"
    if told != "unknown":
        yield from _redeemed(scene, told)


def _redeemed(scene: Scene, code: str) -> Iterator[str]:
    with closing(Journal(scene.address, key=scene.key)) as journal:
        [entry] = journal.history(state="done")
        if journal.result(entry).code != code:
            yield "the journal has another code than the caller was given"
    if scene.client.redeem_gift_card(code=code).reference_no != entry.reference:
        yield "the code is that of another card"


ONE_OF_EACH = pytest.param(False, id="one of each")
EVERYWHERE = pytest.param(True, id="everywhere", marks=pytest.mark.proof)


def last_of_each(points: list[Point]) -> list[Point]:
    """Of each name the last, so that the default command looks at a few of them."""
    return list({point.name: point for point in points}.values())


def killed_everywhere(stage: Stage, points: list[Point]) -> str:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return "\n".join(problem for found in threads.map(stage.killed, points) for problem in found)


@pytest.mark.parametrize("everywhere", [ONE_OF_EACH, EVERYWHERE])
def test_no_card_is_lost_wherever_the_process_is_killed(tmp_path, key, later, everywhere) -> None:
    stage = Stage(tmp_path, key, [])
    points = stage.points()
    assert {"pwrite64", "fdatasync", "sendto", "recvfrom"} <= {point.name for point in points}
    later(3600)
    assert not killed_everywhere(stage, points if everywhere else last_of_each(points))


@pytest.mark.parametrize("everywhere", [ONE_OF_EACH, EVERYWHERE])
def test_a_journal_can_be_used_wherever_its_making_was_killed(tmp_path, key, later, everywhere) -> None:
    stage = Stage(tmp_path, key, ["--new"])
    points = stage.points()
    assert {"openat", "pwrite64", "fdatasync"} <= {point.name for point in points}
    later(3600)
    assert not killed_everywhere(stage, points if everywhere else last_of_each(points))
