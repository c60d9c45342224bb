"""A document from an address, into a file."""

import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

from codegen.errors import InputError

_TIMEOUT = 30.0
_MOST = 64 * 1024 * 1024
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def is_address(name: str) -> bool:
    """Whether `name` is an address, not a file."""
    return name.startswith(("https://", "http://"))


def shown_address(address: str) -> str:
    """The address without what may be secret: user, password, query. The name of a file is shown as it is."""
    if not is_address(address):
        return address
    parts = urllib.parse.urlsplit(address)
    host = f"{parts.hostname or ''}:{parts.port}" if parts.port else parts.hostname or ""
    return urllib.parse.urlunsplit((parts.scheme, host, parts.path, "", ""))


class NotThereError(InputError):
    """The server has nothing at that address."""


def download(address: str, folder: Path) -> Path:
    """Fetch the document into a file of the folder.

    Raises:
        InputError: It cannot be had, is larger than 64 MiB, or the way to it is not encrypted.
    """
    content = fetch(address)
    file = folder / (PurePosixPath(urllib.parse.urlsplit(address).path).name or "document.yaml")
    file.write_bytes(content)
    return file


def fetch(address: str, headers: Mapping[str, str] = MappingProxyType({}), authorization: str | None = None) -> bytes:
    """What the server has at the address; only it, and no server that it sends us to, is given the authorization.

    Raises:
        NotThereError: It has nothing there.
        InputError: It cannot be had, is larger than 64 MiB, or the way to it is not encrypted.
    """
    _refuse_open(address, address)
    request = urllib.request.Request(address, headers=dict(headers))  # noqa: S310 - https, or this machine
    if authorization is not None:
        request.add_unredirected_header("Authorization", authorization)
    try:
        with urllib.request.build_opener(_Redirects).open(request, timeout=_TIMEOUT) as answer:
            content: bytes = answer.read(_MOST + 1)
    except urllib.error.HTTPError as error:
        kind = NotThereError if error.code == HTTPStatus.NOT_FOUND else InputError
        raise kind(f"the server answers {error.code} {error.reason}", shown_address(address)) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise InputError(f"cannot be fetched: {reason}", shown_address(address)) from error
    if len(content) > _MOST:
        raise InputError("is larger than 64 MiB", shown_address(address))
    return content


def _refuse_open(address: str, first: str) -> None:
    parts = urllib.parse.urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise InputError(
            "the document is fetched by https only; anybody on the way could change it", shown_address(first)
        )


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a redirect, but not out of encryption."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        _refuse_open(newurl, req.full_url)
        return super().redirect_request(req, fp, code, msg, headers, newurl)
