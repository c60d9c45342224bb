"""Operations: each becomes a method, with the facts that the runtime needs to perform it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import quote

from codegen import naming
from codegen.errors import Fault, Pointer
from codegen.extensions.confirm import CONFIRM, question
from codegen.extensions.encryption import ENCRYPTION, Encryption, encryption, with_key
from codegen.extensions.envelope import ENVELOPE, constant
from codegen.extensions.errors import ERRORS, RAISES, Code, Errors
from codegen.extensions.idempotency import IDEMPOTENCY, Idempotency, idempotency, is_key
from codegen.extensions.journal import JOURNAL, journalled
from codegen.extensions.lockout import LOCKOUT, lockout
from codegen.extensions.rates import WEIGHT
from codegen.extensions.repeat import REPEAT, repeatable
from codegen.extensions.settle import SETTLE, settling
from codegen.extensions.signing import Field
from codegen.extensions.times import check_milliseconds
from codegen.extensions.words import COMMAND, NAME
from codegen.facts import Expression
from codegen.ir.api import Credential
from codegen.ir.operation import Operation, Parameter
from codegen.lower import security
from codegen.lower.bodies import RequestBody, request_body
from codegen.lower.context import Context
from codegen.lower.deprecations import deprecated_operation, with_deprecated_arguments
from codegen.lower.docstrings import command_help, operation_docstring
from codegen.lower.headers import Declared, check_free, check_name, sendable
from codegen.lower.names import Whose
from codegen.lower.parameters import declared_parameters, parameters
from codegen.lower.problems import problems
from codegen.lower.renamed import Signed, find_renamed
from codegen.lower.results import common_fields, fields, results
from codegen.lower.servers import check_own_server, own_server
from codegen.lower.successes import Responses
from codegen.lower.values import flat
from codegen.read.operations import DeclaredOperation, declared_operations
from codegen.text import sentence


def operations(context: Context) -> tuple[Operation, ...]:
    """All of them, in the document's order."""
    every = list(declared_operations(context.tree))
    has_commands = any(JOURNAL.key in given.said for given in every)
    lowered: list[tuple[DeclaredOperation, Operation]] = []
    for given in every:
        with context.collect(given.pointer):
            lowered.append((given, _operation(context, given, has_commands=has_commands)))
    context.faults.extend(find_renamed(context.signed))
    every_operation = [operation for _, operation in lowered]
    is_complete = not context.faults  # else what an operation names may be missing
    whole: list[Operation] = []
    for given, operation in lowered:
        with context.collect(given.pointer):
            whole.append(_with_others(context, given, operation, every_operation, is_complete=is_complete))
    return tuple(whole)


def _with_others(
    context: Context, given: DeclaredOperation, operation: Operation, every: list[Operation], *, is_complete: bool
) -> Operation:
    """The operation with what other operations are to it, and its docstring."""
    said, find = given.said, partial(find_operation, every)
    raises = [_find_code(context.errors, code, (*given.pointer, RAISES.key)) for code in said.get(RAISES.key, ())]
    told = deprecated_operation(context, given, operation.name, lambda name, place: find(name, place).name)
    whole = replace(
        operation,
        encryption=with_key(operation.encryption, find) if operation.encryption is not None else None,
        deprecated=told,
        help="\n\n".join(filter(None, (operation.help, told))),
    )
    if is_complete:
        whole = _with_settling(whole, given, every)
    return replace(whole, docstring=operation_docstring(said, whole, raises))


def _with_settling(operation: Operation, given: DeclaredOperation, every: list[Operation]) -> Operation:
    if SETTLE.key not in given.said:
        return operation
    said, pointer = given.said[SETTLE.key], (*given.pointer, SETTLE.key)
    asked = find_operation(every, said["operation"], (*pointer, "operation"))
    fits = (asked.decode, asked.answers, asked.envelope) == (operation.decode, operation.answers, operation.envelope)
    return replace(operation, settle=settling(said, pointer, asked, operation.given, fits=fits))


def find_operation(operations: list[Operation] | tuple[Operation, ...], name: str, pointer: Pointer) -> Operation:
    """The operation of that operationId."""
    for operation in operations:
        if operation.operation_id == name:
            return operation
    for operation in operations:
        if operation.name == naming.method(name):
            return operation
    raise Fault(f"there is no operation {name!r}", pointer)


