# Part of the runtime. Edit it in the generator, codegen/runtime/, then generate anew.
"""Bytes from a server into one answer: strict about how it is framed, and capped. Pure; llhttp does the parsing."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from typing import TypeVar

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from .answer import Answer, Headers, UnreadableError

HEAD_BYTES = 65_536
_END = b"\r\n\r\n"
_CHUNKED = re.compile(
    rb"\ntransfer-encoding:[ \t]*chunked *\r\n"
)  # a tab behind it, and llhttp reads to the end instead
_GZIP = 31  # the window of zlib that reads gzip and nothing else
_LEAD = b"\r\n"  # what may stand before a status line
_INTERIM = 32
"""The most answers before the one that counts. Each costs little, but 3,000 have room in the bytes of a head."""


Callback = TypeVar("Callback", bound=Callable[..., None])


def _noted(callback: Callback) -> Callback:
    """Keep what a callback raises. The parser makes it the context of its own error, and Python replaces that one when
    the program makes its call in the middle of handling another.
    """

    def _noted(reader: Reader, *given: bytes) -> None:
        try:
            callback(reader, *given)
        except BaseException as error:
            reader._raised = error
            raise

    return _noted  # type: ignore[return-value]


class Reader:
    """Reads one answer.

    Args:
        method: Of the request; an answer to HEAD has no body, and a success of CONNECT has none.
        body_bytes: How large a body may be, before and after it is decompressed.
    """

    __slots__ = (
        "_begins",
        "_body",
        "_body_bytes",
        "_encoded",
        "_ends",
        "_head",
        "_interim",
        "_method",
        "_parser",
        "_raised",
        "_size",
        "_total",
        "complete",
        "excess",
        "head",
        "keep_alive",
        "status",
    )

    def __init__(self, *, method: str, body_bytes: int) -> None:
        self._parser = HttpResponseParser(self)
        self._body_bytes = body_bytes
        self._method = method
        self._head: bytes | bytearray = b""  # up to and beyond the end of the head; grows if it comes in pieces
        self._begins = 0  # where in it the newest head begins that is whole
        self._ends = 0  # and where what follows it does
        self._encoded = False
        self._interim = 0  # answers before the one that counts
        self._body: bytes | bytearray = b""
        self._size = 0  # of the body
        self._total = 0  # of everything
        self._raised: BaseException | None = None  # in a callback
        self.status = 0
        self.head = False
        """Whether the head of the answer is whole."""
        self.complete = False
        self.excess = False
        """Whether something came after the answer's end."""
        self.keep_alive = False

    def feed(self, data: bytes) -> bool:
        """Read some bytes; whether the answer is complete now.

        Raises:
            UnreadableError: They are no part of an answer, or of one that is too large.
        """
        if not self._total and data[:1] not in (b"H", b"\r", b"\n"):  # llhttp also takes RTSP and ICE
            raise UnreadableError("it does not begin like an answer of HTTP")
        self._total += len(data)
        if not self.head:
            self._head = _longer(self._head, data) if self._head else data
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade:
            if not self.complete:
                raise UnreadableError("it changes the protocol") from None
        except HttpParserError as error:
            raised = self._raised or _raised_in_a_callback(error)
            if raised is not None:
                raise raised from None
            if not self.complete:
                raise UnreadableError(f"it breaks the rules of HTTP: {error}") from None
            self.excess = True
        self._check_sizes()
        return self.complete

    def end(self) -> None:
        """The connection ended.

        Raises:
            UnreadableError: In the middle of the answer.
        """
        if not self.head:
            raise UnreadableError("the connection ended before an answer" if not self._total else "its head is cut")
        headers = self.headers()
        if "content-length" in headers or "transfer-encoding" in headers:
            raise UnreadableError("its body is cut")
        self.complete = True

    def close(self) -> None:
        """Let go of the parser, which holds on to its reader."""
        del self._parser

    def answer(self) -> Answer:
        """The answer, decompressed.

        Raises:
            UnreadableError: It cannot be decompressed, or only to too large a body.
        """
        body, headers = bytes(self._body), self.headers()
        if self._encoded:
            body = self._decoded(headers.get("content-encoding", "identity").lower(), body)
        return Answer(self.status, headers, body)

    def headers(self) -> Headers:
        """The headers, once the head is whole."""
        return Headers(self._own_head()) if self.head else Headers()

    def body(self) -> bytes:
        """What came of the body so far, as it came."""
        return bytes(self._body[: self._body_bytes])

    def _own_head(self) -> bytes:
        """Status line and headers of the answer that counts."""
        return bytes(self._head[self._begins : self._ends - len(_END)])

    def _locate(self) -> None:
        """Find the head that is whole now, behind those before it."""
        head, begins = self._head, self._ends
        while head[begins] in _LEAD:
            begins += 1
        if not head.startswith(b"HTTP/", begins):
            raise UnreadableError("it is no answer of HTTP")
        self._begins, self._ends = begins, head.index(_END, begins) + len(_END)

    # What the parser calls.

    @_noted
    def on_status(self, reason: bytes) -> None:
        if not reason.decode("latin-1").isprintable():
            raise UnreadableError("its status line has control characters")

    @_noted
    def on_headers_complete(self) -> None:
        if self.complete:
            return
        self.status = status = self._parser.get_status_code()
        version = self._parser.get_http_version()
        if version not in ("1.1", "1.0"):
            raise UnreadableError(f"it speaks HTTP/{version}")
        self._locate()
        if 100 <= status < 200:
            self._interim += 1
            if self._interim > _INTERIM:
                raise UnreadableError(f"more than {_INTERIM} interim answers came before it", final=True)
            return
        if not 200 <= status < 600:
            raise UnreadableError("its status is none")
        self.head = True
        lowered = self._head.lower()
        if b"-encoding:" in lowered:  # seldom: headers are only read when one of them matters
            self._check_transfer(version)
            self._encoded = b"content-encoding:" in lowered
        if self._method == "HEAD" or (self._method == "CONNECT" and status < 300):
            self.complete = True

    @_noted
    def on_body(self, data: bytes) -> None:
        if self.complete:
            self.excess = True
            return
        self._size += len(data)
        if self._size <= self._body_bytes:
            self._body = _longer(self._body, data) if self._body else data

    @_noted
    def on_message_begin(self) -> None:
        if self.complete:
            self.excess = True

    @_noted
    def on_message_complete(self) -> None:
        if self.head:
            if not self.complete:
                self.complete = True
                self.keep_alive = self._parser.should_keep_alive()
        elif self.status == 101:
            raise UnreadableError("it changes the protocol")

    def _check_transfer(self, version: str) -> None:
        """What llhttp leaves to its user: it takes other codings, and reads until the connection ends."""
        headers, head = self.headers(), self._own_head().lower() + b"\r\n"
        if "transfer-encoding" in headers and not _CHUNKED.search(head):
            raise UnreadableError("its Transfer-Encoding is not just chunked")
        if headers.get("transfer-encoding", "chunked").lower() != "chunked":
            raise UnreadableError("it has more than one Transfer-Encoding")
        if "transfer-encoding" in headers and ("content-length" in headers or version == "1.0"):
            raise UnreadableError("its Transfer-Encoding is out of place")

    def _check_sizes(self) -> None:
        if self._size > self._body_bytes:
            raise UnreadableError(f"its body has more than {self._body_bytes} bytes", final=True)
        if self._total > HEAD_BYTES and (not self.head or self._ends > HEAD_BYTES):
            raise UnreadableError(f"its head has more than {HEAD_BYTES} bytes", final=True)
        if not self.excess and self._total > HEAD_BYTES + 2 * self._body_bytes:
            raise UnreadableError("it has more framing than body", final=True)

    def _decoded(self, coding: str, body: bytes) -> bytes:
        if coding == "identity" or not body:
            return body
        if coding not in ("gzip", "x-gzip"):
            raise UnreadableError("its Content-Encoding is none that was asked for", final=True)
        unzip = zlib.decompressobj(_GZIP)
        try:
            plain = unzip.decompress(body, self._body_bytes + 1)
        except zlib.error:
            raise UnreadableError("its body is no gzip", final=True) from None
        if len(plain) > self._body_bytes:
            raise UnreadableError(f"its body has more than {self._body_bytes} bytes, decompressed", final=True)
        if not unzip.eof:
            raise UnreadableError("its body is cut")
        if unzip.unused_data:
            raise UnreadableError("its body goes on after the end of its gzip", final=True)
        return plain


def _longer(so_far: bytes | bytearray, data: bytes) -> bytes | bytearray:
    """All of it; what comes in many pieces is not copied with each of them."""
    grown = so_far if isinstance(so_far, bytearray) else bytearray(so_far)
    grown += data
    return grown


def _raised_in_a_callback(error: HttpParserError) -> BaseException | None:
    """What a signal handler raised before a callback had begun."""
    found = error.__context__
    entry = found.__traceback__ if found is not None else None
    while entry is not None and entry.tb_frame.f_code.co_name != _noted.__name__:
        entry = entry.tb_next
    return None if entry is None else found
