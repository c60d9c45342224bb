"""What is refused before anything is sent."""

from __future__ import annotations

from decimal import Decimal

import pytest

from binance_gift_card import GiftCardClient, HmacSigner
from binance_gift_card.errors import ArgumentError, SigningError


@pytest.mark.parametrize(
    "amount",
    [
        1.5,
        "1e-8",
        "1E3",
        "-1",
        Decimal(-1),
        Decimal("NaN"),
        Decimal("Infinity"),
        "",
        " 1",
        "+1",
        "1\n",
        True,
        None,
        "١",
    ],
)
def test_an_amount_that_is_not_exact_is_refused(scripted, recorder, amount) -> None:
    with pytest.raises(ArgumentError, match="amount") as refused:
        scripted.create_gift_card(token="USDT", amount=amount)
    assert refused.value.executed == "no"
    assert recorder.requests == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"token": ""}, "token must have at least 1"),
        ({"token": 5}, "token must be str, not int"),
        ({"recv_window": 60001}, "recv_window must be at most 60000"),
        ({"recv_window": 0}, "recv_window must be at least 1"),
        ({"recv_window": True}, "recv_window must be int, not bool"),
        ({"token": "\ud800"}, "lone surrogates"),
    ],
)
def test_a_limit_of_the_document_is_kept(scripted, recorder, arguments, message) -> None:
    with pytest.raises(ArgumentError, match=message):
        scripted.create_gift_card(**{"token": "USDT", "amount": 1, **arguments})
    assert recorder.requests == []


def test_a_refused_code_is_not_shown(scripted, recorder) -> None:
    with pytest.raises(ArgumentError) as refused:
        scripted.redeem_gift_card(code=b"6H9EKF5ECCWFBHGE")
    assert "6H9EKF5ECCWFBHGE" not in str(refused.value) + repr(refused.value)
    with pytest.raises(ArgumentError, match="at most 400"):
        scripted.redeem_gift_card(code="6H9EKF5ECCWFBHGE", external_uid="u" * 401)
    assert recorder.requests == []


def test_a_call_without_credentials_names_what_is_missing(recorder) -> None:
    with pytest.raises(
        ArgumentError, match="needs api_key and signer; give the client what is missing, or set"
    ) as raised:
        GiftCardClient(base_url=recorder.url).create_gift_card(token="USDT", amount=1)
    assert raised.value.variables == "BINANCE_API_KEY, and BINANCE_PRIVATE_KEY_FILE or BINANCE_API_SECRET"
    with pytest.raises(ArgumentError, match=r"needs signer; .* set BINANCE_PRIVATE_KEY_FILE or BINANCE_API_SECRET and"):
        GiftCardClient(api_key="k", base_url=recorder.url).create_gift_card(token="USDT", amount=1)
    assert recorder.requests == []


@pytest.mark.parametrize(
    "options",
    [
        {"base_url": "ftp://x"},
        {"base_url": "http://u:p@x"},
        {"base_url": "http://x:y"},
        {"timeout": 0},
        {"connect_timeout": "5"},
        {"api_key": "a\nb"},
        {"signer": object()},
    ],
)
def test_a_client_that_could_not_work_is_not_made(options) -> None:
    with pytest.raises(ArgumentError):
        GiftCardClient(**options)


@pytest.mark.parametrize("given", [None, "", b"bytes"])
def test_a_signer_that_gives_no_signature(recorder, given) -> None:
    class Broken:
        def sign(self, payload: bytes):
            return given

    with pytest.raises(SigningError):
        GiftCardClient(api_key="k", signer=Broken(), base_url=recorder.url).create_gift_card(token="USDT", amount=1)
    assert recorder.requests == []


def test_a_signer_that_raises_is_the_cause(recorder) -> None:
    class Vault:
        def sign(self, payload: bytes) -> str:
            raise ConnectionError("the vault is sealed")

    with pytest.raises(SigningError, match="ConnectionError") as failed:
        GiftCardClient(api_key="k", signer=Vault(), base_url=recorder.url).create_gift_card(token="USDT", amount=1)
    assert isinstance(failed.value.__cause__, ConnectionError)
    assert recorder.requests == []


def test_from_env(monkeypatch: pytest.MonkeyPatch, sandbox) -> None:
    monkeypatch.setenv("BINANCE_API_KEY", sandbox.api_key)
    monkeypatch.setenv("BINANCE_API_SECRET", sandbox.api_secret)
    monkeypatch.setenv("BINANCE_BASE_URL", sandbox.url)
    with GiftCardClient.from_env() as client:
        assert client.create_gift_card(token="USDT", amount=1).code
    monkeypatch.setenv("BINANCE_PRIVATE_KEY_FILE", "key.pem")
    with pytest.raises(ArgumentError, match="both set"):
        GiftCardClient.from_env()


@pytest.mark.parametrize("name", ["base_url", "account"])
def test_an_empty_text_is_no_word_for_the_real_server(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("BINANCE_API_KEY", "k")
    monkeypatch.setenv("BINANCE_API_SECRET", "s")
    monkeypatch.setenv(f"BINANCE_{name.upper()}", "http://127.0.0.1:1" if name == "base_url" else "shop")
    with pytest.raises(ArgumentError, match=f"{name} must be"):
        GiftCardClient.from_env(**{name: ""})


def test_signers_show_no_secret() -> None:
    assert "secret" not in repr(HmacSigner("my-secret"))


@pytest.mark.parametrize(
    "spoilt", ["33002144060553", "3.3E+13", "'0033002144060553", '="0033002144060553"', "0033-0021"]
)
def test_a_number_that_a_spreadsheet_has_spoilt_costs_no_attempt(scripted, recorder, spoilt) -> None:
    with pytest.raises(ArgumentError, match=r"16 digits.*formatted as text"):
        scripted.verify_gift_card(reference_no=spoilt)
    assert recorder.requests == []


@pytest.mark.parametrize("code", ["6H9E-KF5E-CCWF-BHGE", "6h9ekf5eccwfbhge", "6H9EKF5ECCWFBHG", " 6H9EKF5ECCWFBHGE"])
def test_a_code_that_cannot_be_one_costs_no_attempt_and_is_not_shown(scripted, recorder, code) -> None:
    for call in (
        lambda: scripted.redeem_gift_card(code=code),
        lambda: scripted.verify_gift_card(reference_no=code.upper()),
    ):
        with pytest.raises(ArgumentError) as caught:
            call()
        assert code.strip().upper() not in str(caught.value).upper()
    assert recorder.requests == []
