"""The client, and all that a package is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from codegen.errors import Notice
from codegen.extensions.envelope import Envelope
from codegen.extensions.errors import Errors
from codegen.extensions.rates import Rates
from codegen.extensions.reconcile import Reconciling
from codegen.extensions.signing import Field
from codegen.extensions.times import Time
from codegen.facts import Expression
from codegen.ir.operation import Operation
from codegen.read.own_hooks import OwnHook


@dataclass(frozen=True, kw_only=True)
class Argument:
    """What the client is given for a security scheme."""

    name: str
    type: str
    read: Expression
    """What `from_env` gives for it."""
    variables: str
    """The environment variables that it reads, in words."""
    required: bool = True
    """Whether nothing is signed without it."""
    has_file: bool = False
    """Whether one of them names a file of a secret."""
    meaning: str


@dataclass(frozen=True, kw_only=True)
class Credential:
    """A security scheme, as the client serves it."""

    scheme: str
    arguments: tuple[Argument, ...]
    call: Expression
    """The hook of the runtime, made of the arguments."""
    order: int
    """Hooks are applied in this order: what is signed must be there before it is signed."""
    sends: tuple[Field, ...]
    """What the hook adds to a request."""
    own: OwnHook | None = None
    """What signs, where a team wrote that itself."""


@dataclass(frozen=True, kw_only=True)
class ClientOption:
    """One argument of the client, and of `from_env` unless it is a credential."""

    name: str
    declaration: str
    """Its type and default: ``float = TIMEOUT``."""
    from_env_declaration: str | None = None
    """The same of `from_env`, where that differs."""
    meaning: str
    read: Expression
    """What `from_env` gives the client for it."""
    in_from_env: bool = True


@dataclass(frozen=True, kw_only=True)
class Api:
    """All of it."""

    title: str
    client_docstring: str
    from_env_docstring: str
    version: str
    servers: tuple[str, ...]
    credentials: tuple[Credential, ...]
    """What the client is given for the security schemes that operations use."""
    takes_tokens: bool
    """Whether a credential is a token, which a provider may give."""
    token_url: str | None
    """Where tokens are had, if the document says one place."""
    takes_signer: bool
    """Whether a credential is what signs."""
    own_hooks: tuple[OwnHook, ...]
    """What signs that a team wrote itself."""
    environment: Mapping[str, str]
    """What the command line reads of the environment: variables, in words → what they say."""
    client_options: tuple[ClientOption, ...]
    base_arguments: Mapping[str, Expression]
    """What the client tells the class that it extends."""
    envelopes: Mapping[str, Envelope]
    """Constant → envelope."""
    errors: Errors
    error_classes: Mapping[str, str]
    """Class for one or more documented codes → its docstring."""
    rates: Rates
    tells_time: bool
    reconciling: Reconciling | None
    operations: tuple[Operation, ...]
    schemas: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    """Class name → schema, hoisted and normalised, for datamodel-code-generator."""
    needs_completion: bool = False
    """Whether there are models that their library cannot read or write by itself."""
    field_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Class name → the name of the field for each property."""
    times: Mapping[str, Sequence[Time]] = field(default_factory=dict)
    """Class name → what it gives as a `datetime` as well."""
    warnings: tuple[Notice, ...] = ()

    @property
    def journalled(self) -> Mapping[str, Expression]:
        """The operations whose calls are written down, by name."""
        return {operation.name: Expression(operation.constant) for operation in self.operations if operation.journal}

    @property
    def own_servers(self) -> Mapping[str, str]:
        """The operations that go to servers of their own, by name."""
        return {operation.name: operation.own_server for operation in self.operations if operation.own_server}

    @property
    def redirects(self) -> bool:
        """Whether a result may be a redirect."""
        return any("Redirect" in operation.result_type.split(" | ") for operation in self.operations)

    @property
    def takes_files(self) -> bool:
        """Whether any operation takes a file."""
        return any(operation.takes_files for operation in self.operations)

    @property
    def client_parameters(self) -> str:
        """The client's parameters after ``self``: all by keyword."""
        return ", ".join(f"{option.name}: {option.declaration}" for option in self.client_options)

    @property
    def from_env_parameters(self) -> str:
        """Those of `from_env`; what is not given stands in the environment, or is at its default."""
        given = [option for option in self.client_options if option.in_from_env]
        return ", ".join(f"{option.name}: {option.from_env_declaration or option.declaration}" for option in given)

    @property
    def from_env_arguments(self) -> Mapping[str, Expression]:
        """What `from_env` gives the client."""
        return {option.name: option.read for option in self.client_options}
