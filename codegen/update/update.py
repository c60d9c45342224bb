"""Update: work out the whole new state first, then put it in place as one."""

import contextlib
import dataclasses
import datetime
import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from codegen import pipeline
from codegen.compare import wire
from codegen.compare.accepted import read_accepted, remarks
from codegen.compare.changes import Change, in_order
from codegen.compare.comparison import Finding, findings, hidden
from codegen.compare.revisions import fetch
from codegen.compare.surface import compare_surfaces
from codegen.emit.tree import Tree, read_folder
from codegen.errors import InputError, Place, name_folder
from codegen.read.load import Document, load
from codegen.settings import Settings
from codegen.trial import prove
from codegen.update import received, refusal
from codegen.update.decision import Unreleased, decide
from codegen.update.download import download, is_address, shown_address
from codegen.update.lines import UNSEEN, lines, python_methods
from codegen.update.lost_hits import Loss, strays
from codegen.update.release import Release, last_release
from codegen.update.since import unreleased
from codegen.update.state import named_files, text_of, version_files, words_of
from codegen.update.transaction import commit


@dataclass(frozen=True)
class Update:
    """A new state, worked out and not yet in place."""

    old_version: str
    """The last release, as far as it is known."""
    version: str
    reason: str
    """What it was judged against, and what decided."""
    found: list[Finding]
    hidden: list[Change]
    """What the vendor changed, and an overlay says otherwise."""
    needless: list[Place]
    """Overlay actions that the new document has made needless."""
    stray: list[Loss]
    """Overlay actions that miss something that is still there."""
    warnings: list[str]
    """All that should be told."""
    of_package: list[str]
    """Those of them that generating the package gives too."""
    entry: str
    files: Mapping[str, bytes | None]
    """Path from the project's folder → new content; `None` for what goes."""
    settings: Settings
    tree: Tree


TAKEN_IN = "was taken in before; nothing to do"
THE_SAME = (
    "means the same as the document that is here: no version, and nothing is written; the next change takes it in"
)


def work_out(
    name: str, settings: Settings, origin: str | None, today: datetime.date, report: Path | None = None
) -> Update | str:
    """The new state that a changed document gives, or why there is none.

    Raises:
        InputError: The document, or an overlay on it, is wrong. Nothing was written, but for the `report` that says so.
    """
    apart = (settings.config, settings.spec, settings.changelog, settings.received)
    if len({path.resolve() for path in apart}) < len(apart):
        raise InputError("spec, changelog, received and the settings must be files of their own", settings.config)
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

    def update(self) -> Update | str:
        settings = self.settings
        digest = _digest(load(self.path))
        if digest in self._taken_in():
            return TAKEN_IN
        new, warnings = pipeline.read(self.path, settings.overlays, settings.update_check)
        old, doubts = self._old()
        on_wire = wire.compare(old.tree, new.tree, [*warnings, *doubts])
        before = read_folder(settings.out / settings.package)
        draft, more = pipeline.generate(new, settings)
        in_python = compare_surfaces(before, draft, settings.package) if before else []
        changes = in_order([*on_wire, *in_python])
        hidden_changes, stray = self._hidden(on_wire), strays(old, new)
        if not (changes or hidden_changes or stray) and self._is_the_same(before, draft, old):
            return THE_SAME
        prove(draft, settings, new)
        exceptions = read_accepted(settings.accepted) if settings.accepted else []
        found = findings(changes, old, new, exceptions, self.today, is_doubtful=bool(warnings or doubts))
        release, remarks_of_release = last_release(settings, self.scratch)
        decision = decide(settings, release, self._unreleased(release, before, draft, found), self.today)
        raised = dataclasses.replace(settings, version=decision.version)
        tree = pipeline.with_version(draft, decision.version)
        files = self._documents(new, old, digest) | version_files(raised, before, tree, decision.changelog)
        of_package = [*warnings, *more]
        said = [*of_package, *remarks(exceptions, changes, self.today), *remarks_of_release, *decision.warnings]
        return Update(
            old_version=decision.since,
            version=decision.version,
            reason=decision.reason,
            found=found,
            hidden=hidden_changes,
            needless=new.needless,
            stray=stray,
            warnings=said,
            of_package=of_package,
            entry=decision.entry,
            files=named_files(settings, files),
            settings=raised,
            tree=tree,
        )

    def _is_the_same(self, before: Tree, draft: Tree, old: Document) -> bool:
        """Whether the code says the same in another order, so that nothing changed that no rule has a name for."""
        if words_of(before) == words_of(draft):
            return True
        return words_of(pipeline.generate(old, self.settings)[0]) == words_of(draft)

    def _unreleased(self, release: Release | None, before: Tree, draft: Tree, found: list[Finding]) -> Unreleased:
        settings = self.settings
        if release is not None and release.tree and release.tree != before:
            on_wire = [item.change for item in found if not item.change.rule.id.startswith("python-")]
            new = unreleased(release, before, draft, settings, self.today, on_wire)
            return dataclasses.replace(new, told=new.told or [UNSEEN])
        methods = {**python_methods(before, settings.client), **python_methods(draft, settings.client)}
        return Unreleased(found, lines(found, methods) or [UNSEEN])

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
        recorded = received.recorded_digest(_text_if_there(self.settings.received))
        if not self.settings.spec.is_file():
            raise InputError("is not there; take the first document in with generate", self.settings.spec)
        return {recorded, _digest(load(self.settings.spec))}

    def _documents(self, new: Document, old: Document, digest: str) -> dict[Path, bytes | None]:
        """The document, the files that it names, and what is said of its origin."""
        settings = self.settings
        home = settings.spec.parent
        files: dict[Path, bytes | None] = {settings.spec: new.path.read_bytes()}
        files |= {home / name: None for name in old.files if name not in new.files}
        files |= {home / name: source.read_bytes() for name, source in new.files.items()}
        block = received.block(settings.spec.name, self.origin, self.today.isoformat(), digest)
        files[settings.received] = received.with_block(_text_if_there(settings.received), block).encode()
        return files


def put_in_place(update: Update) -> None:
    """Write the new state.

    Raises:
        InputError: It cannot be written. Nothing was changed.
    """
    settings = update.settings
    commit(settings.base, update.files)
    if not update.of_package:  # they name the file that the document came in
        pipeline.remember(load(settings.spec), settings, update.tree, [])


def _digest(document: Document) -> str:
    """The SHA-256 of a document; of the digests of all its files where it has several."""
    digests = [hashlib.sha256(path.read_bytes()) for path in document.sources]
    if len(digests) == 1:
        return digests[0].hexdigest()
    return hashlib.sha256(b"".join(item.digest() for item in digests)).hexdigest()


def _text_if_there(path: Path) -> str:
    return text_of(path) if path.is_file() else ""
