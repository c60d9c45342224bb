"""RSA keys of the tests, each made once in a process and only where it is used: that takes a while."""

from __future__ import annotations

from functools import cache

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key


@cache
def rsa_key(bits: int = 2048, name: str = "") -> RSAPrivateKey:
    """The key of so many bits, or another of that name."""
    return generate_private_key(public_exponent=65537, key_size=bits)
