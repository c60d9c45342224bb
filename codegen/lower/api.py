"""Lower: the checked document into the IR. Every name, type and default is decided here."""

import re
from dataclasses import replace
from functools import partial
from typing import Any

from codegen import naming
from codegen.errors import Fault, InputError, bounded
from codegen.extensions.clock import CLOCK, clock
from codegen.extensions.envelope import ENVELOPES, Envelope, constant
from codegen.extensions.errors import ERRORS, Code, Errors, errors
from codegen.extensions.rates import RATES, rates
from codegen.extensions.reconcile import RECONCILE, reconciling
from codegen.facts import Expression
from codegen.ir.api import Api
from codegen.ir.operation import Operation
from codegen.lower import security
from codegen.lower.client import base_arguments, client_options
from codegen.lower.completion import needs_completion
from codegen.lower.context import Context
from codegen.lower.docstrings import api_docstring, error_docstring, from_env_docstring
from codegen.lower.names import Names
from codegen.lower.operations import find_operation, operations
from codegen.lower.schemas import Hoister
from codegen.read.load import Document
from codegen.read.operations import addresses
from codegen.settings import Settings
from codegen.text import one_line


def lower(document: Document, settings: Settings) -> Api:
    """Decide everything.

    Raises:
        InputError: Something in the document cannot be generated, or two names clash.
    """
    try:
        with bounded(document.path):
            return _api(document.tree, settings)
    except Fault as fault:
        raise InputError(fault.message, document.place(fault.pointer)) from fault


def _api(tree: dict[str, Any], settings: Settings) -> Api:
    names = Names()
    names.reserve("command", naming.TAKEN_BY_THE_TERMINAL, "the terminal's own")
    context = Context(
        tree=tree,
        names=names,
        hoister=Hoister(tree, f"{settings.package}._runtime.{settings.model_module}.Secret", names),
        credentials=security.credentials(tree, settings, names),
        errors=errors(tree.get(ERRORS.key)),
        envelopes={name: Envelope(**said) for name, said in tree.get(ENVELOPES.key, {}).items()},
    )
    classes = _error_classes(context.errors, settings, names)
    for name in context.envelopes:
        names.claim("constant", constant(name), (ENVELOPES.key, name))
    every = operations(context)
    find = partial(find_operation, every)
    time = clock(tree.get(CLOCK.key), find)
    journalled = any(operation.journal for operation in every)
    servers = tuple(url for url in addresses(tree.get("servers")) if re.match(r"https?://[^/]", url))
    options = client_options(context.credentials, settings.environment, servers, journalled, tells_time=bool(time))
    info = tree.get("info", {})
    return Api(
        title=one_line(info.get("title")) or settings.package,
        client_docstring=api_docstring(info, tree.get("externalDocs"), options),
        from_env_docstring=from_env_docstring(context.credentials, settings.environment, journalled=journalled),
        version=str(info.get("version", "")),
        servers=servers,
        client_options=options,
        base_arguments=base_arguments(context.credentials, settings, journalled, time),
        envelopes={constant(name): envelope for name, envelope in context.envelopes.items()},
        errors=_with_reader(context.errors, every),
        error_classes=classes,
        rates=rates(tree.get(RATES.key)),
        tells_time=bool(time),
        reconciling=reconciling(tree.get(RECONCILE.key), find),
        operations=every,
        schemas=context.hoister.schemas,
        needs_completion=needs_completion(context.hoister.schemas),
        warnings=(*context.warnings, *context.hoister.warnings),
    )


def _with_reader(errors: Errors, every: tuple[Operation, ...]) -> Errors:
    """With what reads a body as a type, where one is known."""
    return replace(errors, read=Expression("decoder")) if any(operation.problems for operation in every) else errors


def _error_classes(errors: Errors, settings: Settings, names: Names) -> dict[str, str]:
    """Name → docstring of each class that a code names."""
    names.reserve("error's class name", naming.BUILTINS, "Python's own")
    names.reserve(
        "error's class name",
        {*naming.TAKEN_BY_ERRORS, settings.error, settings.client, settings.async_client},
        "the package's own",
    )
    found: dict[str, list[Code]] = {}
    for index, code in enumerate(errors.codes.values()):
        if code.class_name not in ("ApiError", *found):
            names.claim("error's class name", code.class_name, (ERRORS.key, "codes", index, "name"))
        found.setdefault(code.class_name, []).append(code)
    return {name: error_docstring(codes) for name, codes in found.items() if name != "ApiError"}
