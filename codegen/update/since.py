"""What changed since the last release: on the wire by the document that the package carries, and in Python."""

import datetime
import json
from collections.abc import Sequence

from codegen.compare import wire
from codegen.compare.accepted import read_accepted
from codegen.compare.changes import Change, in_order
from codegen.compare.comparison import unplaced
from codegen.compare.surface import compare_surfaces
from codegen.emit.tree import Tree
from codegen.settings import Settings
from codegen.update.decision import Unreleased
from codegen.update.lines import lines, python_methods
from codegen.update.release import DOCUMENT, Release


def unreleased(
    release: Release,
    before: Tree,
    new: Tree,
    settings: Settings,
    today: datetime.date,
    on_wire: Sequence[Change] = (),
) -> Unreleased:
    """What no release has yet of a new package.

    Args:
        release: The last release.
        before: The package as it stands here, of which an entry that was never released may tell.
        new: The package as it will be.
        settings: Those of the project.
        today: On which day exceptions must be valid.
        on_wire: What is known to have changed on the wire, where the release does not carry its document.
    """
    exceptions = read_accepted(settings.accepted) if settings.accepted else []
    methods = {**python_methods(release.tree, settings.client), **python_methods(new, settings.client)}
    found = unplaced(_changes(release, new, settings, on_wire), exceptions, today)
    earlier = unplaced(_changes(release, before, settings, ()), exceptions, today) if before else []
    return Unreleased(found, lines(found, methods), frozenset(note.text for note in lines(earlier, methods)))


def _changes(release: Release, new: Tree, settings: Settings, on_wire: Sequence[Change]) -> list[Change]:
    old = release.tree
    if DOCUMENT in old and DOCUMENT in new:
        doubts = [f"{release.name}: its document breaks OpenAPI's schema"]
        on_wire = wire.compare(json.loads(old[DOCUMENT]), json.loads(new[DOCUMENT]), doubts)
    in_python = compare_surfaces(old, new, settings.package) if old else []
    return in_order([*on_wire, *in_python])
