"""``python -m release.propose --report FILE``: proposes what an update left in the work tree.

It makes two commits, first the changed documents, then all that follows from them, pushes them as the branch
``spec-update/<version>``, and opens a pull request (GitHub) or merge request (GitLab) with the report as its text.
A second run renews the branch and the request instead of making others. The work tree, the index and the local
branches stay as they are.

Where the update was refused, and left the document in the folder ``FILE.refused``, a draft is opened instead, of the
branch ``spec-update/refused``: the document as it came, and the overlay as it is proposed to be corrected. Exit codes:
0 proposed or nothing to propose, 1 a draft, 2 nothing could be proposed.

Where to propose is read from what a CI job is given:

    GitHub   GITHUB_SERVER_URL, GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_REF_NAME, and GITHUB_TOKEN;
             GITHUB_STEP_SUMMARY, if it is there, receives the report as well
    GitLab   CI_PROJECT_URL, CI_API_V4_URL, CI_PROJECT_ID, CI_DEFAULT_BRANCH, and GITLAB_TOKEN
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from release.merge_requests import Host, ProposalError, host_of, open_request

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

INPUTS = ("openapi",)
NEW_FILES = ("openapi", "generated")
"""Where a file that git does not know yet belongs to the change; elsewhere it is somebody's own."""

PATCH = "overlay.patch"
"""What `update` calls the corrected overlay, in the folder with the document that it refused."""

AUTHOR = {
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in (("NAME", "Spec update"), ("EMAIL", "spec-update@noreply.invalid"))
}
"""Who makes the commits, unless the environment says who."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command; give its exit code."""
    parser = argparse.ArgumentParser(prog="python -m release.propose", description="Propose what an update changed.")
    parser.add_argument("--report", type=Path, required=True, help="the Markdown that becomes the request's text")
    report = parser.parse_args(arguments).report
    refused = report.with_name(f"{report.name}.refused")
    _summarize(report, os.environ)
    try:
        print(propose_draft(report, refused, os.environ) if refused.is_dir() else propose(report, os.environ))
    except ProposalError as error:
        print(f"propose: {error}", file=sys.stderr)
        return 2
    return 1 if refused.is_dir() else 0


def _summarize(report: Path, environment: Mapping[str, str]) -> None:
    """Add the report to the summary of the job, where its host has one."""
    summary = environment.get("GITHUB_STEP_SUMMARY")
    if summary and report.is_file():
        with Path(summary).open("a", encoding="utf-8") as stream:
            stream.write(report.read_text(encoding="utf-8"))


def propose(report: Path, environment: Mapping[str, str]) -> str:
    """Propose the change in the work tree; say in one sentence what was done."""
    version = _version()
    commit = _commit(version)
    if commit is None:
        return "Nothing to propose: the work tree is as its last commit."
    host, text, branch = host_of(environment), _read(report), f"spec-update/{version}"
    if not _push(host, commit, branch):
        return _kept(branch)
    return open_request(host, branch, f"Take in the changed API document: version {version}", text)


def propose_draft(report: Path, refused: Path, environment: Mapping[str, str]) -> str:
    """Ask people about the document in `refused`, which could not be taken in; say in one sentence what was done."""
    host, text, branch = host_of(environment), _read(report), "spec-update/refused"
    if not _push(host, _commit_refused(refused), branch):
        return _kept(branch)
    return open_request(host, branch, "The changed API document was refused", text, is_draft=True)


def _kept(branch: str) -> str:
    return f"{branch} stays as it is: its last commit is another's work, which a push would undo."


def _version() -> str:
    try:
        project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
        return str(project["project"]["version"])
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise ProposalError(f"pyproject.toml does not say the version: {error!r}.") from error


def _read(report: Path) -> str:
    try:
        return report.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProposalError(f"The report cannot be read: {error}.") from error


# The change, as commits


