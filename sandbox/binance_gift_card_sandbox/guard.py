"""Who may see the page and use the control plane: this machine only, unless told otherwise, and no foreign page.

Whoever opens a web page lets it send requests to this machine. Three things keep such a page out: the host
that the browser was told to go to must be ours (a foreign name could have been pointed at this machine), the
page that asks must be ours, and whatever changes something must be JSON, which no foreign page can send
without asking first.
"""

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

HERE = frozenset({"127.0.0.1", "::1", "localhost"})
SAME = frozenset({"", "none", "same-origin"})
READS = frozenset({"GET", "HEAD"})


class Guard:
    """Lets through to `app` what may pass. `hosts` are further names, at which any machine may reach it."""

    def __init__(self, app: ASGIApp, hosts: Collection[str] = ()) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        reason = self._reason(scope)
        app = JSONResponse({"error": reason}, status_code=403) if reason else self._app
        await app(scope, receive, send)

    def _reason(self, scope: Scope) -> str:
        """Why the request may not pass; empty when it may."""
        headers = Headers(scope=scope)
        host = _host(f"//{headers.get('host', '')}")
        if not self._hosts and not _is_loopback(scope["client"][0] if scope["client"] else ""):
            return "the control plane is open to this machine only: start the sandbox with --control-host"
        if host not in HERE | self._hosts:
            return "the control plane does not go by this host name: start the sandbox with --control-host"
        if headers.get("sec-fetch-site", "") not in SAME or _is_foreign(headers):
            return "the control plane takes no requests from other pages"
        if scope["method"] not in READS and not _is_json(headers):
            return "what changes something must be sent with Content-Type: application/json"
        return ""


def _host(address: str) -> str:
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:  # brackets that hold no address
        return ""


def _is_foreign(headers: Headers) -> bool:
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower()


def _is_json(headers: Headers) -> bool:
    return headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"


def _is_loopback(address: str) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed).is_loopback
