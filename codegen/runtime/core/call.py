"""One call from its arguments to a result or an error, over as many attempts as its rules allow."""

from __future__ import annotations

import logging
import os
import ssl
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from ..sync.transport import Transport
from .answer import ExchangeError
from .classify import Response, Verdict, advice, classify
from .clock import LATEST, Clock, instant, moment
from .deadline import Deadline
from .draft import Draft, draft
from .errors import (
    ApiError,
    ArgumentError,
    Attempt,
    ClientError,
    DecodeError,
    HeldBackError,
    LockoutError,
    NotSentError,
    Outcome,
    OutcomeUnknownError,
    bare,
)
from .exchange import Exchange
from .fork import IN_A_CALL, UNANNOUNCED, imported_before_fork
from .hidden import Hidden
from .interrupts import interrupt, pass_on, without_ours
from .keeper import Keeper, Record, Scope, Tag
from .lockout import Guard
from .operation import Lockout, Operation
from .rates import RateLimits, retry_after
from .signers import Credential

if TYPE_CHECKING:
    from .hooks import Hooks, Sending

T = TypeVar("T")

imported_before_fork(f"{__package__}.hooks", f"{__package__}.retry", "email.utils")
_DAY_MS = 86_400_000
_logger = logging.getLogger(__name__.partition("._runtime")[0])


class Options(Hidden):
    """What may differ from call to call."""

    timeout: float
    """Seconds for a whole call."""
    connect_timeout: float
    """Seconds for a connection."""
    attempts: int
    """How many a call may make."""
    insist: bool = False
    """Whether to send what might lock the account."""


class Core(Hidden):
    """What the calls of a client share."""

    server: str
    transport: Transport
    credentials: Mapping[str, Credential]
    chosen: dict[str, list[Credential]]
    """Operation → what its requests are signed with."""
    clock: Clock
    time: tuple[Operation[Any], str] | None
    """The operation that tells the server's time, and the field of its result."""
    limits: RateLimits
    guards: dict[str, Guard]
    keys: dict[str, tuple[int, str]]
    """Operation → the day, in UTC, and the key that it gave on it."""
    hooks: Hooks | None
    journal: Keeper | None
    account: str | None = None
    """What the caller calls the account; `None` where a fingerprint has to do."""
    servers: tuple[str, ...] = ()
    """Those that the document names: for the journal they are one."""
    scopes: dict[str, Scope] = msgspec.field(default_factory=dict)
    """Operation → what its idempotency keys are good for."""

    def scope(self, operation: Operation[Any]) -> Scope:
        """Where an operation is called, and for whom."""
        found = self.scopes.get(operation.name)
        if found is None:
            signed = self.alternative(operation) or ()
            identity = "+".join(credential.identity for credential in signed if credential.identity)
            found = self.scopes[operation.name] = Scope(self.server, self.account or identity or None, self.servers)
        return found

    def alternative(self, operation: Operation[Any]) -> list[Credential] | None:
        """The first alternative whose credentials are all there; `None` without any."""
        for names in operation.security:
            if all(self.credentials[name].ready for name in names):
                return [self.credentials[name] for name in names]
        return None

    def guard(self, operation: Operation[Any]) -> Guard | None:
        """What keeps the operation from locking the account, if anything might."""
        if operation.lockout is None:
            return None
        return self.guards.get(operation.name) or self.guards.setdefault(operation.name, Guard(operation.lockout))


def perform(
    core: Core,
    options: Options,
    operation: Operation[T],
    arguments: Mapping[str, Any],
    deadline: Deadline | None = None,
    tag: Tag | None = None,
) -> Response[T]:
    """Make a call.

    Raises:
        ClientError: It brought no result; the error says whether it was done.
    """
    verdict = concluded(core, options, operation, arguments, deadline, tag)
    if verdict.response is not None:
        return verdict.response
    assert verdict.error is not None
    raise verdict.error


