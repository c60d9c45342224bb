"""Compare the servers that calls go to."""

from typing import Any

from codegen.compare.changes import Changes
from codegen.compare.side import Node, Side
from codegen.compare.words import quoted
from codegen.read.operations import addresses


def compare_servers(changes: Changes, old_side: Side, new_side: Side) -> None:
    """Compare the servers of two documents; the first of them is where calls go by default."""
    old, new = old_side.root.child("servers"), new_side.root.child("servers")
    before, after = addresses(old.value), addresses(new.value)

    def say(rule: str, detail: str) -> None:
        changes.add(rule, "servers", detail, old=old.pointer, new=new.pointer)

    if before[:1] != after[:1]:
        say("default-server-changed", " → ".join(every[0] if every else "none" for every in (before, after)))
    for address in before:
        if address not in after and address != before[0]:
            say("server-removed", address)
    for address in after:
        if address not in before and address != after[0]:
            say("server-added", address)
    _compare_variables(changes, old, new)


def compare_operation_servers(changes: Changes, label: str, old: tuple[Node, Node], new: tuple[Node, Node]) -> None:
    """Compare the servers that an operation, or its path, has to itself."""
    before, after = _own(old), _own(new)
    if before != after:
        changes.add("operation-servers-changed", label, old=old[1].pointer, new=new[1].pointer)


def _own(places: tuple[Node, Node]) -> list[str]:
    return next((addresses(node.child("servers").value) for node in reversed(places) if node.fields.get("servers")), [])


def _compare_variables(changes: Changes, old: Node, new: Node) -> None:
    before, after = _values(old), _values(new)
    for name in sorted(before.keys() & after.keys()):
        if before[name] != after[name]:
            detail = f"{quoted(sorted(before[name]))} → {quoted(sorted(after[name]))}"
            changes.add("server-variable-changed", f"server variable {name}", detail, old=old.pointer, new=new.pointer)


def _values(servers: Node) -> dict[str, set[Any]]:
    return {
        f"{name} of {server.get('url')}": set(variable.get("enum") or ())
        for server in servers.value or ()
        for name, variable in (server.get("variables") or {}).items()
    }
