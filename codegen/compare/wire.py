"""What changed on the wire between two documents."""

import json
from collections.abc import Sequence
from typing import Any

from codegen.compare.changes import Change, Changes, in_order
from codegen.compare.once import tell_once
from codegen.compare.operations import Operations
from codegen.compare.schemas import Schemas
from codegen.compare.security import compare_schemes, match_schemes
from codegen.compare.servers import compare_servers
from codegen.compare.side import Node, Side
from codegen.compare.words import listed
from codegen.errors import InputError
from codegen.extensions.registry import OF_DOCUMENTS
from codegen.read.references import BUNDLED

_INFO = ("title", "summary", "description", "termsOfService", "contact", "license")


def compare(old_tree: dict[str, Any], new_tree: dict[str, Any], doubts: Sequence[str] = ()) -> list[Change]:
    """Every change, the gravest first.

    Args:
        old_tree: A document that was checked.
        new_tree: What it became.
        doubts: What OpenAPI's schema objects to in either, if it does.

    Raises:
        InputError: A document breaks OpenAPI's schema so much that it cannot be compared.
    """
    try:
        return _compared(Side(old_tree), Side(new_tree))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        if not doubts and BUNDLED not in old_tree and BUNDLED not in new_tree:
            raise
        doubt = doubts[0] if doubts else "a file that a document refers to breaks OpenAPI's schema"
        raise InputError(f"{doubt}; it cannot be compared in spite of that") from error


def _compared(old: Side, new: Side) -> list[Change]:
    changes = Changes()
    schemas = Schemas(old, new)
    names = match_schemes(old, new)
    Operations(old, new, schemas, names, changes).compare()
    compare_schemes(changes, names, old, new)
    compare_servers(changes, old, new)
    _compare_extensions(changes, old.root, new.root)
    _compare_about(changes, old, new)
    return in_order([*tell_once(changes.found.values()), *schemas.shared()])


def _compare_extensions(changes: Changes, old: Node, new: Node) -> None:
    """Compare what the extensions at the root say."""
    for extension in OF_DOCUMENTS:
        for change in extension.compare(old.fields, new.fields):
            before, after = (node.child(extension.key, *change.inside).pointer for node in (old, new))
            changes.add(change.rule, change.subject, change.detail, old=before, new=after)


def _compare_about(changes: Changes, old: Side, new: Side) -> None:
    before, after = old.root.child("info"), new.root.child("info")
    keys = [key for key in _INFO if before.fields.get(key) != after.fields.get(key)]
    keys += [key for key in ("tags", "externalDocs") if _sorted(old.tree.get(key)) != _sorted(new.tree.get(key))]
    if keys:
        changes.add("documentation-changed", "document", listed(keys), old=before.pointer, new=after.pointer)
    for subject, one, other in (
        ("document", before.fields.get("version"), after.fields.get("version")),
        ("OpenAPI", old.tree.get("openapi"), new.tree.get("openapi")),
    ):
        if one != other:
            changes.add("version-changed", subject, f"{one} → {other}", old=before.pointer, new=after.pointer)


def _sorted(value: Any) -> Any:
    return sorted(json.dumps(item, sort_keys=True, default=str) for item in value) if isinstance(value, list) else value
