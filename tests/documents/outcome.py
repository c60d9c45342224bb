"""What becomes of one document, from end to end."""

from __future__ import annotations

import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path

from codegen.errors import InputError
from tests.documents.calls import Calls
from tests.documents.decoders import broken_decoders
from tests.documents.folder import Source
from tests.documents.package import generate, imported
from tests.documents.server import Answering


@dataclass
class Outcome:
    """What became of one document."""

    name: str
    refused: str = ""
    """The one message with which it was refused."""
    operations: int = 0
    models: int = 0
    calls: int = 0
    warnings: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    unsampled: list[str] = field(default_factory=list)
    seconds: float = 0.0


def run(source: Source, out: Path, server: Answering, models: str = "msgspec", check: str | None = None) -> Outcome:
    """One document, end to end but for types."""
    outcome, began = Outcome(source.name), time.perf_counter()
    try:
        outcome.warnings = generate(source, out, models, check)
        with imported(source.package, out, models) as package:
            outcome.operations = len(package.operations)
            outcome.models, broken = broken_decoders(package)
            outcome.failures += broken
            calls = Calls(package, server)
            outcome.failures += list(dict.fromkeys(calls.run()))
            outcome.calls, outcome.unsampled = calls.made, list(dict.fromkeys(calls.unsampled))
    except InputError as error:
        outcome.refused = str(error)
    except Exception as error:
        trace = traceback.extract_tb(error.__traceback__)[-1]
        outcome.failures.append(f"{type(error).__name__}: {error} ({trace.filename}:{trace.lineno})")
    outcome.seconds = time.perf_counter() - began
    return outcome
