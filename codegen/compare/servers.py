"""Compare the servers that calls go to."""

from typing import Any

from codegen.compare.changes import Changes
from codegen.compare.side import Node, Side
from codegen.compare.words import arrow, listed, quoted
from codegen.read.operations import addresses


def compare_servers(changes: Changes, old_side: Side, new_side: Side) -> None:
    """Compare the servers of two documents; the first of them is where calls go by default."""
    old, new = old_side.root.child("servers"), new_side.root.child("servers")
    before, after = addresses(old.value), addresses(new.value)
    if before[:1] != after[:1]:
        detail = arrow(listed(before[:1]), listed(after[:1]))
        changes.add("default-server-changed", "servers", detail, old=old.pointer, new=new.pointer)
    _compare_others(changes, "servers", old, new)
    _compare_variables(changes, old, new)


def compare_operation_servers(
    changes: Changes, label: str, old: tuple[Side, Node, Node], new: tuple[Side, Node, Node]
) -> None:
    """Compare the servers of an operation: its own, those of its path, or everybody's, whose changes are told once."""
    before, after = _effective(*old), _effective(*new)
    addressed = addresses(before.value), addresses(after.value)
    if addressed == tuple(addresses(side.root.child("servers").value) for side in (old[0], new[0])):
        return
    if addressed[0][:1] == addressed[1][:1]:
        _compare_others(changes, label, before, after)
    else:
        detail = arrow(*map(listed, addressed))
        changes.add("operation-servers-changed", label, detail, old=before.pointer, new=after.pointer)


def _effective(side: Side, item: Node, operation: Node) -> Node:
    places = (operation, item)
    return next((node.child("servers") for node in places if node.fields.get("servers")), side.root.child("servers"))


def _compare_others(changes: Changes, label: str, old: Node, new: Node) -> None:
    """Compare all servers but the first."""
    before, after = addresses(old.value), addresses(new.value)
    for address in before[1:]:
        if address not in after:
            changes.add("server-removed", label, address, old=old.pointer, new=new.pointer)
    for address in after[1:]:
        if address not in before:
            changes.add("server-added", label, address, old=old.pointer, new=new.pointer)


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
