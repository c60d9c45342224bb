"""A changed work tree becomes two commits, a pushed branch and one open request, on both hosts."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.release.host import COLLECTION, GITHUB, TOKEN, WORDS, Api, serving

ROOT = Path(__file__).parent.parent.parent
BRANCH = "spec-update/0.2.0"


@dataclass
class Project:
    """A clone with a change in its work tree, the bare repository it came from, and the host's API."""

    work: Path
    remote: Path
    api: Api
    environment: dict[str, str]

    def propose(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "release.propose", *(arguments or ("--report", "report.md"))],
            cwd=self.work,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    def write(self, **texts: str) -> None:
        for name, text in texts.items():
            path = self.work / FILES[name]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def change(self) -> None:
        self.write(spec="paths: 2\n", client="two\n", added="new\n", version=_project("0.2.0"), changelog="0.2.0\n")
        (self.work / FILES["gone"]).unlink()

    def git(self, *arguments: str) -> str:
        return _git(self.remote, *arguments)


FILES = {
    "spec": "openapi/api.yml",
    "client": "generated/cards/client.py",
    "added": "generated/cards/models/extra.py",
    "gone": "generated/cards/gone.py",
    "version": "pyproject.toml",
    "changelog": "CHANGELOG.md",
    "report": "report.md",
}


def _project(version: str) -> str:
    return f'[project]\nname = "cards"\nversion = "{version}"\n'


def _git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=A Person", "-c", "user.email=person@example.com"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, encoding="utf-8", timeout=60
    )
    return done.stdout.strip()


