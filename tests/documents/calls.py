"""Every operation called with all that the document allows, and answered with all that it promises."""

from __future__ import annotations

import inspect
import json
import traceback
import typing
from collections.abc import Iterator
from fnmatch import fnmatch
from typing import Any

from tests.documents.package import Package
from tests.documents.samples import NoSampleError, Samples
from tests.documents.server import Answering
from tests.documents.tree import Given, Node, operations
from tests.documents.validity import Validity
from tests.documents.values import NoValueError, for_argument, lost

_OPTIONS = frozenset({"self", "timeout", "note", "idempotency_key"})
_IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})
_FORMS = ("application/x-www-form-urlencoded", "multipart/")
TURNS = 3
"""How many variants of each union are tried."""


class Calls:
    """The calls of one package. Each method gives what went wrong, with its pointer."""

    def __init__(self, package: Package, server: Answering) -> None:
        self._package = package
        self._server = server
        self._tree = package.tree
        self._validity = Validity(package.tree)
        self._client = _client(package, server.url)
        self.made = 0
        """How many calls there were."""
        self.unsampled: list[str] = []
        """Pointers of schemas no valid value of which could be made: they prove nothing."""

    def run(self) -> Iterator[str]:
        """Call every operation of the document."""
        with self._client:
            for given in operations(self._tree):
                facts = self._package.operations.get((given.method, given.path))
                if facts is None:
                    yield f"{given.node.pointer}: no method calls {given.method} {given.path}"
                    continue
                try:
                    yield from self._operation(given, facts)
                except Exception as error:
                    place = traceback.extract_tb(error.__traceback__)[-1]
                    yield f"{given.node.pointer}: {type(error).__name__}: {error} ({place.name}:{place.lineno})"

    def _operation(self, given: Given, facts: Any) -> Iterator[str]:
        least, faults = self._arguments(given, facts, full=False, turn=0)
        yield from faults
        if least is None:
            return
        answers = list(self._answers(given, facts.accept))
        for status, kind, body, value, pointer in answers or [(200, None, b"", None, given.node.pointer)]:
            self._server.answer(status, kind, body)
            yield from self._ask(given, facts, least, value, pointer, bool(answers))
        for turn in range(TURNS):
            full, faults = self._arguments(given, facts, full=True, turn=turn)
            yield from faults
            if full is not None and answers:
                status, kind, body, *_ = answers[0]
                self._server.answer(status, kind, body)
                yield from self._sent(given, facts, full)

    def _ask(
        self, given: Given, facts: Any, arguments: dict[str, Any], value: Any, pointer: str, promised: bool
    ) -> Iterator[str]:
        """One call, its answer held against what was answered."""
        self.made += 1
        try:
            response = getattr(self._client.raw, facts.name)(**arguments, timeout=10)
        except Exception as error:
            if promised or type(error).__name__ not in ("DecodeError",):
                yield f"{pointer}: answered {self._server.status}: {type(error).__name__}: {error}"
            return
        if facts.envelope is None and value is not None:
            kept = json.loads(self._package.codec.encode(response.result))
            yield from (f"{pointer}: read: {fault}" for fault in lost(value, kept))

    def _sent(self, given: Given, facts: Any, arguments: dict[str, Any]) -> Iterator[str]:
        """One call with all arguments, held against what arrived."""
        self.made += 1
        try:
            getattr(self._client, facts.name)(**arguments, timeout=10)
        except Exception as error:
            yield f"{given.node.pointer}: with all arguments: {type(error).__name__}: {error}"
            return
        arrival = self._server.arrivals[-1]
        places = {"header": arrival.headers, "query": {name.split("[")[0] for name, _ in arrival.query}}
        for parameter in facts.parameters:
            there = places.get(parameter.place)
            spelled = parameter.wire_name.lower() if parameter.place == "header" else parameter.wire_name.split("[")[0]
            given_value = arguments.get(parameter.name)
            if (
                there is not None
                and spelled not in there
                and given_value not in (None, [], {})
                and not isinstance(given_value, dict)
            ):
                yield f"{given.node.pointer}: the {parameter.place} parameter {parameter.wire_name!r} did not arrive"
        value = arguments.get(facts.body.name) if facts.body is not None else None
        if value is not None and "json" in arrival.headers.get("content-type", ""):
            sent = json.loads(arrival.body)
            meant = json.loads(self._package.codec.encode(value))
            yield from (f"{given.node.pointer}: sent: {fault}" for fault in lost(meant, sent))

    def _arguments(self, given: Given, facts: Any, *, full: bool, turn: int) -> tuple[dict[str, Any] | None, list[str]]:
        """Values for the method's arguments: the required ones, or all; and what stands against it."""
        method = getattr(self._package.client_class, facts.name)
        hints = typing.get_type_hints(method)
        schemas = dict(self._schemas(given, facts))
        samples = Samples(self._tree, "readOnly", full=full, turn=turn)
        filled = Samples(self._tree, "readOnly", full=True, turn=turn)  # an empty list would name another path
        made: dict[str, Any] = {}
        faults = []
        for name, declared in inspect.signature(method).parameters.items():
            if name in _OPTIONS or (not full and declared.default is not declared.empty):
                continue
            node = schemas.get(name)
            if node is None:
                if declared.default is declared.empty:
                    faults.append(f"{given.node.pointer}: nobody knows what the argument {name!r} takes")
                continue
            in_path = any(item.name == name and item.place == "path" for item in facts.parameters)
            try:
                value = self._sample(filled if in_path else samples, node)
            except NoSampleError as error:
                self.unsampled.append(f"{node.pointer}: {error}")
                if declared.default is declared.empty:
                    return None, faults
                continue
            try:
                made[name] = for_argument(self._package, value, hints[name])
            except NoValueError as error:
                faults.append(f"{node.pointer}: the argument {name!r}: {error}")
        if full and turn == 0:
            faults += self._without_argument(given, facts)
        return made, faults

    def _without_argument(self, given: Given, facts: Any) -> Iterator[str]:
        """What the document lets a caller say and the method does not."""
        taken = {(item.place, item.wire_name) for item in facts.parameters}
        signed = any(facts.security) and hasattr(self._package.module, "HmacSigner")
        for parameter in given.parameters:
            place, name = _place(parameter), parameter.value.get("name")
            ignored = place == "header" and str(name).lower() in _IGNORED_HEADERS
            if (place, name) not in taken and not ignored and not signed:
                yield f"{parameter.pointer}: no argument for the {place} parameter {name!r}"
        content = given.node.get("requestBody", self._tree).get("content", self._tree)
        has_argument = facts.body is not None or any(place in ("form", "part") for place, _ in taken)
        if content.value and not has_argument and not signed:
            yield f"{content.pointer}: no argument for the body"

    def _schemas(self, given: Given, facts: Any) -> Iterator[tuple[str, Node]]:
        """Argument → the schema of what it takes."""
        declared = {(_place(node), node.value.get("name")): node for node in given.parameters}
        content = given.node.get("requestBody", self._tree).get("content", self._tree)
        form = next((node for kind, node in content.items(self._tree) if kind.startswith(_FORMS)), None)
        for parameter in facts.parameters:
            node = declared.get((parameter.place, parameter.wire_name))
            if node is not None:
                inner = node.get("schema", self._tree)
                if "schema" not in node.value:
                    inner = next(
                        (m.get("schema", self._tree) for _, m in node.get("content", self._tree).items(self._tree)),
                        inner,
                    )
                yield parameter.name, inner
            elif form is not None and parameter.place in ("form", "part"):
                samples = [Samples(self._tree, "readOnly", full=True, turn=turn) for turn in range(TURNS)]
                known = (each.properties(form.get("schema", self._tree).value) for each in samples)
                found = next((each for each in known if parameter.wire_name in each), {})
                yield parameter.name, Node(found.get(parameter.wire_name), "")
        if facts.body is not None and content.value:
            media = content.value.get(facts.body.media_type)
            if media is not None:
                yield facts.body.name, content.get(facts.body.media_type, self._tree).get("schema", self._tree)

    def _sample(self, samples: Samples, node: Node) -> Any:
        value = samples.of(node.value if node.value is not None else {})
        has_home = node.value is not None and node.pointer
        objection = self._validity.objection(node.pointer, value) if has_home else None
        if objection is not None:
            raise NoSampleError(f"no value was found: {objection}")
        return value

    def _answers(self, given: Given, accept: str) -> Iterator[tuple[int, str | None, bytes, Any, str]]:
        """Status, media type, body, JSON value and pointer of each success that the document promises."""
        responses = given.node.get("responses", self._tree)
        for status, response in responses.items(self._tree):
            if not (status[:1] == "2" or (status == "default" and not any(key[:1] in "23" for key in responses.value))):
                continue
            number = int(status) if status.isdigit() else 200
            content = response.get("content", self._tree)
            if not content.value or number == 204:
                yield number, None, b"", None, response.pointer
                continue
            every = list(content.items(self._tree))
            for kind, media in [pair for pair in every if _accepted(pair[0], accept)] or every:
                if not _is_json(kind):
                    yield number, _concrete(kind), b"some text", None, media.pointer
                    continue
                for value in self._values(media):
                    yield number, _concrete(kind), json.dumps(value).encode(), value, f"{media.pointer}/schema"
                for value in self._examples(media):
                    yield number, _concrete(kind), json.dumps(value).encode(), None, f"{media.pointer}/example"

    def _values(self, media: Node) -> Iterator[Any]:
        """The least that an answer must hold, and with all that it may hold, variant for variant."""
        schema = media.get("schema", self._tree)
        seen = []
        for full, turn in [(False, 0), *((True, turn) for turn in range(TURNS))]:
            try:
                value = self._sample(Samples(self._tree, "writeOnly", full=full, turn=turn), schema)
            except NoSampleError as error:
                self.unsampled.append(f"{schema.pointer}: {error}")
                continue
            if value not in seen:
                seen.append(value)
                yield value

    def _examples(self, media: Node) -> Iterator[Any]:
        """The document's own examples of an answer, unless they break its own schema."""
        found = [media.value["example"]] if "example" in media.value else []
        for _, example in media.get("examples", self._tree).items(self._tree):
            if isinstance(example.value, dict) and "value" in example.value:
                found.append(example.value["value"])
        schema = media.get("schema", self._tree)
        for value in found:
            if schema.value is not None and self._validity.objection(schema.pointer, value) is None:
                yield value


