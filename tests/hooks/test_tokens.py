"""Tokens: a text, a function, a provider; OAuth 2 that asks for one at a time, and once more after a 401."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from tests.waits import LONGEST_S, until


class Server(ThreadingHTTPServer):
    """Gives tokens, the first of them `t1`, and answers calls of those that it takes."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.asked: list[tuple[str | None, dict[str, list[str]]]] = []
        self.called: list[str] = []
        self.taken: set[str] | None = None
        self.lasts: object = 3600
        self.says: bytes | None = None
        self.slow = 0.0
        self.over = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", "0")))
        if self.path != "/token":
            return self.do_GET()
        self.server.asked.append((self.headers.get("authorization"), parse_qs(body.decode())))
        self.server.over.wait(self.server.slow)
        number = len(self.server.asked)
        told = {"access_token": f"t{number}", "token_type": "Bearer", "expires_in": self.server.lasts}
        if "refresh_token" in self.server.asked[-1][1]:
            told["refresh_token"] = f"r{number}"
        return self.answer(200, self.server.says or json.dumps(told).encode())

    def do_GET(self) -> None:
        token = self.headers["authorization"].removeprefix("Bearer ")
        self.server.called.append(token)
        is_taken = self.server.taken is None or token in self.server.taken
        self.answer(204 if is_taken else 401, b"")

    def answer(self, status: int, content: bytes) -> None:
        self.send_response(status)
        if status != 204:
            self.send_header("content-length", str(len(content)))
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server():
    with Server() as running:
        yield running
        running.over.set()
        running.shutdown()


@pytest.fixture
def package(package_of):
    return package_of("tokens", 'bearer = "bearer"')


@pytest.fixture
def client_of(package, server):
    made = []

    def client(token, **given):
        made.append(package.TokensClient(bearer=token, base_url=server.url, **given))
        return made[-1]

    yield client
    for one in made:
        one.close()


@pytest.fixture
def oauth_of(package, server):
    made = []

    def oauth(*given, **named):
        made.append(package.OAuth2(*given, token_url=f"{server.url}/token", **named))
        return made[-1]

    yield oauth
    for one in made:
        one.close()


def test_a_text_and_a_function(client_of, server) -> None:
    tokens = iter(("one", "two"))
    client_of("text").list_things()
    client = client_of(lambda: next(tokens))
    client.list_things()
    client.list_things()
    assert server.called == ["text", "one", "two"]


def test_client_credentials_are_asked_for_once(client_of, oauth_of, server) -> None:
    client = client_of(oauth_of("id", "se:cret", scope="a b"))
    client.list_things()
    client.send_thing()
    assert server.called == ["t1", "t1"]
    basic = base64.b64encode(b"id:se%3Acret").decode()
    assert server.asked == [(f"Basic {basic}", {"grant_type": ["client_credentials"], "scope": ["a b"]})]


def test_a_client_may_name_itself_in_the_form(client_of, oauth_of, server) -> None:
    client_of(oauth_of("id", "secret", in_body=True)).list_things()
    form = {"grant_type": ["client_credentials"], "client_id": ["id"], "client_secret": ["secret"]}
    assert server.asked == [(None, form)]


def test_a_refresh_token_is_put_in_the_place_of_the_last(client_of, oauth_of, server) -> None:
    server.lasts = 0
    client = client_of(oauth_of("id", refresh_token="r0"))
    client.list_things()
    client.list_things()
    assert [form["refresh_token"] for _, form in server.asked] == [["r0"], ["r1"]]
    assert server.called == ["t1", "t2"]


def test_threads_ask_for_one_token(client_of, oauth_of, server) -> None:
    server.slow = 0.2
    client = client_of(oauth_of("id", "secret"))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: client.list_things(), range(8)))
    assert len(server.asked) == 1
    assert server.called == ["t1"] * 8


def test_tasks_ask_for_one_token(package, oauth_of, server) -> None:
    server.slow = 0.2

    async def call() -> None:
        async with package.AsyncTokensClient(bearer=oauth_of("id", "secret"), base_url=server.url) as client:
            await asyncio.gather(*(client.list_things() for _ in range(8)))

    asyncio.run(call())
    assert len(server.asked) == 1
    assert server.called == ["t1"] * 8


def test_an_async_function_gives_a_token_to_the_async_client(package, server) -> None:
    async def give() -> str:
        return "given"

    async def call() -> None:
        async with package.AsyncTokensClient(bearer=give, base_url=server.url) as client:
            await client.list_things()

    asyncio.run(call())
    assert server.called == ["given"]


@pytest.mark.parametrize("operation", ["list_things", "send_thing"])
def test_a_token_that_was_refused_is_asked_for_once_more(client_of, oauth_of, server, operation) -> None:
    server.taken = {"t2"}
    getattr(client_of(oauth_of("id", "secret")), operation)()
    assert server.called == ["t1", "t2"]


def test_a_second_refusal_is_the_end(client_of, oauth_of, server, package) -> None:
    server.taken = set()
    with pytest.raises(package.errors.ApiError) as raised:
        client_of(oauth_of("id", "secret")).send_thing()
    assert (raised.value.status, raised.value.executed, len(raised.value.attempts)) == (401, "no", 2)
    assert server.called == ["t1", "t2"]


