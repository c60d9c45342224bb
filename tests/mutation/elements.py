"""A package as its elements: functions, heads of classes and assignments, whatever their layout; and what changed."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator, Mapping


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, tuple[Counter[str], Counter[str]]]:
    """Element → the words that it lost and those that it gained, of each element that is not the same in both."""
    old, new = dict(_elements(before)), dict(_elements(after))
    return {
        name: (
            _words(old.get(name, "")) - _words(new.get(name, "")),
            _words(new.get(name, "")) - _words(old.get(name, "")),
        )
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    }


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text))


def _elements(tree: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for path, text in tree.items():
        if path == "openapi.json":
            continue  # the document itself
        if path.startswith("_runtime/") or not path.endswith(".py"):
            yield path, text
        else:
            yield from _parts(path.removesuffix(".py"), ast.parse(text))


def _parts(home: str, node: ast.Module | ast.ClassDef) -> Iterator[tuple[str, str]]:
    rest = []
    for statement in node.body:
        if isinstance(statement, ast.ClassDef):
            yield from _parts(f"{home}.{statement.name}", statement)
        elif isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield f"{home}.{statement.name}", ast.unparse(statement)
        elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
            target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
            yield f"{home}.{ast.unparse(target)}", ast.unparse(statement)
        else:
            rest.append(ast.unparse(statement))
    yield home, "\n".join(rest)
