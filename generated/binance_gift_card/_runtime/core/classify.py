# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""What an answer means: a result, a refusal, or an outcome that nobody knows. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

import msgspec

from .answer import Answer
from .checks import MASK, OPAQUE
from .errors import ApiError, ClientError, DecodeError, OutcomeUnknownError
from .interrupts import pass_on
from .opaque import Opaque
from .operation import Code, Errors, Operation

if TYPE_CHECKING:
    from .retry import Situation

T = TypeVar("T")

_properties: Callable[[bytes], dict[str, msgspec.Raw]] = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_json: Callable[[msgspec.Raw], Any] = msgspec.json.Decoder().decode
_UNREADABLE = object()
_REQUEST_TIMEOUT = 408  # a gateway says it too, of a request that it did hand on
_UNDOCUMENTED = Code(ApiError, "")
_SITUATIONS: Mapping[str | None, Situation] = {
    None: "refused",
    "clock": "wrong clock",
    "wait": "rate limited",
    "later": "busy",
}
_MOST_QUOTED = 200


class Response(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """An answer in full.

    Attributes:
        status: The HTTP status.
        headers: The headers; names in any case.
        envelope: What stands around the result; empty when nothing does.
        result: What the plain method returns.
        body: The answer's bytes as they came, with its secrets; no repr shows them.
        entry: The number of the journal's entry, if there is one.
        unkept: Why the journal does not have the answer, if it was to keep it; empty when it has.
    """

    status: int
    headers: Mapping[str, str]
    envelope: Mapping[str, Any]
    result: T
    body: bytes = b""
    entry: int | None = None
    unkept: str = ""

    @property
    def unknown(self) -> Mapping[str, Any]:
        """What the answer has that `result` has not, by JSON pointer; no repr shows the values."""
        from .unknown import Unknown

        return Unknown(self.body, self.envelope, self.result)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__rich_repr__())})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [(name, getattr(self, name)) for name in self.__struct_fields__ if name != "body"]


class Verdict(Opaque):
    """What an attempt came to: a response, or an error and the situation it leaves behind."""

    situation: Situation | Literal["done"]
    response: Response[Any] | None = None
    error: ClientError | None = None
    reason: str = ""
    """What went wrong, in a few words."""


def classify(operation: Operation[Any], answer: Answer, secrets: Sequence[str]) -> Verdict:
    """Judge an answer; `secrets` are kept out of what its error quotes."""
    properties = _read(answer.body)
    read = operation.answers.get(answer.status) if operation.answers is not None else None
    if read is not None:
        return _bare(operation, answer, properties, secrets, read)
    if 200 <= answer.status < 300:
        return _success(operation, answer, properties, secrets)
    return _refusal(operation, answer, properties, secrets)


def _success(
    operation: Operation[Any], answer: Answer, properties: dict[str, msgspec.Raw], secrets: Sequence[str]
) -> Verdict:
    envelope = operation.envelope
    if envelope is None:
        return _bare(operation, answer, properties, secrets)
    around = _around(properties, envelope.result)
    marked = False
    for name, expected in envelope.success.items():
        if name in around:
            marked = True
            if around[name] != expected:
                if _is_refusal(operation, properties, envelope.result):
                    return _refusal(operation, answer, properties, secrets)
                return _undecodable(operation, answer, "is neither a success nor a refusal", done=False)
    if not marked:
        return _undecodable(operation, answer, "bears no mark of a success", done=False)
    if envelope.result not in properties:
        return _undecodable(operation, answer, f"has no {envelope.result!r}", done=True)
    try:
        result = operation.decode(bytes(properties[envelope.result]))
    except ValueError as error:
        pass_on(error)
        return _undecodable(operation, answer, str(error), done=True)
    return _done(answer, around, result)


def _around(properties: dict[str, msgspec.Raw], result: str) -> dict[str, Any]:
    """What stands around the result; a part that nobody can read costs no answer that can be."""
    try:
        return {name: _json(raw) for name, raw in properties.items() if name != result}
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        values = {name: _value(raw) for name, raw in properties.items() if name != result}
        return {name: value for name, value in values.items() if value is not _UNREADABLE}


def _is_refusal(operation: Operation[Any], properties: dict[str, msgspec.Raw], result: str) -> bool:
    """Whether a success by its status says no: it has no result, and a code that is documented or a text.

    A result that came without its envelope has neither, and may have a property of the same name as the code.
    """
    if result in properties and _value(properties[result]) is not None:
        return False
    return _code(operation.errors, properties) is not None


