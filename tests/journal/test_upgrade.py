"""A journal of the first version is brought up to date, and the process that does it is killed at any step."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from binance_gift_card import Journal
from tests.journal.first_version import HERE, STATES
from tests.journal.traced import KILLED, MARKERS, Child, calls

NAME = "cards.db"
TRACED = (
    "openat,?stat,?newfstatat,?statx,read,pread64,write,pwrite64,fsync,fdatasync,ftruncate,fallocate,?unlink,unlinkat,"
    "?rename,?renameat,?renameat2,close,fcntl,lseek"
)


@pytest.fixture
def copy_of(request, backend, address, made, tmp_path) -> Callable[[str], str]:
    """Makes one more journal of what 0.1.0 left."""
    if backend == "sqlite":

        def copy(name: str) -> str:
            (tmp_path / name).mkdir()
            for file in Path(address).parent.glob(f"{NAME}*"):
                shutil.copy2(file, tmp_path / name / file.name)
            return str(tmp_path / name / NAME)
    else:
        server = request.getfixturevalue("postgres")
        base, _, original = address.rpartition("/")

        def copy(name: str) -> str:
            new = f"{original}_{name}"
            server.run("postgres", f"CREATE DATABASE {new} TEMPLATE {original}")
            return f"{base}/{new}"

    return copy


def upgrade(address: str, key: str, last: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(HERE / "child_upgrade.py"), address, str(last)],
        env={**os.environ, "BINANCE_JOURNAL_KEY": key},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def looked_at(journal: Journal, code: str) -> str:
    """What is wrong with what it holds."""
    states = [(entry.idempotency_key, entry.state) for entry in journal.history()]
    if states != STATES:
        return f"the entries are {states}"
    return "" if journal.result(1).code == code else "the first card has another code"


def problems(address: str, key: str, code: str, backend: str) -> list[str]:
    """What is wrong with a journal after a kill: it must be the old one or the new one, and become the new one."""
    found = []
    with closing(Journal(address, key=key)) as journal:
        version = dict(journal.store.rows("SELECT name, value FROM facts", {})).get("version", "1")
        found += [] if version in ("1", "2") else [f"it has version {version}"]
        found.append(looked_at(journal, code))
        journal.prepare()
        found.append(looked_at(journal, code))
        found += journal.check()
        copies = sorted(Path(address).parent.glob("*.bak*")) if backend == "sqlite" else []
    if backend == "sqlite" and not copies:
        found.append("there is no copy of the old one")
    for copy in copies:
        if copy.name.endswith(".bak"):
            with closing(Journal(copy, key=key)) as old:
                found.append(f"{looked_at(old, code)} in {copy.name}" if looked_at(old, code) else "")
        elif not copy.name.endswith(("-wal", "-shm")):
            found.append(f"{copy.name} was left behind")
    return [problem for problem in found if problem]


@pytest.mark.parametrize("steps", [4, pytest.param(10_000, marks=pytest.mark.proof)])
def test_it_is_the_old_one_or_the_new_one_wherever_that_was_killed(request, copy_of, made, key, backend, steps) -> None:
    whole = upgrade(copy_of("whole"), key, 1_000_000)
    assert whole.returncode == 0, whole.stderr
    lines = int(whole.stdout)
    assert lines > 25

    def killed(line: int) -> list[str]:
        address = copy_of(f"line{line}")
        done = upgrade(address, key, line)
        if done.returncode not in KILLED:
            return [f"line {line}: it was not killed: {done.returncode} {done.stderr}"]
        found = [f"line {line}: {problem}" for problem in problems(address, key, made.card[2], backend)]
        if backend == "postgres":  # a hundred of them fill a disk
            name = address.rpartition("/")[2]
            request.getfixturevalue("postgres").run("postgres", f"DROP DATABASE {name} WITH (FORCE)")
        return found

    chosen = range(1, lines + 1, max(1, lines // steps))
    with ThreadPoolExecutor(1 if backend == "postgres" else 3) as threads:  # a template has no guests
        assert not [problem for found in threads.map(killed, chosen) for problem in found]


@pytest.mark.proof
@pytest.mark.only("sqlite")
@pytest.mark.needs("strace")
def test_it_is_the_old_one_or_the_new_one_whatever_call_of_the_system_was_the_last(
    copy_of, made, key, backend, tmp_path
) -> None:
    child = Child("child_upgrade.py", tmp_path / "caches", BINANCE_JOURNAL_KEY=key)
    assert child.run(copy_of("warm"), "0", warm=False).returncode == 0
    log = tmp_path / "log"
    whole = copy_of("whole")
    done = child.run(whole, "0", trace=["-y", "-o", str(log), "-e", f"trace={MARKERS},{TRACED}"])
    assert done.returncode == 0, done.stderr
    points, counts, inside = [], {}, False
    for call in calls(log):
        counts[call.name] = counts.get(call.name, 0) + 1
        inside = (inside or call.marks("begin")) and not call.marks("end")
        if inside and str(Path(whole).parent) in call.rest:
            points.append((call.name, counts[call.name]))
    assert {"pwrite64", "fdatasync", "fsync", "openat"} <= {name for name, _ in points}

    def killed(point: tuple[str, int]) -> list[str]:
        name, number = point
        address = copy_of(f"{name}-{number}")
        inject = f"inject={name}:signal=SIGKILL:when={number}"
        trace = ["-o", str(tmp_path / f"log-{name}-{number}"), "-e", f"trace={MARKERS},{name}", "-e", inject]
        done = child.run(address, "0", trace=trace)
        if done.returncode not in KILLED:
            return [f"{point}: it was not killed: {done.returncode} {done.stderr}"]
        return [f"{point}: {problem}" for problem in problems(address, key, made.card[2], backend)]

    with ThreadPoolExecutor(3) as threads:
        assert not [problem for found in threads.map(killed, points) for problem in found]
