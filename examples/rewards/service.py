"""A rewards service: each order earns its customer one gift card, however often it is asked for.

uvicorn examples.rewards.service:app
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timezone
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.responses import JSONResponse

from binance_gift_card import (
    ApiError,
    AppInfo,
    AsyncGiftCardClient,
    GiftCardError,
    NotSentError,
)


class Order(NamedTuple):
    customer: str
    amount: Decimal


ORDERS: Mapping[str, Order] = {
    "1001": Order("ann", Decimal("25")),
    "1002": Order("bob", Decimal("5")),
    "1003": Order("ann", Decimal("5000000")),
}
"""Stands for your database: who an order belongs to, and what it earns."""


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """One client for the life of the process: it has the connections, the clock and the journal."""
    async with AsyncGiftCardClient.from_env(app_info=AppInfo("rewards", "1.0")) as client:
        app.state.client = client
        yield


app = FastAPI(title="Rewards", lifespan=lifespan)


def gift_cards(request: Request) -> AsyncGiftCardClient:
    client: AsyncGiftCardClient = request.app.state.client
    return client


Client = Annotated[AsyncGiftCardClient, Depends(gift_cards)]
Customer = Annotated[str, Header(alias="X-Customer", description="Set by the gateway, which knows who asks.")]


@app.post("/orders/{number}/reward", status_code=201)
async def reward(number: str, customer: Customer, client: Client) -> dict[str, Any]:
    """The card of an order: issued at the first call, told again at every later one."""
    order = ORDERS.get(number)
    if order is None or order.customer != customer:
        raise HTTPException(404, "you have no such order")  # the code is its owner's alone
    card = await client.create_gift_card(
        token="USDT",
        amount=order.amount,
        note=f"order {number}",
        idempotency_key=f"reward {number}",  # makes the second call the first one's
    )
    return {"reference": card.reference_no, "code": card.code, "expires": card.expires_at}


@app.exception_handler(GiftCardError)
async def failed(request: Request, error: GiftCardError) -> JSONResponse:
    """What the caller is told: whether to call again, and when. The words of the error are for the log."""
    if isinstance(error, NotSentError):  # nothing was sent: a limit, a lock, a network, a journal
        return _answer(503, "not now; nothing was done", retry_at=error.until)
    if isinstance(error, ApiError):  # the server said no: an empty account, a monthly limit
        return _answer(502, "refused; nothing was done", code=error.code)
    if error.executed == "unknown":  # it may be done: nobody may simply issue another
        return _answer(202, "being looked into", entry=error.entry)
    if error.executed == "yes":  # it is paid for, and its code is not here: a person has to see to it
        return _answer(500, "issued, and its code could not be read; ask us", entry=error.entry)
    raise error  # an argument or a key of ours is wrong: that is a bug here


def _answer(status: int, message: str, *, retry_at: datetime | None = None, **facts: Any) -> JSONResponse:
    headers = {}
    if retry_at is not None:
        headers["Retry-After"] = str(max(1, math.ceil((retry_at - datetime.now(timezone.utc)).total_seconds())))
    return JSONResponse({"detail": message, **facts}, status, headers)