def _bare(
    operation: Operation[Any],
    answer: Answer,
    properties: dict[str, msgspec.Raw],
    secrets: Sequence[str],
    read: Callable[[Answer], Any] | None = None,
) -> Verdict:
    try:
        result = operation.decode(answer.body) if read is None else read(answer)
    except ValueError as error:
        pass_on(error)
        if _code(operation.errors, properties) in operation.errors.codes:
            return _refusal(operation, answer, properties, secrets)
        return _undecodable(operation, answer, str(error), done=False)
    return _done(answer, {}, result)


def _done(answer: Answer, envelope: Mapping[str, Any], result: Any) -> Verdict:
    status, headers, body = answer.status, answer.headers, answer.body
    return Verdict("done", Response(status=status, headers=headers, envelope=envelope, result=result, body=body), None)


def _refusal(
    operation: Operation[Any], answer: Answer, properties: dict[str, msgspec.Raw], secrets: Sequence[str]
) -> Verdict:
    """A refusal, or an answer that does not tell the outcome."""
    status, errors = answer.status, operation.errors
    code, words = _code(errors, properties), _words(errors, properties, secrets)
    if errors.usual is not None:
        code, words = errors.usual(answer, code, words, secrets)
    quoted = f': "{_quotable(words)}"' if words and words.strip() else ""
    documented = errors.codes.get(code, _UNDOCUMENTED) if code is not None else _UNDOCUMENTED
    parts = (f"HTTP {status}", f"code {code}" if code is not None else "", documented.meaning)
    said = " ".join(filter(None, parts))
    said = said.removesuffix(".") if quoted else said
    facts: dict[str, Any] = {
        "operation": operation.name,
        "status": status,
        "code": code,
        "server_message": words,
        "headers": answer.headers.without("set-cookie"),
        "body": answer.body,
        "_model": operation.reader_of_refusal(status),
    }
    hold = operation.rates.holds.get(status)
    refused = hold is not None or 200 <= status < 300 or (400 <= status < 500 and status != _REQUEST_TIMEOUT)
    if refused and not documented.unknown:
        situation = _SITUATIONS[documented.cure] if hold is None else "banned" if hold.ban else "rate limited"
        return Verdict(situation, None, documented.error(f"{operation.name}: refused: {said}{quoted}", **facts), said)
    unknown = OutcomeUnknownError(
        f"{operation.name}: the answer does not tell the outcome: {said}{quoted}; {advice(operation)}",
        repeatable=operation.repeatable,
        **facts,
    )
    return Verdict("unreadable" if 300 <= status < 400 else "failed", None, unknown, said)


def advice(operation: Operation[Any]) -> str:
    """What to do about an unknown outcome."""
    if operation.repeatable:
        return "it is safe to repeat"
    if operation.idempotency is not None and operation.idempotency.repeats:
        return "it may have been done; call again with the same idempotency_key, which the error has"
    return "it may have been done; find out before you repeat it"


def _quotable(words: str) -> str:
    """A server's words as a message may quote them: one line, with a mask for what may be a code or a token."""
    line = " ".join("".join(char if char.isprintable() else " " for char in words).split())
    shown = re.sub(OPAQUE, MASK, line)
    return shown if len(shown) <= _MOST_QUOTED else f"{shown[: _MOST_QUOTED - 1]}…"


def _undecodable(operation: Operation[Any], answer: Answer, problem: str, *, done: bool) -> Verdict:
    return Verdict(
        "unreadable",
        None,
        DecodeError(
            f"{operation.name}: the answer (HTTP {answer.status}, {len(answer.body)} bytes) {problem}; see its body",
            operation=operation.name,
            executed="yes" if done else "unknown",
            status=answer.status,
            headers=answer.headers.without("set-cookie"),
            body=answer.body,
        ),
        problem,
    )


def _value(raw: msgspec.Raw) -> Any:
    """What the JSON says, or a mark of that nobody can read it."""
    try:
        return _json(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _UNREADABLE


def _read(body: bytes) -> dict[str, msgspec.Raw]:
    """The properties of a JSON object; none for anything else."""
    try:
        return _properties(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return {}


def _code(errors: Errors, properties: dict[str, msgspec.Raw]) -> int | str | None:
    """The API's own code; a documented number that came as text counts as the number.

    One that is not documented counts only beside a text, and if it has no look of a secret: it may be one of that name.
    """
    value = _value(properties[errors.code]) if errors.code in properties else None
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    spelled = {str(code): code for code in errors.codes}
    documented = spelled.get(str(value))
    if documented is not None:
        return documented
    if isinstance(value, str) and re.search(OPAQUE, value):
        return None
    return value if _words(errors, properties, ()) is not None else None


def _words(errors: Errors, properties: dict[str, msgspec.Raw], secrets: Sequence[str]) -> str | None:
    found = (_value(properties[name]) for name in errors.message if name in properties)
    words = next((value for value in found if isinstance(value, str)), None)
    for secret in secrets if words else ():
        words = words.replace(secret, MASK)  # type: ignore[union-attr]
    return words
