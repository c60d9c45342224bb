"""Diff: two documents, on the wire and in Python, each as a file or as git names it."""

import dataclasses
import datetime
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from codegen import pipeline
from codegen.compare import wire
from codegen.compare.accepted import read_accepted, remarks
from codegen.compare.changes import Change, in_order
from codegen.compare.comparison import Finding, findings
from codegen.compare.revisions import fetch
from codegen.errors import InputError, bounded
from codegen.read.load import Document
from codegen.settings import Settings


@dataclass(frozen=True)
class Named:
    """A document and its overlays, as the user named them."""

    spec: str
    overlays: Sequence[str]


def diff(
    old: Named, new: Named, settings: Settings, accepted: Path | None, views: Sequence[str], today: datetime.date
) -> tuple[list[Finding], list[str]]:
    """What changed, the gravest first, and what to warn of.

    Raises:
        InputError: A document, overlay or file of exceptions is wrong or not there.
    """
    exceptions = read_accepted(accepted) if accepted else []
    with tempfile.TemporaryDirectory() as scratch:
        before, old_settings, doubts = _read(old, settings, Path(scratch), published=True)
        after, new_settings, more = _read(new, settings, Path(scratch))
        changes: list[Change] = []
        if "wire" in views:
            with bounded(after.path):
                changes = wire.compare(before.tree, after.tree, [*more, *doubts])
        warnings: list[str] = []
        if "python" in views:
            try:
                changes = in_order([*changes, *_in_python(before, old_settings, after, new_settings)])
            except InputError as error:
                warnings.append(f"what changes in Python is not told: {error}")
        with bounded(after.path):
            is_doubtful = bool(doubts or more or before.files or after.files)
            found = findings(changes, before, after, exceptions, today, is_doubtful=is_doubtful)
    read = dict.fromkeys([*doubts, *more])
    return found, [*read, *warnings, *remarks(exceptions, changes, today)]


def _read(
    named: Named, settings: Settings, scratch: Path, *, published: bool = False
) -> tuple[Document, Settings, list[str]]:
    spec, overlays = fetch(named.spec, scratch), tuple(fetch(name, scratch) for name in named.overlays)
    document, doubts = pipeline.read(spec, overlays, schema_check="warn", published=published)
    return document, dataclasses.replace(settings, spec=spec, overlays=overlays), doubts


def _in_python(old: Document, old_settings: Settings, new: Document, new_settings: Settings) -> list[Change]:
    from codegen.compare.surface import compare_surfaces

    before, _ = pipeline.generate(old, old_settings)
    after, _ = pipeline.generate(new, new_settings)
    return compare_surfaces(before, after, new_settings.package)