@pytest.fixture(params=["github", "gitlab"])
def host(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def api(host: str, tmp_path: Path) -> Iterator[Api]:
    with serving(WORDS[host], tmp_path) as served:
        yield served


@pytest.fixture
def project(tmp_path: Path, api: Api) -> Project:
    remote, work = tmp_path / "owner" / "cards.git", tmp_path / "work"
    remote.parent.mkdir()
    _git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", str(remote))
    _git(tmp_path, "clone", "--quiet", str(remote), str(work))
    _git(work, "checkout", "--quiet", "-B", "main")
    project = Project(work, remote, api, _environment(api.address, remote.parent.parent.as_uri()))
    project.write(spec="paths: 1\n", client="one\n", gone="old\n", version=_project("0.1.0"), changelog="0.1.0\n")
    _git(work, "add", ".")
    _git(work, "commit", "--quiet", "--message", "Begin")
    _git(work, "push", "--quiet", "origin", "main")
    project.write(report="# What changed\n\n- one operation\n")
    if api.words is GITHUB:
        project.environment |= {"GITHUB_REPOSITORY": "owner/cards"}
    return project


def _environment(api: str, server: str) -> dict[str, str]:
    """What a job of either host is given; GITHUB_REPOSITORY alone makes it GitHub's."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("GIT", "CI_"))}
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
        "GITHUB_API_URL": f"{api}/api",
        "GITHUB_SERVER_URL": server,
        "GITHUB_REF_NAME": "main",
        "GITHUB_TOKEN": TOKEN,
        "CI_API_V4_URL": f"{api}/api",
        "CI_PROJECT_URL": f"{server}/owner/cards",
        "CI_PROJECT_ID": "42",
        "CI_DEFAULT_BRANCH": "main",
        "GITLAB_TOKEN": TOKEN,
    }


def test_clean_tree_is_nothing_to_propose(project: Project) -> None:
    done = project.propose("--report", "never-written.md", GITHUB_TOKEN="", GITLAB_TOKEN="")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "Nothing to propose: the work tree is as its last commit.\n"
    assert project.git("branch", "--format=%(refname:short)") == "main"
    assert project.api.calls == []


def test_change_becomes_two_commits_and_a_request(project: Project, host: str) -> None:
    project.change()
    done = project.propose()
    assert (done.returncode, done.stdout, done.stderr) == (0, "Opened its page\n", "")

    assert project.git("log", "--reverse", "--format=%s", f"main..{BRANCH}").splitlines() == [
        "Take in the vendor's changed document",
        "Regenerate the SDK as 0.2.0",
    ]
    assert project.git("diff", "--name-status", "main", f"{BRANCH}~1").split() == ["M", FILES["spec"]]
    changed = project.git("diff", "--name-status", f"{BRANCH}~1", BRANCH).splitlines()
    assert sorted(line.replace("\t", " ") for line in changed) == [
        f"A {FILES['added']}",
        f"D {FILES['gone']}",
        f"M {FILES['changelog']}",
        f"M {FILES['client']}",
        f"M {FILES['version']}",
    ]

    words = WORDS[host]
    assert [(method, path) for method, path, *_ in project.api.calls] == [
        ("GET", COLLECTION[host]),
        ("POST", COLLECTION[host]),
    ]
    assert project.api.calls[1][3] == {
        "title": "Take in the changed API document: version 0.2.0",
        words["body"]: "# What changed\n\n- one operation\n",
        words["source"]: BRANCH,
        words["target"]: "main",
    }
    assert set(project.api.secrets) == {f"Bearer {TOKEN}" if host == "github" else TOKEN}


def test_the_report_is_the_summary_of_the_job_even_when_nothing_is_proposed(project: Project, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    done = project.propose(GITHUB_STEP_SUMMARY=str(summary))
    assert done.stdout.startswith("Nothing to propose")
    assert summary.read_text() == "before\n# What changed\n\n- one operation\n"


def test_the_open_request_is_looked_for_by_branch(project: Project, host: str) -> None:
    project.change()
    project.propose()
    assert project.api.calls[0][2] == (
        {"state": ["open"], "head": [f"owner:{BRANCH}"], "base": ["main"]}
        if host == "github"
        else {"state": ["opened"], "source_branch": [BRANCH], "target_branch": ["main"]}
    )


def test_work_tree_and_local_branches_stay(project: Project) -> None:
    project.change()
    before = _git(project.work, "status", "--porcelain")
    project.propose()
    assert _git(project.work, "status", "--porcelain") == before
    assert _git(project.work, "branch", "--format=%(refname:short)") == "main"


def test_same_change_again_renews_the_text_and_pushes_nothing(project: Project, host: str) -> None:
    project.change()
    project.propose()
    first = project.git("rev-parse", BRANCH)
    project.write(report="# Told better\n")
    done = project.propose()
    assert (done.returncode, done.stdout, done.stderr) == (0, "Updated its page\n", "")
    assert project.git("rev-parse", BRANCH) == first
    method, path, _, sent = project.api.calls[-1]
    assert (method, path) == (WORDS[host]["edits"], f"{COLLECTION[host]}/7")
    assert sent == {"title": "Take in the changed API document: version 0.2.0", WORDS[host]["body"]: "# Told better\n"}
    assert len(project.api.open) == 1


def test_another_change_of_the_same_version_replaces_the_branch(project: Project) -> None:
    project.change()
    project.propose()
    project.write(client="three\n")
    done = project.propose()
    assert (done.returncode, done.stdout) == (0, "Updated its page\n")
    assert project.git("show", f"{BRANCH}:{FILES['client']}") == "three"
    assert project.git("rev-list", "--count", f"main..{BRANCH}") == "2"


def test_a_persons_commit_on_the_branch_is_kept(project: Project, tmp_path: Path) -> None:
    project.change()
    project.propose()
    review = tmp_path / "review"
    _git(tmp_path, "clone", "--quiet", "--branch", BRANCH, str(project.remote), str(review))
    (review / "CHANGELOG.md").write_text("0.2.0, in better words\n")
    _git(review, "commit", "--quiet", "--all", "--message", "Say it better")
    _git(review, "push", "--quiet")
    project.write(client="three\n")
    done = project.propose()
    assert done.returncode == 0
    assert done.stdout == (f"{BRANCH} stays as it is: its last commit is another's work, which a push would undo.\n")
    assert project.git("log", "-1", "--format=%s", BRANCH) == "Say it better"


def test_report_longer_than_the_host_takes_is_cut_and_says_so(project: Project, host: str) -> None:
    project.change()
    limit = 65_536 if host == "github" else 1_048_576
    project.write(report="é" * (limit + 1))
    project.propose()
    body = project.api.calls[-1][3][WORDS[host]["body"]]
    assert len(body) == limit
    assert body.startswith(f"This report is cut: it has {limit + 1:,} characters, and {limit:,} are allowed here.\n\né")


def test_no_file_of_somebodys_own_is_taken_along(project: Project) -> None:
    project.change()
    (project.work / "notes.txt").write_text("mine")
    project.propose()
    assert not {"notes.txt", "report.md"} & set(project.git("ls-tree", "--name-only", BRANCH).splitlines())


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (401, {"message": "Bad credentials"}, "refused GET with 401: Bad credentials"),
        (
            422,
            {"message": "Validation Failed", "errors": [{"message": "No commits between"}, "and more"]},
            "refused GET with 422: Validation Failed; No commits between; and more",
        ),
        (302, {"message": "Moved"}, "refused GET with 302: Moved"),
        (404, {"error": "404 Not Found"}, "refused GET with 404: 404 Not Found"),
    ],
)
def test_refusal_of_the_api_is_told(project: Project, status: int, answer: object, said: str) -> None:
    project.change()
    project.api.refusal = (status, json.dumps(answer).encode())
    done = project.propose()
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"propose: {'GitHub' if project.api.words is GITHUB else 'GitLab'}'s API {said}\n"


def test_after_a_refusal_a_second_run_opens_the_request(project: Project) -> None:
    project.change()
    project.api.refusal = (500, b"{}")
    assert project.propose().returncode == 2
    project.api.refusal = None
    assert project.propose().stdout == "Opened its page\n"


def test_answer_that_is_no_json_is_told(project: Project) -> None:
    project.change()
    project.api.refusal = (200, b"<html>Sign in</html>")
    done = project.propose()
    assert (done.returncode, done.stderr.endswith("API answered 200 and no JSON.\n")) == (2, True)


@pytest.mark.parametrize("name", ["TOKEN", "API", "BASE", "SERVER"])
def test_missing_setting_is_named(project: Project, host: str, name: str) -> None:
    names = {
        "github": {
            "TOKEN": "GITHUB_TOKEN",
            "API": "GITHUB_API_URL",
            "BASE": "GITHUB_REF_NAME",
            "SERVER": "GITHUB_SERVER_URL",
        },
        "gitlab": {
            "TOKEN": "GITLAB_TOKEN",
            "API": "CI_API_V4_URL",
            "BASE": "CI_DEFAULT_BRANCH",
            "SERVER": "CI_PROJECT_URL",
        },
    }
    project.change()
    done = project.propose(**{names[host][name]: ""})
    assert (done.returncode, done.stderr) == (2, f"propose: {names[host][name]} is not set.\n")
    assert project.git("branch", "--format=%(refname:short)") == "main"


def test_outside_of_a_job_it_says_what_is_missing(project: Project) -> None:
    project.change()
    for name in ("GITHUB_REPOSITORY", "CI_PROJECT_ID"):
        project.environment.pop(name, None)
    done = project.propose()
    assert done.returncode == 2
    assert done.stderr == (
        "propose: Where to propose is not known: neither GITHUB_REPOSITORY nor CI_PROJECT_ID is set.\n"
    )


def test_missing_report_is_told_before_anything_is_pushed(project: Project) -> None:
    project.change()
    done = project.propose("--report", "absent.md")
    assert done.returncode == 2
    assert done.stderr.startswith("propose: The report cannot be read: ")
    assert project.git("branch", "--format=%(refname:short)") == "main"


def test_remote_that_is_not_there_is_told(project: Project) -> None:
    project.change()
    project.remote.rename(project.remote.with_name("elsewhere.git"))
    done = project.propose()
    assert done.returncode == 2
    assert done.stderr.startswith("propose: git ls-remote failed: ")


PATCH = """\
--- a/openapi/overlay.yaml
+++ b/openapi/overlay.yaml
@@ -1,1 +1,1 @@
-target: $.old
+target: $.new
"""


@pytest.fixture
def refused(project: Project) -> Project:
    """What an update that was refused leaves: a report, and beside it the document and a patch of the overlay."""
    (project.work / "openapi" / "overlay.yaml").write_text("target: $.old\n")
    _git(project.work, "add", ".")
    _git(project.work, "commit", "--quiet", "--message", "Overlay")
    _git(project.work, "push", "--quiet", "origin", "main")
    folder = project.work / "report.md.refused"
    (folder / "parts").mkdir(parents=True)
    (folder / "api.yml").write_bytes(b"paths: 2\r\n")
    (folder / "parts" / "more.yml").write_text("more\n")
    (folder / "overlay.patch").write_text(PATCH)
    return project


def test_a_refused_document_becomes_a_draft_that_proposes_the_overlay(refused: Project, host: str) -> None:
    before = _git(refused.work, "status", "--porcelain")
    done = refused.propose()
    assert (done.returncode, done.stdout, done.stderr) == (1, "Opened its page\n", "")
    assert _git(refused.work, "status", "--porcelain") == before
    branch = "spec-update/refused"
    document, overlay = refused.git("log", "--reverse", "--format=%H", f"main..{branch}").splitlines()
    added = refused.git("diff", "--name-status", "main", document).replace("\t", " ").splitlines()
    assert added == ["A openapi/refused/api.yml", "A openapi/refused/parts/more.yml"]
    assert refused.git("cat-file", "-s", f"{document}:openapi/refused/api.yml") == "10"  # its bytes, as they came
    assert refused.git("diff", "--name-only", document, overlay) == "openapi/overlay.yaml"
    assert refused.git("show", f"{branch}:openapi/overlay.yaml") == "target: $.new"
    sent = refused.api.calls[1][3]
    assert sent["title"] == "Draft: The changed API document was refused"
    assert sent[WORDS[host]["body"]] == "# What changed\n\n- one operation\n"
    assert sent.get("draft") == (True if host == "github" else None)


def test_the_same_refusal_again_renews_the_draft_and_pushes_nothing(refused: Project) -> None:
    refused.propose()
    first = refused.git("rev-parse", "spec-update/refused")
    done = refused.propose()
    assert (done.returncode, done.stdout) == (1, "Updated its page\n")
    assert refused.git("rev-parse", "spec-update/refused") == first


def test_git_is_given_the_token_by_its_helper_alone(project: Project, host: str, tmp_path: Path) -> None:
    """Over HTTP, from a server that asks for credentials; a trace of git's processes shows the token nowhere."""
    project.change()
    trace = tmp_path / "trace"
    server = {"GITHUB_SERVER_URL": project.api.address, "CI_PROJECT_URL": f"{project.api.address}/owner/cards"}
    _git(project.remote, "config", "http.receivepack", "true")
    for key, value in {"username": "job", "helper": "!echo password=only-to-read #"}.items():
        _git(project.work, "config", f"credential.{project.api.address}.{key}", value)  # as a job's own checkout has it
    done = project.propose(**server, GIT_TRACE=str(trace), GIT_CURL_VERBOSE="0")
    assert (done.returncode, done.stdout, done.stderr) == (0, "Opened its page\n", "")
    assert project.git("rev-list", "--count", f"main..{BRANCH}") == "2"
    user = "x-access-token" if host == "github" else "oauth2"
    assert f"Basic {base64.b64encode(f'{user}:{TOKEN}'.encode()).decode()}" in project.api.secrets
    traced = trace.read_text()
    assert "git push" in traced
    assert TOKEN not in traced
    assert TOKEN not in (project.work / ".git" / "config").read_text()


def test_wrong_token_is_told_and_not_shown(project: Project) -> None:
    project.change()
    server = {"GITHUB_SERVER_URL": project.api.address, "CI_PROJECT_URL": f"{project.api.address}/owner/cards"}
    done = project.propose(**server, GITHUB_TOKEN="wr0ng", GITLAB_TOKEN="wr0ng")
    assert done.returncode == 2
    assert done.stderr.startswith("propose: git ls-remote failed: ")
    assert "Authentication failed" in done.stderr
    assert "wr0ng" not in done.stderr


# The host: its API, and git over HTTP behind a password