def concluded(
    core: Core,
    options: Options,
    operation: Operation[Any],
    arguments: Mapping[str, Any],
    deadline: Deadline | None = None,
    tag: Tag | None = None,
) -> Verdict:
    """Make a call, and tell what it came to: a response, or an error."""
    return _Call(core, options, operation, deadline or Deadline(options.timeout)).made(arguments, tag)


def perform_noted(
    core: Core, options: Options, operation: Operation[T], arguments: Mapping[str, Any], tag: Tag
) -> tuple[T, int | None, str]:
    """Make a call; its result, the number of its entry, and why the journal does not have the answer, if so.

    Raises:
        ClientError: It brought no result; the error says whether it was done.
    """
    call = _Call(core, options, operation, Deadline(options.timeout))
    verdict = call.made(arguments, tag)
    if verdict.response is None:
        assert verdict.error is not None
        raise verdict.error
    if call.record is None:
        return verdict.response.result, None, ""
    return verdict.response.result, call.record.entry, call.record.unkept


def sync_clock(core: Core, options: Options, deadline: Deadline | None = None) -> None:
    """Ask the server for its time and go by it from now on."""
    assert core.time is not None
    operation, field = core.time
    before = core.clock.local()
    server = int(getattr(perform(core, options, operation, {}, deadline).result, field))
    if not 0 <= server <= LATEST:
        raise DecodeError(f"{operation.name}: its time is none before the year 10000", operation=operation.name)
    core.clock.correct(server, before, core.clock.local())


