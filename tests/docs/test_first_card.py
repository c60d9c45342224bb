"""The first card that README and the package's page show, twice and at the API. Its blocks run with all others."""

from __future__ import annotations

import re
import socketserver
import sys
import threading
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, block, blocks
from tests.docs.runners import FailedError, shell

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

README, PACKAGE = ROOT / "README.md", ROOT / "docs" / "package.md"
MAKES_A_KEY = "".join(block(README, "sh", "new_key").splitlines(keepends=True)[:2])


def test_a_key_that_is_there_is_kept(tmp_path: Path) -> None:
    """A second paste would take the codes of all cards with it."""
    shell(MAKES_A_KEY, tmp_path, {})
    key = tmp_path / "journal.key"
    assert key.stat().st_mode & 0o777 == 0o600
    before = key.read_bytes()
    with pytest.raises(FailedError):
        shell(MAKES_A_KEY, tmp_path, {})
    assert key.read_bytes() == before != b""


def test_with_credentials_the_same_calls_the_api(tmp_path: Path) -> None:
    """It comes as far as the connection, which a proxy of ours refuses to make."""
    asked: list[bytes] = []

    class Refusal(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            asked.append(self.rfile.readline())
            self.wfile.write(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")

    (tmp_path / "first.py").write_text(block(README, "python", "with GiftCardClient"), encoding="utf-8")
    script = MAKES_A_KEY + block(README, "sh", "export BINANCE_API_KEY=…")
    with socketserver.TCPServer(("127.0.0.1", 0), Refusal) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        surroundings = {"HTTPS_PROXY": f"http://127.0.0.1:{proxy.server_address[1]}"}
        printed = shell(script.replace("…", "a" * 64), tmp_path, surroundings)
        proxy.shutdown()
    assert printed.startswith("not sent: ")
    assert set(asked) == {b"CONNECT api.binance.com:443 HTTP/1.1\r\n"}


def test_both_pages_show_the_same_first_card_and_the_same_extras() -> None:
    shown = [[(block.language, block.text) for block in blocks(page)] for page in (README, PACKAGE)]
    at = [next(place for place, (_, text) in enumerate(page) if "with GiftCardClient" in text) for page in shown]
    assert shown[0][at[0] : at[0] + 5] == shown[1][at[1] : at[1] + 5]
    readme, package = (page.read_text(encoding="utf-8") for page in (README, PACKAGE))
    extras = re.compile(r"^\| extra \|.*?\n\n", re.MULTILINE | re.DOTALL)
    assert extras.findall(readme) == extras.findall(package) != []
    named = set(re.findall(r"^\| `(\w+)` \|", extras.findall(readme)[0], re.MULTILINE))
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert named == settings["project"]["optional-dependencies"].keys()
