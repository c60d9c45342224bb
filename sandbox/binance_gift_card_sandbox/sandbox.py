"""`Sandbox`: the public door, in Python."""

import os
import random
import weakref
from collections.abc import Collection, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from binance_gift_card_sandbox import keys
from binance_gift_card_sandbox.amounts import amount_of
from binance_gift_card_sandbox.app import Api
from binance_gift_card_sandbox.clock import BaseClock, Clock
from binance_gift_card_sandbox.control import Control
from binance_gift_card_sandbox.faults import Fault
from binance_gift_card_sandbox.keys import PERMISSIONS, ApiKey, Permission
from binance_gift_card_sandbox.ledger import Card, CardState
from binance_gift_card_sandbox.log import Request
from binance_gift_card_sandbox.rules import Rules
from binance_gift_card_sandbox.server import Server
from binance_gift_card_sandbox.state import Snapshot, Start, holds_account
from binance_gift_card_sandbox.world import World

if TYPE_CHECKING:
    from binance_gift_card_sandbox.diagnosis import Diagnosis

DEFAULT_BALANCES: Mapping[str, str] = {"BNB": "100", "BTC": "1", "USDC": "10000", "USDT": "10000"}
DEFAULT_KEY = "default"


class Sandbox:
    """A server to call, with one account. Credentials that are not given are made.

    With `public_key`, in PEM, `api_key` is for calls that are signed with its private key, and `api_secret` is
    empty.

    `clock` answers milliseconds since the epoch, instead of the machine's; port 0 is any free one. `seed` makes
    codes, numbers and made credentials the same every time. `state` is a file that the account is kept in, for
    the next sandbox on it; credentials that are given are not written there. At each of `control_hosts`, names
    of this machine, the control plane and the page are open to every machine that can reach it.

    The account outlives `stop`, so a sandbox can be stopped and started again as if the server had been away;
    `close`, and the end of `with`, is the end of it.
    """

    def __init__(
        self,
        *,
        api_key: str | None = None,
        api_secret: str | None = None,
        public_key: str | None = None,
        balances: Mapping[str, Decimal | str | int] | None = None,
        rules: Rules | None = None,
        clock: BaseClock | None = None,
        seed: str | None = None,
        state: str | os.PathLike[str] | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        control_hosts: Collection[str] = (),
    ) -> None:
        path = None if state is None else Path(state)
        if holds_account(path) and any(value is not None for value in (balances, rules, seed)):
            raise ValueError(f"{path} holds an account already: balances, rules and seed are for a new one")
        given = DEFAULT_BALANCES if balances is None else balances
        amounts = {token: amount_of(token, text) for token, text in given.items()}
        start = Start(amounts, (rules or Rules()).supporting(amounts), seed)
        self._world = _world(start, path, clock)
        self._end = weakref.finalize(self, self._world.close)
        self.api_key, self.api_secret = self._credentials(
            api_key or "",
            api_secret or "",
            public_key,
            None if seed is None else random.Random(f"{seed}/key"),  # noqa: S311  repeatable
        )
        self._app = Api(self._world, Control(self._world, control_hosts).app())
        self._host = host
        self._port = port
        self._server: Server | None = None

    def __repr__(self) -> str:
        return f"<Sandbox {self._server.url if self._server else 'stopped'}>"

    def __enter__(self) -> "Sandbox":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def url(self) -> str:
        """The address that it answers at. RuntimeError before it was started."""
        if self._server is None:
            raise RuntimeError("the sandbox has no address before start()")
        return self._server.url

    def start(self) -> None:
        """Returns when the server accepts calls. OSError when the address cannot be had."""
        if self._server is not None:
            raise RuntimeError("the sandbox is running already")
        self._server = Server(self._app, self._host, self._port)

    def stop(self) -> None:
        """Returns when port and thread are gone. Once is enough, twice does no harm."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def close(self) -> None:
        """Stop, and let the account go: what is in a state file stays there, all else is gone."""
        self.stop()
        self._end()

    @property
    def clock(self) -> Clock:
        """The server's clock, to be moved."""
        return self._world.clock

    @property
    def rules(self) -> Rules:
        """What the account may do. Set it to change rates, fees and limits while the sandbox runs."""
        return self._world.state.rules

    @rules.setter
    def rules(self, rules: Rules) -> None:
        self._world.set_rules(rules)

    def balance(self, token: str) -> Decimal:
        """What the account has of the token."""
        with self._world.state.lock:
            return self._world.ledger.balance(token)

    def balances(self) -> dict[str, Decimal]:
        """What the account has, by token."""
        with self._world.state.lock:
            return self._world.ledger.balances()

    def set_balance(self, token: str, amount: Decimal | str | int) -> None:
        """Give the account so much of a token, which is supported from then on."""
        self._world.set_balance(token, amount_of(token, amount))

    def cards(self, state: CardState | None = None) -> list[Card]:
        """All cards, or those of one state, in the order in which they were issued."""
        with self._world.state.lock:
            return list(self._world.ledger.cards(self.clock(), state))[::-1]

    def card(self, reference_no: str) -> Card:
        """KeyError when there is no card of that number."""
        with self._world.state.lock:
            card = self._world.ledger.card_by("reference_no", reference_no)
        if card is None:
            raise KeyError(reference_no)
        return card

    def card_counts(self) -> dict[str, int]:
        """How many cards there are of each state."""
        with self._world.state.lock:
            return self._world.ledger.counts(self.clock())

    def requests(self, *, after: int = 0, limit: int = 1_000_000) -> list[Request]:
        """The requests that came, from the oldest; those after an id, if one is given."""
        return self._world.log.list(after=after, limit=limit)

    def diagnose(self, request: Request) -> "Diagnosis":
        """Why the signature or the time of that request was refused, or that they were right."""
        return self._world.diagnose(request)

    def api_keys(self) -> list[ApiKey]:
        """The API keys that the server knows."""
        return self._world.api_keys()

    def add_key(
        self,
        public_key: str | None = None,
        *,
        name: str = "",
        permissions: Collection[Permission] = PERMISSIONS,
    ) -> ApiKey:
        """A further key: Ed25519 or RSA by the public key, in PEM; HMAC, with a secret of its own, without.

        Without the permission "withdraw" a key can verify and redeem, but not issue. ValueError when it is no
        such public key.
        """
        if public_key is None:
            key = keys.hmac_key(name=name, permissions=permissions)
        else:
            key = keys.public_key(public_key, name=name, permissions=permissions)
        self._world.add_key(key)
        return key

    def remove_key(self, api_key: str) -> None:
        """KeyError when there is no such key."""
        self._world.remove_key(api_key)

    def fault(self, fault: Fault) -> None:
        """From now on let `fault` hit the calls that it names. ValueError when the contract has no such operation."""
        self._world.faults.add(fault)

    def faults(self) -> list[Fault]:
        """The faults that have not been used up."""
        return self._world.faults.waiting()

    def clear_faults(self) -> None:
        """Take all faults away."""
        self._world.faults.clear()

    def snapshot(self) -> Snapshot:
        """The account, its cards, the rules and the clock as they are now."""
        return self._world.snapshot()

    def restore(self, snapshot: Snapshot) -> None:
        """Back to the snapshot; keys, faults and the list of requests stay."""
        self._world.restore(snapshot)

    def reset(self) -> None:
        """Back to the start: balances, rules and clock as given, no cards, no faults, no requests. Keys stay."""
        self._world.reset()

    def _credentials(
        self, api_key: str, api_secret: str, public_key: str | None, chance: random.Random | None
    ) -> tuple[str, str]:
        """Of the key that the sandbox is called with. A secret that is given is never in the state."""
        if api_secret:
            key = keys.hmac_key(api_key or keys.make_key(chance), api_secret, name=DEFAULT_KEY)
            self._world.given[key.api_key] = key
            return key.api_key, api_secret
        known = self._known(api_key, public_key)
        if known is None:
            known = _new_key(api_key or keys.make_key(chance), public_key, chance)
            self._world.add_key(known)
        return known.api_key, known.api_secret if known.kind == "hmac" else ""

    def _known(self, api_key: str, public_key: str | None) -> ApiKey | None:
        """The key that an earlier sandbox on this state was called with."""
        for key in self._world.made.values():
            same_kind = key.kind == "hmac" if public_key is None else key.material == public_key
            if key.name == DEFAULT_KEY and same_kind and api_key in ("", key.api_key):
                return key
        return None


def _new_key(api_key: str, public_key: str | None, chance: random.Random | None) -> ApiKey:
    if public_key is None:
        return keys.hmac_key(api_key, keys.make_key(chance), name=DEFAULT_KEY)
    return keys.public_key(public_key, api_key=api_key, name=DEFAULT_KEY)


def _world(start: Start, path: Path | None, clock: BaseClock | None) -> World:
    try:
        return World(start, path=path, clock=clock)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
