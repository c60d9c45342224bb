"""What calls send: the places that request bodies refer to, whoever else does."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from codegen.errors import Pointer
from codegen.read.operations import declared_operations
from codegen.read.references import DATA_KEYS, node_at, reference_pointer


def sent_places(tree: dict[str, Any]) -> frozenset[Pointer]:
    """Where the references of request bodies lead, and those of what stands there."""
    found: set[Pointer] = set()
    waiting = [given.said["requestBody"] for given in declared_operations(tree) if "requestBody" in given.said]
    while waiting:
        for reference in _references(waiting.pop()):
            place = reference_pointer(reference)
            if place not in found:
                found.add(place)
                with suppress(KeyError, IndexError, ValueError, TypeError):  # it leads nowhere, which is told elsewhere
                    waiting.append(node_at(tree, place))
    return frozenset(found)


def is_sent(pointer: Pointer, places: frozenset[Pointer]) -> bool:
    """Whether what stands at the pointer is a part of a request body."""
    if pointer[:1] == ("paths",) and "requestBody" in pointer:
        return True
    return any(pointer[:length] in places for length in range(1, len(pointer) + 1))


def _references(node: Any) -> Iterator[str]:
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                yield node["$ref"]
            waiting += [value for key, value in node.items() if key not in DATA_KEYS]
            mapping = node.get("mapping")  # of a discriminator
            yield from (
                (text for text in mapping.values() if str(text).startswith("#")) if isinstance(mapping, dict) else ()
            )
        elif isinstance(node, list):
            waiting += node
