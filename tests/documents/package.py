"""A package made of a document: written twice with equal bytes, imported, and its operations by what they call."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote

from codegen import pipeline
from codegen.emit.tree import write
from codegen.settings import Options, read
from tests.documents.folder import Source


@dataclass(frozen=True)
class Package:
    """A generated package that was imported."""

    module: ModuleType
    tree: dict[str, Any]
    """The document as it took effect."""
    operations: dict[tuple[str, str], Any]
    """Method and path → the facts of the operation."""
    kind: str
    """msgspec or pydantic."""

    def part(self, name: str) -> ModuleType:
        """One of its modules."""
        return importlib.import_module(f"{self.module.__name__}.{name}")

    @property
    def codec(self) -> ModuleType:
        """What reads and writes its models: the richer of the two modules that it may have for that."""
        core = Path(str(self.module.__file__)).parent / "_runtime" / "core"
        there = [name for name in _CODECS[self.kind] if (core / f"{name}.py").is_file()]
        return self.part(f"_runtime.core.{there[0]}")

    @property
    def client_class(self) -> type:
        """Its client that blocks."""
        found = [getattr(self.module, name) for name in self.module.__all__]
        client: type = next(
            item for item in found if hasattr(item, "from_env") and not item.__name__.startswith("Async")
        )
        return client


_CODECS = {"msgspec": ("completion", "model"), "pydantic": ("pydantic_completion", "pydantic_model")}


class UnequalError(Exception):
    """The same document gave other bytes the second time."""


def generate(source: Source, out: Path, models: str = "msgspec", check: str | None = None) -> list[str]:
    """Write the package of a document into `out`; what was warned of.

    Raises:
        InputError: The document is refused.
        UnequalError: A second run gave other bytes.
    """
    config = out / "codegen.toml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.touch()
    where = {"config": config, "spec": source.spec, "overlays": source.overlays, "out": out}
    options = Options(**where, package=source.package, models=models, schema_check=check)
    settings = read(options)
    tree, warnings = pipeline.build(settings)
    if pipeline.build(settings) != (tree, warnings):
        raise UnequalError("a second run gives other bytes")
    write(tree, out / source.package)
    return [str(warning) for warning in warnings]


@contextmanager
def imported(name: str, out: Path, kind: str = "msgspec") -> Iterator[Package]:
    """The package, imported from `out`, and forgotten at the end."""
    sys.path.insert(0, str(out))
    try:
        module = importlib.import_module(name)
        tree = json.loads((out / name / "openapi.json").read_bytes())
        facts = importlib.import_module(f"{name}._operations")
        operation = importlib.import_module(f"{name}._runtime.core.operation").Operation
        found = {
            (item.method, unquote(item.path)): item for item in vars(facts).values() if isinstance(item, operation)
        }
        yield Package(module, tree, found, kind)
    finally:
        sys.path.remove(str(out))
        for loaded in [loaded for loaded in sys.modules if loaded == name or loaded.startswith(f"{name}.")]:
            del sys.modules[loaded]
