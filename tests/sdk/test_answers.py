"""What each answer means: done, refused, not sent or unknown; and never two requests for one call."""

from __future__ import annotations

import datetime
import ipaddress
import logging
import socket
import ssl
import threading
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from binance_gift_card import GiftCardClient, HmacSigner, errors
from tests.ports import held_port

CODE = "6H9EKF5ECCWFBHGE"
DATA = f'{{"referenceNo":"0033002144060553","code":"{CODE}"}}'
CARD = '{"code":"000000","message":"success","success":true,"data":' + DATA + "}"
HTML = "<html>Service Unavailable</html>"


def create(client: GiftCardClient):
    return client.create_gift_card(token="USDT", amount=1)


@pytest.mark.parametrize(
    ("status", "body", "kind", "executed"),
    [
        ("200 OK", '{"code":"000001","message":"no","data":null,"success":false}', errors.ApiError, "no"),
        ("200 OK", '{"code":-1022,"msg":"Signature"}', errors.InvalidSignatureError, "no"),
        ("400 Bad Request", '{"code":-18002,"msg":"x"}', errors.AmountLimitError, "no"),
        ("400 Bad Request", '{"code":-18003,"msg":"x"}', errors.CountLimitError, "no"),
        ("400 Bad Request", '{"code":-18004,"msg":"x"}', errors.RedeemAttemptsError, "no"),
        ("400 Bad Request", '{"code":-18005,"msg":"x"}', errors.VerifyAttemptsError, "no"),
        ("400 Bad Request", '{"code":-18006,"msg":"x"}', errors.AmountTooSmallError, "no"),
        ("400 Bad Request", '{"code":"-18007","msg":"x"}', errors.TokenNotSupportedError, "no"),
        ("400 Bad Request", '{"code":-99999,"msg":"x"}', errors.ApiError, "no"),
        ("403 Forbidden", HTML, errors.ApiError, "no"),
        ("429 Too Many Requests", '{"code":-1003,"msg":"x"}', errors.RateLimitError, "no"),
        ("400 Bad Request", '{"code":-1006,"msg":"x"}', errors.OutcomeUnknownError, "unknown"),
        ("200 OK", '{"code":-1007,"msg":"x"}', errors.OutcomeUnknownError, "unknown"),
        ("408 Request Timeout", HTML, errors.OutcomeUnknownError, "unknown"),
        ("500 Internal Server Error", "", errors.OutcomeUnknownError, "unknown"),
        ("503 Service Unavailable", '{"code":-1007,"msg":"x"}', errors.OutcomeUnknownError, "unknown"),
        ("504 Gateway Timeout", HTML, errors.OutcomeUnknownError, "unknown"),
        ("200 OK", HTML, errors.DecodeError, "unknown"),
        ("200 OK", "", errors.DecodeError, "unknown"),
        ("200 OK", b"\xff\xfe", errors.DecodeError, "unknown"),
        ("200 OK", '{"data":{"referenceNo":"1","code":"c"}}', errors.DecodeError, "unknown"),
        ("200 OK", '{"code":"000000","success":true}', errors.DecodeError, "yes"),
        ("200 OK", '{"code":"000000","success":true,"data":{"referenceNo":"1"}}', errors.DecodeError, "yes"),
        ("200 OK", '{"code":"000000","success":true,"data":null}', errors.DecodeError, "yes"),
    ],
)
def test_answer(scripted, recorder, status, body, kind, executed) -> None:
    recorder.reply(status, body)
    with pytest.raises(errors.GiftCardError) as raised:
        create(scripted.with_options(attempts=1))
    assert type(raised.value) is kind
    assert raised.value.executed == executed
    assert raised.value.operation == "create_gift_card"
    assert raised.value.status == int(status.split()[0])
    assert len(recorder.requests) == 1


def test_a_success_that_does_not_fit_hands_over_what_came(scripted, recorder) -> None:
    recorder.reply("200 OK", '{"code":"000000","success":true,"data":{"code":"CODE"}}'.replace("CODE", CODE))
    with pytest.raises(errors.DecodeError) as raised:
        create(scripted)
    assert CODE.encode() in raised.value.body
    assert CODE not in str(raised.value) + repr(raised.value)


def test_a_redirect_is_not_followed(scripted, recorder) -> None:
    recorder.reply("307 Temporary Redirect", "", extra=f"Location: {recorder.url}/elsewhere\r\n")
    with pytest.raises(errors.OutcomeUnknownError):
        create(scripted)
    assert len(recorder.requests) == 1


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{", b"\x00 garbage\r\n\r\n"])
def test_a_lost_answer_is_an_unknown_outcome(scripted, recorder, answer) -> None:
    recorder.answer = answer
    with pytest.raises(errors.OutcomeUnknownError) as raised:
        create(scripted)
    assert (raised.value.executed, raised.value.repeatable) == ("unknown", False)
    with pytest.raises(errors.OutcomeUnknownError) as raised:
        scripted.with_options(attempts=1).verify_gift_card(reference_no="0033002144060553")
    assert raised.value.repeatable
    assert len(recorder.requests) == 2


def test_a_refused_connection_sent_nothing() -> None:
    with held_port() as port:
        client = GiftCardClient(api_key="k", signer=HmacSigner("s"), base_url=f"http://127.0.0.1:{port}")
        with pytest.raises(errors.NotSentError) as raised:
            create(client)
    assert raised.value.executed == "no"


def test_a_silent_server_is_an_unknown_outcome() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        client = GiftCardClient(api_key="k", signer=HmacSigner("s"), base_url=url, timeout=1.0)
        with pytest.raises(errors.OutcomeUnknownError):
            create(client)


def test_an_untrusted_certificate_sent_nothing(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(tmp_path))
    received = []

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            try:
                with context.wrap_socket(connection, server_side=True) as secured:
                    received.append(secured.recv(1))
            except OSError:
                received.append(b"")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(errors.NotSentError):
            create(GiftCardClient(api_key="k", signer=HmacSigner("s"), base_url=url))
        thread.join(5)
    assert received == [b""]


def test_a_closed_client_sends_nothing(scripted, recorder) -> None:
    scripted.close()
    scripted.close()
    with pytest.raises(errors.NotSentError, match="closed"):
        create(scripted)
    assert recorder.requests == []


def test_no_secret_reaches_a_log_or_an_error(scripted, recorder, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    recorder.reply("200 OK", CARD)
    card = create(scripted)
    recorder.answer = b""
    raised: list[BaseException | None] = []
    for call in (lambda: create(scripted), lambda: scripted.redeem_gift_card(code=CODE)):
        with pytest.raises(errors.GiftCardError) as failed:
            call()
        error: BaseException | None = failed.value
        while error is not None:
            raised.append(error)
            error = error.__cause__ or error.__context__
    signatures = [request.split(b"signature=")[1][:64].decode() for request in recorder.requests]
    shown = caplog.text + repr(card) + str(card) + repr(scripted) + "".join(f"{error!r} {error}" for error in raised)
    assert "127.0.0.1" in caplog.text  # urllib3 does log where it connects to
    for secret in (CODE, "the-api-key-itself", "the-api-secret-itself", *signatures):
        assert secret not in shown


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    certificate = builder.add_extension(alternative, critical=False).sign(key, hashes.SHA256())
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + certificate.public_bytes(serialization.Encoding.PEM)
    file = folder / "certificate.pem"
    file.write_bytes(pem)
    return file
