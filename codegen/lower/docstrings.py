"""What the docstrings of the generated package say, in Google's style. The templates quote and indent it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from codegen.extensions.errors import Code
from codegen.ir.api import ClientOption, Credential
from codegen.ir.operation import Body, Operation, Parameter
from codegen.text import entry, one_line, plain, sentence, wrapped

_BOUNDS = {
    "min_length": "at least {} character(s)",
    "max_length": "at most {} characters",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "above": "more than {}",
    "below": "less than {}",
    "min_items": "at least {} items",
    "max_items": "at most {} items",
}

_TIMEOUT = ("timeout", "Seconds for the whole call; the client's if left out.")

_TAG = (
    ("note", "Yours, for the journal. At most 1000 characters."),
    (
        "idempotency_key",
        "Yours, for the journal: a second call with the same one is not sent, but gives the first one's result. "
        "At most 255 characters.",
    ),
)

_KEY = (
    "idempotency_key",
    "Yours, for the server: it does what comes with the same one once. Left out, each call has a new one. "
    "At most 255 characters.",
)

_ALWAYS = (
    ("ArgumentError", "An argument is wrong. Nothing was sent."),
    ("SigningError", "The signer failed. Nothing was sent."),
    ("NotSentError", "The request did not reach the server."),
    ("ApiError", "The server refused. Nothing was done."),
    ("DecodeError", "The server answered, but not as promised; the error carries what came."),
)

_UNKNOWN = {
    True: "The answer was lost. The operation is safe to repeat.",
    False: "The answer was lost: it may have been done. Find out before you repeat it.",
}
_REPEATED_BY_KEY = "The answer was lost: it may have been done. Call again with the same idempotency_key."


def api_docstring(info: Mapping[str, Any], source: Mapping[str, Any] | None, options: Sequence[ClientOption]) -> str:
    """The docstring of the client."""
    return _joined(
        sentence(info.get("title")),
        wrapped(plain(info.get("description"))),
        _section("Args", [(option.name, option.meaning) for option in options]),
        _section("Raises", [("ArgumentError", "An argument cannot be used.")]),
        _source(source),
    )


def from_env_docstring(credentials: Sequence[Credential], prefix: str, *, journalled: bool) -> str:
    """The docstring of `from_env`."""
    arguments = [argument for credential in credentials for argument in credential.arguments]
    variables = [argument.variables for argument in arguments if argument.variables]
    others = [
        f"{prefix}_BASE_URL",
        f"{prefix}_PLAIN_HTTP",
        f"{prefix}_LOG",
        *([f"{prefix}_JOURNAL", f"{prefix}_ACCOUNT"] if journalled else []),
    ]
    if journalled or any(argument.has_file for argument in arguments):
        others.append(f"{prefix}_ALLOW_READABLE_FILES")
    return _joined(
        "A client whose credentials come from the environment.",
        wrapped(f"Read are {', '.join([*variables, *others])}. One that is not set is left out."),
        _section("Raises", [("ArgumentError", "A value cannot be used.")]),
    )


def environment_help(credentials: Sequence[Credential], prefix: str) -> dict[str, str]:
    """What the command line says of the environment's variables."""
    arguments = [argument for credential in credentials for argument in credential.arguments]
    return {
        **{one.variables: sentence(re.split(";|, or ", one.meaning)[0]) for one in arguments if one.variables},
        f"{prefix}_BASE_URL": "The server, instead of the live one.",
        f"{prefix}_PLAIN_HTTP": "1 for a server at http:// that is not this machine.",
        f"{prefix}_JOURNAL": "The journal: a file, or postgresql://...",
        f"{prefix}_JOURNAL_KEY or {prefix}_JOURNAL_KEY_FILE": "The key of its secrets, or the file that holds it.",
        f"{prefix}_ACCOUNT": "The name of the account in the journal, so that the API key can be changed.",
        f"{prefix}_LOG": "debug, info or warning: what is told of each attempt, beside the result.",
        f"{prefix}_ALLOW_READABLE_FILES": "1 for files of secrets that every user may read.",
    }


def operation_docstring(said: Mapping[str, Any], operation: Operation, raises: Sequence[Code]) -> str:
    """The docstring of a method; `said` is what the document says of it."""
    description = wrapped(plain(said.get("description")))
    summary = sentence(said.get("summary"))
    if not summary:
        summary, _, description = description.partition("\n\n")
    return _joined(
        summary or sentence(said.get("operationId")) or "Call the operation.",
        description if one_line(description) != summary else "",
        wrapped(sentence(operation.deprecated)),
        _arguments(operation),
        _returns(said, operation.result_type),
        _raises(raises, operation),
        _source(said.get("externalDocs")),
    )


