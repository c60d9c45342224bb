"""AWS Signature Version 4, in headers: a signing hook of the shape that a team's own has."""

from __future__ import annotations

import hashlib
import hmac
import re
from urllib.parse import quote

from .clock import instant
from .own_hook import SigningRequest

_LASTS = 900_000
"""Milliseconds after which no service of AWS takes a request any more."""


class AwsSigV4:
    """Signs with a key of AWS: the host, the type of the body and all headers ``x-amz-…``.

    Args:
        access_key: Its identifier.
        secret_key: The secret that belongs to it.
        region: Such as ``eu-central-1``.
        service: Such as ``execute-api``.
        session_token: Of a key that is for a time only.
    """

    def __init__(
        self, access_key: str, secret_key: str, region: str, service: str, *, session_token: str | None = None
    ) -> None:
        self.identity = access_key
        self._secret, self._region, self._service, self._token = secret_key, region, service, session_token

    def sign(self, request: SigningRequest) -> None:
        """Add x-amz-date and Authorization, and what else is wanted."""
        stamp = f"{instant(request.now):%Y%m%dT%H%M%SZ}"
        digest = hashlib.sha256(request.body).hexdigest()
        request.add_header("x-amz-date", stamp, secret=False)
        if self._service == "s3":
            request.add_header("x-amz-content-sha256", digest, secret=False)
        if self._token:
            request.add_header("x-amz-security-token", self._token)
        names = sorted(name for name in request.headers if name in ("host", "content-type") or name[:6] == "x-amz-")
        canonical = self.canonical(request, names, digest)
        scope = f"{stamp[:8]}/{self._region}/{self._service}/aws4_request"
        hashed = hashlib.sha256(canonical.encode()).hexdigest()
        payload = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashed}"
        signature = hmac.new(self._key(stamp[:8]), payload.encode(), hashlib.sha256).hexdigest()
        parts = (f"Credential={self.identity}/{scope}", f"SignedHeaders={';'.join(names)}", f"Signature={signature}")
        request.add_header("authorization", f"AWS4-HMAC-SHA256 {', '.join(parts)}")
        request.mark_secret(signature)
        request.expires(request.now + _LASTS)

    def canonical(self, request: SigningRequest, names: list[str], digest: str) -> str:
        """The request as AWS writes it before it is signed."""
        path = request.path or "/"
        if self._service != "s3":  # which alone takes a path as it goes out
            path = quote(re.sub("/+", "/", path), safe="/-_.~")
        pairs = sorted((quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in request.pairs)
        query = "&".join(f"{name}={value}" for name, value in pairs)
        headers = "".join(f"{name}:{' '.join(request.headers[name].split())}\n" for name in names)
        return "\n".join((request.method, path, query, headers, ";".join(names), digest))

    def _key(self, day: str) -> bytes:
        key = f"AWS4{self._secret}".encode()
        for part in (day, self._region, self._service, "aws4_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return key

    def __repr__(self) -> str:
        return f"<AwsSigV4 for {self._service} in {self._region}>"
