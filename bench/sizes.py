"""What the size of a document costs: whole SDKs beside datamodel-code-generator's models alone, and their import."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.generator import OVERLAY, ROOT, SPEC
from codegen import pipeline
from codegen.settings import Options, read

_OURS = """
import sys
from pathlib import Path
from codegen import pipeline
from codegen.__main__ import once
from codegen.emit.tree import write
from codegen.settings import Options, read
config, spec, out, *overlays = map(Path, sys.argv[1:])
def command():
    settings = read(Options(config=config, spec=spec, overlays=overlays, package="sized", out=out))
    document, _ = pipeline.read(spec, overlays, settings.schema_check)
    write(pipeline.generate(document, settings)[0], out / "sized")
once(command)
"""
"""All that `generate` does but for the import of what it wrote, which has nothing to be held against."""

_JOURNAL_ACTIONS: dict[str, list[dict[str, Any]]] = {
    "remove": [
        {"target": "$.paths[*][*]['x-sdk-journal']", "remove": True},
        {"target": "$['x-sdk-reconcile']", "remove": True},
    ],
    "add": [{"target": "$.paths['/things0/{id}'].get", "update": {"x-sdk-journal": {}}}],
}
"""What an overlay does that takes the journal out of a document, or puts one into it."""

_IMPORT = "import time; began = time.process_time(); import {}; print(time.process_time() - began)"


def measure(
    rounds: int,
    schemas: Sequence[int] = (500, 1500),
    operations: tuple[int, int, int] = (10, 200, 2000),
    sdk: int = 500,
) -> dict[str, tuple[float, float, float]]:
    """Figure → ours, theirs, the mark; CPU seconds, bytes of memory at most, and bytes of a package.

    Args:
        rounds: How often what is small is measured, of which the median counts; what is large takes its time once.
        schemas: How many of them the documents have that the models' generator reads as well.
        operations: How many of them the documents have on which time is to grow in a straight line.
        sdk: How many operations the SDK has whose import is measured.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figures = _beside("gift card", SPEC, rounds, folder, 1.3, OVERLAY)
        for count in schemas:
            figures |= _beside(f"{count} schemas", _document(folder, count), 1, folder, 1.1)
        figures |= _without_journal(folder, operations[1])
        return figures | _straight(folder, operations) | _unchanged(rounds, folder) | _imported(rounds, folder, sdk)


def _beside(
    title: str, spec: Path, rounds: int, folder: Path, mark: float, *overlays: Path
) -> dict[str, tuple[float, float, float]]:
    """The whole SDK beside the tool's models alone."""
    kind = ("--output-model-type", "msgspec.Struct", "--input-file-type", "openapi")
    scopes = ("--openapi-scopes", "schemas", "paths")
    theirs = [
        "-m",
        "datamodel_code_generator",
        "--input",
        str(spec),
        "--output",
        str(folder / "models.py"),
        *kind,
        *scopes,
    ]
    ours, alone = [], []
    for _ in range(rounds):
        alone.append(_spent(theirs))
        ours.append(_generate(spec, folder, *overlays))
    return {
        f"SDK, {title}": (*_medians(ours, alone, 0), mark),
        f"SDK, {title}, memory": (*_medians(ours, alone, 1), 1.3),
    }


def _without_journal(folder: Path, operations: int) -> dict[str, tuple[float, float, float]]:
    """The bytes of a package whose document says nothing of a journal, beside the same document's with one."""
    overlays = {name: folder / f"{name}.json" for name in ("remove", "add")}
    for name, path in overlays.items():
        actions = _JOURNAL_ACTIONS[name]
        path.write_text(json.dumps({"overlay": "1.0.0", "info": {"title": name, "version": "1"}, "actions": actions}))
    made = _document(folder, operations)
    sides = {
        "gift card": ((SPEC, OVERLAY, overlays["remove"]), (SPEC, OVERLAY)),
        f"{operations} operations": ((made,), (made, overlays["add"])),
    }
    return {
        f"no journal, {title}, bytes": (_bytes(folder, *without), _bytes(folder, *with_one), 0.6)
        for title, (without, with_one) in sides.items()
    }


def _bytes(folder: Path, spec: Path, *overlays: Path) -> float:
    settings = read(Options(config=_config(folder), spec=spec, overlays=overlays, package="sized", out=folder))
    document, _ = pipeline.read(spec, overlays, settings.schema_check)
    return float(sum(len(text.encode()) for text in pipeline.generate(document, settings)[0].values()))


