"""What the next version is, and what its entry says: of what changed since the last release, and of the notes."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from codegen.compare.comparison import Finding, worst
from codegen.errors import InputError, shown
from codegen.extensions.extension import LEVELS, Level
from codegen.settings import Settings
from codegen.update import changelog
from codegen.update.notes import SECTIONS, Note
from codegen.update.release import Release
from codegen.update.version import next_version, numbers


@dataclass(frozen=True)
class Decision:
    """A version, and all that is written of it."""

    since: str
    """The version that it is judged against."""
    version: str
    reason: str
    entry: str
    changelog: str
    """The whole file with the entry."""
    warnings: list[str]


@dataclass(frozen=True)
class Unreleased:
    """All that no release has yet."""

    found: Sequence[Finding]
    told: Sequence[Note]
    """The same in the words of an entry."""
    outdated: frozenset[str] = frozenset()
    """What an entry told that was never released, and that `told` tells anew."""


def decide(
    settings: Settings, release: Release | None, new: Unreleased, today: datetime.date, wanted: str | None = None
) -> Decision:
    """The version that everything unreleased asks for, or `wanted`.

    Raises:
        InputError: A version is not three numbers, `wanted` is too low, or there is nothing that the entry could say.
    """
    log = changelog.read(read_changelog(settings))
    by_hand = _by_hand(log, release, new.outdated)
    since = release.version if release else settings.version
    level = _gravest([worst(new.found), *(note.level for note in by_hand)])
    version = _version(settings, release, level, wanted)
    told = [*new.told, *by_hand]
    if not told:
        raise InputError(
            "says nothing of what changed: note it under ## [Unreleased], such as below ### Fixed", settings.changelog
        )
    entry = changelog.entry(version, today.isoformat(), told)
    return Decision(
        since=since,
        version=version,
        reason=_reason(settings, release, level, new.found, by_hand),
        entry=entry,
        changelog=log.with_entry(entry, release.version if release else None),
        warnings=[_loose(note, settings.changelog) for note in by_hand if note.is_loose],
    )


def has_notes(settings: Settings, release: Release | None) -> bool:
    """Whether somebody wrote down what is unreleased."""
    return bool(_by_hand(changelog.read(read_changelog(settings)), release, frozenset()))


def read_changelog(settings: Settings) -> str:
    """The changelog's text; where there is none, what one begins with."""
    path = settings.changelog
    try:
        return path.read_text(encoding="utf-8") if path.exists() else changelog.NEW
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", path) from error


def _by_hand(log: changelog.Changelog, release: Release | None, outdated: Iterable[str]) -> list[Note]:
    parts = log.unreleased(release.version if release else None)
    return [note for part in parts for note in part.notes if note.text not in outdated]


def _gravest(levels: Iterable[Level | None]) -> Level | None:
    return min((level for level in levels if level is not None), key=LEVELS.index, default=None)


def _version(settings: Settings, release: Release | None, level: Level | None, wanted: str | None) -> str:
    """A version that was raised before and not released may stay, where it is high enough."""
    if release is None:
        needed = next_version(settings.version, level)
        if wanted is not None and numbers(wanted) == numbers(settings.version):
            return wanted  # the first release
    else:
        needed = max(next_version(release.version, level), settings.version, key=numbers)
    if wanted is None:
        return needed
    if numbers(wanted) < numbers(needed):
        raise InputError(f"{wanted} is too low: what is unreleased asks for {needed} or higher")
    return wanted


def _reason(
    settings: Settings, release: Release | None, level: Level | None, found: Sequence[Finding], by_hand: Sequence[Note]
) -> str:
    since = f"judged against {release.name}" if release else "judged against the version of the settings"
    deciding = [note for note in by_hand if note.level == level]
    if level is None or worst(found) == level or not deciding:
        return since
    return f"{since}; {level} by {shown(settings.changelog)}:{deciding[0].line}"


def _loose(note: Note, path: Path) -> str:
    listed = ", ".join(f"### {section}" for section in SECTIONS)
    return (
        f"{shown(path)}:{note.line}: the note does not say what it is, and counts as breaking: put it under one of "
        f"{listed}, or begin it with such a word, as in **Fixed:**"
    )