def _commit(version: str) -> str | None:
    """The last of the new commits, or None when nothing changed; made in an index of its own."""
    with tempfile.TemporaryDirectory() as folder:
        index = {"GIT_INDEX_FILE": str(Path(folder, "index"))}
        _git("read-tree", "HEAD", environment=index)
        head = _git("rev-parse", "HEAD")
        commit = _step(head, "Take in the vendor's changed document", index, "--all", "--", *INPUTS)
        _git("add", "--update", environment=index)
        commit = _step(commit, f"Regenerate the SDK as {version}", index, "--all", "--", *NEW_FILES)
    return None if commit == head else commit


def _commit_refused(refused: Path) -> str:
    """The document as it came, beside the one that is in force; then the overlay, as it is proposed to be."""
    with tempfile.TemporaryDirectory() as folder:
        index = {"GIT_INDEX_FILE": str(Path(folder, "index"))}
        _git("read-tree", "HEAD", environment=index)
        for file in sorted(path for path in refused.rglob("*") if path.is_file() and path.name != PATCH):
            blob = _git("hash-object", "-w", "--no-filters", str(file))
            name = f"{INPUTS[0]}/refused/{file.relative_to(refused).as_posix()}"
            _git("update-index", "--add", "--cacheinfo", f"100644,{blob},{name}", environment=index)
        commit = _step(_git("rev-parse", "HEAD"), "Keep the vendor's document that was refused", index)
        if (refused / PATCH).is_file():
            _git("apply", "--cached", str((refused / PATCH).resolve()), environment=index)
            commit = _step(commit, "Correct the overlay as proposed, for a person to judge", index)
    return commit


def _step(parent: str, subject: str, index: Mapping[str, str], *added: str) -> str:
    """A commit of what is added on top of the parent, or the parent when that is nothing."""
    if added:
        _git("add", *added, environment=index)
    tree = _git("write-tree", environment=index)
    if tree == _git("rev-parse", f"{parent}^{{tree}}"):
        return parent
    return _git("commit-tree", tree, "-p", parent, "-m", subject)


def _push(host: Host, commit: str, branch: str) -> bool:
    """Make the commit the branch's last one; say no, and leave it, when another has worked on the branch."""
    secret, reference = _credentials(host), f"refs/heads/{branch}"
    tip = _git("ls-remote", host.remote, reference, environment=secret).partition("\t")[0]
    if tip:
        _git("fetch", "--quiet", "--no-tags", host.remote, reference, environment=secret)
        if _shown("%T", tip) == _shown("%T", commit):
            return True
        if _shown("%ce", tip) != _shown("%ce", commit):
            return False
    lease = f"--force-with-lease={reference}:{tip}"
    _git("push", "--quiet", lease, host.remote, f"{commit}:{reference}", environment=secret)
    return True


def _shown(form: str, commit: str) -> str:
    return _git("show", "--no-patch", f"--format={form}", commit)


def _credentials(host: Host) -> dict[str, str]:
    """Settings by which git asks for the token, of this host alone; the token itself stays in its variable."""
    remote = urlsplit(host.remote)
    if remote.scheme not in ("http", "https"):
        return {}
    key = f"credential.{remote.scheme}://{remote.netloc}.helper"
    answer = f"printf 'username=%s\\npassword=%s\\n' {host.user} \"${host.token_variable}\""
    return {
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": key,
        "GIT_CONFIG_VALUE_0": "",  # forgets the helpers of the machine
        "GIT_CONFIG_KEY_1": key,
        "GIT_CONFIG_VALUE_1": f'!f() {{ if [ "$1" = get ]; then {answer}; fi; }}; f',
    }


def _git(*arguments: str, environment: Mapping[str, str] | None = None) -> str:
    silent = {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            ["git", *arguments],  # noqa: S607 - the git of the machine is the one meant
            env={**AUTHOR, **os.environ, **silent, **(environment or {})},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
    except OSError as error:
        raise ProposalError(f"git cannot be run: {error}.") from error
    if done.returncode != 0:
        raise ProposalError(f"git {arguments[0]} failed: {' '.join(done.stderr.split())}")
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
