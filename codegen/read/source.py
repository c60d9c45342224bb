"""A source file: its text, and where in it something stands."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from codegen.errors import InputError, Place, Pointer, shown

Position: TypeAlias = tuple[int, int]
"""Line and column, from 1."""


def read_text(path: Path) -> str:
    """The text of a UTF-8 file.

    Raises:
        InputError: It cannot be read, or is something else.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path) from error
    except UnicodeDecodeError as error:
        raise InputError(f"is not UTF-8 text (byte {error.start})", path) from error


_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]|[^\s{}\[\],:"]+')
_BRACKETS: dict[str, Any] = {
    "{": yaml.MappingStartEvent,
    "}": yaml.MappingEndEvent,
    "[": yaml.SequenceStartEvent,
    "]": yaml.SequenceEndEvent,
}
_NOT_FINITE = {"NaN": ".nan", "Infinity": ".inf", "-Infinity": "-.inf"}


def yaml_events(text: str) -> Iterator[Any]:
    """What YAML's parser finds, in order."""
    return iter(yaml.CSafeLoader(text).get_event, None)  # yaml.parse asks for each twice


def json_events(text: str) -> Iterator[Any]:
    """What YAML's parser would find in JSON, if it took all of that: tabs, and characters as two surrogates."""
    line, begin, end = 0, 0, 0
    for found in _JSON_TOKEN.finditer(text):
        line += text.count("\n", end, found.start())
        begin = max(begin, text.rfind("\n", end, found.start()) + 1)
        end, part = found.end(), found[0]
        mark = yaml.Mark("", 0, line, found.start() - begin, "", 0)
        if part in _BRACKETS:
            arguments = (None, None, True, mark) if part in "{[" else (mark,)
            yield _BRACKETS[part](*arguments)
        else:
            is_text = part[0] == '"'
            value = json.loads(part, strict=False) if is_text else _NOT_FINITE.get(part, part)
            yield yaml.ScalarEvent(None, None, (not is_text, is_text), value, mark)


def position_of(event: Any) -> Position:
    """Where the event begins."""
    return (event.start_mark.line + 1, event.start_mark.column + 1)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except json.JSONDecodeError:
        return False
    except (ValueError, RecursionError):
        return True  # too long a number, too deep
    return True


def place_of(path: Path, pointer: Pointer) -> Place:
    """File, line and column of the node at `pointer`, or of its nearest parent."""
    return Place(shown(path), pointer, *locate_all(path, [pointer]).get(pointer, (None, None)))


def locate_all(path: Path, pointers: Iterable[Pointer]) -> dict[Pointer, Position]:
    """For each pointer where it, or its nearest parent, stands in the file; in one reading."""
    root = _Wanted()
    for pointer in pointers:
        root.add(pointer)
    found: dict[Pointer, Position] = {}
    text = read_text(path)
    events = json_events(text) if _is_json(text) else yaml_events(text)
    for event in events:
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            _note(root, event, found)
            _walk(event, events, root, found)
            break
    return found


@dataclass
class _Wanted:
    """What is looked for below one node."""

    pointers: list[Pointer] = field(default_factory=list)
    below: dict[str, "_Wanted"] = field(default_factory=dict)

    def add(self, pointer: Pointer) -> None:
        node = self
        node.pointers.append(pointer)
        for part in pointer:
            node = node.below.setdefault(str(part), _Wanted())
            node.pointers.append(pointer)


def _note(wanted: _Wanted, event: Any, found: dict[Pointer, Position]) -> None:
    position = position_of(event)
    for pointer in wanted.pointers:
        found[pointer] = position


def _walk(start: Any, events: Iterator[Any], wanted: _Wanted, found: dict[Pointer, Position]) -> None:
    """Go through what a mapping or a sequence holds, to its end."""
    in_mapping = isinstance(start, yaml.MappingStartEvent)
    for index, event in enumerate(events):
        if isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            return
        key, value = str(index), event
        if in_mapping:
            key = event.value if isinstance(event, yaml.ScalarEvent) else ""
            if not isinstance(event, (yaml.ScalarEvent, yaml.AliasEvent)):
                _skip(events)
            value = next(events)
        inner = wanted.below.get(key)
        if inner is not None:
            _note(inner, event, found)
        if isinstance(value, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            if inner is None:
                _skip(events)
            else:
                _walk(value, events, inner, found)


_STEPS = {
    yaml.MappingStartEvent: 1,
    yaml.SequenceStartEvent: 1,
    yaml.MappingEndEvent: -1,
    yaml.SequenceEndEvent: -1,
}


def _skip(events: Iterator[Any]) -> None:
    """Pass over the rest of a mapping or a sequence."""
    open_nodes = 1
    for event in events:
        open_nodes += _STEPS.get(type(event), 0)
        if not open_nodes:
            return
