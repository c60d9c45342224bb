"""Lower: the checked document into the IR. Every name, type and default is decided here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from codegen import naming
from codegen.errors import Fault, InputError, Pointer, pointer_text
from codegen.extensions import (
    CLOCK,
    COMMAND,
    ENCRYPTION,
    ENVELOPE,
    ENVELOPES,
    ERRORS,
    JOURNAL,
    LOCKOUT,
    NAME,
    RAISES,
    RATES,
    RECONCILE,
    REPEAT,
    WEIGHT,
)
from codegen.ir import (
    Api,
    Body,
    Clock,
    Credential,
    Encryption,
    Envelope,
    ErrorClass,
    ErrorCode,
    Errors,
    Operation,
    Parameter,
    Rates,
    Reconciliation,
)
from codegen.lower import security
from codegen.lower.annotations import annotation
from codegen.lower.arguments import value_of
from codegen.lower.descriptions import described_line
from codegen.lower.docstrings import (
    api_docstring,
    argument_help,
    command_help,
    error_docstring,
    from_env_docstring,
    operation_docstring,
)
from codegen.lower.schemas import Hoister
from codegen.read.load import Document
from codegen.read.references import METHODS, resolve
from codegen.settings import Settings
from codegen.text import one_line, plain, sentence

_SAFE_METHODS = ("get", "head", "options")
_FORM = "application/x-www-form-urlencoded"
_PLACES = ("path", "query", "header", "cookie")
_IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})
"""OpenAPI: a header parameter of this name says nothing; others decide these headers."""


def lower(document: Document, settings: Settings) -> Api:
    """Decide everything.

    Raises:
        InputError: Something in the document cannot be generated, or two names clash.
    """
    try:
        return _Lowering(document.tree, settings).api()
    except Fault as fault:
        raise InputError(fault.message, document.place(fault.pointer)) from fault


class _Lowering:
    def __init__(self, tree: dict[str, Any], settings: Settings) -> None:
        self.tree = tree
        self.settings = settings
        self.hoister = Hoister(tree, f"{settings.package}._runtime.{settings.model_module}.Secret")
        self.schemes = {
            name: resolve(tree, scheme)
            for name, scheme in tree.get("components", {}).get("securitySchemes", {}).items()
            if name in self._used_schemes()
        }
        self.credentials: tuple[Credential, ...] = security.credentials(self.schemes, settings)
        self.errors = _errors(tree, settings)
        self.envelopes = {name: _envelope(name, said) for name, said in tree.get(ENVELOPES, {}).items()}
        self.constants: dict[str, Pointer] = {}
        self.has_commands = any(JOURNAL in operation for _, _, _, operation, _ in _walk(tree))
        self.commands: dict[str, Pointer] = {}
        for name, envelope in self.envelopes.items():
            self._claim_constant(envelope.constant, (ENVELOPES, name))
        self.warnings: list[str] = []
        self.encryptions: dict[str, Pointer] = {}
        self.wrong_results: dict[str, dict[str, Pointer]] = {}
        self.noted: dict[str, dict[str, Pointer]] = {}

    def api(self) -> Api:
        info = self.tree.get("info", {})
        operations = tuple(self._operations())
        clock = self._clock(operations)
        self._check_references(operations)
        journalled = any(operation.journal is not None for operation in operations)
        return Api(
            title=one_line(info.get("title")) or self.settings.package,
            client_docstring=api_docstring(
                info,
                self.tree.get("externalDocs"),
                self.credentials,
                tells_time=bool(clock),
                journalled=journalled,
            ),
            from_env_docstring=from_env_docstring(self.credentials, self.settings.environment, journalled=journalled),
            version=str(info.get("version", "")),
            servers=_servers(self.tree.get("servers", ())),
            credentials=self.credentials,
            envelopes=tuple(self.envelopes.values()),
            errors=self.errors,
            rates=_rates(self.tree.get(RATES)),
            clock=clock,
            reconciliation=self._reconciliation(operations),
            operations=operations,
            schemas=self.hoister.schemas,
            warnings=(*self.warnings, *self.hoister.warnings),
        )

    def _clock(self, operations: tuple[Operation, ...]) -> Clock | None:
        said = self.tree.get(CLOCK)
        if said is None:
            return None
        found = self._named(said["operation"], operations, (CLOCK, "operation"))
        if found.security or any(argument.required for argument in found.arguments):
            raise Fault(
                "the operation that tells the time must need no credential and no argument", (CLOCK, "operation")
            )
        self._refuse_unknown_field(found, said["result"], (CLOCK, "result"))
        return Clock(constant=found.constant, field=naming.snake(said["result"]))

    def _reconciliation(self, operations: tuple[Operation, ...]) -> Reconciliation | None:
        said = self.tree.get(RECONCILE)
        if said is None:
            return None
        found = self._named(said["operation"], operations, (RECONCILE, "operation"))
        argument = next((item.name for item in found.parameters if item.wire_name == said["reference"]), None)
        if argument is None or any(item.required and item.name != argument for item in found.arguments):
            raise Fault(
                f"the operation that checks must need the parameter {said['reference']!r} and no other",
                (RECONCILE, "reference"),
            )
        if not found.repeatable:
            raise Fault("the operation that checks must be safe to repeat", (RECONCILE, "operation"))
        for name in said["live"]:
            self._refuse_unknown_field(found, name, (RECONCILE, "live", name))
        month = said.get("month", {})
        return Reconciliation(
            check=found.constant,
            facts={
                "argument": argument,
                "live": {naming.snake(name): value for name, value in said["live"].items()},
                "count": month.get("count"),
                "amount": month.get("amount"),
                "token": month.get("token"),
            },
        )

    def _refuse_unknown_field(self, operation: Operation, name: str, pointer: Pointer) -> None:
        """A property that the result of an operation must have."""
        schema = self.hoister.schemas.get(operation.result_type.removeprefix("models."), {})
        if name not in schema.get("properties", {}):
            raise Fault(f"the result of {operation.name} has no property {name!r}", pointer)

    def _check_references(self, operations: tuple[Operation, ...]) -> None:
        for operation in operations:
            for fields in (self.wrong_results, self.noted):
                for name, pointer in fields.get(operation.name, {}).items():
                    self._refuse_unknown_field(operation, name, pointer)
            if operation.encryption is not None:
                pointer = self.encryptions[operation.name]
                found = next((other for other in operations if other.constant == operation.encryption.key), None)
                if found is None or found.result_type != "str":
                    raise Fault(
                        "the operation that gives the key must be one of the document's whose result is text", pointer
                    )
                if any(argument.required for argument in found.arguments):
                    raise Fault("the operation that gives the key must need no argument", pointer)

    def _named(self, name: str, operations: tuple[Operation, ...], pointer: Pointer) -> Operation:
        """The operation of that operationId."""
        for operation in operations:
            if operation.name == naming.method(name):
                return operation
        raise Fault(f"there is no operation {name!r}", pointer)

    def _used_schemes(self) -> set[str]:
        every = [self.tree.get("security"), *(operation.get("security") for _, _, _, operation, _ in _walk(self.tree))]
        return {name for requirements in every for requirement in requirements or () for name in requirement}

    def _operations(self) -> Iterator[Operation]:
        homes: dict[str, Pointer] = {}
        for path, method, item, operation, pointer in _walk(self.tree):
            lowered = self._operation(path, method, item, operation, pointer)
            home = homes.setdefault(lowered.name, pointer)
            if home != pointer:
                raise Fault(
                    f"the method name {lowered.name} is taken by {pointer_text(home)}; "
                    f"give one of them another with {NAME}",
                    pointer,
                )
            self._claim_constant(lowered.constant, pointer)
            if self.has_commands:
                self._claim_command(lowered.command, pointer)
            yield lowered

    def _claim_command(self, command: str, pointer: Pointer) -> None:
        if command in naming.TAKEN_BY_THE_TERMINAL:
            raise Fault(f"the command {command} is taken by the terminal's own; give another with {COMMAND}", pointer)
        home = self.commands.setdefault(command, pointer)
        if home != pointer:
            raise Fault(
                f"the command {command} is taken by {pointer_text(home)}; give one of them another with {COMMAND}",
                pointer,
            )

    def _claim_constant(self, constant: str, pointer: Pointer) -> None:
        home = self.constants.setdefault(constant, pointer)
        if home != pointer:
            raise Fault(f"the constant {constant} is taken by {pointer_text(home)}; rename one of them", pointer)

    def _operation(
        self, path: str, method: str, item: dict[str, Any], operation: dict[str, Any], pointer: Pointer
    ) -> Operation:
        said = str(operation.get(NAME) or operation.get("operationId") or f"{method} {path}")
        name = naming.method(said)
        if "servers" in operation or "servers" in item:
            self.warnings.append(
                f"{pointer_text(pointer)}: the operation's own servers are not used; the client's base_url is"
            )
        alternatives = self._security(operation)
        made = security.signing(self.credentials, tuple(scheme for names in alternatives for scheme in names))
        declared = list(self._declared(item, operation, pointer))
        body, form = self._body(operation, naming.pascal(said), pointer)
        parameters = self._parameters([*declared, *form], set(made.values()), body, pointer)
        result, envelope, accept = self._result(operation, naming.pascal(said), pointer)
        raises = [self._error_code(code, (*pointer, RAISES)) for code in operation.get(RAISES, ())]
        encryption = self._encryption(name, [*declared, *form], parameters)
        journal = self._journal(name, operation.get(JOURNAL), parameters, result, (*pointer, JOURNAL))
        self._refuse_taken_by_a_tag(parameters, journal is not None, pointer)
        repeatable = operation.get(REPEAT, "safe" if method in _SAFE_METHODS else "never") == "safe"
        return Operation(
            name=name,
            constant=naming.constant(name),
            method=method.upper(),
            path=_encoded(path),
            parameters=parameters,
            body=body,
            result_type=result,
            decode=_decode(result, accept),
            envelope=envelope.constant if envelope else None,
            accept=accept,
            security=alternatives,
            signed_place=_signed_place(made, [*declared, *form], bool(form)),
            repeatable=repeatable,
            weight=operation.get(WEIGHT, {}),
            lockout=self._lockout(name, operation.get(LOCKOUT), (*pointer, LOCKOUT)),
            encryption=encryption,
            journal=journal,
            fields=self._fields(result),
            command=str(operation.get(COMMAND, name.replace("_", "-").strip("-"))),
            summary=sentence(operation.get("summary")) or name,
            help=command_help(operation) or name,
            docstring=operation_docstring(
                operation,
                parameters,
                body,
                encryption,
                result,
                raises,
                repeatable=repeatable,
                journalled=journal is not None,
            ),
        )

    def _journal(
        self, name: str, said: dict[str, Any] | None, parameters: tuple[Parameter, ...], result: str, pointer: Pointer
    ) -> dict[str, Any] | None:
        """Each thing that is noted, with where it stands: an argument, or else a property of the result."""
        if said is None:
            return None
        arguments = {parameter.wire_name: parameter.name for parameter in parameters}
        noted: dict[str, Any] = {"effect": said.get("effect", "other")}
        for what in ("reference", "token", "amount", "expires"):
            wire_name = said.get(what)
            if wire_name in arguments:
                noted[what] = ("argument", arguments[wire_name])
            elif wire_name is not None:
                self.noted.setdefault(name, {})[wire_name] = (*pointer, what)
                noted[what] = ("result", naming.snake(wire_name))
        noted["tells_once"] = any(self._fields(result).values())
        return noted

    def _fields(self, result: str) -> dict[str, bool]:
        """The fields of a result, or of each of its items, and whether each is secret."""
        found = re.search(r"models\.(\w+)", result)
        schema = self.hoister.schemas.get(found[1], {}) if found else {}
        return {
            naming.snake(name): isinstance(given, dict) and given.get("customTypePath") == self.hoister.secret_type
            for name, given in schema.get("properties", {}).items()
        }

    def _refuse_taken_by_a_tag(self, parameters: tuple[Parameter, ...], journalled: bool, pointer: Pointer) -> None:
        for parameter in parameters if journalled else ():
            if parameter.name in naming.TAKEN_BY_A_TAG:
                raise Fault(
                    f"the argument name {parameter.name} is taken by the journal's; give it another with {NAME}",
                    pointer,
                )

    def _lockout(self, operation: str, said: dict[str, Any] | None, pointer: Pointer) -> dict[str, Any] | None:
        if said is None:
            return None
        for index, code in enumerate(said.get("wrong", ())):
            self._error_code(code, (*pointer, "wrong", index))
        if "locked" in said:
            self._error_code(said["locked"], (*pointer, "locked"))
        lockout = {**said, "wrong": tuple(said.get("wrong", ()))}
        if "result" in said:
            self.wrong_results[operation] = {name: (*pointer, "result", name) for name in said["result"]}
            lockout["result"] = {naming.snake(name): value for name, value in said["result"].items()}
        return lockout

    def _encryption(
        self, operation: str, declared: list[tuple[dict[str, Any], Pointer]], parameters: tuple[Parameter, ...]
    ) -> Encryption | None:
        found = None
        for declaration, here in declared:
            schema = declaration.get("schema")
            said = declaration.get(ENCRYPTION) or (schema.get(ENCRYPTION) if isinstance(schema, dict) else None)
            if said is None:
                continue
            if found is not None:
                raise Fault("only one argument of an operation can be encrypted", here)
            argument = said["argument"]
            if argument in naming.TAKEN_BY_A_CALL or any(argument == parameter.name for parameter in parameters):
                raise Fault(f"the argument name {argument} is taken; give the switch another", (*here, ENCRYPTION))
            name = next(item.name for item in parameters if item.wire_name == declaration["name"])
            key = naming.constant(naming.method(said["key"]))
            found = Encryption(argument=argument, parameter=name, key=key)
            self.encryptions[operation] = (*here, ENCRYPTION)
        return found

    def _security(self, operation: dict[str, Any]) -> tuple[tuple[str, ...], ...]:
        requirements = operation.get("security", self.tree.get("security")) or []
        return tuple(
            dict.fromkeys(security.requirement(tuple(requirement), self.credentials) for requirement in requirements)
        )

    def _declared(
        self, item: dict[str, Any], operation: dict[str, Any], pointer: Pointer
    ) -> Iterator[tuple[dict[str, Any], Pointer]]:
        """The parameters of the path and of the operation; the operation's override the path's."""
        chosen: dict[tuple[str, str], tuple[dict[str, Any], Pointer]] = {}
        for owner, home in ((item, pointer[:-1]), (operation, pointer)):
            for index, given in enumerate(owner.get("parameters", ())):
                parameter, here = resolve(self.tree, given), (*home, "parameters", index)
                if not isinstance(parameter, dict) or parameter.get("in") not in _PLACES or not parameter.get("name"):
                    raise Fault(f"a parameter needs a name and an 'in' of {', '.join(_PLACES)}", here)
                key = (str(parameter["in"]), str(parameter["name"]))
                if key in chosen and owner is operation and chosen[key][1][:-1] == here[:-1]:
                    raise Fault(f"the {key[0]} parameter {key[1]!r} is declared twice", here)
                chosen[key] = (parameter, here)
        for (place, name), (parameter, here) in chosen.items():
            if not (place == "header" and name.lower() in _IGNORED_HEADERS):
                yield parameter, here

    def _parameters(
        self, declared: list[tuple[dict[str, Any], Pointer]], made: set[str], body: Body | None, pointer: Pointer
    ) -> tuple[Parameter, ...]:
        lowered: list[Parameter] = []
        homes: dict[str, Pointer] = {body.name: (*pointer, "requestBody")} if body else {}
        for declaration, here in declared:
            if declaration["name"] in made and declaration["in"] in ("query", "form"):
                continue
            parameter = self._parameter(declaration, here)
            if parameter.name in homes:
                raise Fault(
                    f"the argument name {parameter.name} is taken by {pointer_text(homes[parameter.name])}; "
                    f"give one of them another with {NAME}",
                    here,
                )
            homes[parameter.name] = here
            lowered.append(parameter)
        return tuple(lowered)

    def _parameter(self, declaration: dict[str, Any], pointer: Pointer) -> Parameter:
        schema = declaration.get("schema")
        if schema is None:
            schema = next((media.get("schema", {}) for media in declaration.get("content", {}).values()), {})
        value = value_of(self.tree, schema, declaration, declaration["in"], (*pointer, "schema"))
        required = declaration["in"] == "path" or bool(declaration.get("required"))
        meaning = described_line(declaration, resolve(self.tree, schema) if isinstance(schema, dict) else {})
        return Parameter(
            wire_name=declaration["name"],
            name=naming.argument(str(declaration.get(NAME) or declaration["name"])),
            type=value.type if required else f"{value.type} | None",
            required=required,
            place=declaration["in"],
            writer=value.writer,
            style=value.style,
            secret=value.secret,
            limits=value.limits,
            meaning=meaning,
            help=argument_help(meaning, secret=value.secret),
        )

    def _body(
        self, operation: dict[str, Any], title: str, pointer: Pointer
    ) -> tuple[Body | None, list[tuple[dict[str, Any], Pointer]]]:
        """The body as one argument, or as the parameters of its form."""
        body = resolve(self.tree, operation.get("requestBody"))
        content = body.get("content", {}) if isinstance(body, dict) else {}
        if not content:
            return None, []
        here: Pointer = (*pointer, "requestBody", "content")
        json_type = next(filter(_is_json, content), None)
        media_type = json_type or (_FORM if _FORM in content else next(iter(content)))
        schema = content[media_type].get("schema", {})
        if media_type == _FORM:
            return None, list(self._form(content[media_type], (*here, media_type, "schema")))
        if json_type:
            type_text, writer = (
                annotation(self.hoister.lower(schema, f"{title}Body", (*here, media_type, "schema"))),
                "encode",
            )
        else:
            type_text, writer = "bytes", "wire.raw"
        required = bool(body.get("required"))
        return Body(
            name="body",
            type=type_text if required else f"{type_text} | None",
            required=required,
            media_type=media_type,
            writer=writer,
            meaning=described_line(body, resolve(self.tree, schema) if isinstance(schema, dict) else {}),
        ), []

    def _form(self, media: dict[str, Any], pointer: Pointer) -> Iterator[tuple[dict[str, Any], Pointer]]:
        schema = resolve(self.tree, media.get("schema", {}))
        encoding = media.get("encoding", {})
        if not isinstance(schema, dict):
            return
        for name, given in schema.get("properties", {}).items():
            declaration = {"name": name, "in": "form", "required": name in schema.get("required", ()), "schema": given}
            if isinstance(given, dict) and NAME in given:
                declaration[NAME] = given[NAME]
            yield {**encoding.get(name, {}), **declaration}, (*pointer, "properties", name)

    def _result(self, operation: dict[str, Any], title: str, pointer: Pointer) -> tuple[str, Envelope | None, str]:
        """What the method returns, the envelope around it, and the media type to ask for."""
        envelope = self._envelope(operation, pointer)
        for status, given in sorted(_successes(operation)):
            response = resolve(self.tree, given)
            content = response.get("content", {}) if isinstance(response, dict) else {}
            media_type = next(filter(_is_json, content), None)
            here: Pointer = (*pointer, "responses", status, "content", media_type or "")
            if media_type is not None:
                return self._json_result(
                    content[media_type].get("schema", {}), envelope, title, (*here, "schema"), media_type
                )
            if content:
                other = str(next(iter(content)))
                return ("str" if other.startswith("text/") else "bytes"), None, other
        if envelope:
            raise Fault(f"{ENVELOPE} is given, and no success answer has JSON content", (*pointer, "responses"))
        return ("None" if any(_successes(operation)) else "Any"), None, "application/json"

    def _json_result(
        self, schema: Any, envelope: Envelope | None, title: str, pointer: Pointer, media_type: str
    ) -> tuple[str, Envelope | None, str]:
        accept = "application/json" if "*" in media_type else media_type
        if envelope is None:
            return annotation(self.hoister.lower(schema, f"{title}Response", pointer)), None, accept
        outer = resolve(self.tree, schema)
        properties = outer.get("properties", {}) if isinstance(outer, dict) else {}
        if envelope.result not in properties:
            raise Fault(f"the envelope's result {envelope.result!r} is not a property of this schema", pointer)
        inner = properties[envelope.result]
        here = (*pointer, "properties", envelope.result)
        return annotation(self.hoister.lower(inner, f"{title}Result", here)), envelope, accept

    def _envelope(self, operation: dict[str, Any], pointer: Pointer) -> Envelope | None:
        name = operation.get(ENVELOPE)
        if name is not None and name not in self.envelopes:
            raise Fault(f"there is no envelope {name!r} in {ENVELOPES}", (*pointer, ENVELOPE))
        return self.envelopes[name] if name is not None else None

    def _error_code(self, code: int | str, pointer: Pointer) -> ErrorCode:
        for documented in self.errors.codes:
            if documented.code == code:
                return documented
        raise Fault(f"the code {code!r} is not in {ERRORS}", pointer)


def _walk(tree: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any], dict[str, Any], Pointer]]:
    """Path, method, path item, operation and pointer of each operation, in the document's order."""
    for path, given in (tree.get("paths") or {}).items():
        item = resolve(tree, given)
        if path.startswith("/") and isinstance(item, dict):
            for method in item:
                if method in METHODS:
                    yield path, method, item, item[method], ("paths", path, method)


