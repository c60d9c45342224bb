"""Small documents that once showed a fault: in other words they are the same, and a change of them is told."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from codegen import pipeline
from codegen.compare.wire import compare
from tests.compare.test_same import move_into_components, shuffled, told, wrap_in_parts, write_out_requirements

DOCUMENTS = Path(__file__).parent / "cases/documents"
CASES = sorted(DOCUMENTS.rglob("*.yaml"))
EDITS = [
    ("ref-siblings", "b: {$ref: '#/components/schemas/O', required: [q],", "b: {$ref: '#/components/schemas/O',", 1),
    ("ref-siblings", ", description: sib, default: z}", "}", 2),
    ("ref-siblings", "properties: {q: {type: string}}", "properties: {q: {type: integer}}", 1),
    ("optional-security", "security: [{}, {k: []}]", "security: [{k: []}]", 1),
    ("optional-security", "security: [{k: []}, {}]", "security: [{}, {k: []}]", 0),
    ("header-case", "name: X-A,", "name: X-a,", 0),
    ("by-reference/op", "name: q, in: query,", "name: q, in: query, required: true,", 1),
]


@pytest.mark.parametrize("case", [path for path in CASES if path.name != "op.yaml"], ids=lambda path: path.stem)
def test_the_same_in_other_words(case: Path) -> None:
    tree = pipeline.load(case, []).tree
    for change in (move_into_components, write_out_requirements, wrap_in_parts):
        assert told(tree, change(tree)) == [], change.__name__
    assert told(tree, shuffled(tree, random.Random(1))) == []


@pytest.mark.parametrize(("name", "text", "other", "times"), EDITS)
def test_an_edit_is_told(name: str, text: str, other: str, times: int, tmp_path: Path) -> None:
    file = DOCUMENTS / f"{name}.yaml"
    shutil.copytree(file.parent, tmp_path, dirs_exist_ok=True)
    written = file.read_text()
    assert text in written
    (tmp_path / file.name).write_text(written.replace(text, other))
    root = "api.yaml" if "/" in name else file.name
    old, new = (pipeline.load(folder / root, []).tree for folder in (file.parent, tmp_path))
    changes = compare(old, new)
    assert len(changes) == times
    assert not {change.subject for change in changes} & {"S", "O"}  # which stay as they are
