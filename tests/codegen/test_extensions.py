"""Every vendor extension has one home, and is documented."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from codegen.compare.rules import RULES
from codegen.extensions.extension import Extension
from codegen.extensions.registry import EXTENSIONS

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "codegen" / "extensions"


@pytest.mark.parametrize("extension", EXTENSIONS.values(), ids=lambda extension: extension.key)
def test_it_is_documented(extension: Extension) -> None:
    assert extension.key in (ROOT / "docs" / "extensions.md").read_text(encoding="utf-8")
    assert {rule for rule, _, _ in extension.rules} <= RULES.keys()


@pytest.mark.parametrize("key", EXTENSIONS)
def test_one_file_names_it(key: str) -> None:
    sources = [path for path in (ROOT / "codegen").rglob("*.py") if "runtime" not in path.parts]
    naming = [path for path in sources if f'"{key}"' in path.read_text(encoding="utf-8")]
    assert [path.parent for path in naming] == [FOLDER]


def test_all_that_a_file_declares_is_registered() -> None:
    declared = {
        value.key
        for path in FOLDER.glob("*.py")
        for value in vars(import_module(f"codegen.extensions.{path.stem}")).values()
        if isinstance(value, Extension)
    }
    assert declared == EXTENSIONS.keys()
