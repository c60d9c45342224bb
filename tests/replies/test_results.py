"""Each success that a document promises is a result, over a real socket: by status, media type and headers."""

from __future__ import annotations

import asyncio
from types import ModuleType
from typing import Any

import pytest

from codegen.cli import main
from tests.replies.conftest import SPEC, client_of
from tests.sdk.conftest import Recorder

THING, JOB = '{"id": 7}', '{"job": "j"}'
PLAIN = "text/plain"


def shown(package: ModuleType, result: Any) -> Any:
    """A result in few words."""
    for name, value in vars(package.models).items():
        if isinstance(value, type) and type(result) is value:
            return name
    return result


@pytest.mark.parametrize(
    ("operation", "status", "body", "kind", "expected"),
    [
        ("several", "200 OK", THING, "application/json", "Thing"),
        ("several", "202 Accepted", JOB, "application/json", "Job"),
        ("several", "203 Changed", "hüte".encode("latin-1"), "text/plain; charset=ISO-8859-1", "hüte"),
        ("several", "204 No Content", "", "", None),
        ("several", "207 Multi", "more", PLAIN, None),
        ("several", "201 Created", THING, "application/json", "Thing"),  # undocumented: as the first with a body
        ("alike", "201 Created", THING, "application/json", "Thing"),
        ("wide", "202 Accepted", JOB, "application/json", "Job"),
        ("wide", "206 Part", THING, "application/json", "Thing"),
        ("only_default", "200 OK", THING, "application/json", "Thing"),
        ("only_problem", "200 OK", '["it"]', "application/json", ["it"]),
        ("undescribed", "200 OK", b"\0\xff", "application/pdf", b"\0\xff"),
        ("undescribed", "200 OK", "", PLAIN, None),
        ("removed", "204 No Content", "", "", None),
        ("any_form", "200 OK", '{"a": [1]}', "application/json", {"a": [1]}),
        ("any_form", "200 OK", "a, b", "text/csv", "a, b"),
        ("any_form", "200 OK", b"\x89PNG", "image/png", b"\x89PNG"),
        ("any_form", "200 OK", "", "application/json", None),
        ("words", "200 OK", "a;ü", "text/csv", "a;ü"),
        ("any_words", "200 OK", "plain", PLAIN, "plain"),
        ("any_words", "200 OK", '"text"', "application/json", "text"),
        ("download", "200 OK", b"{\xff", "application/json", b"{\xff"),
        ("download", "202 Accepted", JOB, "application/json", "Job"),
        ("follow", "200 OK", "data: 1\n\n", "text/event-stream", "data: 1\n\n"),
        ("report", "200 OK", THING, "application/json; charset=utf-8", "Thing"),
        ("report", "200 OK", "a;b", "text/csv", "a;b"),
        ("report", "200 OK", b"\x89PNG", "image/png", b"\x89PNG"),
        ("picture", "200 OK", b"\x89PNG", "image/png", b"\x89PNG"),
        ("cached", "304 Not Modified", "", "", None),
    ],
)
def test_a_success_is_read_by_its_status_and_what_it_says_it_is(
    package: ModuleType, client: Any, server: Recorder, operation, status, body, kind, expected
) -> None:
    server.reply(status, body, kind)
    answer = getattr(client.raw, operation)()
    assert shown(package, answer.result) == expected
    assert answer.status == int(status[:3])
    assert answer.headers["content-type"] == kind
    assert answer.body == (body.encode() if isinstance(body, str) else body)


def test_the_async_client_reads_them_alike(package: ModuleType, server: Recorder) -> None:
    async def call() -> list[Any]:
        async with client_of(package, "Async")(key="the-key-itself", base_url=server.url, timeout=5) as client:
            found = []
            for status, body in (("202 Accepted", JOB), ("204 No Content", ""), ("303 There", "")):
                server.reply(status, body, "application/json", "Location: /there\r\n" if "303" in status else "")
                found.append(await client.several())
            server.reply("200 OK", b"\0" * 3_000_000, "application/pdf")
            return [*found, len(await client.download())]

    job, nothing, redirect, size = asyncio.run(call())
    assert (job.job, nothing, redirect, size) == ("j", None, package.Redirect(303, "/there"), 3_000_000)


