"""Results that more than a body tells: by status, media type or headers. Pure; for packages that have such."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec

from .answer import Answer
from .interrupts import pass_on
from .wire import utf8

T = TypeVar("T")

_CHARSET = re.compile(r"""charset *= *["']?([\w.:-]+)""", re.IGNORECASE)


class Redirect(msgspec.Struct, frozen=True):
    """A redirect that the document promises; nothing follows it."""

    status: int
    location: str | None
    """Where to, as the server says it. It may hold a token, so no repr shows it."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.status}>"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("status", self.status)]


def redirect(answer: Answer) -> Redirect:
    """A redirect, as its result."""
    return Redirect(answer.status, answer.headers.get("location"))


def body(read: Callable[[bytes], T]) -> Callable[[Answer], T]:
    """What reads the body alone, as what reads an answer."""
    return lambda answer: read(answer.body)


def by_media(readers: Mapping[str, Callable[[Answer], Any]], other: Callable[[Answer], T]) -> Callable[[Answer], Any]:
    """What reads an answer by the media type that it says it is; `other` reads it where that is not among them."""

    def read(answer: Answer) -> Any:
        kind = _kind(answer)
        wide = f"{kind.partition('/')[0]}/*"
        return (readers.get(kind) or readers.get(wide) or other)(answer)

    return read


def anything(content: bytes) -> bytes | None:
    """A body of which the document says nothing; `None` for an empty one."""
    return content or None


def text(answer: Answer) -> str:
    """Text in the charset that the answer names."""
    named = _CHARSET.search(answer.headers.get("content-type", ""))
    if named is None:
        return utf8(answer.body)
    try:
        return answer.body.decode(named[1])
    except (LookupError, UnicodeDecodeError):
        raise ValueError(f"is no text in {named[1]}") from None


def loose(answer: Answer) -> Any:
    """A body whose form the document leaves open: JSON, text or bytes, whichever it says it is; `None` without one."""
    kind = _kind(answer)
    if not answer.body:
        return None
    if kind.startswith("text/") and kind != "text/json":
        return text(answer)
    try:
        return msgspec.json.decode(answer.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        pass_on(error)
        if "json" in kind:
            raise ValueError("is not JSON") from None
        return answer.body


def text_or_json(answer: Answer) -> str:
    """Text, be it plain or a text of JSON."""
    if "json" not in _kind(answer):
        return text(answer)
    found = loose(answer)
    if isinstance(found, str):
        return found
    raise ValueError("is no text")


def unpromised(content: bytes) -> Any:
    """Refuse a success where only redirects are promised."""
    raise ValueError("is not the redirect that is documented")


def _kind(answer: Answer) -> str:
    return answer.headers.get("content-type", "").partition(";")[0].strip().lower()
