"""The same source gives the same bytes, anywhere and at any time, and nothing but what belongs in them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.requirements import Requirement

from codegen import __version__

HERE = {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "1"}
ELSEWHERE = {"TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2", "SOURCE_DATE_EPOCH": "1795400000"}


def _built(
    clone: Path, out: Path, run, umask: int, environment: dict[str, str], project: str = "sdk"
) -> dict[str, bytes]:
    before = os.umask(umask)
    try:
        done = run(sys.executable, "-m", "release.build", "--out", out, project, cwd=clone, **environment)
    finally:
        os.umask(before)
    assert done.returncode == 0, done.stderr
    return {file.name: file.read_bytes() for file in out.iterdir()}


@pytest.fixture
def dist(clone: Path, run, tmp_path: Path) -> Path:
    _built(clone, tmp_path / "dist", run, 0o022, {})
    return tmp_path / "dist"


@pytest.mark.parametrize(("project", "version"), [("sdk", "0.1.0"), ("codegen", __version__)])
def test_two_builds_in_two_folders_at_two_times_are_the_same(
    clone: Path, run, git, tmp_path: Path, project: str, version: str
) -> None:
    second = tmp_path / "a second, longer folder"
    git(clone, "clone", "--quiet", str(clone), str(second))
    for file in second.rglob("*"):
        os.utime(file, (1_000_000_000, 1_000_000_000))
    cache = second / "generated" / "binance_gift_card" / "__pycache__"
    cache.mkdir()
    (second / "codegen" / "runtime" / "notes.txt").write_text("mine")
    (cache / "client.cpython-311.pyc").write_bytes(b"junk")
    (second / "sandbox" / "binance_gift_card_sandbox" / "notes.txt").write_text("mine")
    one = _built(clone, tmp_path / "one", run, 0o022, HERE, project)
    other = _built(second, tmp_path / "other", run, 0o077, ELSEWHERE, project)
    assert {name.partition(version)[2] for name in one} == {".tar.gz", "-py3-none-any.whl", "-py3-none-any.cdx.json"}
    assert one == other


def test_the_wheel_is_the_same_however_it_is_built(clone: Path, dist: Path, run, tmp_path: Path) -> None:
    (wanted,) = dist.glob("*.whl")
    (sdist,) = dist.glob("*.tar.gz")
    for source in (clone, sdist):
        out = tmp_path / source.name / "wheel"
        done = run(sys.executable, "-m", "pip", "wheel", "--no-deps", "-w", out, source, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert (out / wanted.name).read_bytes() == wanted.read_bytes()


def test_only_what_belongs_in_them_is_in_them(dist: Path) -> None:
    (wheel,), (sdist,) = dist.glob("*.whl"), dist.glob("*.tar.gz")
    names = zipfile.ZipFile(wheel).namelist()
    info = "binance_gift_card-0.1.0.dist-info"
    assert {name.split("/")[0] for name in names} == {"binance_gift_card", "binance_gift_card_sandbox", info}
    assert {"binance_gift_card/py.typed", "binance_gift_card_sandbox/py.typed", f"{info}/licenses/LICENSE"} <= set(
        names
    )
    assert not [name for name in names if name.endswith((".pyc", ".txt")) and not name.startswith(info)]
    with tarfile.open(sdist) as archive:
        inside = {member.name.split("/")[1] for member in archive.getmembers()}
        (of_codegen,) = (member.name for member in archive.getmembers() if "/codegen/" in member.name)
    assert of_codegen.endswith("/codegen/hatch_build.py")
    assert inside == {
        *("generated", "sandbox", "pyproject.toml", "docs", "LICENSE", "CHANGELOG.md", "PKG-INFO"),
        *("codegen", ".gitignore"),
    }


def test_the_bill_of_materials_is_valid_and_names_what_the_metadata_names(dist: Path) -> None:
    (wheel,), (beside,) = dist.glob("*.whl"), dist.glob("*.cdx.json")
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read("binance_gift_card-0.1.0.dist-info/sboms/binance-gift-card.cdx.json").decode()
        metadata = archive.read("binance_gift_card-0.1.0.dist-info/METADATA").decode()
    assert text == beside.read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    bill = json.loads(text)
    about = bill["metadata"]["component"]
    assert (about["name"], about["version"]) == ("binance-gift-card", "0.1.0")
    assert about["licenses"] == [{"expression": "Apache-2.0"}] or about["licenses"][0]["license"]["id"] == "Apache-2.0"
    stated = {(one["name"], said["name"], said["value"]) for one in bill["components"] for said in one["properties"]}
    assert ("urllib3", "python:requires", "<3,>=2.2") in stated
    assert ("httptools", "python:requires", "<1,>=0.6.3") in stated
    extras = {"python:requires[cli]", "python:requires[keys]", "python:requires[sandbox]"}
    assert {said for name, said, _ in stated if name == "cryptography"} == extras
    lines = [line.partition(": ")[2] for line in metadata.splitlines() if line.startswith("Requires-Dist: ")]
    assert {one["name"] for one in bill["components"]} == {Requirement(line).name for line in lines}
    assert [one["dependsOn"] for one in bill["dependencies"] if one["ref"] == "binance-gift-card"] == [
        sorted(one["name"] for one in bill["components"])
    ]


def test_the_generator_is_a_distribution_with_all_that_it_needs(clone: Path, run, tmp_path: Path) -> None:
    built = _built(clone, tmp_path / "dist", run, 0o022, {}, "codegen")
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = archive.read(f"signed_sdk_codegen-{__version__}.dist-info/METADATA").decode()
    inside = {name.removeprefix("codegen/") for name in names if name.startswith("codegen/")}
    listed = run("git", "ls-files", "codegen", cwd=clone).stdout.split()
    ours = {name.removeprefix("codegen/") for name in listed}
    assert ours - inside == {"CHANGELOG.md", "LICENSE", "README.md", "hatch_build.py", "pyproject.toml"}
    assert inside <= ours
    assert {name.split("/")[0] for name in names} == {"codegen", f"signed_sdk_codegen-{__version__}.dist-info"}
    (bill,) = (json.loads(text) for name, text in built.items() if name.endswith(".cdx.json"))
    assert bill["metadata"]["component"]["purl"] == f"pkg:pypi/signed-sdk-codegen@{__version__}"
    lines = [line.partition(": ")[2] for line in metadata.splitlines() if line.startswith("Requires-Dist: ")]
    assert {one["name"] for one in bill["components"]} == {Requirement(line).name for line in lines}


def test_a_build_that_fails_leaves_what_was_there(clone: Path, dist: Path, run, git) -> None:
    before = {file.name: file.read_bytes() for file in dist.iterdir()}
    settings = clone / "pyproject.toml"
    settings.write_text(settings.read_text().replace('license = "Apache-2.0"', 'license = "No such licence"'))
    done = run(sys.executable, "-m", "release.build", "--out", dist, cwd=clone)
    assert done.returncode == 2
    assert "No such licence" in done.stderr
    assert {file.name: file.read_bytes() for file in dist.iterdir()} == before


USE = """
import importlib.util
import binance_gift_card
from binance_gift_card import GiftCardClient, HmacSigner, errors
assert binance_gift_card.__version__ == "0.1.0"
assert binance_gift_card.SPEC_VERSION
assert len(binance_gift_card.SPEC_DIGEST) == 64
assert importlib.util.find_spec("codegen") is None
assert importlib.util.find_spec("starlette") is None
try:
    from binance_gift_card_sandbox import Sandbox
except ImportError as error:
    print(error)
with GiftCardClient(api_key="k", signer=HmacSigner("s"), base_url="http://127.0.0.1:1") as client:
    try:
        client.create_gift_card(token="USDT", amount="1")
    except errors.NotSentError as error:
        print(error.executed)
"""


def test_the_wheel_works_in_an_empty_environment(dist: Path, run, tmp_path: Path) -> None:
    (wheel,) = dist.glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "empty"], check=True)
    python = tmp_path / "empty" / "bin" / "python"
    assert run(python, "-m", "pip", "install", "--quiet", wheel, cwd=tmp_path).returncode == 0
    listed = run(python, "-m", "pip", "list", "--format", "freeze", cwd=tmp_path).stdout.lower()
    installed = {line.split("==")[0].split(" ")[0] for line in listed.splitlines()}
    assert installed - {"pip", "setuptools"} == {"binance-gift-card", "httptools", "msgspec", "urllib3"}
    said = run(python, "-I", "-c", USE, cwd=tmp_path)
    assert "binance-gift-card[sandbox]" in said.stdout, said.stderr
    assert said.stdout.endswith("no\n")
