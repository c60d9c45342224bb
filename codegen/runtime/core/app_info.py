"""What a program calls itself to the servers that it calls."""

from __future__ import annotations

import re

import msgspec

from .errors import ArgumentError

_TOKEN = re.compile(r"[\w!#$%&'*+.^`|~-]{1,64}", re.ASCII)
_URL = re.compile(r"https?://[!-'*-~]{1,200}")
"""Without what ends a comment, and without blanks."""


class AppInfo(msgspec.Struct, frozen=True):
    """The program that uses a client: it stands in the User-Agent of each request, behind the package's own name.

    Attributes:
        name: Such as ``rewards``: letters, digits and ``!#$%&'*+-.^_`|~``, at most 64.
        version: Such as ``1.4.0``, of the same characters.
        url: Where to find who runs it: ``http://`` or ``https://``, without blanks and brackets.

    Raises:
        ArgumentError: It cannot stand in a header.
    """

    name: str
    version: str | None = None
    url: str | None = None

    def __post_init__(self) -> None:
        for part, value in (("name", self.name), ("version", self.version)):
            if value is not None and not (isinstance(value, str) and _TOKEN.fullmatch(value)):
                raise ArgumentError(
                    f"app_info: {part} must be 1 to 64 letters, digits or characters of !#$%&'*+-.^_`|~, without blanks"
                )
        if self.url is not None and not (isinstance(self.url, str) and _URL.fullmatch(self.url)):
            raise ArgumentError(
                "app_info: url must be http:// or https:// and up to 200 ASCII characters, without blanks or brackets"
            )

    def __str__(self) -> str:
        version = f"/{self.version}" if self.version is not None else ""
        return f"{self.name}{version}" + (f" ({self.url})" if self.url is not None else "")


def user_agent(package: str, app_info: object) -> str:
    """What a client calls itself.

    Raises:
        ArgumentError: It is told by something else than an `AppInfo`.
    """
    if not isinstance(app_info, AppInfo):
        raise ArgumentError(f"app_info must be an AppInfo(name, version, url), not {type(app_info).__name__}")
    return f"{package} {app_info}"
