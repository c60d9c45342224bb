"""A clock to turn, a sandbox that goes by it, and a client that signs by itself, without the SDK."""

import hashlib
import hmac
import http.client
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from binance_gift_card_sandbox import Sandbox

API_SECRET = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"  # of the published examples
START_MS = 1_499_827_319_559
GIFT_CARD = "/sapi/v1/giftcard/"
FORM = "application/x-www-form-urlencoded"


class Clock:
    def __init__(self, now_ms: int = START_MS) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms

    def pass_ms(self, duration_ms: int) -> None:
        self.now_ms += duration_ms


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    json: Any

    @property
    def code(self) -> Any:
        return self.json["code"]

    @property
    def data(self) -> Any:
        assert (self.status, self.code, self.json["success"]) == (200, "000000", True), self.json
        return self.json["data"]


def encode(parameters: Mapping[str, object]) -> str:
    return "&".join(f"{name}={quote(str(value), safe='-_.~')}" for name, value in parameters.items())


class Client:
    """Texts for query and body go out as they are; mappings are encoded, signed and sent."""

    def __init__(self, sandbox: Sandbox, now_ms: Callable[[], int]) -> None:
        self.sandbox = sandbox
        self.now_ms = now_ms
        self.connection = http.client.HTTPConnection(urlsplit(sandbox.url).netloc, timeout=60)

    def sign(self, payload: str) -> str:
        return hmac.new(self.sandbox.api_secret.encode(), payload.encode(), hashlib.sha256).hexdigest()

    def send(
        self,
        method: str,
        path: str,
        *,
        query: str = "",
        body: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        target = path if path.startswith("/") else GIFT_CARD + path
        if query:
            target += "?" + query
        sent = {"X-MBX-APIKEY": self.sandbox.api_key}
        if body:
            sent["Content-Type"] = FORM
        self.connection.request(method, target, body or None, {**sent, **(headers or {})})
        answer = self.connection.getresponse()
        return Answer(answer.status, answer.headers, json.loads(answer.read()))  # type: ignore[arg-type]

    def call(self, method: str, path: str, parameters: Mapping[str, object]) -> Answer:
        """Signed, in the body of a POST and in the query of a GET. A `timestamp` of None leaves it out."""
        merged = parameters if "timestamp" in parameters else {"timestamp": self.now_ms(), **parameters}
        payload = encode({name: value for name, value in merged.items() if value is not None})
        signed = f"{payload}&signature={self.sign(payload)}".lstrip("&")
        if method == "GET":
            return self.send(method, path, query=signed)
        return self.send(method, path, body=signed)

    def control(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        """The control plane, with a body in JSON."""
        sent = {"Content-Type": "application/json", **{name.replace("_", "-"): text for name, text in headers.items()}}
        self.connection.request(method, f"/_sandbox/{path}", None if body is None else json.dumps(body), sent)
        answer = self.connection.getresponse()
        return Answer(answer.status, answer.headers, json.loads(answer.read()))  # type: ignore[arg-type]

    def create(self, token: str = "USDT", amount: object = "25", **more: object) -> Answer:
        return self.call("POST", "createCode", {"token": token, "amount": amount, **more})

    def buy(self, base: str, face: str, amount: object) -> Answer:
        return self.call("POST", "buyCode", {"baseToken": base, "faceToken": face, "baseTokenAmount": amount})

    def redeem(self, code: str, **more: object) -> Answer:
        return self.call("POST", "redeemCode", {"code": code, **more})

    def verify(self, reference_no: str, **more: object) -> Answer:
        return self.call("GET", "verify", {"referenceNo": reference_no, **more})


@contextmanager
def running(clock: Clock | None, **settings: Any) -> Iterator[Client]:
    with Sandbox(**{"api_secret": API_SECRET, "clock": clock, **settings}) as sandbox:
        client = Client(sandbox, clock or sandbox_time)
        yield client
        client.connection.close()


def sandbox_time() -> int:
    return time.time_ns() // 1_000_000


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make(clock: Clock) -> Iterator[Callable[..., Client]]:
    """Starts sandboxes that end with the test."""
    with ExitStack() as stack:
        yield lambda **settings: stack.enter_context(running(**{"clock": clock, **settings}))


@pytest.fixture
def connect() -> Iterator[Callable[..., Client]]:
    """More clients, of a sandbox or of anything with a URL and credentials."""
    with ExitStack() as stack:

        def connect(sandbox: Any, now_ms: Callable[[], int]) -> Client:
            client = Client(sandbox, now_ms)
            stack.callback(client.connection.close)
            return client

        yield connect


@pytest.fixture
def client(make: Callable[..., Client]) -> Client:
    return make(balances={"USDT": "1000"})


@pytest.fixture(scope="module")
def module_client() -> Iterator[Client]:
    with running(Clock(), balances={"USDT": "1000000"}) as client:
        yield client


@pytest.fixture
def shared(module_client: Client) -> Client:
    """One sandbox for the tests of a module that do not care what the others left in it."""
    return module_client
