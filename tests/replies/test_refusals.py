"""What a refusal says is told as the document describes it, over a real socket; and shows no secret."""

from __future__ import annotations

import json
import pickle
from types import ModuleType
from typing import Any

import pytest

from tests.sdk.conftest import Recorder

MISSING = {"error": {"code": "no_such_thing", "message": "There is none."}}
SECRET = "6H9EKF5ECCWFBHGE"


def refused(client: Any, operation: str = "refused") -> Any:
    with pytest.raises(Exception) as caught:  # noqa: PT011 - which one is asked by the test
        getattr(client, operation)()
    return caught.value


@pytest.mark.parametrize(
    ("status", "body", "kind", "error"),
    [
        ("404 Not Found", MISSING, "Missing", "ApiError"),
        ("409 Conflict", {"why": "It is taken"}, "Refused4XXError", "ApiError"),
        ("500 Failed", {"title": "Broken", "detail": "It is broken"}, "Problem", "OutcomeUnknownError"),
    ],
)
def test_a_body_is_read_by_the_schema_of_its_status(
    package: ModuleType, client: Any, server: Recorder, status, body, kind, error
) -> None:
    server.reply(status, json.dumps(body))
    told = refused(client)
    assert type(told) is getattr(package.errors, error)
    assert type(told.error) is getattr(package.models, kind)


def test_the_default_tells_of_errors_beside_a_success(package: ModuleType, client: Any, server: Recorder) -> None:
    server.reply("422 No", '{"title": "Wrong", "detail": "The name is too long"}', "application/problem+json")
    told = refused(client, "several")
    assert told.error == package.models.Problem(title="Wrong", detail="The name is too long")
    assert told.server_message == "The name is too long"
    assert str(told) == 'several: refused: HTTP 422: "The name is too long"'


@pytest.mark.parametrize("operation", ["only_default", "only_problem"])
def test_so_does_one_that_is_alone(package: ModuleType, client: Any, server: Recorder, operation: str) -> None:
    server.reply("404 No", '{"id": 1, "title": "None"}')
    assert type(refused(client, operation).error).__name__ == {"only_default": "Thing"}.get(operation, "Problem")


@pytest.mark.parametrize("body", ["", "<html>", "[]", '{"title": 1, "detail": []}', '{"detail": "no title"}', b"\xff"])
def test_a_body_that_is_otherwise_is_no_error_of_its_own(
    package: ModuleType, client: Any, server: Recorder, body: Any
) -> None:
    server.reply("500 Failed", body)
    told = refused(client)
    assert type(told) is package.errors.OutcomeUnknownError
    assert told.error is None or told.error.title == "1"
    assert told.body == (body.encode() if isinstance(body, str) else body)


@pytest.mark.parametrize(
    ("body", "code", "text"),
    [
        ({"message": "a"}, None, "a"),
        ({"code": 7, "message": "a"}, 7, "a"),
        (MISSING, "no_such_thing", "There is none."),
        ({"error": "invalid_grant", "error_description": "It is over"}, None, "It is over"),
        ({"errors": [{"code": "x", "title": "One", "detail": "a"}, {"detail": "b"}]}, "x", "a"),
        ({"detail": [{"loc": ["body"], "msg": "field required", "type": "missing"}]}, None, "field required"),
        ({"errorCode": "14_030", "message": "Wrong", "status": 422}, "14_030", "Wrong"),
        ({"Message": "Denied"}, None, "Denied"),
        ({"code": SECRET, "detail": "a"}, None, "a"),
        ({"code": True, "status": 5}, None, None),
        ([{"message": "a"}], None, "a"),
        ("a", None, None),
    ],
)
def test_code_and_text_are_found_in_the_usual_places(client: Any, server: Recorder, body, code, text) -> None:
    server.reply("400 No", json.dumps(body))
    told = refused(client, "alike")
    assert (told.code, told.server_message, told.error) == (code, text, None)
    assert f'"{text}"' in str(told) or text is None


def test_plain_text_is_the_servers_own(client: Any, server: Recorder) -> None:
    server.reply("400 No", "It will\nnot do", "text/plain")
    told = refused(client)
    assert (told.server_message, told.error) == ("It will\nnot do", None)
    assert str(told).endswith(': "It will not do"')


def test_a_text_is_bounded_and_shows_no_secret(client: Any, server: Recorder) -> None:
    words = f"the-key-itself cannot buy {SECRET} or 6H9E-KF5E-CCWF-BHGE: " + "it is no use. " * 200
    server.reply("404 No", json.dumps({"error": {"code": "a", "message": words}}))
    told = refused(client)
    assert told.server_message.startswith("******** cannot buy")
    assert len(told.server_message) == 500
    shown = f"{told} {told!r} {told.attempts}"
    assert len(str(told)) < 300
    assert SECRET not in shown
    assert "KF5E" not in shown
    assert "the-key-itself" not in shown + told.server_message


def test_an_error_is_pickled_without_its_body(package: ModuleType, client: Any, server: Recorder) -> None:
    server.reply("404 No", json.dumps({"error": {"code": "a", "message": SECRET}}))
    told = refused(client)
    content = pickle.dumps(told)
    copy = pickle.loads(content)
    assert (type(copy), str(copy), copy.code, copy.error, copy.body) == (type(told), str(told), "a", None, b"")


def test_an_error_of_an_older_version_can_be_unpickled(package: ModuleType) -> None:
    old = package.errors.ApiError("it said no")
    state = {name: value for name, value in vars(old).items() if name != "_model"}
    restore, arguments, _ = old.__reduce__()
    copy = restore(*arguments)
    copy.__dict__.update(state)
    assert (str(copy), copy.error) == ("it said no", None)
