"""The search itself: it is the same for the same seed, sees no clock of the machine's, and finds nothing."""

from __future__ import annotations

import ast
import inspect
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.simulation import virtual
from tests.simulation.choices import Choices, every, shortest
from tests.simulation.enumeration import NO_LOOK, ONE_LOOK, two_with_one_key_and_a_crash
from tests.simulation.payouts import PayoutStory
from tests.simulation.search import search
from tests.simulation.story import of_seed, replay, tell

ROOT = Path(__file__).parents[2]
CLOCKS = {"time", "datetime", "random"}


def test_some_stories_are_as_promised(seed) -> None:
    found = search(1500, seed)
    assert not found.faults, found.as_test()


def test_some_stories_of_payouts_are_as_promised(seed) -> None:
    found = search(300, seed, PayoutStory)
    assert not found.faults, found.as_test()


@pytest.mark.proof
def test_many_stories_of_payouts_are_as_promised(seed) -> None:
    found = search(2_500, seed, PayoutStory)
    assert not found.faults, found.as_test()


@pytest.mark.proof
def test_many_stories_are_as_promised(seed) -> None:
    found = search(15_000, seed)
    assert not found.faults, found.as_test()


@pytest.mark.parametrize(
    ("timeout", "least"), [(NO_LOOK, 3000), pytest.param(ONE_LOOK, 40_000, marks=pytest.mark.proof)]
)
def test_every_order_of_two_calls_with_one_key_and_one_crash_is_as_promised(timeout, least) -> None:
    count = 0
    for choices, faults in two_with_one_key_and_a_crash(timeout):
        count += 1
        assert not faults, f"{faults}: {choices.words}"
    assert count > least


def test_a_seed_tells_the_same_story_again() -> None:
    for number in range(50):
        first = of_seed(number)
        told = tell(first)
        again = Choices(first.taken)
        assert tell(again) == told
        assert (again.taken, again.words) == (first.taken, first.words)


def test_a_list_of_choices_that_tells_another_story_is_refused() -> None:
    with pytest.raises(ValueError, match="another story"):
        replay([0, 0], "the plot: none")


def test_a_story_is_cut_down_to_what_matters() -> None:
    assert shortest([1, 2, 3, 0, 4, 5], lambda given: len(given) > 2 and given[2] == 3) == [0, 0, 3]


def test_every_list_of_choices_is_told_once() -> None:
    def two(choices: Choices) -> None:
        if choices.pick("first", "abc") != 1:
            choices.pick("second", "ab")

    assert [choices.taken for choices in every(two)] == [[0, 0], [0, 1], [1], [2, 0], [2, 1]]


def test_the_command_tells_its_seed_and_how_fast_it_was() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.simulation", "--stories", "20", "--seed", "7"],
        cwd=ROOT,
        env={"PYTHONPATH": ":".join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.startswith("seed 7: 20 stories in ")


def test_no_module_of_a_story_reads_the_machines_clock() -> None:
    real = {id(time), id(random), *(id(getattr(time, name)) for name in virtual.READERS)}
    for module in virtual.modules():
        assert not [name for name, value in vars(module).items() if id(value) in real], module
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            assert not names or node.col_offset == 0 or not CLOCKS.intersection(names), module
