"""One method: its arguments, its result, and the facts that the runtime needs to perform it."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from codegen import naming
from codegen.errors import Fault, Pointer
from codegen.extensions.encryption import Encryption
from codegen.extensions.idempotency import Idempotency
from codegen.extensions.journal import Journalled
from codegen.extensions.lockout import Lockout
from codegen.extensions.settle import KEY, Settling
from codegen.facts import GENERATOR_ONLY, Expression


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What the document demands of a value before it is sent."""

    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    hint: str | None = None
    """The pattern in words, or how to mend a text that does not match it."""
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    below: float | None = None
    min_items: int | None = None
    max_items: int | None = None
    choices: tuple[str, ...] | None = None


Kind: TypeAlias = "Plain | Items | Fields | Either | Json | Expression"


@dataclass(frozen=True, kw_only=True)
class Plain:
    """A value that is one text."""

    write: Expression
    """The function of the runtime that writes it."""
    limits: Limits = Limits()


@dataclass(frozen=True, kw_only=True)
class Items:
    """A list, and what its items are."""

    of: Kind
    limits: Limits = Limits()


@dataclass(frozen=True, kw_only=True)
class Fields:
    """A mapping, and what its values are."""

    of: Kind


@dataclass(frozen=True, kw_only=True)
class Either:
    """A value of one of several kinds."""

    kinds: tuple[Kind, ...]


@dataclass(frozen=True, kw_only=True)
class Json:
    """A value that is written as JSON."""

    encode: Expression = field(default_factory=lambda: Expression("encode"))


