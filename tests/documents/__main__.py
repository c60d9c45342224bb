"""``python -m tests.documents DIR``: every document of a folder end to end; the exit code tells if all went well."""

from __future__ import annotations

import argparse
import re
import resource
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.documents import types_check
from tests.documents.folder import Source, sources
from tests.documents.outcome import Outcome, run
from tests.documents.server import serve


def main() -> int:
    """Run the documents, print what became of each, and a table."""
    options = _options()
    chosen = [source for source in sources(options.folder) if not options.only or source.name in options.only]
    expected = options.refused.read_text(encoding="utf-8").split() if options.refused else []
    outcomes = []
    with tempfile.TemporaryDirectory() as scratch, serve() as server:
        out = options.keep or Path(scratch)
        for source in chosen:
            outcomes.append(run(source, out, server, options.models, options.schema_check))
            _show(outcomes[-1], options.warnings)
        if not options.no_types:
            _check_types(chosen, outcomes, out, Path(scratch) / "types")
    return _conclude(outcomes, set(expected))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.documents", description=__doc__)
    parser.add_argument(
        "folder", type=Path, help="documents, each a file, or a folder with a file that says 'openapi:'"
    )
    parser.add_argument("--only", action="append", help="the name of a document to run; may be given several times")
    parser.add_argument("--models", choices=("msgspec", "pydantic"), default="msgspec")
    parser.add_argument("--schema-check", choices=("refuse", "warn"), help="as of the generator")
    parser.add_argument("--no-types", action="store_true", help="leave out mypy, pyright and ruff, which take minutes")
    parser.add_argument("--refused", type=Path, help="a file with the names of the documents that are to be refused")
    parser.add_argument("--keep", type=Path, help="where the packages are written; a scratch folder if left out")
    parser.add_argument("--warnings", action="store_true", help="print every warning, not only how many of a kind")
    return parser.parse_args()


def _check_types(chosen: list[Source], outcomes: list[Outcome], out: Path, cache: Path, several: int = 12) -> None:
    names = {source.package: outcome for source, outcome in zip(chosen, outcomes, strict=True) if not outcome.refused}
    there = [name for name in names if (out / name / "client.py").is_file()]
    for first in range(0, len(there), several):
        for name, found in types_check.faults(there[first : first + several], out, cache).items():
            names[name].failures += found
            for fault in found[:10]:
                print(f"{names[name].name}: {fault}", flush=True)


def _show(outcome: Outcome, whole: bool) -> None:
    print(f"== {outcome.name}: {outcome.seconds:.1f} s", flush=True)
    if outcome.refused:
        print(f"   refused: {outcome.refused}")
    kinds = Counter(_kind(warning) for warning in outcome.warnings)
    for kind, number in kinds.most_common():
        print(f"   {number} warnings: {kind}")
    for warning in outcome.warnings if whole else ():
        print(f"   warning: {warning}")
    for pointer in outcome.unsampled:
        print(f"   not tried: {pointer}")
    for failure in outcome.failures:
        print(f"   FAILED {failure}", flush=True)


def _kind(warning: str) -> str:
    """A warning without what it is about."""
    text = re.sub(r"^\S*#/\S*: |^\S+:\d+:\d+: (#\S*: )?", "", warning)
    return re.sub(r"#/\S*|'[^']*'|\"[^\"]*\"|\b\d+\b", "…", text)[:120]


def _conclude(outcomes: list[Outcome], expected: set[str]) -> int:
    head = ("document", "operations", "models", "calls", "warnings", "not tried", "failures", "seconds")
    print("\n" + "{:<32} {:>10} {:>7} {:>6} {:>8} {:>9} {:>8} {:>7}".format(*head))
    wrong = 0
    for item in outcomes:
        agreed = bool(item.refused) == (item.name in expected)
        wrong += bool(item.failures) or not agreed
        told = (
            f"refused{'' if agreed else ', not expected'}"
            if item.refused
            else ""
            if agreed
            else "not refused, as expected"
        )
        print(
            f"{item.name:<32} {item.operations:>10} {item.models:>7} {item.calls:>6} {len(item.warnings):>8}"
            f" {len(item.unsampled):>9} {len(item.failures):>8} {item.seconds:>7.1f} {told}"
        )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(outcomes)} documents, {wrong} not well; {memory:.0f} MB at most")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
