"""What a scheduled update left in the work tree of a new repository is proposed by the means of the host."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from subprocess import CompletedProcess

import pytest

SCRIPT = Path(__file__).parents[2] / "codegen/init/files/ci/propose.sh"
BRANCH = "spec-update/0.2.0"
TOKEN = "a-token-that-nobody-sees"

HOOK = """#!/bin/sh
i=0
while [ "$i" -lt "${GIT_PUSH_OPTION_COUNT:-0}" ]; do
    eval "echo \\"\\$GIT_PUSH_OPTION_$i\\"" >> "$GIT_DIR/options"
    i=$((i + 1))
done
"""
PATCH = """\
--- a/pyproject.toml
+++ b/pyproject.toml
@@ -1,3 +1,3 @@
 [project]
-name = "sdk"
+name = "other"
 version = "0.1.0" # raised
"""
GH = """#!/bin/sh
echo "$@" >> "$GH_SAID"
case "$1 $2" in "pr list") if [ -s "$GH_OPEN" ]; then cat "$GH_OPEN"; fi ;; esac
"""


def run(*command: str | Path, cwd: Path, code: int = 0, **environment: str) -> CompletedProcess[str]:
    surroundings = {"PATH": os.environ["PATH"], "HOME": str(cwd.parent), **environment}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=surroundings,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A clone with a change in its work tree, beside the project that it is of."""
    project, folder = tmp_path / "project.git", tmp_path / "clone"
    run("git", "init", "--quiet", "--bare", "--initial-branch=main", project, cwd=tmp_path)
    run("git", "config", "receive.advertisePushOptions", "true", cwd=project)
    (project / "hooks/pre-receive").write_text(HOOK)
    (project / "hooks/pre-receive").chmod(0o755)
    run("git", "init", "--quiet", "--initial-branch=main", folder, cwd=tmp_path)
    (folder / "pyproject.toml").write_text('[project]\nname = "sdk"\nversion = "0.1.0" # raised\n')
    (folder / ".gitignore").write_text("spec-update.md\n")
    run("git", "add", "--all", cwd=folder)
    run("git", "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-qm", "First", cwd=folder)
    run("git", "remote", "add", "origin", project, cwd=folder)
    run("git", "push", "--quiet", "origin", "main", cwd=folder)
    (folder / "pyproject.toml").write_text('[project]\nname = "sdk"\nversion = "0.2.0" # raised\n')
    (folder / "new.txt").touch()
    (folder / "spec-update.md").write_text("What changed\n")
    return folder


def pushed(folder: Path) -> list[str]:
    said = run("git", "diff", "--name-only", "main", BRANCH, cwd=folder.parent / "project.git")
    return said.stdout.split()


def gitlab(folder: Path) -> Mapping[str, str]:
    return {
        "GITLAB_CI": "true",
        "GITLAB_TOKEN": TOKEN,
        "CI_PROJECT_URL": str(folder.parent / "project"),
        "CI_DEFAULT_BRANCH": "main",
        "CI_JOB_URL": "https://gitlab.example/jobs/1",
    }


def test_gitlab_is_asked_by_push_options(repository: Path) -> None:
    done = run("sh", SCRIPT, "spec-update.md", cwd=repository, **gitlab(repository))
    assert pushed(repository) == ["new.txt", "pyproject.toml"]
    assert (repository.parent / "project.git/options").read_text().splitlines() == [
        "merge_request.create",
        "merge_request.target=main",
        "merge_request.title=Take in the changed document as 0.2.0",
        "merge_request.description=What changed: https://gitlab.example/jobs/1/artifacts/file/spec-update.md",
    ]
    assert TOKEN not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("open_request", "asked"),
    [("", f"pr create --head {BRANCH} --base main"), ("7", "pr edit 7")],
    ids=["first", "again"],
)
def test_github_is_asked_by_its_own_command(repository: Path, open_request: str, asked: str) -> None:
    programs, said = repository.parent / "bin", repository.parent / "said"
    programs.mkdir()
    (programs / "gh").write_text(GH)
    (programs / "gh").chmod(0o755)
    (repository.parent / "open").write_text(open_request)
    environment = {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_ACTIONS": "true",
        "GITHUB_REF_NAME": "main",
        "GH_TOKEN": TOKEN,
        "GH_SAID": str(said),
        "GH_OPEN": str(repository.parent / "open"),
    }
    run("sh", SCRIPT, "spec-update.md", cwd=repository, **environment)
    assert pushed(repository) == ["new.txt", "pyproject.toml"]
    last = said.read_text().splitlines()[-1]
    assert last == f"{asked} --title Take in the changed document as 0.2.0 --body-file spec-update.md"
    assert TOKEN not in said.read_text()


def test_a_document_that_was_refused_becomes_a_draft(repository: Path) -> None:
    run("git", "reset", "--quiet", "--hard", cwd=repository)
    (repository / "new.txt").unlink()
    refused = repository / "spec-update.md.refused"
    refused.mkdir()
    (refused / "api.yaml").write_text("openapi: 3.1.0\n")
    (refused / "overlay.patch").write_text(PATCH)
    (repository / ".gitignore").write_text("spec-update.md\nspec-update.md.refused/\n")
    run("sh", SCRIPT, "spec-update.md", cwd=repository, code=1, **gitlab(repository))
    project = repository.parent / "project.git"
    changed = run("git", "diff", "--name-only", "main", "spec-update/refused", cwd=project).stdout.split()
    assert changed == [".gitignore", "openapi/refused/api.yaml", "pyproject.toml"]
    title = (project / "options").read_text().splitlines()[2]
    assert title == "merge_request.title=Draft: The changed document was refused"


def test_a_second_run_renews_the_branch(repository: Path) -> None:
    for content in ("one", "two"):
        run("git", "switch", "--quiet", "--force", "main", cwd=repository)
        (repository / "pyproject.toml").write_text('version = "0.2.0"\n')
        (repository / "new.txt").write_text(content)
        run("sh", SCRIPT, "spec-update.md", cwd=repository, **gitlab(repository))
    shown = run("git", "show", f"{BRANCH}:new.txt", cwd=repository.parent / "project.git")
    assert shown.stdout == "two"


def test_nothing_changed_proposes_nothing(repository: Path) -> None:
    run("git", "reset", "--quiet", "--hard", cwd=repository)
    run("git", "clean", "--quiet", "--force", cwd=repository)
    done = run("sh", SCRIPT, "spec-update.md", cwd=repository, **gitlab(repository))
    assert done.stdout == "nothing has changed: nothing is proposed\n"


def test_elsewhere_it_is_said_and_not_pushed(repository: Path) -> None:
    done = run("sh", SCRIPT, "spec-update.md", cwd=repository, code=2)
    assert "is no job of GitHub or GitLab" in done.stderr
