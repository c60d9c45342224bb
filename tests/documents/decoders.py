"""Whether every model of a package can be read."""

from __future__ import annotations

import inspect

from tests.documents.package import Package


def broken_decoders(package: Package) -> tuple[int, list[str]]:
    """How many models there are, and which of them have no decoder that works."""
    models = package.part("models")
    found = {name: kind for name, kind in vars(models).items() if not name.startswith("_")}
    own = {name: kind for name, kind in found.items() if inspect.isclass(kind) and kind.__module__ == models.__name__}
    broken = []
    for name, kind in own.items():
        try:
            package.codec.decoder(kind)(b"\x00")
        except ValueError:
            continue  # prepared, and then refused what is no JSON
        except Exception as error:
            broken.append(f"models.{name}: {type(error).__name__}: {error}")
    return len(own), broken
