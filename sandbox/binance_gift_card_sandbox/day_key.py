"""The RSA key under which redemption codes may be encrypted. It holds for one day, in UTC.

`cryptography` is imported when a key is first asked for: it would be most of the sandbox's start.
"""

import base64
import binascii
import re
from typing import TYPE_CHECKING

from binance_gift_card_sandbox.rules import DAY_MS
from binance_gift_card_sandbox.state import State

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.padding import OAEP
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

KEY_BITS = 1024  # as in the published sample: 128 bytes, which base64url without padding writes in 171 characters
FORMS = {
    "base64url": re.compile(r"[A-Za-z0-9_-]{171}"),
    "base64": re.compile(r"[A-Za-z0-9+/]{171}="),
    "any": re.compile(r"[A-Za-z0-9+/_-]{171}=?"),
}
TO_STANDARD = str.maketrans("-_", "+/")


class DayKey:
    def __init__(self, state: State) -> None:
        self._state = state
        self._loaded: tuple[str, RSAPrivateKey] | None = None

    def public_key(self, now_ms: int) -> str:
        """base64 of today's key as a DER SubjectPublicKeyInfo."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        key = self._saved(now_ms) or self._make(now_ms)
        der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(der).decode("ascii")

    def decrypt(self, text: str, now_ms: int) -> str:
        """The code in `text`, or "" (which is no card's code) when it was not encrypted under today's key."""
        if not FORMS[self._state.rules.code_encoding].fullmatch(text):
            return ""
        key = self._saved(now_ms)
        if key is None:
            return ""
        try:
            raw = base64.b64decode(text.rstrip("=").translate(TO_STANDARD) + "=", validate=True)
            return key.decrypt(raw, _oaep()).decode("ascii")
        except (ValueError, binascii.Error):
            return ""

    def _saved(self, now_ms: int) -> "RSAPrivateKey | None":
        query = "SELECT pem FROM day_keys WHERE day = ?"
        row = self._state.connection.execute(query, (now_ms // DAY_MS,)).fetchone()
        return None if row is None else self._load(str(row[0]))

    def _load(self, pem: str) -> "RSAPrivateKey":
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        if self._loaded is None or self._loaded[0] != pem:
            key = load_pem_private_key(pem.encode(), password=None)
            assert isinstance(key, RSAPrivateKey)  # noqa: S101  we wrote it
            self._loaded = pem, key
        return self._loaded[1]

    def _make(self, now_ms: int) -> "RSAPrivateKey":
        from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        key = generate_private_key(public_exponent=65537, key_size=KEY_BITS)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        self._state.connection.execute("INSERT INTO day_keys VALUES (?, ?)", (now_ms // DAY_MS, pem))
        return self._load(pem)


def _oaep() -> "OAEP":
    from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
    from cryptography.hazmat.primitives.hashes import SHA256

    return OAEP(mgf=MGF1(algorithm=SHA256()), algorithm=SHA256(), label=None)
