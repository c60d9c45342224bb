# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""Headers that a caller adds to requests, beside those of the document: no request has one of them twice."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from .checks import may_be_secret, shown
from .draft import Draft
from .errors import ArgumentError
from .opaque import Arguments
from .operation import Operation

_TOKEN = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)
_OURS = frozenset(
    (
        "accept accept-encoding connection content-encoding content-length content-type cookie expect host keep-alive "
        "te trailer transfer-encoding upgrade user-agent"
    ).split()
)
_INSTEAD = {"accept": "; say with_options(accept=…)", "user-agent": "; say app_info=AppInfo(…)"}
_SHORTEST_SECRET = 8


def joined(before: Mapping[str, str] | None, given: object, written: Collection[str]) -> Mapping[str, str]:
    """Those that are there and those that are given, which count more; no message shows a value.

    Args:
        before: Those that are there.
        given: Name → value.
        written: The headers that credentials write, in small letters.

    Raises:
        ArgumentError: One cannot be sent, or the client or a credential writes one.
    """
    if not isinstance(given, Mapping):
        raise ArgumentError(f"headers must be a mapping of names to values, not {type(given).__name__}")
    for name, value in given.items():
        if not isinstance(name, str) or not _TOKEN.fullmatch(name):
            told = "" if may_be_secret(name) else f", not {shown(name)}"
            raise ArgumentError(f"headers: a name must be letters, digits and characters of !#$%&'*+-.^_`|~{told}")
        small = name.lower()
        if small in _OURS or small.startswith("proxy-"):
            raise ArgumentError(f"headers: the client writes {name} itself{_INSTEAD.get(small, '')}")
        if small in written:
            raise ArgumentError(f"headers: a credential of the client writes {name}; give that to the client")
        if not isinstance(value, str) or not value.isascii() or not value.isprintable() or value != value.strip():
            raise ArgumentError(f"headers: {name} must be printable ASCII text, without line ends and blanks around it")
    names = {name.lower() for name in given}
    if len(names) < len(given):
        raise ArgumentError("headers: a name is there twice; small and capital letters are the same")
    return Arguments({name: value for name, value in (before or {}).items() if name.lower() not in names} | dict(given))


def check_free(operation: Operation[Any], draft: Draft, extra: Mapping[str, str]) -> None:
    """See that a request has none of the headers.

    Raises:
        ArgumentError: It has one, or would have it if an argument were given.
    """
    taken = {
        parameter.wire_name.lower(): parameter.name for parameter in operation.parameters if parameter.place == "header"
    }
    if operation.idempotency is not None:
        taken[operation.idempotency.header.lower()] = "idempotency_key"
    here = {name.lower() for name in draft.headers}
    for name in extra:
        if name.lower() in taken:
            problem = f"{name} is the argument {taken[name.lower()]}; give it there"
        elif name.lower() in here:
            problem = f"a credential writes {name}"
        else:
            continue
        raise ArgumentError(f"{operation.name}: headers: {problem}", operation=operation.name)


def add(operation: Operation[Any], draft: Draft, extra: Mapping[str, str]) -> None:
    """Add them to a request that is signed: they are no part of what a signature covers.

    Raises:
        ArgumentError: It has one of them.
    """
    check_free(operation, draft, extra)
    draft.headers.update(extra)
    draft.secrets += [value for value in extra.values() if len(value) >= _SHORTEST_SECRET]
