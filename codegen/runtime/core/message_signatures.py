"""HTTP Message Signatures (RFC 9421) with Content-Digest (RFC 9530): a hook of the shape that a team's own has."""

from __future__ import annotations

import hashlib
from base64 import b64encode

from . import secret_files
from .algorithms import Algorithm
from .errors import ArgumentError
from .own_hook import HookError, SigningRequest

_ALGORITHMS = {
    "hmac-sha256": "hmac-sha256",
    "ed25519": "ed25519",
    "rsa-pss-sha512": "rsa-pss-sha512",
    "rsa-v1_5-sha256": "rsa-sha256",
    "ecdsa-p256-sha256": "ecdsa-raw-sha256",
    "ecdsa-p384-sha384": "ecdsa-raw-sha384",
}
"""Name in the RFC's registry → ours."""


class HttpMessageSignatures:
    """Signs components of a request.

    Args:
        key_id: What the server calls the key.
        algorithm: By its name in the RFC's registry, such as ``ed25519``.
        key: The secret in base64, or a private key in PEM form.
        key_file: Of a private key in PEM form, instead.
        components: What is signed, with blanks between: ``@method @target-uri content-digest``, for instance.
        label: Of the signature.
        seconds: For how long it is good; it says nothing of that if left out.
        tells_algorithm: Whether the signature names its algorithm.
        digest: Of the body: ``sha-256`` or ``sha-512``.

    Raises:
        ArgumentError: There is no key, or none for the algorithm.
    """

    def __init__(
        self,
        key_id: str,
        algorithm: str,
        *,
        key: str | None = None,
        key_file: str | None = None,
        components: str = "@method @target-uri content-digest content-type",
        label: str = "sig1",
        seconds: int | None = None,
        tells_algorithm: bool = False,
        digest: str = "sha-256",
    ) -> None:
        if algorithm not in _ALGORITHMS or digest not in ("sha-256", "sha-512"):
            raise ArgumentError(f"algorithm must be one of {', '.join(_ALGORITHMS)}, and digest sha-256 or sha-512")
        if key_file is not None:
            key = secret_files.read("key_file", key_file, allow_readable=False).decode("ascii", "replace")
        ours = Algorithm(_ALGORITHMS[algorithm], encoding="base64", key_encoding="base64")
        signer = ours.signer(key, "key")
        if signer is None:
            raise ArgumentError("key or key_file is missing")
        self.identity = key_id
        self._signer, self._label, self._seconds = signer, label, seconds
        self._components, self._digest = tuple(components.lower().split()), digest
        self._algorithm = algorithm if tells_algorithm else None

    def sign(self, request: SigningRequest) -> None:
        """Add Content-Digest, if it is signed and there is a body, Signature-Input and Signature."""
        if "content-digest" in self._components and request.body and "content-digest" not in request.headers:
            digest = hashlib.new(self._digest.replace("-", ""), request.body).digest()
            told = f"{self._digest}=:{b64encode(digest).decode()}:"
            request.add_header("content-digest", told, secret=False)
        base, told = self.base(request)
        signature = str(self._signer.sign(base))
        request.add_header("signature-input", f"{self._label}={told}", secret=False)
        request.add_header("signature", f"{self._label}=:{signature}:")
        request.mark_secret(signature)
        if self._seconds is not None:
            request.expires(request.now + self._seconds * 1000)

    def base(self, request: SigningRequest) -> tuple[bytes, str]:
        """What is signed, and the parameters that tell how."""
        absent = {"content-digest", "content-type", "content-length"} if not request.body else set()
        names = [name for name in self._components if name not in absent]
        created = request.now // 1000
        parameters = [f"created={created}", f'keyid="{self.identity}"']
        if self._algorithm is not None:
            parameters.append(f'alg="{self._algorithm}"')
        if self._seconds is not None:
            parameters.append(f"expires={created + self._seconds}")
        told = ";".join([f"({' '.join(f'{chr(34)}{name}{chr(34)}' for name in names)})", *parameters])
        lines = [f'"{name}": {_component(request, name)}' for name in names]
        return "\n".join([*lines, f'"@signature-params": {told}']).encode("latin-1"), told

    def __repr__(self) -> str:
        return "<HttpMessageSignatures>"


def _component(request: SigningRequest, name: str) -> str:
    """The value of a component."""
    derived = {
        "@method": request.method,
        "@target-uri": request.url,
        "@authority": request.host.lower(),
        "@scheme": request.scheme,
        "@request-target": request.target,
        "@path": request.path or "/",
        "@query": f"?{request.query}",
        "content-length": str(len(request.body)),
        **request.headers,
    }
    if name not in derived:
        raise HookError(f"signs {name}, which the request does not have")
    return derived[name].strip()
