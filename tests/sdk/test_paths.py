"""A secret that was given in a path's place is shown by nothing; a path is."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from binance_gift_card import Ed25519Signer, GiftCardClient, Journal, Network, errors

PEM = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAkn0GIJ8vO3\n-----END PRIVATE KEY-----\n"
SECRETS = {
    "PEM": PEM,
    "PEM in one line": PEM.replace("\n", "\\n"),
    "the body of a PEM": "MC4CAQAwBQYDK2VwBCIEIAkn0GIJ8vO3pjPu/2Lq1mQxVf8aPbtMo71L",
    "an API secret": "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j",
    "a journal's key": base64.b64encode(bytes(range(7, 39))).decode(),
    "a journal's key with a slash": "qL8/0GfZ2uT7cXwPv3+Yj9sKbR4nE6hA1mDtVoIzUkg=",
    "a code": "6H9EKF5ECCWFBHGE",
    "a code with dashes": "6H9E-KF5E-CCWF-BHGE",
    "a passphrase": "correct horse battery staple",
    "a token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.SflKxwRJSMeKKF2QT4fwpM",
    "the address of a database": "postgres+async://shop:hunter2@db/cards",
    "what is no UTF-8": "6H9EKF5ECCWFBHGE\ud800",
    "what ends in NUL": "6H9EKF5ECCWFBHGE\0",
}
PATHS = [
    "absent.pem",
    "key",
    "journal_key",
    "./6H9EKF5ECCWFBHGE",
    "/run/secrets/BINANCE_API_SECRET_1",
    "/var/lib/Users/SomeOne/Application42/Keys/of/production/cards",
    "keys/2026/of-production",
    "cards 2026.schema-1.bak",
    "C:\\keys\\new.pem" if Path("C:\\x").drive else "keys/C.pem",
]
DOORS = {
    "a signer's file": Ed25519Signer.from_file,
    "a signer's file, as a path": lambda text: Ed25519Signer.from_file(Path(text)),
    "the certificates": lambda text: Network(ca_file=text),
    "the client's certificate": lambda text: Network(client_certificate=text),
    "a journal's key": lambda text: Journal("absent/cards.db", key=Path(text)),
    "rows": lambda text: GiftCardClient(journal=False).bulk.verify(text),
    "results": lambda text: GiftCardClient(journal=False).bulk.verify([], out=text),
}


@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_a_secret_in_the_place_of_a_path_is_not_shown(door, secret) -> None:
    with pytest.raises(errors.ArgumentError, match="must be the path of a file") as raised:
        door(secret)
    assert not _shared(secret, str(raised.value))


@pytest.mark.parametrize("path", PATHS)
def test_a_path_is_shown(path) -> None:
    with pytest.raises(errors.ArgumentError) as raised:
        Ed25519Signer.from_file(path)
    assert f"{Path(path)} cannot be read" in str(raised.value)


def test_a_file_that_is_there_is_a_path_whatever_it_is_called(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("6H9EKF5ECCWFBHGE").write_text("no key")
    Path("6H9EKF5ECCWFBHGE").chmod(0o644)
    with pytest.raises(errors.ArgumentError, match="6H9EKF5ECCWFBHGE"):
        Ed25519Signer.from_file("6H9EKF5ECCWFBHGE")


@pytest.mark.parametrize("variable", ["BINANCE_PRIVATE_KEY_FILE", "BINANCE_JOURNAL", "BINANCE_JOURNAL_KEY_FILE"])
def test_a_secret_in_the_variable_of_a_path_is_not_shown(monkeypatch, tmp_path, variable) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BINANCE_JOURNAL", "cards.db")
    monkeypatch.setenv(variable, PEM)
    with pytest.raises(errors.ArgumentError, match="must be the path of a file") as raised:
        GiftCardClient.from_env()
    assert not _shared(PEM, str(raised.value))
    assert not list(tmp_path.iterdir()), "no file is called like a secret"


def _shared(secret: str, told: str, size: int = 9) -> list[str]:
    """Pieces of a secret that stand in a message."""
    pieces = {secret[at : at + size] for at in range(max(1, len(secret) - size + 1))} - {"-----BEGIN"}
    return [piece for piece in pieces if piece in told]
