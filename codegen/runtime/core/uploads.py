"""Files, and bodies of several parts (RFC 7578). All of a body is in memory, so that an attempt can be repeated."""

from __future__ import annotations

import hashlib
import mimetypes
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import msgspec
from urllib3.fields import RequestField
from urllib3.filepost import choose_boundary, encode_multipart_formdata

from . import wire
from .operation import Parameter
from .styles import Kind


class File(msgspec.Struct, frozen=True):
    """A file to send, with what its part of the body says of it.

    Args:
        content: Its bytes, its path, or a file that is open for reading bytes.
        name: What the server is told it is called; the path's last part if left out.
        type: Its media type; the document's, or guessed by the name, if left out.
        headers: Further headers of its part.
    """

    content: bytes | str | os.PathLike[str] | BinaryIO
    name: str | None = None
    type: str | None = None
    headers: Mapping[str, str] = {}

    def __repr__(self) -> str:
        return "<File>"


Uploadable: TypeAlias = bytes | str | os.PathLike[str] | BinaryIO | File
"""A file: its bytes, its path, or an open file; a `File` says more of it. It is read whole before anything is sent."""


class Content(bytes):
    """A body that knows its media type, which names its boundary."""

    media_type: str


def content(value: Any) -> bytes:
    """The bytes of a file.

    Raises:
        TypeError, ValueError: It is none, or cannot be read.
    """
    return _read(value)[0]


def join(parts: Sequence[RequestField | tuple[str, str]]) -> Content:
    """The parts as one body, divided by what occurs in none of them."""
    fields = [part if isinstance(part, RequestField) else _field(part[0], part[1].encode(), None) for part in parts]
    boundary = choose_boundary()
    while any(boundary.encode() in field.data for field in fields):  # pyright: ignore[reportOperatorIssue]
        boundary = choose_boundary()
    body, media_type = encode_multipart_formdata(fields, boundary)
    joined = Content(body)
    joined.media_type = media_type
    return joined


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """How an argument becomes one part of a body, or one for each item of a list."""

    value: Kind | None = None
    """Checks and writes it; `None` for a file."""
    encode: Callable[[Any], bytes] = wire.content
    """Writes JSON, where it is no text."""
    media_type: str | None = None

    def add(self, draft: Any, parameter: Parameter, value: Any) -> list[tuple[str, str]]:
        """Add the parts to the draft; their names and texts, for a file a digest in place of the text."""
        fields = self.fields(parameter.wire_name, value)
        draft.parts = [*(draft.parts or ()), *fields]
        return [(parameter.wire_name, _told(field)) for field in fields]

    def fields(self, name: str, value: Any) -> list[RequestField]:
        """The parts.

        Raises:
            TypeError, ValueError: The value cannot be sent.
        """
        if self.value is None:
            return [_file(name, item, self.media_type) for item in (value if _is_list(value) else [value])]
        texts = self.value(value)
        items, written = (value, texts) if isinstance(texts, list) else ([value], [texts])
        return [self._field(name, item, text) for item, text in zip(items, written, strict=True)]

    def _field(self, name: str, item: Any, text: Any) -> RequestField:
        if isinstance(text, str):
            return _field(name, text.encode(), self.media_type)
        return _field(name, self.encode(item), self.media_type or "application/json")


class Multipart(msgspec.Struct, frozen=True, kw_only=True):
    """A body of several parts that is one argument."""

    encode: Callable[[Any], bytes]
    parts: Mapping[str, Part] = {}

    def __call__(self, value: Any) -> bytes:
        if not isinstance(value, Mapping):
            value = msgspec.json.decode(self.encode(value))
            if not isinstance(value, Mapping):
                raise TypeError("must be a mapping of names to values or files")
        given = ((wire.text(name), item) for name, item in value.items() if item is not None)
        return join([field for name, item in given for field in self._part(name, item).fields(name, item)])

    def _part(self, name: str, item: Any) -> Part:
        if name in self.parts:
            return self.parts[name]
        first = item[0] if _is_list(item) and item else item
        if isinstance(first, (bytes, bytearray, os.PathLike, File)) or hasattr(first, "read"):
            return Part()
        return Part(value=_text_or_json, encode=self.encode)


def _text_or_json(value: Any) -> Any:
    try:
        return [_text_or_json(item) for item in value] if _is_list(value) else wire.anything(value)
    except TypeError:
        return {}


def _file(name: str, value: Any, media_type: str | None) -> RequestField:
    data, file_name = _read(value)
    told, headers = (value.type, value.headers) if isinstance(value, File) else (None, {})
    file_name = file_name or name
    guessed = told or media_type or mimetypes.guess_type(file_name)[0] or "application/octet-stream"
    return _field(name, data, guessed, file_name, headers)


def _field(
    name: str, data: bytes, media_type: str | None, file_name: str | None = None, headers: Mapping[str, str] = {}
) -> RequestField:
    for text in (media_type or "", *(part for header in headers.items() for part in header)):
        if not isinstance(text, str) or not text.isascii() or not text.isprintable():
            raise ValueError("has a media type or header that is no printable ASCII text")
    field = RequestField(name, data, file_name, headers)
    field.make_multipart(content_type=media_type)
    return field


def _read(value: Any) -> tuple[bytes, str | None]:
    """The bytes of a file, and what it is called."""
    if isinstance(value, File):
        data, name = _read(value.content)
        return data, value.name or name
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value), None
    try:
        if isinstance(value, (str, os.PathLike)):
            return Path(value).read_bytes(), os.path.basename(value)
        if callable(getattr(value, "read", None)):
            return _rest(value), _name(value)
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror or type(error).__name__}") from None
    raise TypeError(f"must be bytes, the path of a file, a file that is open, or a File, not {type(value).__name__}")


def _rest(file: Any) -> bytes:
    """What an open file holds from where it stands; it stands there again afterwards, for whoever reads it anew."""
    start = file.tell() if file.seekable() else None
    data = file.read()
    if start is not None:
        file.seek(start)
    if not isinstance(data, bytes):
        raise TypeError("must be a file that is open for reading bytes (mode 'rb')")
    return data


def _name(file: Any) -> str | None:
    name = getattr(file, "name", None)
    return os.path.basename(name) if isinstance(name, str) else None


def _told(field: RequestField) -> str:
    data = bytes(field.data) if isinstance(field.data, (bytes, bytearray)) else str(field.data).encode()
    is_file = "filename=" in (field.headers["Content-Disposition"] or "")
    return f"sha256:{hashlib.sha256(data).hexdigest()}" if is_file else data.decode("utf-8", "backslashreplace")


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray, memoryview))
