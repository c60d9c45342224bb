"""Packages of small documents of our own, generated once, and a server that keeps what it was sent."""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from codegen.cli import main
from tests.sdk.conftest import Recorder, recorder  # noqa: F401 - a fixture of theirs

HERE = Path(__file__).parent


class Request:
    """A request as the server received it."""

    def __init__(self, received: bytes) -> None:
        head, _, self.body = received.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        self.method, self.target, _ = first.split(" ")
        self.path, _, self.query = self.target.partition("?")
        self.headers: dict[str, list[str]] = {}
        for name, value in (line.split(": ", 1) for line in lines):
            self.headers.setdefault(name.lower(), []).append(value)

    def header(self, name: str) -> str:
        (value,) = self.headers[name.lower()]
        return value


@pytest.fixture(scope="session")
def package_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., ModuleType]:
    """The package of a document here, whose schemes sign unless settings say otherwise."""
    folder = tmp_path_factory.mktemp("packages")
    sys.path.insert(0, str(folder))

    def package(document: str, security: str, name: str = "") -> ModuleType:
        name = name or document
        if not (folder / name).exists():
            settings = folder / f"{name}.toml"
            settings.write_text(f"[tool.codegen.security]\n{security}\n", encoding="utf-8")
            options = ["--config", settings, "--spec", HERE / f"{document}.yaml", "--package", name, "--out", folder]
            assert main(["generate", *map(str, options)]) == 0
        return importlib.import_module(name)

    return package


@pytest.fixture(params=["blocking", "async"])
def call_of(request: pytest.FixtureRequest) -> Iterator[Callable[..., Any]]:
    """Makes a client of one kind, and a call by it: for what both have to do alike."""

    def call(package: ModuleType, title: str, operation: str, arguments: dict[str, Any], **given: Any) -> Any:
        if request.param == "blocking":
            with getattr(package, f"{title}Client")(**given) as client:
                return getattr(client, operation)(**arguments)

        async def made() -> Any:
            async with getattr(package, f"Async{title}Client")(**given) as client:
                return await getattr(client, operation)(**arguments)

        return asyncio.run(made())

    return call


@pytest.fixture
def last(recorder: Recorder) -> Callable[[], Request]:  # noqa: F811
    """Answers every request, and gives the last of them."""
    recorder.reply("204 No Content", b"")
    return lambda: Request(recorder.requests[-1])
