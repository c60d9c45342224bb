"""What is left of an update that was refused: a report, and the document itself, for a request that people answer."""

import dataclasses
import datetime
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from codegen import pipeline
from codegen.compare import report, wire
from codegen.compare.comparison import findings
from codegen.compare.markdown import code
from codegen.errors import InputError, name_folder
from codegen.read.hits import Hits
from codegen.read.load import Document, load
from codegen.read.overlay import overlay
from codegen.read.source import place_of
from codegen.settings import Settings
from codegen.update.lost_hits import Loss, losses, pairs
from codegen.update.overlay_patch import correct, patch

SUFFIX = ".refused"
"""What the folder beside the report is called, after the report's own name."""

PATCH = "overlay.patch"


@dataclass(frozen=True)
class Refusal:
    """A changed document that cannot be taken in."""

    path: Path
    settings: Settings
    error: InputError
    today: datetime.date

    def write(self, file: Path) -> None:
        """Write the report, and into a folder beside it the document and the proposed patch of the overlay."""
        with tempfile.TemporaryDirectory() as scratch:
            proposed, remark = self._correction(Path(scratch))
        text = "\n".join([*self._begin(), *self._changes(), *self._actions(), *_proposal(proposed, remark)])
        with tempfile.TemporaryDirectory() as scratch:
            self._keep_document(Path(scratch))  # which may lie in the folder that is replaced
            if proposed:
                (Path(scratch) / PATCH).write_text(proposed, encoding="utf-8", newline="")
            forget(file)
            shutil.copytree(scratch, folder_of(file))
        file.write_text(text + "\n", encoding="utf-8")

    def _begin(self) -> Iterator[str]:
        where = f"{self.settings.spec.parent.name}/refused/{self.settings.spec.name}"
        yield "**The changed document was refused; nothing was taken in.**\n"
        yield f"{code(str(self.error))}\n"
        yield (
            f"To take it in: correct the overlay on this branch, take {code(where)} in with `update`, delete it, "
            "and commit what that gives.\n"
        )

    def _changes(self) -> Iterator[str]:
        """The bare diff: what changed whatever the overlays say."""
        yield "# What the vendor changed, without the overlay\n"
        try:
            old, doubts = pipeline.read(self.settings.spec, (), "warn", published=True)
            new, more = pipeline.read(self.path, (), "warn", published=True)
            changes = wire.compare(old.tree, new.tree, [*more, *doubts])
        except InputError as error:
            yield f"This cannot be told: {code(str(error))}\n"
            return
        yield report.markdown(findings(changes, old, new, (), self.today))

    def _overlaid(self, path: Path) -> Document:
        document = load(path)
        overlay(document, self.settings.overlays, strict=False)
        return document

    def _actions(self) -> Iterator[str]:
        if not self.settings.overlays:
            return
        try:
            old, new = self._overlaid(self.settings.spec), self._overlaid(self.path)
        except InputError:  # which is what was refused, and is said above
            return
        yield "# What the overlay's actions reach, before and after\n"
        yield from table(losses(old, new), list(pairs(old.hits, new.hits)))

    def _correction(self, scratch: Path) -> tuple[str, str]:
        """A patch of the overlays, and what comes of it."""
        settings = self.settings
        try:
            corrected = correct(self.path, settings.overlays, self._overlaid(settings.spec), scratch)
        except InputError:
            return "", ""
        proposed = patch(settings.overlays, corrected, settings.base)
        for index, path in enumerate(settings.overlays):
            name_folder(scratch / str(index), f"the corrected {path.parent.name}")
        return proposed, self._trial(dataclasses.replace(settings, overlays=tuple(corrected))) if proposed else ""

    def _trial(self, settings: Settings) -> str:
        from codegen.trial import prove

        try:
            document, _ = pipeline.read(self.path, settings.overlays, settings.update_check)
            tree, _ = pipeline.generate(document, settings)
            prove(tree, settings, document)
        except InputError as error:
            return f"With it, the next thing in the way is: {code(str(error))}"
        return "With it, the document can be taken in. Whether it is what you mean is for you to say."

    def _keep_document(self, folder: Path) -> None:
        shutil.copyfile(self.path, folder / self.settings.spec.name)
        try:
            files = load(self.path).files
        except InputError:  # it cannot be read, so that nothing is known of what it refers to
            return
        for name, source in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, folder / name)


def folder_of(report_file: Path) -> Path:
    """The folder beside the report."""
    return report_file.with_name(report_file.name + SUFFIX)


def forget(report_file: Path) -> None:
    """Remove what an update that was refused left beside the report."""
    shutil.rmtree(folder_of(report_file), ignore_errors=True)


def table(lost: list[Loss], compared: list[tuple[Hits, Hits]]) -> Iterator[str]:
    """The actions whose hits are others than before, as a table, and how many are as they were."""
    reasons = {loss.action: loss.reason for loss in lost}
    changed = [(old, new) for old, new in compared if len(old.nodes) != len(new.nodes)]
    if changed:
        yield "| action | target | hits | |\n| --- | --- | --- | --- |"
    for old, new in changed:
        counts = f"{len(old.nodes)} → {len(new.nodes)}"
        why = code(reasons[new]) if new in reasons else "it reaches what is new"
        yield f"| {code(str(place_of(new.path, ('actions', new.index))))} | {code(new.target)} | {counts} | {why} |"
    more = " others" if changed else ""
    yield f"\n{len(compared) - len(changed)}{more} reach as much as they did.\n"


def _proposal(proposed: str, remark: str) -> Iterator[str]:
    if not proposed:
        return
    yield "# A proposed patch of the overlay\n"
    yield f"{remark}\n"
    fence = "`" * (max((len(run) for run in proposed.split() if set(run) == {"`"}), default=2) + 1)
    yield f"{fence}diff\n{proposed.rstrip()}\n{fence}"
