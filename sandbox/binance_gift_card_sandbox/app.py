"""The HTTP side: routes, envelopes, headers. A request is never written to a log, in whole or in part."""

import json
import logging
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from binance_gift_card_sandbox.checks import Credentials, Received, check_request
from binance_gift_card_sandbox.errors import Refusal
from binance_gift_card_sandbox.operations import OPERATIONS, Account, Operation

MAX_BODY_BYTES = 65_536  # a call needs at most a few thousand
WEIGHT_HEADER = "X-SAPI-USED-IP-WEIGHT-1M"
MINUTE_MS = 60_000

Clock = Callable[[], int]  # milliseconds since the epoch
Endpoint = Callable[[Request], Awaitable[Response]]
logger = logging.getLogger(__name__)


class UsedWeight:
    """The weight used in the current minute of the server's clock."""

    def __init__(self) -> None:
        self._minute = 0
        self._used = 0

    def add(self, weight: int, now_ms: int) -> dict[str, str]:
        """The header that tells it."""
        minute = now_ms // MINUTE_MS
        self._used = self._used + weight if minute == self._minute else weight
        self._minute = minute
        return {WEIGHT_HEADER: str(self._used)}


class Api:
    """Binds the operations to one account, its credentials and a clock."""

    def __init__(self, account: Account, credentials: Credentials, clock: Clock) -> None:
        self._account = account
        self._credentials = credentials
        self._clock = clock
        self._weight = UsedWeight()

    def app(self) -> Starlette:
        routes = [
            Route(operation.path, self._endpoint(operation), methods=[operation.method]) for operation in OPERATIONS
        ]
        routes.append(Route("/api/v3/time", self._server_time, methods=["GET"]))
        app = Starlette(routes=routes, exception_handlers={HTTPException: self._no_such_operation})
        app.router.redirect_slashes = False  # a redirect would send the caller's key and code a second time
        return app

    def _endpoint(self, operation: Operation) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            status, answer = await self._answer(operation, request)
            return _json(status, answer, self._weight.add(operation.weight, self._clock()))

        return endpoint

    async def _answer(self, operation: Operation, request: Request) -> tuple[int, object]:
        try:
            data = self._run(operation, await _received(request))
        except Refusal as refusal:
            return _refused(refusal)
        except ClientDisconnect:
            return _refused(Refusal(-1000))  # nobody is there to read it
        except Exception as error:  # its text might hold a code, so only its kind is told
            logger.error("%s while running %s", type(error).__name__, operation.path)  # noqa: TRY400
            return _refused(Refusal(-1000))
        return 200, {"code": "000000", "message": "success", "data": data, "success": True}

    def _run(self, operation: Operation, received: Received) -> object:
        now_ms = self._clock()
        arguments = check_request(self._credentials, operation, received, now_ms)
        return operation.run(self._account, arguments, now_ms)

    async def _server_time(self, request: Request) -> Response:
        if request.url.query:
            return _json(*_refused(Refusal(-1101)))
        return _json(200, {"serverTime": self._clock()})

    async def _no_such_operation(self, request: Request, error: Exception) -> Response:
        wrong_method = isinstance(error, HTTPException) and error.status_code == 405
        headers = dict(getattr(error, "headers", None) or {})  # Allow, for a wrong method
        if request.url.path.startswith("/sapi/"):
            headers |= self._weight.add(1, self._clock())
        return _json(*_refused(Refusal(-1020 if wrong_method else -1099)), headers)


async def _received(request: Request) -> Received:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise Refusal(-1101)
    return Received(
        api_key=request.headers.get("X-MBX-APIKEY", ""),
        content_type=request.headers.get("Content-Type", ""),
        query=request.scope["query_string"],
        body=bytes(body),
    )


def _refused(refusal: Refusal) -> tuple[int, object]:
    return refusal.status, {"code": refusal.code, "msg": refusal.text}


def _json(status: int, answer: object, headers: dict[str, str] | None = None) -> Response:
    text = json.dumps(answer, separators=(",", ":"))
    return Response(text, status_code=status, headers=headers, media_type="application/json")
