"""The last release: what a new version is judged against."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from codegen.compare.revisions import fetch
from codegen.emit.tree import Tree, read_folder
from codegen.errors import InputError
from codegen.settings import Settings
from codegen.update.index import Index
from codegen.update.version import is_version, numbers

DOCUMENT = "openapi.json"
"""The document that a package carries, as it took effect."""


@dataclass(frozen=True)
class Release:
    """A version that users may have."""

    version: str
    name: str
    """What tells of it: a tag, or the index."""
    tree: Tree
    """The package that it is; empty where that is not known."""


def last_release(settings: Settings, scratch: Path) -> tuple[Release | None, list[str]]:
    """The version of the highest tag that leads here, else the highest on the index; and what to warn of."""
    shallow = _git("rev-parse", "--is-shallow-repository", folder=settings.base) == "true"
    version = _tagged(settings, is_shallow=shallow)
    if version is not None:
        return _of_tag(version, settings, scratch)
    hint = "; this clone is shallow, so its tags may be missing: git fetch --tags --unshallow" if shallow else ""
    if settings.index is None:
        return None, [_unknown(f"no tag {settings.tag_prefix}… and no index of the settings says{hint}", settings)]
    try:
        index = Index(settings.index)
        wheel = index.last(settings.distribution)
        if wheel is None:
            return None, [_unknown(f"neither a tag {settings.tag_prefix}… nor the index says{hint}", settings)]
        tree = index.package(wheel, settings.package)
    except InputError as error:
        return None, [
            _unknown(f"no tag {settings.tag_prefix}… says{hint}, and the index cannot be asked ({error})", settings)
        ]
    name = f"{wheel.version} on the index"
    return Release(wheel.version, name, tree), _gaps(name, tree, settings)


def _of_tag(version: str, settings: Settings, scratch: Path) -> tuple[Release, list[str]]:
    tag = f"{settings.tag_prefix}{version}"
    folder = (settings.out / settings.package).resolve()
    name = f"the tag {tag}"
    try:
        inside = folder.relative_to(settings.base).as_posix()
        tree = read_folder(fetch(f"refs/tags/{tag}:./{inside}/_about.py", scratch, settings.base).parent)
    except (InputError, ValueError):  # generated elsewhere, or kept out of git
        tree = {}
    return Release(version, name, tree), _gaps(name, tree, settings)


def _tagged(settings: Settings, *, is_shallow: bool) -> str | None:
    """The highest version that a tag names; of a history that is cut off nobody knows what it leads to."""
    merged = () if is_shallow else ("--merged", "HEAD")
    tags = _git("tag", "--list", *merged, folder=settings.base).splitlines()
    versions = [tag.removeprefix(settings.tag_prefix) for tag in tags if tag.startswith(settings.tag_prefix)]
    return max(filter(is_version, versions), key=numbers, default=None)


def _unknown(why: str, settings: Settings) -> str:
    return (
        f"{why} what was released last: {settings.version} is taken for it, "
        "and all that the changelog has under Unreleased as new since"
    )


def _gaps(name: str, tree: Tree, settings: Settings) -> list[str]:
    if not tree:
        return [f"{name} holds no package {settings.package}: what changed in it since is not compared"]
    if DOCUMENT not in tree:
        return [f"the package of {name} does not carry its document: what changed on the wire since is not compared"]
    return []


def _git(*arguments: str, folder: Path) -> str:
    """What git says; nothing where there is no git or no repository."""
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=False)  # noqa: S603, S607
    except OSError:
        return ""
    return done.stdout.decode(errors="replace").strip() if done.returncode == 0 else ""
