"""Values as a report writes them."""

import json
from collections.abc import Iterable


def quoted(value: object) -> str:
    """A value of the document, as JSON."""
    return json.dumps(value, ensure_ascii=False, default=str)


def listed(values: Iterable[object]) -> str:
    """Several values in one line."""
    return ", ".join(str(value) for value in values)


def arrow(old: str, new: str) -> str:
    """From what to what."""
    return f"{old or 'none'} → {new or 'none'}"
