"""Parse: a text, YAML or JSON, into a plain tree: YAML 1.2's values, with the merge keys of 1.1, every key as text."""

import json
from typing import Any

import yaml

from codegen.read.builder import DEEPEST, Builder, Parsed, ParseError
from codegen.read.scalars import plain
from codegen.read.source import json_events, yaml_events


def parse(text: str, *, is_json: bool) -> Parsed:
    """The tree of a text that is JSON, or else of one that is YAML, which braces of its own may begin.

    Raises:
        ParseError: It is neither, or holds what no document can mean.
    """
    if text.lstrip()[:1] == "{":
        try:
            return _parse_json(text)
        except json.JSONDecodeError as error:
            if is_json:
                raise ParseError(f"is not JSON: {error.msg}", (error.lineno, error.colno)) from error
    try:
        return Builder().build(yaml_events(text))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        problem = getattr(error, "problem", None) or getattr(error, "context", None) or " ".join(str(error).split())
        position = (mark.line + 1, mark.column + 1) if mark else None
        raise ParseError(f"is not YAML: {problem}", position) from error


def _parse_json(text: str) -> Parsed:
    """Read by Python's own parser, and once more for the place of what must be refused."""
    try:
        tree = json.loads(text, object_pairs_hook=_unique, parse_float=plain, parse_constant=_refuse)
        if _depth(tree) <= DEEPEST:
            return Parsed(tree)
    except json.JSONDecodeError:
        raise
    except (ValueError, RecursionError):
        pass
    return Builder().build(json_events(text))


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        raise ValueError("a key stands twice")
    return mapping


def _refuse(text: str) -> None:
    raise ValueError(text)


def _depth(tree: Any) -> int:
    level, depth = [tree], 0
    while level:
        level = [
            child
            for node in level
            if isinstance(node, (dict, list))
            for child in (node.values() if isinstance(node, dict) else node)
        ]
        depth += 1
    return depth
