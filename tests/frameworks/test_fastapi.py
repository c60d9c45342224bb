"""A FastAPI application on Uvicorn: every call arrives as it was meant, and every answer is read."""

from __future__ import annotations

import datetime as dates
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import uvicorn

from tests.documents.folder import Source
from tests.documents.package import generate, imported
from tests.frameworks.application import LARGE, app


@contextmanager
def _served() -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", ws="none", log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


@pytest.fixture(scope="module", params=["msgspec", "pydantic"])
def sdk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A client of the application, made of its own document; with its package as `models`."""
    folder = tmp_path_factory.mktemp("fastapi")
    spec = folder / f"{request.param}.json"
    spec.write_text(json.dumps(app.openapi()), encoding="utf-8")
    source = Source(f"fastapi_{request.param}", spec)
    generate(source, folder, request.param)
    with imported(source.package, folder, request.param) as package, _served() as url:
        credentials = {"http_bearer": "token", "http_basic": ("user", "word"), "api_key_header": "key"}
        with package.client_class(base_url=url, attempts=1, **credentials) as client:
            client.package = package
            yield client


@pytest.fixture(scope="module")
def models(sdk: Any) -> Any:
    return sdk.package.part("models")


def test_every_operation_of_the_application_has_a_method(sdk: Any) -> None:
    names = {said["operationId"] for item in app.openapi()["paths"].values() for said in item.values()}
    assert {name for name in names if not hasattr(sdk, name)} == set()


def test_lists(sdk: Any) -> None:
    assert sdk.query_lists(q=["a", "b c&d"], n=[1, 2]) == {"q": ["a", "b c&d"], "n": [1, 2]}
    assert sdk.query_lists(q=["a"]) == {"q": ["a"], "n": None}


def test_unions_of_scalars(sdk: Any) -> None:
    assert sdk.query_union(at=5, color="dark-green") == {"at": "5", "color": "dark-green", "since": None}
    assert sdk.query_union(at="x", since=dates.date(2024, 2, 29)) == {"at": "x", "color": "red", "since": "2024-02-29"}


def test_a_query_that_is_a_model(sdk: Any) -> None:
    found = sdk.query_model(limit=7, order="updated", tags=["a", "b"])
    assert (found.limit, found.order, found.tags) == (7, "updated", ["a", "b"])


def test_deep_objects_and_separators(sdk: Any) -> None:
    assert sdk.query_deep(filter={"gte": 1, "name": "a b"}, ids=[1, 2]) == {
        "filter[gte]": "1",
        "filter[name]": "a b",
        "ids": "1|2",
    }


def test_path_header_and_cookie(sdk: Any) -> None:
    assert sdk.places(item_id=3, path="a b", x_trace="t", session="s") == {
        "item_id": 3,
        "path": "a b",
        "x_trace": "t",
        "session": "s",
    }


@pytest.mark.parametrize("operation", ["form", "form_model"])
def test_forms(sdk: Any, operation: str) -> None:
    found = getattr(sdk, operation)(name="a b", tags=["x", "y"], age=3)
    assert (found.name, found.age, found.tags) == ("a b", 3, ["x", "y"])


def test_uploads(sdk: Any) -> None:
    found = sdk.upload(file=b"what it holds", note="größer")
    assert (found["content"], found["note"]) == ("what it holds", "größer")
    assert sdk.uploads(files=[b"one", b"two"], cover=b"three") == {"contents": ["one", "two"], "cover": "three"}


def test_a_file_by_its_path(sdk: Any, tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_text("what it holds")
    assert sdk.upload(file=file) == {"name": "names.txt", "content": "what it holds", "note": ""}
    with file.open("rb") as opened:
        assert sdk.upload(file=opened)["content"] == "what it holds"


def test_several_bodies(sdk: Any, models: Any) -> None:
    item, user = models.Item(name="a", price=Decimal("1.10")), models.User(username="b")
    found = sdk.several_bodies(body=models.BodySeveralBodies(item=item, user=user, importance=3), q="c")
    assert (found["item"]["name"], Decimal(found["item"]["price"]), found["q"]) == ("a", Decimal("1.10"), "c")
    assert (found["user"]["username"], found["importance"]) == ("b", 3)


def test_tagged_unions(sdk: Any, models: Any) -> None:
    cat = sdk.tagged(body=models.Cat(kind="cat", lives=9))
    assert (type(cat), cat.lives) == (models.Cat, 9)
    pets = sdk.tagged_list(body=[models.Dog(kind="dog", bark="wau"), models.Cat(kind="cat", lives=1)])
    assert [(type(pet), pet.kind) for pet in pets.values()] == [(models.Dog, "dog"), (models.Cat, "cat")]


def test_untagged_unions(sdk: Any, models: Any) -> None:
    assert type(sdk.untagged(body=models.Card(number="1"))) is models.Card
    assert type(sdk.untagged(body=models.Bank(iban="DE"))) is models.Bank


def test_every_kind_of_value(sdk: Any, models: Any) -> None:
    moment = dates.datetime(2024, 1, 2, 3, 4, 5, tzinfo=dates.timezone.utc)
    unique = UUID("123e4567-e89b-42d3-a456-426614174000")
    given = models.EverythingInput(
        text="größer",
        whole=2**40,
        real=1.5,
        flag=True,
        amount=Decimal("12.50"),
        moment=moment,
        day=dates.date(2024, 2, 29),
        time="03:04:05",
        unique=unique,
        color="dark-green",
        level=2,
        pair=["a", 1],
        scores={"a": 0.5},
        either="x",
        maybe=None,
        anything={"a": [1, None]},
    )
    found = sdk.everything(body=given)
    assert (found.text, found.whole, found.real, found.flag) == ("größer", 2**40, 1.5, True)
    assert (Decimal(found.amount), found.moment, found.day, str(found.time)) == (
        Decimal("12.50"), moment, dates.date(2024, 2, 29), "03:04:05",
    )  # fmt: skip
    assert (UUID(str(found.unique)), found.color, found.level, list(found.pair)) == (unique, "dark-green", 2, ["a", 1])
    assert (found.scores, found.either, found.maybe, found.anything) == ({"a": 0.5}, "x", None, {"a": [1, None]})
    assert found.unset == "default"


def test_what_contains_itself(sdk: Any, models: Any) -> None:
    found = sdk.tree(body=models.NodeInput(value=1, children=[models.NodeInput(value=2, children=[])]))
    assert found.children[0].value == 2


def test_extra_properties(sdk: Any) -> None:
    raw = sdk.raw.extra(body=sdk.package.codec.decoder(sdk.package.part("models").Extra)(b'{"name":"a","more":1}'))
    assert json.loads(raw.body) == {"name": "a", "more": 1}
    assert json.loads(sdk.package.codec.encode(raw.result)) == {"name": "a", "more": 1}


def test_maps_and_scalars_as_bodies(sdk: Any) -> None:
    assert sdk.mapping(body={"a": [1, 2]}) == {"a": [1, 2]}
    assert sdk.scalar(body="a word") == "a word"


def test_what_is_not_given_is_not_sent(sdk: Any, models: Any) -> None:
    assert sdk.partly(body=models.Contact(name="a")) == ["name"]


def test_each_documented_success(sdk: Any, models: Any) -> None:
    assert sdk.statuses(answer=201).thing == "a"
    assert sdk.statuses(answer=202).job == 7
    assert sdk.statuses(answer=204) is None
    assert sdk.remove(name="a") is None


def test_refusals(sdk: Any) -> None:
    error = sdk.package.module.ApiError
    with pytest.raises(error) as caught:
        sdk.remove(name="missing")
    assert (caught.value.status, json.loads(caught.value.body)) == (404, {"detail": "there is no such thing"})
    with pytest.raises(error) as caught:
        sdk.refuse()
    assert (caught.value.status, json.loads(caught.value.body)["code"]) == (409, "taken")


def test_text_and_downloads(sdk: Any) -> None:
    assert sdk.text() == "größer"
    assert sdk.download() == b"x" * LARGE


def test_a_redirect_that_is_documented(sdk: Any) -> None:
    assert sdk.raw.moved().headers["location"] == "/text"


def test_headers_of_an_answer(sdk: Any) -> None:
    response = sdk.raw.headers()
    assert (response.headers["x-total"], response.result.thing) == ("3", "a")


def test_credentials(sdk: Any) -> None:
    assert [sdk.bearer().thing, sdk.basic().thing, sdk.key().thing] == ["token", "user/word", "key"]
