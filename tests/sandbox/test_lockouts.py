"""Five wrong numbers lock verify for their hour, five wrong codes lock redeem for their day."""

from binance_gift_card_sandbox import Rules

HOUR_MS = 3_600_000
WRONG_NUMBER = "9999999999999999"
WRONG_CODE = "AAAAAAAAAAAAAAAA"


def test_verify(client, clock):
    reference_no = client.create().data["referenceNo"]
    for _ in range(5):
        assert client.verify(reference_no).data
        answer = client.verify(WRONG_NUMBER)
        assert (answer.status, answer.code) == (400, -3026)
        clock.pass_ms(1000)
    locked = client.verify(reference_no)
    assert (locked.status, locked.code) == (400, -18005)
    assert client.verify(WRONG_NUMBER).code == -18005
    clock.pass_ms(HOUR_MS - 5001)
    assert client.verify(reference_no).code == -18005
    clock.pass_ms(1)
    assert client.verify(reference_no).data
    assert client.verify(WRONG_NUMBER).code == -3026
    assert client.verify(reference_no).code == -18005


def test_verify_after_an_hour_counts_afresh(client, clock):
    for _ in range(3):
        for _ in range(4):
            assert client.verify(WRONG_NUMBER).code == -3026
        clock.pass_ms(HOUR_MS)


def test_redeem(client, clock):
    codes = [client.create().data["code"] for _ in range(3)]
    assert client.redeem(codes[0]).data
    for wrong in (WRONG_CODE, codes[0], "too short", "=" * 171, "A" * 171):  # a used one is wrong too
        assert client.redeem(wrong).code == -3026
    locked = client.redeem(codes[1])
    assert (locked.status, locked.code) == (400, -18004)
    assert client.verify(WRONG_NUMBER).code == -3026  # a count of its own
    clock.pass_ms(24 * HOUR_MS - 1)
    assert client.redeem(codes[1]).code == -18004
    clock.pass_ms(1)
    assert client.redeem(codes[1]).data


def test_a_badly_signed_call_is_no_attempt(client):
    reference_no = client.create().data["referenceNo"]
    for _ in range(6):
        query = f"referenceNo={WRONG_NUMBER}&timestamp={client.now_ms()}&signature=00"
        assert client.send("GET", "verify", query=query).code == -1022
    assert client.verify(reference_no).data


def test_attempts_are_a_setting(make):
    client = make(rules=Rules(verify_attempts=1, redeem_attempts=2))
    assert [client.verify(WRONG_NUMBER).code for _ in range(2)] == [-3026, -18005]
    assert [client.redeem(WRONG_CODE).code for _ in range(3)] == [-3026, -3026, -18004]
