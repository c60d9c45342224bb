"""The command line. Exit codes: 0 done, 1 a difference was found, 2 the input or the call is wrong."""

import argparse
import datetime
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from codegen import pipeline, template_commands
from codegen.arguments import parse
from codegen.emit.tree import Difference, Tree, differences, write
from codegen.errors import InputError, shown
from codegen.settings import Options, Settings, read

if TYPE_CHECKING:
    from codegen.update.update import Update

DONE, DIFFERENT, WRONG = 0, 1, 2
_NAMED = 12
"""How many of the files that changed are named."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    parsed = parse(arguments)
    try:
        return _COMMANDS[parsed.command](parsed)
    except InputError as error:
        print(f"codegen: {error}", file=sys.stderr)
        return WRONG


def _generate(parsed: argparse.Namespace) -> int:
    _, tree, folder = _build(parsed)
    changed = write(tree, folder)
    print(f"{shown(folder)}: {len(tree)} files, {_summary(changed)}")
    return DONE


def _check(parsed: argparse.Namespace) -> int:
    settings, tree, folder = _build(parsed)
    found = differences(tree, folder)
    for difference in found:
        print(difference)
    if found:
        print(f"codegen: {shown(folder)} is not what its inputs give; run: {settings.command}", file=sys.stderr)
    return DIFFERENT if found else DONE


def _lint(parsed: argparse.Namespace) -> int:
    """Everything short of writing: all that `generate` would refuse or warn of."""
    from codegen.findings import as_json, as_sarif
    from codegen.lint import lint

    settings = read(
        Options(
            config=parsed.config,
            spec=parsed.spec,
            overlays=parsed.overlay or (),
            package="linted",
            schema_check=parsed.schema_check,
            strict=parsed.strict,
        )
    )
    report = lint(settings)
    warnings = [str(finding) for finding in report.findings if finding.level == "warning"]
    if parsed.format == "json":
        print(as_json(report.findings, {"operations": report.operations, "models": report.models}), end="")
    elif parsed.format == "sarif":
        print(as_sarif(report.findings), end="")
    else:
        for finding in report.findings:
            if finding.level == "error":
                print(f"codegen: {finding}", file=sys.stderr)
        _warn(warnings)
    if report.fails:
        return WRONG
    if parsed.format == "text":
        verdict = f"{_count(warnings, 'warning')}, no errors" if warnings else "no errors"
        print(f"{shown(settings.spec)}: {report.operations} operations, {report.models} models, {verdict}")
    return WRONG if settings.strict and warnings else DONE


def _diff(parsed: argparse.Namespace) -> int:
    """What changed between two documents; exit 1 when it is as grave as `--fail-on`."""
    from codegen.compare.comparison import reaches
    from codegen.compare.report import FORMATS
    from codegen.diff import Named, diff

    settings = read(Options(config=parsed.config, spec=Path(parsed.new), fallback_package="sdk"))
    new = Named(parsed.new, parsed.overlay or ())
    old = Named(parsed.old, parsed.old_overlay if parsed.old_overlay is not None else new.overlays)
    views = (parsed.only,) if parsed.only else ("wire", "python")
    found, warnings = diff(old, new, settings, parsed.accept, views, _today())
    _warn(warnings)
    print(FORMATS[parsed.format](found), end="")
    return DIFFERENT if parsed.fail_on and reaches(found, parsed.fail_on) else DONE


def _update(parsed: argparse.Namespace) -> int:
    """Take a changed document in: all of it, or nothing."""
    from codegen.update import report
    from codegen.update.download import shown_address
    from codegen.update.refusal import forget
    from codegen.update.update import work_out

    _complete(parsed.config)
    settings = read(Options(config=parsed.config))
    update = work_out(parsed.spec, settings, parsed.origin, _today(), parsed.report)
    if isinstance(update, str):
        print(f"{shown_address(parsed.spec)}: {update}")
        told = f"{report.sentence(shown_address(parsed.spec), update)}\n"
    else:
        _put_in_place(update, dry_run=parsed.dry_run)
        told = report.markdown(update)
    if parsed.report:
        forget(parsed.report)
        parsed.report.write_text(told, encoding="utf-8")
    return DONE


def _version(parsed: argparse.Namespace) -> int:
    """Give all that is unreleased a version: all of it, or nothing."""
    from codegen.update.own_release import work_out_version

    _complete(parsed.config)
    settings = read(Options(config=parsed.config))
    update = work_out_version(settings, parsed.version, _today())
    if isinstance(update, str):
        print(update)
    else:
        _put_in_place(update, dry_run=parsed.dry_run)
    return DONE


def _put_in_place(update: "Update", *, dry_run: bool) -> None:
    from codegen.update import report
    from codegen.update.update import put_in_place

    _warn(update.warnings)
    if not dry_run:
        put_in_place(update)
    print(report.text(update, dry_run=dry_run), end="")


def _templates(parsed: argparse.Namespace) -> int:
    return DIFFERENT if template_commands.run(parsed) else DONE


def _schema(_: argparse.Namespace) -> int:
    from codegen import editor_schema

    print(editor_schema.text(whole=True), end="")
    return DONE


def _init(parsed: argparse.Namespace) -> int:
    """Make a folder the repository of an SDK."""
    from codegen.init.answers import Given
    from codegen.init.init import init

    _complete(parsed.folder / "pyproject.toml")
    given = Given(
        spec=parsed.spec,
        package=parsed.package,
        distribution=parsed.distribution,
        home=parsed.home,
        signing=parsed.signing,
        scheme=parsed.scheme,
        journal=None if parsed.journal is None else tuple(parsed.journal),
        asks=not parsed.yes and sys.stdin.isatty(),
    )
    created = init(parsed.folder, given, _today())
    _warn(created.warnings)
    print(f"{shown(parsed.folder)}: {len(created.files)} files; its tests make {_count(created.calls, 'call')}")
    if not created.calls:
        print("No call could be made up for sure of what the document says: write one into tests/test_calls.py")
    print(
        "Next: git init -b main (if it is none yet), tox run -e regen, tox run -e test; docs/publish.md tells the rest"
    )
    return DONE


def _complete(config: Path | None) -> None:
    """Finish an update that was stopped once it was decided."""
    from codegen.update.transaction import complete

    if complete((config or Path("pyproject.toml")).resolve().parent):
        print("codegen: an update that had been interrupted was completed", file=sys.stderr)


def _build(parsed: argparse.Namespace) -> tuple[Settings, Tree, Path]:
    """The settings, the package that they give, and where it belongs."""
    _complete(parsed.config)
    settings = read(
        Options(
            config=parsed.config,
            spec=parsed.spec,
            overlays=parsed.overlay,
            out=parsed.out,
            package=parsed.package,
            models=parsed.models,
            templates=parsed.templates,
            schema_check=parsed.schema_check,
            strict=parsed.strict,
        )
    )
    tree, warnings = pipeline.build(settings)
    _warn(warnings)
    if settings.strict and warnings:
        raise InputError(f"{_count(warnings, 'warning')}; with strict none may be left")
    return settings, tree, settings.out / settings.package


def _today() -> datetime.date:
    """The day in UTC; SOURCE_DATE_EPOCH stands in for the clock."""
    seconds = float(os.environ.get("SOURCE_DATE_EPOCH") or time.time())
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).date()


def _count(things: Sequence[object], name: str) -> str:
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"


def _warn(warnings: Sequence[str]) -> None:
    from codegen.findings import folded

    for warning in folded(warnings):
        print(f"codegen: warning: {warning}", file=sys.stderr)


def _summary(changed: Sequence[Difference]) -> str:
    if not changed:
        return "nothing changed"
    more = f" and {len(changed) - _NAMED} more" if len(changed) > _NAMED else ""
    named = (f"{item.path} (deleted)" if item.kind == "added" else item.path for item in changed[:_NAMED])
    return f"{len(changed)} changed: {', '.join(named)}{more}"


_COMMANDS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "generate": _generate,
    "check": _check,
    "lint": _lint,
    "diff": _diff,
    "update": _update,
    "version": _version,
    "templates": _templates,
    "schema": _schema,
    "init": _init,
}
