"""What the generator writes for whole documents, and that what it writes works."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
GOLDEN = ROOT / "tests" / "golden"
CASES = sorted(path.parent.name for path in GOLDEN.glob("*/codegen.toml"))

STANDARD = (
    "__future__",
    "collections.abc",
    "datetime",
    "decimal",
    "importlib",
    "os",
    "sys",
    "typer",
    "typing",
    "uuid",
    "msgspec",
    "builtins",
)

USE = """
import importlib, inspect, os, sys
import msgspec
package = importlib.import_module(sys.argv[1])
modules = ["client", "raw", "models", "errors", "_operations"]
if any(name.startswith("Async") for name in package.__all__):
    modules += ["async_client", "async_raw", *(["async_bulk"] if hasattr(package, "Journal") else [])]
if hasattr(package, "Journal"):
    modules += ["journal", "bulk", "cli", "_commands"]
for module in modules:
    importlib.import_module(f"{sys.argv[1]}.{module}")
for name, model in vars(package.models).items():
    if inspect.isclass(model) and issubclass(model, msgspec.Struct):
        msgspec.json.Decoder(model)
client = next(getattr(package, name) for name in package.__all__ if hasattr(getattr(package, name), "from_env"))
print(client(base_url="http://127.0.0.1:1"))
assert "PWNED" not in os.environ
"""


def _generate(codegen, case: str, out: Path, *options: str) -> Path:
    inputs = out / "inputs"  # a copy: the generator keeps a memory beside its settings
    shutil.copytree(GOLDEN / case, inputs)
    done = codegen("generate", "--config", inputs / "codegen.toml", "--out", out, *options)
    assert done.returncode == 0, done.stderr
    return out / case


def _python(code: str, *arguments: str, path: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(path), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-W", "error", "-c", code, *arguments]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("case", CASES)
def test_golden(case: str, codegen, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    package = _generate(codegen, case, tmp_path)
    written = {path.name: path.read_text(encoding="utf-8") for path in package.iterdir() if path.is_file()}
    expected = GOLDEN / case / "expected"
    if request.config.getoption("--update-golden"):
        shutil.rmtree(expected, ignore_errors=True)
        expected.mkdir()
        for name, text in written.items():
            (expected / f"{name}.txt").write_text(text, encoding="utf-8")
    assert written == {path.stem: path.read_text(encoding="utf-8") for path in expected.iterdir()}


@pytest.mark.parametrize("case", CASES)
def test_what_is_generated_can_be_used(case: str, codegen, tmp_path: Path) -> None:
    _generate(codegen, case, tmp_path)
    assert "for http://127.0.0.1:1>" in _python(USE, case, path=tmp_path)


def test_a_package_carries_what_it_imports_of_the_runtime(codegen, tmp_path: Path) -> None:
    plain = _generate(codegen, "plain", tmp_path / "plain") / "_runtime"
    signed = _generate(codegen, "signed", tmp_path / "signed") / "_runtime"
    known = {path.relative_to(signed) for path in signed.rglob("*.py")}
    fewer = {path.relative_to(plain) for path in plain.rglob("*.py")}
    times = {Path("core", name) for name in ("completion.py", "variants.py")}  # it has optional times
    tokens = {Path("core/tokens.py"), Path("sync/oauth2.py")}  # it has a scheme of tokens
    assert not {"pem.py", "private_keys.py", "signers.py"} & {path.name for path in fewer}  # nothing is signed
    keys = {Path("core/idempotency.py")}
    assert fewer - known == {
        Path("core/problems.py"),
        *times,
        *tokens,
        *keys,
    }  # where no extension says how a refusal is told
    assert {path.parts[0] for path in known - fewer} >= {"terminal"}
    assert "pydantic_model" not in {path.stem for path in known}
    for path in known:
        assert (signed / path).read_text().startswith("# Part of the runtime"), path


def test_hostile_text_stays_text(codegen, tmp_path: Path) -> None:
    package = _generate(codegen, "hostile", tmp_path)
    for file in package.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                assert {alias.name for alias in node.names} <= {"os", "sys", "typer"}, file
            if isinstance(node, ast.ImportFrom):
                assert node.level or node.module in STANDARD, file
            if isinstance(node, ast.Name):
                assert node.id not in ("__import__", "eval", "exec", "open"), file
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "os":
                assert node.attr == "PathLike", file


def test_the_received_contract_works_alone(codegen, tmp_path: Path) -> None:
    spec = ROOT / "tests" / "contract" / "openapi" / "binance-gift-card-openapi.yml"
    done = codegen("generate", "--spec", spec, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    code = """
