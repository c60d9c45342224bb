"""What changed in Python: the public surface of two generated packages, read by griffe without importing them."""

import ast
import re
import tempfile
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import griffe

from codegen.compare.changes import Change, Changes, in_order
from codegen.emit.runtime import imports
from codegen.emit.tree import Tree

_ASYNC = re.compile(r"\basync_|\bAsync(?=[A-Z])")

Object: TypeAlias = "griffe.Object | griffe.Alias"

_BREAKAGES = {
    griffe.BreakageKind.OBJECT_CHANGED_KIND: "python-kind-changed",
    griffe.BreakageKind.CLASS_REMOVED_BASE: "python-base-removed",
    griffe.BreakageKind.PARAMETER_REMOVED: "python-argument-removed",
    griffe.BreakageKind.PARAMETER_ADDED_REQUIRED: "python-required-argument-added",
    griffe.BreakageKind.PARAMETER_CHANGED_REQUIRED: "python-argument-became-required",
    griffe.BreakageKind.PARAMETER_MOVED: "python-argument-moved",
    griffe.BreakageKind.PARAMETER_CHANGED_KIND: "python-argument-kind-changed",
    griffe.BreakageKind.PARAMETER_CHANGED_DEFAULT: "python-argument-default-changed",
    griffe.BreakageKind.RETURN_CHANGED_TYPE: "python-result-type-changed",
}
"""What griffe finds. Removed names and changed types are found here, where additions are known too."""


def compare_surfaces(old: Tree, new: Tree, package: str) -> list[Change]:
    """Every change of the public surface, the gravest first."""
    if _sources(old) == _sources(new):
        return []
    changes = Changes()
    passed_over = _unseen(old, new, package)
    with tempfile.TemporaryDirectory() as folder:
        before = _load(old, package, Path(folder) / "old", passed_over)
        after = _load(new, package, Path(folder) / "new", passed_over)
        old_names, new_names = _public(before), _public(after)
        for breakage in griffe.find_breaking_changes(before, after):
            if breakage.kind in _BREAKAGES:
                _add_breakage(changes, breakage, {**_paths(old_names), **_paths(new_names)})
        _compare_names(changes, old_names, new_names)
        twins = _twins(package, {**old_names, **new_names})
    return in_order([change for key, change in changes.found.items() if _twin(key, twins) not in changes.found])


def _twins(package: str, names: Mapping[str, Object]) -> set[str]:
    """The paths of what the async client has as the one that blocks has it."""
    return {path for path, item in names.items() if item.canonical_path.startswith(f"{package}.async_")}


def _twin(key: tuple[str, str, str], twins: Container[str]) -> tuple[str, str, str] | None:
    """The same change of the client that blocks; `None` where there is no such."""
    rule, subject, detail = key
    if subject.partition("(")[0] not in twins:
        return None
    return rule, _ASYNC.sub("", subject), _ASYNC.sub("", detail)


def _sources(tree: Tree) -> dict[str, str]:
    return {path: text for path, text in tree.items() if path.endswith(".py") and path != "_about.py"}


def _unseen(old: Tree, new: Tree, package: str) -> set[str]:
    """The modules of the runtime that are the same in both and that nothing outside of it imports: most of it."""
    own = [item for tree in (old, new) for item in _sources(tree).items() if not item[0].startswith("_runtime/")]
    seen = {name.replace(".", "/") for path, text in own for name in imports(path, text, package)}
    alike = {path for path, text in old.items() if path.startswith("_runtime/") and new.get(path) == text}
    return {path for path in alike if path.removesuffix(".py").removesuffix("/__init__") not in seen}


def _load(tree: Tree, package: str, folder: Path, passed_over: Container[str]) -> griffe.Module:
    for path, text in tree.items():
        if path in passed_over:
            continue
        file = folder / package / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    loader = griffe.GriffeLoader(search_paths=[folder], allow_inspection=False)
    module = loader.load(package, try_relative_path=False)
    loader.resolve_aliases()
    if not isinstance(module, griffe.Module):
        raise TypeError(f"{package} is {module.kind.value}, not a package")
    return module


def _add_breakage(changes: Changes, breakage: griffe.Breakage, paths: Mapping[str, str]) -> None:
    path = paths.get(breakage.obj.canonical_path)
    if path is None:
        return  # something inherited from the runtime, whose surface is its own
    parameter = breakage.old_value if isinstance(breakage.old_value, griffe.Parameter) else breakage.new_value
    if isinstance(parameter, griffe.Parameter):
        detail = ""
        if breakage.kind is griffe.BreakageKind.PARAMETER_CHANGED_DEFAULT:
            detail = f"{breakage.old_value.default} → {breakage.new_value.default}"
        changes.add(_BREAKAGES[breakage.kind], f"{path}({parameter.name})", detail)
    else:
        changes.add(_BREAKAGES[breakage.kind], path)


