"""Compare what lets a caller in: the requirements of operations, and the schemes that they name."""

from collections.abc import Mapping
from typing import Any

from codegen.compare.changes import Changes
from codegen.compare.side import Node, Side
from codegen.extensions.signing import SIGNING
from codegen.read.operations import used_schemes

_ADDRESSES = ("authorizationUrl", "tokenUrl", "refreshUrl", "deviceAuthorizationUrl")


def compare_requirements(changes: Changes, label: str, old_side: Side, new_side: Side, old: Node, new: Node) -> None:
    """Compare the alternatives, each a set of schemes with their scopes, of two operations."""
    before, after = _alternatives(old_side, old), _alternatives(new_side, new)

    def say(rule: str, detail: str = "") -> None:
        changes.add(rule, label, detail, old=old.pointer, new=new.pointer)

    if (frozenset() in before) != (frozenset() in after):
        say("security-dropped" if frozenset() in after else "security-demanded")
    for schemes in sorted(before.keys() - after.keys() - {frozenset()}, key=sorted):
        say("security-alternative-removed", " and ".join(sorted(schemes)))
    for schemes in sorted(after.keys() - before.keys() - {frozenset()}, key=sorted):
        if before.keys() != {frozenset()}:  # else it is told as demanded
            say("security-alternative-added", " and ".join(sorted(schemes)))
    for schemes in sorted(before.keys() & after.keys(), key=sorted):
        for scope in sorted(after[schemes] - before[schemes]):
            say("security-scope-added", ": ".join(scope))
        for scope in sorted(before[schemes] - after[schemes]):
            say("security-scope-removed", ": ".join(scope))


def _alternatives(side: Side, operation: Node) -> dict[frozenset[str], set[tuple[str, str]]]:
    """Schemes → (scheme, scope) of each; no schemes where a caller needs no credentials."""
    said = operation.fields.get("security", side.tree.get("security")) or [{}]
    return {
        frozenset(requirement): {(scheme, scope) for scheme, scopes in requirement.items() for scope in scopes or ()}
        for requirement in said
    }


def compare_schemes(changes: Changes, old_side: Side, new_side: Side) -> None:
    """Compare the schemes that operations use."""
    used = used_schemes(old_side.tree) | used_schemes(new_side.tree)
    old = old_side.root.child("components", "securitySchemes")
    new = new_side.root.child("components", "securitySchemes")
    for name in sorted((old.fields.keys() | new.fields.keys()) & used):
        before, after = old_side.land(old.child(name)), new_side.land(new.child(name))
        if name not in new.fields:
            changes.add("security-scheme-removed", f"security scheme {name}", old=before.pointer)
        elif name not in old.fields:
            changes.add("security-scheme-added", f"security scheme {name}", new=after.pointer)
        else:
            _compare_scheme(changes, f"security scheme {name}", before, after)


def _compare_scheme(changes: Changes, label: str, old: Node, new: Node) -> None:
    def say(rule: str, detail: str = "") -> None:
        changes.add(rule, label, detail, old=old.pointer, new=new.pointer)

    before, after = _essence(old.fields), _essence(new.fields)
    for key in _ESSENCE:
        if before.get(key) != after.get(key):
            say("security-scheme-changed", f"{key}: {before.get(key, 'none')} → {after.get(key, 'none')}")
    if old.fields.get("openIdConnectUrl") != new.fields.get("openIdConnectUrl"):
        say("security-address-changed", "openIdConnectUrl")
    for change in SIGNING.compare(old.fields, new.fields):
        say(change.rule, change.detail)
    if any(old.fields.get(key) != new.fields.get(key) for key in ("description", "bearerFormat")):
        say("documentation-changed", "description")
    flows, other_flows = old.child("flows"), new.child("flows")
    for name in sorted(flows.fields.keys() | other_flows.fields.keys()):
        if name not in other_flows.fields or name not in flows.fields:
            say("security-flow-removed" if name in flows.fields else "security-flow-added", name)
        else:
            _compare_flow(changes, f"{label}, flow {name}", flows.child(name), other_flows.child(name))


def _essence(scheme: Mapping[str, Any]) -> dict[str, str]:
    """What a credential has to fit; the name of an HTTP scheme has no case."""
    return {key: str(scheme[key]).lower() if key == "scheme" else str(scheme[key]) for key in _ESSENCE if key in scheme}


_ESSENCE = ("type", "name", "in", "scheme")


def _compare_flow(changes: Changes, label: str, old: Node, new: Node) -> None:
    def say(rule: str, detail: str) -> None:
        changes.add(rule, label, detail, old=old.pointer, new=new.pointer)

    for key in _ADDRESSES:
        if old.fields.get(key) != new.fields.get(key):
            say("security-address-changed", key)
    before, after = old.child("scopes").fields, new.child("scopes").fields
    for scope in sorted(before.keys() | after.keys()):
        if scope not in before or scope not in after:
            say("oauth-scope-added" if scope in after else "oauth-scope-removed", scope)
        elif before[scope] != after[scope]:
            say("documentation-changed", f"scope {scope}")
