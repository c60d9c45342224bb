"""What a method returns."""

import re
from collections.abc import Mapping
from typing import Any

from codegen.errors import Fault, Pointer
from codegen.extensions.envelope import ENVELOPE, ENVELOPES, Envelope
from codegen.facts import Expression
from codegen.lower.annotations import annotation
from codegen.lower.context import Context
from codegen.read.references import resolve


def result(context: Context, operation: Mapping[str, Any], title: str, pointer: Pointer) -> tuple[str, str]:
    """The annotation of the result, and the media type to ask for."""
    name = operation.get(ENVELOPE.key)
    if name is not None and name not in context.envelopes:
        raise Fault(f"there is no envelope {name!r} in {ENVELOPES.key}", (*pointer, ENVELOPE.key))
    envelope = context.envelopes.get(str(name))
    successes = sorted(
        (status, given) for status, given in operation.get("responses", {}).items() if re.match(r"2(\d\d|XX)$", status)
    )
    for status, given in successes:
        response = resolve(context.tree, given)
        content = response.get("content", {}) if isinstance(response, dict) else {}
        media_type = next(filter(is_json, content), None)
        if media_type is not None:
            here: Pointer = (*pointer, "responses", status, "content", media_type, "schema")
            text = _json_result(context, content[media_type].get("schema", {}), envelope, title, here)
            return text, "application/json" if "*" in media_type else media_type
        if content and envelope is None:
            other = str(next(iter(content)))
            return ("str" if other.startswith("text/") else "bytes"), other
    if envelope:
        raise Fault(f"{ENVELOPE.key} is given, and no success answer has JSON content", (*pointer, "responses"))
    return ("None" if successes else "Any"), "application/json"


def _json_result(context: Context, schema: Any, envelope: Envelope | None, title: str, pointer: Pointer) -> str:
    if envelope is None:
        return annotation(context.hoister.lower(schema, f"{title}Response", pointer))
    outer = resolve(context.tree, schema)
    properties = outer.get("properties", {}) if isinstance(outer, dict) else {}
    if envelope.result not in properties:
        raise Fault(f"the envelope's result {envelope.result!r} is not a property of this schema", pointer)
    here = (*pointer, "properties", envelope.result)
    return annotation(context.hoister.lower(properties[envelope.result], f"{title}Result", here))


def is_json(media_type: str) -> bool:
    """Whether a body of the media type is JSON."""
    kind = media_type.split(";")[0].strip().lower()
    return kind in ("application/json", "*/*", "text/json") or kind.endswith("+json")


def decode(result: str, accept: str) -> Expression:
    """What reads the result: JSON, or the body as it is."""
    if result == "None":
        return Expression("wire.nothing")
    return Expression(f"decoder({result})" if is_json(accept) else {"str": "wire.utf8", "bytes": "bytes"}[result])
