"""The table of rules: one row a rule, with its id, its level and its reason; what is about a schema is in `effects`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from codegen.compare.effects import SCHEMA_RULES
from codegen.extensions.extension import Level
from codegen.extensions.registry import EXTENSIONS

Direction: TypeAlias = Literal["request", "response"]


@dataclass(frozen=True)
class Rule:
    """One kind of change."""

    id: str
    level: Level
    reason: str
    """Why it has this level, as one sentence."""
    group: str
    """The part of a document that it is about."""


SCHEMAS, PYTHON = "Schemas", "In Python"

_OTHER_RULES: dict[str, tuple[tuple[str, Level, str], ...]] = {
    "Operations": (
        ("operation-added", "compatible", "An operation was added: nobody calls it yet."),
        ("operation-removed", "breaking", "An operation was removed: calls of it fail."),
        (
            "deprecated-operation-removed",
            "breaking",
            "An operation was removed as its deprecation had announced: calls of it fail.",
        ),
        ("operation-moved", "breaking", "An operationId stands at another method or path: calls of the old one fail."),
        ("operation-id-changed", "compatible", "An operationId changed: nothing on the wire, another name in Python."),
        ("path-parameter-renamed", "compatible", "A parameter of a path has another name, in the same place."),
        ("callback-added", "risky", "The server came to call the client: it has to be served."),
        ("callback-removed", "breaking", "The server no longer calls the client: whoever waits for it waits in vain."),
        ("webhook-added", "risky", "The server came to call the client: it has to be served."),
        ("webhook-removed", "breaking", "The server no longer calls the client: whoever waits for it waits in vain."),
    ),
    "How long it will be there": (
        ("deprecated", "compatible", "It was deprecated: it works, and will go one day."),
        ("deprecation-withdrawn", "compatible", "It is no longer deprecated."),
        ("sunset-set", "compatible", "A day was set from which on it may be gone."),
        ("sunset-brought-forward", "risky", "The day from which on it may be gone is an earlier one."),
        ("sunset-put-off", "compatible", "The day from which on it may be gone is a later one."),
        ("sunset-withdrawn", "compatible", "There is no longer a day from which on it may be gone."),
        ("sunset-unreadable", "risky", "The day from which on it may be gone is no date: nobody can plan with it."),
    ),
    "Parameters": (
        ("parameter-added", "compatible", "An optional parameter was added: it may be left out."),
        ("required-parameter-added", "breaking", "A required parameter was added: calls without it are refused."),
        ("parameter-removed", "breaking", "A parameter was removed: sending it has no effect or is refused."),
        ("parameter-moved", "breaking", "A parameter is read from another place: sent where it was, it is not found."),
        ("parameter-became-required", "breaking", "A parameter became required: calls that leave it out are refused."),
        ("parameter-became-optional", "compatible", "A parameter became optional: callers may go on sending it."),
        ("parameter-style-changed", "breaking", "A parameter is laid out in another way: what is sent is misread."),
        (
            "value-became-list",
            "compatible",
            "A value became a list, each sent by itself: one value is written as before.",
        ),
        ("parameter-media-type-changed", "breaking", "A parameter is written as another media type: it is misread."),
        ("parameter-empty-value-forbidden", "breaking", "A parameter may no longer be sent without a value."),
        ("parameter-empty-value-allowed", "compatible", "A parameter may be sent without a value."),
    ),
    "Bodies": (
        ("request-body-added", "compatible", "A body may be sent: it may be left out."),
        ("required-request-body-added", "breaking", "A body must be sent: calls without one are refused."),
        ("request-body-removed", "breaking", "No body is read any more: what callers send in it has no effect."),
        ("request-body-became-required", "breaking", "The body became required: calls without one are refused."),
        ("request-body-became-optional", "compatible", "The body became optional: callers may go on sending it."),
        ("request-media-type-added", "compatible", "A body may be written as one more media type."),
        ("request-media-type-removed", "breaking", "A body may no longer be written as this media type."),
        ("request-part-encoding-changed", "breaking", "A part of a body is encoded in another way: it is misread."),
    ),
    "Answers": (
        ("success-status-added", "risky", "A call can succeed with a status that callers did not have to expect."),
        ("success-status-removed", "breaking", "A call no longer succeeds with this status: who waits for it fails."),
        ("status-narrowed", "compatible", "Of a range of statuses only some are left."),
        ("error-status-added", "compatible", "A refusal is documented with a status of its own."),
        ("error-status-removed", "risky", "A refusal no longer has this status: code that handles it does not run."),
        ("response-media-type-added", "compatible", "An answer can be had as one more media type."),
        ("response-media-type-removed", "breaking", "An answer can no longer be had as this media type."),
        ("response-header-added", "compatible", "An answer carries one more header."),
        ("response-header-removed", "risky", "An answer may no longer carry a header that was optional."),
        ("required-response-header-removed", "breaking", "An answer no longer carries a header that was promised."),
        ("response-header-became-optional", "breaking", "A header of an answer is no longer promised."),
        ("response-header-became-required", "compatible", "A header of an answer is now promised."),
    ),
    "Security": (
        ("security-demanded", "breaking", "Calls could be made without credentials, and no longer can."),
        ("security-dropped", "compatible", "Calls can be made without credentials."),
        ("security-alternative-added", "compatible", "There is one more way to be let in."),
        ("security-alternative-removed", "breaking", "A way to be let in is gone: who uses it is refused."),
        ("security-scope-added", "breaking", "One more scope is demanded: credentials without it are refused."),
        ("security-scope-removed", "compatible", "A scope is no longer demanded."),
        (
            "security-more-demanded",
            "breaking",
            "One more scheme is demanded: calls without it are refused.",
        ),
        (
            "security-less-demanded",
            "compatible",
            "A scheme is no longer demanded: who sends it is let in too.",
        ),
        (
            "security-scheme-renamed",
            "documentation",
            "A scheme has another name in the document only.",
        ),
        ("security-scheme-changed", "breaking", "A scheme has another type, name or place: credentials miss it."),
        ("security-address-changed", "breaking", "Tokens are had from another address."),
        ("security-flow-added", "compatible", "There is one more way to have a token."),
        ("security-flow-removed", "breaking", "A way to have a token is gone."),
        ("oauth-scope-added", "compatible", "One more scope can be asked for."),
        ("oauth-scope-removed", "breaking", "A scope can no longer be asked for."),
    ),
    "Servers": (
        ("default-server-changed", "breaking", "Calls, and the credentials with them, go to another server."),
        ("server-added", "compatible", "One more server is named."),
        ("server-removed", "risky", "A server is no longer named: it may stop answering."),
        ("server-variable-changed", "risky", "A variable of a server's address allows other values."),
        ("operation-servers-changed", "breaking", "Calls of an operation go to another server than before."),
    ),
    "What the vendor extensions say": tuple(
        dict.fromkeys(rule for extension in EXTENSIONS.values() for rule in extension.rules)
    ),
    "Documentation": (
        ("documentation-changed", "documentation", "A title, description, example, tag or link changed."),
        ("version-changed", "documentation", "The document gives itself, or is written in, another version."),
    ),
}

_PYTHON_RULES: tuple[tuple[str, Level, str], ...] = (
    ("python-removed", "breaking", "A public name is gone: code that uses it fails."),
    ("python-renamed", "breaking", "A public name became another: code that uses the old one fails."),
    ("python-added", "compatible", "A public name was added."),
    ("python-kind-changed", "breaking", "A public name stands for another kind of thing."),
    ("python-base-removed", "breaking", "A class lost a base: isinstance and except no longer match."),
    ("python-argument-removed", "breaking", "An argument is gone: calls that pass it fail."),
    ("python-argument-added", "compatible", "An optional argument was added."),
    ("python-required-argument-added", "breaking", "A required argument was added: calls without it fail."),
    ("python-argument-became-required", "breaking", "An argument became required: calls without it fail."),
    ("python-argument-became-optional", "compatible", "An argument became optional."),
    ("python-argument-moved", "breaking", "An argument has another position: positional calls mean something else."),
    ("python-argument-kind-changed", "breaking", "An argument can no longer be passed as before."),
    ("python-argument-default-changed", "risky", "An argument that is left out means something else."),
    ("python-argument-type-widened", "compatible", "An argument takes more types."),
    ("python-argument-type-changed", "breaking", "An argument no longer takes a type that it took."),
    ("python-result-type-narrowed", "compatible", "A result has fewer types than before."),
    ("python-result-type-changed", "breaking", "A result may have a type that it did not have."),
    ("python-attribute-type-narrowed", "compatible", "An attribute has fewer types than before."),
    ("python-attribute-type-changed", "breaking", "An attribute may have a type that it did not have."),
)


def _all() -> Iterator[Rule]:
    for group, rows in {**_OTHER_RULES, PYTHON: _PYTHON_RULES}.items():
        for rule_id, level, reason in rows:
            yield Rule(rule_id, level, reason, group)
    for kind, what, effect in SCHEMA_RULES:
        yield Rule(f"request-{kind}", effect.request, f"{what}: {effect.why_request}.", SCHEMAS)
        yield Rule(f"response-{kind}", effect.response, f"{what}: {effect.why_response}.", SCHEMAS)


RULES: dict[str, Rule] = {rule.id: rule for rule in _all()}
"""Every rule, by its id."""
