"""Signers of every kind: what they raise is a SigningError with its cause, and nothing is sent."""

from __future__ import annotations

import base64
import contextvars
import threading

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from binance_gift_card import Ed25519Signer, GiftCardClient, Journal, Network, RsaSigner, errors
from binance_gift_card.journal import new_key
from tests.faults.server import CARD, CODE, always, answer

TENANT = contextvars.ContextVar("tenant", default="nobody")


class Vault:
    """Signs somewhere else."""

    def __init__(self, gives: object) -> None:
        self.gives = gives
        self.asked: list[bytes] = []
        self.tenants: list[str] = []

    def sign(self, payload: bytes) -> object:
        self.asked.append(payload)
        self.tenants.append(TENANT.get())
        if isinstance(self.gives, BaseException):
            raise self.gives
        return self.gives


def create(client):
    return client.create_gift_card(token="USDT", amount=1)


@pytest.mark.deadline(5)
@pytest.mark.parametrize("raised_by_it", [RuntimeError("sealed"), OSError("unreachable"), KeyError("no key")])
def test_what_a_signer_raises_is_the_cause(serve, client_of, raised_by_it) -> None:
    server = serve(always(answer(CARD)))
    with pytest.raises(errors.SigningError, match=type(raised_by_it).__name__) as raised:
        create(client_of(server, signer=Vault(raised_by_it)))
    assert raised.value.__cause__ is raised_by_it
    assert raised.value.executed == "no"
    assert [attempt.outcome for attempt in raised.value.attempts] == ["not sent"]
    assert server.requests == []


@pytest.mark.deadline(5)
@pytest.mark.parametrize("nonsense", [None, b"bytes", 7, "", "two\r\nlines", "a b\x00", "é"])
def test_nonsense_is_no_signature(serve, client_of, nonsense) -> None:
    server = serve(always(answer(CARD)))
    with pytest.raises(errors.SigningError, match="not a signature"):
        create(client_of(server, signer=Vault(nonsense)))
    assert server.requests == []


@pytest.mark.deadline(5)
def test_a_clock_that_fails_is_a_signing_error(serve, client_of) -> None:
    server = serve(always(answer(CARD)))

    def broken() -> int:
        raise OSError("no clock")

    with pytest.raises(errors.SigningError):
        create(client_of(server, clock=broken, signer=Vault("s")))
    assert server.requests == []


@pytest.mark.deadline(5)
def test_any_object_that_signs_serves(serve, client_of) -> None:
    server = serve(always(answer(CARD)))
    vault = Vault("s+i/g=")
    TENANT.set("acme")
    assert create(client_of(server, signer=vault)).code == CODE
    assert server.requests[0].split(b" ")[1].endswith(b"&signature=s%2Bi%2Fg%3D")
    assert vault.asked == [server.requests[0].split(b"?")[1].split(b"&signature")[0]]
    assert vault.tenants == ["acme"], "it runs in the context of the caller"
    assert not [thread for thread in threading.enumerate() if "run" in thread.name]


@pytest.mark.deadline(5)
@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_private_keys_sign_what_is_sent(serve, client_of, kind, tmp_path) -> None:
    key = (
        rsa.generate_private_key(public_exponent=65537, key_size=2048)
        if kind == "rsa"
        else ed25519.Ed25519PrivateKey.generate()
    )
    file = tmp_path / "key.pem"
    hidden = serialization.BestAvailableEncryption(b"open sesame")
    file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, hidden))
    file.chmod(0o400)
    signer = (RsaSigner if kind == "rsa" else Ed25519Signer).from_file(file, passphrase="open sesame")
    server = serve(always(answer(CARD)))
    client_of(server, signer=signer).create_gift_card(token="ä+b", amount="1")
    payload, _, rest = server.requests[0].split(b" ")[1].split(b"?")[1].partition(b"&signature=")
    from urllib.parse import unquote

    signature = base64.b64decode(unquote(rest.decode()))
    if kind == "rsa":
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding

        key.public_key().verify(signature, payload, padding.PKCS1v15(), hashes.SHA256())
    else:
        key.public_key().verify(signature, payload)


FILES_OF_SECRETS = {
    "RSA": RsaSigner.from_file,
    "Ed25519": Ed25519Signer.from_file,
    "journal": lambda file, **options: Journal("cards.db", key=file, **options).seal,
    "TLS": lambda file, **options: Network(client_certificate=file, **options),
    "TLS, apart": lambda file, **options: Network(client_certificate=file, client_key=file, **options),
}


@pytest.mark.parametrize("door", FILES_OF_SECRETS.values(), ids=FILES_OF_SECRETS)
@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602])
def test_a_key_file_that_everybody_may_read_is_refused(tmp_path, door, mode) -> None:
    file = tmp_path / "key.pem"
    file.write_text("whatever")
    file.chmod(mode)
    refused = rf"open to every user \(mode 0{mode:o}\); chmod it to 0600.*allow_readable_files=True"
    with pytest.raises(errors.ArgumentError, match=refused):
        door(file)


@pytest.mark.parametrize("door", FILES_OF_SECRETS.values(), ids=FILES_OF_SECRETS)
def test_a_key_file_on_a_mount_may_be_allowed(tmp_path, door) -> None:
    file = tmp_path / "key.pem"
    file.write_text("whatever")
    file.chmod(0o444)
    try:
        door(file, allow_readable_files=True)
    except errors.ArgumentError as error:  # it holds no key
        assert "open to every user" not in str(error)  # noqa: PT017


@pytest.fixture
def mounted(tmp_path, monkeypatch):
    """An environment whose keys are in files that every user may read."""
    monkeypatch.chdir(tmp_path)
    key = ed25519.Ed25519PrivateKey.generate()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    for name, content in {"key.pem": pem, "journal.key": new_key().encode()}.items():
        (tmp_path / name).write_bytes(content)
        (tmp_path / name).chmod(0o444)
    monkeypatch.setenv("BINANCE_PRIVATE_KEY_FILE", "key.pem")
    monkeypatch.setenv("BINANCE_JOURNAL", "cards.db")
    monkeypatch.setenv("BINANCE_JOURNAL_KEY_FILE", "journal.key")
    return tmp_path


def test_the_environment_allows_files_that_are_mounted(mounted, monkeypatch) -> None:
    with pytest.raises(errors.ArgumentError, match=r"BINANCE_PRIVATE_KEY_FILE key\.pem is open.*_READABLE_FILES=1"):
        GiftCardClient.from_env()
    (mounted / "key.pem").chmod(0o600)
    with pytest.raises(errors.ArgumentError, match=r"BINANCE_JOURNAL_KEY_FILE journal\.key is open.*_FILES=1"):
        GiftCardClient.from_env()
    monkeypatch.setenv("BINANCE_ALLOW_READABLE_FILES", "1")
    (mounted / "key.pem").chmod(0o444)
    GiftCardClient.from_env().close()
    monkeypatch.setenv("BINANCE_ALLOW_READABLE_FILES", "yes")
    with pytest.raises(errors.ArgumentError, match="BINANCE_ALLOW_READABLE_FILES must be 1 for yes or 0 for no"):
        GiftCardClient.from_env()


def test_a_key_file_that_is_not_there_says_so(tmp_path) -> None:
    with pytest.raises(errors.ArgumentError, match=r"absent\.pem cannot be read: No such file"):
        Ed25519Signer.from_file(tmp_path / "absent.pem")


def test_a_short_rsa_key_is_refused() -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    with pytest.raises(errors.ArgumentError, match="at least 2048 bits, and this has 1024"):
        RsaSigner(pem)
