"""The intermediate representation: everything decided, in the words the templates print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from codegen import naming


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One argument of a method."""

    wire_name: str
    """As the server spells it."""
    name: str
    """As Python spells it."""
    type: str
    """Ready to print: ``Decimal | str | int | None``."""
    required: bool
    place: str
    """path, query, header, cookie or form."""
    writer: str
    """The function of the runtime that writes a value as wire text."""
    style: str | None
    """How a value of several parts is laid out; `None` for a plain one."""
    secret: bool
    limits: Mapping[str, Any]
    """The document's constraints, by the runtime's names for them."""
    meaning: str
    help: str
    """What the command line says of it."""

    @property
    def is_file(self) -> bool:
        """Whether the command line takes it out of a file: a secret is no argument of a process."""
        return self.secret

    @property
    def option(self) -> str:
        """What it is called at a terminal."""
        return f"--{self.name.strip('_').replace('_', '-')}{'-file' if self.is_file else ''}"


@dataclass(frozen=True, kw_only=True)
class Body:
    """A request body that is one argument."""

    name: str
    type: str
    required: bool
    media_type: str
    writer: str
    meaning: str
    secret: bool = False
    is_file: bool = True
    option: str = "--body-file"

    @property
    def help(self) -> str:
        """What the command line says of it."""
        return f"{self.meaning} A file, or - for standard input.".strip()


@dataclass(frozen=True, kw_only=True)
class Encryption:
    """An argument that can be encrypted under a key of the server."""

    argument: str
    """The switch that asks for it."""
    parameter: str
    """The argument that is encrypted."""
    key: str
    """The constant of the operation that gives the key."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One method, and the facts the runtime needs to perform it."""

    name: str
    constant: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    body: Body | None
    result_type: str
    """The annotation of what the method returns."""
    decode: str
    """The expression of what reads the result: ``decoder(models.GiftCard)``."""
    envelope: str | None
    """The constant of the envelope around the result."""
    accept: str
    security: tuple[tuple[str, ...], ...]
    """Alternatives; each names the hooks that must all be applied, in order."""
    signed_place: str
    """Where the signing hook's parameters go: query or form."""
    repeatable: bool
    weight: Mapping[str, int]
    lockout: Mapping[str, Any] | None
    """How wrong attempts lock the operation, by the runtime's names."""
    encryption: Encryption | None
    journal: Mapping[str, Any] | None
    """What the journal notes, by the runtime's names; `None` where the operation is not journalled."""
    fields: Mapping[str, bool]
    """The fields of the result, and whether each is secret."""
    command: str
    """What it is called at a terminal, and among the bulk runs."""
    summary: str
    help: str
    """What the command line says of it."""
    docstring: str

    @property
    def arguments(self) -> tuple[Parameter | Body, ...]:
        """What the method takes: what is required first."""
        every = (*self.parameters, *((self.body,) if self.body else ()))
        return tuple(sorted(every, key=lambda argument: not argument.required))

    @property
    def signature(self) -> str:
        """The method's parameters after ``self``: all by keyword."""
        shown = [f"{item.name}: {item.type}{'' if item.required else ' = None'}" for item in self.arguments]
        switch = [f"{self.encryption.argument}: bool = False"] if self.encryption else []
        tag = ["note: str | None = None", "idempotency_key: str | None = None"] if self.journal is not None else []
        return f", *, {', '.join([*shown, *switch, *tag, 'timeout: float | None = None'])}"

    @property
    def call(self) -> str:
        """The arguments as the runtime takes them: by name."""
        switch = [self.encryption.argument] if self.encryption else []
        return f"{{{', '.join(f'{name!r}: {name}' for name in [*(item.name for item in self.arguments), *switch])}}}"

    @property
    def tag(self) -> str:
        """What the caller says of the call, for the journal: the last argument of a call, where there is one."""
        return ", Tag(note, idempotency_key)" if self.journal is not None else ""

    @property
    def bulk_name(self) -> str:
        """The method that makes many calls of it."""
        return naming.snake(self.command)

    @property
    def columns(self) -> tuple[str, ...]:
        """What a row may hold."""
        named = [argument.name for argument in self.arguments]
        switch = [self.encryption.argument] if self.encryption else []
        return (*named, *switch, *(("note", "idempotency_key") if self.journal is not None else ()))

    @property
    def bulk(self) -> bool:
        """Whether many calls of it make sense: it needs something, which differs from call to call."""
        return any(argument.required for argument in self.arguments)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The arguments that no traceback may show."""
        return tuple(item.name for item in self.parameters if item.secret)


@dataclass(frozen=True, kw_only=True)
class Credential:
    """A security scheme, as an argument of the client."""

    scheme: str
    name: str
    type: str
    hook: str
    """The hook class of the runtime."""
    facts: Mapping[str, str]
    """What the hook is told of the scheme."""
    window: Mapping[str, Any] | None
    """For how long the server takes what the hook signs, by the runtime's names."""
    from_env: str
    """The function of the runtime that reads it from the environment."""
    variable: str
    """The environment variable, or the prefix of several."""
    meaning: str


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """How results are wrapped."""

    constant: str
    result: str
    success: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class ErrorClass:
    """A class for one or more documented codes."""

    name: str
    docstring: str


@dataclass(frozen=True, kw_only=True)
class ErrorCode:
    """A documented code."""

    code: int | str
    class_name: str
    meaning: str
    outcome: str
    cure: str | None
    halts: bool


@dataclass(frozen=True, kw_only=True)
class Errors:
    """How the API says no."""

    code: str = "code"
    message: tuple[str, ...] = ("message",)
    classes: tuple[ErrorClass, ...] = ()
    codes: tuple[ErrorCode, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rates:
    """How the server limits rates, each entry by the runtime's names."""

    limits: tuple[Mapping[str, Any], ...]
    holds: Mapping[int, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Clock:
    """What tells the server's time."""

    constant: str
    """Of the operation."""
    field: str
    """Of its result, in Python."""


@dataclass(frozen=True, kw_only=True)
class Reconciliation:
    """How the journal is held against the server."""

    check: str
    """The constant of the operation that tells of a thing whether it is live."""
    facts: Mapping[str, Any]
    """The rest, by the runtime's names."""


@dataclass(frozen=True, kw_only=True)
class Api:
    """All of it."""

    title: str
    client_docstring: str
    from_env_docstring: str
    version: str
    servers: tuple[str, ...]
    credentials: tuple[Credential, ...]
    envelopes: tuple[Envelope, ...]
    errors: Errors
    rates: Rates | None
    clock: Clock | None
    reconciliation: Reconciliation | None
    operations: tuple[Operation, ...]
    schemas: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    """Class name → schema, hoisted and normalised, for datamodel-code-generator."""
    warnings: tuple[str, ...] = ()

    @property
    def journalled(self) -> bool:
        """Whether any operation is."""
        return any(operation.journal is not None for operation in self.operations)

    @property
    def client_base(self) -> str:
        """The class of the runtime that the client extends."""
        return "JournalledClient" if self.journalled else "Client"
