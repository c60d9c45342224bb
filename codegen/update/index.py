"""The last version on a package index, and the package that its wheel holds: by the simple API, in HTML or JSON."""

import base64
import hashlib
import io
import json
import os
import re
import urllib.parse
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

from codegen.emit.tree import Tree
from codegen.errors import InputError
from codegen.update.download import NotThereError, fetch, shown_address
from codegen.update.version import is_version, numbers

_ACCEPT = {"Accept": "application/vnd.pypi.simple.v1+json, text/html;q=0.5"}
_MOST = 256 * 1024 * 1024
_WHEEL = re.compile(r"[^-]+-(?P<version>[^-]+)(-\d[^-]*)?-[^-]+-[^-]+-[^-]+\.whl")


@dataclass(frozen=True)
class Wheel:
    """A wheel that an index offers."""

    address: str
    version: str
    digest: str | None
    """Its SHA-256, where the index says it."""


@dataclass(frozen=True)
class Index:
    """An index, by the address of its simple API; its credentials come from the environment."""

    address: str

    def last(self, distribution: str) -> Wheel | None:
        """The wheel of the highest version; what was yanked, or is no three numbers, does not count.

        Raises:
            InputError: The index cannot be asked.
        """
        name = re.sub(r"[-_.]+", "-", distribution).lower()
        page = f"{self.address.rstrip('/')}/{name}/"
        try:
            content = self._fetch(page)
        except NotThereError:
            return None
        wheels = [wheel for link in _links(content, page) if (wheel := _wheel(*link)) is not None]
        return max(wheels, key=lambda wheel: numbers(wheel.version), default=None)

    def package(self, wheel: Wheel, package: str) -> Tree:
        """The files of a package that a wheel holds.

        Raises:
            InputError: It cannot be had, has another digest than the index says, or is no wheel.
        """
        content = self._fetch(wheel.address)
        if wheel.digest is not None and hashlib.sha256(content).hexdigest() != wheel.digest:
            raise InputError("has not the SHA-256 that the index says", shown_address(wheel.address))
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                inside = [item for item in archive.infolist() if item.filename.startswith(f"{package}/")]
                if sum(item.file_size for item in inside) > _MOST:
                    raise InputError("holds more than 256 MiB", shown_address(wheel.address))
                return {
                    item.filename.removeprefix(f"{package}/"): archive.read(item).decode(errors="replace")
                    for item in inside
                    if not item.is_dir()
                }
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            raise InputError(f"is no wheel: {error}", shown_address(wheel.address)) from error

    def _fetch(self, address: str) -> bytes:
        """Ask with the credentials, if it is the index itself that is asked."""
        own = urllib.parse.urlsplit(self.address).netloc == urllib.parse.urlsplit(address).netloc
        return fetch(address, _ACCEPT, _authorization() if own else None)


def _authorization() -> str | None:
    user, password = (os.environ.get(f"CODEGEN_INDEX_{name}") for name in ("USERNAME", "PASSWORD"))
    if not user or not password:
        return None
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def _wheel(address: str, digest: str | None) -> Wheel | None:
    name = urllib.parse.unquote(urllib.parse.urlsplit(address).path.rpartition("/")[2])
    found = _WHEEL.fullmatch(name)
    if found is None or not is_version(found["version"]):
        return None
    return Wheel(address, found["version"], digest)


def _links(content: bytes, page: str) -> list[tuple[str, str | None]]:
    """Address and SHA-256 of every file that was not yanked."""
    text = content.decode(errors="replace")
    if not text.lstrip().startswith("{"):
        reader = _Page(page)
        reader.feed(text)
        return reader.links
    try:
        files = [one for one in json.loads(text)["files"] if not one.get("yanked")]
        return [(urllib.parse.urljoin(page, one["url"]), (one.get("hashes") or {}).get("sha256")) for one in files]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError("is no page of a package index", shown_address(page)) from error


class _Page(HTMLParser):
    """The links of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[tuple[str, str | None]] = []
        self._base = page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given: Mapping[str, str | None] = dict(attrs)
        if tag == "a" and given.get("href") and "data-yanked" not in given:
            address, _, fragment = urllib.parse.urljoin(self._base, str(given["href"])).partition("#")
            digest = fragment.removeprefix("sha256=") if fragment.startswith("sha256=") else None
            self.links.append((address, digest))
