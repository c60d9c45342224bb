"""What an entry keeps of how its idempotency key went out: to a server the same key in another way is another key."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ..core.operation import Operation


def new_owner(operation: Operation[Any], key: str | None) -> str:
    """A name for whoever makes a call, that says how its key goes out."""
    return os.urandom(8).hex() + _way(operation, key)


def key_as_sent(operation: Operation[Any], found: Mapping[str, Any]) -> str | None:
    """The key of an entry, as it went out; `None` if none did, or in another way than it would now."""
    rule, key = operation.idempotency, found["key"]
    if rule is None or key is None or not found["owner"].endswith(_way(operation, key)):
        return None
    return rule.written(key)


def _way(operation: Operation[Any], key: str | None) -> str:
    return "" if operation.idempotency is None or key is None else f" {operation.idempotency.way(key)}"
