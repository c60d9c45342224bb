"""What signing needs of the operations that it signs: what none of them has is misspelt."""

from collections.abc import Iterator, Sequence
from typing import Any

from codegen.errors import Fault
from codegen.extensions.signing import SIGNING, fields, headers, window
from codegen.ir.api import Credential
from codegen.ir.operation import Operation
from codegen.lower.context import Context
from codegen.lower.headers import OURS
from codegen.read.references import resolve

_SCHEMES = ("components", "securitySchemes")
_MADE = frozenset({"accept", "content-type", "cookie"})
"""The headers that the client writes before it signs."""


def check_signed(context: Context, operations: Sequence[Operation]) -> None:
    """Refuse a description that signs what nothing sends, or a window that no operation can change.

    Raises:
        Fault: With its address.
    """
    schemes = context.tree.get("components", {}).get("securitySchemes", {})
    for credential in context.credentials:
        scheme = resolve(context.tree, schemes[credential.scheme])
        if SIGNING.key in scheme and credential.own is None:
            with context.collect((*_SCHEMES, credential.scheme)):
                _check(scheme, credential, context.credentials, operations)


def _check(
    scheme: dict[str, Any], credential: Credential, every: Sequence[Credential], operations: Sequence[Operation]
) -> None:
    here = (*_SCHEMES, credential.scheme, SIGNING.key)
    signed = [one for one in operations if any(credential.scheme in names for names in one.security)]
    made = [field.name.lower() for role, field in fields(scheme).items() if role != "signature"]
    sent = _MADE.union(made, *(_headers(one, credential, every) for one in signed))
    for name in headers(scheme[SIGNING.key].get("sign", ())):
        if name in sent:
            continue
        why = "the client writes it last" if name in OURS else "no operation sends it"
        hint = "; the part 'host' says the same" if name == "host" else ""
        raise Fault(f"the header {name!r} cannot be signed: {why}{hint}", (*here, "sign"))
    lasts = window(scheme)
    if lasts is not None and lasts.parameter is not None and not any(_takes(one, lasts.parameter) for one in signed):
        raise Fault(f"no operation has the parameter {lasts.parameter!r}", (*here, "window", "parameter"))


def _headers(operation: Operation, credential: Credential, every: Sequence[Credential]) -> Iterator[str]:
    """The headers that an operation's requests have from others when the credential signs."""
    yield from (one.wire_name.lower() for one in operation.parameters if one.place == "header")
    if operation.idempotency is not None:
        yield operation.idempotency.header.lower()
    needed = {name for names in operation.security if credential.scheme in names for name in names}
    for one in every:
        if one.scheme in needed and one is not credential and one.order <= credential.order:
            yield from (field.name.lower() for field in one.sends if field.place == "header")


def _takes(operation: Operation, name: str) -> bool:
    return any(one.wire_name == name and one.place in ("query", "form") for one in operation.parameters)
