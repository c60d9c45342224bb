"""Update: work out the whole new state first, then put it in place as one."""

import contextlib
import dataclasses
import datetime
import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from codegen import memo, pipeline
from codegen.compare import wire
from codegen.compare.accepted import read_accepted, remarks
from codegen.compare.changes import Change, in_order
from codegen.compare.comparison import Finding, findings, hidden, worst
from codegen.compare.revisions import fetch
from codegen.compare.surface import compare_surfaces
from codegen.emit.tree import Tree, read_folder
from codegen.errors import InputError, Place, name_folder
from codegen.read.load import Document, load
from codegen.settings import Settings
from codegen.trial import prove
from codegen.update import changelog, received, refusal
from codegen.update.download import download, is_address, shown_address
from codegen.update.lost_hits import Loss, strays
from codegen.update.project import with_version
from codegen.update.transaction import commit
from codegen.update.version import next_version


@dataclass(frozen=True)
class Update:
    """A new state, worked out and not yet in place."""

    old_version: str
    version: str
    found: list[Finding]
    hidden: list[Change]
    """What the vendor changed, and an overlay says otherwise."""
    needless: list[Place]
    """Overlay actions that the new document has made needless."""
    stray: list[Loss]
    """Overlay actions that miss something that is still there."""
    warnings: list[str]
    entry: str
    files: Mapping[str, bytes | None]
    """Path from the project's folder → new content; `None` for what goes."""
    settings: Settings
    tree: Tree


def work_out(
    name: str, settings: Settings, origin: str | None, today: datetime.date, report: Path | None = None
) -> Update | None:
    """The new state that a changed document gives; `None` when this document was taken in before.

    Raises:
        InputError: The document, or an overlay on it, is wrong. Nothing was written, but for the `report` that says so.
    """
    with tempfile.TemporaryDirectory() as scratch:
        if is_address(name):
            name_folder(Path(scratch), shown_address(name).rpartition("/")[0])
            path, source = download(name, Path(scratch)), shown_address(name)
        else:
            path, source = Path(name), f"`{Path(name).name}`"
        try:
            update = _Work(path, settings, origin or source, today, Path(scratch)).update()
        except InputError as error:
            if report is not None and path.is_file():
                refusal.Refusal(path, settings, error, today).write(report)
            raise
    return update


@dataclass(frozen=True)
class _Work:
    path: Path
    settings: Settings
    origin: str
    today: datetime.date
    scratch: Path

    @property
    def readme(self) -> Path:
        return self.settings.spec.parent / "README.md"

    def update(self) -> Update | None:
        settings = self.settings
        digest = _digest(load(self.path))
        if digest in self._taken_in():
            return None
        new, warnings = pipeline.read(self.path, settings.overlays, settings.update_check)
        old, doubts = self._old()
        on_wire = wire.compare(old.tree, new.tree, [*warnings, *doubts])
        before = read_folder(settings.out / settings.package)
        draft, more = pipeline.generate(new, settings)
        prove(draft, settings, new)
        in_python = compare_surfaces(before, draft, settings.package) if before else []
        changes = in_order([*on_wire, *in_python])
        exceptions = read_accepted(settings.accepted) if settings.accepted else []
        found = findings(changes, old, new, exceptions, self.today)
        version = next_version(settings.version, worst(found))
        raised = dataclasses.replace(settings, version=version)
        tree = pipeline.with_version(draft, version)
        entry = changelog.entry(version, self.today.isoformat(), found)
        return Update(
            old_version=settings.version,
            version=version,
            found=found,
            hidden=self._hidden(on_wire),
            needless=new.needless,
            warnings=[*warnings, *more, *remarks(exceptions, changes, self.today)],
            stray=strays(old, new),
            entry=entry,
            files=self._files(new, old, before, tree, version, entry, digest),
            settings=raised,
            tree=tree,
        )

    def _old(self) -> tuple[Document, list[str]]:
        """The document as it took effect so far; the overlays may have been corrected for the new one since."""
        for overlays in (self._committed(), self.settings.overlays):
            with contextlib.suppress(InputError):  # these overlays were not made for the old document
                return pipeline.read(self.settings.spec, overlays, "warn")
        return pipeline.read(self.settings.spec, self.settings.overlays, "warn", strict=False)

    def _committed(self) -> tuple[Path, ...]:
        """The overlays as git has them; as they are here, where it has none."""
        try:
            return tuple(fetch(f"HEAD:./{path.name}", self.scratch, path.parent) for path in self.settings.overlays)
        except InputError:
            return self.settings.overlays

    def _hidden(self, effective: list[Change]) -> list[Change]:
        if not self.settings.overlays:
            return []
        old, doubts = pipeline.read(self.settings.spec, (), "warn")
        new, more = pipeline.read(self.path, (), "warn")
        return hidden(wire.compare(old.tree, new.tree, [*more, *doubts]), effective)

    def _taken_in(self) -> set[str | None]:
        """The digests of the document as it was received, and as it stands here."""
        recorded = received.recorded_digest(_text(self.readme)) if self.readme.is_file() else None
        if not self.settings.spec.is_file():
            raise InputError("is not there; take the first document in with generate", self.settings.spec)
        return {recorded, _digest(load(self.settings.spec))}

    def _files(
        self, new: Document, old: Document, before: Tree, tree: Tree, version: str, entry: str, digest: str
    ) -> dict[str, bytes | None]:
        settings = self.settings
        home, package = settings.spec.parent, settings.out / settings.package
        files: dict[Path, bytes | None] = {settings.spec: new.path.read_bytes()}
        files |= {home / name: None for name in old.files if name not in new.files}
        files |= {home / name: source.read_bytes() for name, source in new.files.items()}
        files |= {package / path: None for path in before if path not in tree}
        files |= {package / path: text.encode() for path, text in tree.items()}
        files[settings.config] = with_version(_text(settings.config), version).encode()
        log = settings.base / "CHANGELOG.md"
        known = _text(log) if log.is_file() else changelog.new_changelog()
        files[log] = changelog.with_entry(known, entry).encode()
        block = received.block(settings.spec.name, self.origin, self.today.isoformat(), digest)
        files[self.readme] = received.with_block(_text(self.readme) if self.readme.is_file() else "", block).encode()
        return {self._named(path): content for path, content in files.items() if _differs(path, content)}

    def _named(self, path: Path) -> str:
        resolved = path.resolve()
        if not resolved.is_relative_to(self.settings.base):
            raise InputError("lies outside the project's folder; update changes nothing there", path)
        return resolved.relative_to(self.settings.base).as_posix()


def put_in_place(update: Update) -> None:
    """Write the new state.

    Raises:
        InputError: It cannot be written. Nothing was changed.
    """
    settings = update.settings
    commit(settings.base, update.files)
    sources = load(settings.spec).sources
    memo.remember(settings, [*sources, *settings.overlays], dict(update.tree), update.warnings)


def _digest(document: Document) -> str:
    """The SHA-256 of a document; of the digests of all its files where it has several."""
    digests = [hashlib.sha256(path.read_bytes()) for path in document.sources]
    if len(digests) == 1:
        return digests[0].hexdigest()
    return hashlib.sha256(b"".join(item.digest() for item in digests)).hexdigest()


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path) from error


def _differs(path: Path, content: bytes | None) -> bool:
    return path.exists() if content is None else not path.is_file() or path.read_bytes() != content
