"""The HTTP side of the API: routes, envelopes, headers, faults. A request is never written to a log file."""

import asyncio
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import msgspec
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from binance_gift_card_sandbox import market
from binance_gift_card_sandbox.checks import Received
from binance_gift_card_sandbox.contract import Operation
from binance_gift_card_sandbox.errors import Refusal, text
from binance_gift_card_sandbox.faults import DROPS, ERRORS, Fault
from binance_gift_card_sandbox.log import Request
from binance_gift_card_sandbox.transport import drop, read, respond
from binance_gift_card_sandbox.world import World

MAX_BODY_BYTES = 65_536  # a call needs at most a few thousand
SAPI = "/sapi/"
JSON = "application/json"
HTML = "text/html"
UNAVAILABLE = 503

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reply:
    """What is sent back, and what the log says of it."""

    status: int
    body: bytes
    code: int | str | None
    message: str = ""
    media_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    executed: bool = False
    dropped: bool = False
    cut: bool = False


class Api:
    """The API of one world, as an ASGI app."""

    def __init__(self, world: World, control: ASGIApp) -> None:
        self._world = world
        self._control = control
        self._methods: dict[str, dict[str, Operation]] = {}
        for operation in [*world.operations.values(), *market.operations()]:
            self._methods.setdefault(operation.path, {})[operation.method] = operation

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path = scope["path"]
        if path == "/" or path.startswith("/_sandbox"):
            await self._control(scope, receive, send)
            return
        started, now_ms = time.perf_counter_ns(), self._world.clock()
        try:
            received = await _received(scope, receive)
        except ClientDisconnect:
            return  # a request that did not come in full is not executed, and nobody waits for an answer
        operation = self._methods.get(path, {}).get(received.method)
        fault = None if received.too_long else self._fault(operation)
        reply = await self._reply(received, operation, fault)
        self._note(received, operation, fault, reply, now_ms, started)
        if reply.dropped:
            await drop(scope, receive)
        else:
            headers = {"content-type": reply.media_type, **reply.headers}
            await respond(scope, receive, send, reply.status, headers, reply.body, cut=reply.cut)

    def _fault(self, operation: Operation | None) -> Fault | None:
        """What hits this call. Operations outside the contract are there to serve, and are not hit."""
        if operation is None or operation.name not in self._world.operations:
            return None
        return self._world.faults.take(operation.name)

    async def _reply(self, received: Received, operation: Operation | None, fault: Fault | None) -> Reply:
        headers = self._count(received, operation)
        if received.too_long:
            return replace(self._refused(Refusal(-1101, status=413)), headers=headers)
        try:
            if headers:
                self._world.traffic.check(received.address, self._world.state.rules, self._world.clock())
            reply = await self._under(fault, received, operation) if operation else self._nowhere(received)
        except Refusal as refusal:
            reply = self._refused(refusal)
        return replace(reply, headers={**headers, **reply.headers})

    def _count(self, received: Received, operation: Operation | None) -> Mapping[str, str]:
        """The headers of what was used, on what counts: the market's data does not count towards this limit."""
        if not received.path.startswith(SAPI):
            return {}
        weight = operation.weight if operation else {"ip": 1}
        return self._world.traffic.add(received.address, received.api_key, weight, self._world.clock())

    async def _under(self, fault: Fault | None, received: Received, operation: Operation) -> Reply:
        if fault is None:
            return self._execute(received, operation)
        if fault.executes and fault.kind != "delay-before":
            reply = self._execute(received, operation)
            await _wait(fault)
            return _spoilt(reply, fault)
        if fault.kind == "delay-before" and operation.signed:
            self._world.check(operation, received)  # the server looks when it takes a request, and again below
        await _wait(fault)
        return self._execute(received, operation) if fault.executes else _spoilt(_NOTHING, fault)

    def _execute(self, received: Received, operation: Operation) -> Reply:
        try:
            if operation.name in market.ANSWERS:
                return self._plain(received, operation)
            data = self._world.run(operation, received)
        except Refusal as refusal:
            return self._refused(refusal)
        except Exception as error:  # its text might hold a code, so only its kind is told
            logger.error("%s while running %s", type(error).__name__, operation.path)  # noqa: TRY400
            return self._refused(Refusal(-1000))
        answer = {"code": "000000", "message": "success", "data": data, "success": True}
        return Reply(200, msgspec.json.encode(answer), "000000", executed=True)

    def _plain(self, received: Received, operation: Operation) -> Reply:
        """An answer without an envelope."""
        if operation.signed:
            self._world.check(operation, received)
        answer = market.answer(operation, received.query, self._world)
        return Reply(200, msgspec.json.encode(answer), None, executed=True)

    def _nowhere(self, received: Received) -> Reply:
        """Paths that there are not, and methods that there are not on a path."""
        methods = self._methods.get(received.path)
        if methods:
            return replace(self._refused(Refusal(-1020)), headers={"allow": ", ".join(methods)})
        return self._refused(Refusal(-1099))

    def _refused(self, refusal: Refusal) -> Reply:
        if refusal.by_account and self._world.state.rules.rejections == "success-false":
            code = str(abs(refusal.code))
            answer = {"code": code, "message": refusal.text, "data": None, "success": False}
            return Reply(200, msgspec.json.encode(answer), code, refusal.text)
        wait = {} if refusal.retry_after_s is None else {"retry-after": str(refusal.retry_after_s)}
        body = msgspec.json.encode({"code": refusal.code, "msg": refusal.text})
        return Reply(refusal.status, body, refusal.code, refusal.text, headers=wait)

    def _note(
        self,
        received: Received,
        operation: Operation | None,
        fault: Fault | None,
        reply: Reply,
        now_ms: int,
        started_ns: int,
    ) -> None:
        self._world.log.add(
            Request(
                time=now_ms,
                method=received.method,
                path=received.path,
                operation=operation.name if operation else None,
                api_key=received.api_key,
                status=None if reply.dropped else reply.status,
                code=reply.code,
                message=reply.message,
                duration_us=(time.perf_counter_ns() - started_ns) // 1000,
                fault=fault.kind if fault else None,
                executed=reply.executed,
                query=received.query,
                body=received.body,
                content_type=received.content_type,
                headers=received.headers,
                answer=b"" if reply.dropped else reply.body,
            )
        )


