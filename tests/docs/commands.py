"""The commands that a page names, and what the programs themselves say that they take."""

from __future__ import annotations

import configparser
import os
import re
import shlex
from functools import cache
from importlib.util import find_spec
from itertools import pairwise

from tests import forked
from tests.docs.pages import ROOT

PROGRAMS = {
    "python -m codegen": "codegen.cli",
    "sdk-codegen": "codegen.cli",
    "python -m binance_gift_card": "binance_gift_card.cli",
    "binance-gift-card": "binance_gift_card.cli",
    "binance-gift-card-sandbox": "binance_gift_card_sandbox.cli",
}
_OURS = r"python -m (?:bench|binance_gift_card|codegen|examples|release|tests)[\w.]*"
_PROGRAM = re.compile(
    rf"(?P<program>{'|'.join(map(re.escape, PROGRAMS))}|tox|{_OURS}|pipx install \S+)(?= |$)(?P<words>.*)"
)
_WORD = re.compile(r"[a-z][a-z-]*")
_OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")
_TOX_INI = (ROOT / "tox.ini", ROOT / "codegen" / "init" / "files" / "tox.ini")


def named(line: str) -> tuple[str, str] | None:
    """The program that a line begins with, and the rest of it."""
    found = _PROGRAM.match(line)
    return (found["program"], found["words"].split(" # ")[0].split("   ")[0]) if found else None


def fault(line: str) -> str | None:
    """What of a command is not there."""
    found = named(line)
    if found is None:
        return None
    program, words = found
    if program == "tox":
        return _fault_of_tox(words)
    if program not in PROGRAMS:
        module = program.removeprefix("python -m ")
        return f"there is no module {module}" if module != program and find_spec(module) is None else None
    ours = words.split(" -- ")[0]
    path, taken = _command(PROGRAMS[program], [word for word in ours.split() if not word.startswith("[")])
    if taken is None:
        return f"{program} has no command {' '.join(path)}"
    unknown = [option for option in _OPTION.findall(re.sub(r"\"[^\"]*\"|'[^']*'", "", ours)) if option not in taken]
    return f"{program} {' '.join(path)} takes no {' '.join(unknown)}" if unknown else None


def _command(module: str, words: list[str]) -> tuple[tuple[str, ...], set[str] | None]:
    """The command that words begin with, and the options that it takes; none, where there is no such command."""
    path: tuple[str, ...] = ()
    taken = _options(module, path)
    for word in words:
        if not _WORD.fullmatch(word) or not _has_commands(module, path):
            break
        path = (*path, word)
        taken = _options(module, path)
    return path, taken


def _has_commands(module: str, path: tuple[str, ...]) -> bool:
    return "COMMAND " in help_of(module, path)[1].replace("COMMAND\n", "COMMAND ")


def _options(module: str, path: tuple[str, ...]) -> set[str] | None:
    code, said = help_of(module, path)
    return {"--version", *_OPTION.findall(said)} if code == 0 else None


@cache
def help_of(module: str, path: tuple[str, ...]) -> tuple[int, str]:
    """The exit code of a command that is asked for its help, and what it says."""
    plain = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}
    done = forked.run(module, [*path, "--help"], ROOT, plain)
    return done.returncode, done.stdout


def _fault_of_tox(words: str) -> str | None:
    envs, labels = _tox()
    said = shlex.split(words.split(" -- ")[0].replace("[", "").replace("]", ""))
    for option, value in pairwise(said):
        known = {"-e": envs, "-m": labels}.get(option)
        unknown = set(value.split(",")) - known if known is not None else ()
        if unknown:
            return f"tox has no {' '.join(unknown)}"
    return None


@cache
def _tox() -> tuple[set[str], set[str]]:
    envs, labels = {f"py3{minor}" for minor in range(10, 15)}, set()
    for path in _TOX_INI:
        parser = configparser.ConfigParser(interpolation=None)
        parser.read(path, encoding="utf-8")
        envs |= {name.removeprefix("testenv:") for name in parser.sections()}
        labels |= {parser.get(name, "labels", fallback="") for name in parser.sections()}
    return envs | {"ENV"}, labels
