"""A witness as a call: the SDK of the old document makes it, and a sandbox of the new document refuses it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from binance_gift_card import ApiError, GiftCardClient, HmacSigner
from codegen import pipeline
from codegen.compare.wire import compare
from codegen.compare.witness import Witness, witnesses
from tests.sandbox_process import SandboxProcess

ROOT = Path(__file__).parents[2]
OVERLAID = pipeline.load(ROOT / "openapi" / "binance-gift-card-openapi.yml", [ROOT / "openapi" / "overlay.yaml"]).tree
PATH = "/sapi/v1/giftcard/createCode"

Tree = dict[str, Any]


def _parameters(tree: Tree) -> list[Tree]:
    found: list[Tree] = tree["paths"][PATH]["post"]["parameters"]
    return found


def _parameter(tree: Tree, name: str) -> Tree:
    return next(said for said in _parameters(tree) if said.get("name") == name)


EDITS: dict[str, tuple[Callable[[Tree], object], str, int]] = {
    "a list of tokens": (
        lambda tree: _parameter(tree, "token")["schema"].update(enum=["ZZZ"]),
        "request-enum-added",
        -1130,
    ),
    "a shorter token": (
        lambda tree: _parameter(tree, "token")["schema"].update(minLength=2),
        "request-min-length-raised",
        -1105,
    ),
    "a parameter that must be there": (
        lambda tree: _parameters(tree).append(
            {"name": "purpose", "in": "query", "required": True, "schema": {"type": "string"}}
        ),
        "required-parameter-added",
        -1102,
    ),
}


def _sandbox(document: Tree, folder: Path, monkeypatch: pytest.MonkeyPatch) -> SandboxProcess:
    """A sandbox that takes the document for its contract, which it finds beside the package of that name."""
    package = folder / "binance_gift_card"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "openapi.json").write_text(json.dumps(document))
    with monkeypatch.context() as patched:
        patched.syspath_prepend(folder)
        sandbox = SandboxProcess(balances={"a": 1000, "aa": 1000})
        return sandbox.__enter__()


def _call(sandbox: SandboxProcess, query: Tree) -> int | None:
    """The code that the old SDK's call is refused with."""
    arguments = {name: value for name, value in query.items() if name not in ("timestamp", "signature")}
    arguments["amount"] = "25"  # that a card may hold: schemas know nothing of such rules
    signer = HmacSigner(sandbox.api_secret)
    with GiftCardClient(api_key=sandbox.api_key, signer=signer, base_url=sandbox.url, journal=False) as client:
        try:
            client.create_gift_card(**arguments)
        except ApiError as error:
            return int(error.code)
    return None


@pytest.mark.parametrize("name", EDITS)
def test_the_old_sdk_fails_as_the_witness_says(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edit, rule, code = EDITS[name]
    new = copy.deepcopy(OVERLAID)
    edit(new)
    found = witnesses(compare(OVERLAID, new), OVERLAID, new, is_doubtful=False)
    witness = next(witness for change, witness in found.items() if change.rule.id == rule)
    assert isinstance(witness, Witness), witness
    assert witness.shown.startswith(f"POST {PATH}?")
    told = {}
    for which, document in (("old", OVERLAID), ("new", new)):
        sandbox = _sandbox(document, tmp_path / which, monkeypatch)
        try:
            told[which] = _call(sandbox, witness.value["query"])
        finally:
            sandbox.__exit__()
    assert told == {"old": None, "new": code}
