"""Requests and answers as bytes on the wire, and the ways in which a connection can fail before they are there."""

import asyncio
from collections.abc import Mapping

from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

TRANSPORT = "gift_card_sandbox.transport"


class Protocol(HttpToolsProtocol):
    """Uvicorn's own, whose requests know their connection, so that it can be closed under them."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope[TRANSPORT] = self.transport  # type: ignore[literal-required]


async def read(scope: Scope, receive: Receive, most: int) -> bytes | None:
    """The body; None as soon as it is known to be longer than `most` bytes. What comes of it then is thrown away.

    Raises:
        ClientDisconnect: It did not come in full.
    """
    length = dict(scope["headers"]).get(b"content-length", b"0")
    if int(length) > most:
        return None
    body, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > most:
            return None
        more = message.get("more_body", False)
    return bytes(body)


async def drop(scope: Scope, receive: Receive) -> None:
    """Close the connection without an answer."""
    transport: asyncio.Transport = scope[TRANSPORT]
    transport.abort()
    await _until_gone(receive)


async def respond(
    scope: Scope, receive: Receive, send: Send, status: int, headers: Mapping[str, str], body: bytes, *, cut: bool
) -> None:
    """Send the answer; with `cut`, its first half, and then close the connection."""
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    raw.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": raw})
    if not cut:
        await send({"type": "http.response.body", "body": body})
        return
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    transport: asyncio.Transport = scope[TRANSPORT]
    transport.close()  # after what was written has left
    await _until_gone(receive)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