def _public(package: Object) -> dict[str, Object]:
    """The public names, each once, by the shortest path that leads to it."""
    return {path: item for item, path in _named(package, package.canonical_path, "", {}).values()}


def _named(
    holder: Object, package: str, prefix: str, found: dict[str, tuple[Object, str]]
) -> dict[str, tuple[Object, str]]:
    """Canonical path → the thing and its path. What a package imports by name is known by that name."""
    for name, member in sorted(holder.members.items(), key=lambda item: not item[1].is_alias):
        path = member.target_path if isinstance(member, griffe.Alias) else member.canonical_path
        if not member.is_public or not path.startswith(f"{package}."):
            continue
        target = member.final_target if isinstance(member, griffe.Alias) else member
        if target.canonical_path not in found:
            found[target.canonical_path] = (target, f"{prefix}{name}")
            if target.is_module or target.is_class:
                _named(target, package, f"{prefix}{name}.", found)
    return found


def _paths(names: Mapping[str, Object]) -> dict[str, str]:
    return {item.canonical_path: path for path, item in names.items()}


def _compare_names(changes: Changes, old: Mapping[str, Object], new: Mapping[str, Object]) -> None:
    gone = {
        path: item for path, item in old.items() if path not in new and _parent(path) not in old.keys() - new.keys()
    }
    come = {
        path: item for path, item in new.items() if path not in old and _parent(path) not in new.keys() - old.keys()
    }
    for path, item in gone.items():
        other = _renamed(path, item, gone, come)
        if other is None:
            changes.add("python-removed", path)
        else:
            changes.add("python-renamed", other, f"{path} → {other}")
            del come[other]
    for path in come:
        changes.add("python-added", path, _summary(new[path]))
    for path in old:
        if path in new:
            _compare_types(changes, path, old[path], new[path])


def _summary(item: Object) -> str:
    return item.docstring.value.partition("\n")[0].strip() if item.docstring else ""


def _parent(path: str) -> str:
    return path.rpartition(".")[0]


def _renamed(path: str, item: Object, gone: Mapping[str, Object], come: Mapping[str, Object]) -> str | None:
    """The one new name in the same place whose thing looks like the old one, if the old one is alone in that too."""
    look = _look(item)
    alike = [other for other, thing in come.items() if _parent(other) == _parent(path) and _look(thing) == look]
    rivals = [other for other, thing in gone.items() if _parent(other) == _parent(path) and _look(thing) == look]
    return alike[0] if look and len(alike) == len(rivals) == 1 else None


def _look(item: Object) -> tuple[Any, ...]:
    if isinstance(item, griffe.Function):
        return ("function", str(item.returns), tuple((one.name, str(one.annotation)) for one in item.parameters))
    if isinstance(item, griffe.Class):
        members = tuple((name, _annotation(member)) for name, member in item.members.items())
        return ("class", tuple(map(str, item.bases)), members) if members else ()
    return ()


def _annotation(item: Object) -> str:
    return str(item.annotation) if isinstance(item, griffe.Attribute) else item.kind.value


def _compare_types(changes: Changes, path: str, old: Object, new: Object) -> None:
    if isinstance(old, griffe.Function) and isinstance(new, griffe.Function):
        before = {one.name: one for one in old.parameters}
        for parameter in new.parameters:
            was = before.get(parameter.name)
            if was is None:
                if not parameter.required:
                    changes.add("python-argument-added", f"{path}({parameter.name})")
                continue
            if was.required and not parameter.required:
                changes.add("python-argument-became-optional", f"{path}({parameter.name})")
            _compare_annotation(changes, "argument", f"{path}({parameter.name})", was.annotation, parameter.annotation)
        _compare_annotation(changes, "result", path, old.returns, new.returns)
    elif isinstance(old, griffe.Attribute) and isinstance(new, griffe.Attribute):
        _compare_annotation(changes, "attribute", path, old.annotation, new.annotation)


def _compare_annotation(changes: Changes, what: str, path: str, old: object, new: object) -> None:
    """An argument may take more types, what is read may have fewer."""
    before, after = _types(old), _types(new)
    if before != after:
        kind, harmless = ("widened", before < after) if what == "argument" else ("narrowed", after < before)
        changes.add(f"python-{what}-type-{kind if harmless else 'changed'}", path, f"{old} → {new}")


def _types(annotation: object) -> set[str]:
    """The members of a union, and of a Literal; a literal text says nothing beside `str`."""
    if annotation is None:
        return set()
    members = set(_members(ast.parse(str(annotation), mode="eval").body))
    return {member for member in members if not ("str" in members and member.startswith(("'", '"')))}


def _members(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        yield from _members(node.left)
        yield from _members(node.right)
    elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Literal":
        values = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        yield from map(ast.unparse, values)
    else:
        yield ast.unparse(node)
