"""Documents of every construct, small among the tests and large among the proofs, end to end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.documents import types_check
from tests.documents.folder import Source
from tests.documents.make import CONSTRUCTS, document
from tests.documents.outcome import run
from tests.documents.server import serve


def _source(folder: Path, operations: int, seed: int) -> Source:
    spec = folder / "made.json"
    spec.write_text(json.dumps(document(operations, seed)), encoding="utf-8")
    return Source(f"made{operations}", spec)


@pytest.mark.parametrize("models", ["msgspec", "pydantic"])
def test_every_construct_is_called_and_read(tmp_path: Path, models: str) -> None:
    with serve() as server:
        outcome = run(_source(tmp_path, len(CONSTRUCTS), 1), tmp_path / models, server, models)
    assert (outcome.refused, outcome.failures, outcome.unsampled) == ("", [], [])
    assert outcome.operations == len(CONSTRUCTS)


@pytest.mark.proof
@pytest.mark.parametrize("operations", [10, 100, 500])
def test_a_document_of_any_size_is_called_and_read(tmp_path: Path, operations: int, seed: int) -> None:
    with serve() as server:
        outcome = run(_source(tmp_path, operations, seed), tmp_path / "out", server)
    assert (outcome.refused, outcome.failures, outcome.operations) == ("", [], operations)


@pytest.mark.proof
@pytest.mark.parametrize("models", ["msgspec", "pydantic"])
def test_type_checkers_and_a_linter_find_nothing(tmp_path: Path, models: str, seed: int) -> None:
    source, out = _source(tmp_path, len(CONSTRUCTS), seed), tmp_path / "out"
    with serve() as server:
        run(source, out, server, models)
    assert types_check.faults([source.package], out, tmp_path / "cache") == {source.package: []}
