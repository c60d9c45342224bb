"""The pages that users read, and the blocks of code on them.

What a block needs is said in comments just before it, which no reader of the page sees:

    <!-- fragment: why it cannot run -->        it is not run; a test holds that it could not be
    <!-- continues: TEXT -->                    it stands after the block above that holds this text, in one program
    <!-- given: NAME -->                        one of the situations of tests/docs/situations.py comes first
    <!-- at: DOCUMENT JSONPATH -->               where in that document an extension stands
    <!-- instead: DOCUMENT JSONPATH -->         the same, where another stands there already
    <!-- output -->                              what the block before it prints; `…` stands for anything
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
PAGES = [
    *(
        ROOT / name
        for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "codegen/README.md", "openapi/README.md")
    ),
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "examples").rglob("*.md")),
]
MARKS = {"fragment", "continues", "given", "at", "instead", "output"}
_COMMENT = re.compile(r"<!-- ([a-z]+)(?:: (.*?))? -->")


@dataclass(frozen=True, eq=False)
class Block:
    """One block of code."""

    page: str
    line: int
    language: str
    text: str
    marks: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> list[Block]:
    """The blocks of a page, in order; those that continue another begin with it."""
    return blocks_of(page.read_text(encoding="utf-8"), name_of(page))


def blocks_of(text: str, name: str) -> list[Block]:
    """The same of a page's text."""
    found: list[Block] = []
    for token, marks in _fences(MarkdownIt().parse(text)):
        assert token.map is not None
        code = token.content
        if "continues" in marks:
            code = next(block.text for block in reversed(found) if marks["continues"] in block.text) + code
        found.append(Block(name, token.map[0] + 1, token.info.strip(), code, marks))
    return found


def _fences(tokens: list[Token]) -> Iterator[tuple[Token, dict[str, str]]]:
    """Every block with the marks of the comments before it."""
    marks: dict[str, str] = {}
    for token in tokens:
        if token.type == "html_block":
            marks = {name: why or "" for name, why in _COMMENT.findall(token.content) if name in MARKS}
        elif token.type in ("fence", "code_block"):
            yield token, marks
            marks = {}
        else:
            marks = {}


def lines(page: Path) -> list[str]:
    """All that a page shows as code: the lines of its blocks, and each text between backticks."""
    tokens = MarkdownIt().enable("table").parse(page.read_text(encoding="utf-8"))
    within = [child for token in tokens for child in token.children or ()]
    spans = [token.content for token in within if token.type == "code_inline"]
    return [*spans, *(line.strip() for found in blocks(page) for line in found.text.splitlines())]


def block(page: Path, language: str, holding: str) -> str:
    """The text of the one block that holds something."""
    (found,) = (block.text for block in blocks(page) if block.language == language and holding in block.text)
    return found


ALL = [found for page in PAGES for found in blocks(page)]
