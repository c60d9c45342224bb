"""Operations: each becomes a method, with the facts that the runtime needs to perform it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import quote

from codegen import naming
from codegen.errors import Fault, Pointer, pointer_text
from codegen.extensions.encryption import ENCRYPTION, Encryption, check_key, encryption
from codegen.extensions.envelope import ENVELOPE, constant
from codegen.extensions.errors import ERRORS, RAISES, Code, Errors
from codegen.extensions.journal import JOURNAL, journalled
from codegen.extensions.lockout import LOCKOUT, lockout
from codegen.extensions.rates import WEIGHT
from codegen.extensions.repeat import REPEAT, repeatable
from codegen.extensions.words import COMMAND, NAME
from codegen.facts import Expression
from codegen.ir.operation import Operation, Parameter
from codegen.lower import security
from codegen.lower.context import Context
from codegen.lower.docstrings import command_help, operation_docstring
from codegen.lower.parameters import Declared, body, declared_parameters, parameters
from codegen.lower.problems import problems
from codegen.lower.results import common_fields, fields, results
from codegen.lower.successes import Responses
from codegen.read.operations import DeclaredOperation, declared_operations
from codegen.text import sentence


def operations(context: Context) -> tuple[Operation, ...]:
    """All of them, in the document's order."""
    every = list(declared_operations(context.tree))
    has_commands = any(JOURNAL.key in given.said for given in every)
    lowered: list[Operation] = []
    keys: dict[Pointer, Mapping[str, str]] = {}
    for given in every:
        operation = _operation(context, given, keys)
        context.names.claim("method name", operation.name, given.pointer)
        context.names.claim("constant", operation.constant, given.pointer)
        if has_commands:
            context.names.claim("command", operation.command, given.pointer)
        lowered.append(operation)
    for pointer, said in keys.items():
        check_key(said, pointer, partial(find_operation, lowered))
    return tuple(lowered)


def find_operation(operations: list[Operation] | tuple[Operation, ...], name: str, pointer: Pointer) -> Operation:
    """The operation of that operationId."""
    for operation in operations:
        if operation.name == naming.method(name):
            return operation
    raise Fault(f"there is no operation {name!r}", pointer)


def _operation(context: Context, given: DeclaredOperation, keys: dict[Pointer, Mapping[str, str]]) -> Operation:
    said, pointer = given.said, given.pointer
    title = str(said.get(NAME.key) or said.get("operationId") or f"{given.method} {given.path}")
    name = naming.method(title)
    if "servers" in said or "servers" in given.item:
        context.warnings.append(
            f"{pointer_text(pointer)}: the operation's own servers are not used; the client's base_url is"
        )
    requirements = said.get("security", context.tree.get("security")) or []
    alternatives = tuple(
        dict.fromkeys(security.requirement(tuple(requirement), context.credentials) for requirement in requirements)
    )
    made = security.signing(context.credentials, tuple(scheme for names in alternatives for scheme in names))
    context.names.reserve("argument name", naming.TAKEN_BY_A_CALL, "the call's own", pointer)
    if JOURNAL.key in said:
        context.names.reserve("argument name", naming.TAKEN_BY_A_TAG, "the journal's", pointer)
    one_body, form = body(context, given, naming.pascal(title))
    declared = [*declared_parameters(context, given), *form]
    taken = parameters(context, declared, set(made.values()), given)
    responses = Responses(context, given, naming.pascal(title))
    returned = results(context, given, responses)
    operation = Operation(
        name=name,
        method=given.method.upper(),
        path=_encoded(given.path),
        decode=returned.decode,
        answers=returned.answers,
        errors=Expression("ERRORS"),
        problems=problems(context, responses, naming.pascal(title)),
        parameters=taken,
        body=one_body,
        envelope=Expression(constant(said[ENVELOPE.key])) if ENVELOPE.key in said else None,
        accept=returned.accept,
        is_download=returned.is_download,
        security=alternatives,
        signed_place=_signed_place(made, declared, bool(form)),
        repeatable=repeatable(said.get(REPEAT.key), given.method),
        weight=said.get(WEIGHT.key, {}),
        rates=Expression("RATES"),
        encryption=_encryption(context, given, declared, taken, keys),
        command=str(said.get(COMMAND.key, name.replace("_", "-").strip("-"))),
        fields=fields(context, returned.type),
        result_type=returned.type,
        common_fields=common_fields(context, returned.type),
        summary=sentence(said.get("summary") or name),
        help=command_help(said) or name,
        docstring="",
    )
    return _with_extensions(context, given, operation)


def _with_extensions(context: Context, given: DeclaredOperation, operation: Operation) -> Operation:
    """The operation with what is said of its result and its refusals, and its docstring."""
    said, pointer = given.said, given.pointer
    documented, field = partial(_find_code, context.errors), partial(operation.result_field, several=True)
    arguments = {parameter.wire_name: parameter.name for parameter in operation.parameters}
    tells_once = any(operation.fields.values())
    whole = replace(
        operation,
        lockout=lockout(said.get(LOCKOUT.key), (*pointer, LOCKOUT.key), documented, field),
        journal=journalled(said.get(JOURNAL.key), (*pointer, JOURNAL.key), arguments, field, tells_once=tells_once),
    )
    raises = [documented(code, (*pointer, RAISES.key)) for code in said.get(RAISES.key, ())]
    return replace(whole, docstring=operation_docstring(said, whole, raises))


def _find_code(errors: Errors, code: int | str, pointer: Pointer) -> Code:
    if code not in errors.codes:
        raise Fault(f"the code {code!r} is not in {ERRORS.key}", pointer)
    return errors.codes[code]


def _encryption(
    context: Context,
    given: DeclaredOperation,
    declared: Declared,
    parameters: tuple[Parameter, ...],
    keys: dict[Pointer, Mapping[str, str]],
) -> Encryption | None:
    found = list(_encrypted(declared))
    if not found:
        return None
    if len(found) > 1:
        raise Fault("only one argument of an operation can be encrypted", found[1][2])
    wire_name, said, here = found[0]
    pointer = (*here, ENCRYPTION.key)
    context.names.claim("switch name", said["argument"], pointer, given.pointer)
    keys[pointer] = said
    return encryption(said, next(item.name for item in parameters if item.wire_name == wire_name))


def _encrypted(declared: Declared) -> Iterator[tuple[str, dict[str, Any], Pointer]]:
    for declaration, here in declared:
        schema = declaration.get("schema")
        said = declaration.get(ENCRYPTION.key) or (schema.get(ENCRYPTION.key) if isinstance(schema, dict) else None)
        if said is not None:
            yield declaration["name"], said, here


def _encoded(path: str) -> str:
    """The path as it goes out, its braces kept: nothing between us and the server may want to rewrite it."""
    parts = re.split(r"(\{[^{}]*\})", path)
    return "".join(part if part.startswith("{") else quote(part, safe="/%:@!$&'()*+,;=-._~") for part in parts)


def _signed_place(made: Mapping[str, str], declared: Declared, has_form: bool) -> str:
    """Where the hook's parameters go: where they are declared, else into the form, else into the query."""
    for declaration, _ in declared:
        if declaration["name"] in made.values() and declaration["in"] in ("query", "form"):
            return str(declaration["in"])
    return "form" if has_form else "query"
