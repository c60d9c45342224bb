"""What the tests of the journal and of all that stands on it share: a sandbox, a journal, clients, a clock to turn."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from compileall import compile_dir
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

from binance_gift_card import GiftCardClient, HmacSigner, Journal
from binance_gift_card._runtime.journal import columns
from binance_gift_card.journal import new_key
from tests import forked
from tests.needs import need
from tests.ports import held_port

if TYPE_CHECKING:
    from binance_gift_card_sandbox import Sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    from binance_gift_card_sandbox import Sandbox  # here, because `--sandbox=process` puts another in its place

    with held_port() as port, Sandbox(balances={"USDT": "1000", "BNB": "10"}, port=port) as running:
        yield running  # whoever calls it once it was stopped finds nobody else there


@pytest.fixture(scope="session")
def key() -> str:
    return new_key()


@pytest.fixture(scope="session")
def postgres() -> Iterator[object]:
    """A PostgreSQL server of our own."""
    from tests.journal.postgres import PostgresServer, binaries

    need("PostgreSQL", is_there=binaries() is not None)
    server = PostgresServer()
    yield server
    server.stop()


@pytest.fixture
def backend(request: pytest.FixtureRequest) -> str:
    """Where the journal is kept."""
    return request.param


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test is for both backends, if it does not say which one it is about.

    The terminal knows of neither: on PostgreSQL its tests are among the proofs.
    """
    if "backend" in metafunc.fixturenames:
        only = metafunc.definition.get_closest_marker("only")
        is_of_terminal = metafunc.definition.path.parent.name == "terminal"
        postgres = pytest.param("postgres", marks=[pytest.mark.proof] if is_of_terminal else [])
        metafunc.parametrize("backend", only.args if only else ("sqlite", postgres), indirect=True)


@pytest.fixture
def address(request: pytest.FixtureRequest, backend: str, tmp_path: Path) -> Iterator[str]:
    """Of a journal that is not there yet."""
    if backend == "sqlite":
        yield str(tmp_path / "cards.db")
    else:
        server = request.getfixturevalue("postgres")
        address = server.database()
        yield address
        server.empty(address)


@pytest.fixture
def journal_of(address: str, key: str) -> Iterator[Callable[..., Journal]]:
    """Opens the journal once more, as another process would."""
    made = []

    def make(**options: object) -> Journal:
        made.append(Journal(address, **{"key": key, **options}))
        return made[-1]

    yield make
    for journal in made:
        journal.close()


@pytest.fixture
def journal(journal_of: Callable[..., Journal]) -> Journal:
    return journal_of()


@pytest.fixture
def client_of(journal_of: Callable[..., Journal]) -> Iterator[Callable[..., GiftCardClient]]:
    """Makes a client of a server, or of the sandbox, that keeps the journal."""
    made = []

    def make(server: object, **options: object) -> GiftCardClient:
        given = {
            "api_key": getattr(server, "api_key", "the-api-key-itself"),
            "signer": HmacSigner(getattr(server, "api_secret", "the-api-secret-itself")),
            "base_url": server.url,
            "timeout": 5.0,
            **options,
        }
        if "journal" not in given:
            given["journal"] = journal_of()
        made.append(GiftCardClient(**given))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def client(client_of: Callable[..., GiftCardClient], sandbox: Sandbox) -> GiftCardClient:
    return client_of(sandbox)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Moves the journal's clock on, by so many seconds."""
    real, ahead = columns.now, [0]

    def pass_(seconds: float) -> None:
        ahead[0] += int(seconds * 1_000_000)

    monkeypatch.setattr(columns, "now", lambda: real() + ahead[0])
    return pass_


@pytest.fixture
def midday(later: Callable[[float], None]) -> datetime:
    """The journal's time, moved to where no day and no month ends while a test sums them up."""
    now = datetime.now(timezone.utc)
    noon = (now + timedelta(days=1)).replace(hour=12)
    later((noon - now).total_seconds())
    return noon


@pytest.fixture
def serve() -> Iterator[Callable[..., object]]:
    """Makes a server of behaviours."""
    from tests.faults.server import FaultServer

    running = []

    def make(*behaviours: object, **options: object) -> object:
        running.append(FaultServer(*behaviours, **options))
        return running[-1]

    yield make
    for server in running:
        server.over.set()
    for server in running:
        server.close()


@pytest.fixture
def environment(address: str, key: str, sandbox: Sandbox) -> dict[str, str]:
    """That of a command that calls the sandbox and keeps the journal."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("BINANCE_")},
        "BINANCE_API_KEY": sandbox.api_key,
        "BINANCE_API_SECRET": sandbox.api_secret,
        "BINANCE_BASE_URL": sandbox.url,
        "BINANCE_JOURNAL": address,
        "BINANCE_JOURNAL_KEY": key,
        "COLUMNS": "160",
        "NO_COLOR": "1",
        "TERM": "dumb",
    }


@pytest.fixture
def run(environment: dict[str, str], tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the command; nobody is at the keyboard."""

    def command(*arguments: object, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        surroundings = {**environment, **more}
        return forked.run("binance_gift_card.cli", [*map(str, arguments)], tmp_path, surroundings, stdin)

    return command


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Where the modules of a wheel are compiled, which they are not within it."""

    @cache
    def unpack(wheel: Path) -> Path:
        folder = tmp_path_factory.mktemp("wheel")
        with ZipFile(wheel) as opened:
            opened.extractall(folder)
        assert compile_dir(folder, quiet=1)
        return folder

    return unpack


@pytest.fixture
def process_of(sandbox, address, key, unpacked) -> Iterator[Callable[..., object]]:
    """Starts a process with the SDK that a path holds, for the sandbox and the journal."""
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        "CHILD_API_KEY": sandbox.api_key,
        "CHILD_API_SECRET": sandbox.api_secret,
        "CHILD_URL": sandbox.url,
        "CHILD_JOURNAL": address,
        "CHILD_JOURNAL_KEY": key,
    }
    from tests.journal.first_version import Process

    started: list[Process] = []

    def start(sdk: Path) -> Process:
        started.append(Process(unpacked(sdk) if sdk.suffix == ".whl" else sdk, environment))
        return started[-1]

    yield start
    for process in started:
        if process.process.poll() is None:
            process.kill()


@pytest.fixture
def made(process_of, serve) -> object:
    """What 0.1.0 left in the journal."""
    from tests.journal.first_version import Made

    return Made(process_of, serve)
