"""The fixtures for pytest, used as a stranger uses them: in a project of its own, in a process of its own."""

import os
import subprocess
import sys

import pytest

TESTS = """
import pytest


def test_a_card(gift_card_client, gift_card_sandbox):
    card = gift_card_client.create_gift_card(token="USDT", amount="25")
    assert gift_card_client.verify_gift_card(reference_no=card.reference_no).valid
    assert [made.reference_no for made in gift_card_sandbox.cards()] == [card.reference_no]


def test_a_sandbox_for_each_test(gift_card_sandbox):
    assert gift_card_sandbox.cards() == []


@pytest.mark.gift_card_sandbox(balances={"USDT": "5"}, seed="1")
def test_settings(gift_card_client, gift_card_sandbox):
    assert gift_card_sandbox.balance("USDT") == 5
    assert gift_card_client.sync_clock() is None
    gift_card_sandbox.clock.advance(86_400_000)
    assert gift_card_client.create_gift_card(token="USDT", amount="5")
"""


def run(tmp_path, *arguments, code=TESTS):
    (tmp_path / "test_theirs.py").write_text(code)
    plugin = [] if is_installed() else ["-p", "binance_gift_card_sandbox.pytest_plugin"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--strict-markers", "-p", "no:cacheprovider", *plugin, *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def is_installed():
    from importlib.metadata import entry_points

    return bool(entry_points(group="pytest11", name="gift_card_sandbox"))


@pytest.mark.parametrize("side_by_side", [[], ["-n", "2"]], ids=["one by one", "side by side"])
def test_the_fixtures(tmp_path, side_by_side):
    done = run(tmp_path, "-W", "error", *side_by_side)
    assert "3 passed" in done.stdout, done.stdout + done.stderr


def test_they_are_listed_with_what_they_are(tmp_path):
    told = run(tmp_path, "--fixtures").stdout + run(tmp_path, "--markers").stdout
    assert "A running sandbox of this test's own" in told
    assert "gift_card_sandbox(**settings)" in told


def test_a_project_that_tests_other_things_loads_no_server(tmp_path):
    code = "import sys\n\n\ndef test():\n    assert not {'uvicorn', 'starlette', 'jsonschema_rs'} & set(sys.modules)\n"
    done = run(tmp_path, code=code)
    assert "1 passed" in done.stdout, done.stdout