def _operation(context: Context, given: DeclaredOperation, *, has_commands: bool) -> Operation:
    said, pointer = given.said, given.pointer
    title = str(said.get(NAME.key) or said.get("operationId") or f"{given.method} {given.path}")
    name = _name(context, given, title)
    known = len(context.faults)
    alternatives: tuple[security.Schemes, ...] = ()
    with context.collect((*pointer, "security")):
        requirements = said.get("security", context.tree.get("security")) or []
        alternatives = security.alternatives(context, requirements, (*pointer, "security"))
    credentials = [one for one in context.credentials if any(one.scheme in names for names in alternatives)]
    made = security.signing(context.credentials, tuple(one.scheme for one in credentials))
    body, declared, taken, keyed = _arguments(context, given, (name, title), credentials, made)
    with context.collect((*pointer, "responses")):
        responses = Responses(context, given, naming.pascal(title))
        returned = results(context, given, responses)
    context.stop_after(known)
    operation = Operation(
        name=name,
        method=given.verb,
        path=_encoded(given.path),
        decode=returned.decode,
        answers=returned.answers,
        errors=Expression("ERRORS"),
        problems=problems(context, responses, naming.pascal(title)),
        parameters=taken,
        body=body.body,
        join=body.join,
        envelope=Expression(constant(said[ENVELOPE.key])) if ENVELOPE.key in said else None,
        accept=returned.accept,
        is_download=returned.is_download,
        security=alternatives,
        signed_place=_signed_place(made, declared, body, given),
        repeatable=repeatable(said.get(REPEAT.key) if keyed is None else None, given.method),
        weight=said.get(WEIGHT.key),
        rates=Expression("RATES"),
        extensions=_own_extensions(given, [one for one in credentials if one.own is not None]),
        encryption=_encryption(context, given, declared, taken),
        idempotency=keyed,
        operation_id=said.get("operationId"),
        own_server=own_server(context, given),
        constant=context.names.give(
            "constant", naming.constant(name), pointer, others=[naming.constant(f"{name}_operation")]
        ),
        command=_command(context, given, name) if has_commands else "",
        fields=fields(context, returned.type) if has_commands else None,
        result_type=returned.type,
        common_fields=common_fields(context, returned.type),
        summary=sentence(said.get("summary") or name),
        help=command_help(said) or name,
        docstring="",
    )
    check_own_server(context, given, operation)
    return _with_extensions(context, given, operation)


def _arguments(
    context: Context,
    given: DeclaredOperation,
    names: tuple[str, str],
    credentials: list[Credential],
    made: tuple[Field, ...],
) -> tuple[RequestBody, Declared, tuple[Parameter, ...], Idempotency | None]:
    """The body, what is declared of all arguments, those that are parameters, and how the key of a call is sent.

    `names` are the operation's: in Python, and as the document has it.
    """
    said, pointer, (name, title) = given.said, given.pointer, names
    context.names.reserve("argument name", naming.TAKEN_BY_A_CALL, "the call's own", pointer)
    if JOURNAL.key in said or IDEMPOTENCY.key in said:
        context.names.reserve("argument name", naming.TAKEN_BY_A_TAG, "the journal's", pointer)
    body, declared, keyed = RequestBody(), [], None
    with context.collect((*pointer, "requestBody")):
        body = request_body(context, given, naming.pascal(title))
    with context.collect((*pointer, "parameters")):
        own = declared_parameters(context, given)
        keyed = _idempotency(context, given, own, credentials)
        if keyed is not None:
            own = [(one, here) for one, here in own if not is_key(said[IDEMPOTENCY.key], one)]
        declared = sendable(context, own, credentials)
    declared += body.fields
    if made:
        context.signed.append(Signed(made, declared))
    taken = (*parameters(context, declared, made, given), *body.parameters)
    return body, declared, with_deprecated_arguments(context, taken, declared, name), keyed


def _name(context: Context, given: DeclaredOperation, title: str) -> str:
    said = given.said
    whose = Whose.SAID if NAME.key in said else Whose.OWN if "operationId" in said else Whose.PLACE
    others = [naming.method(f"{given.method} {given.path}")]
    return context.names.give(
        "method name", naming.method(title), given.pointer, whose=whose, spelled=title, others=others
    )


def _command(context: Context, given: DeclaredOperation, name: str) -> str:
    """What the operation is called at a terminal."""
    said = given.said.get(COMMAND.key)
    wanted = str(said or name.replace("_", "-").strip("-"))
    whose = Whose.OWN if said is None else Whose.SAID
    return context.names.give("command", wanted, given.pointer, whose=whose, others=[f"call-{wanted}"])


