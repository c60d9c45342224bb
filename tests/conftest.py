"""What all tests share."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests import generator
from tests.needs import need

ROOT = Path(__file__).parent.parent

pytest_plugins = ["tests.fixtures"] if find_spec("binance_gift_card") is not None else []

if find_spec("hypothesis") is not None:  # the tests of CI files do without
    from hypothesis import HealthCheck, settings

    calm = {"deadline": None, "database": None, "print_blob": True, "suppress_health_check": [HealthCheck.too_slow]}
    settings.register_profile("fixed", derandomize=True, **calm)
    settings.register_profile("explore", derandomize=False, **calm)
    settings.load_profile("fixed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write what the generator gives as what is expected")
    parser.addoption("--sandbox", choices=["thread", "process"], default="thread", help="where sandboxes run")
    parser.addoption(
        "--client",
        choices=["blocking", "async"],
        default="blocking",
        help="which client the tests of the SDK are about",
    )
    parser.addoption(
        "--seed",
        default="0",
        help="what tests at random begin with: 0 is the same examples each time; `random` draws a number and prints it",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell ignores it for what runs in the background
    if config.getoption("--sandbox") == "process":
        from tests.sandbox_process import use_it

        use_it()
    if config.getoption("--client") == "async":
        from tests.async_client import use_it as use_async

        use_async()
    if hasattr(config, "workerinput"):
        config.option.seed = config.workerinput["seed"]
    elif config.option.seed == "random":
        config.option.seed = str(random.SystemRandom().randrange(1, 2**32))
        print(_told(config), flush=True)
    if config.option.seed != "0" and find_spec("hypothesis") is not None:
        config.option.hypothesis_profile = "explore"
        config.option.hypothesis_seed = config.option.seed


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Two for each core, because half of a test's time is waiting."""
    return 2 * (os.cpu_count() or 1)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """All workers of xdist begin with the one number that was drawn."""
    node.workerinput["seed"] = node.config.option.seed


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if config.option.seed != "0":
        terminalreporter.write_line(_told(config))


def _told(config: pytest.Config) -> str:
    return f"seed {config.option.seed}: give --seed={config.option.seed} to run the same again"


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("blocking"):
        if item.config.getoption("--client") == "async":
            pytest.skip(f"of the client that blocks: {marker.args[0]}")
    for marker in item.iter_markers("needs"):
        for program in marker.args:
            need(program)


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> int:
    """What a test at random begins with: the same each time, but among the proofs, which draw and print it."""
    return int(request.config.getoption("--seed"))


@pytest.fixture(scope="session")
def as_first_version(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], None]:
    """Makes a copy of the project what its version 0.1.0 was, whatever the project itself has come to."""

    made = tmp_path_factory.mktemp("first")

    def reset(folder: Path) -> None:
        shutil.copytree(ROOT / "tests" / "contract" / "openapi", folder / "openapi", dirs_exist_ok=True)
        settings = folder / "pyproject.toml"
        text = settings.read_text(encoding="utf-8")
        settings.write_text(re.sub(r'^version = "[^"]*"', 'version = "0.1.0"', text, count=1, flags=re.MULTILINE))
        (folder / "CHANGELOG.md").write_text("# Changelog\n\n## [Unreleased]\n\n## [0.1.0]\n\n### Added\n- All.\n")
        if not (made / "generated").exists():
            done = _run("generate", cwd=folder)
            assert done.returncode == 0, done.stderr
            shutil.copytree(folder / "generated", made / "generated")
        else:
            shutil.rmtree(folder / "generated", ignore_errors=True)  # with what the first version had not
            shutil.copytree(made / "generated", folder / "generated")

    return reset


@pytest.fixture
def codegen() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs ``python -m codegen`` as a process, in a folder."""
    return _run


def _run(*arguments: str | Path, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return generator.run([str(argument) for argument in arguments], cwd, environment)
