"""The program of a trial: imports a package, builds what it holds, and prints the first fault as JSON, or null."""

import importlib
import json
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

_AS_THEY_ARE = (bytes, str, type(None), Any)
_EXTRAS = frozenset({"typer", "rich", "click", "jinja2", "opentelemetry", "psycopg", "cryptography"})
"""What only a part of a package needs, which a machine may lack."""


class Broken(Exception):  # noqa: N818 - it ends the program
    """What does not work."""

    def __init__(self, error: BaseException, **where: object) -> None:
        super().__init__(error)
        self.fault = {"error": f"{type(error).__name__}: {error}", **where}


@contextmanager
def part(**where: object) -> Iterator[None]:
    """Something that must work."""
    try:
        yield
    except Broken:
        raise
    except ModuleNotFoundError as error:
        if str(error.name).partition(".")[0] not in _EXTRAS:
            raise Broken(error, **where) from error
    except Exception as error:
        raise Broken(error, **where) from error


def imported(folder: Path, package: str, runtime: str) -> dict[str, types.ModuleType]:
    """The modules of the package; its runtime is where it is compiled already."""
    home = types.ModuleType(package)
    home.__path__ = [str(folder)]
    room = types.ModuleType(f"{package}._runtime")
    room.__path__ = [runtime]
    sys.modules[package], sys.modules[room.__name__] = home, room
    found: dict[str, types.ModuleType] = {}
    for file in sorted(folder.glob("*.py")):
        with part(module=file.stem):
            found[file.stem] = importlib.import_module(f"{package}.{file.stem}")
    return found


def read_nothing(read: Callable[[bytes], object]) -> None:
    """Have a decoder made, which it is at its first call; of no bytes it says `ValueError`."""
    with suppress(ValueError):
        read(b"")


def kinds(hint: Any) -> Iterator[Any]:
    """What a union is made of."""
    if get_origin(hint) in (types.UnionType, __import__("typing").Union):
        for item in get_args(hint):
            yield from kinds(item)
    elif hint not in _AS_THEY_ARE:
        yield hint


def build(modules: dict[str, types.ModuleType], decoder: Any) -> None:
    """Build every decoder, every operation's and every method's signature."""
    operations = modules["_operations"]
    for name, model in list(vars(modules["models"]).items()):
        if getattr(model, "__module__", None) == modules["models"].__name__:
            with part(model=name):
                get_type_hints(model) if isinstance(model, type) else None
                read_nothing(decoder(model))
    known = {id(value): value for value in vars(operations).values() if type(value).__name__ == "Operation"}
    for operation in known.values():
        with part(operation=[operation.method, operation.path]):
            read_nothing(operation.decode)
    clients = [modules[name] for name in ("client", "async_client") if name in modules]
    for module in clients:
        for owner in vars(module).values():
            if isinstance(owner, type) and owner.__module__ == module.__name__:
                _build_methods(owner, {operation.name: operation for operation in known.values()}, decoder)


def _build_methods(owner: type, operations: dict[str, Any], decoder: Any) -> None:
    for name, operation in operations.items():
        with part(operation=[operation.method, operation.path]):
            hints = get_type_hints(getattr(owner, name))
            for kind in kinds(hints["return"]):
                if getattr(kind, "__name__", "") == "Redirect":  # read of the status and headers, not decoded
                    continue
                with part(operation=[operation.method, operation.path]):
                    read_nothing(decoder(kind))


def main() -> None:
    """Try the package of the arguments."""
    sys.path.pop(0)  # the generator's own modules are none of the package's
    folder, package, home, models = sys.argv[1:]
    fault = None
    try:
        modules = imported(Path(folder), package, home)
        runtime: Any = importlib.import_module(f"{package}._runtime.{models}")
        runtime._amounts = lambda _: []  # what holds amounts is looked for at a first call, through all that it holds
        build(modules, runtime.decoder)
    except Broken as broken:
        fault = broken.fault
    print(json.dumps(fault))


if __name__ == "__main__":
    main()
