"""Every command that a page names is there, and takes the options that it is given there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs import commands
from tests.docs.pages import PAGES, lines, name_of


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_the_commands_of_a_page_are_there(page: Path) -> None:
    assert [f"{line}: {fault}" for line in lines(page) if (fault := commands.fault(line))] == []


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("tox run -e regen", None),
        ("tox run -e lowest,nothing", "tox has no nothing"),
        ("tox run -m proof", "tox has no proof"),
        ("python -m codegen lint SPEC --strict", None),
        ("sdk-codegen regenerate", "sdk-codegen has no command regenerate"),
        ("sdk-codegen lint SPEC --stirct   says what is wrong", "sdk-codegen lint takes no --stirct"),
        ("binance-gift-card journal check", None),
        ("binance-gift-card journal chekc", "binance-gift-card has no command journal chekc"),
        ('binance-gift-card create --note "as --this"', None),
        ("binance-gift-card show 42 --show-code", "binance-gift-card show takes no --show-code"),
        ("binance-gift-card-sandbox --prot 1 -- pytest --fast", "binance-gift-card-sandbox  takes no --prot"),
    ],
)
def test_one_that_is_not_there_is_found(line: str, fault: str | None) -> None:
    assert commands.fault(line) == fault
