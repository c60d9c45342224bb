"""A name that two things want is no end: the author's own have it, others get one of their place, and that is said."""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from codegen.cli import main
from codegen.ir.api import Api
from codegen.lower.api import lower
from codegen.read.load import Document, load
from codegen.settings import Options, read

WARNINGS = Path(__file__).parent.parent / "warnings"
CASES = sorted(path.parent for path in WARNINGS.glob("*/spec.yaml"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_warning(
    case: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    monkeypatch.chdir(case)
    code = main(["lint", "spec.yaml"])
    told = capsys.readouterr()
    expected = case / "stderr.txt"
    if request.config.getoption("--update-golden"):
        expected.write_text(told.err, encoding="utf-8")
    assert told.err == expected.read_text(encoding="utf-8")
    assert code == 0
    assert told.err.startswith("codegen: warning: ")


def _lowered(document: Document) -> Api:
    return lower(document, read(Options(spec=document.path, package="p")))


def _names(api: Api) -> dict[str, Any]:
    """Every name, by what it is of and not by the order in which it was met."""
    operations = {
        (one.path, one.method): (one.name, {(item.place, item.wire_name): item.name for item in one.parameters})
        for one in api.operations
    }
    fields = {kind: dict(sorted(names.items())) for kind, names in api.field_names.items()}
    credentials = sorted(option.name for option in api.client_options)
    return {"operations": operations, "fields": fields, "classes": sorted(api.schemas), "credentials": credentials}


def _shuffled(node: Any, chance: random.Random) -> Any:
    if isinstance(node, Mapping):
        items = [(key, _shuffled(value, chance)) for key, value in node.items()]
        chance.shuffle(items)
        return dict(items)
    if isinstance(node, list):
        items = [_shuffled(item, chance) for item in node]
        return (
            chance.sample(items, len(items))
            if all(isinstance(item, dict) and "in" in item for item in items)
            else items
        )
    return node


def test_the_order_of_the_document_moves_no_name() -> None:
    document = load(WARNINGS / "names-of-all-kinds" / "spec.yaml")
    names = _names(_lowered(document))
    for seed in range(20):
        document.tree = _shuffled(document.tree, random.Random(seed))
        assert _names(_lowered(document)) == names, seed


def test_names_are_what_a_reader_expects() -> None:
    api = _lowered(load(WARNINGS / "names-of-all-kinds" / "spec.yaml"))
    assert {one.path + " " + one.method: one.name for one in api.operations} == {
        "/pets GET": "get_pets",
        "/pets/ GET": "get_pets_2",
        "/pets/{id} POST": "post_pets_id",
        "/pets/{id} PUT": "put_pets_id",
        "/told GET": "save_pet",
        "/%D0%B8%D0%BC%D1%8F GET": "sozdat",
    }
    saving = next(one for one in api.operations if one.method == "POST")
    assert [item.name for item in saving.parameters] == [
        "id",
        "id_in_query",
        "id_in_header",
        "born_lt",
        "born_gt",
        "born",
        "body",
    ]
    assert saving.body is not None
    assert saving.body.name == "request_body"
    assert api.field_names["Pet"] == {
        "tag": "tag",
        "t": "t",
        "fooBar": "foo_bar_2",
        "foo_bar": "foo_bar",
        "+1": "n1",
        "-1": "minus_1",
        "имя": "imya",
        "фамилия": "familiya",
        "field": "field_",
    }
