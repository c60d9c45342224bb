"""Faults that the search has to find: each puts one into a copy of the flow or of the journal."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

import binance_gift_card
from tests.simulation.shipped import ADDED, RUNTIME

PACKAGE = Path(binance_gift_card.__file__).parent


class Mutation(NamedTuple):
    """A text of one module, and what stands there instead.

    Attributes:
        fault: What goes wrong then.
        module: The file, below the runtime.
        old: What stands there once.
        new: What does instead.
        fix: The commit that this takes back; empty for a fault that nobody made yet.
        stories: What is asked of the search beside stories of cards.
        seed: Of the search; the same each time, so that what is found today is found tomorrow.
    """

    fault: str
    module: str
    old: str
    new: str
    fix: str = ""
    stories: tuple[str, ...] = ()
    seed: int = 5


def mutated(mutation: Mutation) -> str:
    """The text of the module with the fault.

    Raises:
        ValueError: What it changes is not there, or more than once.
    """
    home = RUNTIME if mutation.module in ADDED else PACKAGE / "_runtime"
    text = (home / f"{mutation.module}.py").read_text("utf-8")
    if text.count(mutation.old) != 1:
        raise ValueError(f"{mutation.module} has {text.count(mutation.old)} times what is to be changed")
    return text.replace(mutation.old, mutation.new)


def mutate(mutation: Mutation, folder: Path) -> None:
    """Put a copy of the package with the fault into a folder."""
    copy = folder / PACKAGE.name
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "_runtime" / f"{mutation.module}.py").write_text(mutated(mutation), "utf-8")


PAYOUTS = ("--payouts",)
FLOW, RECORD, LOCKOUT = "core/flow", "journal/record", "core/lockout"

TOLD_FIRST = """\
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
"""
TOLD_LAST = """\
        finally:
            pass
        if record is not None:
            yield from record.find()
            answer = exchange.came() if exchange is not None and left else None
            if answer is not None:
                yield from record.answered(answer.status, answer.body)
        known = self._conclude(told)
        if record is not None:
            yield from record.end(known)
