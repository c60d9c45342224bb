"""One call from its arguments to what it came to: a generator that decides, and leaves all waiting to its driver.

It yields effects and is sent what came of them; what their doing raises, and what a signal handler raises, is thrown
into it. So it is read from top to bottom, and whoever drives it is told the same.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec.structs import replace

from . import attempt_log, log
from .answer import ExchangeError
from .classify import Verdict, classify
from .clock import LATEST, instant, moment, uptime
from .context import Core, Options
from .credentials import Credential, Nonces, Waiting
from .deadline import Deadline
from .draft import Draft, draft
from .effects import Await, Connect, Flow, Pause, Sign, Transmit
from .errors import (
    ApiError,
    ArgumentError,
    Attempt,
    ClientError,
    DecodeError,
    HeldBackError,
    LockoutError,
    NotSentError,
    OutcomeUnknownError,
    bare,
)
from .exchange import Exchange
from .fork import IN_A_CALL, UNANNOUNCED, imported_before_fork
from .interrupts import interrupt, pass_on, without_ours
from .keeper import Keeper, Record, Tag
from .lockout import Guard
from .operation import Encryption, KeyRule, Operation, Question, SettleRule
from .rates import retry_after
from .verdicts import attempt_of, expiry, fault, is_wrong, outcome_unknown, verdict_of

if TYPE_CHECKING:
    from .hooks import AsyncHooks, Hooks, Sending

T = TypeVar("T")

imported_before_fork(f"{__package__}.hooks", f"{__package__}.retry", "email.utils")
_DAY_MS = 86_400_000
_LOOK_UP = 0.01
"""Seconds between two looks, whether an attempt on its way has ended."""


def result_of(core: Core, options: Options, operation: Operation[T], deadline: Deadline) -> Flow[T]:
    """Make a call without arguments that another call needs.

    Raises:
        ClientError: It brought no result.
    """
    verdict = yield from Call(core, options, operation, deadline).flow({}, None)
    if verdict.response is None:
        assert verdict.error is not None
        raise verdict.error
    result: T = verdict.response.result
    return result


def sync_clock(core: Core, options: Options, deadline: Deadline) -> Flow[None]:
    """Ask the server for its time and go by it from now on.

    Raises:
        ClientError: It is not known.
    """
    assert core.time is not None
    operation, field = core.time
    before = core.clock.local()
    server = int(getattr((yield from result_of(core, options, operation, deadline)), field))
    if not 0 <= server <= LATEST:
        raise DecodeError(f"{operation.name}: its time is none before the year 10000", operation=operation.name)
    core.clock.correct(server, before, core.clock.local())


class Call:
    """A call, and what is known of it at every step.

    Args:
        core: What the client's calls share.
        options: Of this call.
        operation: What is called.
        deadline: Until when.

    Raises:
        NotSentError: The client belongs to another process.
    """

    def __init__(self, core: Core, options: Options, operation: Operation[Any], deadline: Deadline) -> None:
        self.process = os.getpid()
        if core.transport.process != self.process:
            raise NotSentError(f"{operation.name}: {UNANNOUNCED}; nothing was sent", operation=operation.name)
        self.core = core
        self.options = options
        self.operation = operation
        self.deadline = deadline
        self.guard = core.guard(operation)
        self.journal = core.journal if operation.journal is not None else None
        self.record: Record | None = None
        self.texts: dict[str, Any] | None = None if self.journal is None and operation.settle is None else {}
        """The arguments, as they go out; wanted where they are kept, or asked about."""
        self.credentials: list[Credential] = []
        """Those that sign."""
        self.attempts: list[Attempt] = []
        self.began: float | None = None
        """When the attempt began that is being made."""
        self.sending: Sending | None = None
        """What hooks were told of it."""
        self.awaited: object = None
        """What a hook gave that may be an async function."""
        self.signed: Draft | None = None
        self.exchange: Exchange | None = None
        self.last: Verdict | None = None
        """What the attempt before came to, or what ended the call before one."""
        self.doubt: ClientError | None = None
        """The error of an attempt that may have been executed."""
        self.doubtful: list[Draft] = []
        """What was signed before, and may be executed."""
        self.key: str | None = None
        """The idempotency key that the server is sent."""
        self.keyed_at = 0.0
        """When it may first have been sent, by the clock that goes on in sleep."""
        self.taken: Question | None = None
        """What is known of the earlier call with whose entry this one goes on."""
        self.cured = self.renewed = False

    def flow(self, arguments: Mapping[str, Any], tag: Tag | None) -> Flow[Verdict]:
        """What the call came to. Anything else that is raised in it, by a signal handler, has that as its cause."""
        verdict: Verdict | None = None
        try:
            try:
                verdict = yield from self._outcome(arguments, tag)
            except ClientError as error:
                verdict = self.last = Verdict("hopeless", None, error)
            known = self._conclude(verdict)
            if self.record is not None:
                yield from self.record.end(known)
                if verdict.response is not None:
                    entry, unkept = self.record.entry, self.record.unkept
                    verdict.response = replace(verdict.response, entry=entry, unkept=unkept)
            return verdict
        except GeneratorExit:  # its driver is gone: nobody does what it would ask for
            raise
        except BaseException as error:
            raised = error
        if verdict is not None and interrupt(raised) is None:  # a fault in telling others: what came of the call counts
            log.error("%s: its end was not told: %s", self.operation.name, fault(raised))
            return verdict
        told = self._broken_off(raised)
        try:
            yield from self._leave(told)
        except GeneratorExit:
            raise
        except BaseException as error:  # another one
            raised = error
        outer = interrupt(raised)
        if outer is not None:
            raise without_ours(outer) from told.error
        assert told.error is not None
        told.error.__cause__ = bare(raised)
        return told

    def _outcome(self, arguments: Mapping[str, Any], tag: Tag | None) -> Flow[Verdict]:
        core, operation = self.core, self.operation
        if tag is not None:
            tag.check(operation.name)
        unsigned = draft(operation, arguments, told=self.texts)
        if operation.encryption is not None and arguments.get(operation.encryption.argument):
            unsigned = yield from self._encrypted(operation.encryption, arguments, unsigned)
        if self.options.accept is not None:
            unsigned.headers["accept"] = self.options.accept
        if self.options.headers:
            from .extra_headers import check_free

            check_free(operation, unsigned, self.options.headers)
        if operation.idempotency is not None:
            tag = self._keyed(operation.idempotency, unsigned, tag or Tag())
        if self.journal is not None:
            record = self._new_record(self.journal, tag)
            try:
                earlier = yield from record.begin()
            except OutcomeUnknownError as unknown:
                earlier = yield from self._find_out(record, unknown)
            if earlier is not None:
                return earlier
        if operation.security:
            self.credentials = core.chosen.get(operation.name) or self._chosen()
            if core.clock.to_sync and core.time is not None:
                yield from self._sync_first()
        while True:
            while (pause := self._pause()) > 0:
                if self.record is not None:
                    yield from self.record.intend()
                yield Pause(pause)
            self._begin_attempt()
            if self.awaited is not None:
                yield from self._await_hook()
            try:
                verdict = yield from self._attempt(unsigned)
            except ClientError as error:
                yield from self._end_attempt(error, None)
                raise
            if verdict.error is None:
                if core.hooks is not None or attempt_log.shows_success():  # seldom is anybody told of a success
                    yield from self._end_attempt(None, verdict)
                return verdict
            yield from self._end_attempt(verdict.error, verdict)
            if not (yield from self._is_tried_again(verdict, verdict.error)):
                if operation.settle is not None and self.doubt is not None and self.doubt.executed == "unknown":
                    return (yield from self._ask(operation.settle, verdict))
                return verdict

    def _attempt(self, unsigned: Draft) -> Flow[Verdict]:
        core, record = self.core, self.record
        self.signed = signed = unsigned.fresh()
        signed.endpoint = core.transport
        for credential in self.credentials:
            if credential.nonces is not None:
                yield from self._take_nonce(credential.nonces, signed)
            if credential.waits:
                yield from self._sign_elsewhere(credential, signed)  # type: ignore[arg-type]  # it is `Waiting`
            else:
                credential.apply(signed, self.operation, core.clock)
        if self.options.headers:
            from .extra_headers import add

            add(self.operation, signed, self.options.headers)
        self.exchange = exchange = core.transport.exchange(
            self.operation.method,
            signed,
            self.deadline,
            repeatable=self.operation.repeatable,
            process=self.process,
        )
        if self.operation.is_download:
            exchange.body_bytes = core.transport.download_bytes
        try:
            if not core.transport.reserve(exchange):
                if record is not None:
                    yield from record.intend()
                yield Connect(exchange, self.options.connect_timeout)
            if self.doubt is not None and not self._may_repeat():  # the machine may have slept meanwhile
                raise NotSentError(
                    f"{self.operation.name}: the server may have forgotten its key; nothing was sent again"
                )
            if record is not None:
                number, ends = len(self.attempts) + 1, self._settled()
                yield from record.leaving(number, ends, doubt=self.doubt is not None)
            answer = yield Transmit(exchange)
        except ExchangeError as failure:
            return verdict_of(failure, self.operation, exchange)
        finally:
            core.transport.release(exchange)
        if record is not None:
            yield from record.answered(answer.status, answer.body)
        core.limits.note(answer.headers)
        return classify(self.operation, answer, signed.secrets)

    def _conclude(self, verdict: Verdict) -> Verdict:
        """Tell the guard what the call came to, and its error what is known of the call; what a journal is to keep."""
        known = verdict
        if verdict.response is not None and verdict.error is not None:  # it was done, and was broken off
            known = Verdict("done", verdict.response)
        if self.guard is not None:
            self._tell(self.guard, known)
        if verdict.error is not None:
            verdict.error = self._finished(verdict.error).bare()
            if not verdict.reason and self.attempts:
                verdict.reason = self.attempts[-1].reason
            if self.record is not None and self.record.number is not None:
                verdict.error.entry = self.record.number
        return known

    # Before anything is sent.

    def _keyed(self, rule: KeyRule, unsigned: Draft, tag: Tag) -> Tag:
        """What the caller says of the call, with a key in any case; the request has it too."""
        if tag.idempotency_key is None:
            tag = replace(tag, idempotency_key=rule.new_key(), is_made=True)
        self.key, self.keyed_at = tag.idempotency_key, uptime()
        unsigned.headers[rule.header] = rule.written(tag.idempotency_key)  # type: ignore[arg-type]  # it is there
        return tag

    def _find_out(self, record: Record, unknown: OutcomeUnknownError) -> Flow[Verdict | None]:
        """What an earlier call with the same key came to, of which nobody knew; `None` if it is made again."""
        if not self.operation.finds_out:
            raise unknown
        from .finding_out import find_out  # most calls need it never

        return (yield from find_out(self, record, unknown))

    def _ask(self, rule: SettleRule, verdict: Verdict) -> Flow[Verdict]:
        """What the call came to, as another operation tells; the verdict, if it does not."""
        from .finding_out import ask

        found: Verdict | None = yield from ask(self, rule, self._settled())
        if found is None:
            return verdict
        # from here on an interrupt is told what was found, and no more what an attempt came to
        self.last = found if found.response is None else Verdict("lost", found.response, self.doubt)
        if self.record is not None:
            self.record.asked()
            if found.response is not None:
                yield from self.record.answered(found.response.status, found.response.body)
        self.doubt, self.doubtful = None, []
        return found

    def _may_repeat(self) -> bool:
        """Whether a request that may have been executed may go out again now."""
        rule = self.operation.idempotency
        if rule is None or self.operation.repeatable:
            return self.operation.repeatable
        return rule.allows(uptime() - self.keyed_at, self.deadline.left())

    def _new_record(self, journal: Keeper, tag: Tag | None) -> Record:
        assert self.texts is not None
        scope = self.core.scope(self.operation)
        self.record = journal.record(self.operation, self.texts, tag or Tag(), scope, self.deadline)
        return self.record

    def _encrypted(self, encryption: Encryption, arguments: Mapping[str, Any], unsigned: Draft) -> Flow[Draft]:
        plain = arguments[encryption.parameter]
        if plain is None:
            return unsigned
        from .encryption import encrypted

        today = self.core.clock.now() // _DAY_MS  # before the key is fetched: it may be that of the day that ends
        key = yield from self._key(encryption.key(), today)
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

    def _key(self, operation: Operation[str], today: int) -> Flow[str]:
        day, key = self.core.keys.get(operation.name, (-1, ""))
        if day == today:
            return key
        try:
            return (yield from result_of(self.core, self.options, operation, self.deadline))
        except ClientError as error:
            raise self._not_begun("the key to encrypt under was not given", error) from error.bare()

    def _not_begun(self, problem: str, error: ClientError) -> ClientError:
        """The error of a call that another call had to come before, and it failed."""
        name = self.operation.name
        return NotSentError(f"{name}: {problem} ({type(error).__name__}); nothing was sent", operation=name)

    def _chosen(self) -> list[Credential]:
        chosen = self.core.alternative(self.operation)
        if chosen is not None:
            self.core.chosen[self.operation.name] = chosen
            return chosen
        name, every, variables = self.operation.name, self.core.credentials, self.core.variables
        missing = [[scheme for scheme in schemes if not every[scheme].ready] for schemes in self.operation.security]
        arguments = " or ".join(" and ".join(every[scheme].argument for scheme in schemes) for schemes in missing)
        to_set = ", or ".join(
            ", and ".join(variables[scheme] for scheme in schemes)
            for schemes in missing
            if variables.keys() >= set(schemes)
        )
        way_out = f", or set {to_set} and make it by from_env()" if to_set else ""
        told = f"{name} needs {arguments}; give the client what is missing{way_out}"
        raise ArgumentError(told, operation=name, problem="a credential is missing", variables=to_set)

    def _sync_first(self) -> Flow[None]:
        try:
            yield from sync_clock(self.core, self.options, self.deadline)
        except ClientError as error:
            if self.core.clock.is_needed:
                raise self._not_begun("the server's time was not given", error) from error.bare()

    # The attempts.

    def _pause(self) -> float:
        """Seconds to wait and ask again: what the client promised to wait for. It refuses what it promised not to send.

        Once it is 0 the attempt has begun, in the eyes of what keeps the account from being locked.
        """
        name, limits, guard = self.operation.name, self.core.limits, self.guard
        held = limits.held()
        if held > 0:
            raise HeldBackError(
                f"{name}: the server set a rate limit or a ban that lasts another {held:.0f} s; nothing was sent",
                operation=name,
                until=moment(held),
            )
        pause = limits.pause(self.operation.weight)
        if pause > 0:
            if pause >= self.deadline.left():
                raise HeldBackError(
                    f"{name}: the rate limit leaves no room for another {pause:.0f} s; nothing was sent",
                    operation=name,
                    until=moment(pause),
                )
            return pause
        if guard is None:
            return 0.0
        if self.options.insist:
            guard.insist(self)
            return 0.0
        locked = guard.enter(self)
        if locked is None:
            return 0.0
        if guard.waits(self) and self.deadline.left() > 0:
            return _LOOK_UP
        raise LockoutError(
            f"{name}: one more wrong attempt would lock the account; nothing was sent. In {locked:.0f} s it would not",
            operation=name,
            until=moment(locked),
        )

    def _begin_attempt(self) -> None:
        self.exchange = None
        self.began = time.monotonic()
        if self.core.hooks is not None:
            self._announce(self.core.hooks)

    def _announce(self, hooks: Hooks | AsyncHooks) -> None:
        from .hooks import Sending

        operation, number = self.operation, len(self.attempts) + 1
        sending = Sending(operation.name, operation.method, operation.path, self.core.server, number)
        before = hooks.before_attempt
        try:
            self.sending = sending  # with nothing between the two: an interrupt divides no pair
            self.awaited = before(sending)
        except Exception as error:
            _hook_failed(before, error)

    def _end_attempt(self, error: ClientError | None, verdict: Verdict | None) -> Flow[None]:
        """Note how the attempt ended that is being made, if one is."""
        if self.began is not None:
            seconds = time.monotonic() - self.began
            made = attempt_of(len(self.attempts) + 1, error, verdict, seconds)
            self.attempts += [made]
            self.began = None
            attempt_log.write(self.operation.name, made, None if self.record is None else self.record.entry)
        if self.sending is None or self.core.hooks is None:
            return
        after, attempt = self.core.hooks.after_attempt, self.attempts[-1]
        try:
            sending, self.sending = self.sending, None
            self.awaited = after(sending, attempt)
        except Exception as failure:
            _hook_failed(after, failure)
        if self.awaited is not None:
            yield from self._await_hook()

    def _await_hook(self) -> Flow[None]:
        awaitable, self.awaited = self.awaited, None
        try:
            if hasattr(awaitable, "__await__"):
                yield Await(awaitable, self.deadline)
        except Exception as error:
            _hook_failed(type(self.core.hooks), error)

    def _take_nonce(self, nonces: Nonces, signed: Draft) -> Flow[None]:
        """Take the next one; where a journal is kept, the next of all processes that keep it."""
        given, journal = nonces.next(self.core.clock.now()), self.core.journal
        if journal is not None:
            durable = self.record is None  # else the record says before the request leaves what is durable
            seconds = self.deadline.left()
            given = yield from journal.next_nonce(nonces.name, given, durable=durable, seconds=seconds)
            nonces.pass_over(given)
        signed.made["nonce"] = str(given)

    def _sign_elsewhere(self, credential: Waiting, signed: Draft) -> Flow[None]:
        failure = None
        ask = Sign(
            credential.sign, credential.prepare(signed, self.operation, self.core.clock, self.deadline), self.deadline
        )
        try:
            yield ask
        except Exception as error:
            failure = error
        credential.complete(signed, self.operation, ask.signature, failure)

    def _is_tried_again(self, verdict: Verdict, error: ClientError) -> Flow[bool]:
        """Whether the call may be tried again; what has to be done or waited for before is done then."""
        from . import retry  # most calls need it never

        if error.executed != "no":
            self.doubt = error
            if self.signed is not None:
                self.doubtful.append(self.signed)
        self.last = verdict
        self.exchange = None  # its outcome is known; that of a success stays, in case of a Ctrl-C on the way out
        assert verdict.situation != "done"
        situation = verdict.situation
        if error.status == 401 and error.executed == "no" and self._is_renewed():
            return True
        seconds = self._hold(situation, error)
        step = retry.action(
            situation,
            repeatable=self._may_repeat(),
            number=len(self.attempts),
            attempts=self.options.attempts,
            cured=self.cured,
        )
        if step == "correct the clock":
            return (yield from self._is_clock_corrected())
        if step == "back off":
            seconds = max(retry.pause(len(self.attempts)), retry_after(error.headers) or 0.0)
        if step == "raise" and situation == "wrong clock" and not self.cured:
            self.core.clock.to_sync = self.core.time is not None  # the next call is to fare better
        if step == "raise" or seconds >= self.deadline.left():
            return False
        yield Pause(seconds)
        return True

    def _is_renewed(self) -> bool:
        """Whether another token may come, once in a call: a refusal with 401 did nothing."""
        if self.renewed or self.signed is None or self.guard is not None or len(self.attempts) >= self.options.attempts:
            return False
        self.renewed = any(credential.renew(self.signed) for credential in self.credentials)
        return self.renewed and self.deadline.left() > 0

    def _hold(self, situation: str, error: ClientError) -> float:
        """Hold back every later call of the client, if that is wanted; for how many seconds."""
        if situation not in ("rate limited", "banned"):
            return 0.0
        seconds = retry_after(error.headers)
        if seconds is None:
            hold = self.operation.rates.holds.get(error.status or 0)
            seconds = hold.seconds if hold is not None else 1.0
        self.core.limits.hold(seconds)
        error.until = moment(seconds)
        return seconds

    def _is_clock_corrected(self) -> Flow[bool]:
        if self.core.time is None:
            return False
        self.cured = True
        try:
            yield from sync_clock(self.core, self.options, self.deadline)
        except ClientError:  # the refusal, which is raised now, says more
            self.core.clock.to_sync = True
            return False
        return self.deadline.left() > 0

    # Afterwards.

    def _broken_off(self, raised: BaseException) -> Verdict:
        """What is known of a call in whose middle something else was raised."""
        name, kind, exchange = self.operation.name, fault(raised), self.exchange
        if exchange is None or not exchange.left:
            if self.last is not None:
                return self.last
            error = NotSentError(f"{name}: {kind} before the request had left; nothing was sent", operation=name)
            error.entry = self.record.entry if self.record is not None else None
            return Verdict("hopeless", None, error, kind)
        answer, response = exchange.came(), None
        if answer is not None and interrupt(raised) is not None:
            verdict = classify(self.operation, answer, self.signed.secrets if self.signed is not None else ())
            if verdict.error is not None:
                self._hold(verdict.situation, verdict.error)
                return verdict
            response = verdict.response
        when = "the request had left" if answer is None else "the answer had come, see its body"
        unknown = outcome_unknown(self.operation, exchange, f"{kind} after {when}")
        return Verdict("lost", response, unknown, kind)

    def _leave(self, told: Verdict) -> Flow[None]:
        """End a call that was broken off: those who have to know are told, unless they were."""
        exchange, record = self.exchange, self.record
        left = exchange is not None and exchange.left
        if told.error is not None:  # now, for another interrupt may come
            told.error = self._finished(told.error)
        try:
            yield from self._end_attempt(told.error if left else NotSentError(), None)
        finally:
            known = self._conclude(told)
        if record is not None:
            yield from record.find()
            if told.error is not None and record.number is not None:
                told.error.entry = record.number
            answer = exchange.came() if exchange is not None and left else None
            if answer is not None:
                yield from record.answered(answer.status, answer.body)
            yield from record.end(known)

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
        error.idempotency_key = self.key
        if error.executed == "unknown" and (self.doubtful or self.exchange is not None):
            ends = self._settled()
            error.settled_after = None if ends is None else instant(ends)
        return error

    def _settled(self) -> int | None:
        """From when on no request of the call can be executed, in milliseconds since the epoch; `None` for never."""
        last = [self.signed] if self.exchange is not None and self.signed is not None else []
        ends = [expiry(self.credentials, signed) for signed in (*self.doubtful, *last)]
        if self.taken is not None:
            ends.append(self.taken.ends)
        latest = max((LATEST + 1 if end is None else end for end in ends), default=LATEST + 1)
        return latest if latest <= LATEST else None

    def _tell(self, guard: Guard, verdict: Verdict) -> None:
        """Tell the guard how many attempts were wrong, or may have been."""
        rule, error = self.operation.lockout, verdict.error
        assert rule is not None
        if is_wrong(rule, verdict, self.operation):
            wrong = guard.admitted(self) - sum(attempt.outcome == "not sent" for attempt in self.attempts)
        elif error is None:
            guard.leave(self)  # so were the attempts whose answers were lost
            return
        else:
            wrong = sum(attempt.outcome == "unknown" for attempt in self.attempts)
        locked = error is not None and error.code is not None and error.code == rule.locked
        guard.leave(self, wrong=wrong, locked=locked)


def _hook_failed(hook: Any, error: Exception) -> None:
    """Go on: a hook decides nothing. Its words might hold what it should not have known."""
    pass_on(error)
    log.error("%s in %s", type(error).__name__, getattr(hook, "__qualname__", "a hook"))
