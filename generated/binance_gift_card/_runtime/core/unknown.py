# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""What an answer has that its model did not take: by JSON pointer, since a new property may be a code. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec


class Unknown(Mapping[str, Any]):
    """JSON pointer → value; its repr shows no value.

    Args:
        body: The answer.
        envelope: What stands around the result, if something does.
        result: What was read of it.
    """

    def __init__(self, body: bytes, envelope: Mapping[str, Any], result: Any) -> None:
        try:
            plain: Any = msgspec.json.decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            plain = None
        inside = plain.keys() - envelope.keys() if envelope and isinstance(plain, dict) else ()
        parts = [(_step("", key), plain[key]) for key in inside] if envelope else [("", plain)]
        self._values = {pointer: value for place, part in parts for pointer, value in _beyond(part, result, place)}

    def __getitem__(self, pointer: str) -> Any:
        return self._values[pointer]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"<Unknown {', '.join(self)}>"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [(pointer, ...) for pointer in self]


def _beyond(plain: Any, value: Any, pointer: str) -> Iterator[tuple[str, Any]]:
    if isinstance(plain, dict):
        known = value if isinstance(value, dict) else _properties(value)
        if known is None:
            return
        for key, part in plain.items():
            if part is not None and known.get(key) is None:
                yield _step(pointer, key), part
            else:
                yield from _beyond(part, known.get(key), _step(pointer, key))
    elif isinstance(plain, list) and isinstance(value, (list, tuple)):
        for index, (part, item) in enumerate(zip(plain, value, strict=False)):
            yield from _beyond(part, item, _step(pointer, index))


def _properties(model: Any) -> Mapping[str, Any] | None:
    """The properties of a model of either kind, as the server spells them; `None` of anything else."""
    names = getattr(model, "__struct_encode_fields__", None)
    if names is not None:
        fields = dict(zip(names, model.__struct_fields__, strict=True))
    elif hasattr(type(model), "model_fields"):
        fields = {field.alias or name: name for name, field in type(model).model_fields.items()}
    else:
        return None
    further = model.further_properties() if hasattr(model, "further_properties") else {}
    return {**{name: getattr(model, field) for name, field in fields.items()}, **further}


def _step(pointer: str, key: str | int) -> str:
    return f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"
