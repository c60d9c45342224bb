"""Texts that match a pattern, of its own simplest form."""

from __future__ import annotations

import sys
import warnings
from typing import Any

if sys.version_info >= (3, 11):
    from re import _constants as constants
    from re import _parser as parser
else:
    import sre_constants as constants
    import sre_parse as parser

_CLASSES = {
    constants.CATEGORY_DIGIT: "1",
    constants.CATEGORY_WORD: "a",
    constants.CATEGORY_SPACE: " ",
    constants.CATEGORY_NOT_DIGIT: "a",
    constants.CATEGORY_NOT_WORD: "-",
    constants.CATEGORY_NOT_SPACE: "a",
}


def matching(pattern: str, at_least: int = 0) -> str:
    """A text that matches, with `at_least` turns of what may repeat; "" where it is not understood."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return "".join(_text(part, at_least) for part in parser.parse(pattern))
    except (parser.error, KeyError, NotImplementedError, RecursionError):
        return ""


def _text(part: tuple[Any, Any], at_least: int) -> str:
    kind, value = part
    if kind in (constants.LITERAL,):
        return chr(value)
    if kind is constants.ANY:
        return "a"
    if kind is constants.NOT_LITERAL:
        return "b" if chr(value) == "a" else "a"
    if kind is constants.IN:
        return _member(value)
    if kind is constants.BRANCH:
        return "".join(_text(item, at_least) for item in value[1][0])
    if kind is constants.SUBPATTERN:
        return "".join(_text(item, at_least) for item in value[-1])
    if kind in (constants.MAX_REPEAT, constants.MIN_REPEAT):
        least, most, inner = value
        return "".join(_text(item, at_least) for item in inner) * min(int(most), max(least, min(at_least, 64)))
    if kind in (constants.AT, constants.ASSERT_NOT):
        return ""
    raise NotImplementedError(kind)


def _member(choices: list[tuple[Any, Any]]) -> str:
    if choices[0][0] is constants.NEGATE:
        excluded = {_member([choice]) for choice in choices[1:]}
        return next(letter for letter in "a1-_ Zx" if letter not in excluded)
    kind, value = choices[0]
    if kind is constants.LITERAL:
        return chr(value)
    if kind is constants.RANGE:
        return chr(value[0])
    return _CLASSES[value]
