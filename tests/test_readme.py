"""What the README and the package's page show first works by copy and paste, in a shell and against a server."""

from __future__ import annotations

import os
import re
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "docs" / "package.md"]
by_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def blocks(page: Path, language: str, holding: str = "") -> list[str]:
    found = re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [block for block in found if holding in block]


def one(page: Path, language: str, holding: str) -> str:
    (found,) = blocks(page, language, holding)
    return found


class Newcomer:
    """Somebody in an empty folder, whose shell has the Python of these tests and knows nothing of the API."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        binaries = folder / ".venv" / "bin"
        binaries.mkdir(parents=True)
        (binaries / "activate").write_text(f'PATH="{Path(sys.executable).parent}:$PATH"\n')
        kept = {name: value for name, value in os.environ.items() if not name.upper().endswith("_PROXY")}
        self.environment = {name: value for name, value in kept.items() if not name.startswith("BINANCE_")}
        self.environment |= {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}

    def pastes(self, *lines: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-c", "\n".join(lines)],
            cwd=self.folder,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def saves(self, code: str) -> str:
        (self.folder / "first.py").write_text(code, encoding="utf-8")
        return "python -W error first.py"


@pytest.fixture
def newcomer(tmp_path: Path) -> Newcomer:
    return Newcomer(tmp_path)


@pytest.fixture
def printed(newcomer: Newcomer) -> Iterator[str]:
    """The lines that the sandbox's command prints, to be copied into another shell."""
    command = [sys.executable, "-m", "binance_gift_card_sandbox", "--port", "0"]
    with subprocess.Popen(command, env=newcomer.environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(3)]
        yield "".join(lines)
        process.terminate()


@by_page
def test_the_first_card_is_made_in_the_sandbox(page: Path, newcomer: Newcomer, printed: str) -> None:
    first = newcomer.saves(one(page, "python", "create_gift_card"))
    done = newcomer.pastes("set -e", printed, one(page, "sh", "journal.key"), first)
    assert done.returncode == 0, done.stderr
    assert re.search(r"GiftCard\(.*valid=True", done.stdout, re.DOTALL), done.stdout
    assert (newcomer.folder / "journal.key").stat().st_mode & 0o777 == 0o600


@by_page
def test_a_key_that_is_there_is_kept(page: Path, newcomer: Newcomer) -> None:
    """A second paste would take the codes of all cards with it."""
    key = newcomer.folder / "journal.key"
    makes = one(page, "sh", "journal.key")
    assert newcomer.pastes(makes).returncode == 0
    before = key.read_bytes()
    assert newcomer.pastes(makes).returncode != 0
    assert key.read_bytes() == before != b""


def test_with_credentials_the_same_calls_the_api(newcomer: Newcomer) -> None:
    """It comes as far as the connection, which a proxy of ours refuses to make."""
    page = PAGES[0]
    asked: list[bytes] = []

    class Refusal(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            asked.append(self.rfile.readline())
            self.wfile.write(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")

    with socketserver.TCPServer(("127.0.0.1", 0), Refusal) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        done = newcomer.pastes(
            "set -e",
            one(page, "sh", "journal.key"),
            newcomer.saves(one(page, "python", "create_gift_card")),
            BINANCE_API_KEY="k" * 64,
            BINANCE_API_SECRET="s" * 64,
            HTTPS_PROXY=f"http://127.0.0.1:{proxy.server_address[1]}",
        )
        proxy.shutdown()
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("not sent: ")
    assert set(asked) == {b"CONNECT api.binance.com:443 HTTP/1.1\r\n"}


@by_page
def test_every_other_example_runs(page: Path, newcomer: Newcomer) -> None:
    for code in blocks(page, "python"):
        if "from_env" not in code:
            done = newcomer.pastes(newcomer.saves(code))
            assert done.returncode == 0, code + done.stderr


def test_both_pages_show_the_same_first_card_and_the_same_extras() -> None:
    readme, package = (page.read_text(encoding="utf-8") for page in PAGES)
    assert blocks(PAGES[0], "python", "from_env") == blocks(PAGES[1], "python", "from_env") != []
    extras = re.compile(r"^\| extra \|.*?\n\n", re.MULTILINE | re.DOTALL)
    assert extras.findall(readme) == extras.findall(package) != []
    named = set(re.findall(r"^\| `(\w+)` \|", extras.findall(readme)[0], re.MULTILINE))
    settings = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    declared = re.search(r"^\[project.optional-dependencies\]\n(.*?)^\[", settings, re.MULTILINE | re.DOTALL)
    assert declared is not None
    assert named == set(re.findall(r"^(\w+) = ", declared[1], re.MULTILINE))
