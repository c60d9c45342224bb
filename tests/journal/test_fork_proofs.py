"""Servers that fork their workers, and processes that fork at random: no card without an entry, no key with two."""

from __future__ import annotations

import http.client
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from binance_gift_card_sandbox.rules import plain
from tests.journal.forking import RICH, UNLIMITED, Scene
from tests.sandbox_process import SandboxProcess

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here"),
]
HERE = Path(__file__).parent
FORKS = int(os.environ.get("TEST_FORKS", "2000"))


@pytest.fixture(scope="module")
def running() -> Iterator[SandboxProcess]:
    with SandboxProcess(balances=RICH) as sandbox:
        yield sandbox


@pytest.fixture
def scene(running: SandboxProcess, address: str, key: str) -> Scene:
    running.control("POST", "reset", {})
    running.control("POST", "rules", plain(UNLIMITED))
    return Scene(running, address, key)


def environment(scene: Scene) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(HERE), *sys.path])),
        "CHILD_URL": scene.sandbox.url,
        "CHILD_API_KEY": scene.sandbox.api_key,
        "CHILD_API_SECRET": scene.sandbox.api_secret,
        "CHILD_JOURNAL": scene.address,
        "BINANCE_JOURNAL_KEY": scene.key,
    }


@contextmanager
def started(scene: Scene, *arguments: str, cwd: Path) -> Iterator[subprocess.Popen[str]]:
    """A server, told to end afterwards; it must not leave a process behind."""
    log = (cwd / "log").open("w+")
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env=environment(scene),
        cwd=cwd,
        stdout=log,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
        process.terminate()
        process.wait(60)
    finally:
        with log:
            with suppress(ProcessLookupError):  # all of them have ended
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
            print((cwd / "log").read_text()[-5000:])


def told(cwd: Path, pattern: str, process: subprocess.Popen[str]) -> str:
    """What a server says, once it says so."""
    for _ in range(600):
        found = re.search(pattern, (cwd / "log").read_text())
        if found:
            return found[1]
        assert process.poll() is None, (cwd / "log").read_text()
        time.sleep(0.1)
    pytest.fail((cwd / "log").read_text())


def asked(port: int, path: str) -> str | None:
    """What a worker answers; `None` if it died meanwhile."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
    except (ConnectionError, http.client.HTTPException):
        return None
    finally:
        connection.close()


@pytest.mark.needs("gunicorn")
@pytest.mark.parametrize("threads", [1, 3])
def test_gunicorn_with_the_app_loaded_before_it_forks(scene, tmp_path, seed, threads) -> None:
    """Workers are replaced after some requests, and some are killed at any moment; keys come to all of them."""
    chance = random.Random(seed)
    bind = ["--bind=127.0.0.1:0", "--workers=3", f"--threads={threads}", "--graceful-timeout=20"]
    ends = ["--max-requests=15", "--max-requests-jitter=10", "--timeout=60"]
    with started(scene, "-m", "gunicorn", "--preload", *bind, *ends, "forked_wsgi:app", cwd=tmp_path) as server:
        port = int(told(tmp_path, r"Listening at: http://127\.0\.0\.1:(\d+)", server))
        amounts = [n // 2 if n % 2 else n + 1000 for n in range(400)]  # each second one comes as often as asked for
        amounts += [n // 2 for n in range(400) if n % 2]
        chance.shuffle(amounts)
        said: Counter[str] = Counter()
        references: dict[int, set[str]] = {}
        with ThreadPoolExecutor(4) as pool:
            for number, (amount, answer) in enumerate(
                zip(amounts, pool.map(lambda n: asked(port, f"/{n + 1}"), amounts), strict=True)
            ):
                said["died" if answer is None else answer.split()[0]] += 1
                if answer is not None and answer.startswith("card"):
                    references.setdefault(amount, set()).add(answer.split()[1])
                if number % 100 == 99 and answer is not None:
                    with suppress(ProcessLookupError):
                        os.kill(int(answer.split()[-1]), signal.SIGKILL)
        assert all(len(found) == 1 for found in references.values())
        assert said["card"] > 500, said
        assert said["wrong"] == 0, (tmp_path / "log").read_text()[-3000:]
    assert scene.wrong(killed=True) == []


@pytest.mark.needs("Celery")
def test_a_celery_worker_that_forks_its_pool(scene, tmp_path) -> None:
    for folder in ("queue", "control", "processed"):
        (tmp_path / folder).mkdir()
    calm = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=info"]
    pool = ["--pool=prefork", "--concurrency=3", "--max-tasks-per-child=7"]
    sender = [sys.executable, str(HERE / "forked_celery.py"), *map(str, [*range(1, 101), *range(1, 21)])]
    # Before there is a worker: a queue of files loses a message that is read while it is being written.
    subprocess.run(sender, env=environment(scene), cwd=tmp_path, check=True, timeout=120)
    with started(scene, "-m", "celery", "--app=forked_celery", "worker", *pool, *calm, cwd=tmp_path) as worker:
        told(tmp_path, r"(celery@\S+ ready)", worker)
        for _ in range(900):
            if (tmp_path / "log").read_text().count("succeeded in") >= 120:
                break
            time.sleep(0.1)
        else:
            os.killpg(worker.pid, signal.SIGUSR2)
            time.sleep(1)
        log = (tmp_path / "log").read_text()
        begun, over = (set(re.findall(rf"Task pay\[(\S+)\] {word}", log)) for word in ("received", "succeeded"))
        assert (len(over), begun - over) == (120, set()), log[-6000:]
        worker.terminate()
        with suppress(subprocess.TimeoutExpired):
            worker.wait(30)
        if worker.poll() is None:  # its library waits now and then for the lock of a queue that a worker took with it
            worker.send_signal(signal.SIGUSR2)
            time.sleep(1)
            stack = (tmp_path / "log").read_text().rpartition("most recent call first")[2].splitlines()
            assert "in _help_stuff_finish" in stack[1], stack
            os.killpg(worker.pid, signal.SIGKILL)  # its pool as well
    assert len(set(re.findall(r"pays in (\d+)", log))) > 6  # the pool was renewed
    assert len(scene.cards()) == 101  # and one before the fork
    assert scene.wrong() == []


def test_a_storm_of_forks(scene, backend, seed) -> None:
    """At any moment, from any thread and from signal handlers, with calls in flight; each process ends as it likes."""
    forks = FORKS if backend == "sqlite" else max(FORKS // 8, 1)  # a child of a database opens connections, which cost
    script = [sys.executable, str(HERE / "fork_storm.py"), str(seed), str(forks)]
    done = subprocess.run(script, env=environment(scene), capture_output=True, text=True, timeout=900, check=False)
    happened: Counter[str] = Counter()
    for name, number in re.findall(r"(\w[\w ]*)=(\d+)", done.stdout):
        happened[name] += int(number)
    print(dict(happened), len(scene.cards()), "cards")
    wrong = [line for line in done.stdout.splitlines() if line.startswith("wrong:")]
    assert (done.returncode, wrong) == (0, []), done.stderr[-5000:]
    assert scene.wrong(killed=True) == []
    assert len(scene.cards()) > forks
