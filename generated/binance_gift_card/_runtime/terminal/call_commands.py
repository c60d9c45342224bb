# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""One call at a terminal."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import typer

from ..bulk.rows import convert
from ..core import environment
from ..core.checks import path_of
from ..core.errors import ArgumentError, ClientError
from ..core.keeper import Tag
from ..core.opaque import Arguments
from ..core.operation import Operation, Parameter
from .deprecation_notices import tell_deprecated
from .ending import confirm, ending
from .layout import cell
from .options import GlobalOptions
from .program import Program, open_client
from .result_view import hides_secrets, print_result, result_values
from .screen import NotShownError, err, print_json, rescue, visible, warn

_HOLE = re.compile(r"\{(\w+)\}")


def call(
    program: Program,
    operation: Operation[Any],
    given: Mapping[str, Any],
    options: GlobalOptions,
    tag: Tag | None = None,
    *,
    question: str = "",
) -> None:
    """Make one call and show what it brought.

    Args:
        program: The package.
        operation: What is called.
        given: Texts, and paths of files of secrets.
        options: Those that many commands have.
        tag: What the caller says of the call.
        question: What is asked before it, with the names of arguments in braces; empty for what can be repeated.
    """
    with ending(options, "Nothing was sent.") as command:
        command.options = {one.name: _option(one) for one in operation.parameters}
        _refuse_to_lose(operation, options)
        found = ((name, value) for name, value in _arguments(program, operation, given) if value is not None)
        arguments = Arguments(found)
        tell_deprecated(operation, arguments)
        with open_client(program, options, needs_journal=operation.journal is not None) as client:
            if question:
                confirm(_question(operation, question, arguments, client.server), options)
            command.halfway = _perhaps_done(operation, kept=client.keeps_journal)
            try:
                response = client.respond(operation, arguments, None, tag or Tag())
            except ClientError as error:
                if not client.keeps_journal and error.executed != "no" and error.body:
                    warn("Nothing else holds what came of the answer: keep it.", "")
                    rescue(visible(error.body.decode("utf-8", "backslashreplace")))
                raise error.bare() from None
            if response.unkept:  # what is masked now would be lost
                warn("The journal does not have the answer, so it is shown in full: keep it.", response.unkept)
                options.show_codes = True
            command.done = _done_words(operation, response.entry)
            try:
                _show(operation, response.result, response.entry, options)
            except NotShownError:
                if (response.entry is None or response.unkept) and not operation.repeatable:
                    warn("Nothing else holds the answer: keep it.", "")
                    rescue(json.dumps(result_values(operation, response.result, secrets=True), default=str))
                raise


def _perhaps_done(operation: Operation[Any], *, kept: bool) -> str:
    if operation.repeatable:
        return "It may have been sent; to repeat it does no harm."
    return f"It may have been done: look at {'`history`' if kept else 'the account'} before you repeat it."


def _done_words(operation: Operation[Any], entry: int | None) -> str:
    kept = f": entry {entry} of the journal has the answer" if entry is not None else ""
    return f"{operation.name} was done{kept}. It could not be shown:"


def _refuse_to_lose(operation: Operation[Any], options: GlobalOptions) -> None:
    facts = operation.journal
    if facts is not None and facts.tells_once and options.no_journal and not options.show_codes:
        raise ArgumentError("without a journal nobody would be told the secret: say --show-codes as well")
    if facts is not None and facts.tells_once and options.no_journal and sys.stdout is None:
        raise ArgumentError("without a journal nobody would be told the secret: standard output is closed")


def _question(operation: Operation[Any], question: str, arguments: Mapping[str, Any], server: str) -> str:
    """The question with the values that it names, and those beside it that it does not."""
    asked = _HOLE.sub(lambda hole: cell(arguments[hole[1]]), question)
    told = {parameter.name for parameter in operation.parameters if not parameter.secret} - {*_HOLE.findall(question)}
    others = [f"{name.replace('_', ' ')} {cell(value)}" for name, value in arguments.items() if name in told]
    beside = f" ({', '.join(others)})" if others else ""
    return f"{asked}{beside} at {server}?"


def _arguments(program: Program, operation: Operation[Any], given: Mapping[str, Any]) -> Any:
    for parameter in operation.parameters:
        if parameter.secret:
            yield parameter.name, _secret(program, parameter, given.get(parameter.name))
        elif given.get(parameter.name) is not None:
            yield parameter.name, parse(parameter, given[parameter.name])
        elif parameter.required:  # as an older Typer beside a newer Click lets pass
            raise ArgumentError(f"{_option(parameter)} is missing")
    body = operation.body
    if body is not None and given.get(body.name) is not None:
        names = [parameter.name for parameter in operation.parameters if parameter.wire_name == "content-type"]
        media_type = next((given[name] for name in names if given.get(name)), body.media_type)
        yield body.name, _body("--body-file", given[body.name], is_json="json" in media_type or "form" in media_type)
    if operation.encryption is not None and given.get(operation.encryption.argument):
        yield operation.encryption.argument, True


def _secret(program: Program, parameter: Parameter, file: str | None) -> str | None:
    """A secret, which is never an argument of the process: out of a file, the environment, or the keyboard."""
    variable = f"{program.environment}_{parameter.name.upper()}"
    option, words = _option(parameter), parameter.name.replace("_", " ")
    if file == "-":
        return sys.stdin.readline().strip()
    if file is not None:
        try:
            return environment.secret_file(program.environment, option, file).decode("utf-8-sig").strip()
        except UnicodeDecodeError:
            raise ArgumentError(f"{option} {file} is no text in UTF-8; write it anew as UTF-8") from None
    if os.environ.get(variable):
        return os.environ[variable]
    if not parameter.required:
        return None
    if not sys.stdin.isatty():
        raise ArgumentError(f"no {words} was given: say {option} FILE (- for standard input), or set {variable}")
    text: str = typer.prompt(words, hide_input=True, err=True)
    return text.strip()


def parse(parameter: Parameter, text: str) -> Any:
    """The text of an option, as the type that the argument takes."""
    try:
        return convert(parameter, text)
    except ValueError:
        raise ArgumentError(f"{_option(parameter)} cannot be {text!r}") from None


def _option(parameter: Parameter) -> str:
    return f"--{parameter.name.strip('_').replace('_', '-')}{'-file' if parameter.secret else ''}"


def _body(option: str, file: str, *, is_json: bool) -> Any:
    try:
        content = sys.stdin.buffer.read() if file == "-" else path_of(option, file).read_bytes()
    except OSError as error:
        raise ArgumentError(f"{option}: {file} cannot be read: {error.strerror}") from None
    if not is_json:
        return content
    try:
        return json.loads(content, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError):
        raise ArgumentError(f"{option}: {file} is not JSON that can be read") from None


def _show(operation: Operation[Any], result: Any, entry: int | None, options: GlobalOptions) -> None:
    if options.json:
        print_json(result_values(operation, result, secrets=options.show_codes))
        return
    print_result(operation, result, secrets=options.show_codes)
    if not options.show_codes and hides_secrets(operation, result):
        again = "" if entry is None else f"; `show {entry} --show-codes` shows them"
        err.say(f"Secrets are masked{again}.")
