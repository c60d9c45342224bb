"""What a program adds to each request: headers of its own, and its name; never what others write."""

from __future__ import annotations

import pytest

from binance_gift_card import AppInfo, GiftCardClient, HmacSigner, errors

VALID = '{"code":"000000","success":true,"data":{"valid":true}}'
CARD = '{"code":"000000","success":true,"data":{"referenceNo":"0033002144060553","code":"6H9EKF5ECCWFBHGE"}}'
REFERENCE = "0033002144060553"
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-01"


def client_of(recorder, **options) -> GiftCardClient:
    return GiftCardClient(
        api_key="key", signer=HmacSigner("secret"), base_url=recorder.url, timeout=5, journal=False, **options
    )


def header(request: bytes, name: str) -> list[str]:
    lines = [line.partition(": ") for line in request.decode("latin-1").partition("\r\n\r\n")[0].split("\r\n")]
    return [value for found, _, value in lines if found.lower() == name.lower()]


def test_they_go_with_each_call_of_that_client_and_no_other(recorder) -> None:
    recorder.reply("200 OK", VALID)
    with client_of(recorder) as client:
        traced = client.with_options(headers={"traceparent": TRACE, "X-Team": "gifts"})
        traced.with_options(headers={"x-team": "rewards"}, timeout=4).verify_gift_card(reference_no=REFERENCE)
        traced.raw.verify_gift_card(reference_no=REFERENCE)
        client.verify_gift_card(reference_no=REFERENCE)
        recorder.reply("200 OK", CARD)
        traced.create_gift_card(token="USDT", amount=1)
    sent = [[header(request, name) for name in ("traceparent", "x-team")] for request in recorder.requests]
    assert sent == [[[TRACE], ["rewards"]], [[TRACE], ["gifts"]], [[], []], [[TRACE], ["gifts"]]]


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"Host": "x"}, "the client writes Host itself"),
        ({"content-length": "0"}, "the client writes content-length itself"),
        ({"Proxy-Authorization": "x"}, "the client writes Proxy-Authorization itself"),
        ({"Accept": "text/csv"}, r"say with_options\(accept=…\)"),
        ({"User-Agent": "mine"}, r"say app_info=AppInfo\(…\)"),
        ({"x-mbx-apikey": "another"}, "a credential of the client writes x-mbx-apikey"),
        ({"X-Note": "hunter2\r\nX-MBX-APIKEY: other"}, "X-Note must be printable ASCII text"),
        ({"X-Note": " hunter2"}, "X-Note must be printable ASCII text"),
        ({"X-Note": 7}, "X-Note must be printable ASCII text"),
        ({"X-Note:": "hunter2"}, "a name must be letters"),
        ({"X-Note": "1", "x-note": "2"}, "a name is there twice"),
        ([("X-Note", "hunter2")], "must be a mapping"),
    ],
)
def test_what_cannot_be_added_is_refused_at_once_and_unseen(recorder, headers, said) -> None:
    with client_of(recorder) as client, pytest.raises(errors.ArgumentError, match=said) as raised:
        client.with_options(headers=headers)
    assert "hunter2" not in str(raised.value)


def test_no_message_shows_a_value(recorder) -> None:
    recorder.reply("400 Bad Request", '{"code":-1022,"msg":"no gateway for swordfish-of-the-gateway"}')
    with client_of(recorder) as client:
        keyed = client.with_options(headers={"X-Gateway-Key": "swordfish-of-the-gateway"})
        with pytest.raises(errors.ApiError) as raised:
            keyed.verify_gift_card(reference_no=REFERENCE)
        assert raised.value.server_message == "no gateway for ********"
        assert "swordfish" not in f"{raised.value!s} {raised.value.server_message} {keyed!r} {keyed._options!r}"


def test_a_program_says_its_name_behind_the_packages(recorder) -> None:
    recorder.reply("200 OK", VALID)
    with client_of(recorder, app_info=AppInfo("rewards", "1.4", "https://shop.example/contact")) as client:
        client.verify_gift_card(reference_no=REFERENCE)
    [said] = header(recorder.requests[0], "user-agent")
    assert said.startswith("binance-gift-card/")
    assert said.endswith(" rewards/1.4 (https://shop.example/contact)")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: AppInfo("re wards"), "name must be 1 to 64 letters"),
        (lambda: AppInfo("rewards\r\nX-MBX-APIKEY: other"), "name must be 1 to 64 letters"),
        (lambda: AppInfo("rewards", "1\n"), "version must be 1 to 64 letters"),
        (lambda: AppInfo("rewards", url="https://shop.example/)"), "url must be http:// or https://"),
        (lambda: GiftCardClient(app_info="rewards/1.4"), r"app_info must be an AppInfo\(name, version, url\), not str"),
    ],
)
def test_a_name_that_no_header_can_have_is_refused(make, said) -> None:
    with pytest.raises(errors.ArgumentError, match=said):
        make()
