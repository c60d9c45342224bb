"""A team that has never seen this repository finds nothing of it in what it generates, and its own where it said so."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
OURS = re.compile(
    r"binance|gift.?card|sdk.codegen|python -m|\bcodegen\b|\btox\b|CONTRIBUTING|(?<!/)\b(docs|tests|bench)/",
    re.IGNORECASE,
)
SAID = """
[tool.codegen]
spec = "api/spec.yaml"
overlays = ["api/facts.yaml"]
package = "acme_payments"
out = "src"
command = "make sdk"
license = '''
Copyright Acme, "all" rights \\ reserved.

LicenseRef-Acme'''
distribution = "acme-payments-sdk"
user-agent = "acme-pay"
changelog = "notes/HISTORY.md"
received = "notes/ORIGIN.md"

[tool.codegen.security]
key = "api-key"
sign = "signature"
"""
SILENT = """
[tool.codegen]
spec = "api/spec.yaml"
overlays = ["api/facts.yaml"]
package = "acme_payments"
out = "src"
[tool.codegen.security]
key = "api-key"
sign = "signature"
"""
USE = """
import socket, sys, threading
from acme_payments import cli, AcmePaymentsClient, HmacSigner
sys.modules["typer"] = None
try:
    cli.main()
except SystemExit as stopped:
    print(stopped.code)
with socket.create_server(("127.0.0.1", 0)) as server:
    def answer():
        with server.accept()[0] as connection:
            print(*[line for line in connection.recv(65536).decode().split("\\r\\n") if line.startswith("user-agent")])
            connection.sendall(b'HTTP/1.1 200 OK\\r\\ncontent-length: 16\\r\\n\\r\\n{"serverTime":1}')
    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.getsockname()[1]}"
    with AcmePaymentsClient(key="k", signer=HmacSigner("s"), base_url=url, journal=False) as client:
        client.get_time()
    thread.join(30)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A repository of theirs."""
    folder = tmp_path / "acme"
    (folder / "api").mkdir(parents=True)
    for name, ours in (("spec.yaml", "spec.yaml"), ("common.yaml", "common.yaml"), ("facts.yaml", "overlay.yaml")):
        shutil.copy(ROOT / "tests/golden/signed" / ours, folder / "api" / name)
    return folder


def _texts(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files}


def _leaks(texts: dict[str, str]) -> list[str]:
    return [f"{path}: {line}" for path, text in texts.items() for line in text.splitlines() if OURS.search(line)]


def _used(project: Path) -> list[str]:
    command = [sys.executable, "-W", "error", "-B", "-c", USE]
    done = subprocess.run(command, cwd=project / "src", capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_nothing_of_ours_is_in_a_package_of_theirs(project: Path, codegen) -> None:
    (project / "pyproject.toml").write_text(f"{SAID}\n")
    assert codegen("generate", cwd=project).returncode == 0
    texts = _texts(project / "src")
    assert len(texts) > 100
    assert not _leaks(texts)
    head = '# Copyright Acme, "all" rights \\ reserved.\n#\n# LicenseRef-Acme\n#\n# '
    assert [path for path, text in texts.items() if path.endswith(".py") and not text.startswith(head)] == []
    assert "run `make sdk`." in texts["acme_payments/client.py"]
    assert _used(project) == [
        "the command line needs typer: pip install 'acme-payments-sdk[cli]'",
        "user-agent: acme-pay/0.0.0",
    ]
    (project / "src/acme_web").mkdir()
    (project / "src/acme_web/__init__.py").write_text("")
    (project / "src/notes.txt").write_text("theirs")
    done = codegen("check", cwd=project)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    (project / "src/acme_payments/more.py").write_text("")
    done = codegen("check", cwd=project)
    assert (done.returncode, done.stdout) == (1, "added: more.py\n")
    assert done.stderr.endswith("is not what its inputs give; run: make sdk\n")


def test_what_they_leave_unsaid_follows_from_their_project(project: Path, codegen) -> None:
    (project / "pyproject.toml").write_text(f'[project]\nname = "Acme.Pay"\nversion = "2.1.0"\n{SILENT}')
    assert codegen("generate", cwd=project).returncode == 0
    texts = _texts(project / "src")
    leaks = {line.partition(": ")[2] for line in _leaks(texts)}
    assert all(line.count("`sdk-codegen generate`") == 1 for line in leaks)
    assert not _leaks({"": "\n".join(leaks).replace("`sdk-codegen generate`", "")})
    assert _used(project) == [
        "the command line needs typer: pip install 'Acme.Pay[cli]'",
        "user-agent: Acme.Pay/2.1.0",
    ]


def test_an_update_writes_where_they_say(project: Path, codegen) -> None:
    (project / "pyproject.toml").write_text(f'[project]\nname = "acme"\nversion = "2.1.0"\n{SAID}')
    new = project.parent / "spec.yaml"
    text = (project / "api/spec.yaml").read_text()
    new.write_text(text.replace("summary: Issue a voucher", "summary: Sell a voucher"))
    shutil.copy(project / "api/common.yaml", new.parent)
    done = codegen("update", new, cwd=project)
    assert done.returncode == 0, done.stderr
    notes = _texts(project / "notes")
    assert notes.keys() == {"HISTORY.md", "ORIGIN.md"}
    assert not _leaks(notes)
    assert "## [2.1.1]" in notes["HISTORY.md"]
    assert "| origin | `spec.yaml` |" in notes["ORIGIN.md"]
    assert not (project / "CHANGELOG.md").exists()
    assert not (project / "api/README.md").exists()
    again = codegen("update", new, cwd=project)
    assert "was taken in before; nothing to do" in again.stdout


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ('distribution = "acme payments"', "distribution must be letters, digits, '.', '-' and '_' between them"),
        ("user-agent = 'acme\"}{'", "user-agent must be letters, digits, '.', '-' and '_' between them"),
        ("license = true", "[tool.codegen] license must be text, not True"),
        ('changelog = "notes/ORIGIN.md"', "must be files of their own"),
    ],
)
def test_what_cannot_be_used_is_refused(project: Path, codegen, setting: str, said: str) -> None:
    origin = 'received = "notes/ORIGIN.md"'
    (project / "pyproject.toml").write_text(SILENT.replace("out =", f"{setting}\n{origin}\nout =", 1))
    done = codegen("update", project / "api/spec.yaml", cwd=project)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
