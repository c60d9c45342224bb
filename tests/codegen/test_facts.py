"""What the generator states as facts is what the document says, and what the runtime understands."""

from __future__ import annotations

import dataclasses
import sys

import msgspec
import pytest

from binance_gift_card import _operations
from binance_gift_card._runtime.core import signature
from codegen.extensions.errors import Code
from codegen.extensions.rates import Hold, Limit
from codegen.facts import Expression, expression
from codegen.ir import api, operation
from codegen.runtime.core import idempotency, settling, styles, uploads

FACTS = [
    *(
        kind
        for kind in (vars(api) | vars(operation)).values()
        if dataclasses.is_dataclass(kind) and kind.__name__ not in ("Api", "Notice")
    ),
    *(Code, Hold, Limit),
]
RUNTIME = (
    vars(idempotency)
    | vars(settling)
    | vars(signature)
    | vars(styles)
    | vars(uploads)
    | vars(sys.modules[type(_operations.ERRORS).__module__])
)


@pytest.mark.parametrize(
    "value",
    ["plain", "'\"\\\n\0\ud800é", {"a": (1,), 2: ()}, (None, True, 1.5, -3), [{"x": "y"}], {"'": ["\\"]}],
    ids=repr,
)
def test_a_value_of_the_document_stays_itself(value: object) -> None:
    assert eval(expression(value), {"__builtins__": {}}) == value


def test_only_an_expression_is_python() -> None:
    assert expression({"a": Expression("b"), "c": "d"}) == "{'a': b, 'c': 'd'}"


def test_a_fact_is_a_call_without_its_defaults_and_what_is_for_the_generator() -> None:
    code = Code(code=-1, class_name="OneError", error=Expression("errors.OneError"), meaning="It's one.", halts=True)
    assert expression(code) == """Code(error=errors.OneError, meaning="It's one.", halts=True)"""


@pytest.mark.parametrize("fact", [kind for kind in FACTS if kind.__name__ in RUNTIME], ids=lambda kind: kind.__name__)
def test_the_runtime_has_each_fact_with_the_same_defaults(fact: type) -> None:
    known = {field.name: field for field in msgspec.structs.fields(RUNTIME[fact.__name__])}
    for field in dataclasses.fields(fact):
        if not field.metadata.get("generator_only"):
            assert field.name in known
            if field.default is not dataclasses.MISSING and known[field.name].default_factory is msgspec.NODEFAULT:
                default = known[field.name].default
                same = {f"{type(default).__name__}()", f"wire.{getattr(default, '__name__', '')}"}
                assert field.default == default or expression(field.default) in same


def test_nearly_every_fact_is_one_of_the_runtime() -> None:
    others = {"Argument", "ClientOption", "Credential", "OwnHook", "Time"}
    assert {kind.__name__ for kind in FACTS} - RUNTIME.keys() == others
