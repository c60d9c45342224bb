"""A sandbox, a client that signs as it is told to, and a browser that looks at the page."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pytest
from playwright.sync_api import expect, sync_playwright

from binance_gift_card_sandbox import Sandbox
from tests.needs import browser as chromium
from tests.needs import need
from tests.ports import held_port
from tests.waits import LONGEST_S

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
GIFT_CARD = "/sapi/v1/giftcard/"
expect.set_options(timeout=LONGEST_S * 1000)  # what is expected is waited for


class Caller:
    """Calls the sandbox as a client would, without the SDK."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def send(self, method: str, path: str, *, query: str = "", body: str = "") -> None:
        headers = {"X-MBX-APIKEY": self.sandbox.api_key}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection(urlsplit(self.sandbox.url).netloc, timeout=LONGEST_S)
        with closing(connection), suppress(http.client.HTTPException, ConnectionError):  # a fault may drop it
            connection.request(method, f"{path}?{query}" if query else path, body or None, headers)
            connection.getresponse().read()

    def signature(self, payload: str) -> str:
        return hmac.new(self.sandbox.api_secret.encode(), payload.encode(), hashlib.sha256).hexdigest()

    def post(self, name: str, signed_as: Callable[[str], str] = str, **parameters: str) -> str:
        """Signs what `signed_as` makes of the payload; the payload that is sent is the answer."""
        given = {**parameters, "timestamp": str(time.time_ns() // 1_000_000)}
        payload = "&".join(f"{name}={quote(value, safe='-_.~')}" for name, value in given.items())
        self.send("POST", GIFT_CARD + name, body=f"{payload}&signature={self.signature(signed_as(payload))}")
        return payload

    def create(self) -> None:
        self.post("createCode", token="USDT", amount="25")

    def misspell(self) -> str:
        """A redemption that was signed before it was encoded: -1022."""
        return self.post("redeemCode", unquote, code="6H9EKF5ECCWFBHGE", externalUid="till 4 / user@shop")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with held_port() as port, Sandbox(balances={"USDT": "1000"}, port=port) as running:  # the same after a restart
        yield running


@pytest.fixture
def caller(sandbox: Sandbox) -> Caller:
    return Caller(sandbox)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    need("Chromium")
    with sync_playwright() as running:
        launched = running.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield launched
        launched.close()


class Watched:
    """A page, and what it did: addresses that it asked, and what stands in its console."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.asked: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: (self.complaints.append(dialog.message), dialog.dismiss()))


@pytest.fixture
def look(browser: Any, sandbox: Sandbox) -> Iterator[Callable[..., Watched]]:
    """Opens the page in a window of its own."""
    contexts = []

    def look(address: str = "/", *, width: int = 1280, height: int = 900, scheme: str = "light") -> Watched:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
        )
        contexts.append(context)
        context.set_default_timeout(LONGEST_S * 1000)
        watched = Watched(context.new_page())
        watched.page.goto(sandbox.url + address)
        watched.page.get_by_text("Live", exact=True).wait_for()
        return watched

    yield look
    for context in contexts:
        context.close()
