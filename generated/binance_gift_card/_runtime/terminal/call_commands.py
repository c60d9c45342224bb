# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""One call at a terminal."""

from __future__ import annotations

import base64
import json
import os
import sys
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import typer

from ..bulk.results import fields_of
from ..bulk.rows import convert
from ..core import environment
from ..core.checks import path_of
from ..core.classify import MASK
from ..core.errors import ArgumentError, ClientError
from ..core.keeper import Tag
from ..core.opaque import Arguments
from ..core.operation import Operation, Parameter
from ..core.wire import plain_decimals
from .deprecation_notices import tell_deprecated
from .ending import confirm, ending
from .options import GlobalOptions
from .program import Program, open_client
from .screen import NotShownError, cell, err, facts_table, out, print_bytes, print_json, rescue, table, visible, warn


def call(
    program: Program,
    operation: Operation[Any],
    given: Mapping[str, Any],
    options: GlobalOptions,
    tag: Tag | None = None,
) -> None:
    """Make one call and show what it brought; `given` holds texts, and paths of files of secrets."""
    with ending(options, "Nothing was sent.") as command:
        _refuse_to_lose(operation, options)
        found = ((name, value) for name, value in _arguments(program, operation, given) if value is not None)
        arguments = Arguments(found)
        tell_deprecated(operation, arguments)
        with open_client(program, options, needs_journal=operation.journal is not None) as client:
            if not operation.repeatable:
                confirm(_question(operation, arguments, client.server), options)
            command.halfway = _perhaps_done(operation, kept=client.keeps_journal)
            try:
                response = client.respond(operation, arguments, None, tag or Tag())
            except ClientError as error:
                if not client.keeps_journal and error.executed != "no" and error.body:
                    err.print("[red]Nothing else holds what came of the answer: keep it.[/]")
                    rescue(visible(error.body.decode("utf-8", "backslashreplace")))
                raise error.bare() from None
            if response.unkept:  # what is masked now would be lost
                warn("The journal does not have the answer, so it is shown in full: keep it.", response.unkept)
                options.show_codes = True
            command.done = _done_words(operation, response.entry)
            try:
                _show(operation, response.result, options)
            except NotShownError:
                if (response.entry is None or response.unkept) and not operation.repeatable:
                    err.print("[red]Nothing else holds the answer: keep it.[/]")
                    rescue(json.dumps(fields_of(response.result, operation.fields, secrets=True)))
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


def _question(operation: Operation[Any], arguments: Mapping[str, Any], server: str) -> str:
    secret = {parameter.name for parameter in operation.parameters if parameter.secret}
    listed = ", ".join(f"{name} {MASK if name in secret else value}" for name, value in arguments.items())
    return f"{operation.name} ({listed}) at {server}."


def _arguments(program: Program, operation: Operation[Any], given: Mapping[str, Any]) -> Any:
    for parameter in operation.parameters:
        if parameter.secret:
            yield parameter.name, _secret(program, parameter, given.get(parameter.name))
        elif given.get(parameter.name) is not None:
            yield parameter.name, parse(parameter, given[parameter.name])
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
    option = f"--{parameter.name.replace('_', '-')}-file"
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
        raise ArgumentError(
            f"{parameter.name} is a secret: give it in a file ({option}, - for standard input) or in {variable}"
        )
    text: str = typer.prompt(parameter.name, hide_input=True, err=True)
    return text.strip()


def parse(parameter: Parameter, text: str) -> Any:
    """The text of an option, as the type that the argument takes."""
    try:
        return convert(parameter, text)
    except ValueError:
        raise ArgumentError(f"--{parameter.name.replace('_', '-')} cannot be {text!r}") from None


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


def _show(operation: Operation[Any], result: Any, options: GlobalOptions) -> None:
    many = isinstance(result, (list, tuple))
    fields = operation.fields
    if options.json:
        values = [_fields_of(item, fields, options) for item in result] if many else _fields_of(result, fields, options)
        print_json(values)
    elif isinstance(result, bytes):
        print_bytes(result)
    elif many and fields:
        listed = table("", dict.fromkeys(fields, "left"))
        for item in result:
            listed.add_row(*(cell(value) for value in _fields_of(item, fields, options).values()))
        out.print(listed)
    elif fields and result is not None and not isinstance(result, str):
        out.print(facts_table(_fields_of(result, fields, options)))
        if not options.show_codes and any(fields.values()):
            err.print("[dim]Secrets are masked; --show-codes shows them, also of the journal's entries.[/]")
    else:
        out.print(visible(str(result)), markup=False)


def _fields_of(result: Any, fields: Mapping[str, bool], options: GlobalOptions) -> Any:
    if isinstance(result, bytes):
        return base64.b64encode(result).decode()
    if not fields or result is None or isinstance(result, str):
        return plain_decimals(result)
    return fields_of(result, fields, secrets=options.show_codes)
