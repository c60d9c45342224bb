"""What is promised of every story, looked at once all is over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .driver import CLOCKS, STORE
from .scripts import Told
from .server import KEY, SECRET, UNCLEAR, Deed
from .world import World

KEEPING = 11.0
"""Seconds after its deadline in which a call may still keep an answer, and write down what it came to."""
WRITING = 1.0
"""The same of one that no answer came to."""
AFTER_AN_INTERRUPT = 21.0
"""The same once more, for each interrupt; and as long to find an entry."""
TROUBLES_OF_STORE = frozenset(STORE)
TROUBLES_OF_CLOCK = frozenset((*CLOCKS, "the machine asleep before"))
DUBIOUS = frozenset(("has its answer cut", "is answered twice"))
"""After these nobody knows whether an answer is one."""
BUSY = 1.0
"""Seconds for which a task may have waited for its turn."""


def broken(world: World, told: list[Told], shown: list[str]) -> Iterator[str]:
    """All that is not as promised."""
    yield from world.faults
    if not world.happened & (UNCLEAR | DUBIOUS) and any("unknown, answered" in outline for *_, outline in world.seen):
        yield "an answer was kept, and its entry was unknown all the same"
    for mine in told:
        yield from (f"call {mine.number}: {fault}" for fault in _of_call(world, mine))
    yield from _of_keys(world, told)
    yield from clients(world, told)
    yield from secrets(world, told, shown)


def _of_call(world: World, told: Told) -> Iterator[str]:
    done = [deed for deed in world.server.deeds if deed.call == told.number]
    rows = [row for row in world.disk.entries() if row["note"] == str(told.number)]
    if len(done) > 1:
        yield "it was done twice"
    if len(rows) > 1:
        yield "it has two entries"
    if done and told.executed == "no":
        yield f"told that nothing was done, and it was: {told.error!r}"
    yield from _of_entry(told, done, rows[0] if rows else None)
    if rows:
        yield from _of_a_quiet_journal(world, told, rows[0])
        yield from _of_answer(world, told, rows[0])
    yield from _of_result(world, told)
    if told.ended is not None and world.is_fair:
        late = told.ended - told.began - told.order.timeout
        grace = KEEPING if told.number in world.answered else WRITING
        if late > grace + BUSY + told.interrupts * AFTER_AN_INTERRUPT:
            yield f"it ended {late:.0f} s after its deadline"


def _of_entry(told: Told, done: list[Deed], row: dict[str, Any] | None) -> Iterator[str]:
    state = "none" if row is None else row["state"]
    by_hand = row is not None and row["reason"].startswith("settled by hand")
    if done and state not in ("done", "unknown"):
        yield f"it was done, and its entry is {state}"
    if state == "done" and not done:
        yield "its entry is done, and nothing was"
    if state in ("intended", "sent"):
        yield f"its entry is left {state}"
    if row is None:
        return
    if told.entry not in (None, row["number"]):
        yield f"told entry {told.entry}, and it is {row['number']}"
    if told.executed == "unknown" and state in ("refused", "not sent") and not by_hand and not told.forks:
        yield f"told that nobody knows, and its entry is {state}"
    kept = told.result is not None and not told.unkept and not told.forks
    if kept and told.entry == row["number"] and not by_hand and state != "done":
        yield f"told its result, and its entry is {state}"


def _of_answer(world: World, told: Told, row: dict[str, Any]) -> Iterator[str]:
    """An answer that is kept is read, and what was read is kept."""
    answer = row["answer"][1:] if row["answer"] is not None else b""  # behind the mark of a seal
    if not world.replies.get(told.number, b"").startswith(answer) and not told.forks:
        yield "the answer that is kept is none to its last request"
    if world.happened & (UNCLEAR | DUBIOUS):
        return
    if row["state"] == "done" and not row["reason"].startswith("settled by hand") and not answer:
        yield "its entry is done, and its answer is not kept"


def _of_a_quiet_journal(world: World, told: Told, row: dict[str, Any]) -> Iterator[str]:
    """What is promised where the journal's store and the wall clock are well."""
    if world.happened & TROUBLES_OF_STORE or told.forks or told.interrupts > 1 or not told.executed:
        return
    if told.entry is None:
        yield "told no entry, and there is one"
    if told.state in ("intended", "sent"):
        yield f"it has ended, and its entry is {told.state}"
    if "settled by somebody else" in str(told.error) and not world.happened & TROUBLES_OF_CLOCK:
        yield "its entry was settled while it was made"


def _of_result(world: World, told: Told) -> Iterator[str]:
    same = [deed for deed in world.server.deeds if deed.order == told.order.thing]
    if told.executed == "yes" and not same:
        yield "told that it was done, and nothing was"
    if told.result is not None and told.result.reference_no not in {deed.reference for deed in same}:
        yield "told the result of something else"


def _of_keys(world: World, told: list[Told]) -> Iterator[str]:
    for thing, key in {(mine.order.thing, mine.order.key) for mine in told if mine.order.key is not None}:
        count = sum(deed.order == thing for deed in world.server.deeds)
        if count > 1:
            yield f"the key {key} has {count} cards"


def clients(world: World, told: list[Told]) -> Iterator[str]:
    for process in world.processes:
        forked = any(mine.forks for mine in told if mine.process is process)
        if process.is_over or forked:
            continue
        if process.transport.reserved:
            yield f"process {process.number}: a connection is still reserved"
        if process.hooks is not None and process.hooks.open:
            yield f"process {process.number}: hooks were not told how an attempt ended"
        for name, guard in process.core.guards.items():
            if guard._on_their_way:
                yield f"process {process.number}: the guard of {name} waits for a call that is over"
    redeeming = {mine.process.number for mine in told if mine.order.kind == "redeem"}
    if len(redeeming) == 1 and world.server.locked_until:
        yield "one client locked its account"


def secrets(world: World, told: list[Told], shown: list[str]) -> Iterator[str]:
    redeemed = {mine.order.thing for mine in told if mine.order.kind == "redeem"}
    all_of_them = {KEY, SECRET, *world.server.signatures, *redeemed}
    all_of_them |= {deed.code for deed in world.server.deeds}
    text = "\n".join([*shown, *_shown(told), *_columns(world)])
    yield from (f"a secret is shown: {secret}" for secret in sorted(all_of_them) if secret in text)


def _shown(told: Iterable[Told]) -> Iterator[str]:
    for mine in told:
        error = mine.error
        while error is not None:
            yield f"{error} {error!r} {getattr(error, 'attempts', '')!r} {getattr(error, 'server_message', '')}"
            error = error.__cause__


def _columns(world: World) -> Iterator[str]:
    """What is shown of entries."""
    for row in world.disk.entries():
        yield f"{row['arguments']} {row['reason']} {row['code']} {row['reference']}"
