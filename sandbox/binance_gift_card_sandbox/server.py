"""`Sandbox`: the app on Uvicorn, in a thread, on a socket bound here so that the port is known at once."""

import secrets
import socket
import string
import threading
import time
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

import uvicorn

from binance_gift_card_sandbox.app import Api, Clock
from binance_gift_card_sandbox.checks import Credentials
from binance_gift_card_sandbox.day_key import DayKey
from binance_gift_card_sandbox.ledger import Ledger
from binance_gift_card_sandbox.operations import Account
from binance_gift_card_sandbox.rules import Rules

DEFAULT_BALANCES: Mapping[str, str] = {"BNB": "100", "BTC": "1", "USDC": "10000", "USDT": "10000"}
KEY_ALPHABET = string.ascii_letters + string.digits
BACKLOG = 2048
IDLE_S = 75  # how long an unused connection is kept
STOP_S = 1  # how long a call that is not finished may hold up the end


class Sandbox:
    """A server to call, with one account. Credentials that are not given are made at random.

    `clock` answers milliseconds since the epoch; port 0 is any free one. The account outlives `stop`, so a
    sandbox can be stopped and started again as if the server had been away.
    """

    def __init__(
        self,
        *,
        api_key: str | None = None,
        api_secret: str | None = None,
        balances: Mapping[str, Decimal | str | int] | None = None,
        rules: Rules | None = None,
        clock: Clock | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        amounts = {
            token: _amount(token, text) for token, text in (DEFAULT_BALANCES if balances is None else balances).items()
        }
        self.api_key = api_key or make_key()
        self.api_secret = api_secret or make_key()
        self._ledger = Ledger((rules or Rules()).supporting(amounts), amounts)
        account = Account(self._ledger, DayKey())
        self._app = Api(account, Credentials(self.api_key, self.api_secret), clock or _now_ms).app()
        self._host = host
        self._port = port
        self._running: tuple[_Server, threading.Thread, str] | None = None

    def __repr__(self) -> str:
        return f"<Sandbox {self._running[2] if self._running else 'stopped'}>"

    def __enter__(self) -> "Sandbox":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        if self._running is None:
            raise RuntimeError("the sandbox has no address before start()")
        return self._running[2]

    def balance(self, token: str) -> Decimal:
        return self._ledger.balance(token)

    def start(self) -> None:
        """Returns when the server accepts calls. OSError when the address cannot be had."""
        if self._running is not None:
            raise RuntimeError("the sandbox is running already")
        listener = _listen(self._host, self._port)
        server = _Server(_config(self._app))
        thread = threading.Thread(target=server.serve_on, args=(listener,), name="gift-card-sandbox", daemon=True)
        thread.start()
        server.ready.wait()
        if not server.started:
            thread.join()
            raise RuntimeError("the sandbox did not start")
        self._running = server, thread, _url(listener)

    def stop(self) -> None:
        """Returns when port and thread are gone. Once is enough, twice does no harm."""
        if self._running is None:
            return
        server, thread, _ = self._running
        server.should_exit = True
        thread.join()
        self._running = None


class _Server(uvicorn.Server):
    """Says when it is ready, or that it never will be."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    def serve_on(self, listener: socket.socket) -> None:
        try:
            with listener:
                self.run(sockets=[listener])
        finally:
            self.ready.set()


def _config(app: object) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        interface="asgi3",
        lifespan="off",
        ws="none",
        access_log=False,  # query strings carry signatures, and codes where a caller puts them there
        log_config=None,  # the logging of this process belongs to whoever started the sandbox in it
        log_level="critical",
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=IDLE_S,
        timeout_graceful_shutdown=STOP_S,
    )


def make_key() -> str:
    """64 letters and digits, as the vendor's keys and secrets are."""
    return "".join(secrets.choice(KEY_ALPHABET) for _ in range(64))


def _listen(host: str, port: int) -> socket.socket:
    """Named as TCP, for only then does asyncio switch Nagle's delay off: it would cost 40 ms a call."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    return socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, fileno=listener.detach())


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _amount(token: str, given: Decimal | str | int) -> Decimal:
    if isinstance(given, float):
        raise TypeError(f"balance of {token}: a float cannot hold an amount exactly, give a string")
    try:
        amount = Decimal(given)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"balance of {token}: not an amount")
    return amount


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
