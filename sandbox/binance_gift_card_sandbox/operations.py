"""What each signed operation does and answers as `data`, by its name in the contract."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from binance_gift_card_sandbox.day_key import DayKey
from binance_gift_card_sandbox.keys import Permission
from binance_gift_card_sandbox.ledger import Card, Ledger

SERVER_TIME = "getServerTime"
CODE_FORM = re.compile(r"[A-Z0-9]{16}")


@dataclass(frozen=True)
class Account:
    """What the operations work on."""

    ledger: Ledger
    day_key: DayKey


Run = Callable[[Account, Mapping[str, str], int], object]


@dataclass(frozen=True)
class Deed:
    """What is done for an operation, and the permission that the key needs for it."""

    run: Run
    permission: Permission = "read"


def create_gift_card(account: Account, arguments: Mapping[str, str], now_ms: int) -> object:
    return _issued(account.ledger.create(arguments["token"], Decimal(arguments["amount"]), now_ms))


def buy_gift_card(account: Account, arguments: Mapping[str, str], now_ms: int) -> object:
    amount = Decimal(arguments["baseTokenAmount"])
    return _issued(account.ledger.buy(arguments["baseToken"], arguments["faceToken"], amount, now_ms))


def redeem_gift_card(account: Account, arguments: Mapping[str, str], now_ms: int) -> object:
    code = arguments["code"]
    plain = code if CODE_FORM.fullmatch(code) else account.day_key.decrypt(code, now_ms)
    card = account.ledger.redeem(plain, arguments.get("externalUid"), now_ms)
    return {"referenceNo": card.reference_no, "identityNo": card.identity_no, **_worth(card)}


def verify_gift_card(account: Account, arguments: Mapping[str, str], now_ms: int) -> object:
    card = account.ledger.verify(arguments["referenceNo"], now_ms)
    if card is None:
        return {"valid": False, "token": None, "amount": None}
    return {"valid": card.state(now_ms) == "active", **_worth(card)}


def fetch_rsa_public_key(account: Account, arguments: Mapping[str, str], now_ms: int) -> object:
    return account.day_key.public_key(now_ms)


def fetch_token_limit(account: Account, arguments: Mapping[str, str], now_ms: int) -> object:
    return [
        {"coin": name, "fromMin": _text(token.buy_min), "fromMax": _text(token.buy_max)}
        for name, token in account.ledger.buyable(arguments["baseToken"])
    ]


DEEDS: Mapping[str, Deed] = {
    "createGiftCard": Deed(create_gift_card, "withdraw"),
    "buyGiftCard": Deed(buy_gift_card, "withdraw"),
    "redeemGiftCard": Deed(redeem_gift_card),
    "verifyGiftCard": Deed(verify_gift_card),
    "fetchRsaPublicKey": Deed(fetch_rsa_public_key),
    "fetchTokenLimit": Deed(fetch_token_limit),
}


def is_known(name: str) -> bool:
    """Whether the sandbox can do it: a contract that has just changed may have more."""
    return name in DEEDS or name == SERVER_TIME


def permission_for(name: str) -> Permission:
    """What a key needs for the operation of that name."""
    return DEEDS[name].permission if name in DEEDS else "read"


def _issued(card: Card) -> object:
    return {"referenceNo": card.reference_no, "code": card.code, "expiredTime": card.expired_time}


def _worth(card: Card) -> dict[str, str]:
    token, amount = card.holds
    return {"token": token, "amount": _text(amount)}


def _text(amount: Decimal) -> str:
    return format(amount, "f")  # str() would write 1E-8
