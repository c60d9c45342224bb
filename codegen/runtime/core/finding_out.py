"""What a call does about an unknown outcome: it asks, where the document says how; or it goes on, with its key."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from .clock import uptime
from .context import Core, Options
from .deadline import Deadline
from .effects import Flow
from .errors import OutcomeUnknownError
from .keeper import Record
from .operation import Operation, Question, SettleRule

if TYPE_CHECKING:
    from .classify import Verdict
    from .errors import ClientError


class Call(Protocol):
    """The call, as far as this looks at it."""

    operation: Operation[Any]
    core: Core
    options: Options
    deadline: Deadline
    texts: dict[str, Any] | None
    record: Record | None
    key: str | None
    keyed_at: float
    taken: Question | None
    doubt: ClientError | None


def find_out(call: Call, record: Record, unknown: OutcomeUnknownError) -> Flow[Verdict | None]:
    """What an earlier call with the same key came to; `None` where it is made again, in its entry or in a new one.

    Args:
        call: The later one.
        record: Of it.
        unknown: What is known of the earlier.

    Raises:
        OutcomeUnknownError: Nobody knows, and a repeat is not safe.
    """
    rule, settle = call.operation.idempotency, call.operation.settle
    while call.deadline.left() > 0:
        call.doubt = unknown
        question, may_repeat = record.question(), False
        if rule is not None and question.key is not None:  # else the server cannot know the key
            may_repeat = rule.allows(record.age(), call.deadline.left())
        found = None
        if settle is not None:
            look = partial(settle.look if may_repeat else settle.settle, call.core, call.options, call.deadline)
            found = yield from look(question)
            found = found.verdict if may_repeat else found
        if found is not None and not (yield from record.is_anothers(found)):
            yield from record.settle(found)
        elif not may_repeat:
            break
        else:
            call.keyed_at = uptime() - record.age()
            if (yield from record.take_over()):
                call.taken = question
                return None
        call.doubt = None
        try:
            return (yield from record.begin())
        except OutcomeUnknownError as again:
            unknown = again
    raise unknown


def ask(call: Call, rule: SettleRule, ends: int | None) -> Flow[Verdict | None]:
    """What a call came to whose last attempt tells nothing; none of its requests can be executed from `ends` on."""
    question = Question(call.operation, call.texts or {}, _key_as_sent(call), 0.0, ends)
    found: Verdict | None = yield from rule.settle(call.core, call.options, call.deadline, question)
    if found is None or call.record is None:
        return found
    return None if (yield from call.record.is_anothers(found)) else found


def _key_as_sent(call: Call) -> str | None:
    rule = call.operation.idempotency
    return call.key if rule is None or call.key is None else rule.written(call.key)
