"""The jobs of the CI files, run here: they publish what they should, and propose what they should."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from codegen import __version__
from tests.release.host import TOKEN, WORDS, serving
from tests.release.jobs import Host, run_github, run_gitlab

ROOT = Path(__file__).parents[2]
WORKFLOWS = ROOT / ".github" / "workflows"
GITLAB = ROOT / ".gitlab-ci.yml"
SPEC = "openapi/binance-gift-card-openapi.yml"


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of the jobs: it has pip, and nothing else."""
    folder = tmp_path_factory.mktemp("python")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    return folder / "bin" / "python"


def _told(host: Host) -> str:
    return "\n".join(f"$ {step.command}\n{step.output}" for step in host.steps)


def _with_secrets(host: Host) -> list[str]:
    return [step.command.splitlines()[-1] for step in host.steps if step.has_secret]


@pytest.mark.parametrize("index", ["devpi"], indirect=True)
def test_githubs_job_publishes_the_sdk(workspace: Path, python: Path, index, git: Callable[..., str]) -> None:
    git(workspace, "tag", "v0.1.0")
    secrets = {"TWINE_USERNAME": index.username, "TWINE_PASSWORD": index.password}
    values = {f"secrets.{key}": value for key, value in secrets.items()}
    values |= {"vars.TWINE_REPOSITORY_URL": index.url, "vars.PUBLISH_INDEX_URL": "", "github.workspace": str(workspace)}
    host = Host(workspace, python, {"GITHUB_REF_NAME": "v0.1.0"}, secrets, values)
    assert run_github(host, WORKFLOWS / "publish.yml", "publish"), _told(host)
    assert _with_secrets(host) == ['tox run -e upload -- --tag "$GITHUB_REF_NAME"']
    assert "the index serves binance_gift_card-0.1.0-py3-none-any.whl" in host.steps[-2].output
    assert "binance_gift_card-0.1.0-py3-none-any.whl can be installed and works" in host.steps[-1].output
    assert index.password not in _told(host)


def _changed(folder: Path, workspace: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    tree = yaml.safe_load((workspace / SPEC).read_text(encoding="utf-8"))
    change(tree)
    file = folder / "new.yaml"
    file.write_text(yaml.safe_dump(tree, sort_keys=False), encoding="utf-8")
    return file


def _drop_redeeming(tree: dict[str, Any]) -> None:
    del tree["paths"]["/sapi/v1/giftcard/redeemCode"]


def _add_field(tree: dict[str, Any]) -> None:
    answer = tree["paths"]["/sapi/v1/giftcard/createCode"]["post"]["responses"]["200"]
    answer["content"]["application/json"]["schema"]["properties"]["data"]["properties"]["designId"] = {"type": "string"}


@pytest.fixture
def remote(workspace: Path, tmp_path: Path, git: Callable[..., str]) -> Path:
    """Where the jobs push to."""
    folder = tmp_path / "owner" / "cards.git"
    folder.parent.mkdir()
    git(tmp_path, "clone", "--quiet", "--bare", str(workspace), str(folder))
    return folder


def test_githubs_job_is_red_and_opens_a_draft_of_a_document_that_is_refused(
    workspace: Path, python: Path, remote: Path, tmp_path: Path, git: Callable[..., str]
) -> None:
    new = _changed(tmp_path, workspace, _drop_redeeming)
    with serving(WORDS["github"], tmp_path) as api:
        environment = {
            "RUNNER_TEMP": str(tmp_path),
            "GITHUB_API_URL": f"{api.address}/api",
            "GITHUB_SERVER_URL": remote.parent.parent.as_uri(),
            "GITHUB_REPOSITORY": "owner/cards",
            "GITHUB_REF_NAME": "main",
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        }
        values = {
            "inputs.spec || vars.SPEC_URL": str(new),
            "secrets.PROPOSE_TOKEN || github.token": TOKEN,
            "github.workspace": str(workspace),
        }
        host = Host(workspace, python, environment, {"GITHUB_TOKEN": TOKEN}, values)
        assert not run_github(host, WORKFLOWS / "update.yml", "update"), _told(host)
    assert [step.code for step in host.steps][:2] == [0, 0], _told(host)
    assert _with_secrets(host) == ['tox run -e propose -- --report "$RUNNER_TEMP/spec-update.md"']
    [opened] = [sent for method, _, _, sent in api.calls if method == "POST"]
    assert (opened["draft"], opened["head"]) == (True, "spec-update/refused"), _told(host)
    assert "A proposed patch of the overlay" in opened["body"]
    assert (tmp_path / "summary.md").read_text() == opened["body"]
    overlay = git(remote, "show", "spec-update/refused:openapi/overlay.yaml")
    assert "redeemCode" not in overlay
    assert git(remote, "show", f"spec-update/refused:openapi/refused/{Path(SPEC).name}") == new.read_text()


def test_gitlabs_job_proposes_a_document_that_is_taken_in(
    workspace: Path, python: Path, remote: Path, tmp_path: Path, git: Callable[..., str]
) -> None:
    new = _changed(tmp_path, workspace, _add_field)
    with serving(WORDS["gitlab"], tmp_path) as api:
        environment = {
            "SPEC_URL": str(new),
            "CI_PROJECT_DIR": str(workspace),
            "CI_API_V4_URL": f"{api.address}/api",
            "CI_PROJECT_URL": f"{remote.parent.parent.as_uri()}/owner/cards",
            "CI_PROJECT_ID": "42",
            "CI_DEFAULT_BRANCH": "main",
            "GITLAB_TOKEN": TOKEN,
        }
        host = Host(workspace, python, environment, {})
        assert run_gitlab(host, GITLAB, "update", []), _told(host)
    [opened] = [sent for method, _, _, sent in api.calls if method == "POST"]
    assert opened["source_branch"] == "spec-update/0.1.1"
    assert (workspace / "spec-update.md").read_text() == opened["description"]
    assert "designId" in git(remote, "show", f"spec-update/0.1.1:{SPEC}")


@pytest.mark.parametrize("index", ["pypiserver"], indirect=True)
def test_gitlabs_jobs_publish_the_generator(workspace: Path, python: Path, index, git: Callable[..., str]) -> None:
    tag = f"codegen-v{__version__}"
    git(workspace, "tag", tag)
    host = Host(workspace, python, {"CI_COMMIT_TAG": tag, "CI_PROJECT_DIR": str(workspace)}, index.environment)
    artifacts: list[str] = []
    for job in ("build", "publish", "try"):
        assert run_gitlab(host, GITLAB, job, artifacts), _told(host)
    assert _with_secrets(host) == ['tox run -e upload -- --tag "$CI_COMMIT_TAG"']
    assert f"signed_sdk_codegen-{__version__}-py3-none-any.whl can be installed and works" in host.steps[-1].output
    assert index.password not in _told(host)
