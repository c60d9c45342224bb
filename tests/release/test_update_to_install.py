"""From a changed document to a service that installs the SDK: update, commit, build, publish, install, call."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml

GIFT_CARD = "/sapi/v1/giftcard"
SPEC = "openapi/binance-gift-card-openapi.yml"

USE = """
from binance_gift_card import GiftCardClient, HmacSigner, __version__, errors
from binance_gift_card_sandbox import Sandbox
with Sandbox(balances={"USDT": "100"}) as sandbox:
    signer = HmacSigner(sandbox.api_secret)
    with GiftCardClient(api_key=sandbox.api_key, signer=signer, base_url=sandbox.url) as client:
        card = client.create_gift_card(token="USDT", amount="10")
        CALL
print(__version__)
"""

CALLS = {
    "0.1.1": "assert card.design_id is None",
    "0.1.2": """
        try:
            client.lock_gift_card(reference_no=card.reference_no)
        except errors.ClientError as refused:
            assert refused.status == 404, refused  # the sandbox does not have it
        else:
            raise AssertionError("the sandbox has it")
        """,
    "0.2.0": """
        assert client.verify_gift_card(reference_no=card.reference_no).valid
        try:
            client.verify_gift_card(reference_no=card.reference_no, recv_window=1)
        except TypeError:
            pass
        else:
            raise AssertionError("the argument is still there")
        """,
}


def add_field(tree: dict[str, Any]) -> None:
    answer = tree["paths"][f"{GIFT_CARD}/createCode"]["post"]["responses"]["200"]
    schema = answer["content"]["application/json"]["schema"]
    schema["properties"]["data"]["properties"]["designId"] = {"type": "string"}


def add_operation(tree: dict[str, Any]) -> None:
    operation = copy.deepcopy(tree["paths"][f"{GIFT_CARD}/verify"]["get"])
    tree["paths"][f"{GIFT_CARD}/lock"] = {"post": {**operation, "operationId": "lockGiftCard"}}


def remove_parameter(tree: dict[str, Any]) -> None:
    parameters = tree["paths"][f"{GIFT_CARD}/verify"]["get"]["parameters"]
    parameters[:] = [one for one in parameters if one["name"] != "recvWindow"]


@pytest.mark.parametrize("index", ["pypiserver"], indirect=True)
def test_three_changed_documents_become_three_installed_versions(
    clone: Path, index, run: Callable[..., subprocess.CompletedProcess[str]], git, tmp_path: Path
) -> None:
    tree = yaml.safe_load((clone / SPEC).read_text(encoding="utf-8"))
    for change, version in ((add_field, "0.1.1"), (add_operation, "0.1.2"), (remove_parameter, "0.2.0")):
        change(tree)
        new = tmp_path / "new.yaml"
        new.write_text(yaml.safe_dump(tree, sort_keys=False), encoding="utf-8")
        updated = run(sys.executable, "-m", "codegen", "update", new, cwd=clone)
        assert updated.returncode == 0, updated.stderr
        assert f"→ {version}" in updated.stdout
        git(clone, "add", "openapi")
        git(clone, "commit", "--quiet", "--message", "Take in a changed document")
        git(clone, "commit", "--quiet", "--all", "--message", "Generate from it")
        published = run(sys.executable, "-m", "release.publish", cwd=clone, **index.environment)
        assert published.returncode == 0, published.stderr
        assert _used(index, run, tmp_path / version, version) == f"{version}\n"
    older = _used(index, run, tmp_path / "older", "0.1.1")
    assert older == "0.1.1\n"


def _used(index, run: Callable[..., subprocess.CompletedProcess[str]], folder: Path, version: str) -> str:
    """What a service says that installs this version from the index and calls the sandbox."""
    folder.mkdir()
    python = folder / "bin" / "python"
    assert run(sys.executable, "-m", "venv", folder, cwd=folder).returncode == 0
    environment = {"PIP_INDEX_URL": _with_login(index), "PIP_FIND_LINKS": "", "PIP_CONFIG_FILE": os.devnull}
    own = (f"binance-gift-card=={version}", "--no-deps", "--quiet")
    installed = run(python, "-m", "pip", "install", *own, cwd=folder, **environment)
    assert installed.returncode == 0, installed.stderr
    more = run(python, "-m", "pip", "install", "--quiet", f"binance-gift-card[sandbox]=={version}", cwd=folder)
    assert more.returncode == 0, more.stderr
    script = folder / "use.py"
    script.write_text(USE.replace("CALL", CALLS[version].strip()), encoding="utf-8")
    done = run(python, "-I", script, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _with_login(index) -> str:
    login = f"{quote(index.username, safe='')}:{quote(index.password, safe='')}@"
    return str(index.simple_url).replace("http://", f"http://{login}")
