"""The table of edits: what each does to a client was reasoned before `diff` was asked, and is told once."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from codegen.compare.changes import Change
from codegen.compare.wire import compare
from codegen.extensions.extension import LEVELS
from codegen.read.links import link
from codegen.read.load import Document, read_mapping

TABLE: dict[str, dict[str, Any]] = read_mapping(Path(__file__).parent / "cases/edits.yaml")
OPERATION = ("paths", "/cards", "post")

Tree = dict[str, Any]


def laid_over(tree: Any, part: Any) -> Any:
    """The tree with the part in it; null takes away what is there."""
    if not (isinstance(tree, dict) and isinstance(part, dict)):
        return copy.deepcopy(part)
    merged = {**tree}
    for key, value in part.items():
        merged[key] = laid_over(tree.get(key), value)
        if value is None:
            del merged[key]
    return merged


def document(part: Tree, inside: tuple[str, ...] = ()) -> Tree:
    for key in reversed(inside):
        part = {key: part}
    tree: Tree = {"openapi": "3.1.0", **laid_over(TABLE["base"], part)}
    link(Document(tree=tree, path=Path("cards.yaml")))
    return tree


def content(schema: Tree) -> Tree:
    return {"content": {"application/json": {"schema": schema}}}


def edits() -> Iterator[tuple[str, Tree, Tree, str, int]]:
    """Name, old, new, verdict, and how often it is told."""
    for name, (old, new, sent, read) in TABLE["schemas"].items():
        bodies = ({"requestBody": content(schema)} for schema in (old, new))
        yield f"sent: {name}", *(document(body, OPERATION) for body in bodies), sent, 1
        answers = ({"responses": {"200": content(schema)}} for schema in (old, new))
        yield f"read: {name}", *(document(answer, OPERATION) for answer in answers), read, 1
    for kind, inside in (("operations", OPERATION), ("documents", ())):
        for name, (old, new, verdict, *told) in TABLE[kind].items():
            yield name, document(old, inside), document(new, inside), verdict, *(told or [1])


def verdict(changes: list[Change]) -> str:
    return min((change.rule.level for change in changes), key=LEVELS.index, default="same")


@pytest.mark.parametrize("edit", [pytest.param(edit, id=edit[0]) for edit in edits()])
def test_an_edit_is_told_once_as_what_it_is(edit: tuple[str, Tree, Tree, str, int]) -> None:
    _, old, new, expected, times = edit
    changes = compare(old, new)
    told = [f"{change.rule.level}: {change.line} [{change.rule.id}]" for change in changes]
    assert (verdict(changes), len(told)) == (expected, 0 if expected == "same" else times), told


def test_the_table_is_large() -> None:
    assert sum(len(TABLE[kind]) for kind in ("schemas", "operations", "documents")) >= 120
