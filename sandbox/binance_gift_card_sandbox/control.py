"""The control plane under `/_sandbox` and the page at `/`: what tests and people do to the sandbox.

JSON in and out. What is wrong with a request is told as `{"error": "…"}` with a status of 4xx.
"""

from collections.abc import Awaitable, Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar, get_args

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from binance_gift_card_sandbox.amounts import amount_of
from binance_gift_card_sandbox.faults import Fault
from binance_gift_card_sandbox.guard import Guard
from binance_gift_card_sandbox.keys import ApiKey, Permission, hmac_key, public_key
from binance_gift_card_sandbox.ledger import Card, CardState
from binance_gift_card_sandbox.log import Request
from binance_gift_card_sandbox.rules import plain
from binance_gift_card_sandbox.transport import read
from binance_gift_card_sandbox.world import World

PAGE = Path(__file__).parent / "page"
PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
MAX_BODY_BYTES = 4 * 1024 * 1024  # a fault may give an answer that is too long for a client
MOST = 1000  # of a list, in one answer
SHOWN_OF_A_KEY = 8

Endpoint = Callable[[HttpRequest], Awaitable[Response]]
T = TypeVar("T")


class Unsuitable(Exception):  # noqa: N818  an answer, not a fault of the program
    """The request is wrong, or names what is not there."""

    def __init__(self, message: str, status: int = 400) -> None:
        self.status = status
        super().__init__(message)


class ClockChange(msgspec.Struct, forbid_unknown_fields=True):
    """Done in this order."""

    reset: bool = False
    frozen: bool | None = None
    now: int | datetime | None = None
    advance_ms: int = 0


class NewKey(msgspec.Struct, forbid_unknown_fields=True):
    """An HMAC key, unless a public key is given."""

    public_key: str = ""
    api_key: str = ""
    name: str = ""
    permissions: tuple[Permission, ...] = get_args(Permission)


class NewSnapshot(msgspec.Struct, forbid_unknown_fields=True):
    name: str


