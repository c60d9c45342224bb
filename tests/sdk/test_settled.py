"""`settled_after`: no request of a call can be executed any more, whichever signature its server looks at."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from binance_gift_card import GiftCardClient, HmacSigner, errors

FIRST, SECOND = 1_700_000_000_000, 1_600_000_000_000
REFUSED, LOST = '{"code":-1130,"msg":"no"}', '{"code":-1007,"msg":"a timeout"}'
LATE = '{"code":-1021,"msg":"the clock"}'


@pytest.mark.parametrize(
    ("times", "answers", "latest"),
    [
        ([FIRST, SECOND], [("500 Oh", LOST), ("400 Bad", REFUSED)], FIRST),
        ([FIRST, SECOND], [("500 Oh", LOST), ("500 Oh", LOST)], FIRST),
        ([SECOND, FIRST], [("500 Oh", LOST), ("500 Oh", LOST)], FIRST),
        ([SECOND, FIRST], [("500 Oh", LOST), ("400 Bad", REFUSED)], SECOND),
    ],
    ids=["first in doubt", "both, the first later", "both, the second later", "the second refused"],
)
def test_every_attempt_that_may_be_executed_counts(recorder, times, answers, latest) -> None:
    told = iter(times)
    recorder.reply(answers[0][0], answers[0][1])
    recorder.then(*answers[1])
    signer = HmacSigner("s")
    with (
        GiftCardClient(
            api_key="k", signer=signer, base_url=recorder.url, attempts=2, clock=lambda: next(told)
        ) as client,
        pytest.raises(errors.ClientError) as caught,
    ):
        client.verify_gift_card(reference_no="0033002144060553")
    assert len(recorder.requests) == 2
    assert caught.value.executed == "unknown"
    assert caught.value.settled_after.timestamp() * 1000 == latest + 6_000


def test_an_attempt_that_was_refused_does_not_count(recorder, tmp_path: Path) -> None:
    """The clock was years ahead; the request that may be executed bears the corrected time. So does the journal."""
    recorder.reply("400 Bad", LATE)
    recorder.then("200 OK", json.dumps({"serverTime": FIRST}))
    recorder.then("500 Oh", LOST)
    with GiftCardClient(
        api_key="k",
        signer=HmacSigner("s"),
        base_url=recorder.url,
        clock=lambda: 2_000_000_000_000,
        journal=_journal(tmp_path),
    ) as client:
        with pytest.raises(errors.OutcomeUnknownError) as caught:
            client.create_gift_card(token="USDT", amount=1)
        assert caught.value.settled_after.timestamp() * 1000 == FIRST + 6_000
        assert client.journal.entry(caught.value.entry).settled_after == caught.value.settled_after


def _journal(folder: Path):
    from binance_gift_card import Journal

    return Journal(folder / "cards.db", key="unsealed")
