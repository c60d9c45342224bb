"""What comes of copying a credential is refused by name, before anything is sent, and shown by nothing."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from binance_gift_card import Ed25519Signer, GiftCardClient, HmacSigner, Journal, RsaSigner, errors
from binance_gift_card.journal import new_key

KEY = ed25519.Ed25519PrivateKey.generate()
PKCS8, PEM, DER = serialization.PrivateFormat.PKCS8, serialization.Encoding.PEM, serialization.Encoding.DER
CLEAR = serialization.NoEncryption()
TEXT = KEY.private_bytes(PEM, PKCS8, CLEAR).decode()
PUBLIC = KEY.public_key().public_bytes(PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
VALUE = "".join(("Nhqp", "tmdS", "JYdK"))
SPOILT = {
    "an end of line": (f"{VALUE}\n", "end of line"),
    "an end of line of Windows": (f"{VALUE}\r", "end of line"),
    "a blank before": (f" {VALUE}", "blanks around"),
    "a tab behind": (f"{VALUE}\t", "blanks around"),
    "quotes": (f'"{VALUE}"', "in quotes"),
    "single quotes": (f"'{VALUE}'", "in quotes"),
    "quotes of a word processor": (f"\u201c{VALUE}\u201d", "in quotes"),
    "PEM": (TEXT, "whole PEM"),
    "PEM in one line": (TEXT.replace("\n", "\\n"), "whole PEM"),
    "what cannot be seen": (f"{VALUE}\u200b", "cannot be seen"),
}
VARIABLES = ["BINANCE_API_KEY", "BINANCE_API_SECRET", "BINANCE_PRIVATE_KEY_PASSPHRASE"]
DOORS = {
    "api_key": lambda text: GiftCardClient(api_key=text, journal=False),
    "HmacSigner": HmacSigner,
    "passphrase": lambda text: Ed25519Signer(TEXT, passphrase=text),
}


@pytest.mark.parametrize(("text", "words"), SPOILT.values(), ids=SPOILT)
@pytest.mark.parametrize("variable", VARIABLES)
def test_the_environment_is_refused_by_name(monkeypatch, tmp_path, variable, text, words) -> None:
    file = tmp_path / "key.pem"
    file.touch(0o600)
    file.write_text(TEXT)
    if variable != "BINANCE_API_SECRET":
        monkeypatch.setenv("BINANCE_PRIVATE_KEY_FILE", str(file))
    monkeypatch.setenv(variable, text)
    with pytest.raises(errors.ArgumentError, match=f"^{variable} .*{words}") as raised:
        GiftCardClient.from_env(journal=False)
    assert VALUE not in str(raised.value)


@pytest.mark.parametrize(("text", "words"), SPOILT.values(), ids=SPOILT)
@pytest.mark.parametrize("door", DOORS)
def test_an_argument_is_refused_by_name(door, text, words) -> None:
    with pytest.raises(errors.ArgumentError, match=f"{door}.*{words}" if door != "api_key" else words) as raised:
        DOORS[door](text)
    assert VALUE not in str(raised.value)


@pytest.mark.parametrize("make", [lambda key: f'"{key}"', lambda _: TEXT, lambda key: f"{key}\u200b"])
def test_a_journals_key_is_refused_by_name(make) -> None:
    key = new_key()
    with pytest.raises(errors.ArgumentError, match="key") as raised:
        Journal("cards.db", key=make(key))
    assert key[:12] not in str(raised.value)
    assert Journal("cards.db", key=f"\ufeff{key}\r\n".encode()).seal.names == Journal("cards.db", key=key).seal.names


def test_blanks_within_are_of_passphrases_only() -> None:
    hidden = serialization.BestAvailableEncryption(b"open sesame")
    Ed25519Signer(KEY.private_bytes(PEM, PKCS8, hidden), passphrase="open sesame")
    for door in (HmacSigner, DOORS["api_key"]):
        with pytest.raises(errors.ArgumentError, match="blanks in it"):
            door("open sesame")


UNDERSTOOD = {
    "as it is": TEXT,
    "a literal backslash and n": TEXT.replace("\n", "\\n"),
    "of Windows": TEXT.replace("\n", "\r\n"),
    "in a line of Windows": TEXT.replace("\n", "\\r\\n"),
    "with a mark": f"\ufeff{TEXT}",
    "after a certificate": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n" + TEXT,
    "after words": f"Bag Attributes\n    friendlyName: shop\n{TEXT}",
}


@pytest.mark.parametrize("text", UNDERSTOOD.values(), ids=UNDERSTOOD)
def test_a_private_key_is_understood(text) -> None:
    assert Ed25519Signer(text).sign(b"x") == Ed25519Signer(TEXT).sign(b"x")
    assert Ed25519Signer(text.encode()).sign(b"x") == Ed25519Signer(TEXT).sign(b"x")


OTHERS = {
    "OpenSSH": (KEY.private_bytes(PEM, serialization.PrivateFormat.OpenSSH, CLEAR), "ssh-keygen -p -m PKCS8"),
    "DER": (KEY.private_bytes(DER, PKCS8, CLEAR), "openssl pkey -inform DER"),
    "UTF-16": (TEXT.encode("utf-16"), "iconv -f UTF-16"),
    "UTF-16 without a mark": (TEXT.encode("utf-16-be"), "iconv -f UTF-16"),
    "a public key": (PUBLIC, "is a public key"),
    "a public key of OpenSSH": (b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 shop", "public key of OpenSSH"),
    "a certificate": (b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "is a certificate"),
    "encrypted": (KEY.private_bytes(PEM, PKCS8, serialization.BestAvailableEncryption(b"x")), "no passphrase was"),
    "PuTTY's": (b"PuTTY-User-Key-File-3: ssh-ed25519\n", "PuTTY"),
    "its body": ("".join(TEXT.splitlines()[1:-1]), "no -----BEGIN"),
    "cut": (TEXT[:60], "was cut"),
    "changed": (TEXT.replace("MC4", "MC5"), "was changed"),
    "something": (b"secret words", "no PEM text"),
    "nothing": (b"", "no PEM text"),
}


@pytest.mark.parametrize(("content", "words"), OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("kind", [Ed25519Signer, RsaSigner])
def test_what_is_no_private_key_in_pem_is_told_apart(kind, content, words, tmp_path, monkeypatch) -> None:
    file = tmp_path / "key"
    file.touch(0o600)
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    monkeypatch.setenv("BINANCE_PRIVATE_KEY_FILE", str(file))
    for door in (lambda: kind(content), lambda: kind.from_file(file), lambda: GiftCardClient.from_env(journal=False)):
        with pytest.raises(errors.ArgumentError, match=words) as raised:
            door()
        assert TEXT.splitlines()[1][-20:] not in str(raised.value)


@pytest.mark.needs("ssh-keygen")
def test_the_conversion_that_is_named_converts(tmp_path: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    copy = tmp_path / "copy"
    copy.touch(0o600)
    copy.write_bytes(key.private_bytes(PEM, serialization.PrivateFormat.OpenSSH, CLEAR))
    command = ["ssh-keygen", "-p", "-m", "PKCS8", "-f", str(copy), "-P", "", "-N", ""]
    subprocess.run(command, check=True, capture_output=True, timeout=30)
    assert RsaSigner.from_file(copy)
