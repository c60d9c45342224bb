"""One success of an operation: its type, and what reads it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from codegen.errors import Fault, Pointer
from codegen.extensions.envelope import ENVELOPE, ENVELOPES
from codegen.extensions.journal import JOURNAL
from codegen.lower.annotations import annotation
from codegen.lower.context import Context
from codegen.lower.media import is_json, is_stream, kind, preferred
from codegen.read.operations import DeclaredOperation
from codegen.read.references import resolve

_WITHOUT_A_BODY = ("204", "205")


@dataclass(frozen=True, kw_only=True)
class Success:
    """What a documented success gives."""

    status: str
    type: str
    """The annotation of the result."""
    asked: tuple[str, ...] = ()
    """The media types to ask for; none where there is no content."""
    read: str = "wire.nothing"
    """What reads the result out of the body."""
    whole: str = ""
    """What reads it out of the answer, where more than the body tells."""
    is_enveloped: bool = False
    """Whether `read` is given what the envelope holds."""

    @property
    def as_whole(self) -> str:
        """What reads it out of the answer."""
        return self.whole or f"replies.body({self.read})"


class Responses(Mapping[str, Mapping[str, Any]]):
    """The responses of an operation, by status.

    Args:
        context: Of the document.
        given: The operation.
        title: What its classes are named after.

    Raises:
        Fault: There is no such envelope.
    """

    def __init__(self, context: Context, given: DeclaredOperation, title: str) -> None:
        name = given.said.get(ENVELOPE.key)
        if name is not None and name not in context.envelopes:
            raise Fault(f"there is no envelope {name!r} in {ENVELOPES.key}", (*given.pointer, ENVELOPE.key))
        self._envelope = context.envelopes.get(str(name))
        self._context, self._given, self._title = context, given, title
        self._pointer: Pointer = (*given.pointer, "responses")
        self._enveloped: str | None = None
        """The type of the result that stands in the envelope, once one is known."""
        self._is_named = False
        """Whether a class bears the plain name."""
        declared = {str(status): response for status, response in (given.said.get("responses") or {}).items()}
        self._keys = {status if status == "default" else status.upper(): status for status in sorted(declared)}
        self._responses = {status: resolve(context.tree, declared[key]) for status, key in self._keys.items()}

    def __getitem__(self, status: str) -> Mapping[str, Any]:
        found = self._responses[status]
        return found if isinstance(found, dict) else {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._responses)

    def __len__(self) -> int:
        return len(self._responses)

    @property
    def is_default_a_success(self) -> bool:
        """Whether the default says what comes where no success is documented; one that tells of a problem does not."""
        return "default" in self and not any("problem+" in name for name in self.content("default"))

    def content(self, status: str) -> Mapping[str, Any]:
        """Media type → what the body is like."""
        content = self[status].get("content")
        return content if isinstance(content, dict) else {}

    def place(self, status: str) -> Pointer:
        """Where the content of the status stands."""
        return (*self._pointer, self._keys[status], "content")

    def success(self, status: str) -> Success:
        """What an answer of the status gives."""
        content = self.content(status)
        if self._given.method == "head" or status in _WITHOUT_A_BODY:
            if content and status in _WITHOUT_A_BODY:
                self._context.warn(
                    f"an answer of {status} never has a body; its content is not read", self.place(status)
                )
            return Success(status=status, type="None")
        if not content:
            return Success(status=status, type="bytes | None", read="replies.anything")
        media_type = preferred(content, self.place(status))
        first = self._of_media(status, media_type)
        if JOURNAL.key in self._given.said:  # its journal keeps status and body, and reads the result of them again
            return replace(first, whole="")
        schema = self._schema(status, media_type)
        others = [name for name in content if name != media_type and self._is_apart(status, name, schema)]
        for name in content:
            if name not in (media_type, *others) and self._schema(status, name) != schema:
                self._context.warn(f"not asked for: the answer is read as {media_type}", (*self.place(status), name))
        return _joined(first, {kind(name): self._of_media(status, name) for name in others})

    def _schema(self, status: str, media_type: str) -> Any:
        body = resolve(self._context.tree, self.content(status)[media_type])
        return resolve(self._context.tree, body.get("schema", {}))

    def _is_apart(self, status: str, media_type: str, first: Any) -> bool:
        """Whether a media type brings something else than the first does in another notation."""
        schema = self._schema(status, media_type)
        plain = isinstance(schema, dict) and schema.get("type", "string") == "string"
        shaped = isinstance(schema, dict) and not {"properties", "allOf", "anyOf", "oneOf"}.isdisjoint(schema)
        return not is_json(media_type) and plain and not shaped and (schema != first or not first)

    def _of_media(self, status: str, media_type: str) -> Success:
        body = resolve(self._context.tree, self.content(status)[media_type])
        here = (*self.place(status), media_type)
        if is_stream(media_type, body):
            self._context.warn("a stream is not read item by item, but to its end", here)
        if _is_binary(resolve(self._context.tree, body.get("schema"))):
            return Success(status=status, type="bytes", asked=(media_type,), read="bytes")
        if is_json(media_type):
            return self._json(status, media_type, body.get("schema", {}), (*here, "schema"))
        if kind(media_type).startswith("text/"):
            return Success(status=status, type="str", asked=(media_type,), read="wire.utf8", whole="replies.text")
        return Success(status=status, type="bytes", asked=(media_type,), read="bytes")

    def check_envelope(self, every: Sequence[Success]) -> None:
        """See that a result stands in the envelope, where there is to be one.

        Raises:
            Fault: None does.
        """
        if self._envelope is not None and self._enveloped is None:
            raise Fault(f"{ENVELOPE.key} is given, and no success answer has JSON content", self._pointer)

    def _json(self, status: str, media_type: str, schema: Any, pointer: Pointer) -> Success:
        asked = "application/json" if "*" in media_type else media_type
        found = None if self._envelope is None else self._in_envelope(self._envelope.result, status, schema, pointer)
        is_enveloped = found is not None
        if found is None:
            found = annotation(self._context.hoister.lower(schema, self._name(status, "Response"), pointer))
        whole = {"Any": "replies.loose", "str": "replies.text_or_json" if "*" in media_type else ""}.get(found, "")
        return Success(
            status=status,
            type=found,
            asked=(asked,),
            read=f"decoder({found})",
            whole="" if is_enveloped else whole,
            is_enveloped=is_enveloped,
        )

    def _in_envelope(self, result: str, status: str, schema: Any, pointer: Pointer) -> str | None:
        """The type of what the envelope holds; `None` where another success has it, and this one comes without."""
        outer = resolve(self._context.tree, schema)
        properties = outer.get("properties", {}) if isinstance(outer, dict) else {}
        if result not in properties:
            if self._enveloped is not None:
                return None
            raise Fault(f"the envelope's result {result!r} is not a property of this schema", pointer)
        here = (*pointer, "properties", result)
        found = annotation(self._context.hoister.lower(properties[result], self._name(status, "Result"), here))
        if self._enveloped not in (None, found):
            message = "another success has another result in the envelope; this one is read like it"
            self._context.warn(message, pointer)
        self._enveloped = self._enveloped or found
        return self._enveloped

    def _name(self, status: str, ending: str) -> str:
        """The name of a class: plain for the first success, with its status for the others."""
        number, self._is_named = status if self._is_named else "", True
        return f"{self._title}{number.title() if number == 'default' else number}{ending}"


def _joined(first: Success, others: Mapping[str, Success]) -> Success:
    """A success that comes in one of several media types. JSON is asked for, unless it says nothing of itself."""
    if not others or first.is_enveloped:
        return first
    every = (first, *others.values())
    types = dict.fromkeys(success.type for success in every)
    readers = ", ".join(f"{name!r}: {other.as_whole}" for name, other in others.items())
    is_open = not is_json(first.asked[0]) or first.type == "Any"
    return replace(
        first,
        type="Any" if "Any" in types else " | ".join(types),
        asked=tuple(success.asked[0] for success in every) if is_open else first.asked,
        whole=f"replies.by_media({{{readers}}}, {first.as_whole})" if len(types) > 1 else first.whole,
    )


def _is_binary(schema: Any) -> bool:
    return isinstance(schema, dict) and schema.get("type") == "string" and schema.get("format") == "binary"
