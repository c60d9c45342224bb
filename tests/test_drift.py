"""`check` sees every way in which the output can be something else than what its inputs give."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import generator

ROOT = Path(__file__).parent.parent
PACKAGE = Path("generated/binance_gift_card")


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A place, and what stood there when it was checked: a copy of what the generator reads and writes."""
    place = tmp_path_factory.mktemp("drift") / "project"
    place.mkdir()
    shutil.copy(ROOT / "pyproject.toml", place)
    for folder in ("openapi", "generated"):
        shutil.copytree(ROOT / folder, place / folder, ignore=shutil.ignore_patterns("__pycache__"))
    assert generator.run(["check"], place, {}).returncode == 0
    return place, Path(shutil.copytree(place, place.with_name("checked")))


@pytest.fixture
def project(checked: tuple[Path, Path]) -> Path:
    """At the same place each time, for what the generator remembers is of that place."""
    place, kept = checked
    shutil.rmtree(place)
    shutil.copytree(kept, place)
    return place


def _append(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def _respell(path: Path) -> None:
    path.write_text(re.sub(r"operationId: \w+", "operationId: makeCard", path.read_text(encoding="utf-8"), count=1))


DRIFTS: dict[str, tuple[Callable[[Path], object], str]] = {
    "edited": (lambda root: _append(root / PACKAGE / "client.py", "# mine\n"), "stale: client.py"),
    "edited runtime": (
        lambda root: _append(root / PACKAGE / "_runtime/core/wire.py", "# mine\n"),
        "stale: _runtime/core/wire.py",
    ),
    "missing": (lambda root: (root / PACKAGE / "errors.py").unlink(), "missing: errors.py"),
    "added": (lambda root: (root / PACKAGE / "more.py").write_text(""), "added: more.py"),
    "stale": (lambda root: _respell(root / "openapi/binance-gift-card-openapi.yml"), "stale: client.py"),
    "all gone": (lambda root: shutil.rmtree(root / PACKAGE), "missing: client.py"),
}


@pytest.mark.parametrize("drift", DRIFTS)
@pytest.mark.parametrize("remembered", [True, False])
def test_drift_is_seen(project: Path, codegen, drift: str, remembered: bool) -> None:
    if not remembered:
        shutil.rmtree(project / ".codegen-cache")
    change, said = DRIFTS[drift]
    change(project)
    done = codegen("check", cwd=project)
    assert done.returncode == 1, done.stderr
    assert said in done.stdout


def test_all_that_is_generated_is_one_package() -> None:
    assert {path.name for path in (ROOT / "generated").iterdir()} - {"__pycache__"} == {PACKAGE.name}


CHANGES = {
    "templates/macros/client.jinja": ("The client of", "A client of"),
    "templates/models/msgspec.jinja2": ("= None", "= None  # absent"),
    "runtime/core/wire.py": ("Values as wire text.", "Values, as wire text."),
}


def test_a_changed_generator_is_seen(project: Path, codegen) -> None:
    shutil.copytree(ROOT / "codegen", project / "codegen", ignore=shutil.ignore_patterns("__pycache__"))
    own = {"PYTHONPATH": str(project)}
    assert codegen("check", cwd=project, **own).returncode == 0
    for file, change in CHANGES.items():
        changed = project / "codegen" / file
        source = changed.read_text(encoding="utf-8")
        changed.write_text(source.replace(*change), encoding="utf-8")
        assert codegen("check", cwd=project, **own).returncode == 1, file
        changed.write_text(source, encoding="utf-8")


def test_byte_code_is_no_drift_and_a_spoilt_memory_is_not_believed(project: Path, codegen) -> None:
    (project / PACKAGE / "__pycache__").mkdir()
    (project / PACKAGE / "__pycache__" / "client.cpython-311.pyc").write_bytes(b"")
    assert codegen("check", cwd=project).returncode == 0
    (memory,) = (project / ".codegen-cache").glob("*.json")
    text = memory.read_text()
    memory.write_text(text.replace("createCode", "createCord"))
    assert codegen("check", cwd=project).returncode == 0
    memory.write_text(text[:100])
    assert codegen("check", cwd=project).returncode == 0


@pytest.mark.parametrize("environment", [{"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2", "LC_ALL": "C", "LANG": "C"}])
def test_generated_anew_it_is_the_same_anywhere(project: Path, codegen, tmp_path_factory, environment) -> None:
    shutil.rmtree(project / "generated")
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    done = codegen("generate", "--config", project / "pyproject.toml", cwd=elsewhere, **environment)
    assert done.returncode == 0, done.stderr
    assert _texts(project / "generated") == _texts(ROOT / "generated")
    again = codegen("generate", "--config", project / "pyproject.toml", cwd=elsewhere)
    assert "nothing changed" in again.stdout


def _texts(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
