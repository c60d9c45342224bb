# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""What an exchange brings: an answer, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .opaque import Opaque


class Headers(Mapping[str, str]):
    """The headers of an answer; names in any case. Of one that came several times, the values are joined.

    Args:
        lines: Status line and header lines, which llhttp found to be in order.
    """

    __slots__ = ("_lines", "_read")

    def __init__(self, lines: bytes = b"") -> None:
        self._lines = lines
        self._read: dict[str, str] | None = None

    def _pairs(self) -> dict[str, str]:
        if self._read is None:
            read: dict[str, str] = {}
            several: dict[str, list[str]] = {}
            for line in self._lines.decode("latin-1").split("\r\n")[1:]:
                name, _, value = line.partition(":")
                key, text = name.lower(), value.strip(" \t")
                if key in read:
                    several.setdefault(key, [read[key]]).append(text)
                else:
                    read[key] = text
            self._read = read | {key: ", ".join(texts) for key, texts in several.items()} if several else read
        return self._read

    def __getitem__(self, name: str) -> str:
        return self._pairs()[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._pairs())

    def __len__(self) -> int:
        return len(self._pairs())

    def __repr__(self) -> str:
        return f"<Headers {', '.join(self)}>"

    def without(self, *names: str) -> Headers:
        """All but those."""
        left = Headers()
        left._read = {name: value for name, value in self._pairs().items() if name not in names}
        return left


class Answer(Opaque):
    """What came back."""

    status: int
    headers: Headers
    body: bytes


class ExchangeError(Exception):
    """An exchange that brought no answer; told to the client, never to its caller.

    Attributes:
        reason: What happened, in words that hold no secret.
        cause: What the system said of it, if it did.
        final: Whether another attempt would fare no better.
    """

    def __init__(self, reason: str, *, cause: OSError | None = None, final: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.cause = cause
        self.final = final


class UnreadableError(ExchangeError):
    """What came is no answer, or too large a one."""