import inspect
from binance_gift_card import GiftCardClient
for name in ("create_gift_card", "buy_gift_card", "redeem_gift_card", "verify_gift_card"):
    taken = inspect.signature(getattr(GiftCardClient, name)).parameters
    print(name, *(f"{item.name}{'' if item.default is item.empty else '?'}" for item in taken.values()))
"""
    assert _python(code, path=tmp_path).splitlines() == [
        "create_gift_card self token amount recv_window? timeout?",
        "buy_gift_card self base_token face_token base_token_amount recv_window? timeout?",
        "redeem_gift_card self code external_uid? recv_window? timeout?",
        "verify_gift_card self reference_no recv_window? timeout?",
    ]
    models = (tmp_path / "binance_gift_card" / "models.py").read_text()
    names = {node.name for node in ast.parse(models).body if isinstance(node, ast.ClassDef)}
    assert names == {
        *("CreateGiftCardResponse", "CreateGiftCardResponseData", "RedeemGiftCardResponse"),
        *("RedeemGiftCardResponseData", "VerifyGiftCardResponse", "VerifyGiftCardResponseData", "BuyGiftCardResponse"),
    }


def test_models_on_pydantic(codegen, tmp_path: Path) -> None:
    done = codegen("generate", "--models", "pydantic", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    code = """
from binance_gift_card import models
from binance_gift_card._runtime.core.pydantic_model import decoder
card = decoder(models.GiftCard)(b'{"referenceNo": "0033002144060553", "code": "6H9EKF5ECCWFBHGE"}')
assert (card.reference_no, card.code, card.expired_time) == ("0033002144060553", "6H9EKF5ECCWFBHGE", None)
print(card, repr(card))
try:
    decoder(models.GiftCard)(b'{"code": "6H9EKF5ECCWFBHGE"}')
except ValueError as error:
    print(error)
"""
    shown = _python(code, path=tmp_path)
    assert "********" in shown
    assert "missing at referenceNo" in shown
    assert "6H9EKF5ECCWFBHGE" not in shown


def test_a_package_without_async_carries_nothing_of_it(codegen, tmp_path: Path) -> None:
    for case, has_it in (("hostile", False), ("plain", True)):
        package = _generate(codegen, case, tmp_path / f"out of {case}")
        files = {path.relative_to(package).as_posix() for path in package.rglob("*.py")}
        assert any("async" in file or "/aio/" in file for file in files) is has_it


def test_a_package_that_keeps_no_journal_carries_nothing_of_it(codegen, tmp_path: Path) -> None:
    package = _generate(codegen, "plain", tmp_path / "out")
    rooms = {path.name for path in (package / "_runtime").iterdir() if path.is_dir()}
    assert rooms == {"core", "sync", "aio"}


def test_async_is_true_or_false(codegen, tmp_path: Path) -> None:
    shutil.copytree(GOLDEN / "plain", tmp_path / "plain")
    config = tmp_path / "plain" / "codegen.toml"
    config.write_text(config.read_text() + 'async = "no"\n')
    done = codegen("generate", "--config", config, "--out", tmp_path)
    assert done.returncode == 2
    assert "async must be true or false, not 'no'" in done.stderr
