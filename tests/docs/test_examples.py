"""Every block of code on every page runs as it is printed, or says why it cannot."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from codegen.errors import InputError
from tests.docs import commands
from tests.docs.pages import ALL, ROOT, Block, blocks_of
from tests.docs.runners import RUNNERS, FailedError
from tests.docs.situations import SITUATIONS

if TYPE_CHECKING:
    from binance_gift_card_sandbox import Sandbox

FRAGMENTS = [block for block in ALL if "fragment" in block.marks]
EXAMPLES = [
    *{
        (block.text, *block.marks): block for block in ALL if block.language in RUNNERS and block not in FRAGMENTS
    }.values()
]
"""Of those that two pages show alike, one."""
OUTPUTS = {before: block for before, block in pairwise(ALL) if "output" in block.marks}


@pytest.fixture
def environment(sandbox: Sandbox, key: str) -> dict[str, str]:
    """Of somebody who copied what the sandbox prints, and made a key for the journal."""
    kept = {
        name: value for name, value in os.environ.items() if not re.match("BINANCE_|.*_proxy$", name, re.IGNORECASE)
    }
    return {
        **kept,
        "BINANCE_API_KEY": sandbox.api_key,
        "BINANCE_API_SECRET": sandbox.api_secret,
        "BINANCE_BASE_URL": sandbox.url,
        "BINANCE_JOURNAL_KEY": key,
        "PYTHONPATH": os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(ROOT)])),
        "COLUMNS": "100",
        "TZ": "UTC",
    }


def run(block: Block, folder: Path, environment: dict[str, str], sandbox: Sandbox) -> str:
    if "given" in block.marks:
        for printed, own in SITUATIONS[block.marks["given"]](folder, environment, sandbox).items():
            block = replace(block, text=block.text.replace(printed, own))
    return RUNNERS[block.language](block, folder, environment)


@pytest.mark.parametrize("block", EXAMPLES, ids=str)
def test_it_runs(block: Block, tmp_path: Path, environment: dict[str, str], sandbox: Sandbox) -> None:
    printed = run(block, tmp_path, environment, sandbox)
    if block in OUTPUTS:
        shown = re.escape(OUTPUTS[block].text.rstrip()).replace("…", ".*?")
        assert re.fullmatch(shown, printed.rstrip(), re.DOTALL), printed


@pytest.mark.parametrize("block", [block for block in FRAGMENTS if block.language in RUNNERS], ids=str)
def test_a_fragment_does_not_run_as_it_is(
    block: Block, tmp_path: Path, environment: dict[str, str], sandbox: Sandbox
) -> None:
    with pytest.raises((FailedError, InputError)):
        run(block, tmp_path, environment, sandbox)


def objection(block: Block) -> str | None:
    """Why a block is neither run nor excused."""
    if block.language not in {*RUNNERS, "text"}:
        return f"name its language: {', '.join(RUNNERS)} or text"
    if "fragment" in block.marks:
        reason = block.marks["fragment"]
        gone = [path for path in re.findall(r"\btests/[\w/.]*\w", reason) if not (ROOT / path).exists()]
        return (
            f"there is no {' '.join(gone)}" if gone else None if reason.count(" ") > 1 else "say why it is a fragment"
        )
    lines = [line for line in block.text.splitlines() if line]
    if block.language == "text" and "output" not in block.marks and not all(map(commands.named, lines)):
        return "say whose output it is, or why it is a fragment"
    return None


@pytest.mark.parametrize("block", ALL, ids=str)
def test_it_is_run_or_says_why_not(block: Block) -> None:
    assert objection(block) is None


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("```\nls\n```\n", "name its language: python, sh, yaml, toml or text"),
        ("    ls\n", "name its language: python, sh, yaml, toml or text"),
        ("- one\n\n  ```json\n  {}\n  ```\n", "name its language: python, sh, yaml, toml or text"),
        ("<!-- fragment -->\n```sh\ntox\n```\n", "say why it is a fragment"),
        ("<!-- fragment: it is -->\n```sh\ntox\n```\n", "say why it is a fragment"),
        (
            "<!-- fragment: it needs a clone -->\nSo:\n```text\nDone.\n```\n",
            "say whose output it is, or why it is a fragment",
        ),
        ("<!-- fragment: a clone; tests/none does it -->\n```sh\ntox\n```\n", "there is no tests/none"),
        ("<!-- fragment: it needs a clone -->\n```sh\ntox\n```\n", None),
        ("```text\ntox run -e demo   it shows\n```\n", None),
    ],
)
def test_a_block_that_is_not_run_is_objected_to(page: str, expected: str | None) -> None:
    (block,) = blocks_of(page, "page")
    assert objection(block) == expected
