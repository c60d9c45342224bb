# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""How a client reaches its server: proxy, certificates, sizes."""

from __future__ import annotations

import base64
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from . import checks, secret_files
from .errors import ArgumentError
from .interrupts import pass_on

if TYPE_CHECKING:
    import ssl

MIB = 1_048_576
_MOST_CONNECTIONS = 10_000
_LARGEST_BODY = 1024 * MIB
_HOST = re.compile(r"[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?")
_LONGEST_HOST = 254


class Network:
    """How a client reaches its server.

    Args:
        proxy: ``http://`` or ``https://``, a host and a port, with ``user:password@`` before it where the proxy asks
            for them. Left out, the environment decides (``https_proxy``, ``http_proxy``, ``all_proxy``, ``no_proxy``),
            except for a server on this machine; empty text means none at all.
        ca_file: A file of certificates in PEM form that are trusted instead of the system's.
        client_certificate: A file with the client's certificate in PEM form, for servers that ask for one.
        client_key: The file of its private key; left out, the key is in the same file.
        client_key_passphrase: What that key is encrypted under.
        allow_readable_files: Whether every user may read the file of that key, as on a mount that is read-only.
        connections: How many connections are kept open for later calls. At most 10,000.
        plain_http: Whether a server that is not on this machine may be called over ``http://``, where everybody on the
            way can read codes and change answers. An ``http://`` proxy before an ``https://`` server needs no leave.
        max_body: The most bytes that the body of an answer may have, before and after it is decompressed. At most
            1 GiB.
        max_download: The same of an answer that is not decoded: a file, or text that is no JSON. It is held in memory.

    Raises:
        ArgumentError: A setting cannot be used.
    """

    def __init__(
        self,
        *,
        proxy: str | None = None,
        ca_file: str | Path | None = None,
        client_certificate: str | Path | None = None,
        client_key: str | Path | None = None,
        client_key_passphrase: str | None = None,
        allow_readable_files: bool = False,
        plain_http: bool = False,
        connections: int = 32,
        max_body: int = MIB,
        max_download: int = 256 * MIB,
    ) -> None:
        checks.whole("connections", connections, most=_MOST_CONNECTIONS)
        checks.whole("max_body", max_body, most=_LARGEST_BODY)
        checks.whole("max_download", max_download, most=_LARGEST_BODY)
        if client_key is not None and client_certificate is None:
            raise ArgumentError("client_key needs a client_certificate; give both")
        if proxy:
            _check_proxy(proxy)
        for name, file in (
            ("ca_file", ca_file),
            ("client_certificate", client_certificate),
            ("client_key", client_key),
        ):
            if file is not None and not os.access(checks.path_of(name, file), os.R_OK):
                raise ArgumentError(f"{name} {file} cannot be read; see to its path and its mode")
        if (key_file := client_key or client_certificate) is not None:
            name = "client_key" if client_key else "client_certificate"
            secret_files.read(name, key_file, allow_readable=allow_readable_files)
        if client_key_passphrase is not None:
            checks.text("client_key_passphrase", client_key_passphrase)
        self.plain_http = plain_http
        self.connections = connections
        self.max_body = max_body
        self.max_download = max_download
        self._proxy = proxy
        self._ca_file = ca_file
        self._certificate = client_certificate
        self._key = client_key
        self._passphrase = client_key_passphrase

    def __repr__(self) -> str:
        return "<Network>"

    def tls_context(self) -> ssl.SSLContext:
        """What is trusted, and who the client is.

        Raises:
            ArgumentError: A file cannot be used.
        """
        import ssl

        try:
            context = ssl.create_default_context(cafile=self._ca_file)
        except (OSError, ssl.SSLError) as error:
            pass_on(error)
            raise ArgumentError(f"ca_file {self._ca_file} cannot be used: {_why(error)}") from None
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if self._certificate is not None:
            secret = self._passphrase or ""  # empty, OpenSSL refuses; left out, it would ask at the terminal
            try:
                context.load_cert_chain(self._certificate, self._key, password=secret)
            except (OSError, ssl.SSLError, ValueError) as error:  # the last of a passphrase that is too long
                pass_on(error)
                named = f"client_certificate {self._certificate}"
                raise ArgumentError(
                    f"{named} cannot be used: {_why(error)}; is the key there, and its passphrase right?"
                ) from None
        return context

    def proxy_for(self, scheme: str, host: str, port: int | None) -> str | None:
        """The URL of the proxy before a server, if there is one."""
        if self._proxy is not None:
            return self._proxy or None
        if not _environment_names_proxies() or is_this_machine(host):
            return None
        from urllib.request import getproxies, proxy_bypass

        if proxy_bypass(f"{host}:{port}" if port else host):
            return None
        proxies = getproxies()
        found = proxies.get(scheme) or proxies.get("all")
        if not found:
            return None
        proxy = found if "://" in found else f"http://{found}"
        _check_proxy(proxy, "the proxy that the environment names")
        return proxy


def proxy_authorization(proxy: str) -> dict[str, str]:
    """The header that a proxy asks for, if its URL has a name and a password."""
    url = urlsplit(proxy)
    if url.username is None:
        return {}
    pair = f"{unquote(url.username)}:{unquote(url.password or '')}".encode()
    return {"proxy-authorization": f"Basic {base64.b64encode(pair).decode()}"}


def is_this_machine(host: str) -> bool:
    """Whether a host is a literal address of the loopback, or exactly ``localhost``; no name is looked up."""
    from ipaddress import IPv4Address, IPv6Address, ip_address

    try:
        address = ip_address(host.strip("[]"))
    except ValueError as error:
        pass_on(error)
        return host == "localhost"
    return address.is_loopback if isinstance(address, IPv4Address) else address == IPv6Address("::1")


def host_of(name: str) -> str | None:
    """The name or address of a host, as requests say it; `None` if there can be no such host."""
    if ":" in name:
        from ipaddress import IPv6Address

        try:
            IPv6Address(name)
        except ValueError as error:
            pass_on(error)
            return None
        return f"[{name}]"
    try:
        host = name if name.isascii() else name.encode("idna").decode("ascii")
    except UnicodeError:
        return None
    return host if len(host) <= _LONGEST_HOST and _HOST.fullmatch(host) else None


def _environment_names_proxies() -> bool:
    return any(name.lower() in ("http_proxy", "https_proxy", "all_proxy") for name in os.environ)


def _check_proxy(proxy: str, named: str = "proxy") -> None:
    problem = f"{named} must be http:// or https://, a host and a port"  # what it is may hold a password
    try:
        url = urlsplit(proxy)
        usable = url.scheme in ("http", "https") and url.hostname and url.port and not (url.query or url.fragment)
        usable = usable and proxy.isascii() and proxy.isprintable() and host_of(url.hostname or "") is not None
    except (AttributeError, TypeError, ValueError) as error:
        pass_on(error)
        usable = False
    if not usable:
        raise ArgumentError(problem)


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or getattr(error, "reason", None) or type(error).__name__
