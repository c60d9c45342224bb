"""Tell what an update does: to a person at a terminal, and in a pull request."""

from collections.abc import Iterator

from codegen.compare import report
from codegen.compare.markdown import code
from codegen.update.update import Update
from codegen.update.version import RULE


def text(update: Update, *, dry_run: bool) -> str:
    """What changed, what it means for the version, and which files are written."""
    lines = [report.text(update.found).rstrip(), ""]
    if update.hidden:
        lines.append("Hidden by the overlay (the vendor changed it, the overlay says otherwise: look at both):")
        lines += [f"    {change.line} [{change.rule.id}]" for change in update.hidden]
    lines += [f"needless: the document now says so itself; delete the action at {place}" for place in update.needless]
    lines += [f"the overlay misses what is still there: {loss.line}" for loss in update.stray]
    lines += [f"version: {update.old_version} → {update.version}", f"    {update.reason}", ""]
    if dry_run:
        lines += [f"{update.settings.changelog.name} would say:", "", *_indented(update.entry), ""]
    would = "would be " if dry_run else ""
    for path, content in update.files.items():
        lines.append(f"{would}{'removed' if content is None else 'written'}: {path}")
    return "\n".join(lines) + "\n"


def sentence(name: str, why: str) -> str:
    """What is said of a document that changes nothing."""
    return f"{code(name)} {why}."


def markdown(update: Update) -> str:
    """The body of a pull request."""
    rule = RULE["0.x" if update.old_version.startswith("0.") else "1.x"]
    parts = [
        f"Version {update.old_version} → **{update.version}**, {update.reason}. {rule}\n",
        report.markdown(update.found),
    ]
    if update.hidden:
        parts.append("## Hidden by the overlay\n")
        parts.append("The vendor changed this, and an overlay says otherwise. Look whether it is still right.\n")
        parts += [f"- {code(change.line)} ({code(change.rule.id)})" for change in update.hidden]
        parts.append("")
    if update.needless:
        parts.append("## Needless actions of the overlay\n")
        parts.append("The document now says the same; they can be deleted.\n")
        parts += [f"- {code(str(place))}" for place in update.needless]
        parts.append("")
    if update.stray:
        parts.append("## Actions of the overlay that reach less\n")
        parts.append("What they said of the rest is lost: it is still there. Correct their targets.\n")
        parts += [f"- {code(loss.line)}" for loss in update.stray]
        parts.append("")
    parts += ["## Changelog\n", *(f"> {line}".rstrip() for line in update.entry.rstrip().splitlines())]
    return "\n".join(parts) + "\n"


def _indented(words: str) -> Iterator[str]:
    for line in words.rstrip().splitlines():
        yield f"    {line}".rstrip()
