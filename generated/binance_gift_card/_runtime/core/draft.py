# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""Arguments, checked and written: the draft of a request, before it is signed. Pure; nothing is sent."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec

from . import wire
from .checks import may_be_secret, shown
from .errors import ArgumentError
from .interrupts import pass_on
from .opaque import Opaque
from .operation import Operation, Parameter

_FORM = "application/x-www-form-urlencoded"

_read = msgspec.json.Decoder(float_hook=Decimal).decode
_encoded_name = lru_cache(1024)(wire.encode)
"""Names are few, and say nothing of what is sent."""


class Draft(Opaque, kw_only=True):
    """A request whose query and form are percent-encoded already; hooks add to it."""

    path: str
    query: str = ""
    form: str = ""
    body: bytes | None = None
    """A body that is no form."""
    parts: list[Any] | None = None
    """Of a body of several parts, before they are joined."""
    headers: dict[str, str]
    secrets: list[str] = msgspec.field(default_factory=list)
    """Values that no message may show, whoever wrote it."""
    stamp: int | None = None
    """The timestamp that was signed, in milliseconds since the epoch."""
    endpoint: Any = None
    """Where it goes: what a signature may cover."""
    made: dict[str, str] = msgspec.field(default_factory=dict)
    """What signing made of it: its timestamp, its signature, and so on."""

    def fresh(self) -> Draft:
        """A copy to complete for one attempt."""
        return Draft(
            path=self.path,
            query=self.query,
            form=self.form,
            body=self.body,
            headers=self.headers.copy(),
            secrets=self.secrets.copy(),
        )

    def add(self, place: str, name: str, value: str) -> None:
        """Append one pair to the query, the form or the cookies."""
        self.append(place, f"{_encoded_name(name)}={wire.encode(value)}")

    def append(self, place: str, pair: str) -> None:
        """Append a pair that is encoded already."""
        if place == "query":
            self.query = f"{self.query}&{pair}" if self.query else pair
        elif place == "form":
            self.form = f"{self.form}&{pair}" if self.form else pair
        else:
            self.headers["cookie"] = f"{self.headers['cookie']}; {pair}" if "cookie" in self.headers else pair

    def set(self, parameter: Parameter, text: str) -> None:
        """Put an encoded text into the path, or one into a header.

        Raises:
            ValueError: It cannot stand there.
        """
        if parameter.place == "path":
            if text in ("", ".", ".."):
                raise ValueError("must not be empty, '.' or '..', which would name another path")
            self.path = self.path.replace(f"{{{parameter.wire_name}}}", text)
        else:
            if not text.isascii() or not text.isprintable() or text != text.strip():
                raise ValueError("must be printable ASCII without spaces around it")
            self.headers[parameter.wire_name] = text

    def put(self, place: str, name: str, value: str) -> None:
        """Add what signing makes, wherever it goes: its text is written as it is in a header or a cookie."""
        if place == "header":
            self.headers[name] = value
        elif place == "cookie":
            self.append(place, f"{name}={value}")
        else:
            self.add(place, name, value)

    def payload(self) -> bytes:
        """What a signature covers: the encoded query, then the body, with nothing between them."""
        return (self.query + self.form).encode("ascii") + (self.body or b"")

    def target(self) -> str:
        """Path and query, as the request line says them."""
        return f"{self.path}?{self.query}" if self.query else self.path

    def content(self) -> bytes | None:
        """The body's bytes."""
        return self.form.encode("ascii") if self.form else self.body


def draft(
    operation: Operation[Any],
    arguments: Mapping[str, Any],
    encrypted: Mapping[str, str] | None = None,
    told: dict[str, Any] | None = None,
) -> Draft:
    """Write the arguments where the operation wants them.

    Args:
        operation: What is called.
        arguments: By their names in Python.
        encrypted: What goes out in place of an argument, which itself is checked all the same.
        told: Gets the texts of the arguments, by their names in Python.

    Raises:
        ArgumentError: A value is missing, cannot be written exactly, or breaks a limit.
    """
    made = Draft(path=operation.path, headers={"accept": operation.accept}, secrets=[])
    for parameter in operation.parameters:
        value = arguments.get(parameter.name)
        if value is None:
            if parameter.required:
                raise ArgumentError(f"{operation.name}: {parameter.name} is missing", operation=operation.name)
            continue
        try:
            if parameter.style is not None:
                pairs = parameter.style.add(made, parameter, value)
                text: Any = [list(pair) for pair in pairs]
                texts = [text for _, text in pairs]
            else:
                text = parameter.write(value)
                parameter.limits.check(value, text)
                texts = [text]
                sent = encrypted.get(parameter.name, text) if encrypted else text
                if parameter.place == "path":
                    made.set(parameter, wire.encode(sent))
                elif parameter.place == "header":
                    made.set(parameter, sent)
                else:
                    made.add(parameter.place, parameter.wire_name, sent)
        except (TypeError, ValueError, OverflowError, RecursionError) as error:
            pass_on(error)
            raise _refused(operation, parameter, value, _why(error)) from None
        if told is not None:
            told[parameter.name] = text
        if parameter.secret:
            made.secrets += texts
    _write_body(operation, arguments, made)
    if told is not None and operation.body is not None and made.body is not None:
        told[operation.body.name] = made.body.decode("utf-8", "backslashreplace")
    return made


def body_property(operation: Operation[Any], texts: Mapping[str, Any], name: str) -> Any:
    """A property of the JSON body of a call, out of the texts that were told of it; `None` if it has none."""
    try:
        properties = _read(texts.get(operation.body.name, "")) if operation.body is not None else None
    except msgspec.MsgspecError:
        return None
    return properties.get(name) if isinstance(properties, dict) else None


def _write_body(operation: Operation[Any], arguments: Mapping[str, Any], made: Draft) -> None:
    body = operation.body
    if body is None:
        if operation.join is not None and made.parts is not None:
            made.body = joined = operation.join(made.parts)
            made.headers["content-type"] = joined.media_type
        elif operation.signed_place == "form" or made.form:
            made.headers["content-type"] = _FORM
        return
    value = arguments.get(body.name)
    if value is None and not (body.nullable and body.name in arguments):
        if body.required:
            raise ArgumentError(f"{operation.name}: {body.name} is missing", operation=operation.name)
        made.headers.pop("content-type", None)
        return
    media_type = made.headers.get("content-type", body.media_type)
    try:
        made.body = body.choices.get(media_type, body.write)(value)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        pass_on(error)
        raise ArgumentError(f"{operation.name}: {body.name} {_why(error)}", operation=operation.name) from None
    made.headers["content-type"] = getattr(made.body, "media_type", media_type)


def _refused(operation: Operation[Any], parameter: Parameter, value: object, breach: str) -> ArgumentError:
    given = "" if parameter.secret or may_be_secret(value) else f" (given: {shown(value)})"
    return ArgumentError(f"{operation.name}: {parameter.name} {breach}{given}", operation=operation.name)


def _why(error: Exception) -> str:
    return "is nested too deep" if isinstance(error, RecursionError) else str(error)
