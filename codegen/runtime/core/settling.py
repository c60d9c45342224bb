"""Finds out what became of a call whose outcome is unknown, by asking another operation for the thing that it makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, NamedTuple, TypeAlias

import msgspec

from . import log, retry, wire
from .classify import Response, Verdict
from .clock import uptime
from .context import Core, Options
from .deadline import Deadline
from .draft import body_property
from .effects import Flow, Pause
from .errors import ApiError, ClientError, DecodeError, NotSentError
from .flow import Call, sync_clock
from .operation import Operation, Question

Given: TypeAlias = tuple[Literal["argument", "body", "key"], str]
"""Where a value stands in a call: an argument, a property of its JSON body, or its idempotency key as it goes out."""


class Finding(NamedTuple):
    """What was found out by asking once."""

    verdict: Verdict | None
    """What the call came to; `None` if that is not known yet."""
    is_answer: bool = True
    """Whether an answer came that tells of the thing, and may be another one later."""


class Settling(msgspec.Struct, frozen=True, kw_only=True):
    """How to find out."""

    ask: Callable[[], Operation[Any]]
    """The operation that finds the thing."""
    arguments: Mapping[str, Given]
    """What it is asked with."""
    done: Mapping[str, tuple[Any, ...]]
    """What its result looks like once the call was done: each field has one of these values."""
    failed: Mapping[str, tuple[Any, ...]] | None = None
    """The same once it is certain that it will not be."""
    same: Mapping[str, Given] | None = None
    """Fields that say as the call does: else another thing was found."""
    absent_status: int | None = None
    absent_code: int | str | None = None
    """How it says that there is no such thing."""
    after: float | None = None
    """Seconds after a request had left, from which on there being none proves that it did nothing."""
    fits: bool = False
    """Whether its result is one of the call as well."""

    @property
    def by_key(self) -> bool:
        """Whether that takes the call's idempotency key, as it went out."""
        return any(source == "key" for source, _ in (*self.arguments.values(), *(self.same or {}).values()))

    def settle(self, core: Core, options: Options, deadline: Deadline, question: Question) -> Flow[Verdict | None]:
        """What the call came to, asking until that is known or the deadline is over; `None` if it is not."""
        began, number = uptime(), 0
        while deadline.left() > 0:
            found = yield from self.look(core, options, deadline, question, uptime() - began)
            number += 1
            seconds = retry.pause(number)
            if found.verdict is not None or not found.is_answer or seconds >= deadline.left():
                return found.verdict
            yield Pause(seconds)
        return None

    def look(
        self, core: Core, options: Options, deadline: Deadline, question: Question, seconds: float = 0.0
    ) -> Flow[Finding]:
        """What the call came to, asking once.

        Args:
            core: What the client's calls share.
            options: Of the one that asks.
            deadline: Until when.
            question: What is asked about.
            seconds: What has passed since the question was asked first.
        """
        if question.key is None and self.by_key:
            return Finding(None, is_answer=False)
        waited = question.since + seconds
        is_over = self.after is not None and waited >= self.after and _is_over(core, question)
        if is_over and question.ends is not None and core.time is not None:  # by the server's own clock, to be certain
            try:
                yield from sync_clock(core, options, deadline)
            except ClientError:
                return Finding(None, is_answer=False)
            is_over = _is_over(core, question)  # before it is asked: what is found before that proves nothing
        given = {name: _text(_value(question, place)) for name, place in self.arguments.items()}
        told = yield from Call(core, options, self.ask(), deadline).flow(given, None)
        if told.response is not None:
            return self._of_result(question, told.response)
        if not self._is_absent(told.error):
            return Finding(None, is_answer=False)
        if not is_over:
            return Finding(None)
        name, reason = question.operation.name, f"{self.ask().name} knows nothing of it, {waited:.0f} s after it left"
        nothing = NotSentError(f"{name}: nothing was done: {reason}", operation=name)
        return Finding(Verdict("not sent", None, nothing, reason))

    def _of_result(self, question: Question, response: Response[Any]) -> Finding:
        name, asked, result = question.operation.name, self.ask().name, response.result
        for field, place in (self.same or {}).items():
            if not _is_same(getattr(result, field, None), _value(question, place)):
                log.warning("%s: %s found another one, that differs in %s", name, asked, field)
                return Finding(None)
        if self.failed is not None and _matches(result, self.failed):
            reason = f"{asked} tells that it failed"
            error = ApiError(f"{name}: nothing was done: {reason}", operation=name, body=response.body)
            return Finding(Verdict("refused", None, error, reason))
        if not _matches(result, self.done):
            return Finding(None)
        reason = f"{asked} found it"
        if self.fits:
            return Finding(Verdict("done", response, None, reason))
        lost = DecodeError(f"{name}: it was done: {reason}; its own answer is lost", operation=name, executed="yes")
        return Finding(Verdict("unreadable", None, lost, reason))

    def _is_absent(self, error: Exception | None) -> bool:
        if not isinstance(error, ApiError):
            return False
        said = [(self.absent_status, error.status), (self.absent_code, error.code)]
        wanted = [(expected, came) for expected, came in said if expected is not None]
        return bool(wanted) and all(expected == came for expected, came in wanted)


def _is_over(core: Core, question: Question) -> bool:
    """Whether no request of the call can be executed any more."""
    return question.ends is None or core.clock.now() >= question.ends


def _value(question: Question, place: Given) -> Any:
    source, name = place
    if source == "key":
        return question.key
    return body_property(question.operation, question.texts, name) if source == "body" else question.texts.get(name)


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else wire.anything(value)


def _is_same(found: Any, given: Any) -> bool:
    """Whether a field says what the call said; what the call did not say is not looked at."""
    if given is None:
        return True
    if isinstance(found, Decimal):
        try:
            return found == Decimal(str(given))
        except InvalidOperation:
            return False
    return found is not None and _text(found) == _text(given)


def _matches(result: Any, wanted: Mapping[str, tuple[Any, ...]]) -> bool:
    return all(getattr(result, name, None) in values for name, values in wanted.items())
