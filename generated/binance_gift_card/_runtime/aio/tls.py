# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""One layer of TLS over bytes. A loop's own cannot say what the kernel took, nor lie in another before Python 3.11."""

from __future__ import annotations

import ssl

_CHUNK = 65_536


class Layer:
    """The client's side of one connection.

    Args:
        context: What is trusted, and who the client is.
        host: Whose certificate is expected.
    """

    def __init__(self, context: ssl.SSLContext, host: str) -> None:
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._object = context.wrap_bio(self._in, self._out, server_hostname=host.strip("[]").rstrip("."))
        self.ended = False
        """Whether the other side ended the stream."""

    @property
    def holds(self) -> bool:
        """Whether something came that nobody has read."""
        return bool(self._in.pending or self._object.pending())

    def handshake(self, data: bytes) -> bool:
        """Go on with the handshake; whether it is over."""
        self._in.write(data)
        try:
            self._object.do_handshake()
        except ssl.SSLWantReadError:
            return False
        return True

    def plain(self, data: bytes) -> bytes:
        """What was said by the bytes that came."""
        self._in.write(data)
        found = []
        try:
            while not self.ended:
                found.append(self._object.read(_CHUNK))
                self.ended = not found[-1]
        except ssl.SSLWantReadError:
            pass
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            self.ended = True
        return b"".join(found)

    def sealed(self, data: bytes) -> bytes:
        """The bytes that say this, and all that the layer has to say itself."""
        rest = memoryview(data)
        while rest:
            rest = rest[self._object.write(rest) :]
        return self._out.read()