def test_a_token_that_nothing_renews_is_not_sent_again(client_of, server, package) -> None:
    server.taken = set()
    with pytest.raises(package.errors.ApiError):
        client_of("text").list_things()
    with pytest.raises(package.errors.ApiError):
        client_of("text").with_options(attempts=1).list_things()
    assert server.called == ["text", "text"]


class Broken:
    def token(self) -> str:
        raise RuntimeError("the secret")


class Late:
    def at_hand(self) -> int:
        return 7

    def token(self) -> str:
        raise AssertionError("there is one at hand")


@pytest.mark.parametrize(
    ("token", "message"),
    [
        (Broken(), "no token was given: RuntimeError"),
        (lambda: time.sleep(3), "no token was given: TimeoutError"),
        (lambda: None, "what was given is no token"),
        (lambda: "two words", "what was given is no token"),
        (lambda: "two\r\nlines", "what was given is no token"),
        (Late(), "what was given is no token"),
    ],
)
def test_a_provider_that_fails_is_one_error_and_nothing_is_sent(call_of, server, package, token, message) -> None:
    seconds = 0.3 if "TimeoutError" in message else LONGEST_S
    with pytest.raises(package.errors.SigningError, match=message) as raised:
        call_of(package, "Tokens", "list_things", {}, bearer=token, base_url=server.url, timeout=seconds)
    assert server.called == []
    assert "the secret" not in str(raised.value)


async def raises() -> str:
    raise RuntimeError("the secret")


async def hangs() -> str:
    await asyncio.sleep(3)
    return "late"


@pytest.mark.parametrize(("token", "kind"), [(raises, "RuntimeError"), (hangs, "TimeoutError")])
def test_so_is_an_async_function_that_fails(server, package, token, kind) -> None:
    seconds = 0.3 if token is hangs else LONGEST_S

    async def call() -> None:
        async with package.AsyncTokensClient(bearer=token, base_url=server.url, timeout=seconds) as client:
            await client.list_things()

    with pytest.raises(package.errors.SigningError, match=f"no token was given: {kind}") as raised:
        asyncio.run(call())
    assert (server.called, "the secret" in str(raised.value)) == ([], False)


def test_an_async_function_is_no_token_for_the_client_that_blocks(client_of, server, package) -> None:
    with pytest.raises(package.errors.SigningError, match="what was given is no token"):
        client_of(hangs).list_things()
    assert server.called == []


class Stubborn:
    def token(self) -> str:
        return "refused"

    def refused(self, token: str) -> None:
        raise RuntimeError(token)


def test_a_provider_that_fails_after_a_refusal_hides_no_refusal(call_of, server, package) -> None:
    server.taken = set()
    with pytest.raises(package.errors.ApiError) as raised:
        call_of(package, "Tokens", "list_things", {}, bearer=Stubborn(), base_url=server.url)
    assert (raised.value.status, raised.value.executed, server.called) == (401, "no", ["refused"])


def test_a_server_of_tokens_that_never_answers(call_of, oauth_of, server, package) -> None:
    """The next call is not kept waiting by the last."""
    server.slow, provider = LONGEST_S, oauth_of("id", "secret")
    for _ in range(2):
        with pytest.raises(package.errors.SigningError, match="no token was given: TimeoutError"):
            call_of(package, "Tokens", "list_things", {}, bearer=provider, base_url=server.url, timeout=0.3)
    until(lambda: server.asked)
    assert (server.called, len(server.asked)) == ([], 1)


@pytest.mark.parametrize("says", [b"{}", b'{"access_token": 7}', b'{"access_token": "t", "token_type": "mac"}', b"no"])
def test_a_server_that_gives_no_token(client_of, oauth_of, server, package, says) -> None:
    server.says = says
    with pytest.raises(package.errors.SigningError, match="no token was given: DecodeError"):
        client_of(oauth_of("id", "secret")).list_things()
    assert server.called == []


def test_no_secret_is_shown(oauth_of, client_of) -> None:
    provider = oauth_of("id", "secret", refresh_token="refresh")
    client = client_of(provider)
    client.list_things()
    for shown in (repr(provider), repr(client), repr(client._core.credentials["bearer"])):
        assert not [word for word in ("secret", "refresh", "t1") if word in shown]


@pytest.mark.parametrize("in_body", [True, False])
@pytest.mark.parametrize(
    "says", [b"{}", b'{"access_token": "t-secret", "refresh_token": "r-secret", "token_type": "mac"}', b"["]
)
def test_no_secret_is_in_a_traceback(oauth_of, server, says, in_body) -> None:
    server.says = says
    with pytest.raises(Exception) as caught:  # noqa: PT011 - whichever it is
        oauth_of("someone", "c-secret", refresh_token="r-secret", in_body=in_body).token()
    frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True).stack
    shown = [frame for frame in frames if "_runtime" in frame.filename]
    assert shown
    for frame in shown:
        assert "-secret" not in str(frame.locals), frame


def test_the_journal_tells_one_call_of_both_attempts(package, oauth_of, server, tmp_path) -> None:
    server.taken = {"t2"}
    with package.Journal(tmp_path / "orders.db", key="unsealed") as journal:
        with package.TokensClient(bearer=oauth_of("id", "secret"), base_url=server.url, journal=journal) as client:
            client.send_order(amount="1", idempotency_key="one")
            client.send_order(amount="1", idempotency_key="one")
        (entry,) = journal.history()
        assert (entry.state, server.called) == ("done", ["t1", "t2"])
