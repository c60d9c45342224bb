"""What is missing, malformed, unknown or given twice."""

import pytest

OPERATIONS = [
    ("POST", "createCode", {"token": "USDT", "amount": "1"}),
    ("POST", "buyCode", {"baseToken": "USDT", "faceToken": "BNB", "baseTokenAmount": "1"}),
    ("POST", "redeemCode", {"code": "AAAA"}),
    ("GET", "verify", {"referenceNo": "0033002144060553"}),
    ("GET", "buyCode/token-limit", {"baseToken": "USDT"}),
    ("GET", "cryptography/rsa-public-key", {}),
]
EACH = [(method, path, good, name) for method, path, good in OPERATIONS for name in [*good, "timestamp"]]


@pytest.mark.parametrize(("method", "path", "good", "name"), EACH)
def test_mandatory(shared, method, path, good, name):
    missing = shared.call(method, path, {**good, "timestamp": shared.now_ms(), name: None})
    empty = shared.call(method, path, {**good, "timestamp": shared.now_ms(), name: ""})
    assert (missing.status, missing.code) == (400, -1102)
    assert (empty.status, empty.code) == (400, -1105)
    assert name in missing.json["msg"]


@pytest.mark.parametrize(("method", "path", "good"), OPERATIONS)
def test_unknown(shared, method, path, good):
    assert shared.call(method, path, {**good, "colour": "red"}).code == -1103
    assert shared.call(method, path, {**good, "Timestamp": "1"}).code == -1103


def test_an_unknown_name_is_not_repeated(shared):
    answer = shared.call("POST", "redeemCode", {"6H9EKF5ECCWFBHGE": "1"})
    assert answer.code == -1103
    assert "6H9EKF5ECCWFBHGE" not in answer.json["msg"]


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("", "token=USDT&token=USDT&amount=1"),
        ("token=USDT&token=BNB", "amount=1"),
        ("token=USDT", "token=USDT&amount=1"),
        ("", "token=USDT&amount=1&%74oken=USDT"),
    ],
)
def test_duplicates(shared, query, body):
    body += f"&timestamp={shared.now_ms()}"
    signed = f"{body}&signature={shared.sign(query + body)}"
    assert shared.send("POST", "createCode", query=query, body=signed).code == -1101


def test_two_signatures(shared):
    body = f"token=USDT&amount=1&timestamp={shared.now_ms()}"
    signature = f"signature={shared.sign(body)}"
    assert shared.send("POST", "createCode", query=signature, body=f"{body}&{signature}").code == -1101


@pytest.mark.parametrize(
    "amount",
    [
        "1e-8",
        "1E-8",
        "+1",
        "-1",
        " 1",
        "1,5",
        ".5",
        "1.",
        "NaN",
        "Infinity",
        "0x1",
        "\N{ARABIC-INDIC DIGIT ONE}",
        "1\n",
        "1" * 21,
    ],
)
def test_illegal_amount(shared, amount):
    before = shared.sandbox.balance("USDT")
    answer = shared.create(amount=amount)
    assert (answer.status, answer.code) == (400, -1100)
    assert shared.buy("USDT", "BNB", amount).code == -1100
    assert shared.sandbox.balance("USDT") == before


@pytest.mark.parametrize("timestamp", ["abc", "1.5", "-1", "1499827319559 ", "9" * 21])
def test_malformed_timestamp(shared, timestamp):
    assert shared.create(timestamp=timestamp).code == -1102


def test_external_uid(shared):
    assert shared.redeem("AAAA", externalUid="").code == -1105
    assert shared.redeem("AAAA", externalUid="é" * 401).code == -1130
    code = shared.create().data["code"]
    assert shared.redeem(code, externalUid="é" * 400).data


@pytest.mark.parametrize("raw", ["%zz", "%2", "100%", "%ff", "a b", "é"])
def test_bytes_that_are_no_text(shared, raw):
    body = f"code=AAAA&externalUid={raw}&timestamp={shared.now_ms()}"
    answer = shared.send("POST", "redeemCode", body=f"{body}&signature={shared.sign(body)}".encode())
    assert answer.code == -1100


def test_a_body_that_is_not_read(shared):
    body = f"referenceNo=1&timestamp={shared.now_ms()}"
    signed = f"{body}&signature={shared.sign(body)}"
    assert shared.send("GET", "verify", body=signed).code == -1104
    json_type = {"Content-Type": "application/json"}
    assert shared.send("POST", "createCode", body='{"token":"USDT"}', headers=json_type).code == -1104


def test_a_form_may_name_its_charset(shared):
    body = f"token=USDT&amount=1&timestamp={shared.now_ms()}"
    headers = {"Content-Type": "Application/X-WWW-Form-Urlencoded; charset=UTF-8"}
    signed = f"{body}&signature={shared.sign(body)}"
    assert shared.send("POST", "createCode", body=signed, headers=headers).data


def test_no_parameters_at_all(shared):
    assert shared.send("POST", "createCode").code == -1102
    assert shared.send("GET", "verify").code == -1102


def test_a_huge_body(shared):
    answer = shared.send("POST", "redeemCode", body="code=" + "A" * 100_000)
    assert (answer.status, answer.code) == (413, -1101)