@dataclass(frozen=True, kw_only=True)
class Style:
    """How a value is laid out that is no single text."""

    value: Kind
    name: str = "form"
    explode: bool = False
    reserved: bool = False


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form that is one argument."""

    encode: Expression = field(default_factory=lambda: Expression("encode"))
    of: Kind
    styles: Mapping[str, Style]


@dataclass(frozen=True, kw_only=True)
class Part:
    """How a value becomes a part of a body, or several; one without a kind is a file."""

    value: "Kind | None" = None
    encode: Expression = Expression("wire.content")  # noqa: RUF009 - it is text
    media_type: str | None = None


@dataclass(frozen=True, kw_only=True)
class Multipart:
    """A body of several parts that is one argument."""

    encode: Expression = field(default_factory=lambda: Expression("encode"))
    parts: Mapping[str, Part]


def local(name: str) -> str:
    """An argument's name in the function of a command, which has names of its own."""
    return f"{name}_" if name in naming.TAKEN_BY_COMMANDS else name


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One argument of a method."""

    name: str
    """As Python spells it."""
    wire_name: str
    """As the server spells it."""
    place: str
    """path, query, header, cookie, form or part."""
    write: Expression
    """The function of the runtime that writes a value as wire text."""
    required: bool = False
    secret: bool = False
    style: Style | Part | None = None
    """How a value of several parts is laid out, or becomes parts of a body; `None` for a plain one."""
    limits: Limits = Limits()
    bounds: Limits = field(metadata=GENERATOR_ONLY)
    """What a reader is told of it."""
    deprecated: str = ""
    """What is told to whoever passes it, where the document calls it deprecated and it may be left out."""
    type: str = field(metadata=GENERATOR_ONLY)
    """Ready to print: ``Decimal | str | int | None``."""
    meaning: str = field(metadata=GENERATOR_ONLY)
    help: str = field(metadata=GENERATOR_ONLY)
    """What the command line says of it."""

    example: str = field(default="", metadata=GENERATOR_ONLY)
    """A value that the document gives for it, on one line; empty where there is none."""

    @property
    def typed_values(self) -> tuple[str, ...]:
        """The values that one can type for it at a terminal, where there are only some."""
        return tuple(choice for choice in self.limits.choices or () if choice and choice.isprintable())

    @property
    def metavar(self) -> str:
        """What stands for its value at a terminal: the values, where there are a few, else a name."""
        values = "|".join(self.typed_values)
        return values if values and len(values) <= _WIDEST else _placeholder(self)

    @property
    def is_file(self) -> bool:
        """Whether the command line takes it out of a file: a secret is no argument of a process."""
        return self.secret

    @property
    def option(self) -> str:
        """What it is called at a terminal; its place stands before it where the terminal has that option."""
        name = self.name.strip("_")
        name = f"{self.place}_{name}" if name in naming.TAKEN_BY_COMMANDS else name
        return f"--{name.replace('_', '-')}{'-file' if self.is_file else ''}"

    @property
    def local(self) -> str:
        """What it is called in the function of a command."""
        return local(self.name)


def _placeholder(argument: "Parameter | Body") -> str:
    return "FILE" if argument.is_file else argument.name.strip("_").rpartition("_")[2].upper()


_WIDEST = 40
"""How many characters of values are listed in the place of one."""

_TEXTS = (Expression("wire.text"), Expression("wire.uuid"))


def _is_plain(parameter: Parameter) -> bool:
    return parameter.style is None and not parameter.secret


@dataclass(frozen=True, kw_only=True)
class Body:
    """A request body that is one argument."""

    name: str
    media_type: str
    write: Expression | Form | Multipart
    required: bool = False
    nullable: bool = False
    """Whether `None` is sent as null."""
    holds_secret: bool = False
    """Whether a part of it is secret, so that all of it is kept as a secret."""
    choices: Mapping[str, Any] | None = None
    """Other media types → what writes them."""
    type: str = field(metadata=GENERATOR_ONLY)
    meaning: str = field(metadata=GENERATOR_ONLY)
    properties: frozenset[str] = field(default=frozenset(), metadata=GENERATOR_ONLY)
    """Those of a JSON object that are no secrets, as the server spells them."""

    secret = False
    is_file = True
    example = ""
    metavar = "FILE"
    typed_values = ()

    @property
    def local(self) -> str:
        """What it is called in the function of a command."""
        return local(self.name)

    option = "--body-file"

    @property
    def help(self) -> str:
        """What the command line says of it."""
        return f"{self.meaning} A file, or - for standard input.".strip()


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One method, and the facts that the runtime needs to perform it."""

    name: str
    method: str
    path: str
    decode: Expression
    """What reads the result: ``decoder(models.GiftCard)``."""
    answers: Mapping[int, Expression] | None = None
    """What reads an answer of that status instead."""
    errors: Expression
    problems: Mapping[int | str, Expression] | None = None
    """The types of the bodies of refusals: by status, by range (``4XX``), or ``default``."""
    parameters: tuple[Parameter, ...]
    body: Body | None = None
    join: Expression | None = None
    """Makes one body of the arguments that are its parts."""
    envelope: Expression | None = None
    accept: str = "application/json"
    is_download: bool = False
    """Whether a body comes as it is, and may be large."""
    security: tuple[tuple[str, ...], ...] = ()
    """Alternatives; each names the hooks that must all be applied, in order."""
    signed_place: str = "query"
    """Where the signing hook's parameters go: query or form."""
    repeatable: bool = False
    weight: Mapping[str, int] | None = None
    rates: Expression
    lockout: Lockout | None = None
    encryption: Encryption | None = None
    journal: Journalled | None = None
    idempotency: Idempotency | None = None
    settle: Settling | None = None
    command: str = ""
    """What it is called at a terminal, and among the bulk runs, where there are such."""
    operation_id: str | None = field(default=None, metadata=GENERATOR_ONLY)
    own_server: str = field(default="", metadata=GENERATOR_ONLY)
    """Where it goes if not to the client's server: a URL, or a path there."""
    constant: str = field(metadata=GENERATOR_ONLY)
    """What the facts are called."""
    fields: Mapping[str, bool] | None = None
    """The fields of the result, or of each of its items, and whether each is secret; for terminal and bulk runs."""
    deprecated: str = ""
    """What is told to whoever calls it, where the document calls it deprecated."""
    extensions: Mapping[str, Any] | None = None
    """What the document says of it in extensions of its own, for signing hooks of a team's own."""
    result_type: str = field(metadata=GENERATOR_ONLY)
    """The annotation of what the method returns."""
    common_fields: Mapping[str, str] = field(metadata=GENERATOR_ONLY)
    """The fields that each form of the result has."""
    summary: str = field(metadata=GENERATOR_ONLY)
    help: str = field(metadata=GENERATOR_ONLY)
    """What the command line says of it."""
    question: str = field(default="", metadata=GENERATOR_ONLY)
    """What a terminal asks before it is called, with the names of arguments in braces."""
    docstring: str = field(metadata=GENERATOR_ONLY)

    @property
    def example(self) -> str:
        """How it is called at a terminal, with what it cannot do without."""
        needed = [argument for argument in self.arguments if argument.required]
        given = [
            f"{argument.option} {shlex.quote(argument.example) if argument.example else _placeholder(argument)}"
            for argument in needed
        ]
        return " ".join([self.command, *given])

    @property
    def is_public(self) -> bool:
        """Whether it needs no credential."""
        return not self.security

    @property
    def required(self) -> tuple[str, ...]:
        """The arguments that it cannot do without; where there are none, many calls of it make no sense."""
        return tuple(argument.name for argument in self.arguments if argument.required)

    def argument(self, wire_name: str) -> str | None:
        """The argument that becomes the parameter of that name."""
        return next((parameter.name for parameter in self.parameters if parameter.wire_name == wire_name), None)

    def takes_text(self, wire_name: str) -> str | None:
        """The argument that becomes the parameter of that name, if it is a plain text that is no secret."""
        found = next((one for one in self.parameters if one.wire_name == wire_name), None)
        return found.name if found is not None and _is_plain(found) and found.write in _TEXTS else None

    def given(self, name: str) -> tuple[str, str] | None:
        """Where a call has a plain value that the document calls so, or its idempotency key."""
        if name == KEY:
            return ("key", "") if self.idempotency else None
        found = next((one for one in self.parameters if one.wire_name == name), None)
        if found is not None:
            return ("argument", found.name) if _is_plain(found) else None
        return ("body", name) if self.body is not None and name in self.body.properties else None

    def result_field(self, wire_name: str, pointer: Pointer, *, several: bool = False) -> str:
        """The Python name of a property that the result must have; in each of its forms, where there may be several."""
        name = self.common_fields.get(wire_name)
        if name is None:
            form = " in each of its forms" if " | " in self.result_type else ""
            raise Fault(f"the result of {self.name} has no property {wire_name!r}{form}", pointer)
        if " | " in self.result_type and not several:
            raise Fault(f"the result of {self.name} has several forms; one that has only one is needed here", pointer)
        return name

    @property
    def arguments(self) -> tuple[Parameter | Body, ...]:
        """What the method takes: what is required first."""
        every = (*self.parameters, *((self.body,) if self.body else ()))
        return tuple(sorted(every, key=lambda argument: not argument.required))

    @property
    def deprecated_arguments(self) -> Mapping[str, str]:
        """The arguments that are better left out, and what is told of each."""
        return {item.name: item.deprecated for item in self.parameters if item.deprecated}

    @property
    def signature(self) -> str:
        """The method's parameters after ``self``: all by keyword."""
        return self._signature(self.arguments)

    @property
    def lasting_signature(self) -> str:
        """The same without the arguments that are deprecated."""
        return self._signature([item for item in self.arguments if item.name not in self.deprecated_arguments])

    def _signature(self, arguments: Sequence["Parameter | Body"]) -> str:
        shown = [f"{item.name}: {item.type}{'' if item.required else ' = None'}" for item in arguments]
        switch = [f"{self.encryption.argument}: bool = False"] if self.encryption else []
        tag = [f"{name}: str | None = None" for name in self.tag_arguments]
        return f", *, {', '.join([*shown, *switch, *tag, 'timeout: float | None = None'])}"

    @property
    def call(self) -> str:
        """The arguments as the runtime takes them: by name."""
        return f"{{{', '.join(f'{name!r}: {name}' for name in self._given)}}}"

    @property
    def local_call(self) -> str:
        """The same in the function of a command."""
        return f"{{{', '.join(f'{name!r}: {local(name)}' for name in self._given)}}}"

    @property
    def _given(self) -> tuple[str, ...]:
        """The arguments, and the switch that encrypts one of them."""
        switch = (self.encryption.argument,) if self.encryption else ()
        return (*(argument.name for argument in self.arguments), *switch)

    @property
    def tag(self) -> str:
        """What the caller says of the call, for the journal: the last argument of a call, where there is one."""
        if self.journal:
            return ", Tag(note, idempotency_key)"
        return ", Tag(idempotency_key=idempotency_key)" if self.idempotency else ""

    @property
    def tag_arguments(self) -> tuple[str, ...]:
        """What a caller may say of a call beside what is sent."""
        if self.journal:
            return ("note", "idempotency_key")
        return ("idempotency_key",) if self.idempotency else ()

    @property
    def bulk_name(self) -> str:
        """The method that makes many calls of it."""
        return naming.method(self.command)

    @property
    def columns(self) -> tuple[str, ...]:
        """What a row may hold."""
        return (*self._given, *(self.tag_arguments if self.journal else ()))

    @property
    def takes_files(self) -> bool:
        """Whether a file can be given."""
        writers = [self.body.write, *(self.body.choices or {}).values()] if self.body else []
        return self.join is not None or any(
            isinstance(write, Multipart) or write == "uploads.content" for write in writers
        )

    @property
    def secrets(self) -> tuple[str, ...]:
        """The arguments that no traceback may show."""
        return tuple(item.name for item in self.parameters if item.secret)
