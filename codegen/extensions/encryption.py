"""``x-sdk-encryption``, at a parameter: it can be encrypted under a key of the server."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from codegen.errors import Fault, Pointer
from codegen.extensions.extension import TEXT, Extension, Find, closed
from codegen.facts import GENERATOR_ONLY, Expression

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
    places=("parameter", "schema"),
    meaning="The argument can be encrypted under a key of the server.",
)


@dataclass(frozen=True, kw_only=True)
class Encryption:
    """The fact for the runtime."""

    argument: str
    """The switch that asks for it."""
    parameter: str
    """The argument that is encrypted."""
    key: Expression
    """The operation that gives the key, which may be stated further below; until all are known, its operationId."""
    pointer: Pointer = field(metadata=GENERATOR_ONLY)


def encryption(said: Mapping[str, str], parameter: str, pointer: Pointer) -> Encryption:
    """The fact for a parameter of that name in Python."""
    return Encryption(argument=said["argument"], parameter=parameter, key=Expression(said["key"]), pointer=pointer)


def with_key(encryption: Encryption, find: Find) -> Encryption:
    """The fact with the operation that gives the key, which must exist, and give text for nothing."""
    pointer = encryption.pointer
    operation = find(encryption.key, pointer)
    if operation.result_type != "str" or operation.required:
        raise Fault("the operation that gives the key must need no argument, and its result be text", pointer)
    return replace(encryption, key=Expression(f"lambda: {operation.constant}"))
