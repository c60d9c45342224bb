"""A pattern in words, for messages: of the usual ones, whose words say all that the pattern says; of no others."""

import re
import sys
from collections.abc import Mapping
from typing import Any

if sys.version_info >= (3, 11):
    from re import _parser as parser  # type: ignore[attr-defined]
else:
    import sre_parse as parser

_QUOTE = '"'
_ENDLESS = int(parser.MAXREPEAT)
_MOST_PARTS = 6
"""More of them are as hard to read as the pattern."""
_DIGITS, _CAPITAL, _SMALL = ("range", "0", "9"), ("range", "A", "Z"), ("range", "a", "z")
_SETS: Mapping[tuple[tuple[str, ...], ...], tuple[str, ...]] = {
    (): (),
    (_DIGITS,): ("digits",),
    (_CAPITAL,): ("capital letters",),
    (_SMALL,): ("small letters",),
    (_CAPITAL, _SMALL): ("letters",),
    (_DIGITS, _CAPITAL): ("digits", "capital letters"),
    (_DIGITS, _SMALL): ("digits", "small letters"),
    (_DIGITS, _CAPITAL, _SMALL): ("letters", "digits"),
    (_DIGITS, ("range", "A", "F")): ("digits", "letters from A to F"),
    (_DIGITS, ("range", "a", "f")): ("digits", "letters from a to f"),
    (_DIGITS, ("range", "A", "F"), ("range", "a", "f")): ("hexadecimal digits",),
}
"""What a set takes in, apart from single characters → what that is called."""
_SHORTHANDS = {"CATEGORY_DIGIT": (_DIGITS,), "CATEGORY_WORD": (_DIGITS, _CAPITAL, _SMALL, ("one", "_"))}


class _UnusualError(Exception):
    """There are no words for a part."""


def pattern_words(pattern: str) -> str | None:
    """What a text has to be that matches the whole of a pattern as Python reads it; `None` without words for it."""
    try:
        parsed: Any = parser.parse(pattern, re.ASCII)
        parts = list(parsed)
        if [str(part[1]) for part in (*parts[:1], *parts[-1:])] != ["AT_BEGINNING", "AT_END_STRING"]:
            return None
        words = _sequence(parts[1:-1])
    except (_UnusualError, re.error):
        return None
    return ", then ".join(words) if 0 < len(words) <= _MOST_PARTS else None


def _sequence(parts: Any) -> list[str]:
    """The words of each part; literals that follow each other are one text."""
    words: list[str] = []
    literal = ""
    for part in parts:
        kind, value = str(part[0]), part[1]
        if kind == "LITERAL":
            literal += chr(value)
            continue
        words += [_quoted(literal)] if literal else []
        literal = ""
        words += _part(kind, value)
    return words + ([_quoted(literal)] if literal else [])


def _part(kind: str, value: Any) -> list[str]:
    if kind == "SUBPATTERN":
        return _sequence(value[-1])
    if kind == "BRANCH":
        return [", or ".join(_one(_sequence(branch)) for branch in value[1])]
    if kind == "MAX_REPEAT":
        return [_repeated(*value)]
    return [_counted(1, 1, _set(kind, value))]


def _one(words: list[str]) -> str:
    if not words:
        raise _UnusualError
    return " and ".join(words)


def _repeated(least: int, most: Any, inner: Any) -> str:
    [(kind, value), *more] = inner
    if not more and str(kind) in ("IN", "LITERAL"):
        return _counted(least, int(most), _set(str(kind), value))
    if (least, int(most)) == (0, 1):
        return f"optionally {_one(_sequence(inner))}"
    raise _UnusualError


def _counted(least: int, most: int, names: str) -> str:
    one = names.replace("digits", "digit").replace("letters", "letter")
    if (least, most) == (0, 1):
        return f"optionally {one if one[0] == _QUOTE else f'one {one}'}"
    if (least, most) == (1, 1) and one[0] == _QUOTE:
        return one
    if least == most:
        return f"{least} {one if least == 1 else names}"
    if most == _ENDLESS:
        return f"any number of {names}" if least == 0 else f"{least} or more {names}"
    return f"at most {most} {names}" if least == 0 else f"{least} to {most} {names}"


def _set(kind: str, value: Any) -> str:
    """What the characters of a set are called."""
    if kind == "LITERAL":
        return _quoted(chr(value))
    if kind != "IN":
        raise _UnusualError
    members = sorted(member for item in value for member in _members(str(item[0]), item[1]))
    ranges = tuple(member for member in members if member[0] == "range")
    if ranges not in _SETS:
        raise _UnusualError
    *names, last = (*_SETS[ranges], *(_quoted(member[1]) for member in members if member[0] == "one"))
    return f"{', '.join(names)} or {last}" if names else last


def _members(kind: str, value: Any) -> tuple[tuple[str, ...], ...]:
    if kind == "LITERAL":
        return (("one", chr(value)),)
    if kind == "RANGE":
        return (("range", chr(value[0]), chr(value[1])),)
    if kind == "CATEGORY" and str(value) in _SHORTHANDS:
        return _SHORTHANDS[str(value)]
    raise _UnusualError


def _quoted(text: str) -> str:
    if not text.isprintable() or _QUOTE in text:
        raise _UnusualError
    return f"{_QUOTE}{text}{_QUOTE}"
