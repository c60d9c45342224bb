"""The command ``templates``: what it takes, and what it prints."""

import argparse
from pathlib import Path

from codegen.errors import InputError, shown
from codegen.settings import templates_folder


def declare(parser: argparse.ArgumentParser) -> None:
    """What the command takes, but for the folder."""
    parser.add_argument("action", choices=("list", "copy", "merge"), nargs="?", default="list", help="default list")
    parser.add_argument("names", metavar="NAME", nargs="*", help="of a template, such as macros/client.jinja")
    parser.add_argument("--config", type=Path, metavar="FILE", help="the settings; default pyproject.toml")


def run(parsed: argparse.Namespace) -> bool:
    """Do it; whether something is left for a person to look at.

    Raises:
        InputError: No folder is named, or it cannot be done there.
    """
    from codegen import template_copies

    folder = templates_folder(parsed.config, parsed.templates)
    if (parsed.action == "list" and parsed.names) or (parsed.action == "copy" and not parsed.names):
        raise InputError("'list' takes no names of templates" if parsed.names else "say which templates to copy")
    if parsed.action == "list":
        return _list(folder)
    if folder is None:
        raise InputError("no folder of templates is named: give --templates, or set templates in [tool.codegen]")
    if parsed.action == "copy":
        for path in template_copies.copy(folder, parsed.names):
            print(f"{shown(path)}: copied, with its original beside it")
        return False
    merged = template_copies.merge(folder, parsed.names)
    for name, is_clean in merged.items():
        print(f"{shown(folder / name)}: {'merged' if is_clean else 'merged, with conflicts to resolve'}")
    return not all(merged.values())


def _list(folder: Path | None) -> bool:
    from codegen import template_copies

    found = template_copies.states(folder)
    for name, override in found:
        print(name if override is None else f"{name}: overridden by {shown(override.path)}")
    outdated = [override for _, override in found if override and override.is_outdated]
    for override in outdated:
        print(f"\n{override.name} has changed since it was copied:\n{template_copies.changes(override)}", end="")
    return bool(outdated)
