"""The command line. Exit codes: 0 done, 1 a difference was found, 2 the input or the call is wrong."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from codegen import pipeline
from codegen.errors import InputError, shown
from codegen.settings import MODEL_KINDS, SCHEMA_CHECKS, Options, Settings, read
from codegen.tree import Difference, differences, strays, write

DONE, DIFFERENT, WRONG = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    parsed = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = parsed.command
    try:
        return command(parsed)
    except InputError as error:
        print(f"codegen: {error}", file=sys.stderr)
        return WRONG


def _generate(parsed: argparse.Namespace) -> int:
    settings = _settings(parsed)
    tree, warnings = pipeline.build(settings)
    _warn(warnings)
    folder = settings.out / settings.package
    changed = write(tree, folder)
    print(f"{shown(folder)}: {len(tree)} files, {_summary(changed)}")
    return DONE


def _check(parsed: argparse.Namespace) -> int:
    settings = _settings(parsed)
    tree, warnings = pipeline.build(settings)
    _warn(warnings)
    folder = settings.out / settings.package
    found = differences(tree, folder)
    found += strays(settings.out, settings.package) if settings.owns_out else []
    for difference in found:
        print(difference)
    if found:
        print(f"codegen: {shown(folder)} is not what its inputs give; run: python -m codegen generate", file=sys.stderr)
    return DIFFERENT if found else DONE


def _lint(parsed: argparse.Namespace) -> int:
    """Everything short of writing: what `generate` would refuse or warn of."""
    from codegen.lower import lower

    options = Options(config=parsed.config, spec=parsed.spec, overlays=parsed.overlay or (), package="linted")
    settings = read(options)
    document, warnings = pipeline.read(settings.spec, settings.overlays, parsed.schema_check or settings.schema_check)
    api = lower(document, settings)
    _warn([*warnings, *api.warnings])
    print(f"{shown(settings.spec)}: {len(api.operations)} operations, {len(api.schemas)} models, no errors")
    return DONE


def _settings(parsed: argparse.Namespace) -> Settings:
    return read(
        Options(
            config=parsed.config,
            spec=parsed.spec,
            overlays=parsed.overlay,
            out=parsed.out,
            package=parsed.package,
            models=parsed.models,
            schema_check=parsed.schema_check,
        )
    )


def _warn(warnings: Sequence[str]) -> None:
    for warning in warnings:
        print(f"codegen: warning: {warning}", file=sys.stderr)


def _summary(changed: Sequence[Difference]) -> str:
    return f"{len(changed)} changed: {', '.join(item.path for item in changed)}" if changed else "nothing changed"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m codegen", description="Typed Python SDKs for signed REST APIs.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    generate = commands.add_parser("generate", help="write the package that the inputs give")
    generate.set_defaults(command=_generate)
    check = commands.add_parser("check", help="exit 1 and a diff when the package is not what the inputs give")
    check.set_defaults(command=_check)
    for command in (generate, check):
        command.add_argument(
            "--spec", type=Path, metavar="FILE", help="the OpenAPI document, taken without overlays of the settings"
        )
        command.add_argument("--package", metavar="NAME", help="the name of the package")
        command.add_argument("--out", type=Path, metavar="DIR", help="the folder that receives the folder NAME")
        command.add_argument("--models", choices=MODEL_KINDS, help="what the models stand on")

    lint = commands.add_parser("lint", help="say what generate would refuse or warn of, and write nothing")
    lint.set_defaults(command=_lint)
    lint.add_argument("spec", type=Path, metavar="SPEC", help="the OpenAPI document")
    for command in (generate, check, lint):
        command.add_argument(
            "--overlay", type=Path, action="append", metavar="FILE", help="an overlay, in order; repeatable"
        )
        command.add_argument("--config", type=Path, metavar="FILE", help="the settings; default pyproject.toml")
        command.add_argument(
            "--schema-check", choices=SCHEMA_CHECKS, help="what to do about breaches of OpenAPI's schema"
        )
    return parser
