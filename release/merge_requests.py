"""Requests to merge, as GitHub and GitLab have them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3

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
    draft: Mapping[str, Any]
    """What makes a draft of a request, beside its title."""


def host_of(environment: Mapping[str, str]) -> Host:
    """The host whose job this is, as the environment says.

    Raises:
        ProposalError: It is no job of a host that is known, or lacks a setting.
    """
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
        draft={"draft": True},
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
        draft={},  # the title says it
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


def open_request(host: Host, branch: str, title: str, text: str, *, is_draft: bool = False) -> str:
    """Open the request of the branch, or renew the one that is open; say which, and where it is.

    Raises:
        ProposalError: The host refuses it, or does not answer.
    """
    query = {key: value.format(branch=branch) for key, value in host.search.items()}
    content: dict[str, Any] = {"title": f"Draft: {title}" if is_draft else title, host.body: _fit(text, host.limit)}
    found = _call(host, "GET", host.requests, fields=query)
    if found:
        address = f"{host.requests}/{found[0][host.number]}"
        return f"Updated {_call(host, host.edit_method, address, json=content)[host.address]}"
    content |= {host.source: branch, host.target: host.base}
    if is_draft:
        content |= host.draft
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
