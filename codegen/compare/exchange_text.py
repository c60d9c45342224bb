"""A request or an answer as one line, the way that a person writes it."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

_LONGEST = 120
"""A body that is longer is shown as far as the path leads."""


def request_text(name: str, whole: Mapping[str, Any], path: Sequence[str]) -> str:
    """A request to the operation ``POST /cards/{id}``; `path` leads to what is to be seen of it."""
    method, _, address = name.partition(" ")
    for index, parameter in enumerate(re.findall(r"{([^{}]*)}", address)):
        value = quote(_plain(whole["path"].get(str(index), "a")), safe="")
        address = address.replace(f"{{{parameter}}}", value, 1)
    query = "&".join(f"{quote(key)}={quote(_plain(value), safe=',:')}" for key, value in whole["query"].items())
    parts = [f"{method} {address}{'?' if query else ''}{query}"]
    parts += [f"{key}: {_plain(value)}" for key, value in whole["header"].items()]
    parts += [f"Cookie: {key}={_plain(value)}" for key, value in whole["cookie"].items()]
    return " ".join([*parts, *_bodies(whole, path[2:])])


def answer_text(whole: Mapping[str, Any], path: Sequence[str]) -> str:
    """An answer, which its status begins."""
    ((status, answer),) = whole.items()
    headers = [f"{key}: {_plain(value)}" for key, value in answer.get("headers", {}).items()]
    return " ".join([status, *headers, *_bodies(answer, path[3:])])


def _bodies(owner: Mapping[str, Any], path: Sequence[str]) -> list[str]:
    return [_shortened(content, path) for content in owner.get("body", {}).values()]


def _shortened(value: Any, path: Sequence[str]) -> str:
    """The value; of a long one what the path leads to, and the rest of it as an ellipsis."""
    text = _json(value)
    if len(text) <= _LONGEST:
        return text
    if path and isinstance(value, dict) and path[0] in value:
        return f"{{{_json(path[0])}:{_shortened(value[path[0]], path[1:])}{',…' if len(value) > 1 else ''}}}"
    if path and isinstance(value, list) and value:
        return f"[{_shortened(value[0], path[1:])}{',…' if len(value) > 1 else ''}]"
    return f"{text[:_LONGEST]}…"


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
