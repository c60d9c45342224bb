"""``x-sdk-encryption``, at a parameter: it can be encrypted under a key of the server."""

from collections.abc import Mapping
from dataclasses import dataclass

from codegen import naming
from codegen.errors import Fault, Pointer
from codegen.extensions.extension import TEXT, Extension, Find, closed
from codegen.facts import Expression

ENCRYPTION = Extension(
    "x-sdk-encryption",
    closed(
        {
            "argument": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
            "key": TEXT,
            "algorithm": {"const": "RSA-OAEP-256"},
            "holds": {"const": "day"},
        }
    ),
)


@dataclass(frozen=True, kw_only=True)
class Encryption:
    """The fact for the runtime."""

    argument: str
    """The switch that asks for it."""
    parameter: str
    """The argument that is encrypted."""
    key: Expression
    """The operation that gives the key; it may be stated further below."""


def encryption(said: Mapping[str, str], parameter: str) -> Encryption:
    """The fact for a parameter of that name in Python."""
    key = naming.constant(naming.method(said["key"]))
    return Encryption(argument=said["argument"], parameter=parameter, key=Expression(f"lambda: {key}"))


def check_key(said: Mapping[str, str], pointer: Pointer, find: Find) -> None:
    """The operation that gives the key must exist, and give text for nothing."""
    operation = find(said["key"], pointer)
    if operation.result_type != "str" or operation.required:
        raise Fault("the operation that gives the key must need no argument, and its result be text", pointer)
