"""What a method returns: the successes that the document promises, by status."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from codegen.extensions.journal import JOURNAL
from codegen.facts import Expression
from codegen.lower.context import Context
from codegen.lower.successes import Responses, Success
from codegen.read.operations import DeclaredOperation
from codegen.read.references import resolve

_REDIRECTS = ("300", "301", "302", "303", "307", "308")
_NOT_MODIFIED = "304"
_CONDITIONS = frozenset({"if-none-match", "if-modified-since"})
_JSON = "application/json"
_AS_THEY_ARE = frozenset({"bytes", "wire.utf8", "replies.anything"})
"""What reads bodies that are not decoded, which may be large."""


@dataclass(frozen=True, kw_only=True)
class Results:
    """All of them, as the facts of an operation."""

    type: str
    accept: str
    decode: Expression
    """What reads an answer whose status is not among `answers`."""
    answers: Mapping[int, Expression] | None
    is_download: bool


def results(context: Context, given: DeclaredOperation, responses: Responses) -> Results:
    """The successes of an operation; those that read alike are one."""
    every = [responses.success(status) for status in responses if re.fullmatch(r"2(\d\d|XX)", status)]
    redirects = _redirects(context, given, responses, alone=not every)
    if not every and not redirects and responses.is_default_a_success:
        every = [responses.success("default")]
    responses.check_envelope(every)
    if redirects and not every:
        every = [Success(status="", type="Redirect", read="replies.unpromised")]
    if not every:
        every = [Success(status="", type="Any", asked=(_JSON,), read="decoder(Any)")]
    return _united(_without_remarks(every), redirects)


def _united(every: Sequence[Success], redirects: Sequence[Success]) -> Results:
    usual = _usual(every)
    asked = dict.fromkeys(name for success in (usual, *every) for name in success.asked)
    types = dict.fromkeys(success.type for success in (*every, *redirects))
    answers = {
        int(success.status): Expression(success.as_whole)
        for success in (*every, *redirects)
        if success.status.isdigit() and (success.whole or success.read != usual.read)
    }
    return Results(
        type="Any" if "Any" in types else " | ".join(sorted(types, key=lambda text: text == "None")),
        accept=", ".join(asked) or ("*/*" if usual.read == "replies.anything" else _JSON),
        decode=Expression(usual.read),
        answers=answers or None,
        is_download=any(success.read in _AS_THEY_ARE for success in every),
    )


def _usual(every: Sequence[Success]) -> Success:
    """How an answer is read whose status is not documented: by the range or the default, or the first with a body."""
    enveloped = [success for success in every if success.is_enveloped]
    wide = [success for success in every if not success.status.isdigit()]
    with_body = [success for success in every if success.asked]
    return (enveloped or wide or with_body or every)[0]


def _without_remarks(every: Sequence[Success]) -> list[Success]:
    """A success without content is one without a result, where another one tells what a body holds."""
    if not any(success.asked for success in every):
        return list(every)
    return [
        Success(status=success.status, type="None") if success.read == "replies.anything" else success
        for success in every
    ]


def _redirects(context: Context, given: DeclaredOperation, responses: Responses, *, alone: bool) -> list[Success]:
    """Those that the document promises. A journal has no use for them: nothing was done yet."""
    statuses = [status for status in responses if status in _REDIRECTS]
    if JOURNAL.key in given.said:
        for status in statuses:
            context.warn("a redirect is no result of a journalled operation", (*given.pointer, "responses", status))
        return []
    if "3XX" in responses:
        statuses = list(_REDIRECTS)
    found = [Success(status=status, type="Redirect", whole="replies.redirect") for status in statuses]
    if _NOT_MODIFIED in responses and (alone or _asks_on_condition(context, given)):
        found.append(Success(status=_NOT_MODIFIED, type="None"))
    return found


def _asks_on_condition(context: Context, given: DeclaredOperation) -> bool:
    """Whether an argument makes it a conditional request: without, no server says that nothing was modified."""
    declared = [*(given.item.get("parameters") or ()), *(given.said.get("parameters") or ())]
    names = [str(resolve(context.tree, parameter).get("name")).lower() for parameter in declared]
    return not _CONDITIONS.isdisjoint(names)


def common_fields(context: Context, result: str) -> dict[str, str]:
    """The fields that a result has whatever came, by property; none where one is no object."""
    kinds = [kind for kind in result.split(" | ") if kind not in ("None", "bytes")]
    if not kinds or not all(re.fullmatch(r"models\.\w+", kind) for kind in kinds):
        return {}
    first, *others = (context.hoister.names_of_fields(kind) for kind in kinds)
    return {key: name for key, name in first.items() if all(other.get(key) == name for other in others)}


def fields(context: Context, result: str) -> dict[str, bool]:
    """The fields of a result, or of each of its items, and whether each is secret in any of its forms."""
    found = {"status": False, "location": True} if "Redirect" in result.split(" | ") else {}
    for name in re.findall(r"models\.\w+", result):
        for key, is_secret in context.hoister.fields(name).items():
            found[key] = is_secret or found.get(key, False)
    return found
