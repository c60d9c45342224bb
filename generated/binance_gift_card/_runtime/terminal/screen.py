# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""What commands show: on standard output the result, beside it what else is to be said."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from ..core.errors import ClientError

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What a terminal would obey, or show as something else."""


_WORD = re.compile(r"\S+\s*")


class NotShownError(Exception):
    """A stream did not take what it was to show."""


class _Screen(Console):
    """A stream for people."""

    def on_broken_pipe(self) -> None:
        raise  # else rich ends the process

    @property
    def is_seen(self) -> bool:
        """Whether it is a terminal. What a file or a program takes is neither wrapped nor aligned."""
        stream = self._stream()
        with contextlib.suppress(ValueError):  # of one that was closed
            return stream is not None and stream.isatty()
        return False

    def _stream(self) -> TextIO | None:
        return sys.stderr if self.stderr else sys.stdout

    def print(self, *objects: Any, **options: Any) -> None:
        with _showing(self._stream()):
            super().print(*objects, **options)

    def say(self, text: str | Text, *, indent: int = 0) -> None:
        """Print text as it is, and wrap it between its words alone: an address or a code is never broken."""
        for line in self.fold(text, indent=indent):
            self.say_row(Text.assemble(" " * indent, line))

    def fold(self, text: str | Text, *, indent: int = 0) -> list[Text]:
        """The lines of a text that is wrapped where a person looks at it."""
        whole = Text(visible(text)) if isinstance(text, str) else text
        if not self.is_seen:
            return [whole]
        width = max(self.width - indent, 20)
        lines = whole.split(allow_blank=True)
        parts = [part for line in lines for part in line.divide(_breaks(line.plain, width))]
        for part in parts:  # a blank behind a full line would be a line of its own
            part.rstrip()
        return parts

    def say_row(self, row: Text) -> None:
        """Print a line that is not wrapped."""
        self.print(row, soft_wrap=True)


class _Aside(_Screen):
    """The one for what goes beside the result: there is nowhere else to say that it takes nothing."""

    def print(self, *objects: Any, **options: Any) -> None:
        with contextlib.suppress(NotShownError):
            super().print(*objects, **options)


out = _Screen(highlight=False, soft_wrap=False)
err = _Aside(stderr=True, highlight=False)


def _breaks(line: str, width: int) -> Iterator[int]:
    """Where a line is continued on the next: before a word that would not end in its width."""
    column = len(line) - len(line.lstrip())
    for word in _WORD.finditer(line):
        if column and column + cell_len(word[0].rstrip()) > width:
            yield word.start()
            column = 0
        column += cell_len(word[0])


@contextmanager
def _showing(stream: Any) -> Iterator[None]:
    if stream is None:
        raise NotShownError("it is closed")
    try:
        yield
    except ClientError:
        raise
    except (OSError, ValueError) as error:  # a stream that was closed raises the latter
        raise NotShownError(getattr(error, "strerror", None) or str(error)) from None


def flush() -> None:
    """See that all that was shown came through; what did not is let go, or Python would try again at its end."""
    if sys.stdout is None:
        return
    try:
        with _showing(sys.stdout):
            sys.stdout.flush()
    except NotShownError:
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())
            os.close(nowhere)
        raise


def print_json(value: Any) -> None:
    """Print JSON on a line, as UTF-8 whatever the terminal has."""
    print_line(_CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False)))


def print_bytes(content: bytes) -> None:
    """Hand bytes on as they are: to a file or another program."""
    with _showing(sys.stdout):
        sys.stdout.flush()
        sys.stdout.buffer.write(content)


def print_line(text: str) -> None:
    """Print a line as UTF-8."""
    with _showing(sys.stdout):
        binary = getattr(sys.stdout, "buffer", None)
        if binary is None:
            print(text)
        else:
            sys.stdout.flush()
            binary.write(f"{text}\n".encode("utf-8", "backslashreplace"))


@contextmanager
def utf8() -> Iterator[TextIO]:
    """Standard output, for text that is written as UTF-8."""
    with _showing(sys.stdout):
        stream = io.TextIOWrapper(sys.stdout.buffer, "utf-8", "backslashreplace", newline="", write_through=True)
        try:
            yield stream
        finally:
            stream.detach()


def warn(lead: str, text: str) -> None:
    """Say something beside the result; nothing in its text moves the cursor."""
    if lead or text:
        err.say(Text.assemble((lead, "red"), " " if lead and text else "", visible(text)))


@contextmanager
def progress(text: str, *, quiet: bool, total: int | None = None) -> Iterator[Callable[[int, int | None], None]]:
    """A bar for a person to watch, and what moves it."""
    if quiet or not err.is_terminal:
        yield lambda done, total: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(text, total=total)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def rescue(text: str) -> None:
    """Show what nothing else holds, on whatever stream takes it."""
    for screen in (err, out):
        with contextlib.suppress(NotShownError):
            _Screen.print(screen, text, markup=False, soft_wrap=True)
            return


def visible(text: str) -> str:
    """The text, with nothing in it that a terminal would obey."""
    return _CONTROLS.sub(lambda found: ascii(found[0])[1:-1], text)
