"""The house: nobody imports upward, and no files import each other in a circle."""

from __future__ import annotations

import ast
import graphlib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent

HOUSES = {
    "codegen": (
        ("errors", "facts", "naming", "text"),
        ("extensions",),
        ("ir", "read", "settings", "settings_table"),
        ("findings", "lower", "public_keys"),
        ("emit",),
        ("compare", "trial", "trial_program"),
        ("editor_schema", "memo", "pipeline", "signing_kit"),
        ("diff", "extension_page", "lint", "template_commands", "template_copies", "update"),
        ("init",),
        ("arguments", "cli"),
        ("__init__", "__main__"),
    ),
}
"""Root folder → its floors, from the ground up: files and folders that may import what stands on theirs or below."""


def _modules(root: str) -> dict[str, Path]:
    """The dotted name of each file below `root`, without what is a house of its own or is not Python that is ours."""
    apart = [ROOT / other for other in (*HOUSES, "codegen/runtime") if other.startswith(f"{root}/")]
    files = [path for path in (ROOT / root).rglob("*.py") if not any(path.is_relative_to(other) for other in apart)]
    return {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in files}


def _names(path: Path, module: str) -> Iterator[str]:
    """What a file imports, wherever in it: a module, and a name of it that may be a module too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            above = module.split(".")[: -node.level] if node.level else []
            home = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{home}.{alias.name}" for alias in node.names)


def _imports(modules: dict[str, Path]) -> dict[str, set[str]]:
    """Each module, and those of the same house that it imports."""
    found: dict[str, set[str]] = {}
    for module, path in modules.items():
        names = {name for given in _names(path, module) for name in (given, given.rpartition(".")[0])}
        found[module] = {known for name in names for known in (name, f"{name}.__init__") if known in modules}
    return found


def _floor(module: str, root: str) -> int:
    """The number of the floor that a module stands on."""
    inside = module.removeprefix(root.replace("/", ".") + ".").split(".")[0]
    return next(number for number, rooms in enumerate(HOUSES[root]) if inside in rooms)


@pytest.mark.parametrize("root", HOUSES)
def test_nobody_imports_upward(root: str) -> None:
    imports = _imports(_modules(root))
    upward = {
        f"{module} → {other}"
        for module, others in imports.items()
        for other in others
        if _floor(other, root) > _floor(module, root) and not other.endswith(".__init__")
    }
    assert sum(map(len, imports.values())) > len(imports)
    assert not upward


@pytest.mark.parametrize("root", HOUSES)
def test_no_files_import_each_other(root: str) -> None:
    order = list(graphlib.TopologicalSorter(_imports(_modules(root))).static_order())
    assert len(order) > len(HOUSES[root])