_NOTHING = Reply(UNAVAILABLE, b"", None)


async def _received(scope: Scope, receive: Receive) -> Received:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    body = await read(scope, receive, MAX_BODY_BYTES)
    return Received(
        method=scope["method"],
        path=scope["path"],
        address=scope["client"][0] if scope["client"] else "",
        headers=headers,
        query=scope["query_string"],
        body=body or b"",
        too_long=body is None,
    )


async def _wait(fault: Fault) -> None:
    await asyncio.sleep(fault.delay_ms / 1000)


def _spoilt(reply: Reply, fault: Fault) -> Reply:
    """What the fault makes of the answer."""
    if fault.kind in DROPS:
        return replace(reply, dropped=True)
    if fault.kind == "cut":
        return replace(reply, cut=True)
    if fault.kind == "malformed":
        body = reply.body[: len(reply.body) // 2] if fault.body is None else fault.body.encode()
        return replace(reply, status=fault.status or 200, body=body)
    return _error(reply, fault) if fault.kind in ERRORS else reply


def _error(reply: Reply, fault: Fault) -> Reply:
    """As the service itself writes an error where there is a code, and as a proxy in front of it does elsewhere."""
    status = fault.status or UNAVAILABLE
    if fault.code is None:
        body = f"<html><body><h1>{status}</h1></body></html>" if fault.body is None else fault.body
        return replace(reply, status=status, body=body.encode(), code=None, message="", media_type=HTML)
    message = text(fault.code)
    body = msgspec.json.encode({"code": fault.code, "msg": message}).decode() if fault.body is None else fault.body
    return replace(reply, status=status, body=body.encode(), code=fault.code, message=message)
