"""A changed document that is refused leaves a report and the document, for a request that people answer."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

PATHS = "/sapi/v1/giftcard"
SPEC = "openapi/binance-gift-card-openapi.yml"
REDEEM = f"{PATHS}/redeemCode"


def rename_path(tree: dict[str, Any]) -> None:
    tree["paths"]["/sapi/v2/giftcard/redeemCode"] = tree["paths"].pop(REDEEM)


def drop_operation(tree: dict[str, Any]) -> None:
    del tree["paths"][REDEEM]


@pytest.fixture
def refused(project: Path, changed, codegen, tmp_path: Path, state):
    """Updates with a change that is refused; the report and the folder beside it."""

    def update(change) -> tuple[str, Path]:
        before = state(project)
        done = codegen("update", changed(change), "--report", tmp_path / "report.md", cwd=project)
        assert (done.returncode, done.stdout) == (2, "")
        assert state(project) == before
        return (tmp_path / "report.md").read_text(encoding="utf-8"), tmp_path / "report.md.refused"

    return update


def _apply(project: Path, patch: Path) -> None:
    subprocess.run(["git", "apply", patch], cwd=project, check=True, capture_output=True)


def test_a_path_that_was_renamed_is_told_and_the_patch_of_the_overlay_takes_it_in(
    project: Path, changed, codegen, refused
) -> None:
    report, folder = refused(rename_path)
    assert "matches nothing" in report
    assert f"POST {REDEEM}" in report  # what was removed, on the wire
    assert "1 → 0" in report
    assert "redeemGiftCard is gone: #/paths has no '/sapi/v1/giftcard/redeemCode'; '/sapi/v2/" in report
    assert "With it, the document can be taken in." in report
    assert (folder / Path(SPEC).name).read_bytes() == changed(rename_path).read_bytes()
    patch = (folder / "overlay.patch").read_text(encoding="utf-8")
    assert patch.strip() in report
    _apply(project, folder / "overlay.patch")
    done = codegen("update", folder / Path(SPEC).name, "--report", folder.with_suffix(""), cwd=project)
    assert done.returncode == 0, done.stderr
    assert (project / SPEC).read_bytes() == changed(rename_path).read_bytes()
    assert not folder.exists()


def test_a_document_that_cannot_be_read_is_kept_as_it_is(project: Path, codegen, tmp_path: Path) -> None:
    new, report = tmp_path / "new.yaml", tmp_path / "report.md"
    new.write_text("openapi: [3.1.0\n")
    done = codegen("update", new, "--report", report, cwd=project)
    assert done.returncode == 2
    assert "This cannot be told" in report.read_text(encoding="utf-8")
    folder = tmp_path / "report.md.refused"
    assert [file.name for file in folder.iterdir()] == [Path(SPEC).name]
    assert (folder / Path(SPEC).name).read_bytes() == new.read_bytes()


def test_a_document_that_is_not_there_leaves_nothing(project: Path, codegen, tmp_path: Path) -> None:
    done = codegen("update", tmp_path / "absent.yaml", "--report", tmp_path / "report.md", cwd=project)
    assert done.returncode == 2
    assert not list(tmp_path.glob("report.md*"))


def test_an_action_on_what_is_gone_is_proposed_to_go(refused) -> None:
    """Nothing leads to `createCode`, which is named like `redeemCode` and was there before."""
    report, folder = refused(drop_operation)
    assert "With it, the document can be taken in." in report
    patch = (folder / "overlay.patch").read_text(encoding="utf-8").splitlines()[2:]
    assert any(line.startswith("-") and "redeemCode" in line for line in patch)
    assert [line for line in patch if line.startswith("+")] == []


MORE = """\
overlay: 1.0.0
info: {title: More, version: "1"}
actions:
  - target: $.paths[*].get.parameters[?@.required == true]
    update: {description: what must be given}
"""


def test_an_action_that_misses_what_is_still_there_is_told(project: Path, changed, codegen, tmp_path: Path) -> None:
    (project / "openapi" / "more.yaml").write_text(MORE)
    settings = project / "pyproject.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(
        text.replace('overlays = ["openapi/overlay.yaml"]', 'overlays = ["openapi/more.yaml", "openapi/overlay.yaml"]')
    )

    def ease(tree: dict[str, Any]) -> None:
        parameters = tree["paths"][f"{PATHS}/verify"]["get"]["parameters"]
        next(one for one in parameters if one["name"] == "referenceNo")["required"] = False

    done = codegen("update", changed(ease), "--report", tmp_path / "report.md", cwd=project)
    assert done.returncode == 0, done.stderr
    told = "more.yaml:4:5: #/actions/0: "
    report = (tmp_path / "report.md").read_text(encoding="utf-8")
    for said in (done.stdout, report):
        [line] = [line for line in said.splitlines() if told in line]
        assert "verifyGiftCard's referenceNo is there, but not as it was" in line
