"""The page of rules is what the code says, and says of each of oasdiff's checks what becomes of it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from codegen.compare.page import OASDIFF, PAGE, render
from codegen.compare.rules import RULES
from codegen.read.load import read_mapping


def spelt_out(name: str) -> Iterator[str]:
    parts = [part.split(",") for part in re.split(r"[{}]", name)]
    yield from map("".join, itertools.product(*parts))


def test_the_page_is_what_the_code_renders() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), "run: python -m codegen.compare.page"


def test_every_rule_is_on_the_page() -> None:
    page = render()
    for rule in RULES.values():
        kind = re.sub(r"^(request|response)-", "…-", rule.id) if rule.group == "Schemas" else rule.id
        assert f"`{kind}`" in page


def test_each_check_of_oasdiff_stands_once_and_leads_to_rules_that_there_are() -> None:
    told = read_mapping(OASDIFF)
    left_out = [name for group in told["left_out"] for name in group["ids"]]
    ids = [name for pattern in (*told["covered"], *left_out) for name in spelt_out(pattern)]
    assert len(set(ids)) == len(ids)
    assert len(ids) > 450
    assert {rule for rules in told["covered"].values() for rule in rules} <= RULES.keys()
    assert all(group["reason"].endswith(".") for group in told["left_out"])