def _with_extensions(context: Context, given: DeclaredOperation, operation: Operation) -> Operation:
    """The operation with what is said of its result and its refusals."""
    said, pointer = given.said, given.pointer
    documented, field = partial(_find_code, context.errors), partial(operation.result_field, several=True)
    arguments = {parameter.wire_name: parameter.name for parameter in operation.parameters}
    properties = operation.body.properties if operation.body is not None else frozenset[str]()
    tells_once = any((operation.fields or {}).values())
    known = len(context.faults)
    with context.collect((*pointer, LOCKOUT.key)):
        guarded = lockout(said.get(LOCKOUT.key), (*pointer, LOCKOUT.key), documented, field)
        operation = replace(operation, lockout=guarded)
    with context.collect((*pointer, JOURNAL.key)):
        here = (*pointer, JOURNAL.key)
        kept = journalled(said.get(JOURNAL.key), here, arguments, properties, field, tells_once=tells_once)
        operation = replace(operation, journal=kept)
        if kept is not None and kept.expires is not None and kept.expires[0] == "result":
            times = context.hoister.times_of(operation.result_type)
            check_milliseconds(times, kept.expires[1], (*here, "expires"))
    with context.collect((*pointer, CONFIRM.key)):
        operation = replace(operation, question=_question(said, (*pointer, CONFIRM.key), operation))
    for code in said.get(RAISES.key, ()):
        with context.collect((*pointer, RAISES.key)):
            documented(code, (*pointer, RAISES.key))
    context.stop_after(known)
    return operation


def _question(said: dict[str, Any], pointer: Pointer, operation: Operation) -> str:
    named = {one.wire_name: one.name for one in operation.parameters if one.required and not one.secret}
    otherwise = operation.summary if said.get("summary") else f"Call {operation.command}"
    return question(said.get(CONFIRM.key), otherwise, named, pointer, repeatable=operation.repeatable)


def _find_code(errors: Errors, code: int | str, pointer: Pointer) -> Code:
    if code not in errors.codes:
        raise Fault(f"the code {code!r} is not in {ERRORS.key}", pointer)
    return errors.codes[code]


def _encryption(
    context: Context,
    given: DeclaredOperation,
    declared: Declared,
    parameters: tuple[Parameter, ...],
) -> Encryption | None:
    found = list(_encrypted(declared))
    if not found:
        return None
    if len(found) > 1:
        raise Fault("only one argument of an operation can be encrypted", found[1][2])
    wire_name, said, here = found[0]
    pointer = (*here, ENCRYPTION.key)
    said = {**said, "argument": _switch(context, said["argument"], wire_name, pointer, given.pointer)}
    parameter = next(item for item in parameters if item.wire_name == wire_name)
    if parameter.style is not None:
        raise Fault("only an argument that goes out as one plain text can be encrypted", pointer)
    return encryption(said, parameter.name, pointer)


def _switch(context: Context, wanted: str, encrypted: str, pointer: Pointer, scope: Pointer) -> str:
    """The argument that asks for encryption."""
    return context.names.give(
        "argument name", naming.argument(wanted), pointer, scope=scope, others=[naming.argument(f"encrypt_{encrypted}")]
    )


def _encrypted(declared: Declared) -> Iterator[tuple[str, dict[str, Any], Pointer]]:
    for declaration, here in declared:
        schema = declaration.get("schema")
        said = declaration.get(ENCRYPTION.key) or (schema.get(ENCRYPTION.key) if isinstance(schema, dict) else None)
        if said is not None:
            yield declaration["name"], said, here


def _idempotency(
    context: Context, given: DeclaredOperation, declared: Declared, credentials: list[Credential]
) -> Idempotency | None:
    """How keys are sent, in a header that nobody else writes."""
    pointer = (*given.pointer, IDEMPOTENCY.key)
    resolved = [({**one, "schema": flat(context.tree, one.get("schema"))}, here) for one, here in declared]
    keyed = idempotency(given.said.get(IDEMPOTENCY.key), given.said.get(REPEAT.key), resolved)
    if keyed is not None:
        check_name(keyed.header, "header", pointer)
        check_free(keyed.header, credentials, pointer)
    return keyed


def _encoded(path: str) -> str:
    """The path as it goes out, its braces kept: nothing between us and the server may want to rewrite it."""
    parts = re.split(r"(\{[^{}]*\})", path)
    return "".join(part if part.startswith("{") else quote(part, safe="/%:@!$&'()*+,;=-._~") for part in parts)


def _own_extensions(given: DeclaredOperation, hooks: list[Credential]) -> dict[str, Any] | None:
    """What the document says of an operation for a team's own hooks; `None` if there is none of either."""
    found = {key: value for key, value in given.said.items() if key.startswith("x-") and not key.startswith("x-sdk-")}
    return found if hooks and found else None


def _signed_place(made: tuple[Field, ...], declared: Declared, body: RequestBody, given: DeclaredOperation) -> str:
    """Where the hook's parameters go: where they are declared, else into the form, else into the query."""
    fixed = next((field.name for field in made if field.place == "form"), None)
    if fixed is not None and (body.body or body.join or given.method in ("get", "head")):
        raise Fault(f"signing puts {fixed!r} into the form, and the operation cannot have one", given.pointer)
    for declaration, _ in declared:
        for field in made:
            if declaration["in"] in ("query", "form") and field == Field("parameter", declaration["name"]):
                return str(declaration["in"])
    return "form" if (body.fields and not body.join) or fixed is not None else "query"
