"""What every part of lowering has before it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from codegen.errors import UNREADABLE, Fault, Notice, Pointer
from codegen.extensions.envelope import Envelope
from codegen.extensions.errors import Errors
from codegen.ir.api import Credential
from codegen.lower.names import Names
from codegen.lower.renamed import Signed
from codegen.lower.schemas import Hoister


class Told(Exception):  # noqa: N818 - it is none that anybody sees
    """What is wrong was kept already."""


@dataclass(frozen=True)
class Context:
    """The document, what was decided of it as a whole, and what is collected on the way."""

    tree: dict[str, Any]
    names: Names
    hoister: Hoister
    credentials: tuple[Credential, ...]
    environment: str
    """What the names of environment variables begin with."""
    errors: Errors
    envelopes: dict[str, Envelope]
    unserved: frozenset[str] = frozenset()
    """The security schemes that nothing here can prove."""
    warnings: list[Notice] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    signed: list[Signed] = field(default_factory=list)
    """The operations that are signed."""

    @contextmanager
    def collect(self, pointer: Pointer) -> Iterator[None]:
        """Keep a fault of what stands at `pointer`, so that it hides no other."""
        try:
            yield
        except Told:
            pass
        except Fault as fault:
            self.faults.append(fault)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            unreadable = Fault(f"cannot be read ({type(error).__name__}: {error})", pointer, UNREADABLE)
            unreadable.__cause__ = error
            self.faults.append(unreadable)

    def stop_after(self, known: int) -> None:
        """Go no further with a part whose faults were kept: of what follows from it nothing can be told.

        Args:
            known: How many faults there were before it.
        """
        if len(self.faults) > known:
            raise Told

    def warn(self, message: str, pointer: Pointer) -> None:
        """Say something of what stands at `pointer`."""
        self.warnings.append(Notice(message, pointer))
