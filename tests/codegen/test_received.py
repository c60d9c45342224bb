"""A class keeps its name whatever else the document holds."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import yaml

SPEC = Path(__file__).parents[1] / "contract" / "openapi" / "binance-gift-card-openapi.yml"
OPERATIONS = {
    "create_gift_card": "CreateGiftCardResponse",
    "redeem_gift_card": "RedeemGiftCardResponse",
    "verify_gift_card": "VerifyGiftCardResponse",
    "buy_gift_card": "BuyGiftCardResponse",
}
"""Method → how the names of its classes begin."""

Run = Callable[..., CompletedProcess[str]]


def _generate(codegen: Run, document: dict, folder: Path) -> tuple[set[str], set[str]]:
    """The names of the methods and of the models."""
    folder.mkdir()
    (folder / "spec.yaml").write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    done = codegen("generate", "--spec", "spec.yaml", "--package", "cards", "--out", "out", cwd=folder)
    assert done.returncode == 0, done.stderr
    client, models = (ast.parse((folder / "out" / "cards" / name).read_text()) for name in ("client.py", "models.py"))
    (client_class,) = (node for node in client.body if isinstance(node, ast.ClassDef))
    methods = {node.name for node in client_class.body if isinstance(node, ast.FunctionDef)}
    return methods - {"__init__", "from_env", "raw"}, {
        node.name for node in models.body if isinstance(node, ast.ClassDef)
    }


@pytest.mark.parametrize("index", range(len(OPERATIONS)))
def test_an_operation_that_goes_takes_only_its_own_names(index: int, codegen: Run, tmp_path: Path) -> None:
    document = yaml.safe_load(SPEC.read_text(encoding="utf-8"))
    methods, models = _generate(codegen, document, tmp_path / "whole")
    assert methods == set(OPERATIONS)
    del document["paths"][list(document["paths"])[index]]
    fewer_methods, fewer_models = _generate(codegen, document, tmp_path / "fewer")
    (gone,) = methods - fewer_methods
    assert fewer_methods < methods
    assert fewer_models == {name for name in models if not name.startswith(OPERATIONS[gone])}