def command_help(operation: Mapping[str, Any]) -> str:
    """What the command line says of an operation."""
    summary, description = sentence(operation.get("summary")), plain(operation.get("description"))
    return _joined(summary, description if one_line(description) != summary else "")


def secret_help(meaning: str, variable: str) -> str:
    """What the command line says of an argument that is secret, and may stand in a variable of the environment."""
    return f"{meaning} Secret: a file, or - for standard input; without it {variable}, or what is typed.".strip()


def error_docstring(codes: Sequence[Code]) -> str:
    """The docstring of an error's class."""
    if len(codes) == 1:
        return wrapped(f"{codes[0].code}: {sentence(codes[0].meaning)}")
    return _joined("One of these codes:", "\n".join(entry(f"* {code.code}", sentence(code.meaning)) for code in codes))


def _arguments(operation: Operation) -> str:
    entries = [(argument.name, _argument(argument)) for argument in operation.arguments]
    if operation.encryption is not None:
        encrypted = f"Whether {operation.encryption.parameter} is encrypted under the server's key of the day"
        entries.append((operation.encryption.argument, f"{encrypted}, which is fetched for it. Needs the extra keys."))
    return _section("Args", [*entries, *_tag(operation), _TIMEOUT])


def _tag(operation: Operation) -> tuple[tuple[str, str], ...]:
    if operation.journal:
        return _TAG
    return (_KEY,) if operation.idempotency else ()


def _argument(argument: Parameter | Body) -> str:
    parts = [argument.meaning]
    if isinstance(argument, Parameter):
        limits = {key: getattr(argument.bounds, key) for key in _BOUNDS}
        bounds = [text.format(limits[key]) for key, text in _BOUNDS.items() if limits[key] is not None]
        parts += [f"{', '.join(bounds)}.".capitalize() if bounds else ""]
        parts += ["Exact decimal text, Decimal or int; never a float."] if argument.write == "wire.decimal" else []
        parts += ["Secret."] if argument.secret else []
        parts += [sentence(argument.deprecated)]
    return " ".join(part for part in parts if part)


def _returns(operation: Mapping[str, Any], result: str) -> str:
    if result == "None":
        return ""
    responses = [(str(status), given) for status, given in (operation.get("responses") or {}).items()]
    told = {status: sentence(given.get("description")) for status, given in sorted(responses) if status[0] == "2"}
    every = " ".join(f"{status}: {text}" for status, text in told.items() if text)
    only = next(iter(told.values()), "")
    return _section("Returns", [(result.replace("models.", ""), every if " | " in result else only)])


def _raises(codes: Sequence[Code], operation: Operation) -> str:
    documented = [
        (name, " ".join(sentence(code.meaning) for code in codes if code.class_name == name and not code.unknown))
        for name in dict.fromkeys(code.class_name for code in codes if code.class_name != "ApiError")
    ]
    bodies = {"ApiError": _problems(operation)}
    always = [(name, f"{text} {bodies.get(name, '')}".strip()) for name, text in _ALWAYS]
    return _section("Raises", [*documented, *always, ("OutcomeUnknownError", _unknown(operation))])


def _unknown(operation: Operation) -> str:
    if operation.idempotency is not None and operation.idempotency.repeats:
        return _REPEATED_BY_KEY
    return _UNKNOWN[operation.repeatable]


def _problems(operation: Operation) -> str:
    """What the `error` of a refusal is, by status."""
    by_kind: dict[str, list[str]] = {}
    for status, kind in (operation.problems or {}).items():
        by_kind.setdefault(kind.replace("models.", ""), []).append(str(status))
    listed = "; ".join(f"{kind} ({', '.join(statuses)})" for kind, statuses in by_kind.items())
    return f"Its `error` is the body: {listed}." if listed else ""


def _source(source: Mapping[str, Any] | None) -> str:
    url = one_line(source.get("url")) if isinstance(source, dict) else ""
    return f"Source: {url}" if url else ""


def _section(title: str, entries: Sequence[tuple[str, str]]) -> str:
    return "\n".join([f"{title}:", *(entry(name, text) for name, text in entries)]) if entries else ""


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)
