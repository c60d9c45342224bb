"""What each command takes is told on the docs' page of the commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from codegen.arguments import parse

DOCS = Path(__file__).parents[2] / "docs"
COMMANDS = re.findall(
    r"^\| `(\w+)", (DOCS / "generator.md").read_text(encoding="utf-8").partition("| exit code")[0], re.M
)


def helped(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit):
        parse([*arguments, "--help"])
    return capsys.readouterr().out


def test_the_page_has_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    known = re.findall(r"^    ([a-z]+)(?:\s|$)", helped(capsys), re.M)
    assert sorted(known) == sorted(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_page_has_every_option(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    page = (DOCS / ("start.md" if command == "init" else "generator.md")).read_text(encoding="utf-8")
    wanted = set(re.findall(r"--[a-z-]+", helped(capsys, command))) - {"--help"}
    rows = [
        line for line in page.splitlines() if line.startswith("| `--") and (command == "init" or f"`{command}`" in line)
    ]
    assert wanted == set(re.findall(r"--[a-z-]+", " ".join(row.split("|")[1] for row in rows)))
