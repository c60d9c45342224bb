"""Lower: the checked document into the IR. Every name, type and default is decided here."""

from dataclasses import replace
from functools import partial
from typing import Any

from codegen import naming
from codegen.errors import Fault, InputError, bounded
from codegen.extensions.clock import CLOCK, clock
from codegen.extensions.envelope import ENVELOPES, Envelope, constant
from codegen.extensions.errors import ERRORS, Code, Errors, errors
from codegen.extensions.rates import RATES, rates
from codegen.extensions.reconcile import RECONCILE, Reconciling, reconciling
from codegen.extensions.times import check_milliseconds
from codegen.facts import Expression
from codegen.ir.api import Api
from codegen.ir.operation import Operation
from codegen.lower import security
from codegen.lower.client import base_arguments, client_options
from codegen.lower.completion import needs_completion
from codegen.lower.context import Context
from codegen.lower.docstrings import api_docstring, environment_help, error_docstring, from_env_docstring
from codegen.lower.names import Names, Settled, Whose
from codegen.lower.operations import find_operation, operations
from codegen.lower.schemas import Hoister
from codegen.lower.servers import servers
from codegen.lower.signed import check_signed
from codegen.read.load import Document
from codegen.settings import Settings
from codegen.text import one_line

_ROUNDS = 9
"""How often names may be given anew; each round settles those that are made of the names of the one before."""


def lower(document: Document, settings: Settings, faults: list[Fault] | None = None) -> Api:
    """Decide everything.

    Args:
        document: What is checked already.
        settings: What else decides.
        faults: Gets what cannot be generated, operation by operation; left out, the first is raised.

    Raises:
        InputError: Something in the document cannot be generated, or two names clash.
    """
    settled: Settled | None = None
    try:
        with bounded(document.path):
            for _ in range(_ROUNDS):
                names = Names(settled)
                found: list[Fault] = []
                api = _api(document.tree, settings, names, found)
                if found and faults is None:
                    raise found[0]
                settled = names.settled()
                if settled is None:
                    break
    except Fault as fault:
        raise InputError(fault.message, document.place(fault.pointer)) from fault
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        message = f"cannot be read ({type(error).__name__}: {error}); mend what is warned of first"
        raise InputError(message, document.path) from error
    if faults is not None:
        faults += found
    return replace(api, warnings=(*api.warnings, *names.notices()))


def _api(tree: dict[str, Any], settings: Settings, names: Names, faults: list[Fault]) -> Api:
    names.reserve("command", naming.TAKEN_BY_THE_TERMINAL, "the terminal's own")
    context = Context(
        tree=tree,
        names=names,
        hoister=Hoister(
            tree,
            f"{settings.package}._runtime.{settings.model_module}.Secret",
            names,
            naming.TAKEN_BY_FIELDS[settings.models],
        ),
        credentials=security.credentials(tree, settings, names),
        environment=settings.environment,
        errors=_named_errors(errors(tree.get(ERRORS.key)), settings, names),
        envelopes={name: Envelope(**said) for name, said in tree.get(ENVELOPES.key, {}).items()},
        unserved=security.unserved(tree, settings),
    )
    security.warn_of_unserved(context)
    classes = _error_classes(context.errors)
    context = replace(context, faults=faults)
    for name in context.envelopes:
        names.give("constant", constant(name), (ENVELOPES.key, name), whose=Whose.SAID)
    every = operations(context)
    if not faults:
        check_signed(context, every)
    find = partial(find_operation, every)
    time: tuple[Expression, str] | None = None
    reconciled: Reconciling | None = None
    if not faults:  # of operations that cannot be generated nothing can be told
        with context.collect((CLOCK.key,)):
            time = clock(tree.get(CLOCK.key), find)
            if time is not None:
                asked = find(tree[CLOCK.key]["operation"], (CLOCK.key, "operation"))
                check_milliseconds(context.hoister.times_of(asked.result_type), time[1], (CLOCK.key, "result"))
        with context.collect((RECONCILE.key,)):
            reconciled = reconciling(tree.get(RECONCILE.key), find)
    journalled = any(operation.journal for operation in every)
    known = servers(context, every)
    options = client_options(context.credentials, settings.environment, known, journalled, tells_time=bool(time))
    info = tree.get("info", {})
    return Api(
        title=one_line(info.get("title")) or settings.package,
        client_docstring=api_docstring(info, tree.get("externalDocs"), options),
        from_env_docstring=from_env_docstring(context.credentials, settings.environment, journalled=journalled),
        version=str(info.get("version", "")),
        servers=known.addresses,
        credentials=context.credentials,
        takes_tokens=any(one.call.startswith("Bearer(") for one in context.credentials),
        token_url=security.token_url(tree, settings),
        takes_signer=any(given.type.startswith("Signer") for one in context.credentials for given in one.arguments),
        own_hooks=tuple(dict.fromkeys(one.own for one in context.credentials if one.own is not None)),
        environment=environment_help(context.credentials, settings.environment),
        client_options=options,
        base_arguments=base_arguments(context.credentials, settings, journalled, time, known.path),
        envelopes={constant(name): envelope for name, envelope in context.envelopes.items()},
        errors=_with_reader(context.errors, every),
        error_classes=classes,
        rates=rates(tree.get(RATES.key)),
        tells_time=bool(time),
        reconciling=reconciled,
        operations=every,
        schemas=context.hoister.schemas,
        needs_completion=needs_completion(context.hoister.schemas)
        or (context.hoister.takes_null and any(operation.body for operation in every)),
        field_names=context.hoister.field_names,
        times=context.hoister.times,
        warnings=tuple(dict.fromkeys((*context.warnings, *context.hoister.warnings))),
    )


def _with_reader(errors: Errors, every: tuple[Operation, ...]) -> Errors:
    """With what reads a body as a type, where one is known."""
    return replace(errors, read=Expression("decoder")) if any(operation.problems for operation in every) else errors


def _named_errors(errors: Errors, settings: Settings, names: Names) -> Errors:
    """The codes, each with the class that it has in the package: a name stands for one class, however often it is."""
    names.reserve("error's class name", naming.BUILTINS, "Python's own")
    names.reserve(
        "error's class name",
        {*naming.TAKEN_BY_ERRORS, settings.error, settings.client, settings.async_client},
        "the package's own",
    )
    classes = {"ApiError": "ApiError"}
    for index, code in enumerate(errors.codes.values()):
        if code.class_name not in classes:
            pointer, others = (ERRORS.key, "codes", index, "name"), [f"Api{code.class_name}"]
            classes[code.class_name] = names.give(
                "error's class name", code.class_name, pointer, whose=Whose.SAID, others=others
            )
    return replace(errors, codes={key: code.renamed(classes[code.class_name]) for key, code in errors.codes.items()})


def _error_classes(errors: Errors) -> dict[str, str]:
    """Name → docstring of each class that a code names."""
    found: dict[str, list[Code]] = {}
    for code in errors.codes.values():
        found.setdefault(code.class_name, []).append(code)
    return {name: error_docstring(codes) for name, codes in found.items() if name != "ApiError"}
