"""What a document offers: its operations, the security schemes that they name, and its servers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from codegen.errors import Pointer
from codegen.read.references import METHODS, resolve


@dataclass(frozen=True)
class DeclaredOperation:
    """An operation as the document gives it."""

    path: str
    method: str
    item: dict[str, Any]
    said: dict[str, Any]
    pointer: Pointer


def declared_operations(tree: dict[str, Any]) -> Iterator[DeclaredOperation]:
    """Each operation, in the document's order."""
    for path, given in (tree.get("paths") or {}).items():
        item = resolve(tree, given)
        if path.startswith("/") and isinstance(item, dict):
            for method in item:
                if method in METHODS:
                    yield DeclaredOperation(path, method, item, item[method], ("paths", path, method))


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
