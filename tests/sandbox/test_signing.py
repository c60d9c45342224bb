"""Over which bytes a signature is, where it stands, and when a request is too old or too new."""

import hashlib
import hmac

import pytest

from binance_gift_card_sandbox.errors import Refusal
from binance_gift_card_sandbox.keys import hmac_key
from binance_gift_card_sandbox.signing import check_signature

SECRET = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"
KEY = hmac_key(api_secret=SECRET)
ORDER = b"symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC"
REST = b"quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559"
WIDE = ORDER.replace(b"LTCBTC", b"%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96")
CARD = b"code=ab%2B%2Fcd%3D%3D&externalUid=user%40x%20y%2Bz%2F%C3%A9~&timestamp=1499827319559"
PUBLISHED = [
    (b"timestamp=1578963600000", b"", b"d84e6641b1e328e7b418fff030caed655c266299c9355e36ce801ed14631eed4"),
    (ORDER + b"&" + REST, b"", b"c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"),
    (b"", ORDER + b"&" + REST, b"c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"),
    (ORDER, REST, b"0fd168b8ddb4876a0358a8d14d0c9f3da0e9b20c5d52b2a00fcf7d1c602f9a77"),
    (WIDE + b"&" + REST, b"", b"e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3"),
    (b"", CARD, b"ec27105e8ec58e0eb9de5a346b756b1d392150b841979e0d8894fc5bacf299a7"),
]


@pytest.mark.parametrize(("query", "body", "signature"), PUBLISHED)
def test_published_vectors(query, body, signature):
    check_signature(KEY, query + b"&signature=" + signature, body)
    check_signature(KEY, query, body + b"&signature=" + signature)
    check_signature(KEY, query, body + b"&signature=" + signature.upper())
    with pytest.raises(Refusal, match="-1022"):
        check_signature(KEY, query + b"&x=1", body + b"&signature=" + signature)


def test_published_vector_over_the_wire(client, clock):
    pytest.importorskip("cryptography")
    clock.now_ms = 1578963600000
    query = "timestamp=1578963600000&signature=d84e6641b1e328e7b418fff030caed655c266299c9355e36ce801ed14631eed4"
    assert client.send("GET", "cryptography/rsa-public-key", query=query).data


def test_special_characters_over_the_wire(shared):
    signature = "ec27105e8ec58e0eb9de5a346b756b1d392150b841979e0d8894fc5bacf299a7"
    answer = shared.send("POST", "redeemCode", body=f"{CARD.decode()}&signature={signature}")
    assert (answer.status, answer.code) == (400, -3026)  # signed well; the code is of no card


def test_query_body_and_both(shared):
    both = f"timestamp={shared.now_ms()}"
    for query, body in [
        (f"token=USDT&amount=1&{both}", ""),
        ("", f"token=USDT&amount=1&{both}"),
        ("token=USDT", f"amount=1&{both}"),
        (f"amount=1&{both}", "token=USDT"),
    ]:
        signature = f"signature={shared.sign(query + body)}"
        in_query = f"{query}&{signature}" if query else signature
        in_body = f"{body}&{signature}" if body else signature
        assert shared.send("POST", "createCode", query=in_query, body=body).data
        assert shared.send("POST", "createCode", query=query, body=in_body).data


def test_an_ampersand_between_query_and_body_is_not_signed(shared):
    query, body = "token=USDT", f"amount=1&timestamp={shared.now_ms()}"
    signed = f"{body}&signature={shared.sign(query + '&' + body)}"
    assert shared.send("POST", "createCode", query=query, body=signed).code == -1022


def test_order_of_parameters_is_free(shared):
    payload = f"timestamp={shared.now_ms()}&amount=1&recvWindow=5000&token=USDT"
    assert shared.send("POST", "createCode", body=f"{payload}&signature={shared.sign(payload)}").data


def test_signature_that_is_not_last(shared):
    payload = f"token=USDT&amount=1&timestamp={shared.now_ms()}"
    token, rest = payload.split("&", 1)
    for body in (
        f"signature={shared.sign(payload)}&{payload}",
        f"{token}&signature={shared.sign(payload)}&{rest}",
    ):
        answer = shared.send("POST", "createCode", body=body)
        assert (answer.status, answer.code) == (400, -1022)


def test_signed_before_encoding(shared):
    plain = f"code=AAAA&externalUid=user@x y&timestamp={shared.now_ms()}"
    encoded = f"code=AAAA&externalUid=user%40x%20y&timestamp={shared.now_ms()}"
    answer = shared.send("POST", "redeemCode", body=f"{encoded}&signature={shared.sign(plain)}")
    assert answer.code == -1022


@pytest.mark.parametrize("signature", ["0" * 64, "zz", "%C3%A9", "é"])
def test_wrong_signature(shared, signature):
    query = f"referenceNo=1&timestamp={shared.now_ms()}&signature="
    if signature.isascii():
        assert shared.send("GET", "verify", query=query + signature).code == -1022
    else:
        with pytest.raises(Refusal, match="-1022"):
            check_signature(KEY, (query + signature).encode(), b"")


def test_wrong_secret(shared):
    payload = f"token=USDT&amount=1&timestamp={shared.now_ms()}"
    signature = hmac.new(SECRET.encode() + b"x", payload.encode(), hashlib.sha256).hexdigest()
    assert shared.send("POST", "createCode", body=f"{payload}&signature={signature}").code == -1022


def test_signature_missing_or_empty(shared):
    payload = f"token=USDT&amount=1&timestamp={shared.now_ms()}"
    assert shared.send("POST", "createCode", body=payload).code == -1102
    assert shared.send("POST", "createCode", body=f"{payload}&signature=").code == -1105


@pytest.mark.parametrize(
    ("offset_ms", "recv_window", "code"),
    [
        (999, None, None),
        (1000, None, -1021),
        (-5000, None, None),
        (-5001, None, -1021),
        (-60000, "60000", None),
        (-60000, "60000.000", None),
        (-60001, "60000", -1021),
        (-1, "1", None),
        (-2, "1.999", -1021),
        (0, "0", None),
        (-1, "0.5", -1021),
        (0, "60000.001", -1131),
        (0, "60001", -1131),
        (0, "70000", -1131),
        (0, "1.2345", -1131),
        (0, "-1", -1131),
        (0, "1e3", -1131),
        (0, "", -1105),
    ],
)
def test_window(shared, offset_ms, recv_window, code):
    more = {} if recv_window is None else {"recvWindow": recv_window}
    answer = shared.create(timestamp=shared.now_ms() + offset_ms, **more)
    assert (answer.status, answer.code) == ((200, "000000") if code is None else (400, code))


def test_time_is_told_before_the_signature(shared):
    query = f"referenceNo=1&timestamp={shared.now_ms() - 9000}&signature=00"
    assert shared.send("GET", "verify", query=query).code == -1021
