"""Weight headers, 429, and the ban that follows it."""

from binance_gift_card_sandbox import Rules

MINUTE_MS = 60_000
IP = "X-SAPI-USED-IP-WEIGHT-1M"
UID = "X-SAPI-USED-UID-WEIGHT-1M"
HOUR_MS = 3_600_000


def test_both_weights_are_told(client):
    answer = client.create()
    assert (answer.headers[IP], answer.headers[UID]) == ("1", "0")  # the contract weighs them by address only


def test_too_many_requests(make, clock):
    clock.now_ms = 1000 * MINUTE_MS + 20_500
    client = make(balances={"USDT": "1000"}, rules=Rules(weight_limit=3))
    assert [client.create().status for _ in range(3)] == [200] * 3
    refused = client.create()
    assert (refused.status, refused.code, refused.headers["Retry-After"], refused.headers[IP]) == (
        429,
        -1003,
        "40",
        "4",
    )
    assert client.send("GET", "/api/v3/time").status == 200  # another limit, which is not imitated
    assert len(client.sandbox.cards()) == 3
    clock.pass_ms(39_500)
    assert client.create().data


def test_who_goes_on_is_banned_for_longer_and_longer(make, clock):
    clock.now_ms = 1000 * MINUTE_MS
    client = make(rules=Rules(weight_limit=1, ban_after=2))

    def until_banned():
        statuses = []
        while 418 not in statuses:
            answer = client.verify("1")
            statuses.append(answer.status)
        return statuses, int(answer.headers["Retry-After"])

    assert until_banned() == ([400, 429, 429, 418], 120)
    clock.pass_ms(119_000)
    again = client.verify("1")
    assert (again.status, again.code, again.headers["Retry-After"]) == (418, -1003, "1")
    clock.pass_ms(1_000)
    assert until_banned() == ([400, 429, 429, 418], 240)
    longest = 0
    for _ in range(15):
        clock.pass_ms(72 * HOUR_MS)
        longest = until_banned()[1]
    assert longest == 72 * 3600


def test_no_limit(make):
    client = make(rules=Rules(weight_limit=None, verify_attempts=10_000))
    assert {client.verify("1").status for _ in range(50)} == {400}


def test_a_reset_lifts_a_ban(make):
    client = make(rules=Rules(weight_limit=1, ban_after=1))
    assert [client.verify("1").status for _ in range(3)] == [400, 429, 418]
    client.sandbox.reset()
    assert client.verify("1").status == 400