def _straight(folder: Path, operations: tuple[int, int, int]) -> dict[str, tuple[float, float, float]]:
    """What each further operation costs from the second size to the third, beside from the first to the second."""
    seconds = [_generate(_document(folder, count), folder)[0] for count in operations]
    slopes = [(seconds[at + 1] - seconds[at]) / (operations[at + 1] - operations[at]) for at in (0, 1)]
    return {f"an operation, up to {operations[2]}": (slopes[1], slopes[0], 1.3)}


def _unchanged(rounds: int, folder: Path) -> dict[str, tuple[float, float, float]]:
    """`generate` where nothing changed, on the project's own settings; the mark is 0.3 s."""
    project = folder / "project"
    shutil.copytree(ROOT / "openapi", project / "openapi")
    shutil.copy(ROOT / "pyproject.toml", project)
    command = ["-m", "codegen", "generate", "--config", str(project / "pyproject.toml")]
    _spent(command)
    return {"generate, nothing to do": (statistics.median(_spent(command)[0] for _ in range(rounds)), 0.3, 1.0)}


def _imported(rounds: int, folder: Path, sdk: int) -> dict[str, tuple[float, float, float]]:
    """The import of a large SDK beside the gift card's."""
    _generate(_document(folder, sdk), folder)
    ours, theirs = [], []
    for _ in range(2 * rounds + 1):
        theirs.append(_import("binance_gift_card", ROOT / "generated"))
        ours.append(_import("sized", folder))
    return {f"import, {sdk} operations": (statistics.median(ours), statistics.median(theirs), 1.3)}


def _generate(spec: Path, folder: Path, *overlays: Path) -> tuple[float, float]:
    config = _config(folder)
    for stale in ("sized", ".codegen-cache"):
        shutil.rmtree(folder / stale, ignore_errors=True)
    return _spent(["-c", _OURS, *map(str, (config, spec, folder, *overlays))])


def _config(folder: Path) -> Path:
    path = folder / "codegen.toml"
    path.write_text('[tool.codegen.security]\napiKey = "api-key"\nhmacSignature = "signature"\n')
    return path


def _spent(arguments: list[str]) -> tuple[float, float]:
    """CPU seconds of a Python process and of those that it waits for, and the most bytes that it held."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"exit {process.returncode} of {' '.join(arguments)[-300:]}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024.0


def _import(package: str, home: Path) -> float:
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT.format(package)],
        env={**os.environ, "PYTHONPATH": str(home)},
        check=True,
        capture_output=True,
        text=True,
    )
    return float(done.stdout)


def _medians(ours: list[tuple[float, float]], theirs: list[tuple[float, float]], at: int) -> tuple[float, float]:
    return statistics.median(one[at] for one in ours), statistics.median(one[at] for one in theirs)


def _document(folder: Path, count: int) -> Path:
    """A document of as many operations as schemas, each of a dozen properties, some of which are of another schema."""
    file = folder / f"made{count}.json"
    schemas = {f"Thing{number}": _schema(number, count) for number in range(count)}
    paths = {f"/things{number}/{{id}}": _path(number) for number in range(count)}
    tree = {"openapi": "3.1.0", "info": {"title": "Things", "version": "1"}, "paths": paths}
    file.write_text(json.dumps({**tree, "components": {"schemas": schemas}}), encoding="utf-8")
    return file


def _schema(number: int, count: int) -> dict[str, Any]:
    kinds = ({"type": "string"}, {"type": "integer"}, {"type": "boolean"}, {"type": ["string", "null"]})
    plain = {f"field{index}": {**kinds[index % 4], "description": f"What {index} is."} for index in range(9)}
    other = {"$ref": f"#/components/schemas/Thing{(number * 7 + 1) % count}"}
    linked = {"other": other, "others": {"type": "array", "items": other}, "state": {"enum": ["on", "off"]}}
    return {"type": "object", "properties": {**plain, **linked}, "required": ["field0", "field1"]}


def _path(number: int) -> dict[str, Any]:
    identity = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    limit = {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}}
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/Thing{number}"}}}
    said = {"operationId": f"getThing{number}", "responses": {"200": {"description": "It.", "content": content}}}
    return {"get": {**said, "parameters": [identity, limit]}}
