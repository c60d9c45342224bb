"""Everything that the sandbox is, beside HTTP: the account, its keys, the clock, faults, traffic and the log."""

import secrets
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from binance_gift_card_sandbox.checks import Received, check_request
from binance_gift_card_sandbox.clock import BaseClock, Clock
from binance_gift_card_sandbox.contract import Operation, operations
from binance_gift_card_sandbox.day_key import DayKey
from binance_gift_card_sandbox.errors import Refusal
from binance_gift_card_sandbox.faults import Faults
from binance_gift_card_sandbox.keys import ApiKey
from binance_gift_card_sandbox.ledger import Ledger
from binance_gift_card_sandbox.log import Request, RequestLog
from binance_gift_card_sandbox.operations import DEEDS, Account, is_known, permission_for
from binance_gift_card_sandbox.rules import Rules
from binance_gift_card_sandbox.state import Snapshot, Start, State
from binance_gift_card_sandbox.traffic import Traffic

if TYPE_CHECKING:
    from binance_gift_card_sandbox.diagnosis import Diagnosis


class World:
    """What the server and whoever tests with it share. Every method may be called from any thread."""

    def __init__(self, start: Start, *, path: Path | None = None, clock: BaseClock | None = None) -> None:
        self.state = State(start, path)
        self.clock = Clock(clock, self._save_clock)
        self._restore_clock()
        self.operations = {operation.name: operation for operation in operations() if is_known(operation.name)}
        self.ledger = Ledger(self.state)
        self.account = Account(self.ledger, DayKey(self.state))
        self.faults = Faults(self.operations, self.seed)
        self.traffic = Traffic()
        self.log = RequestLog()
        self.given: dict[str, ApiKey] = {}  # never in the state, so that they are never on a disk
        self.made = {key.api_key: key for key in self.state.api_keys()}
        self.snapshots: dict[str, Snapshot] = {}
        self.epoch = _epoch()

    @property
    def seed(self) -> str:
        with self.state.lock:
            return self.state.fact("seed") or ""

    def find_key(self, api_key: str) -> ApiKey | None:
        return self.given.get(api_key) or self.made.get(api_key)

    def api_keys(self) -> list[ApiKey]:
        return [*self.given.values(), *self.made.values()]

    def add_key(self, key: ApiKey) -> None:
        """ValueError when there is a key of that name in `X-MBX-APIKEY` already."""
        if self.find_key(key.api_key) is not None:
            raise ValueError("there is such an API key already: remove it first")
        self.state.put_key(key)
        self.made[key.api_key] = key

    def remove_key(self, api_key: str) -> None:
        """KeyError when there is no such key."""
        if self.given.pop(api_key, None) is None:
            del self.made[api_key]
            self.state.remove_key(api_key)

    def check(self, operation: Operation, received: Received) -> Mapping[str, str]:
        """The parameters of a request that is allowed. Refusal for any other."""
        return check_request(self.find_key, operation, permission_for(operation.name), received, self.clock())

    def run(self, operation: Operation, received: Received) -> object:
        """The result of a signed operation. Refusal when the request is not allowed, or when the account says no."""
        arguments = self.check(operation, received)
        with self.state.transaction():
            try:
                return DEEDS[operation.name].run(self.account, arguments, self.clock())
            except Refusal as refusal:  # a wrong attempt is written all the same
                refused = refusal
        refused.by_account = True
        raise refused

    def set_balance(self, token: str, amount: Decimal) -> None:
        with self.state.transaction():
            self.ledger.set_balance(token, amount)
            if token not in self.state.rules.tokens:
                self.state.put_rules(self.state.rules.supporting([token]))

    def set_rules(self, rules: Rules) -> None:
        self.state.put_rules(rules)

    def snapshot(self) -> Snapshot:
        return self.state.snapshot()

    def restore(self, snapshot: Snapshot) -> None:
        """The account, its cards, the rules and the clock as they were; keys, faults and the log stay."""
        self.state.restore(snapshot)
        self._restore_clock()
        self.epoch = _epoch()

    def reset(self) -> None:
        """All as it was at the start, and the log empty; keys and snapshots stay."""
        self.state.reset()
        self.clock.reset()
        self.faults.clear()
        self.faults.reseed(self.seed)
        self.traffic.reset()
        self.log.clear()
        self.epoch = _epoch()

    def forget_requests(self) -> None:
        """Empty the log. Its numbers begin again, so whoever follows it is told."""
        self.log.clear()
        self.epoch = _epoch()

    def diagnose(self, request: Request) -> "Diagnosis":
        from binance_gift_card_sandbox.diagnosis import diagnose  # when somebody asks: most runs never do

        key = self.find_key(request.api_key)
        return diagnose(
            key=key,
            others=[other for other in self.api_keys() if other is not key],
            method=request.method,
            query=request.query,
            body=request.body,
            content_type=request.content_type,
            server_ms=request.time,
        )

    def close(self) -> None:
        self.state.close()
        self.log.close()
        for snapshot in self.snapshots.values():
            snapshot.close()

    def _save_clock(self) -> None:
        """So that it is where it was after a restart."""
        with self.state.transaction():
            self.state.put_fact("clock", msgspec.json.encode(self.clock.saved()).decode())

    def _restore_clock(self) -> None:
        with self.state.lock:
            saved = self.state.fact("clock")
        if saved is None:
            self.clock.reset()
        else:
            self.clock.restore(msgspec.json.decode(saved, type=tuple[int, int | None]))


def _epoch() -> str:
    return secrets.token_hex(4)
