"""What each command of the command line takes."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from codegen import __version__, template_commands
from codegen.extensions.extension import LEVELS
from codegen.settings import MODEL_MODULES, SCHEMA_CHECKS


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """What was asked for: `command` is the name of the command, the rest is what it takes."""
    parser = argparse.ArgumentParser(prog=_program(), description="Typed Python SDKs for signed REST APIs.")
    parser.add_argument("--version", action="version", version=f"sdk-codegen {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    _add_init(commands.add_parser("init", help="make a folder the repository of an SDK of your own"))
    generate = commands.add_parser("generate", help="write the package that the inputs give")
    check = commands.add_parser("check", help="exit 1 and a diff when the package is not what the inputs give")
    for command in (generate, check):
        command.add_argument(
            "--spec", type=Path, metavar="FILE", help="the OpenAPI document, taken without overlays of the settings"
        )
        command.add_argument("--package", metavar="NAME", help="the name of the package")
        command.add_argument("--out", type=Path, metavar="DIR", help="the folder that receives the folder NAME")
        command.add_argument("--models", choices=tuple(MODEL_MODULES), help="what the models stand on")

    lint = commands.add_parser("lint", help="say what generate would refuse or warn of, and write nothing")
    lint.add_argument("spec", type=Path, metavar="SPEC", help="the OpenAPI document")
    lint.add_argument("--format", choices=("text", "json", "sarif"), default="text", help="default text")
    _add_update(commands.add_parser("update", help="take a changed document in: all of it, or nothing"))
    _add_version(commands.add_parser("version", help="give all that is unreleased a version, with its entry"))
    _add_diff(commands.add_parser("diff", help="say what changed between two documents, and whom it breaks"))
    commands.add_parser("schema", help="print the JSON Schema of documents and overlays, for editors")
    templates = commands.add_parser("templates", help="list templates, copy some to change them, or merge what changed")
    template_commands.declare(templates)
    for command in (generate, check, templates):
        command.add_argument("--templates", type=Path, metavar="DIR", help="templates that stand in for the usual ones")
    for command in (generate, check, lint):
        command.add_argument(
            "--overlay", type=Path, action="append", metavar="FILE", help="an overlay, in order; repeatable"
        )
        command.add_argument("--config", type=Path, metavar="FILE", help="the settings; default pyproject.toml")
        command.add_argument(
            "--schema-check", choices=SCHEMA_CHECKS, help="what to do about breaches of OpenAPI's schema"
        )
        command.add_argument("--strict", action="store_true", help="let any warning stop, with exit code 2")
    return parser.parse_args(arguments)


def _program() -> str:
    """How this process was called."""
    return "python -m codegen" if Path(sys.argv[0]).name == "__main__.py" else "sdk-codegen"


def _add_init(init: argparse.ArgumentParser) -> None:
    init.add_argument("folder", nargs="?", type=Path, default=Path(), metavar="DIR", help="default: this folder")
    init.add_argument("--spec", metavar="SPEC", help="the OpenAPI document: a file, or an https address")
    init.add_argument("--package", metavar="NAME", help="the package; default made of the document's title")
    init.add_argument("--distribution", metavar="NAME", help="what pip installs; default made of the package")
    init.add_argument("--home", metavar="URL", help="where the repository will live, for the links of an index")
    init.add_argument(
        "--signing",
        metavar="HOW",
        help="document (as it says; the default), header, query, or a file with x-sdk-signing",
    )
    init.add_argument("--scheme", metavar="NAME", help="the security scheme that --signing is said of")
    init.add_argument(
        "--journal", action="append", metavar="OPERATION", help="an operationId that moves money; repeatable"
    )
    init.add_argument("--yes", action="store_true", help="ask nothing: take what is usual for what is not said")


def _add_update(update: argparse.ArgumentParser) -> None:
    update.add_argument("spec", metavar="NEW_SPEC", help="the changed document: a file, or an https address")
    update.add_argument("--dry-run", action="store_true", help="show everything, write nothing")
    update.add_argument("--report", type=Path, metavar="FILE", help="write what changed there, as Markdown")
    update.add_argument("--origin", metavar="TEXT", help="where the document comes from; default its name or address")
    update.add_argument("--config", type=Path, metavar="FILE", help="the settings; default pyproject.toml")


def _add_version(version: argparse.ArgumentParser) -> None:
    version.add_argument("version", metavar="VERSION", nargs="?", help="a higher one than what changed asks for")
    version.add_argument("--dry-run", action="store_true", help="show everything, write nothing")
    version.add_argument("--config", type=Path, metavar="FILE", help="the settings; default pyproject.toml")


def _add_diff(diff: argparse.ArgumentParser) -> None:
    diff.add_argument("old", metavar="OLD", help="a document: a file, or REVISION:PATH as git names it")
    diff.add_argument("new", metavar="NEW", help="the document that it became")
    diff.add_argument("--overlay", action="append", metavar="FILE", help="an overlay on both, in order; repeatable")
    diff.add_argument(
        "--old-overlay", action="append", metavar="FILE", help="an overlay on OLD, instead of those on both"
    )
    diff.add_argument("--format", choices=("text", "markdown", "json"), default="text", help="default text")
    diff.add_argument("--fail-on", choices=LEVELS, help="exit 1 when a change is at least as grave")
    diff.add_argument("--accept", type=Path, metavar="FILE", help="exceptions: changes that are accepted for a time")
    diff.add_argument("--only", choices=("wire", "python"), help="tell one half only")
    diff.add_argument("--config", type=Path, metavar="FILE", help="the settings; default pyproject.toml")
