"""What the body of a refusal is like: the error schemas of an operation, by status."""

import re
from collections.abc import Mapping
from typing import Any

from codegen.facts import Expression
from codegen.lower.annotations import annotation
from codegen.lower.context import Context
from codegen.lower.media import is_json
from codegen.lower.successes import Responses
from codegen.read.references import resolve

_FAILURE = re.compile(r"[45](\d\d|XX)|default")


def problems(context: Context, responses: Responses, title: str) -> Mapping[int | str, Expression] | None:
    """Status, or range, or ``default`` → the type of a body; `None` where the document has none to offer."""
    found: dict[int | str, Expression] = {}
    for status in filter(_FAILURE.fullmatch, responses):
        content = responses.content(status)
        media_type = next(filter(is_json, content), None)
        if media_type is None:
            continue
        schema = resolve(context.tree, content[media_type]).get("schema")
        if _says_more(context, schema):
            name = f"{title}{'' if status == 'default' else status}Error"
            kind = annotation(context.hoister.lower(schema, name, (*responses.place(status), media_type, "schema")))
            if kind not in ("Any", "None"):
                found[int(status) if status.isdigit() else status] = Expression(kind)
    return found or None


def _says_more(context: Context, schema: Any) -> bool:
    """Whether a body holds more than the code and the text that an error has anyway."""
    errors, found = context.errors, resolve(context.tree, schema)
    if errors.usual is not None or not isinstance(found, dict):
        return isinstance(found, dict)
    properties = found.get("properties")
    return not properties or "allOf" in found or not properties.keys() <= {errors.code, *errors.message}
