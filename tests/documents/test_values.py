"""What is generated takes every value that a schema allows, and gives it back: read, then sent, it is the same JSON."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.documents.folder import Source
from tests.documents.package import generate, imported
from tests.documents.server import serve
from tests.documents.strategies import schemas
from tests.documents.values import lost

MANY = 30
"""Schemas in one document: to generate and import costs more than to call."""

_WAYS = {
    "get": lambda schema: {"responses": {"200": _content(schema)}},
    "put": lambda schema: {"requestBody": {"required": True, **_content(schema)}, "responses": _DONE},
}
_DONE = {"204": {"description": "Done."}}


def _content(schema: Any) -> dict[str, Any]:
    return {"description": "It.", "content": {"application/json": {"schema": schema}}}


def _document(drawn: list[Any]) -> dict[str, Any]:
    paths = {
        f"/{number}": {method: {"operationId": f"{method}It{number}", **say(schema)} for method, say in _WAYS.items()}
        for number, schema in enumerate(drawn)
    }
    return {"openapi": "3.1.0", "info": {"title": "Drawn", "version": "1"}, "paths": paths}


@pytest.mark.parametrize("models", ["msgspec", "pydantic"])
@settings(max_examples=2, phases=[Phase.generate])
@given(data=st.data())
def test_every_value_is_taken_and_given_back(models: str, data: st.DataObject) -> None:
    _hold(models, data)


@pytest.mark.proof
@pytest.mark.parametrize("models", ["msgspec", "pydantic"])
@settings(max_examples=8, phases=[Phase.generate])
@given(data=st.data())
def test_many_more_values_are_taken_and_given_back(models: str, data: st.DataObject) -> None:
    _hold(models, data)


def _hold(models: str, data: st.DataObject) -> None:
    drawn = data.draw(st.lists(schemas(), min_size=MANY, max_size=MANY))
    values = [data.draw(st.lists(strategy, min_size=3, max_size=3)) for _, strategy in drawn]
    faults = []
    with TemporaryDirectory() as scratch, serve() as server:
        spec = Path(scratch, "drawn.json")
        spec.write_text(json.dumps(_document([schema for schema, _ in drawn])), encoding="utf-8")
        source = Source(f"drawn_{models}", spec)
        generate(source, Path(scratch), models)
        with (
            imported(source.package, Path(scratch), models) as package,
            package.client_class(base_url=server.url, attempts=1) as client,
        ):
            for number, (schema, _) in enumerate(drawn):
                for value in values[number]:
                    fault = _fault(client, server, number, value)
                    faults += [f"{json.dumps(schema)}\n  takes {json.dumps(value)}: {fault}"] if fault else []
    assert not faults, "\n".join(faults)


def _fault(client: Any, server: Any, number: int, value: Any) -> str:
    """What became of the value on its way, if not itself."""
    server.answer(200, "application/json", json.dumps(value).encode())
    try:
        found = getattr(client, f"get_it{number}")()
        if value is None:
            return "" if found is None else f"null was read as {found!r}"  # no argument at all is what None means there
        server.answer(204, None, b"")
        getattr(client, f"put_it{number}")(body=found)
        sent = json.loads(server.arrivals[-1].body)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "; ".join([*lost(value, sent), *lost(sent, value)])
