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
key = "api/hooks.py:Key"
sign = "signature"
"""
SILENT = """
[tool.codegen]
spec = "api/spec.yaml"
overlays = ["api/facts.yaml"]
package = "acme_payments"
out = "src"
async = false

[tool.codegen.security]
key = "api-key"
sign = "signature"
"""
HOOK = """
class Key:
    def __init__(self, key: str) -> None:
        self.key = key

    def sign(self, request) -> None:
        request.add_header("X-Key", self.key)
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
    (folder / "api/hooks.py").write_text(HOOK)
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


def test_nothing_of_ours_is_in_what_they_get(project: Path, codegen) -> None:
    (project / "pyproject.toml").write_text(f'[project]\nname = "acme"\nversion = "2.1.0"\n{SAID}')
    new = project.parent / "spec.yaml"
    new.write_text((project / "api/spec.yaml").read_text().replace("summary: Issue a voucher", "summary: Sell one"))
    shutil.copy(project / "api/common.yaml", new.parent)
    done = codegen("update", new, cwd=project)
    assert done.returncode == 0, done.stderr
    package, notes = _texts(project / "src"), _texts(project / "notes")
    assert len(package) > 100
    assert not _leaks({**package, **notes})
    head = '# Copyright Acme, "all" rights \\ reserved.\n#\n# LicenseRef-Acme\n#\n# '
    assert [path for path, text in package.items() if path.endswith(".py") and not text.startswith(head)] == [
        "acme_payments/_hooks/hooks.py"  # theirs already
    ]
    assert "run `make sdk`." in package["acme_payments/client.py"]
    assert _used(project) == [
        "the command line needs typer: pip install 'acme-payments-sdk[cli]'",
        "user-agent: acme-pay/2.1.1",
    ]
    assert notes.keys() == {"HISTORY.md", "ORIGIN.md"}
    assert "## [2.1.1]" in notes["HISTORY.md"]
    assert "| origin | `spec.yaml` |" in notes["ORIGIN.md"]
    assert {path.name for path in project.iterdir()} == {".codegen-cache", "api", "notes", "pyproject.toml", "src"}
    assert {path.name for path in (project / "api").iterdir()} == {"common.yaml", "facts.yaml", "hooks.py", "spec.yaml"}

    (project / "src/acme_web").mkdir()
    (project / "src/acme_web/__init__.py").write_text("")
    (project / "src/notes.txt").write_text("theirs")
    done = codegen("check", cwd=project)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    (project / "src/acme_payments/more.py").write_text("")
    done = codegen("check", cwd=project)
    assert (done.returncode, done.stdout) == (1, "added: more.py\n")
    assert done.stderr.endswith("is not what its inputs give; run: make sdk\n")

    assert codegen("generate", cwd=project).stdout.endswith("files, 1 changed: more.py (deleted)\n")
    (project / "api/hooks.py").write_text(HOOK.replace("X-Key", "X-Acme-Key"))
    assert codegen("check", cwd=project).stdout.startswith("stale: _hooks/hooks.py\n")
    shutil.rmtree(project / "src/acme_payments")
    assert re.search(
        r" files, \d+ changed:( [^ ]+,){11} [^ ]+ and \d+ more\n$", codegen("generate", cwd=project).stdout
    )


def test_what_they_leave_unsaid_follows_from_their_project(project: Path, codegen) -> None:
    (project / "pyproject.toml").write_text(f'[project]\nname = "Acme.Pay"\nversion = "2.1.0"\n{SILENT}')
    assert codegen("generate", cwd=project).returncode == 0
    texts = _texts(project / "src")
    assert "run `sdk-codegen generate`." in texts["acme_payments/client.py"]
    assert not _leaks({path: text.replace("`sdk-codegen generate`", "") for path, text in texts.items()})
    assert "pip install 'Acme.Pay[cli]'" in texts["acme_payments/cli.py"]
    assert 'user_agent=f"Acme.Pay/{__version__}"' in texts["acme_payments/client.py"]


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
