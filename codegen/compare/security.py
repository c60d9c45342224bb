"""Compare what lets a caller in: the requirements of operations, and the schemes that they name.

The name of a scheme travels nowhere: a scheme is the same where its type, its place and its name on the wire are.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from codegen.compare.changes import Changes
from codegen.compare.side import Node, Side
from codegen.compare.words import arrow, listed
from codegen.extensions.signing import SIGNING
from codegen.read.operations import used_schemes

_ADDRESSES = ("authorizationUrl", "tokenUrl", "refreshUrl", "deviceAuthorizationUrl")

_Demand: TypeAlias = frozenset[tuple[str, ...]]
"""What one way in demands: each scheme, and each scope with its scheme."""

_OPEN: _Demand = frozenset()


class SchemeNames(NamedTuple):
    """One name for each scheme of both documents, by the name that it has in either."""

    old: Mapping[str, str]
    new: Mapping[str, str]


def match_schemes(old_side: Side, new_side: Side) -> SchemeNames:
    """Which scheme became which: the one that the same credential fits, else the one of the same name."""
    old, new = _identities(old_side), _identities(new_side)
    names = {identity: name for name, identity in reversed(old.items())}
    names |= {identity: name for name, identity in old.items() if new.get(name) == identity}
    became = {}
    for name, identity in new.items():
        is_taken = old.get(name) in new.values()
        became[name] = names.get(identity) or (f"{name} (another)" if is_taken else name)
    return SchemeNames({name: names[identity] for name, identity in old.items()}, became)


def _identities(side: Side) -> dict[str, str]:
    """Scheme → what is the same for all that the same credential fits."""
    said = {name: node.fields for name, node in _schemes(side).items()}
    more = ("openIdConnectUrl", "flows", SIGNING.key)
    return {
        name: json.dumps([_essence(scheme), [scheme.get(key) for key in more]], sort_keys=True, default=str)
        for name, scheme in said.items()
    }


def _schemes(side: Side) -> dict[str, Node]:
    schemes = side.root.child("components", "securitySchemes")
    return {name: side.land(schemes.child(name)) for name in schemes.fields}


def compare_requirements(
    changes: Changes, label: str, names: SchemeNames, before: tuple[Side, Node], after: tuple[Side, Node]
) -> None:
    """Compare the ways in, each a set of schemes with their scopes, of two operations."""
    if not _required(*before) <= names.old.keys():
        return  # what an unknown scheme demands is unknown
    old, new = _demands(names.old, *before), _demands(names.new, *after)
    was, now = _places(before, after)
    for rule, detail in _told(old, new):
        changes.add(rule, label, detail, old=was.pointer, new=now.pointer)


def _requirements(side: Side, operation: Node) -> list[dict[str, Any]]:
    return operation.fields.get("security", side.tree.get("security")) or [{}]


def _places(*given: tuple[Side, Node]) -> list[Node]:
    """Where the demands stand: once for all operations, unless one of the two has demands of its own."""
    is_own = any("security" in operation.fields for _, operation in given)
    owners = [operation if is_own else side.root for side, operation in given]
    return [owner.child("security") if "security" in owner.fields else owner for owner in owners]


def _required(side: Side, operation: Node) -> set[str]:
    return {name for requirement in _requirements(side, operation) for name in requirement}


def _demands(names: Mapping[str, str], side: Side, operation: Node) -> list[_Demand]:
    """What each way in demands; nothing where a caller needs no credentials."""
    found = []
    for requirement in _requirements(side, operation):
        schemes = {names.get(name, name): scopes or () for name, scopes in requirement.items()}
        found.append(frozenset([*((name,) for name in schemes), *_scoped(schemes)]))
    return found


def _scoped(schemes: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    return ((name, str(scope)) for name, scopes in schemes.items() for scope in scopes)


def _told(before: list[_Demand], after: list[_Demand]) -> Iterator[tuple[str, str]]:
    """Rule and detail of each change. Whoever has all that a way in demands is let in, whatever else is sent."""
    if (_OPEN in before) != (_OPEN in after):
        yield ("security-dropped" if _OPEN in after else "security-demanded"), ""
    come = [demand for demand in after if demand not in before and demand != _OPEN]
    for demand in sorted((one for one in before if one not in after and one != _OPEN), key=sorted):
        other = _successor(demand, come)
        if other is not None:
            come.remove(other)
            yield from _compare(demand, other)
        elif not any(less < demand for less in after):
            yield "security-alternative-removed", _words(demand)
        elif _OPEN not in after:
            yield "security-less-demanded", arrow(_words(demand), listed(_words(one) for one in after if one < demand))
    if before != [_OPEN]:  # else it is told as demanded
        yield from (("security-alternative-added", _words(demand)) for demand in sorted(come, key=sorted))


def _successor(demand: _Demand, come: list[_Demand]) -> _Demand | None:
    """The way in that took its place: of the same schemes, of some of them, or of more."""
    tests = (lambda one: _names(one) == _names(demand), lambda one: one < demand, lambda one: one > demand)
    return next((one for test in tests for one in come if test(one)), None)


def _compare(old: _Demand, new: _Demand) -> Iterator[tuple[str, str]]:
    if _names(old) == _names(new):
        yield from (("security-scope-added", ": ".join(scope)) for scope in sorted(new - old))
        yield from (("security-scope-removed", ": ".join(scope)) for scope in sorted(old - new))
    else:
        yield f"security-{'less' if new < old else 'more'}-demanded", arrow(_words(old), _words(new))


def _names(demand: _Demand) -> set[str]:
    return {item[0] for item in demand}


def _words(demand: _Demand) -> str:
    return " and ".join(sorted(_names(demand)))


def compare_schemes(changes: Changes, names: SchemeNames, old_side: Side, new_side: Side) -> None:
    """Compare the schemes that operations use; that one is no longer demanded is told of the operations."""
    old, new = _schemes(old_side), _schemes(new_side)
    used = used_schemes(old_side.tree), used_schemes(new_side.tree)
    for name, one in sorted(names.new.items()):
        before = next((given for given, common in names.old.items() if common == one), None)
        if before is None or not (before in used[0] or name in used[1]):
            continue
        _compare_scheme(changes, f"security scheme {name}", old[before], new[name])
        if before != name and before not in names.new:
            places = {"old": old[before].pointer, "new": new[name].pointer}
            changes.add("security-scheme-renamed", f"security scheme {name}", f"{before} → {name}", **places)


def _compare_scheme(changes: Changes, label: str, old: Node, new: Node) -> None:
    def say(rule: str, detail: str = "") -> None:
        changes.add(rule, label, detail, old=old.pointer, new=new.pointer)

    before, after = _essence(old.fields), _essence(new.fields)
    if "header" in (before.get("in"), after.get("in")):
        before, after = ({key: value.lower() for key, value in said.items()} for said in (before, after))
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
    """What a credential has to fit; the name of a header, and of an HTTP scheme, has no case."""
    caseless = ("scheme", "name") if scheme.get("in") == "header" else ("scheme",)
    said = {key: str(scheme[key]) for key in _ESSENCE if key in scheme}
    return {key: value.lower() if key in caseless else value for key, value in said.items()}


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