def _successes(operation: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [
        (status, given) for status, given in operation.get("responses", {}).items() if re.match(r"2(\d\d|XX)$", status)
    ]


def _is_json(media_type: str) -> bool:
    kind = media_type.split(";")[0].strip().lower()
    return kind in ("application/json", "*/*", "text/json") or kind.endswith("+json")


def _decode(result: str, accept: str) -> str:
    """The expression that reads the result: JSON, or the body as it is."""
    if result == "None":
        return "wire.nothing"
    return f"decoder({result})" if _is_json(accept) else {"str": "wire.utf8", "bytes": "bytes"}[result]


def _encoded(path: str) -> str:
    """The path as it goes out, its braces kept: nothing between us and the server may want to rewrite it."""
    parts = re.split(r"(\{[^{}]*\})", path)
    return "".join(part if part.startswith("{") else quote(part, safe="/%:@!$&'()*+,;=-._~") for part in parts)


def _servers(servers: Any) -> tuple[str, ...]:
    """The absolute URLs of the servers, their variables at their defaults."""
    urls = []
    for server in servers:
        url = server.get("url", "")
        for name, variable in server.get("variables", {}).items():
            url = url.replace(f"{{{name}}}", str(variable.get("default", "")))
        urls.append(url.rstrip("/"))
    return tuple(url for url in urls if re.match(r"https?://[^/]", url))


def _signed_place(made: Mapping[str, str], declared: list[tuple[dict[str, Any], Pointer]], has_form: bool) -> str:
    """Where the hook's parameters go: where they are declared, else into the form, else into the query."""
    for declaration, _ in declared:
        if declaration["name"] in made.values() and declaration["in"] in ("query", "form"):
            return str(declaration["in"])
    return "form" if has_form else "query"


def _envelope(name: str, said: Mapping[str, Any]) -> Envelope:
    return Envelope(
        constant=naming.constant(naming.snake(name)) + "_ENVELOPE", result=said["result"], success=said["success"]
    )


def _errors(tree: Mapping[str, Any], settings: Settings) -> Errors:
    said = tree.get(ERRORS)
    if said is None:
        return Errors()
    codes = tuple(
        ErrorCode(
            code=entry["code"],
            class_name=entry.get("name", "ApiError"),
            meaning=plain(entry["meaning"]),
            outcome=entry.get("outcome", "refused"),
            cure=entry.get("cure"),
            halts=entry.get("halts", False),
        )
        for entry in said["codes"]
    )
    _refuse_repeated(codes)
    names = [code.class_name for code in codes if code.class_name != "ApiError"]
    _refuse_taken(names, settings)
    return Errors(
        code=said["code"],
        message=tuple(said["message"]),
        classes=tuple(
            ErrorClass(name=name, docstring=error_docstring([code for code in codes if code.class_name == name]))
            for name in dict.fromkeys(names)
        ),
        codes=codes,
    )


def _rates(said: Mapping[str, Any] | None) -> Rates | None:
    if said is None:
        return None
    holds = {hold["status"]: {key: hold[key] for key in hold if key != "status"} for hold in said.get("holds", ())}
    return Rates(limits=tuple(said.get("limits", ())), holds=holds)


def _refuse_repeated(codes: tuple[ErrorCode, ...]) -> None:
    for index, code in enumerate(codes):
        if any(code.code == other.code for other in codes[:index]):
            raise Fault(f"the code {code.code!r} stands twice", (ERRORS, "codes", index))


def _refuse_taken(names: list[str], settings: Settings) -> None:
    taken = {*naming.TAKEN_BY_ERRORS, settings.error, settings.client}
    for name in names:
        if name in taken or naming.is_builtin(name):
            raise Fault(f"the class name {name} is taken; choose another", (ERRORS,))
