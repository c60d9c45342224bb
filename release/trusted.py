"""Trusted publishing: the job's own identity is exchanged for a token of the index, so that no secret is kept.

An index that takes it says for whom the identity must be made out (``/_/oidc/audience``) and gives a token for it
(``/_/oidc/mint-token``). What a host gives its jobs is read by `id`: GitHub's ``ACTIONS_ID_TOKEN_REQUEST_URL``, or a
variable such as ``PYPI_ID_TOKEN`` on GitLab.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from id import IdentityError, detect_credential

from release.errors import ReleaseError

_TIMEOUT = 30.0
USER = "__token__"


def is_offered(environment: Mapping[str, str]) -> bool:
    """Whether the host gives this job an identity."""
    return any(key == "ACTIONS_ID_TOKEN_REQUEST_URL" or key.endswith("_ID_TOKEN") for key in environment)


def mint(upload: str, certificates: str | None) -> str:
    """A token of the index at `upload`, for a short time, in exchange for the job's identity.

    Raises:
        ReleaseError: The index does not know such an exchange, or refuses this job.
    """
    parts = urlsplit(upload)
    exchange = f"{parts.scheme}://{parts.netloc}/_/oidc"
    audience = str(_answer("GET", f"{exchange}/audience", certificates)["audience"])
    try:
        identity = detect_credential(audience)
    except IdentityError as error:
        raise ReleaseError("the host gives this job no identity: has the job the right to ask for one?") from error
    if identity is None:
        raise ReleaseError(f"the host gives this job no identity for {audience}")
    return str(_answer("POST", f"{exchange}/mint-token", certificates, json={"token": identity})["token"])


def _answer(method: str, address: str, certificates: str | None, **sent: Any) -> dict[str, Any]:
    try:
        answer = requests.request(
            method, address, timeout=_TIMEOUT, verify=certificates or True, allow_redirects=False, **sent
        )
        told = answer.json()
    except requests.RequestException as error:
        raise ReleaseError(f"trusted publishing: the index does not answer: {type(error).__name__}") from error
    if answer.status_code != requests.codes.ok or not isinstance(told, dict):
        raise ReleaseError(f"trusted publishing: the index refuses this job (HTTP {answer.status_code}{_reason(told)})")
    return told


def _reason(told: Any) -> str:
    errors = told.get("errors", []) if isinstance(told, dict) else []
    codes = [str(error.get("code")) for error in errors if isinstance(error, dict)]
    return f": {', '.join(codes)}" if codes else ""
