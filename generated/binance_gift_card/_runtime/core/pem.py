# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""What is given as a private key, told apart: the block to load, or what it is instead and how to mend it."""

from __future__ import annotations

import re

from .errors import ArgumentError

_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----", re.DOTALL)
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_UTF_8_MARK = b"\xef\xbb\xbf"
_BODY = re.compile(rb"[A-Za-z0-9+/=\s]{40,}")
_PEM = "give the key as PEM text that begins with -----BEGIN PRIVATE KEY-----"
_OTHERS = {
    b"OPENSSH PRIVATE KEY": "is in OpenSSH's own form; convert a copy: `ssh-keygen -p -m PKCS8 -f COPY`, or, where that"
    " leaves it as it is (Ed25519), make another: `openssl genpkey -algorithm ed25519 -out key.pem`",
    b"CERTIFICATE": "is a certificate; give the private key that it was made for",
    b"CERTIFICATE REQUEST": "is a request for a certificate; give the private key that it was made with",
    b"PUBLIC KEY": "is a public key; give the private key that belongs to it (the server has the public one)",
}
_OTHERS[b"RSA PUBLIC KEY"] = _OTHERS[b"PUBLIC KEY"]


def private_block(given: str | bytes) -> bytes:
    """The PEM block of the private key in a text; a literal backslash and n stand for the end of a line.

    Raises:
        ArgumentError: There is none; the message says what was given instead, and quotes nothing of it.
    """
    content = given.encode("utf-8", "replace") if isinstance(given, str) else given
    if content.startswith(_UTF_16) or b"\0B\0E\0G\0I\0N" in content:
        raise _refusal("is UTF-16 text; write it anew: `iconv -f UTF-16 -t UTF-8 FILE > key.pem`")
    content = content.removeprefix(_UTF_8_MARK).replace(b"\\r", b"").replace(b"\\n", b"\n")
    blocks = {label[1]: label[0] for label in _BLOCK.finditer(content)}
    for label, block in blocks.items():
        if label.endswith(b"PRIVATE KEY") and label not in _OTHERS:
            return block
    for label in blocks:
        if label in _OTHERS:
            raise _refusal(_OTHERS[label])
    raise _refusal(_kind_of(content))


def _kind_of(content: bytes) -> str:
    if content.startswith(b"PuTTY-"):
        return "is in PuTTY's own form; export it as PEM"
    if content.startswith((b"ssh-", b"ecdsa-")):
        return f"is a public key of OpenSSH; {_PEM}"
    if b"-----BEGIN" in content:
        return "was cut, or its lines were changed: no -----END line belongs to its -----BEGIN line"
    if content.startswith(b"\x30") and _BODY.fullmatch(content) is None:
        return "is in DER form; convert it: `openssl pkey -inform DER -in FILE -out key.pem`"
    if _BODY.fullmatch(content):
        return f"has no -----BEGIN and -----END lines; {_PEM}"
    return f"is no PEM text of a key; {_PEM}"


def _refusal(what: str) -> ArgumentError:
    return ArgumentError(f"the private key {what}")
