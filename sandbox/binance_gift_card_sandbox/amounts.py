"""Reads an amount that the user of the sandbox gives."""

from decimal import Decimal, InvalidOperation


def amount_of(token: str, given: Decimal | str | int) -> Decimal:
    """ValueError when it is none; TypeError for a float, which cannot hold an amount exactly."""
    if isinstance(given, float):
        raise TypeError(f"balance of {token}: a float cannot hold an amount exactly, give a string")
    try:
        amount = Decimal(given)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0:
        raise ValueError(f"balance of {token}: not an amount")
    return amount
