"""What the docstrings of the generated package say, in Google's style. The templates quote and indent it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from codegen.ir import Body, Credential, Encryption, ErrorCode, Parameter
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

_CLIENT_OPTIONS = (
    ("base_url", "The server to call."),
    ("timeout", "Seconds for a whole call, with all its attempts and waits."),
    ("connect_timeout", "Seconds to wait for a connection, with its proxy and TLS."),
    ("attempts", "How many attempts a call may make; 1 tries nothing again."),
    ("clock", "Gives the time in milliseconds since the epoch; this machine's clock if left out."),
    ("network", "Proxy, certificates and sizes."),
    ("hooks", "Watches every attempt, for tracing and metrics."),
    (
        "pace",
        "The share of a rate limit, at most 1, from which on the client slows down by itself; left out, it never does.",
    ),
)

_JOURNAL = (
    "journal",
    "Where calls are written down, so that none is lost: a `Journal`, the path of a file, or postgresql://…; "
    "False keeps none on purpose.",
)
_ACCOUNT = (
    "account",
    "What the journal calls the account, such as shop; left out, it goes by a fingerprint of the credentials. "
    "A key of another account is refused.",
)
_SYNC_CLOCK = ("sync_clock", "Whether to ask the server for its time before the first signed call.")
_TIMEOUT = ("timeout", "Seconds for the whole call; the client's if left out.")

_TAG = (
    ("note", "Yours, for the journal. At most 1000 characters."),
    (
        "idempotency_key",
        "Yours, for the journal: a second call with the same one is not sent, but gives the first one's result. "
        "At most 255 characters.",
    ),
)

_VARIABLES = {"signer": "{0}_PRIVATE_KEY_FILE with {0}_PRIVATE_KEY_PASSPHRASE or {0}_API_SECRET"}

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


def api_docstring(
    info: Mapping[str, Any],
    source: Mapping[str, Any] | None,
    credentials: Sequence[Credential],
    *,
    tells_time: bool,
    journalled: bool,
) -> str:
    """The docstring of the client."""
    arguments = [
        (credential.name, f"{credential.meaning} Operations that need it refuse without it.")
        for credential in credentials
    ]
    return _joined(
        sentence(info.get("title")),
        wrapped(plain(info.get("description"))),
        _section(
            "Args",
            [
                *arguments,
                *([_JOURNAL, _ACCOUNT] if journalled else []),
                *_CLIENT_OPTIONS,
                *([_SYNC_CLOCK] if tells_time else []),
            ],
        ),
        _section("Raises", [("ArgumentError", "An argument cannot be used.")]),
        _source(source),
    )


def from_env_docstring(credentials: Sequence[Credential], prefix: str, *, journalled: bool) -> str:
    """The docstring of `from_env`."""
    variables = [_VARIABLES.get(credential.from_env, "{}").format(credential.variable) for credential in credentials]
    others = [
        f"{prefix}_BASE_URL",
        f"{prefix}_PLAIN_HTTP",
        *([f"{prefix}_JOURNAL", f"{prefix}_ACCOUNT"] if journalled else []),
    ]
    if journalled or any(credential.from_env == "signer" for credential in credentials):
        others.append(f"{prefix}_ALLOW_READABLE_FILES")
    return _joined(
        "A client whose credentials come from the environment.",
        wrapped(f"Read are {', '.join([*variables, *others])}. One that is not set is left out."),
        _section("Raises", [("ArgumentError", "A value cannot be used.")]),
    )


def operation_docstring(
    operation: Mapping[str, Any],
    parameters: Sequence[Parameter],
    body: Body | None,
    encryption: Encryption | None,
    result: str,
    raises: Sequence[ErrorCode],
    *,
    repeatable: bool,
    journalled: bool,
) -> str:
    """The docstring of a method."""
    description = wrapped(plain(operation.get("description")))
    summary = sentence(operation.get("summary"))
    if not summary:
        summary, _, description = description.partition("\n\n")
    deprecated = "Deprecated by the vendor." if operation.get("deprecated") else ""
    return _joined(
        summary or sentence(operation.get("operationId")) or "Call the operation.",
        description if one_line(description) != summary else "",
        deprecated,
        _arguments([*parameters, *([body] if body else [])], encryption, journalled=journalled),
        _returns(operation, result),
        _raises(raises, repeatable),
        _source(operation.get("externalDocs")),
    )


def command_help(operation: Mapping[str, Any]) -> str:
    """What the command line says of an operation."""
    summary, description = sentence(operation.get("summary")), plain(operation.get("description"))
    return _joined(summary, description if one_line(description) != summary else "")


def argument_help(meaning: str, *, secret: bool) -> str:
    """What the command line says of an argument."""
    return f"{meaning} Secret: a file, or - for standard input; asked for if left out.".strip() if secret else meaning


def error_docstring(codes: Sequence[ErrorCode]) -> str:
    """The docstring of an error's class."""
    if len(codes) == 1:
        return wrapped(f"{codes[0].code}: {sentence(codes[0].meaning)}")
    return _joined("One of these codes:", "\n".join(entry(f"* {code.code}", sentence(code.meaning)) for code in codes))


def _arguments(arguments: Sequence[Parameter | Body], encryption: Encryption | None, *, journalled: bool) -> str:
    ordered = sorted(arguments, key=lambda argument: not argument.required)
    switch = []
    if encryption is not None:
        meaning = (
            f"Whether {encryption.parameter} is encrypted under the server's key of the day, which is fetched for it."
        )
        switch = [(encryption.argument, f"{meaning} Needs the extra keys.")]
    tag = _TAG if journalled else ()
    return _section("Args", [*((argument.name, _argument(argument)) for argument in ordered), *switch, *tag, _TIMEOUT])


def _argument(argument: Parameter | Body) -> str:
    parts = [argument.meaning]
    if isinstance(argument, Parameter):
        bounds = [text.format(argument.limits[key]) for key, text in _BOUNDS.items() if key in argument.limits]
        parts += [f"{', '.join(bounds)}.".capitalize() if bounds else ""]
        parts += ["Exact decimal text, Decimal or int; never a float."] if argument.writer == "decimal" else []
        parts += ["Secret."] if argument.secret else []
    return " ".join(part for part in parts if part)


def _returns(operation: Mapping[str, Any], result: str) -> str:
    if result == "None":
        return ""
    responses = operation.get("responses", {})
    success: Any = next((given for status, given in sorted(responses.items()) if status.startswith("2")), {})
    return _section("Returns", [(result.replace("models.", ""), sentence(success.get("description")))])


def _raises(codes: Sequence[ErrorCode], repeatable: bool) -> str:
    documented = [
        (
            name,
            " ".join(sentence(code.meaning) for code in codes if code.class_name == name and code.outcome == "refused"),
        )
        for name in dict.fromkeys(code.class_name for code in codes if code.class_name != "ApiError")
    ]
    return _section("Raises", [*documented, *_ALWAYS, ("OutcomeUnknownError", _UNKNOWN[repeatable])])


def _source(source: Mapping[str, Any] | None) -> str:
    url = one_line(source.get("url")) if isinstance(source, dict) else ""
    return f"Source: {url}" if url else ""


def _section(title: str, entries: Sequence[tuple[str, str]]) -> str:
    return "\n".join([f"{title}:", *(entry(name, text) for name, text in entries)]) if entries else ""


def _joined(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part)
