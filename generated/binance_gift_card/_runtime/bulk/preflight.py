# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""What is looked at before the first call of a run is made: every row, and what may still be issued."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..core.errors import ArgumentError
from ..core.operation import Operation
from ..journal import columns
from ..journal.findings import Allowance
from .rows import Row, Source

_MOST_TOLD = 20
"""How many rows that cannot be used are told one by one."""


def count_rows(source: Source, operation: Operation[Any], amounts: dict[str, Decimal]) -> int:
    """How many rows there are; what they ask for is added to the amounts, by token.

    Raises:
        ArgumentError: Some cannot be used; the message says which and why.
    """
    keys: dict[str, int] = {}
    wrong: list[str] = []
    rows = count = 0
    for row in source.examine():
        rows += 1
        problem = str(row) if isinstance(row, ArgumentError) else _key_given_twice(row, keys)
        if problem:
            count += 1
            wrong += [problem] if count <= _MOST_TOLD else []
        elif operation.journal is not None and not isinstance(row, ArgumentError):
            meaning = columns.meaning(operation, "argument", row.arguments.get)
            token, amount = meaning.get("token"), columns.amount(meaning.get("amount"))
            if token is not None and amount is not None:
                amounts[token] = columns.EXACT.add(amounts.get(token, Decimal(0)), amount)
    if count > 1:
        more = [f"… and {count - len(wrong)} more"] if count > len(wrong) else []
        wrong = ["\n  ".join([f"{count} rows cannot be used; nothing was sent:", *wrong, *more])]
    if wrong:
        raise ArgumentError(wrong[0], operation=operation.name)
    return rows


def _key_given_twice(row: Row, keys: dict[str, int]) -> str:
    first = row.number if row.idempotency_key is None else keys.setdefault(row.idempotency_key, row.number)
    same = f"rows {first} and {row.number} have the same idempotency_key"
    return "" if first == row.number else f"{row.place}: {same}"


def refuse_too_many(rows: int, amounts: dict[str, Decimal], allowance: Allowance) -> None:
    """Refuse what is more than may still be issued this month."""
    count, amount, token = allowance.count_left, allowance.amount_left, allowance.token
    if count is not None and rows > count:
        raise ArgumentError(f"there are {rows} rows, and only {count} more may be issued this month")
    asked = amounts.get(token or "", Decimal(0))
    if amount is not None and asked > amount:
        raise ArgumentError(f"the rows ask for {asked:f} {token}, and only {amount:f} more may be issued this month")
