"""What the clients of a new repository's tests are given, and what its server looks for in their requests."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codegen.extensions.signing import SIGNING, is_described
from codegen.ir.api import Api, Credential
from codegen.read.references import resolve

_SECRETS = {"text": "test-secret", "hex": "00112233445566778899aabbccddeeff", "base64": "dGVzdC1zZWNyZXQtdmFsdWU="}
"""How a secret is written → one; another of each makes a wrong signature."""
_OTHER_SECRETS = {"text": "other-secret", "hex": "ff", "base64": "b3RoZXI="}
_KEYS = {
    "rsa": "rsa.generate_private_key(public_exponent=65537, key_size=2048)",
    "ecdsa": "ec.generate_private_key(ec.SECP256R1())",
    "ed25519": "ed25519.Ed25519PrivateKey.generate()",
}
"""How the name of an algorithm begins → what makes a private key for it."""
_VALUES = {
    "str": "'test-key'",
    "tuple[str, str]": "('user', 'test-secret')",
    "BearerSource": "'test-token'",
    "Signer": "HmacSigner('test-secret')",
    "Signer | str": "SECRET",
}
"""Type of an argument → a value of it, as Python."""


@dataclass(frozen=True)
class Identity:
    """Who the tests say they are."""

    schemes: tuple[str, ...] = ()
    """The schemes that their calls go by, all together."""
    arguments: Mapping[str, str] | None = None
    """Argument of the client → Python."""
    sent: tuple[tuple[str, str], ...] = ()
    """The place and the name of what each request must have."""
    verified: str = ""
    """The scheme whose signatures are held against its description."""
    secret: str = ""
    """What signs, as Python."""
    makes_key: bool = False
    """Whether that is a private key."""
    passphrase: str = ""
    """The argument that takes a passphrase."""
    wrong: str = ""
    """The argument, and a value of it, that make a signature a wrong one."""


def identity(tree: dict[str, Any], api: Api) -> Identity:
    """By the schemes that the first signed operation needs, or else the first that needs any."""
    described = (tree.get("components") or {}).get("securitySchemes") or {}
    ways = [operation.security[0] for operation in api.operations if operation.security and operation.security[0]]
    signing = {name for name in described if is_described(resolve(tree, described[name]))}
    schemes = next((way for way in ways if signing.intersection(way)), next(iter(ways), ()))
    needed = [one for one in api.credentials if one.scheme in schemes]
    arguments = {item.name: _VALUES.get(item.type, "") for one in needed for item in one.arguments}
    fields = [field for one in needed for field in one.sends if field.place in ("header", "query", "cookie")]
    plain = Identity(schemes, arguments, tuple((field.place, field.name) for field in fields))
    signed = next((one for one in needed if one.scheme in signing), None)
    return plain if signed is None else _signed(plain, resolve(tree, described[signed.scheme])[SIGNING.key], signed)


def _signed(plain: Identity, said: Mapping[str, Any], credential: Credential) -> Identity:
    algorithm, kind = str(said["algorithm"]), said.get("secret", "text")
    signer, *others = (argument.name for argument in credential.arguments)
    roles = dict(zip([role for role in ("key", "passphrase") if role in said], others, strict=True))
    key = next((made for name, made in _KEYS.items() if algorithm.startswith(name)), "")
    passphrase = roles.get("passphrase", "")
    return Identity(
        schemes=plain.schemes,
        arguments={**(plain.arguments or {}), **({passphrase: "PASSPHRASE"} if passphrase else {})},
        sent=plain.sent,
        verified=credential.scheme,
        secret=key or repr(_SECRETS[kind]),
        makes_key=bool(key),
        passphrase=passphrase,
        wrong="" if key else f"{signer}={_OTHER_SECRETS[kind]!r}",
    )
