"""What clients ask for besides gift cards: the time, a ping, the coins and pairs there are.

Some clients ask before their first call, and know a token only from these answers. No pair can be traded here.
All but the time are outside the contract, and their answers have no envelope.
"""

from collections.abc import Callable

from binance_gift_card_sandbox.contract import Operation, signing_parameters
from binance_gift_card_sandbox.errors import Refusal
from binance_gift_card_sandbox.operations import SERVER_TIME
from binance_gift_card_sandbox.world import World

QUOTE = "USDT"


def server_time(world: World) -> object:
    return {"serverTime": world.clock()}


def ping(world: World) -> object:
    return {}


def exchange_info(world: World) -> object:
    return {**no_pairs(world), "symbols": [_pair(token) for token in world.state.rules.tokens if token != QUOTE]}


def no_pairs(world: World) -> dict[str, object]:
    return {"timezone": "UTC", "serverTime": world.clock(), "rateLimits": [], "exchangeFilters": [], "symbols": []}


def coins(world: World) -> object:
    with world.state.lock:
        balances = world.ledger.balances()
    return [
        {"coin": token, "name": token, "free": format(balances.get(token, 0), "f"), "trading": False, "networkList": []}
        for token in world.state.rules.tokens
    ]


def nothing(world: World) -> object:
    return []


def _pair(token: str) -> object:
    return {"symbol": f"{token}{QUOTE}", "status": "BREAK", "baseAsset": token, "quoteAsset": QUOTE}


ANSWERS: dict[str, Callable[[World], object]] = {
    SERVER_TIME: server_time,
    "ping": ping,
    "exchangeInfo": exchange_info,
    "usdFuturesExchangeInfo": no_pairs,
    "coinFuturesExchangeInfo": no_pairs,
    "allCoins": coins,
    "marginPairs": nothing,
    "isolatedMarginPairs": nothing,
}
FREE_OF_FORM = frozenset({"exchangeInfo", "usdFuturesExchangeInfo", "coinFuturesExchangeInfo"})


def operations() -> list[Operation]:
    """Those that the contract does not have."""
    signing = signing_parameters()
    unsigned = {
        "ping": "/api/v3/ping",
        "exchangeInfo": "/api/v3/exchangeInfo",
        "usdFuturesExchangeInfo": "/fapi/v1/exchangeInfo",
        "coinFuturesExchangeInfo": "/dapi/v1/exchangeInfo",
    }
    signed = {
        "allCoins": ("/sapi/v1/capital/config/getall", 10),
        "marginPairs": ("/sapi/v1/margin/allPairs", 1),
        "isolatedMarginPairs": ("/sapi/v1/margin/isolated/allPairs", 10),
    }
    return [
        *(Operation(name, "GET", path, (), {}, signed=False) for name, path in unsigned.items()),
        *(
            Operation(name, "GET", path, signing, {"ip": weight}, signed=True)
            for name, (path, weight) in signed.items()
        ),
    ]


def answer(operation: Operation, query: bytes, world: World) -> object:
    """Refusal for parameters that it does not have."""
    if query and not operation.signed and operation.name not in FREE_OF_FORM:
        raise Refusal(-1101)
    return ANSWERS[operation.name](world)