class Control:
    def __init__(self, world: World, hosts: Collection[str] = ()) -> None:
        self._world = world
        self._hosts = hosts

    def app(self) -> ASGIApp:
        routes = [
            Route("/", _asset("index.html", "text/html"), methods=["GET"]),
            Route("/_sandbox/page.css", _asset("page.css", "text/css"), methods=["GET"]),
            Route("/_sandbox/page.js", _asset("page.js", "text/javascript"), methods=["GET"]),
            *(
                Route(f"/_sandbox/{path}", _told(endpoint), methods=[method])
                for method, path, endpoint in self._endpoints()
            ),
        ]
        app = Starlette(routes=routes, exception_handlers={HTTPException: _unknown, Unsuitable: _unsuitable})
        app.router.redirect_slashes = False
        return Guard(app, self._hosts)

    def _endpoints(self) -> list[tuple[str, str, Callable[[HttpRequest], Awaitable[object]]]]:
        return [
            ("GET", "state", self._state),
            ("GET", "cards", self._cards),
            ("GET", "cards/{reference_no}", self._card),
            ("GET", "requests", self._requests),
            ("DELETE", "requests", self._clear_requests),
            ("GET", "requests/{number:int}", self._request),
            ("GET", "requests/{number:int}/signature", self._signature),
            ("POST", "clock", self._move_clock),
            ("GET", "rules", self._rules),
            ("POST", "rules", self._change_rules),
            ("POST", "balances", self._set_balances),
            ("GET", "faults", self._faults),
            ("POST", "faults", self._add_fault),
            ("DELETE", "faults", self._clear_faults),
            ("POST", "keys", self._add_key),
            ("DELETE", "keys/{api_key}", self._remove_key),
            ("POST", "reset", self._reset),
            ("POST", "snapshots", self._take_snapshot),
            ("POST", "snapshots/{name}/restore", self._restore),
            ("DELETE", "snapshots/{name}", self._forget_snapshot),
        ]

    async def _state(self, request: HttpRequest) -> object:
        world, now_ms = self._world, self._world.clock()
        with world.state.lock:
            account = {
                "business": world.state.rules.business,
                "balances": {token: format(amount, "f") for token, amount in world.ledger.balances().items()},
                "cards": world.ledger.counts(now_ms),
                "locks": {
                    "verify": world.ledger.wrong_verifies.locked_until(now_ms),
                    "redeem": world.ledger.wrong_redeems.locked_until(now_ms),
                },
            }
        return {
            "epoch": world.epoch,
            "url": f"{request.url.scheme}://{request.headers['host']}",
            "seed": world.seed,
            "clock": self._clock(),
            "keys": [_key(key) for key in world.api_keys()],
            **account,
            "faults": world.faults.waiting(),
            "operations": sorted(world.operations),
            "snapshots": sorted(world.snapshots),
            "last_request": world.log.last(),
        }

    async def _cards(self, request: HttpRequest) -> object:
        state = request.query_params.get("state")
        if state is not None and state not in get_args(CardState):
            raise Unsuitable(f"state must be one of: {', '.join(get_args(CardState))}")
        limit, before, now_ms = _limit(request, 50), _number(request, "before"), self._world.clock()
        with self._world.state.lock:
            found = list(islice(self._world.ledger.cards(now_ms, state, before), limit + 1))  # type: ignore[arg-type]
        shown = found[:limit]
        return {
            "cards": [_card(card, now_ms) for card in shown],
            "next": shown[-1].serial if len(found) > limit else None,
        }

    async def _card(self, request: HttpRequest) -> object:
        with self._world.state.lock:
            card = self._world.ledger.card_by("reference_no", request.path_params["reference_no"])
        if card is None:
            raise Unsuitable("there is no such card", 404)
        return {**_card(card, self._world.clock()), "code": card.code}

    async def _requests(self, request: HttpRequest) -> object:
        found = self._world.log.list(after=_number(request, "after"), limit=_limit(request, 100))
        return {"requests": [_line(entry) for entry in found], "last": self._world.log.last()}

    async def _clear_requests(self, request: HttpRequest) -> object:
        self._world.forget_requests()
        return {}

    async def _request(self, request: HttpRequest) -> object:
        entry = self._entry(request)
        texts = {name: getattr(entry, name).decode("utf-8", "replace") for name in ("query", "body", "answer")}
        return {**_line(entry), **texts, "headers": entry.headers}

    async def _signature(self, request: HttpRequest) -> object:
        return self._world.diagnose(self._entry(request))

    async def _move_clock(self, request: HttpRequest) -> object:
        change = _body(request, ClockChange)
        clock = self._world.clock
        with _told_as_unsuitable():
            if change.reset:
                clock.reset()
            if change.frozen is not None:  # first, so that the time is exactly the one that was asked for
                clock.freeze(change.frozen)
            if change.now is not None:
                clock.set(change.now)
            if change.advance_ms:
                clock.advance(change.advance_ms)
        return self._clock()

    async def _rules(self, request: HttpRequest) -> object:
        return plain(self._world.state.rules)

    async def _change_rules(self, request: HttpRequest) -> object:
        given = _body(request, dict[str, Any])
        with _told_as_unsuitable():
            self._world.set_rules(self._world.state.rules.changed(given))
        return plain(self._world.state.rules)

    async def _set_balances(self, request: HttpRequest) -> object:
        given = _body(request, dict[str, str])
        with _told_as_unsuitable():
            amounts = {token: amount_of(token, text) for token, text in given.items()}
        for token, amount in amounts.items():
            self._world.set_balance(token, amount)
        return {token: format(amount, "f") for token, amount in self._balances().items()}

    async def _faults(self, request: HttpRequest) -> object:
        return self._world.faults.waiting()

    async def _add_fault(self, request: HttpRequest) -> object:
        given = _body(request, dict[str, Any])
        with _told_as_unsuitable():
            unknown = set(given) - set(Fault.__dataclass_fields__)
            if unknown:
                raise ValueError(
                    f"a fault has no {sorted(unknown)[0]!r}; it has: {', '.join(Fault.__dataclass_fields__)}"
                )
            fault = msgspec.convert(given, Fault)
            self._world.faults.add(fault)
        return self._world.faults.waiting()

    async def _clear_faults(self, request: HttpRequest) -> object:
        self._world.faults.clear()
        return []

    async def _add_key(self, request: HttpRequest) -> object:
        given = _body(request, NewKey)
        named = {"api_key": given.api_key, "name": given.name, "permissions": given.permissions}
        with _told_as_unsuitable():
            key = public_key(given.public_key, **named) if given.public_key else hmac_key(**named)  # type: ignore[arg-type]
            self._world.add_key(key)
        secret = {"api_secret": key.api_secret} if key.kind == "hmac" else {}
        return {**_key(key), **secret}

    async def _remove_key(self, request: HttpRequest) -> object:
        try:
            self._world.remove_key(request.path_params["api_key"])
        except KeyError:
            raise Unsuitable("there is no such key", 404) from None
        return {}

    async def _reset(self, request: HttpRequest) -> object:
        self._world.reset()
        return {"epoch": self._world.epoch}

    async def _take_snapshot(self, request: HttpRequest) -> object:
        name = _body(request, NewSnapshot).name
        if not name or "/" in name:
            raise Unsuitable("a snapshot needs a name, without a slash")
        taken, replaced = self._world.snapshot(), self._world.snapshots.pop(name, None)
        if replaced is not None:
            replaced.close()
        self._world.snapshots[name] = taken
        return {"snapshots": sorted(self._world.snapshots)}

    async def _restore(self, request: HttpRequest) -> object:
        self._world.restore(self._snapshot(request))
        return {"epoch": self._world.epoch}

    async def _forget_snapshot(self, request: HttpRequest) -> object:
        self._snapshot(request).close()
        del self._world.snapshots[request.path_params["name"]]
        return {"snapshots": sorted(self._world.snapshots)}

    def _snapshot(self, request: HttpRequest) -> Any:
        try:
            return self._world.snapshots[request.path_params["name"]]
        except KeyError:
            raise Unsuitable("there is no such snapshot", 404) from None

    def _entry(self, request: HttpRequest) -> Request:
        entry = self._world.log.get(request.path_params["number"])
        if entry is None:
            raise Unsuitable("there is no such request", 404)
        return entry

    def _balances(self) -> dict[str, Decimal]:
        with self._world.state.lock:
            return self._world.ledger.balances()

    def _clock(self) -> object:
        clock = self._world.clock
        return {"now": clock.now_ms, "offset_ms": clock.offset_ms, "frozen": clock.frozen}