def _client(package: Package, url: str) -> Any:
    """A client with a credential of each kind."""
    taken = inspect.signature(package.client_class).parameters
    kinds = {"Signer": lambda: package.module.HmacSigner("secret"), "tuple": lambda: ("user", "password")}
    options: dict[str, Any] = {"base_url": url, "attempts": 1}
    for name, declared in taken.items():
        kind = str(declared.annotation)
        if name == "journal":
            options[name] = False
        elif name not in _CLIENT_OPTIONS:
            options[name] = next((make() for word, make in kinds.items() if word in kind), "credential")
    return package.client_class(**options)


_CLIENT_OPTIONS = frozenset(
    (
        "account base_url timeout connect_timeout attempts clock network hooks pace app_info sync_clock variables "
        "server"
    ).split()
)


def _place(parameter: Node) -> str:
    """Where it is sent; the whole query is spread over the query."""
    place = str(parameter.value.get("in"))
    return "query" if place == "querystring" else place


def _is_json(kind: str) -> bool:
    plain = kind.split(";")[0].strip().lower()
    return plain in ("application/json", "*/*", "text/json") or plain.endswith("+json")


def _accepted(kind: str, accept: str) -> bool:
    """Whether a server that is asked so answers with the media type."""
    asked = [part.split(";")[0].strip().lower() for part in accept.split(",")]
    return any(fnmatch(kind.split(";")[0].strip().lower(), pattern) for pattern in asked)


def _concrete(kind: str) -> str:
    return {"*/*": "application/json"}.get(kind, kind.replace("*", "plain"))
