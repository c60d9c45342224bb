# Part of the runtime that every generated package carries as _runtime/. Edit it in codegen/runtime/, then run
# `python -m codegen generate`; a copy under generated/ is output.
"""What an answer means: a result, a refusal, or an outcome that nobody knows. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, NoReturn, TypeVar

import msgspec

from .errors import ApiError, DecodeError, OutcomeUnknownError
from .operation import Code, Errors, Operation
from .transport import Answer

T = TypeVar("T")

_properties: Callable[[bytes], dict[str, msgspec.Raw]] = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_REQUEST_TIMEOUT = 408  # a gateway says it too, of a request that it did hand on


class Response(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """An answer in full.

    Attributes:
        status: The HTTP status.
        headers: The headers; names in any case.
        envelope: What stands around the result; empty when nothing does.
        result: What the plain method returns.
    """

    status: int
    headers: Mapping[str, str]
    envelope: Mapping[str, Any]
    result: T


def classify(operation: Operation[T], answer: Answer) -> Response[T]:  # noqa: RET503 - _raise_refusal raises
    """The result in an answer.

    Raises:
        ApiError: The server refused.
        OutcomeUnknownError: The answer does not say what became of the operation.
        DecodeError: A success that does not read as promised.
    """
    properties = _read(answer.body)
    if 200 <= answer.status < 300:
        return _success(operation, answer, properties)
    refused = 400 <= answer.status < 500 and answer.status != _REQUEST_TIMEOUT
    _raise_refusal(operation, answer, properties, refused=refused)


def _success(operation: Operation[T], answer: Answer, properties: dict[str, msgspec.Raw]) -> Response[T]:
    envelope = operation.envelope
    if envelope is None:
        return _bare(operation, answer, properties)
    marks = {name: _value(properties[name]) for name in envelope.success if name in properties}
    if any(value != envelope.success[name] for name, value in marks.items()):
        _raise_refusal(operation, answer, properties, refused=True)
    if not marks:
        raise _undecodable(operation, answer, "bears no mark of a success", done=False)
    if envelope.result not in properties:
        raise _undecodable(operation, answer, f"has no {envelope.result!r}", done=True)
    try:
        result = operation.decode(bytes(properties[envelope.result]))
    except ValueError as error:
        raise _undecodable(operation, answer, str(error), done=True) from None
    around = {name: _value(raw) for name, raw in properties.items() if name != envelope.result}
    return Response(status=answer.status, headers=answer.headers, envelope=around, result=result)


def _bare(operation: Operation[T], answer: Answer, properties: dict[str, msgspec.Raw]) -> Response[T]:
    try:
        result = operation.decode(answer.body)
    except ValueError as error:
        if _code(operation.errors, properties) in operation.errors.codes:
            _raise_refusal(operation, answer, properties, refused=True)
        raise _undecodable(operation, answer, str(error), done=False) from None
    return Response(status=answer.status, headers=answer.headers, envelope={}, result=result)


def _raise_refusal(
    operation: Operation[Any], answer: Answer, properties: dict[str, msgspec.Raw], *, refused: bool
) -> NoReturn:
    code = _code(operation.errors, properties)
    words = _words(operation.errors, properties)
    documented = operation.errors.codes.get(code, _UNDOCUMENTED) if code is not None else _UNDOCUMENTED
    said = " ".join(
        filter(None, (f"HTTP {answer.status}", f"code {code}" if code is not None else "", documented.meaning))
    )
    facts: dict[str, Any] = {
        "operation": operation.name,
        "status": answer.status,
        "code": code,
        "server_message": words,
        "headers": answer.headers,
    }
    if refused and not documented.unknown:
        raise documented.error(f"{operation.name}: refused: {said}", **facts)
    advice = "it is safe to repeat" if operation.repeatable else "it may have been done; find out before you repeat it"
    raise OutcomeUnknownError(
        f"{operation.name}: the answer does not tell the outcome: {said}; {advice}",
        repeatable=operation.repeatable,
        **facts,
    )


_UNDOCUMENTED = Code(ApiError, "")


def _undecodable(operation: Operation[Any], answer: Answer, problem: str, *, done: bool) -> DecodeError:
    return DecodeError(
        f"{operation.name}: the answer (HTTP {answer.status}, {len(answer.body)} bytes) {problem}; see its body",
        operation=operation.name,
        executed="yes" if done else "unknown",
        status=answer.status,
        headers=answer.headers,
        body=answer.body,
    )


def _read(body: bytes) -> dict[str, msgspec.Raw]:
    """The properties of a JSON object; none for anything else."""
    try:
        return _properties(body)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return {}


def _value(raw: msgspec.Raw) -> Any:
    return msgspec.json.decode(raw)


def _code(errors: Errors, properties: dict[str, msgspec.Raw]) -> int | str | None:
    """The API's own code; a documented number that came as text counts as the number."""
    value = _value(properties[errors.code]) if errors.code in properties else None
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    spelled = {str(code): code for code in errors.codes}
    return spelled.get(str(value), value)


def _words(errors: Errors, properties: dict[str, msgspec.Raw]) -> str | None:
    found = (_value(properties[name]) for name in errors.message if name in properties)
    return next((value for value in found if isinstance(value, str)), None)
