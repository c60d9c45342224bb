"""Every rule about Python fires where it should, and not on the way back or beside it."""

from __future__ import annotations

import pytest

from codegen.compare.rules import RULES
from codegen.compare.surface import compare_surfaces

CASES: dict[str, tuple[str, str]] = {
    "python-removed": ("def f() -> None: ...\ndef g(x: int) -> None: ...", "def f() -> None: ..."),
    "python-renamed": ("def old(x: int) -> str: ...", "def new(x: int) -> str: ..."),
    "python-added": ("X: int = 1", "X: int = 1\ndef f(a: int) -> None: ..."),
    "python-kind-changed": ("def f() -> None: ...", "class f: ..."),
    "python-base-removed": ("class E(ValueError, KeyError): ...", "class E(ValueError): ..."),
    "python-argument-removed": ("def f(*, a: int, b: int = 1) -> None: ...", "def f(*, a: int) -> None: ..."),
    "python-argument-added": ("def f(*, a: int) -> None: ...", "def f(*, a: int, b: int = 1) -> None: ..."),
    "python-required-argument-added": ("def f(*, a: int) -> None: ...", "def f(*, a: int, b: int) -> None: ..."),
    "python-argument-became-required": ("def f(*, a: int = 1) -> None: ...", "def f(*, a: int) -> None: ..."),
    "python-argument-became-optional": ("def f(*, a: int) -> None: ...", "def f(*, a: int = 1) -> None: ..."),
    "python-argument-moved": ("def f(a: int, b: int) -> None: ...", "def f(b: int, a: int) -> None: ..."),
    "python-argument-kind-changed": ("def f(a: int) -> None: ...", "def f(*, a: int) -> None: ..."),
    "python-argument-default-changed": ("def f(a: int = 1) -> None: ...", "def f(a: int = 2) -> None: ..."),
    "python-argument-type-widened": ("def f(a: int) -> None: ...", "def f(a: str | int) -> None: ..."),
    "python-argument-type-changed": ("def f(a: int | str) -> None: ...", "def f(a: int) -> None: ..."),
    "python-result-type-narrowed": ("def f() -> int | None: ...", "def f() -> int: ..."),
    "python-result-type-changed": ("def f() -> int: ...", "def f() -> int | None: ..."),
    "python-attribute-type-narrowed": ("class C:\n    a: int | str", "class C:\n    a: int"),
    "python-attribute-type-changed": ("class C:\n    a: int", "class C:\n    a: int | None"),
}
BOTH_WAYS = {
    "python-renamed",
    "python-kind-changed",
    "python-argument-moved",
    "python-argument-default-changed",
}
"""Rules that fire on the way back as well."""


def told(old: str, new: str) -> dict[str, str]:
    trees = ({"__init__.py": f"from typing import Literal\n{text}\n"} for text in (old, new))
    return {change.rule.id: change.rule.level for change in compare_surfaces(*trees, "package")}


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_fires_and_does_not(rule: str) -> None:
    old, new = CASES[rule]
    assert told(old, new).get(rule) == RULES[rule].level
    assert told(old, old) == told(new, new) == {}
    assert (rule in told(new, old)) is (rule in BOTH_WAYS)


def test_every_rule_of_python_has_a_case() -> None:
    assert CASES.keys() == {rule for rule in RULES if rule.startswith("python-")}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("def f(a: int | str) -> None: ...", "def f(a: str | int) -> None: ..."),
        ("class C:\n    s: Literal['a'] | str", "class C:\n    s: Literal['a', 'b'] | str"),
        ("def _f() -> None: ...", "def _g() -> None: ..."),
        ("def f() -> None:\n    'Old words.'", "def f() -> None:\n    'New words.'"),
        ("from decimal import Decimal\nX: Decimal", "from decimal import Decimal, Context\nX: Decimal"),
        ("X: int = 1", "X: int = 2"),
    ],
)
def test_what_callers_cannot_tell_is_nothing(old: str, new: str) -> None:
    assert told(old, new) == {}


def test_a_literal_that_callers_pass_counts_by_its_values() -> None:
    old, new = ("def f(s: Literal['a', 'b']) -> None: ...", "def f(s: Literal['a']) -> None: ...")
    assert set(told(old, new)) == {"python-argument-type-changed"}
    assert set(told(new, old)) == {"python-argument-type-widened"}


def test_a_thing_that_is_imported_is_told_once_under_its_short_name() -> None:
    def package(argument: str) -> dict[str, str]:
        client = f"class Client:\n    def call(self, *, {argument}: int) -> None: ...\n"
        return {"__init__.py": "from .client import Client\n__all__ = ['Client']\n", "client.py": client}

    changes = compare_surfaces(package("a"), package("b"), "package")
    assert {(change.rule.id, change.subject) for change in changes} == {
        ("python-argument-removed", "Client.call(a)"),
        ("python-required-argument-added", "Client.call(b)"),
    }


def test_a_name_of_the_runtime_is_told_once_the_package_imports_it() -> None:
    runtime = {f"_runtime/{name}.py": f'class {name.title()}:\n    """A {name} one."""\n' for name in ("near", "deep")}

    def package(*names: str) -> dict[str, str]:
        lines = [f"from package._runtime.{name.lower()} import {name}" for name in names]
        return {"__init__.py": "\n".join([*lines, f"__all__ = {names}"]), "_runtime/__init__.py": "", **runtime}

    changes = compare_surfaces(package("Near"), package("Near", "Deep"), "package")
    assert [(change.rule.id, change.subject, change.detail) for change in changes] == [
        ("python-added", "Deep", "A deep one.")
    ]


def test_a_change_of_both_clients_is_told_once_and_one_of_the_async_client_alone_too() -> None:
    every = "__all__ = ['AsyncClient', 'Client']\n"

    def package(blocking: str, later: str) -> dict[str, str]:
        return {
            "__init__.py": "from .client import Client\nfrom .async_client import AsyncClient\n" + every,
            "client.py": f"class Client:\n    def create(self, *, {blocking}: int) -> int: ...\n",
            "async_client.py": f"class AsyncClient:\n    async def create(self, *, {later}: int) -> int: ...\n",
        }

    def subjects(old: dict[str, str], new: dict[str, str]) -> set[str]:
        return {change.subject for change in compare_surfaces(old, new, "package")}

    assert subjects(package("a", "a"), package("b", "b")) == {"Client.create(a)", "Client.create(b)"}
    assert subjects(package("a", "a"), package("a", "b")) == {"AsyncClient.create(a)", "AsyncClient.create(b)"}
    alone = {path: text for path, text in package("a", "a").items() if path != "async_client.py"}
    alone["__init__.py"] = "from .client import Client\n__all__ = ['Client']\n"
    assert subjects(alone, package("a", "a")) == {"AsyncClient", "async_client"}