@pytest.mark.parametrize("operation", ["elsewhere", "several"])
def test_a_redirect_is_a_result_where_it_is_documented_and_nothing_follows_it(
    package: ModuleType, client: Any, server: Recorder, operation: str
) -> None:
    status = {"elsewhere": 302, "several": 303}[operation]
    server.reply(f"{status} There", "", extra="Location: https://example.com/?token=a-token\r\n")
    result = getattr(client, operation)()
    assert result == package.Redirect(status, "https://example.com/?token=a-token")
    assert repr(result) == f"<Redirect {status}>"
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", ["301 Moved", "304 Not Modified"])
def test_another_redirect_is_none(package: ModuleType, client: Any, server: Recorder, status: str) -> None:
    server.reply(status, "", extra="Location: /there\r\n")
    with pytest.raises(package.errors.OutcomeUnknownError) as caught:
        client.uncached()
    assert caught.value.headers["location"] == "/there"


@pytest.mark.parametrize(
    ("operation", "status", "body"),
    [
        ("several", "202 Accepted", THING),
        ("several", "200 OK", ""),
        ("elsewhere", "200 OK", "it"),
        ("words", "200", b"\xff"),
    ],
)
def test_a_success_that_does_not_read_as_promised_hands_over_what_came(
    package: ModuleType, client: Any, server: Recorder, operation: str, status: str, body: Any
) -> None:
    server.reply(status, body)
    with pytest.raises(package.errors.DecodeError) as caught:
        getattr(client, operation)()
    assert (caught.value.executed, caught.value.status) == ("unknown", int(status[:3]))
    assert caught.value.body == (body.encode() if isinstance(body, str) else body)


def test_a_head_has_no_body(client: Any, server: Recorder) -> None:
    server.answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\nX-Total: 4\r\n\r\n"
    answer = client.raw.look()
    assert (answer.result, answer.body, answer.headers["x-total"]) == (None, b"", "4")


def test_types_tell_what_may_come(package: ModuleType) -> None:
    returned = {
        name: vars(client_of(package))[name].__annotations__["return"]
        for name in ("several", "download", "report", "look")
    }
    assert returned == {
        "several": "models.Thing | models.Job | str | Redirect | None",
        "download": "bytes | models.Job",
        "report": "models.Thing | str | bytes",
        "look": "None",
    }


def test_another_media_type_can_be_asked_for(client: Any, server: Recorder) -> None:
    server.reply("200 OK", "a;b", "text/csv")
    assert client.with_options(accept="text/csv").report() == "a;b"
    client.report()
    client.picture()
    asked = [request.lower().partition(b"\r\naccept: ")[2].partition(b"\r\n")[0] for request in server.requests]
    assert asked == [b"text/csv", b"application/json", b"application/json, image/png"]


@pytest.mark.parametrize("accept", ["", "a\r\nb: c", "ü/b", 5])
def test_what_is_no_media_type_is_refused(package: ModuleType, client: Any, accept: Any) -> None:
    with pytest.raises(package.errors.ArgumentError, match="accept must"):
        client.with_options(accept=accept)


def test_what_is_not_read_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    for spec, place, words in (
        (SPEC, "~1undescribed/delete/responses/204/content", "an answer of 204 never has a body"),
        (SPEC, "~1stream/get/responses/200/content/text~1event-stream", "a stream is not read item by item"),
        (SPEC, "~1notations/get/responses/200/content/application~1xml", "the answer is read as application/json"),
        (SPEC.with_name("journalled.yaml"), "~1pay/post/responses/302", "no result of a journalled operation"),
    ):
        assert main(["lint", str(spec)]) == 0
        told = [line for line in capsys.readouterr().err.splitlines() if place in line]
        assert len(told) == 1
        assert words in told[0]


def test_a_download_is_not_held_to_what_is_decoded(package: ModuleType, client: Any, server: Recorder) -> None:
    content = b"\0" * 3_000_000
    server.reply("200 OK", content, "application/octet-stream")
    assert client.download() == content
    server.reply("200 OK", b'{"id": 7, "more": "' + b"x" * 2_000_000 + b'"}')
    with pytest.raises(package.errors.OutcomeUnknownError, match="more than 1048576 bytes"):
        client.alike()


def test_a_download_has_a_limit_and_one_that_is_cut_is_told(package: ModuleType, server: Recorder) -> None:
    network = package.Network(max_download=1000)
    with client_of(package)(key="k", base_url=server.url, timeout=5, attempts=1, network=network) as client:
        server.reply("200 OK", b"\0" * 1001, "application/octet-stream")
        with pytest.raises(package.errors.OutcomeUnknownError, match="more than 1000 bytes"):
            client.download()
        server.answer = server.answer.replace(b"1001", b"1000")[:-500]
        with pytest.raises(package.errors.OutcomeUnknownError, match="body is cut") as caught:
            client.download()
    assert 0 < len(caught.value.body) < 1000
