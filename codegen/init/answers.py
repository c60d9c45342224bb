"""What a new repository is made of: asked for at a terminal, or said by options."""

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from codegen import naming
from codegen.errors import InputError
from codegen.init.signing import AS_DOCUMENTED, FORMS
from codegen.read.operations import declared_operations
from codegen.settings import python_name

_T = TypeVar("_T")

_DISTRIBUTION = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
_HOME = re.compile(r"https://[\w.-]+(:\d+)?(/[\w.~-]+)+/?", re.ASCII)
_TAKEN = {"codegen", "tests", "server", "conftest", "generated", "msgspec", "urllib3", "httptools", "pytest"}
"""Packages that are there already where the new one is tested."""
_NEEDED = {"signed-sdk-codegen", "httptools", "msgspec", "urllib3"}


@dataclass(frozen=True)
class Given:
    """What the options said; `None` where they said nothing."""

    spec: str | None
    package: str | None
    distribution: str | None
    home: str | None
    signing: str | None
    scheme: str | None
    journal: tuple[str, ...] | None
    asks: bool
    """Whether what is not said may be asked for."""


@dataclass(frozen=True)
class Answers:
    """What the repository is to be."""

    package: str
    distribution: str
    home: str
    """Where it will live; empty where nobody has said."""
    signing: str
    scheme: str | None
    journal: tuple[str, ...]


def ask_spec(given: Given, read: Callable[[str], _T]) -> _T:
    """What is read of the document to begin with.

    Raises:
        InputError: It is not said, and nobody can be asked; or what was said cannot be read.
    """
    if given.spec is not None:
        return read(given.spec)
    if not given.asks:
        raise InputError("there is nobody to ask which document to begin with: give --spec")
    return _answer("OpenAPI document (a file, or an https address)", "", lambda text: read(_some(text)))


def ask(given: Given, tree: Mapping[str, Any]) -> Answers:
    """The rest, with what the document suggests for what is not said.

    Raises:
        InputError: An option cannot be used.
    """
    title = (tree.get("info") or {}).get("title")
    suggested = naming.snake(title if isinstance(title, str) else "")
    usual = suggested if suggested not in _TAKEN | sys.stdlib_module_names else f"{suggested}_api"
    package = _said_or_asked(given.package, given, "Package, as Python imports it", usual, _package)
    distribution = _said_or_asked(
        given.distribution, given, "Distribution, as pip installs it", package.strip("_").replace("_", "-"), _name
    )
    home = _said_or_asked(given.home, given, "Where the repository will live (https://…; none if not known)", "", _home)
    forms = ", ".join((AS_DOCUMENTED, *FORMS))
    question = f"How requests are signed ({forms}, or a file with x-sdk-signing)"
    signing = _said_or_asked(
        given.signing,
        given,
        question,
        AS_DOCUMENTED,
        _signing,
    )
    known = ", ".join(str(one.said.get("operationId")) for one in declared_operations(dict(tree)))
    names = None if given.journal is None else ",".join(given.journal)
    journal = _said_or_asked(names, given, f"Operations that move money, to keep a journal of ({known})", "", _names)
    return Answers(package, distribution, home, signing, given.scheme, journal)


def _said_or_asked(said: str | None, given: Given, question: str, usual: str, read: Callable[[str], _T]) -> _T:
    return _answer(question, usual, read) if said is None and given.asks else read(usual if said is None else said)


def _answer(question: str, usual: str, read: Callable[[str], _T]) -> _T:
    """What was answered, asked again until it can be used."""
    while True:
        try:
            return read(input(f"{question}{f' [{usual}]' if usual else ''}: ").strip() or usual)
        except InputError as error:
            print(error)
        except EOFError:
            print()
            raise InputError("the questions were not answered; nothing was written") from None


def _some(text: str) -> str:
    if not text:
        raise InputError("there must be one to begin with")
    return text


def _package(text: str) -> str:
    name = python_name(text, "the package")
    if name in _TAKEN | sys.stdlib_module_names:
        raise InputError(f"the package must not be called {name!r}: there is a module of that name where it is used")
    return name


def _name(text: str) -> str:
    if not _DISTRIBUTION.fullmatch(text):
        raise InputError(
            f"the distribution must be letters, digits, and . _ - between them, such as acme-payouts, not {text!r}"
        )
    if re.sub(r"[-_.]+", "-", text).lower() in _NEEDED:
        raise InputError(f"the distribution must not be called {text!r}: it is what the new one needs")
    return text


def _home(text: str) -> str:
    if text and not _HOME.fullmatch(text):
        raise InputError(
            "the home must be an https address without user, query or blanks, such as https://code.example/team/sdk"
        )
    return text.rstrip("/")


def _signing(text: str) -> str:
    if text != AS_DOCUMENTED and text not in FORMS and not Path(text).is_file():
        raise InputError(f"there is no signing {text!r}: it is {', '.join((AS_DOCUMENTED, *FORMS))}, or a file")
    return text


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, re.split(r"[,\s]+", text))))
