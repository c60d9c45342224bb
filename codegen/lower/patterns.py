"""A `pattern`, which a document writes as ECMA-262 does, in the words of Python's `re`.

What both read alike stays. What they read differently is translated where there is an exact translation, and refused
where there is none: a check that means something else would refuse what is right, or let through what is wrong.
"""

import re

_SPACES = r"\t\n\v\f\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_NO_SPACES = (
    r"\x00-\x08\x0e-\x1f!-\x9f\xa1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e\u2030-\u205e\u2060-\u2fff\u3001-\ufefe"
    r"\uff00-\U0010ffff"
)
_LINE_ENDS = r"\n\r\u2028\u2029"
_ALIKE = "dDwWbBtnvfr"
"""Escapes of a letter that mean the same in both, as long as Python looks at ASCII only."""
_COUNT = re.compile(r"\{[0-9]+(?:,[0-9]*)?\}")
_GROUP = re.compile(r"\((?:\?(?:[:=!]|<[=!])|(?!\?))")
_NAMED = re.compile(r"\(\?<([A-Za-z_][A-Za-z0-9_]*)>")
_UNITS = re.compile(
    r"u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4})(?:\\u(?=[Dd][C-Fc-f])([0-9A-Fa-f]{4}))?|x([0-9A-Fa-f]{2})"
)


def in_python(pattern: str) -> str:
    """The pattern as Python's `re` reads it, with `re.ASCII`.

    Raises:
        ValueError: It means nothing, or something that Python cannot say; the message says what.
    """
    translated = _Translation(pattern).made()
    try:
        re.compile(translated, re.ASCII)
    except (re.error, OverflowError) as error:
        raise ValueError(str(error)) from error
    return translated


class _Translation:
    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0

    def made(self) -> str:
        parts = []
        while self._at < len(self._text):
            parts.append(self._part())
        return "".join(parts)

    def _part(self) -> str:
        character = self._text[self._at]
        if character == "\\":
            return self._escape(in_class=False)
        if character == "[":
            return self._class()
        if character == "(":
            return self._group()
        if character in "*+?" or (character == "{" and _COUNT.match(self._text, self._at)):
            return self._quantifier()
        self._at += 1
        if character == "$":  # Python's own also matches before a last line break
            return r"\Z"
        if character == ".":
            return f"[^{_LINE_ENDS}]"
        if character == "{":
            raise ValueError(r"a { that counts nothing is read differently; write \{ if it stands for itself")
        return character

    def _group(self) -> str:
        found = _GROUP.match(self._text, self._at)
        if found:
            self._at = found.end()
            return found[0]
        named = _NAMED.match(self._text, self._at)
        if named:
            self._at = named.end()
            return f"(?P<{named[1]}>"
        raise ValueError(f"{self._text[self._at : self._at + 4]!r} begins a group that ECMA-262 or Python lacks")

    def _quantifier(self) -> str:
        found = _COUNT.match(self._text, self._at)
        text = found[0] if found else self._text[self._at]
        self._at += len(text)
        if self._text[self._at : self._at + 1] == "?":
            self._at += 1
            text += "?"
        if self._text[self._at : self._at + 1] in ("*", "+", "?") or _COUNT.match(self._text, self._at):
            raise ValueError("a quantifier stands behind another one, which ECMA-262 does not have")
        return text

    def _escape(self, *, in_class: bool) -> str:
        self._at += 1
        if self._at == len(self._text):
            raise ValueError("it ends with a lone backslash")
        units = _UNITS.match(self._text, self._at)
        if units:
            self._at = units.end()
            return _character(units)
        letter = self._text[self._at]
        following = self._text[self._at + 1 : self._at + 2]
        self._at += 1
        if letter == "s":
            return _SPACES if in_class else f"[{_SPACES}]"
        if letter == "S":
            return _NO_SPACES if in_class else f"[^{_SPACES}]"
        if letter == "c" and following.isascii() and following.isalpha():
            self._at += 1
            return f"\\x{ord(following) % 32:02x}"
        if letter == "0" and not following.isdigit():
            return r"\x00"
        if letter.isdigit() or letter == "k":
            raise ValueError(f"\\{letter} refers to a group or an octal number, which Python reads differently")
        if letter in _ALIKE and not (in_class and letter == "B"):
            return f"\\{letter}"
        if letter.isalnum():
            raise ValueError(f"\\{letter} means nothing in ECMA-262, or nothing that Python can say")
        return re.escape(letter)

    def _class(self) -> str:
        self._at += 1
        negated = self._text[self._at : self._at + 1] == "^"
        self._at += negated
        if self._text[self._at : self._at + 1] == "]":
            self._at += 1
            return r"[\s\S]" if negated else "(?!)"
        parts = ["[^" if negated else "["]
        first = self._at
        while self._text[self._at : self._at + 1] != "]":
            if self._at >= len(self._text):
                raise ValueError("a [ has no ] that ends it")
            parts.append(self._member(first))
        self._at += 1
        return "".join((*parts, "]"))

    def _member(self, first: int) -> str:
        character = self._text[self._at]
        if character == "\\":
            ends_range = self._text[first : self._at].endswith("-") and self._at - 1 > first
            is_spaces = self._text.startswith((r"\s", r"\S"), self._at)
            made = self._escape(in_class=True)
            begins_range = self._text.startswith("-", self._at) and not self._text.startswith("-]", self._at)
            if is_spaces and (begins_range or ends_range):
                raise ValueError(r"a - beside \s or \S in a class is read differently; write \- for itself")
            return made
        self._at += 1
        return f"\\{character}" if character in "[&~|" else character  # for Python, [[ or && may come to mean a set


def _character(units: re.Match[str]) -> str:
    code, high, low, byte = units.groups()
    number = int(code or high or byte, 16)
    if low is not None and 0xD800 <= number < 0xDC00:
        number = 0x10000 + ((number - 0xD800) << 10) + (int(low, 16) - 0xDC00)
    elif low is not None:
        raise ValueError(f"\\u{low} is half a character")
    if 0xD800 <= number < 0xE000 or number > 0x10FFFF:
        raise ValueError(f"\\{units[0]} is no character")
    return f"\\U{number:08x}"