class _Call:
    def __init__(self, core: Core, options: Options, operation: Operation[Any], deadline: Deadline) -> None:
        self.process = os.getpid()
        if core.transport.process != self.process:
            raise NotSentError(f"{operation.name}: {UNANNOUNCED}; nothing was sent", operation=operation.name)
        self.core = core
        self.options = options
        self.operation = operation
        self.deadline = deadline
        self.guard = core.guard(operation)
        self.attempts: list[Attempt] = []
        self.cured = False
        self.exchange: Exchange | None = None
        self.signed: Draft | None = None
        self.credentials: list[Credential] = []
        """Those that sign."""
        self.doubtful: list[Draft] = []
        """What was signed before, and may be executed."""
        self.last: Verdict | None = None
        """What the attempt before came to, or what ended the call before one."""
        self.doubt: ClientError | None = None
        """The error of an attempt that may have been executed."""
        self.journal = core.journal if operation.journal is not None else None
        self.texts: dict[str, Any] | None = {} if self.journal is not None else None
        """The arguments, as they go out."""
        self.record: Record | None = None
        self.began: float | None = None
        """When the attempt began that is being made."""
        self.sending: Sending | None = None
        """What hooks were told of it."""

    def made(self, arguments: Mapping[str, Any], tag: Tag | None) -> Verdict:
        """What the call came to. Anything else that is raised in it, by a signal handler, has that as its cause."""
        verdict: Verdict | None = None
        try:
            verdict = self._verdict(arguments, tag)
            self._end(verdict)
            return verdict
        except BaseException as error:
            raised = error
        if verdict is not None and interrupt(raised) is None:  # a fault in telling others: what came of the call counts
            _logger.error("%s: its end was not told: %s", self.operation.name, _named(raised))
            return verdict
        told = self._broken_off(raised)
        try:
            self._leave(told)
        except BaseException as error:  # another one
            raised = error
        outer = interrupt(raised)
        if outer is not None:
            raise without_ours(outer) from told.error
        assert told.error is not None
        told.error.__cause__ = bare(raised)
        return told

    def _verdict(self, arguments: Mapping[str, Any], tag: Tag | None) -> Verdict:
        try:
            if tag is not None:
                tag.check(self.operation.name)
            unsigned = self._drafted(arguments)
            return self._begun(tag) or self._tried(unsigned, self._credentials())
        except ClientError as error:
            self.last = Verdict("hopeless", None, error)
            return self.last

    def _end(self, verdict: Verdict) -> None:
        """Tell those who have to know what the call came to."""
        known = verdict
        if verdict.response is not None and verdict.error is not None:  # it was done, and was broken off
            known = Verdict("done", verdict.response)
        if self.guard is not None:
            self._tell(self.guard, known)
        if verdict.error is not None:
            verdict.error = self._finished(verdict.error).bare()
            verdict.reason = self.attempts[-1].reason if self.attempts else ""
        if self.record is not None:
            if verdict.error is not None and self.record.number is not None:
                verdict.error.entry = self.record.number
            self.record.end(known)

    # The journal.

    def _begun(self, tag: Tag | None) -> Verdict | None:
        """Get ready to write down what is intended; or tell what the same idempotency key brought before."""
        if self.journal is None or self.texts is None:
            return None
            from ..core.keeper import Tag

        scope = self.core.scope(self.operation)
        self.record = self.journal.record(self.operation, self.texts, tag or Tag(), scope, self.deadline)
        return self.record.begin()

    def _leaving(self, record: Record) -> Callable[[], None]:
        ends = self._settled()
        return lambda: record.leaving(len(self.attempts) + 1, ends, doubt=self.doubt is not None)

    # Before anything is sent.

    def _drafted(self, arguments: Mapping[str, Any]) -> Draft:
        made = draft(self.operation, arguments, told=self.texts)
        encryption = self.operation.encryption
        if encryption is None or not arguments.get(encryption.argument):
            return made
        plain = arguments[encryption.parameter]
        if plain is None:
            return made
        from .encryption import encrypted

        today = self.core.clock.now() // _DAY_MS  # before the key is fetched: it may be that of the day that ends
        key = self._key(encryption.key(), today)
        try:
            sealed = encrypted(plain, key)
        except ArgumentError as error:
            raise ArgumentError(
                f"{self.operation.name}: {encryption.parameter} {error}", operation=self.operation.name
            ) from None
        except ValueError as error:
            pass_on(error)
            raise NotSentError(
                f"{self.operation.name}: {error}; nothing was sent", operation=self.operation.name
            ) from None
        self.core.keys[encryption.key().name] = (today, key)
        return draft(self.operation, arguments, {encryption.parameter: sealed})

    def _key(self, operation: Operation[str], today: int) -> str:
        day, key = self.core.keys.get(operation.name, (-1, ""))
        if day == today:
            return key
        try:
            return perform(self.core, self.options, operation, {}, self.deadline).result
        except ClientError as error:
            raise self._not_begun("the key to encrypt under was not given", error) from error.bare()

    def _not_begun(self, problem: str, error: ClientError) -> ClientError:
        """The error of a call that another call had to come before, and it failed."""
        name = self.operation.name
        return NotSentError(f"{name}: {problem} ({type(error).__name__}); nothing was sent", operation=name)

    def _credentials(self) -> list[Credential]:
        core, operation = self.core, self.operation
        if not operation.security:
            return []
        chosen = core.chosen.get(operation.name)
        if chosen is None:
            chosen = core.chosen[operation.name] = self._chosen()
        if core.clock.to_sync and core.time is not None:
            self._sync_first()
        return chosen

    def _chosen(self) -> list[Credential]:
        chosen = self.core.alternative(self.operation)
        if chosen is not None:
            return chosen
        alternatives, every = self.operation.security, self.core.credentials
        missing = " or ".join(
            " and ".join(every[name].argument for name in names if not every[name].ready) for names in alternatives
        )
        name = self.operation.name
        raise ArgumentError(f"{name} needs {missing}; give it to the client", operation=name)

    def _sync_first(self) -> None:
        try:
            sync_clock(self.core, self.options, self.deadline)
        except ClientError as error:
            if self.core.clock.is_needed:
                raise self._not_begun("the server's time was not given", error) from error.bare()

    # The attempts.

    def _tried(self, unsigned: Draft, credentials: list[Credential]) -> Verdict:
        while True:
            self._admit()
            verdict = self._attempt(unsigned, credentials)
            if verdict.error is None:
                return verdict
            if verdict.error.executed != "no":
                self.doubt = verdict.error
                if self.signed is not None:
                    self.doubtful.append(self.signed)
            self.last = verdict
            self.exchange = None  # its outcome is known; that of a success stays, in case of a Ctrl-C on the way out
            if not self._prepared_again(verdict):
                return verdict

    def _admit(self) -> None:
        """Wait for what the client promised to wait for; refuse what it promised not to send."""
        name, limits = self.operation.name, self.core.limits
        held = limits.held()
        if held > 0:
            raise HeldBackError(
                f"{name}: the server set a rate limit or a ban that lasts another {held:.0f} s; nothing was sent",
                operation=name,
                until=moment(held),
            )
        while (pause := limits.pause(self.operation.weight)) > 0:
            if pause >= self.deadline.left():
                raise HeldBackError(
                    f"{name}: the rate limit leaves no room for another {pause:.0f} s; nothing was sent",
                    operation=name,
                    until=moment(pause),
                )
            if self.record is not None:
                self.record.intend()
            time.sleep(pause)
        if self.guard is None:
            return
        if self.options.insist:
            self.guard.insist(self)
        elif (locked := self.guard.enter(self, self.deadline)) is not None:
            raise LockoutError(
                f"{name}: one more wrong attempt would lock the account; nothing was sent. "
                f"In {locked:.0f} s it would not; or insist, by with_options(insist=True)",
                operation=name,
                until=moment(locked),
            )

    def _attempt(self, unsigned: Draft, credentials: list[Credential]) -> Verdict:
        self.exchange = None
        self.began = time.monotonic()
        if self.core.hooks is not None:
            self._announce(self.core.hooks)
        try:
            verdict = self._sent(unsigned, credentials)
        except ClientError as error:
            self._over(error, None)
            raise
        if verdict.error is not None or self.core.hooks is not None:  # of a success only hooks are told
            self._over(verdict.error, verdict)
        return verdict

    def _announce(self, hooks: Hooks) -> None:
        from .hooks import Sending

        operation, number = self.operation, len(self.attempts) + 1
        sending = Sending(operation.name, operation.method, operation.path, self.core.server, number)
        before = hooks.before_attempt
        try:
            self.sending = sending  # with nothing between the two: an interrupt divides no pair
            before(sending)
        except Exception as error:
            _hook_failed(before, error)

    def _over(self, error: ClientError | None, verdict: Verdict | None) -> None:
        """Note how the attempt ended that is being made, if one is."""
        if self.began is not None:
            seconds = time.monotonic() - self.began
            made = _attempt_made(len(self.attempts) + 1, error, verdict, seconds)
            self.attempts += [made]
            self.began = None
        if self.sending is None or self.core.hooks is None:
            return
        after, attempt = self.core.hooks.after_attempt, self.attempts[-1]
        try:
            sending, self.sending = self.sending, None
            after(sending, attempt)
        except Exception as error:
            _hook_failed(after, error)

    def _sent(self, unsigned: Draft, credentials: list[Credential]) -> Verdict:
        core = self.core
        self.signed = signed = unsigned.fresh()
        for credential in credentials:
            credential.apply(signed, self.operation, core.clock, self.deadline)
        self.credentials = credentials
        self.exchange = exchange = core.transport.exchange(
            self.operation.method,
            signed,
            self.deadline,
            repeatable=self.operation.repeatable,
            process=self.process,
        )
        if self.record is not None:
            exchange.connecting = self.record.intend
            exchange.leaving = self._leaving(self.record)
        try:
            answer = core.transport.send(exchange, self.options.connect_timeout)
        except ExchangeError as failure:
            return self._failed(failure, exchange)
        if self.record is not None:
            self.record.answered(answer.status, answer.body)
        core.limits.note(answer.headers)
        return classify(self.operation, answer, signed.secrets)

    def _failed(self, failure: ExchangeError, exchange: Exchange) -> Verdict:
        name = self.operation.name
        error: ClientError
        if not exchange.left:
            untrusted = isinstance(failure.cause, ssl.SSLCertVerificationError)
            error = NotSentError(f"{name}: {failure.reason}; nothing was sent", operation=name)
            error.__cause__ = failure.cause
            return Verdict("hopeless" if failure.final or untrusted else "not sent", None, error, failure.reason)
        reader = exchange.reader
        error = OutcomeUnknownError(
            f"{name}: the request left and its answer was lost: {failure.reason}; {advice(self.operation)}",
            operation=name,
            repeatable=self.operation.repeatable,
            status=reader.status if reader is not None and reader.head else None,
            headers=reader.headers().without("set-cookie") if reader is not None else {},
            body=reader.body() if reader is not None else b"",
        )
        error.__cause__ = failure.cause
        return Verdict("unreadable" if failure.final else "lost", None, error, failure.reason)

    def _prepared_again(self, verdict: Verdict) -> bool:
        """Whether the call may be tried again; what has to be done or waited for before is done then."""
        from . import retry  # most calls need it never

        assert verdict.error is not None
        assert verdict.situation != "done"
        situation = verdict.situation
        seconds = self._hold(verdict.error) if situation in ("rate limited", "banned") else 0.0
        step = retry.action(
            situation,
            repeatable=self.operation.repeatable,
            number=len(self.attempts),
            attempts=self.options.attempts,
            cured=self.cured,
        )
        if step == "correct the clock":
            return self._clock_corrected()
        if step == "back off":
            seconds = max(retry.pause(len(self.attempts)), retry_after(verdict.error.headers) or 0.0)
        if step == "raise" and situation == "wrong clock" and not self.cured:
            self.core.clock.to_sync = self.core.time is not None  # the next call is to fare better
        if step == "raise" or seconds >= self.deadline.left():
            return False
        time.sleep(seconds)
        return True

    def _hold(self, error: ClientError) -> float:
        """Hold back every later call of the client; for how many seconds."""
        seconds = retry_after(error.headers)
        if seconds is None:
            hold = self.operation.rates.holds.get(error.status or 0)
            seconds = hold.seconds if hold is not None else 1.0
        self.core.limits.hold(seconds)
        error.until = moment(seconds)
        return seconds

    def _clock_corrected(self) -> bool:
        if self.core.time is None:
            return False
        self.cured = True
        try:
            sync_clock(self.core, self.options, self.deadline)
        except ClientError:  # the refusal, which is raised now, says more
            self.core.clock.to_sync = True
            return False
        return self.deadline.left() > 0

    # Afterwards.

    def _broken_off(self, raised: BaseException) -> Verdict:
        """What is known of a call in whose middle something else was raised."""
        name, kind, exchange = self.operation.name, _named(raised), self.exchange
        if exchange is None or not exchange.left:
            if self.last is not None:
                return self.last
            error = NotSentError(f"{name}: {kind} before the request had left; nothing was sent", operation=name)
            error.entry = self.record.entry if self.record is not None else None
            return Verdict("hopeless", None, error, kind)
        answer, response = exchange.came(), None
        if answer is not None and interrupt(raised) is not None:
            verdict = classify(self.operation, answer, self.signed.secrets if self.signed is not None else ())
            if verdict.response is None:
                return verdict
            response = verdict.response
        reader = exchange.reader
        when = "the request had left" if answer is None else "the answer had come, see its body"
        unknown = OutcomeUnknownError(
            f"{name}: {kind} after {when}; {advice(self.operation)}",
            operation=name,
            repeatable=self.operation.repeatable,
            status=reader.status if reader is not None and reader.head else None,
            headers=reader.headers().without("set-cookie") if reader is not None else {},
            body=answer.body if answer is not None else reader.body() if reader is not None else b"",
        )
        return Verdict("lost", response, unknown, kind)

    def _leave(self, told: Verdict) -> None:
        """End a call that was broken off: those who have to know are told, unless they were."""
        exchange, record = self.exchange, self.record
        left = exchange is not None and exchange.left
        if told.error is not None:  # now, for another interrupt may come
            told.error = self._finished(told.error)
            if record is not None and record.number is not None:
                told.error.entry = record.number
        self._over(told.error if left else NotSentError(), None)
        if record is not None:
            record.find()
            answer = exchange.came() if exchange is not None and left else None
            if answer is not None:
                record.answered(answer.status, answer.body)
        self._end(told)

    def _finished(self, error: ClientError) -> ClientError:
        """The error of the whole call: an attempt that may have been executed outweighs a later one that was not."""
        if self.doubt is not None and error.executed == "no":
            if isinstance(error, ApiError):
                error.executed = "unknown"
            else:
                error = self.doubt
        if error.executed == "no" and self.process != os.getpid():
            error = OutcomeUnknownError(f"{self.operation.name}: {IN_A_CALL}", repeatable=self.operation.repeatable)
        error.operation = self.operation.name
        error.attempts = tuple(self.attempts)
        if error.executed == "unknown":
            ends = self._settled()
            error.settled_after = None if ends is None else instant(ends)
        return error

    def _settled(self) -> int | None:
        """From when on no request of the call can be executed, in milliseconds since the epoch; `None` for never."""
        last = [self.signed] if self.exchange is not None and self.signed is not None else []
        ends = [_expiry(self.credentials, signed) for signed in (*self.doubtful, *last)]
        latest = max((LATEST + 1 if end is None else end for end in ends), default=LATEST + 1)
        return latest if latest <= LATEST else None

    def _tell(self, guard: Guard, verdict: Verdict) -> None:
        """Tell the guard how many attempts were wrong, or may have been."""
        rule, error = self.operation.lockout, verdict.error
        assert rule is not None
        if _wrong(rule, verdict, self.operation):
            wrong = guard.admitted(self) - sum(attempt.outcome == "not sent" for attempt in self.attempts)
        elif error is None:
            wrong = 0  # so were the attempts whose answers were lost
        else:
            wrong = sum(attempt.outcome == "unknown" for attempt in self.attempts)
        guard.leave(
            self,
            wrong=wrong,
            locked=error is not None and error.code is not None and error.code == rule.locked,
        )


