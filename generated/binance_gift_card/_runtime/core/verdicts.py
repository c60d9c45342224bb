# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""What is known of an attempt that broke off, failed or is over. Pure."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import Any

from .answer import ExchangeError
from .classify import Verdict, advice
from .credentials import Credential
from .draft import Draft
from .errors import ApiError, Attempt, ClientError, NotSentError, Outcome, OutcomeUnknownError
from .exchange import Exchange
from .interrupts import interrupt
from .operation import Lockout, Operation


def verdict_of(failure: ExchangeError, operation: Operation[Any], exchange: Exchange) -> Verdict:
    """What an exchange that brought no answer came to."""
    error: ClientError
    if exchange.left:
        error = outcome_unknown(operation, exchange, f"the request left and its answer was lost: {failure.reason}")
        error.__cause__ = failure.cause
        return Verdict("unreadable" if failure.final else "lost", None, error, failure.reason)
    error = NotSentError(f"{operation.name}: {failure.reason}; nothing was sent", operation=operation.name)
    error.__cause__ = failure.cause
    hopeless = failure.final or isinstance(failure.cause, ssl.SSLCertVerificationError)
    return Verdict("hopeless" if hopeless else "not sent", None, error, failure.reason)


def outcome_unknown(operation: Operation[Any], exchange: Exchange, problem: str) -> OutcomeUnknownError:
    """The error of a request that left, with what came of its answer."""
    answer, reader = exchange.answer, exchange.reader
    return OutcomeUnknownError(
        f"{operation.name}: {problem}; {advice(operation)}",
        operation=operation.name,
        repeatable=operation.repeatable,
        status=reader.status if reader is not None and reader.head else None,
        headers=reader.headers().without("set-cookie") if reader is not None else {},
        body=answer.body if answer is not None else reader.body() if reader is not None else b"",
    )


def expiry(credentials: Iterable[Credential], signed: Draft) -> int | None:
    """When the last of the signatures that a request bears expires: nobody knows which of them its server looks at."""
    ends = [end for credential in credentials if (end := credential.expires(signed)) is not None]
    return max(ends, default=None)


def fault(raised: BaseException) -> str:
    """What was raised, and of a fault in a call also where: its traceback may hold secrets, and is let go."""
    kind, entry = type(raised).__name__, raised.__traceback__
    if entry is None or interrupt(raised) is not None:
        return kind
    while entry.tb_next is not None:
        entry = entry.tb_next
    return f"{kind} ({entry.tb_frame.f_globals.get('__name__', '')}, line {entry.tb_lineno})"


def is_wrong(rule: Lockout, verdict: Verdict, operation: Operation[Any]) -> bool:
    """Whether an attempt was one of those that lock the account."""
    error = verdict.error
    if error is None:
        result = verdict.response.result  # type: ignore[union-attr]  # it is one of the two
        for name, value in (rule.result or {}).items():
            if getattr(result, name, None) != value:
                return False
        return rule.result is not None
    code = error.code if error.executed == "no" else None
    return code is not None and (code in rule.wrong or code not in operation.errors.codes)


def attempt_of(number: int, error: ClientError | None, verdict: Verdict | None, seconds: float) -> Attempt:
    """How an attempt ended, for errors and hooks."""
    if error is None:
        status = verdict.response.status if verdict is not None and verdict.response is not None else None
        return Attempt(number, "done", seconds, status, None, "")
    outcome: Outcome = "done" if error.executed == "yes" else "unknown"
    if error.executed == "no":
        outcome = "refused" if isinstance(error, ApiError) else "not sent"
    reason = verdict.reason if verdict is not None else type(error).__name__
    return Attempt(number, outcome, seconds, error.status, error.code, reason)
