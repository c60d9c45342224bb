"""OAuth 2: tokens by client credentials or a refresh token, kept until shortly before they expire."""

from __future__ import annotations

import threading
from time import monotonic
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

from ..core.credentials import Basic
from ..core.errors import ArgumentError, DecodeError
from ..core.fork import renewed_after_fork
from ..core.model import decoder
from ..core.network import Network
from ..core.opaque import Arguments, Opaque
from ..core.operation import Errors, Operation, Parameter, Rates
from ..core.wire import text
from .client import Client

_EARLY = 30.0
"""Seconds before a token expires at which another is asked for; a tenth of its time, if that is less."""
_USUAL = 300.0
"""Seconds that a token lasts whose server does not say."""
_PATIENCE = 30.0
"""Seconds that a token is waited for, if the call does not end before."""


class _Token(Opaque):
    access_token: str
    token_type: str | None = None
    refresh_token: str | None = None
    expires_in: Any = None
    """Seconds."""


class OAuth2:
    """Gives access tokens to a client, of this kind or async, whose calls ask for one at a time.

    Args:
        client_id: Of the client.
        client_secret: Its secret; left out for a client that has none.
        token_url: Where tokens are had, https:// or on this machine; left out, where the document says.
        scope: What is asked for, with blanks between.
        refresh_token: By which tokens are had instead; one that the server puts in its place is taken.
        in_body: Whether the client names itself in the form, and not by HTTP Basic.
        network: How the server is reached.

    Raises:
        ArgumentError: An argument cannot be used.
    """

    _usual: ClassVar[str | None] = None
    """Where tokens are had, as the document says."""

    def __init__(
        self,
        client_id: str,
        client_secret: str | None = None,
        *,
        token_url: str | None = None,
        scope: str | None = None,
        refresh_token: str | None = None,
        in_body: bool = False,
        network: Network | None = None,
    ) -> None:
        if client_secret is None and refresh_token is None:
            raise ArgumentError("client_secret or refresh_token is missing")
        token_url = self._usual if token_url is None else token_url
        if not isinstance(token_url, str):
            raise ArgumentError("token_url must be a URL; the document names none")
        url = urlsplit(token_url)
        in_body = in_body or client_secret is None
        pair = None if in_body else (quote(client_id, safe=""), quote(client_secret or "", safe=""))
        basic = Basic(pair, argument="client_id and client_secret")
        self._asked = Arguments({"scope": scope})
        self._asked |= {"client_id": client_id, "client_secret": client_secret} if in_body else {}
        self._refresh = refresh_token
        del pair, client_secret, refresh_token  # no traceback shows what is not there
        self._operation = _operation(url.path or "/", not in_body)
        self._client = Client(
            base_url=f"{url.scheme}://{url.netloc}",
            credentials={"basic": basic},
            timeout=_PATIENCE,
            connect_timeout=5.0,
            attempts=3,
            clock=None,
            network=network,
            hooks=None,
            pace=None,
            rates=Rates(),
            user_agent="oauth2",
        )
        self._token: str | None = None
        self._until = 0.0
        self.after_fork()
        renewed_after_fork(self)

    def after_fork(self) -> None:
        """Nobody else in this process asks for a token."""
        self._lock = threading.Lock()

    def at_hand(self) -> str | None:
        """The token, while it is fresh."""
        return self._token if monotonic() < self._until else None

    def token(self) -> str:
        """The token, which is asked for if there is no fresh one; of several that ask at once one does.

        Raises:
            ClientError: The server gave none.
            TimeoutError: Another asks for it all the time.
        """
        if not self._lock.acquire(timeout=_PATIENCE):
            raise TimeoutError("another call asks for a token, and has none")
        try:
            return self.at_hand() or self._fetched()
        finally:
            self._lock.release()

    def refused(self, token: str) -> None:
        """Ask for another one next time, if this is still the token."""
        if token == self._token:
            self._until = 0.0

    def _fetched(self) -> str:
        answer = self._client._call(self._operation, self._form(), None)
        if not answer.access_token or (answer.token_type or "bearer").lower() != "bearer":
            raise DecodeError("fetch_token: the answer has no bearer token")
        if answer.refresh_token and self._refresh is not None:
            self._refresh = answer.refresh_token
        lasts = answer.expires_in
        seconds = float(lasts) if isinstance(lasts, (int, float, str)) and str(lasts).isdigit() else _USUAL
        self._token, self._until = answer.access_token, monotonic() + seconds - min(_EARLY, seconds / 10)
        return answer.access_token

    def _form(self) -> Arguments:
        kind = "client_credentials" if self._refresh is None else "refresh_token"
        return Arguments({**self._asked, "grant_type": kind, "refresh_token": self._refresh})

    def close(self) -> None:
        """Close the connections to the server of tokens."""
        self._client.close()

    def __repr__(self) -> str:
        return "<OAuth2>"


def _operation(path: str, is_basic: bool) -> Operation[_Token]:
    names = ("grant_type", "refresh_token", "scope", "client_id", "client_secret")
    return Operation(
        name="fetch_token",
        method="POST",
        path=path,
        decode=decoder(_Token),
        errors=Errors(code="error", message=("error_description",), codes={}),
        parameters=tuple(
            Parameter(
                name=name, wire_name=name, place="form", write=text, secret=name in ("refresh_token", "client_secret")
            )
            for name in names
        ),
        security=(("basic",),) if is_basic else (),
        signed_place="form",
    )
