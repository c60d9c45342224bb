"""Every command that a page names is there, and takes the options that it is given there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs import commands
from tests.docs.pages import PAGES, ROOT, lines, name_of

VARIABLE = re.compile(r"\bBINANCE_[A-Z_]*[A-Z]\b")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_commands_of_a_page_are_there(page: Path) -> None:
    assert [f"{line}: {fault}" for line in lines(page) if (fault := commands.fault(line))] == []


def test_the_variables_of_the_environment_that_pages_name_are_read() -> None:
    sources = [
        path.read_text(encoding="utf-8") for room in ("generated", "sandbox") for path in (ROOT / room).rglob("*.py")
    ]
    told = commands.help_of("binance_gift_card.cli", ("redeem",))[1]  # one is named after its parameter
    read = set(VARIABLE.findall("\n".join([told, *sources])))
    named = {variable for page in PAGES for variable in VARIABLE.findall(page.read_text(encoding="utf-8"))}
    assert named - read == set()


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("tox run -e regen", None),
        ("tox run -e lowest,nothing", "tox has no nothing"),
        ("tox run -m proof", "tox has no proof"),
        ("python -m codegen lint SPEC --strict", None),
        ("sdk-codegen regenerate", "sdk-codegen has no command regenerate"),
        ("sdk-codegen lint SPEC --stirct   says what is wrong", "sdk-codegen lint takes no --stirct"),
        ("python -m tests.simulation --payouts", None),
        ("python -m codegen.compare.pages", "there is no module codegen.compare.pages"),
        ("binance-gift-card journal check", None),
        ("binance-gift-card journal chekc", "binance-gift-card has no command journal chekc"),
        ('binance-gift-card create --note "as --this"', None),
        ("binance-gift-card show 42 --show-code", "binance-gift-card show takes no --show-code"),
        ("binance-gift-card-sandbox --prot 1 -- pytest --fast", "binance-gift-card-sandbox  takes no --prot"),
    ],
)
def test_one_that_is_not_there_is_found(line: str, fault: str | None) -> None:
    assert commands.fault(line) == fault
