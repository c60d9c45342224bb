"""A release of one's own: of a change of the overlay, of a template, of the runtime or of the settings."""

import dataclasses
import datetime
import tempfile
from pathlib import Path

from codegen import pipeline
from codegen.emit.tree import Tree, read_folder
from codegen.errors import InputError
from codegen.settings import Settings
from codegen.update.decision import Unreleased, decide, has_notes
from codegen.update.release import last_release
from codegen.update.since import unreleased
from codegen.update.state import named_files, version_files
from codegen.update.update import Update

NOTHING = "nothing changed since {}, and nothing is noted as unreleased: there is nothing to release"


def work_out_version(settings: Settings, wanted: str | None, today: datetime.date) -> Update | str:
    """The new state in which all that is unreleased has a version, or why there is none.

    Raises:
        InputError: An input is wrong, the wanted version is too low, or nobody wrote down what changed.
    """
    with tempfile.TemporaryDirectory() as scratch:
        release, gaps = last_release(settings, Path(scratch))
        tree, warnings = pipeline.build(settings)
        before = read_folder(settings.out / settings.package)
        new = Unreleased((), ())
        if release is not None and release.tree:
            new = unreleased(release, before, tree, settings, today)
        if release is not None and not new.told and not has_notes(settings, release):
            _refuse_silence(settings, release.name, release.tree, pipeline.with_version(tree, release.version))
            return NOTHING.format(release.name)
    decision = decide(settings, release, new, today, wanted)
    raised = dataclasses.replace(settings, version=decision.version)
    named = pipeline.with_version(tree, decision.version)
    return Update(
        old_version=decision.since,
        version=decision.version,
        reason=decision.reason,
        found=list(new.found),
        hidden=[],
        needless=[],
        stray=[],
        warnings=[*warnings, *gaps, *decision.warnings],
        of_package=warnings,
        entry=decision.entry,
        files=named_files(raised, version_files(raised, before, named, decision.changelog)),
        settings=raised,
        tree=named,
    )


def _refuse_silence(settings: Settings, name: str, old: Tree, new: Tree) -> None:
    """A package that has other code than the release has something to tell."""
    changed = [path for path in sorted(old.keys() | new.keys()) if old.get(path) != new.get(path)] if old else []
    if changed:
        raise InputError(
            f"does not say what changed since {name} ({len(changed)} files of the package, {changed[0]} first): "
            "note it under ## [Unreleased], such as below ### Fixed",
            settings.changelog,
        )
