"""What every part of lowering has before it."""

from dataclasses import dataclass, field
from typing import Any

from codegen.errors import Notice, Pointer
from codegen.extensions.envelope import Envelope
from codegen.extensions.errors import Errors
from codegen.ir.api import Credential
from codegen.lower.names import Names
from codegen.lower.schemas import Hoister


@dataclass(frozen=True)
class Context:
    """The document, what was decided of it as a whole, and what is collected on the way."""

    tree: dict[str, Any]
    names: Names
    hoister: Hoister
    credentials: tuple[Credential, ...]
    errors: Errors
    envelopes: dict[str, Envelope]
    unserved: frozenset[str] = frozenset()
    """The security schemes that nothing here can prove."""
    warnings: list[Notice] = field(default_factory=list)

    def warn(self, message: str, pointer: Pointer) -> None:
        """Say something of what stands at `pointer`."""
        self.warnings.append(Notice(message, pointer))
