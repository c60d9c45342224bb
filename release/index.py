"""What a package index has: read through the simple API that every index speaks."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import requests
from pypi_simple import NoSuchProjectError, PyPISimple, UnsupportedRepoVersionError

from release import trusted
from release.errors import ReleaseError

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_TIMEOUT = 30.0
_REFUSED = (401, 403)


@dataclass(frozen=True)
class Access:
    """An index and the credentials for it, as the environment names them."""

    upload: str
    simple: str | None
    username: str
    password: str = field(repr=False)
    certificates: str | None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Access:
        """Read TWINE_REPOSITORY_URL, TWINE_USERNAME, TWINE_PASSWORD, TWINE_CERT and PUBLISH_INDEX_URL.

        Without user and password, the identity that a host gives its job is exchanged for a token of the index.

        Raises:
            ReleaseError: Something is missing, or would send the password in the clear.
        """
        upload, simple = environment.get("TWINE_REPOSITORY_URL"), environment.get("PUBLISH_INDEX_URL") or None
        for name, address in (("TWINE_REPOSITORY_URL", upload), ("PUBLISH_INDEX_URL", simple)):
            _refuse_unsafe(name, address)
        certificates = environment.get("TWINE_CERT") or None
        user, password = environment.get("TWINE_USERNAME"), environment.get("TWINE_PASSWORD")
        if upload and not user and not password and trusted.is_offered(environment):
            user, password = trusted.USER, trusted.mint(upload, certificates)
        given = dict(zip(_NEEDED, (upload, user, password), strict=True))
        if not (upload and user and password):
            missing = [name for name, value in given.items() if not value]
            raise ReleaseError(f"set {' and '.join(missing)} to say which index to publish to, and as whom")
        return cls(upload=upload, simple=simple, username=user, password=password, certificates=certificates)

    def masked(self, text: str) -> str:
        """The text without the password."""
        for secret in (self.password, quote(self.password, safe="")):
            text = text.replace(secret, "…")
        return text

    def with_credentials(self, address: str) -> str:
        """The address with user and password in it, for the environment of a process and nowhere else."""
        parts = urlsplit(address)
        host = parts.netloc.rpartition("@")[2]
        user = f"{quote(self.username, safe='')}:{quote(self.password, safe='')}"
        return urlunsplit(parts._replace(netloc=f"{user}@{host}"))


_NEEDED = ("TWINE_REPOSITORY_URL", "TWINE_USERNAME", "TWINE_PASSWORD")


def _refuse_unsafe(name: str, address: str | None) -> None:
    if not address:
        return
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ReleaseError(f"{name} must be an http or https address")
    if parts.username or parts.password:
        raise ReleaseError(f"{name} must not hold credentials: set TWINE_USERNAME and TWINE_PASSWORD")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise ReleaseError(f"{name} is not encrypted: anybody on the way could read the password; use https")


class Index:
    """An index that packages are installed from."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._session = _Session()
        self._session.auth = (access.username, access.password)
        self._session.verify = access.certificates or True
        self.address = access.simple or self._found()
        self._client = PyPISimple(self.address, session=self._session)

    def files(self, project: str) -> dict[str, str]:
        """File name → SHA-256, in hex, of everything that the index itself has of the project.

        Raises:
            ReleaseError: The index cannot be read.
        """
        try:
            page = self._client.get_project_page(project, timeout=_TIMEOUT)
        except NoSuchProjectError:
            return {}
        except (requests.RequestException, UnsupportedRepoVersionError, ValueError) as error:
            raise self._error(error) from error
        return {one.filename: one.digests.get("sha256") or self._digest(one.url) for one in page.packages}

    def _found(self) -> str:
        """Where to install from, worked out of where to upload."""
        base = self._access.upload.rstrip("/")
        for address in (f"{base}/+simple/", f"{base}/simple/"):
            try:
                with self._session.get(address, timeout=_TIMEOUT, allow_redirects=False, stream=True) as answer:
                    status = answer.status_code  # the page itself lists every project of the index
            except requests.RequestException as error:
                raise self._error(error) from error
            if status in _REFUSED:
                raise ReleaseError(f"the index refuses the credentials (HTTP {status})")
            if status == requests.codes.ok:
                return address
        raise ReleaseError("where to install from is not known for this index: set PUBLISH_INDEX_URL to its simple API")

    def _digest(self, address: str) -> str:
        """The digest of a file that the page gives none for."""
        total = hashlib.sha256()
        try:
            with self._session.get(address, timeout=_TIMEOUT, stream=True) as answer:
                answer.raise_for_status()
                for chunk in answer.iter_content(65536):
                    total.update(chunk)
        except requests.RequestException as error:
            raise self._error(error) from error
        return total.hexdigest()

    def _error(self, error: Exception) -> ReleaseError:
        answer = getattr(error, "response", None)
        if answer is not None and answer.status_code in _REFUSED:
            return ReleaseError(f"the index refuses the credentials (HTTP {answer.status_code})")
        if answer is not None:
            return ReleaseError(f"the index answers HTTP {answer.status_code} {answer.reason}")
        return ReleaseError(self._access.masked(f"the index cannot be reached: {type(error).__name__}"))


class _Session(requests.Session):
    """Trusts what it was told to trust; an index that sends us to another host for a package does not have it."""

    def merge_environment_settings(self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any) -> dict[str, Any]:
        # requests would let REQUESTS_CA_BUNDLE, which is for everything, overrule the certificates of this index
        named = self.verify if isinstance(self.verify, str) else verify
        settings: dict[str, Any] = super().merge_environment_settings(url, proxies, stream, named, cert)
        return settings

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        target = super().get_redirect_target(resp)
        if target is None or urlsplit(target).netloc in ("", urlsplit(resp.url).netloc):
            return target
        resp.status_code = 404
        return None
