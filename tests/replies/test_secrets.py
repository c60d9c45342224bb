"""Results whose secrets are described apart from them: a terminal hides them, and shows them when it is asked to."""

from __future__ import annotations

import json
import subprocess
from types import ModuleType
from typing import Any

import pytest

from tests import forked
from tests.replies.conftest import Path, packaged
from tests.sdk.conftest import Recorder

SPEC = Path(__file__).parent / "secrets.yaml"
SECRET, MASK = "6H9EKF5ECCWFBHGE", "********"
CARD = {"pin": SECRET, "other": SECRET}


@pytest.fixture(scope="module", params=["msgspec", "pydantic"])
def package(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    yield from packaged(SPEC, f"vault_on_{request.param}", request.param, tmp_path_factory.mktemp("packages"))


@pytest.fixture
def run(package: ModuleType, server: Recorder, tmp_path: Path) -> Any:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        names = {"BASE_URL": server.url, "JOURNAL": str(tmp_path / "pins.db"), "JOURNAL_KEY": "unsealed"}
        environment = {f"{package.__name__.upper()}_{name}": value for name, value in names.items()}
        return forked.run(f"{package.__name__}.cli", arguments, tmp_path, {"LC_ALL": "C.UTF-8", **environment})

    return run


@pytest.mark.parametrize(("form", "result"), [("card", CARD), ("cards", [CARD])])
def test_a_secret_is_shown_only_when_it_is_wanted(run: Any, server: Recorder, form: str, result: object) -> None:
    server.reply("200 OK", json.dumps(result))
    for options in ([], ["--json"]):
        hidden = run(form, "--yes", *options)
        assert (hidden.returncode, hidden.stdout.count(MASK)) == (0, 2), hidden.stderr
        assert SECRET not in hidden.stdout + hidden.stderr
        shown = run(form, "--yes", "--show-codes", *options)
        assert (shown.returncode, shown.stdout.count(SECRET)) == (0, 2), shown.stderr
    assert SECRET not in run("show", "1").stdout
    assert SECRET in run("show", "1", "--show-codes").stdout
