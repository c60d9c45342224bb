"""What the overlay of a new repository says of how requests are signed, and of what moves money."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema_rs

from codegen.errors import InputError
from codegen.extensions.journal import JOURNAL
from codegen.extensions.signing import SIGNING, Field, field_of
from codegen.read.load import read_mapping
from codegen.read.operations import declared_operations
from codegen.read.references import resolve
from codegen.read.source import place_of

AS_DOCUMENTED = "document"
FORMS = {path.stem: path for path in sorted((Path(__file__).parent / "signing").glob("*.yaml"))}
"""Usual ways to sign, each a description."""
_NEW_SCHEME = "signature"
_SOURCE = "How requests are signed. Say here where that is documented."


@dataclass(frozen=True)
class Action:
    """An action of an overlay."""

    target: str
    description: str
    update: Mapping[str, Any]


def signing_actions(tree: dict[str, Any], signing: str, scheme: str | None) -> list[Action]:
    """What makes the document say that requests are signed so.

    Args:
        tree: The document.
        signing: ``document``, one of `FORMS`, or a file with what ``x-sdk-signing`` is to hold.
        scheme: The security scheme that it is said of; that which there is, if left out.

    Raises:
        InputError: The file cannot be read, or it is not clear which scheme is meant.
    """
    if signing == AS_DOCUMENTED:
        return []
    description = _description(FORMS.get(signing, Path(signing)))
    schemes = (tree.get("components") or {}).get("securitySchemes") or {}
    if scheme is None and not schemes:
        return [_new_scheme(description)]
    name = scheme or _only(schemes)
    if name not in schemes:
        raise InputError(f"the document has no security scheme {name!r}; it has {', '.join(schemes) or 'none'}")
    said = resolve(tree, schemes[name])
    placed = {} if said.get("type") == "apiKey" or "signature" in description else {"signature": _place(description)}
    target = f"$.components.securitySchemes[{_quoted(name)}]"
    return [Action(target, _SOURCE, {SIGNING.key: {**description, **placed}})]


def _description(path: Path) -> dict[str, Any]:
    description = read_mapping(path)
    for error in jsonschema_rs.validator_for(SIGNING.schema).iter_errors(description):
        raise InputError(error.message, place_of(path, tuple(error.instance_path)))
    return description


def _only(schemes: Mapping[str, Any]) -> str:
    if len(schemes) > 1:
        raise InputError(
            f"the document has several security schemes: say with --scheme which one of {', '.join(schemes)}"
        )
    return next(iter(schemes))


def _new_scheme(description: Mapping[str, Any]) -> Action:
    """A scheme for a document that has none, which all its operations then need."""
    where = field_of(description.get("signature", _place(description))) or Field("query", "signature")
    place = where.place if where.place in ("header", "cookie") else "query"
    scheme = {"type": "apiKey", "in": place, "name": where.name, SIGNING.key: dict(description)}
    update = {"components": {"securitySchemes": {_NEW_SCHEME: scheme}}, "security": [{_NEW_SCHEME: []}]}
    return Action("$", _SOURCE, update)


def _place(description: Mapping[str, Any]) -> str | dict[str, str]:
    """Where a signature goes of which nothing is said: to the other parameters, or to the other headers."""
    return "signature" if isinstance(description.get("timestamp"), str) else {"header": "X-API-SIGN"}


def journal_actions(tree: dict[str, Any], names: tuple[str, ...]) -> Iterator[Action]:
    """What makes the calls of these operations be written down.

    Raises:
        InputError: There is no such operation.
    """
    known = {str(given.said.get("operationId")): given for given in declared_operations(tree)}
    for name in names:
        if name not in known:
            raise InputError(f"the document has no operation {name!r} to keep a journal of; it has {', '.join(known)}")
        pointer = known[name].pointer
        target = "$" + "".join(f"[{_quoted(str(part))}]" for part in pointer)
        yield Action(target, "It moves money, so its calls are written down.", {JOURNAL.key: {}})


def _quoted(name: str) -> str:
    """A name in an RFC 9535 JSONPath."""
    escaped = name.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
