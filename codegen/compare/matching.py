"""A text that a pattern matches, short and the same each time."""

import sys
from typing import Any

from codegen.lower.patterns import in_python

if sys.version_info >= (3, 11):
    from re import _parser as parser  # type: ignore[attr-defined]
else:
    import sre_parse as parser

_LONGEST = 10_000
_PLAIN = "a0A -_%~\n"


def matching(pattern: str) -> list[str]:
    """One text that the pattern matches; none where it cannot be read, or would be too long."""
    try:
        return [_sequence(parser.parse(in_python(pattern)))]
    except ValueError:
        return []


def _sequence(parsed: Any) -> str:
    return "".join([_part(str(kind), said) for kind, said in parsed])


def _part(kind: str, said: Any) -> str:
    if kind == "LITERAL":
        return chr(said)
    if kind == "IN":
        return _one_of([(str(name), what) for name, what in said])
    if kind in ("ANY", "NOT_LITERAL"):
        return "b" if said == ord("a") else "a"
    if kind == "BRANCH":
        return min((_sequence(branch) for branch in said[1]), key=len)
    if kind == "SUBPATTERN":
        return _sequence(said[-1])
    if kind in ("MAX_REPEAT", "MIN_REPEAT"):
        least, _, part = said
        return _repeated(_sequence(part), int(least))
    if kind in ("AT", "ASSERT", "ASSERT_NOT"):
        return ""
    raise ValueError(f"{kind} is not made")


def _repeated(text: str, count: int) -> str:
    if len(text) * count > _LONGEST:
        raise ValueError("it is too long")
    return text * count


def _one_of(said: list[tuple[str, Any]]) -> str:
    """A character of a set: a letter or a digit, if it has one."""
    (kind, what), *others = said
    if kind == "LITERAL":
        return chr(what)
    if kind == "RANGE":
        return chr(what[0])
    if kind == "CATEGORY":
        usual = {"CATEGORY_DIGIT": "0", "CATEGORY_SPACE": " ", "CATEGORY_NOT_WORD": "-"}
        return usual.get(str(what), "a")
    unwanted = {chr(value) for name, value in others if name == "LITERAL"}
    allowed = [letter for letter in _PLAIN if letter not in unwanted]
    if not allowed:
        raise ValueError("a set leaves out too much")
    return allowed[0]
