# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""A pool of connections by urllib3, which is imported when the first request goes out."""

from __future__ import annotations

from typing import Any

import urllib3.util

from ..core.errors import ArgumentError
from ..core.network import Network, proxy_authorization
from .connection import Pool, SecurePool


def pool_of(network: Network, scheme: str, host: str, port: int | None) -> Pool | SecurePool:
    """The connections to a server.

    Raises:
        ArgumentError: A file cannot be used.
    """
    options: dict[str, Any] = {"maxsize": network.connections}
    if scheme == "https":
        options["ssl_context"] = network.tls_context()
    proxy = network.proxy_for(scheme, host, port)
    manager: urllib3.PoolManager
    if proxy is None:
        manager = urllib3.PoolManager(**options)
    else:
        try:
            url = urllib3.util.parse_url(proxy)
        except urllib3.exceptions.LocationValueError:
            raise ArgumentError("proxy is no URL that can be used") from None
        headers = proxy_authorization(proxy)
        bare = url._replace(auth=None).url
        manager = urllib3.ProxyManager(bare, proxy_headers=headers, proxy_ssl_context=network.tls_context(), **options)
    manager.pool_classes_by_scheme = {"http": Pool, "https": SecurePool}
    return manager.connection_from_host(host, port, scheme)  # type: ignore[return-value]
