"""`.ci/wheels` lets nothing lie among what jobs install from that the lock does not name by its digest."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
TOX = "tox-1-py3-none-any.whl"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose lock names one wheel, which is there."""
    (tmp_path / ".ci").mkdir()
    (tmp_path / ".wheels").mkdir()
    shutil.copy(ROOT / ".ci" / "wheels", tmp_path / ".ci")
    (tmp_path / "tox.ini").write_text("[testenv]\ndependency_groups = test\n[testenv:lint]\nskip_install = true\n")
    (tmp_path / ".wheels" / TOX).write_bytes(b"tox")
    digest = hashlib.sha256(b"tox").hexdigest()
    (tmp_path / ".ci" / "lock.txt").write_text(f"# how it was made\ntox==1 \\\n    --hash=sha256:{digest}\n")
    return tmp_path


def _run(project: Path, *environments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(project / ".ci" / "wheels"), *environments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_what_the_lock_does_not_name_goes_and_what_it_names_stays(project: Path) -> None:
    (project / ".wheels" / "tox-2-py3-none-any.whl").write_bytes(b"another's")
    done = _run(project, "lint")
    assert (done.returncode, done.stderr) == (0, "")
    assert [file.name for file in (project / ".wheels").iterdir()] == [TOX]


def test_an_env_that_tox_does_not_have_is_refused(project: Path) -> None:
    done = _run(project, "lint", "lnit")
    assert (done.returncode, done.stderr) == (1, ".ci/wheels: tox.ini has no env lnit\n")