@contextmanager
def _told_as_unsuitable() -> Iterator[None]:
    """What the sandbox refuses in Python, as an answer."""
    try:
        yield
    except (ValueError, TypeError) as error:  # a msgspec.ValidationError is a ValueError
        raise Unsuitable(str(error)) from None


def _body(request: HttpRequest, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(request.state.body or b"{}", type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unsuitable(str(error)) from None


def _told(endpoint: Callable[[HttpRequest], Awaitable[object]]) -> Endpoint:
    async def answer(request: HttpRequest) -> Response:
        request.state.body = await read(request.scope, request.receive, MAX_BODY_BYTES)
        if request.state.body is None:
            raise Unsuitable(f"a body has at most {MAX_BODY_BYTES} bytes here", 413)
        return _json(await endpoint(request))

    return answer


def _json(answer: object, status: int = 200) -> Response:
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(msgspec.json.encode(answer), status, headers, media_type="application/json")


async def _unknown(request: HttpRequest, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    return _json({"error": "there is no such method here" if status == 405 else "there is no such address"}, status)


async def _unsuitable(request: HttpRequest, error: Exception) -> Response:
    return _json({"error": str(error)}, error.status if isinstance(error, Unsuitable) else 400)


def _asset(name: str, media_type: str) -> Endpoint:
    async def answer(request: HttpRequest) -> Response:
        return Response((PAGE / name).read_bytes(), headers=PAGE_HEADERS, media_type=media_type)

    return answer


def _number(request: HttpRequest, name: str) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Unsuitable(f"{name} must be a number")
    return int(text)


def _limit(request: HttpRequest, usual: int) -> int:
    limit = _number(request, "limit")
    return usual if limit is None else max(1, min(limit, MOST))


def _key(key: ApiKey) -> dict[str, object]:
    return {"name": key.name, "api_key": key.api_key, "kind": key.kind, "permissions": sorted(key.permissions)}


def _card(card: Card, now_ms: int) -> dict[str, object]:
    token, amount = card.holds
    return {
        "serial": card.serial,
        "reference_no": card.reference_no,
        "token": token,
        "amount": format(amount, "f"),
        "face_token": card.token,
        "state": card.state(now_ms),
        "created_time": card.created_time,
        "expired_time": card.expired_time,
        "redeemed_time": card.redeemed_time,
        "external_uid": card.external_uid,
    }


def _line(entry: Request) -> dict[str, object]:
    return {
        "id": entry.id,
        "time": entry.time,
        "method": entry.method,
        "path": entry.path,
        "operation": entry.operation,
        "api_key": entry.api_key[:SHOWN_OF_A_KEY],
        "status": entry.status,
        "code": entry.code,
        "message": entry.message,
        "duration_us": entry.duration_us,
        "fault": entry.fault,
        "executed": entry.executed,
    }
