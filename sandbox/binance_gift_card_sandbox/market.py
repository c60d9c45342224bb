"""What clients ask for besides gift cards: the time, a ping, and which pairs are traded. None of it needs a key."""

from collections.abc import Callable
from typing import Any

from binance_gift_card_sandbox.errors import Refusal
from binance_gift_card_sandbox.world import World


def server_time(world: World) -> object:
    return {"serverTime": world.clock()}


def ping(world: World) -> object:
    return {}


def exchange_info(world: World) -> object:
    """No pair is traded here: this API only has gift cards."""
    return {"timezone": "UTC", "serverTime": world.clock(), "rateLimits": [], "exchangeFilters": [], "symbols": []}


PATHS: dict[str, Callable[[World], Any]] = {
    "/api/v3/exchangeInfo": exchange_info,
    "/api/v3/ping": ping,
    "/api/v3/time": server_time,
}


def answer(path: str, query: bytes, world: World) -> object:
    if query and path != "/api/v3/exchangeInfo":  # whose filters have nothing to filter here
        raise Refusal(-1101)
    return PATHS[path](world)
