"""Media types of answers: what of a body they promise."""

import re
from collections.abc import Mapping
from typing import Any

from codegen.errors import Fault, Pointer

FORM = "application/x-www-form-urlencoded"
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+*-]+/[\w!#$&^.+*-]+ *(;[ -~]*)?", re.ASCII)
_STREAMS = frozenset(
    {
        "application/json-seq",
        "application/jsonl",
        "application/x-ndjson",
        "application/x-jsonlines",
        "multipart/mixed",
        "text/event-stream",
    }
)


def kind(media_type: str) -> str:
    """The media type without its parameters."""
    return media_type.split(";")[0].strip().lower()


def is_json(media_type: str) -> bool:
    """Whether a body of the media type is JSON."""
    return kind(media_type) in ("application/json", "*/*", "text/json") or kind(media_type).endswith("+json")


def is_stream(media_type: str, content: Mapping[str, Any]) -> bool:
    """Whether a body of the media type comes item by item."""
    return kind(media_type) in _STREAMS or "itemSchema" in content


def preferred(content: Mapping[str, Any], pointer: Pointer) -> str:
    """The media type to ask for: JSON where there is any, else the first.

    Raises:
        Fault: A name is no media type, so that no header can hold it.
    """
    for name in content:
        if not _MEDIA_TYPE.fullmatch(name):
            raise Fault(f"{name!a} is no media type", pointer)
    return str(next(filter(is_json, content), next(iter(content))))
