"""A result as a value of one's own program: kept, read again, and with its times."""

from __future__ import annotations

import copy
import pickle
from datetime import datetime, timezone
from decimal import Context, Decimal, Inexact, localcontext

import msgspec
import pytest

from binance_gift_card import ArgumentError
from binance_gift_card.models import GiftCard, Verification

CARD = GiftCard(reference_no="0033002144060553", code="6H9EKF5ECCWFBHGE", expired_time=1727417154001)


def test_a_card_is_kept_and_read_again() -> None:
    for again in (
        GiftCard.from_dict(CARD.to_dict(secrets=True)),
        GiftCard.from_json(CARD.to_json(secrets=True)),
        pickle.loads(pickle.dumps(CARD)),
        copy.deepcopy(CARD),
    ):
        assert (again, hash(again), again.code) == (CARD, hash(CARD), CARD.code)
    assert CARD.to_dict() == {"referenceNo": "0033002144060553", "code": "********", "expiredTime": 1727417154001}
    assert CARD.expires_at == datetime(2024, 9, 27, 6, 5, 54, 1000, timezone.utc)
    assert msgspec.structs.replace(CARD, expired_time=None).expires_at is None


@pytest.mark.parametrize("context", [Context(prec=6), Context(prec=6, traps=[Inexact])], ids=["few digits", "strict"])
def test_a_time_is_exact_whatever_the_program_set_for_its_own_decimals(context: Context) -> None:
    with localcontext(context):
        assert CARD.expires_at == datetime(2024, 9, 27, 6, 5, 54, 1000, timezone.utc)


@pytest.mark.parametrize("given", [5, None, ["{}"], CARD])
def test_what_is_neither_text_nor_bytes_is_no_json(given: object) -> None:
    with pytest.raises(ArgumentError, match=f"GiftCard: must be text or bytes, not {type(given).__name__}"):
        GiftCard.from_json(given)  # type: ignore[arg-type]


def test_amounts_are_digits() -> None:
    found = Verification(valid=True, amount=Decimal("1E-8"))
    assert found.to_dict() == {"valid": True, "amount": "0.00000001"}
    assert Verification.from_dict(found.to_dict()) == found


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (CARD.to_dict(), r"GiftCard: \$\.code is masked, .*to_dict\(secrets=True\)"),
        ({"referenceNo": "1", "code": "C0DE", "expired_time": 1}, "GiftCard: expired_time is spelled expiredTime by"),
        ({"referenceNo": "1", "code": ""}, r"GiftCard: Expected `str` of length >= 1 - at `\$\.code`"),
        ({"referenceNo": "1"}, "GiftCard: Object missing required field `code`"),
    ],
    ids=["masked", "as Python spells it", "without its code", "incomplete"],
)
def test_what_would_lose_something_is_refused(given: dict[str, object], message: str) -> None:
    with pytest.raises(ArgumentError, match=f"^{message}"):
        GiftCard.from_dict(given)
