"""Scalars: what a text in YAML or JSON means, by YAML 1.2: ``no`` and ``2024-01-01`` are text."""

import math
import re
from typing import Any

CORE = "tag:yaml.org,2002:"
"""What the tags of YAML's own types begin with."""

UNREAD = "the tag {!r} is not read; write a plain value"

_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_MOST_DIGITS = 1_000
_KINDS: dict[str, Any] = {"bool": bool, "int": int, "float": (int, float), "null": type(None)}


def tagged(tag: str, text: str) -> Any:
    """The value of a scalar with a tag.

    Raises:
        ValueError: The tag is none of JSON's types, or the text is no value of it.
    """
    kind = tag.removeprefix(CORE)
    if kind == "str":
        return text
    value = plain(text)
    if not isinstance(value, _KINDS.get(kind, ())):
        raise ValueError(UNREAD.format(tag))  # noqa: TRY004 - of the document, not of our caller
    return value


def plain(text: str) -> Any:
    """The value of a scalar without quotes and tag.

    Raises:
        ValueError: It is a number that is not finite, or too long.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "-+.0123456789":
        return text
    if _INTEGER.fullmatch(text):
        if len(text) > _MOST_DIGITS:
            raise ValueError(f"is a number of more than {_MOST_DIGITS} digits")
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    if _NO_NUMBER.fullmatch(text):
        raise ValueError(f"{text} is no number that JSON can write")
    if not _NUMBER.fullmatch(text):
        return text
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is more than a number can be")
    return number
