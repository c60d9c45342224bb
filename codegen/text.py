"""Text of the document, as docstrings say it."""

import re
import textwrap

WIDTH = 100

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_MARKED_UP = re.compile(r"^(\s|[-*+>#|`]|\d+[.)]\s)")


def plain(text: object) -> str:
    """The text without control characters and lone surrogates, stripped; empty for what is no text."""
    if not isinstance(text, str):
        return ""
    return _UNPRINTABLE.sub(" ", text).expandtabs(4).strip()


def one_line(text: object) -> str:
    """The text on one line."""
    return " ".join(plain(text).split())


def sentence(text: object) -> str:
    """The text on one line, ended by a full stop."""
    line = one_line(text)
    return line if not line or line[-1] in ".!?:" else f"{line}."


def wrapped(text: str, tail: str = "", width: int = WIDTH) -> str:
    """Paragraphs filled to `width`; lists, tables and code as they are; `tail` ends the last paragraph."""
    paragraphs = re.split(r"\n\s*\n", f"{text} {tail}".strip()) if tail else re.split(r"\n\s*\n", text)
    return "\n\n".join(_filled(paragraph, width) for paragraph in paragraphs if paragraph.strip())


def entry(name: str, text: str, width: int = WIDTH) -> str:
    """One entry of a docstring's section: ``name: text``, its further lines indented."""
    return textwrap.fill(
        f"{name}: {text}" if text else f"{name}:",
        width - 4,
        initial_indent="    ",
        subsequent_indent="        ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _filled(paragraph: str, width: int) -> str:
    lines = [line.rstrip() for line in paragraph.strip("\n").splitlines()]
    if any(_MARKED_UP.match(line) for line in lines):
        return "\n".join(lines)
    return textwrap.fill(" ".join(lines), width, break_long_words=False, break_on_hyphens=False)
