"""What is told of an operation and of arguments that the document calls deprecated."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from codegen.errors import Fault, Pointer
from codegen.extensions.deprecated import DEPRECATED, deprecation
from codegen.ir.operation import Parameter
from codegen.lower.context import Context
from codegen.lower.headers import Declared
from codegen.lower.values import flat
from codegen.read.operations import DeclaredOperation
from codegen.text import one_line

FindName = Callable[[str, Pointer], str]


def deprecated_operation(context: Context, given: DeclaredOperation, name: str, find: FindName) -> str:
    """What is told of a call; nothing where the operation is not deprecated."""
    return deprecation(given.said, name, _version(context), find, given.pointer)


def with_deprecated_arguments(
    context: Context, parameters: tuple[Parameter, ...], declared: Declared, operation: str
) -> tuple[Parameter, ...]:
    """The parameters, each with what is told to whoever passes it."""
    by_name = {(said["in"], said["name"]): (said, here) for said, here in declared}

    def find(wanted: str, pointer: Pointer) -> str:
        for parameter in parameters:
            if parameter.wire_name == wanted:
                return parameter.name
        raise Fault(f"{operation} has no parameter {wanted!r}", pointer)

    def one(parameter: Parameter) -> Parameter:
        said, here = by_name.get((parameter.place, parameter.wire_name), ({}, ()))
        subject = f"The argument {parameter.name} of {operation}"
        told = deprecation(_marks(context, said), subject, _version(context), find, here)
        if not told:
            return parameter
        if parameter.required:  # which nobody can leave out
            return replace(
                parameter, meaning=f"{parameter.meaning} {told}".strip(), help=f"{parameter.help} {told}".strip()
            )
        return replace(parameter, deprecated=told, help=f"{parameter.help} {told}".strip())

    return tuple(map(one, parameters))


def _marks(context: Context, said: dict[str, Any]) -> dict[str, Any]:
    """What is said of a parameter, else of its schema."""
    if said.get("deprecated") is True or DEPRECATED.key in said:
        return said
    return flat(context.tree, said.get("schema") or {})


def _version(context: Context) -> str:
    return one_line(str(context.tree.get("info", {}).get("version", "")))
