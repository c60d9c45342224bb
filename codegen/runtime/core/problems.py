"""What a server says of a refusal, where no extension tells in which properties: in the usual ones. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from .answer import Answer
from .checks import MASK, OPAQUE
from .interrupts import pass_on

_TEXTS = "message error_description detail error_message errormessage msg reason description title error errors fault"
_CODES = ("code", "error_code", "errorcode")
_DEEPEST = 5
_MOST_CHARACTERS = 500


def usual(
    answer: Answer, code: int | str | None, words: str | None, secrets: Sequence[str]
) -> tuple[int | str | None, str | None]:
    """The code and the server's words, be they given or found in the body.

    Args:
        answer: The refusal.
        code: What is known already, as are `words`.
        words: The server's own.
        secrets: What the words must not show.
    """
    objects = list(_objects(_value(answer), 0))
    if words is None:
        words = next((text for text in map(_text, objects) if text), None) or _plain(answer)
        for secret in secrets if words else ():
            words = words.replace(secret, MASK)  # type: ignore[union-attr]
        words = words[:_MOST_CHARACTERS] if words else None
    if code is None and words:
        code = next((found for found in map(_code, objects) if found is not None), None)
    return code, words


def _value(answer: Answer) -> Any:
    try:
        return msgspec.json.decode(answer.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        pass_on(error)
        return None


def _objects(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """Those that may tell of the error, the outermost first."""
    if isinstance(value, list) and value and depth < _DEEPEST:
        yield from _objects(value[0], depth + 1)
    if isinstance(value, dict) and depth < _DEEPEST:
        found = {name.lower(): item for name, item in value.items()}
        yield found
        for name in _TEXTS.split():
            yield from _objects(found.get(name), depth + 1)


def _text(found: dict[str, Any]) -> str | None:
    texts = (found.get(name) for name in _TEXTS.split())
    return next((text for text in texts if isinstance(text, str) and text.strip()), None)


def _code(found: dict[str, Any]) -> int | str | None:
    for value in map(found.get, _CODES):
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, str) and 0 < len(value) <= 64 and value.isprintable() and not re.search(OPAQUE, value):
            return value
    return None


def _plain(answer: Answer) -> str | None:
    if not answer.headers.get("content-type", "").lower().startswith("text/plain"):
        return None
    return answer.body[: 4 * _MOST_CHARACTERS].decode("utf-8", "replace").strip()
