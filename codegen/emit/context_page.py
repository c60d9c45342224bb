"""The page of templates of one's own, ``docs/templates.md``, from the code: ``python -m codegen.emit.context_page``."""

import ast
import dataclasses
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from codegen.emit.context import Context
from codegen.emit.overrides import template_names

PAGE = Path(__file__).parents[2] / "docs" / "templates.md"
HEAD = Path(__file__).with_name("context_page.md")


def render() -> str:
    """The page."""
    parts = [HEAD.read_text(encoding="utf-8"), *(f"- `{name}`" for name in template_names())]
    for kind in _kinds(Context):
        title = "All that a template knows" if kind is Context else f"`{kind.__name__}`"
        parts += [f"\n## {title}\n", _summary(kind), "\n| name | type | meaning |\n| --- | --- | --- |"]
        parts += [f"| `{name}` | {type_} | {meaning} |" for name, type_, meaning in _members(kind)]
    return "\n".join(parts) + "\n"


def _kinds(kind: type[Any], seen: dict[type[Any], None] | None = None) -> dict[type[Any], None]:
    """A dataclass and all that it leads to, each once."""
    found = {} if seen is None else seen
    if kind not in found:
        found[kind] = None
        for _, type_, _ in _members(kind):
            for other in _named(type_, sys.modules[kind.__module__]):
                _kinds(other, found)
    return found


def _named(text: str, module: ModuleType) -> Iterator[type[Any]]:
    """The dataclasses that a type names; an alias that looks ahead is text."""
    for name in re.findall(r"\w+", text):
        meant = getattr(module, name, None)
        if isinstance(meant, str):
            yield from _named(meant, module)
        elif isinstance(meant, type) and dataclasses.is_dataclass(meant):
            yield meant


def _summary(kind: type[Any]) -> str:
    return " ".join((inspect.getdoc(kind) or "").partition("\n\n")[0].split())


def _members(kind: type[Any]) -> Iterator[tuple[str, str, str]]:
    """Name, type and meaning of each field, property and method of a class."""
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(body, ast.ClassDef)  # noqa: S101 - it is the source of a class
    for node, after in zip(body.body, [*body.body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, _type(node.annotation), _text(after)
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            is_property = any(ast.unparse(decorator) == "property" for decorator in node.decorator_list)
            taken = ", ".join(argument.arg for argument in [*node.args.args[1:], *node.args.kwonlyargs])
            name = node.name if is_property else f"{node.name}({taken})"
            yield name, _type(node.returns), _text(node.body[0])


def _type(annotation: ast.expr | None) -> str:
    text = "" if annotation is None else ast.unparse(annotation).strip("'")
    return f"`{text}`".replace("|", "\\|")


def _text(node: ast.stmt | None) -> str:
    """The docstring that a statement is, if it is one."""
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    text = " ".join(str(ast.literal_eval(node.value)).split()) if is_text and isinstance(node, ast.Expr) else ""
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
