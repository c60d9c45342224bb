"""Runs a block through the door that its readers use: a program, a shell, the generator."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from shutil import which

import yaml

from codegen import pipeline
from codegen.compare.accepted import read_accepted
from codegen.lower.api import lower
from codegen.settings import Options, read
from tests import forked
from tests.docs.pages import ROOT, Block

COMMANDS = {
    "python": "",
    "binance-gift-card": "-m binance_gift_card.cli",
    "binance-gift-card-sandbox": "-m binance_gift_card_sandbox",
    "sdk-codegen": "-m codegen",
}
"""What a shell finds besides the usual tools, and what Python is given for it. It finds no pip and no tox."""
FORKED = {"binance-gift-card": "binance_gift_card.cli", "sdk-codegen": "codegen.cli"}
TOOLS = ("cat", "chmod", "cp", "grep", "ls", "mkdir", "mv", "rm", "sh", "sleep", "test")
CONFIGS = {"openapi": ROOT / "pyproject.toml", "payouts": ROOT / "examples" / "payouts" / "codegen.toml"}


class FailedError(Exception):
    """The block does not do what the page says, with what it said."""


def run_python(block: Block, folder: Path, environment: dict[str, str]) -> str:
    kind = "_test.py" if "def test_" in block.text else ".py"
    path = folder / f"example{kind}"
    path.write_text(block.text, encoding="utf-8")
    return _output(forked.run("tests.docs.program", [path.name], folder, environment))


def run_shell(block: Block, folder: Path, environment: dict[str, str]) -> str:
    """In a shell; where it would only start programs of ours, one after the other, without their imports."""
    lines = [line.split(" #")[0] for line in block.text.splitlines() if line.strip()]
    if any(re.search(r"[$;&|<>(`\\]", line) or line.split()[0] not in FORKED for line in lines):
        return shell(block.text, folder, environment)
    commands = [shlex.split(line) for line in lines]
    return "".join(
        _output(forked.run(FORKED[program], arguments, folder, environment)) for program, *arguments in commands
    )


def shell(script: str, folder: Path, environment: dict[str, str]) -> str:
    """What lines print that somebody pastes into a shell, in a folder."""
    binaries = folder / ".bin"
    if not binaries.exists():
        _put_commands(binaries)
    process = subprocess.Popen(
        ["/bin/sh", "-euc", script],
        cwd=folder,
        env={"PYTHONPATH": os.environ.get("PYTHONPATH", ""), **environment, "PATH": str(binaries)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )
    try:
        out, err = process.communicate(timeout=forked.LONGEST_S)
    finally:
        _end(process)
    return _output(subprocess.CompletedProcess(process.args, process.returncode, out, err))


def _put_commands(binaries: Path) -> None:
    binaries.mkdir()
    for name, arguments in COMMANDS.items():
        (binaries / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {arguments} "$@"\n')
        (binaries / name).chmod(0o700)
    for name in TOOLS:
        (binaries / name).symlink_to(str(which(name)))


def _end(process: subprocess.Popen[str]) -> None:
    """With all that it left in the background."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _output(done: subprocess.CompletedProcess[str]) -> str:
    if done.returncode != 0:
        raise FailedError(f"exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def run_yaml(block: Block, folder: Path, environment: dict[str, str]) -> str:
    path = folder / "block.yaml"
    said = yaml.safe_load(block.text)
    path.write_text(block.text, encoding="utf-8")
    if "accepted" in said:
        read_accepted(path)
        return ""
    document, target = block.marks.get("instead", block.marks.get("at", "openapi $")).split(maxsplit=1)
    if "overlay" not in said:
        removed = [{"target": f"{target}['{key}']", "remove": True} for key in said if "instead" in block.marks]
        actions = [*removed, {"target": target, "update": said}]
        overlay = {"overlay": "1.0.0", "info": {"title": "E", "version": "1"}, "actions": actions}
        path.write_text(yaml.safe_dump(overlay), encoding="utf-8")
    new = _warnings(CONFIGS[document], path) - _warnings(CONFIGS[document])
    if new:
        raise FailedError("\n".join(new))
    return ""


@cache
def _warnings(config: Path, *more: Path) -> set[str]:
    settings = read(Options(config=config))
    tree, warnings = pipeline.read(settings.spec, [*settings.overlays, *more], "refuse")
    return {*warnings, *(warning.message for warning in lower(tree, settings).warnings)}


def run_toml(block: Block, folder: Path, environment: dict[str, str]) -> str:
    path = folder / "pyproject.toml"
    path.write_text(block.text, encoding="utf-8")
    read(Options(config=path, spec=Path("openapi.yaml"), package="acme"))
    return ""


RUNNERS: dict[str, Callable[[Block, Path, dict[str, str]], str]] = {
    "python": run_python,
    "sh": run_shell,
    "yaml": run_yaml,
    "toml": run_toml,
}
