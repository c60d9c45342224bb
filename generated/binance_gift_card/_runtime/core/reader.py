# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""Bytes from a server into one answer: strict about how it is framed, and capped. Pure; llhttp does the parsing."""

from __future__ import annotations

import re
import zlib
from functools import partial
from typing import Any

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from .answer import Answer, Headers, UnreadableError

HEAD_BYTES = 65_536
_END = b"\r\n\r\n"
_STATUS_LINE = re.compile(rb"[\r\n]*(?=HTTP/([0-9.]+) ([1-9][0-9]{2})[ -~\xa1-\xac\xae-\xff]*\r)")
_CHUNKED = re.compile(
    rb"\ntransfer-encoding:[ \t]*chunked *\r\n"
)  # a tab behind it, and llhttp reads to the end instead
_GZIP = 31  # the window of zlib that reads gzip and nothing else
_INTERIM = 32
"""The most answers before the one that counts. Each costs little, but 3,000 have room in the bytes of a head."""
_BEGUN, _HEAD, _ENDED = object(), object(), object()
"""What the parser tells of an answer, besides the pieces of its body."""


class Reader:
    """Reads one answer.

    Args:
        method: Of the request; an answer to HEAD has no body, and a success of CONNECT has none.
        body_bytes: How large a body may be, before and after it is decompressed.
    """

    __slots__ = (
        "_body",
        "_body_bytes",
        "_encoded",
        "_ends",
        "_events",
        "_head",
        "_interim",
        "_method",
        "_own_head",
        "_parser",
        "_size",
        "_total",
        "complete",
        "excess",
        "head",
        "keep_alive",
        "on_body",
        "on_headers_complete",
        "on_message_begin",
        "on_message_complete",
        "status",
    )

    def __init__(self, *, method: str, body_bytes: int) -> None:
        # What the parser calls is no Python code: what a signal handler raised in it would be lost in the parser.
        self._events: list[Any] = []
        self.on_body = note = self._events.append
        self.on_message_begin = partial(note, _BEGUN)
        self.on_headers_complete = partial(note, _HEAD)
        self.on_message_complete = partial(note, _ENDED)
        self._parser = HttpResponseParser(self)
        self._body_bytes = body_bytes
        self._method = method
        self._head: bytes | bytearray = b""  # up to and beyond the end of the head; grows if it comes in pieces
        self._ends = 0  # where in it what follows the newest head that is whole begins
        self._own_head = b""  # status line and headers of the answer that counts
        self._encoded = False
        self._interim = 0  # answers before the one that counts
        self._body: bytes | bytearray = b""
        self._size = 0  # of the body
        self._total = 0  # of everything
        self.status = 0
        self.head = False
        """Whether the head of the answer is whole."""
        self.complete = False
        self.excess = False
        """Whether something came after the answer's end."""
        self.keep_alive = False
        """Whether its connection can carry another one, once it is complete."""

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
        problem = None
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade:
            problem = "it changes the protocol"
        except HttpParserError as error:
            problem = f"it breaks the rules of HTTP: {error}"
        self._take_events()
        if problem is not None:
            if not self.complete:
                raise UnreadableError(problem)
            self.excess = True
        if self._total > self._body_bytes or self._total > HEAD_BYTES:
            self._check_sizes()
        return self.complete

    def _take_events(self) -> None:
        for event in self._events:
            if event is _BEGUN:
                self.excess = self.complete
            elif event is _HEAD:
                if not self.complete:
                    self._take_head()
            elif event is _ENDED:
                if self.status == 101:
                    raise UnreadableError("it changes the protocol")
                self.complete = self.head
            elif self.complete:
                self.excess = True
            else:
                self._size += len(event)
                if self._size <= self._body_bytes:
                    self._body = _longer(self._body, event) if self._body else event
        self._events.clear()

    def _take_head(self) -> None:
        """Read the head that is whole now, behind those before it."""
        found = _STATUS_LINE.match(self._head, self._ends)
        if found is None:
            raise UnreadableError("it begins with no status line, or one that has control characters")
        version, status = found.groups()
        if version not in (b"1.1", b"1.0"):
            raise UnreadableError(f"it speaks HTTP/{version.decode('ascii')}")
        begins, ends = found.end(), self._head.index(_END, found.end())
        self._ends = ends + len(_END)
        self.status = int(status)
        if self.status < 200:
            self._interim += 1
            if self._interim > _INTERIM:
                raise UnreadableError(f"more than {_INTERIM} interim answers came before it", final=True)
            return
        if self.status >= 600:
            raise UnreadableError("its status is none")
        self.head = True
        self._own_head = bytes(self._head[begins:ends])
        head = self._own_head.lower()
        self.keep_alive = version == b"1.1"
        if b"-encoding:" in head or b"\nconnection:" in head:  # seldom: headers are only read when one of them matters
            self._take_framing(head + b"\r\n", version)
        if self._method == "HEAD" or (self._method == "CONNECT" and self.status < 300):
            self.complete = True

    def _take_framing(self, head: bytes, version: bytes) -> None:
        """What llhttp leaves to its user: it takes other codings, and reads until the connection ends."""
        headers = self.headers()
        self._encoded = "content-encoding" in headers
        said = {token.strip() for token in headers.get("connection", "").lower().split(",")}
        self.keep_alive = "close" not in said and (self.keep_alive or "keep-alive" in said)
        if "transfer-encoding" not in headers:
            return
        if not _CHUNKED.search(head):
            raise UnreadableError("its Transfer-Encoding is not just chunked")
        if headers["transfer-encoding"].lower() != "chunked":
            raise UnreadableError("it has more than one Transfer-Encoding")
        if "content-length" in headers or version == b"1.0":
            raise UnreadableError("its Transfer-Encoding is out of place")

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
        self.complete, self.keep_alive = True, False

    def close(self) -> None:
        """Let go of the parser, which holds on to its reader."""
        del self._parser

    def answer(self) -> Answer:
        """The answer, decompressed.

        Raises:
            UnreadableError: It cannot be decompressed, or only to too large a body.
        """
        body, headers = bytes(self._body), Headers(self._own_head)
        if self._encoded:
            body = self._decoded(headers.get("content-encoding", "identity").lower(), body)
        return Answer(self.status, headers, body)

    def headers(self) -> Headers:
        """The headers, once the head is whole."""
        return Headers(self._own_head)

    def body(self) -> bytes:
        """What came of the body so far, as it came."""
        return bytes(self._body[: self._body_bytes])

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
