"""What a document offers: its operations, the security schemes that they name, and its servers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from codegen.errors import Pointer
from codegen.read.references import METHODS, MORE_METHODS, resolve


@dataclass(frozen=True)
class DeclaredOperation:
    """An operation as the document gives it."""

    path: str
    method: str
    """In lower case, or as it is sent where the document names it itself."""
    item: dict[str, Any]
    said: dict[str, Any]
    pointer: Pointer

    @property
    def verb(self) -> str:
        """The method as it is sent."""
        return self.method.upper() if self.method in METHODS else self.method


def declared_operations(tree: dict[str, Any]) -> Iterator[DeclaredOperation]:
    """Each operation, in the document's order."""
    for path, given in (tree.get("paths") or {}).items():
        item = resolve(tree, given)
        if path.startswith("/") and isinstance(item, dict):
            for keys, said in operations_of(item):
                yield DeclaredOperation(path, keys[-1], item, said, ("paths", path, *keys))


def operations_of(item: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Each operation of a path item, with its keys there, of which the last is its method."""
    more = item.get(MORE_METHODS)
    for key, value in item.items():
        if key in METHODS and isinstance(value, dict):
            yield (key,), value
    for key, value in more.items() if isinstance(more, dict) else ():
        if isinstance(value, dict) and key.lower() not in item:
            yield (MORE_METHODS, key), value


def used_schemes(tree: dict[str, Any]) -> set[str]:
    """The security schemes that any operation names."""
    every = [tree.get("security"), *(given.said.get("security") for given in declared_operations(tree))]
    return {name for requirements in every for requirement in requirements or () for name in requirement}


def addresses(servers: Any) -> list[str]:
    """The addresses of servers, their variables at their defaults."""
    found = []
    for server in servers or ():
        address = str(server.get("url", ""))
        for name, variable in (server.get("variables") or {}).items():
            address = address.replace(f"{{{name}}}", str(variable.get("default", "")))
        found.append(address.rstrip("/"))
    return found
