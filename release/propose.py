"""``python -m release.propose --report FILE``: proposes what an update left in the work tree.

It makes two commits, first the changed documents, then all that follows from them, pushes them as the branch
``spec-update/<version>``, and opens a pull request (GitHub) or merge request (GitLab) with the report as its text.
A second run renews the branch and the request instead of making others. The work tree, the index and the local
branches stay as they are. Exit codes: 0 proposed or nothing to propose, 2 refused.

Where to propose is read from what a CI job is given:

    GitHub   GITHUB_SERVER_URL, GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_REF_NAME, and GITHUB_TOKEN
    GitLab   CI_PROJECT_URL, CI_API_V4_URL, CI_PROJECT_ID, CI_DEFAULT_BRANCH, and GITLAB_TOKEN
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

INPUTS = ("openapi",)
NEW_FILES = ("openapi", "generated")
"""Where a file that git does not know yet belongs to the change; elsewhere it is somebody's own."""

AUTHOR = {
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in (("NAME", "Spec update"), ("EMAIL", "spec-update@noreply.invalid"))
}
"""Who makes the commits, unless the environment says who."""

TIMEOUT = 30.0


class ProposalError(Exception):
    """Nothing was proposed; the message is one sentence for the one who ran it."""


@dataclass(frozen=True, kw_only=True)
class Host:
    """One project on GitHub or GitLab, and how that host words a request to merge."""

    name: str
    remote: str
    """Where to push; it holds no credentials."""
    base: str
    """The branch to merge into."""
    user: str
    """The user name that git gives together with the token."""
    token_variable: str
    requests: str
    """The address of all requests in the API."""
    headers: Mapping[str, str] = field(repr=False)
    edit_method: str
    source: str
    target: str
    body: str
    number: str
    address: str
    limit: int
    """The most characters that a request's text may have."""
    search: Mapping[str, str]
    """What finds the open request of a branch; ``{branch}`` stands for the branch."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command; give its exit code."""
    parser = argparse.ArgumentParser(prog="python -m release.propose", description="Propose what an update changed.")
    parser.add_argument("--report", type=Path, required=True, help="the Markdown that becomes the request's text")
    options = parser.parse_args(arguments)
    try:
        print(propose(options.report, os.environ))
    except ProposalError as refused:
        print(f"propose: {refused}", file=sys.stderr)
        return 2
    return 0


def propose(report: Path, environment: Mapping[str, str]) -> str:
    """Propose the change in the work tree; say in one sentence what was done."""
    version = _version()
    commit = _commit(version)
    if commit is None:
        return "Nothing to propose: the work tree is as its last commit."
    host, text, branch = _host(environment), _read(report), f"spec-update/{version}"
    if not _push(host, commit, branch):
        return f"{branch} stays as it is: its last commit is another's work, which a push would undo."
    return _request(host, branch, f"Take in the changed API document: version {version}", _fit(text, host.limit))


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


def _step(parent: str, subject: str, index: Mapping[str, str], *added: str) -> str:
    """A commit of what is added on top of the parent, or the parent when that is nothing."""
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


# The request to merge


def _host(environment: Mapping[str, str]) -> Host:
    if "GITHUB_REPOSITORY" in environment:
        return _github(environment)
    if "CI_PROJECT_ID" in environment:
        return _gitlab(environment)
    raise ProposalError("Where to propose is not known: neither GITHUB_REPOSITORY nor CI_PROJECT_ID is set.")


def _github(environment: Mapping[str, str]) -> Host:
    repository, base = _needed(environment, "GITHUB_REPOSITORY"), _needed(environment, "GITHUB_REF_NAME")
    return Host(
        name="GitHub",
        remote=f"{_needed(environment, 'GITHUB_SERVER_URL')}/{repository}.git",
        base=base,
        user="x-access-token",
        token_variable="GITHUB_TOKEN",  # noqa: S106 - a name
        requests=f"{_needed(environment, 'GITHUB_API_URL')}/repos/{repository}/pulls",
        headers={
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {_needed(environment, 'GITHUB_TOKEN')}",
            "User-Agent": "release.propose",
            "X-GitHub-Api-Version": "2022-11-28",
        },
        edit_method="PATCH",
        source="head",
        target="base",
        body="body",
        number="number",
        address="html_url",
        limit=65_536,
        search={"state": "open", "head": f"{repository.partition('/')[0]}:{{branch}}", "base": base},
    )


def _gitlab(environment: Mapping[str, str]) -> Host:
    project, base = _needed(environment, "CI_PROJECT_ID"), _needed(environment, "CI_DEFAULT_BRANCH")
    return Host(
        name="GitLab",
        remote=f"{_needed(environment, 'CI_PROJECT_URL')}.git",
        base=base,
        user="oauth2",
        token_variable="GITLAB_TOKEN",  # noqa: S106 - a name
        requests=f"{_needed(environment, 'CI_API_V4_URL')}/projects/{project}/merge_requests",
        headers={"PRIVATE-TOKEN": _needed(environment, "GITLAB_TOKEN"), "User-Agent": "release.propose"},
        edit_method="PUT",
        source="source_branch",
        target="target_branch",
        body="description",
        number="iid",
        address="web_url",
        limit=1_048_576,
        search={"state": "opened", "source_branch": "{branch}", "target_branch": base},
    )


def _needed(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name)
    if not value:
        raise ProposalError(f"{name} is not set.")
    return value


def _fit(text: str, limit: int) -> str:
    """The text, cut at what the host takes; the sentence that says so comes first, where no code block can hold it."""
    if len(text) <= limit:
        return text
    notice = f"This report is cut: it has {len(text):,} characters, and {limit:,} are allowed here.\n\n"
    return notice + text[: limit - len(notice)]


def _request(host: Host, branch: str, title: str, text: str) -> str:
    """Open the request of the branch, or renew the one that is open."""
    query = {key: value.format(branch=branch) for key, value in host.search.items()}
    content = {"title": title, host.body: text}
    found = _call(host, "GET", host.requests, fields=query)
    if found:
        address = f"{host.requests}/{found[0][host.number]}"
        return f"Updated {_call(host, host.edit_method, address, json=content)[host.address]}"
    content |= {host.source: branch, host.target: host.base}
    return f"Opened {_call(host, 'POST', host.requests, json=content)[host.address]}"


def _call(host: Host, method: str, address: str, **sent: Any) -> Any:
    try:
        response = _pool(address).request(
            method, address, headers=host.headers, retries=False, redirect=False, timeout=TIMEOUT, **sent
        )
        answer = response.json()
    except urllib3.exceptions.HTTPError as error:
        raise ProposalError(f"{host.name}'s API did not answer: {error}.") from error
    except ValueError as error:
        raise ProposalError(f"{host.name}'s API answered {response.status} and no JSON.") from error
    if response.status >= 300:
        raise ProposalError(f"{host.name}'s API refused {method} with {response.status}: {_reason(answer)}")
    return answer


def _pool(address: str) -> urllib3.PoolManager:
    """The way to the address: through the proxy that the environment names, or directly."""
    parts = urlsplit(address)
    proxy = None if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme)
    return urllib3.ProxyManager(proxy) if proxy else urllib3.PoolManager()


def _reason(answer: Any) -> str:
    """What an API says of its refusal: a message, and on GitHub a list of what was wrong."""
    if not isinstance(answer, dict):
        return str(answer)
    message = str(answer.get("message") or answer.get("error") or answer)
    details = [error.get("message", error) if isinstance(error, dict) else error for error in answer.get("errors", [])]
    return "; ".join(map(str, [message, *details]))


if __name__ == "__main__":
    sys.exit(main())