def _expiry(credentials: list[Credential], signed: Draft) -> int | None:
    """When the last of the signatures that a request bears expires: nobody knows which of them its server looks at."""
    ends = [end for credential in credentials if (end := credential.expires(signed)) is not None]
    return max(ends, default=None)


def _named(raised: BaseException) -> str:
    """What was raised, and of a fault in a call also where: its traceback may hold secrets, and is let go."""
    kind, entry = type(raised).__name__, raised.__traceback__
    if entry is None or interrupt(raised) is not None:
        return kind
    while entry.tb_next is not None:
        entry = entry.tb_next
    return f"{kind} ({entry.tb_frame.f_globals.get('__name__', '')}, line {entry.tb_lineno})"


def _wrong(rule: Lockout, verdict: Verdict, operation: Operation[Any]) -> bool:
    error = verdict.error
    if error is None:
        assert verdict.response is not None
        result = verdict.response.result
        for name, value in (rule.result or {}).items():
            if getattr(result, name, None) != value:
                return False
        return rule.result is not None
    code = error.code if error.executed == "no" else None
    return code is not None and (code in rule.wrong or code not in operation.errors.codes)


def _attempt_made(number: int, error: ClientError | None, verdict: Verdict | None, seconds: float) -> Attempt:
    if error is None:
        status = verdict.response.status if verdict is not None and verdict.response is not None else None
        return Attempt(number, "done", seconds, status, None, "")
    outcome: Outcome = "done" if error.executed == "yes" else "unknown"
    if error.executed == "no":
        outcome = "refused" if isinstance(error, ApiError) else "not sent"
    reason = verdict.reason if verdict is not None else type(error).__name__
    return Attempt(number, outcome, seconds, error.status, error.code, reason)


def _hook_failed(hook: Any, error: Exception) -> None:
    """Go on: a hook decides nothing. Its words might hold what it should not have known."""
    pass_on(error)
    _logger.error("%s in %s", type(error).__name__, getattr(hook, "__qualname__", "a hook"))
