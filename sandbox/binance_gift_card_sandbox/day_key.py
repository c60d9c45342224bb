"""The RSA key under which redemption codes may be encrypted. It holds for one day, in UTC.

`cryptography` is imported when a key is first asked for: it would be most of the sandbox's start.
"""

import base64
import re
from typing import TYPE_CHECKING

from binance_gift_card_sandbox.rules import DAY_MS

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.padding import OAEP
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

KEY_BITS = 1024  # as in the published sample: 128 bytes, which base64url without padding writes in 171 characters
ENCRYPTED = re.compile(r"[A-Za-z0-9_-]{171}")


class DayKey:
    def __init__(self) -> None:
        self._day = -1
        self._key: RSAPrivateKey | None = None

    def public_key(self, now_ms: int) -> str:
        """base64 of today's key as a DER SubjectPublicKeyInfo."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        der = self._key_of(now_ms).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(der).decode("ascii")

    def decrypt(self, text: str, now_ms: int) -> str:
        """The code in `text`, or "" (which is no card's code) when it was not encrypted under today's key."""
        if self._key is None or self._day != now_ms // DAY_MS or not ENCRYPTED.fullmatch(text):
            return ""
        try:
            return self._key.decrypt(base64.urlsafe_b64decode(text + "="), _oaep()).decode("ascii")
        except ValueError:
            return ""

    def _key_of(self, now_ms: int) -> "RSAPrivateKey":
        from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

        day = now_ms // DAY_MS
        if self._key is None or self._day != day:
            self._day, self._key = day, generate_private_key(public_exponent=65537, key_size=KEY_BITS)
        return self._key


def _oaep() -> "OAEP":
    from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
    from cryptography.hazmat.primitives.hashes import SHA256

    return OAEP(mgf=MGF1(algorithm=SHA256()), algorithm=SHA256(), label=None)