"""

MUTATIONS = (
    Mutation(
        "a second interrupt leaves the guard waiting for a call that is over",
        FLOW,
        TOLD_FIRST,
        TOLD_LAST,
        "Let a second interrupt leave a client that can be used",
    ),
    Mutation(
        "a second interrupt, while an async hook is awaited, leaves it waiting too",
        FLOW,
        "        finally:\n            known = self._conclude(told)\n",
        "        except ZeroDivisionError:\n            pass\n        known = self._conclude(told)\n",
        "Let a second interrupt leave a client that can be used",
    ),
    Mutation(
        "a ban is forgotten when an interrupt comes before it is heeded",
        FLOW,
        "                self._hold(verdict.situation, verdict.error)\n                return verdict\n",
        "                return verdict\n",
        "Let a second interrupt leave a client that can be used",
    ),
    Mutation(
        "an answer that breaks off is kept before what it means",
        RECORD,
        "            yield from self._keep()\n            ending = columns",
        '            if error is not None and error.executed != "no" and error.body not in (b"", self._body):\n'
        "                self._answer = (error.status, error.body)\n"
        "            yield from self._keep()\n            ending = columns",
        "Keep an answer that breaks off together with what it means",
    ),
    Mutation(
        "one attempt's answer is kept as the next one's",
        RECORD,
        '        self._answer, self._body = None, b""  # of the attempt before: it says nothing of this one\n',
        "",
        "Never take one attempt's answer for the next one's",
    ),
    Mutation(
        "an answer may be kept for as long twice",
        RECORD,
        "        if self._keeping is None:\n            self._keeping",
        "        if True:\n            self._keeping",
        "Hold a call's deadline behind a journal that others hold",
    ),
    Mutation(
        "the outcome is written down for ten seconds after the deadline",
        RECORD,
        "_PATIENCE if is_cut else _LAST",
        "_PATIENCE",
        "Hold a call's deadline behind a journal that others hold",
    ),
    Mutation(
        "whose key it is is asked for ten seconds after the deadline",
        RECORD,
        '{"key": self._tag.idempotency_key}, self._deadline.left())',
        '{"key": self._tag.idempotency_key}, _PATIENCE)',
        "Hold a call's deadline behind a journal that others hold",
    ),
    Mutation(
        "an entry whose writing was interrupted is not looked for",
        RECORD,
        "        if not self._inserting or self.number is not None:\n            return\n",
        "        return\n",
        "Let what a signal handler raises leave a call as it is, with its outcome",
    ),
    Mutation(
        "an answer that had come is not kept after an interrupt",
        FLOW,
        "            answer = exchange.came() if exchange is not None and left else None\n            if answer",
        "            answer = None\n            if answer",
        "Let what a signal handler raises leave a call as it is, with its outcome",
    ),
    Mutation(
        "a child that was forked in a call says that nothing was done",
        FLOW,
        '        if error.executed == "no" and self.process != os.getpid():\n',
        "        if False:\n",
        "Leave a call in whose middle a process forks to the parent",
    ),
    Mutation(
        "an entry is settled as refused while its request may still be done",
        "journal/by_hand",
        'found["settled"] is not None and at < found["settled"]',
        'found["settled"] is not None and at < 0',
        "Refuse keys and runs of another server or account, and early refusals",
    ),
    Mutation(
        "attempts whose answer was lost are not counted as wrong codes",
        FLOW,
        '            wrong = sum(attempt.outcome == "unknown" for attempt in self.attempts)\n',
        "            wrong = 0\n",
        "Count every attempt that may have been wrong, and wait for no own one",
    ),
    Mutation(
        "a card without its envelope is taken for a refusal",
        "core/classify",
        "    if result in properties and _value(properties[result]) is not None:\n        return False\n",
        "    return True\n",
        "Do not take a card without its envelope for a refusal",
    ),
    Mutation(
        "a request whose answer was lost counts as one that did not leave",
        "core/verdicts",
        "    if exchange.left:\n",
        "    if False:\n",
    ),
    Mutation(
        "an answer that cannot be kept ends the call as if nothing was sent",
        RECORD,
        "        except JournalError as error:\n            self.unkept = str(error)\n",
        "        except JournalError as error:\n            raise\n",
    ),
    Mutation(
        "an entry is not marked as sent before its request leaves",
        RECORD,
        "\"UPDATE entries SET state = 'sent', attempts",
        "\"UPDATE entries SET state = 'intended', attempts",
    ),
    Mutation(
        "what a dead program sent is settled as not sent",
        "journal/ledger",
        'return {"state": "unknown", "changed"',
        'return {"state": "not sent", "changed"',
    ),
    Mutation(
        "a lost answer is asked for again, as if the call were safe to repeat",
        FLOW,
        "            return self.operation.repeatable\n",
        "            return True\n",
    ),
    Mutation(
        "the intent is not flushed before the request leaves",
        RECORD,
        "session.run(send, values), durable=True",
        "session.run(send, values), durable=False",
    ),
    Mutation(
        "the answer is not flushed before anybody reads it",
        RECORD,
        "self._write_answer(session, values), durable=True",
        "self._write_answer(session, values), durable=False",
    ),
    Mutation(
        "a request leaves though somebody has settled its entry",
        RECORD,
        " WHERE number = :number AND state IN ('intended', 'sent')\"",
        ' WHERE number = :number"',
    ),
    Mutation(
        "an answer that comes after its call was given up does not count",
        RECORD,
        "            session.run(_REOPEN, values)\n",
        "            pass\n",
    ),
    Mutation(
        "a call that is still being made is settled by others",
        "journal/ledger",
        ' or found["ends"] >= columns.now():',
        ":",
    ),
    Mutation(
        "a settlement overwrites what has happened meanwhile",
        "journal/writes",
        "    if found is not None:\n",
        "    if False:\n",
    ),
    Mutation(
        "an unknown outcome frees its key",
        "journal/writes",
        'ending["state"] in ("refused", "not sent")',
        'ending["state"] in ("refused", "not sent", "unknown")',
    ),
    Mutation(
        "a refusal's words show what was signed",
        "core/classify",
        "words.replace(secret, MASK)",
        "words.replace(secret, secret)",
    ),
    Mutation(
        "each attempt has a key of its own",
        FLOW,
        "unsigned.headers[rule.header] = rule.written(tag.idempotency_key)",
        "unsigned.headers[rule.header] = rule.new_key()",
        stories=PAYOUTS,
    ),
    Mutation(
        "a key goes out that the server may have forgotten",
        "core/idempotency",
        "return self.keeps is None or age + max(left, 0.0) <= self.keeps * _SHARE",
        "return True",
        stories=PAYOUTS,
    ),
    Mutation(
        "a refusal of a repeat settles what went before",
        "core/finding_out",
        "        call.doubt = unknown\n",
        "        call.doubt = None\n",
        stories=PAYOUTS,
        seed=7,
    ),
    Mutation(
        "a call whose entry was taken over writes its end over that of the other",
        "journal/writes",
        'f"{statement} AND owner = :owner"',
        "statement",
        stories=PAYOUTS,
        seed=4,
    ),
    Mutation(
        "nothing found is taken for a proof while the request can still be executed",
        "core/settling",
        "    return question.ends is None or core.clock.now() >= question.ends\n",
        "    return True\n",
        stories=PAYOUTS,
    ),
    Mutation(
        "nothing found is taken for a proof by this machine's own clock",
        "core/settling",
        "is_over and question.ends is not None and core.time is not None",
        "False",
        stories=PAYOUTS,
        seed=8,
    ),
    Mutation(
        "what is found out is written over what has happened meanwhile",
        "journal/asking",
        'write_end(session, found["number"], ending, found=found)',
        'write_end(session, found["number"], ending)',
        stories=PAYOUTS,
    ),
)
