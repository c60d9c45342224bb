"""What a changed document costs: `diff` of a large one against an edited copy, and a whole `update`."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from bench.generator import OVERLAY, ROOT, SPEC, codegen, finished, median, seconds

_HOLD = """
from codegen.read.load import load
work = lambda: [load(Path(name)) for name in names]
"""
_DIFF = """
from codegen import cli
work = lambda: cli.main(["diff", *names, "--only", "wire"]) and sys.exit("the bench's documents were refused")
"""
_MEASURE = """
import gc, json, os, re, resource, sys, time
from pathlib import Path
names = sys.argv[1:]
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
{work}
before, began = resident(), time.perf_counter()
held = work()
elapsed = time.perf_counter() - began
gc.collect()
# not ru_maxrss, which begins with what the process held that started this one
peak = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) * 1024
print(json.dumps([elapsed, resident() - before, peak - before]), file=sys.stderr)
"""


def measure(rounds: int, document: Path | None, paths: int = 200) -> dict[str, tuple[float, float, float]]:
    """Figure → ours, theirs, the mark; seconds, and bytes for memory. Without a document, one of so many paths."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return {**_diff(rounds, document or _large(folder, paths), folder), **_update(rounds, folder)}


def _diff(rounds: int, document: Path, folder: Path) -> dict[str, tuple[float, float, float]]:
    edited = folder / "edited.yaml"
    edited.write_text(_edited(document.read_text(encoding="utf-8")), encoding="utf-8")
    parsing, comparing = [], []
    for _ in range(rounds):
        parsing.append(_child(_HOLD, document, edited))
        comparing.append(_child(_DIFF, document, edited))
    size = f"{document.stat().st_size / 1e6:.1f} MB"
    return {
        f"diff, {size} twice": (median([one[0] for one in comparing]), median([one[0] for one in parsing]), 1.5),
        f"diff, {size} twice, memory": (
            median([one[2] for one in comparing]),
            median([one[1] for one in parsing]),
            3.0,
        ),
    }


def _child(work: str, *documents: Path) -> list[float]:
    """Seconds, bytes held at the end, and bytes held at most, over what the process held before."""
    command = [sys.executable, "-c", _MEASURE.replace("{work}", work), *map(str, documents)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = finished(command, environment)
    told: list[float] = json.loads(done.stderr.splitlines()[-1])
    return told


def _edited(text: str) -> str:
    """The document with a handful of changes: limits, texts and a path."""
    edited = text
    for old, new in (("maxLength: 5000", "maxLength: 4000"), ("type: boolean", "type: string"), ("post:", "put:")):
        edited = edited.replace(old, new, 3)
    return _changed(edited, text)


def _changed(new: str, old: str) -> str:
    """The new document; an unchanged one would measure nothing."""
    if new == old:
        raise ValueError("the bench found nothing to change in the document: give bench/changes.py another change")
    return new


def _large(folder: Path, count: int) -> Path:
    """A document of two operations for each path, on three schemas for each that refer to each other; 200 are 3 MB."""
    schemas = {f"Thing{number}": _schema(number, 3 * count) for number in range(3 * count)}
    paths = {f"/v1/things{number}/{{id}}": _path(number) for number in range(count)}
    tree = {"openapi": "3.0.3", "info": {"title": "Things", "version": "1"}, "paths": paths}
    file = folder / "large.yaml"
    file.write_text(yaml.dump({**tree, "components": {"schemas": schemas}}, Dumper=yaml.CSafeDumper), encoding="utf-8")
    return file


def _schema(number: int, count: int) -> dict[str, Any]:
    text = "What this property holds, in a sentence or two such as the documents of large APIs have. " * 2
    plain: dict[str, Any] = {
        f"field{index}": {"type": "string", "maxLength": 5000, "description": f"{index}: {text}"} for index in range(12)
    }
    flags = {f"flag{index}": {"type": "boolean", "nullable": True} for index in range(4)}
    others = {
        f"other{index}": {
            "anyOf": [{"type": "string"}, {"$ref": f"#/components/schemas/Thing{(number * 7 + index) % count}"}]
        }
        for index in range(4)
    }
    return {"type": "object", "properties": {**plain, **flags, **others}, "required": ["field0", "flag0"]}


def _path(number: int) -> dict[str, Any]:
    identity = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "maxLength": 5000}}
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/Thing{number * 3}"}}}
    answers = {"200": {"description": "A thing", "content": content}}
    return {
        method: {
            "operationId": f"{method}Thing{number}",
            "parameters": [identity],
            "responses": answers,
            **({"requestBody": {"content": content}} if method == "post" else {}),
        }
        for method in ("get", "post")
    }


def _update(rounds: int, folder: Path) -> dict[str, tuple[float, float, float]]:
    new = folder / "new.yaml"
    text, named = SPEC.read_text(encoding="utf-8"), OVERLAY.read_text(encoding="utf-8")
    new.write_text(_changed(_renamed(text, named), text), encoding="utf-8")
    generating, updating = [], []
    for _ in range(rounds):
        generating.append(seconds(_fresh(folder, "generate")))
        updating.append(seconds(_fresh(folder, "update", str(new))))
    return {"update, nothing remembered": (median(updating), median(generating), 2.0)}


def _renamed(text: str, overlay: str) -> str:
    """The document with another name for an operation that the overlay does not speak of: one that it does stays."""
    for name in re.findall(r"operationId: (\w+)", text):
        if not re.search(rf"\b{name}\b", overlay):
            return text.replace(f"operationId: {name}\n", f"operationId: {name}Anew\n")
    return text


def _fresh(folder: Path, *command: str) -> Callable[[], object]:
    """The command, to be run in a copy of the project that remembers nothing."""
    project = folder / "project"
    shutil.rmtree(project, ignore_errors=True)
    project.mkdir()
    for name in ("pyproject.toml", "CHANGELOG.md"):
        shutil.copy(ROOT / name, project)
    for name in ("openapi", "generated"):
        shutil.copytree(ROOT / name, project / name)
    if command[0] == "generate":
        shutil.rmtree(project / "generated")
    return codegen(*command, project=project)
