"""Arguments of several parts, or of several kinds: checked, and laid out as their style writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias
from urllib.parse import quote

import msgspec

from . import wire
from .interrupts import pass_on
from .operation import NO_LIMITS, Limits, Parameter

Texts: TypeAlias = "str | list[Any] | dict[str, Any]"
"""A value whose parts are texts, as they are before they are encoded."""
Kind: TypeAlias = Callable[[Any], Texts]
"""Checks a value and writes its parts; raises `TypeError` or `ValueError`."""
Pairs: TypeAlias = list[tuple[str, list[str]]]
"""Names, each with what stands behind it."""

_RESERVED = ":/?@!$'()*,;="
"""What `allowReserved` leaves bare: not what ends a pair, a query or a space, which would change the others."""


def anything(value: Any) -> Texts:
    """A value of any kind, by its own type."""
    if isinstance(value, Mapping):
        return {wire.text(key): anything(item) for key, item in value.items()}
    return [anything(item) for item in value] if _is_list(value) else wire.anything(value)


class Plain(msgspec.Struct, frozen=True, kw_only=True):
    """One text."""

    write: Callable[[Any], str]
    limits: Limits = NO_LIMITS

    def __call__(self, value: Any) -> Texts:
        text = self.write(value)
        self.limits.check(value, text)
        return text


class Items(msgspec.Struct, frozen=True, kw_only=True):
    """A list."""

    of: Kind
    limits: Limits = NO_LIMITS

    def __call__(self, value: Any) -> Texts:
        if not _is_list(value):
            raise TypeError(f"must be a list, not {type(value).__name__}")
        least, most = self.limits.min_items, self.limits.max_items
        if least is not None and len(value) < least:
            raise ValueError(f"must have at least {least} items, has {len(value)}")
        if most is not None and len(value) > most:
            raise ValueError(f"must have at most {most} items, has {len(value)}")
        return [self.of(item) for item in value]


class Fields(msgspec.Struct, frozen=True, kw_only=True):
    """A mapping of texts to values of one kind."""

    of: Kind

    def __call__(self, value: Any) -> Texts:
        if not isinstance(value, Mapping):
            raise TypeError(f"must be a mapping, not {type(value).__name__}")
        return {wire.text(key): self.of(item) for key, item in value.items()}


class Either(msgspec.Struct, frozen=True, kw_only=True):
    """A value of one of several kinds: the first that it fits."""

    kinds: tuple[Kind, ...]

    def __call__(self, value: Any) -> Texts:
        problems: list[TypeError | ValueError | OverflowError] = []
        for kind in self.kinds:
            try:
                return kind(value)
            except (TypeError, ValueError, OverflowError) as error:
                pass_on(error)
                problems.append(error)
        told = [error for error in problems if not isinstance(error, TypeError)] or problems
        raise type(told[0])(", or ".join(dict.fromkeys(map(str, told))))


class Json(msgspec.Struct, frozen=True, kw_only=True):
    """A value as JSON."""

    encode: Callable[[Any], bytes]

    def __call__(self, value: Any) -> Texts:
        return self.encode(value).decode()


class Style(msgspec.Struct, frozen=True, kw_only=True):
    """How a value is laid out (RFC 6570, as OpenAPI uses it)."""

    value: Kind
    name: str = "form"
    explode: bool = False
    reserved: bool = False
    """Whether reserved characters stay as they are."""

    def add(self, draft: Any, parameter: Parameter, value: Any) -> list[tuple[str, str]]:
        """Write the value into the draft; its pairs, as they are before they are encoded.

        Raises:
            TypeError, ValueError: The style cannot write it.
        """
        begin, between, joint, _ = _LAYOUTS[self.name]
        pairs, pieces = self.lay_out(parameter.wire_name, value, parameter.place)
        told = [(name, _DELIMITERS.get(self.name, joint).join(items)) for name, items in pairs]
        if parameter.place == "part":
            draft.parts = [*(draft.parts or ()), *told]
        elif parameter.place in ("path", "header"):
            draft.set(parameter, begin + between.join(pieces) if pieces else "")
        else:
            for piece in pieces:
                draft.append(parameter.place, piece)
        return told

    def lay_out(self, name: str, value: Any, place: str) -> tuple[Pairs, list[str]]:
        """The pairs of a value, as they are and as they are written."""
        texts = self.value(value)
        pairs = list(self._pairs(name, texts))
        begin, _, joint, is_named = _LAYOUTS[self.name]
        is_named = is_named or (isinstance(texts, dict) and self.explode)
        encode = self._encoder(place, plain=isinstance(texts, str))
        pieces = [
            (encode(key) + ("=" if begin != ";" or any(items) else "") if is_named else "")
            + joint.join(map(encode, items))
            for key, items in pairs
        ]
        return pairs, pieces

    def _pairs(self, name: str, texts: Texts) -> Iterator[tuple[str, list[str]]]:
        if self.name == "deepObject":
            yield from _deep(name, texts)
        elif self.name == "fields":
            for key, item in texts.items() if isinstance(texts, dict) else [(name, texts)]:
                yield from _field(key, item)
        elif isinstance(texts, str):
            yield name, [texts]
        elif self.explode:
            named = texts.items() if isinstance(texts, dict) else ((name, item) for item in texts)
            for key, item in named:
                several = item if isinstance(item, list) and isinstance(texts, dict) and self.name == "form" else [item]
                yield from ((key, [_single(text)]) for text in several)
        elif texts:
            delimiter = _DELIMITERS.get(self.name)
            flat = [part for pair in texts.items() for part in pair] if isinstance(texts, dict) else texts
            if delimiter is not None and any(delimiter in _single(text) for text in flat):
                raise ValueError(f"cannot be written: an item has {delimiter!r} in it, which divides items")
            yield name, [_single(text) for text in flat]

    def _encoder(self, place: str, *, plain: bool) -> Callable[[str], str]:
        if place == "header" or self.name == "cookie":
            return str if plain and place == "header" else _bare
        return (lambda text: quote(text, safe=_RESERVED)) if self.reserved else wire.encode


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """A form that is one argument: a mapping, a model, or pairs of names and values."""

    encode: Callable[[Any], bytes]
    of: Kind = anything
    """What its values are."""
    styles: Mapping[str, Style] = {}
    """How those are laid out that have a style."""

    def __call__(self, value: Any) -> bytes:
        if not isinstance(value, Mapping) and not _is_list(value):
            value = msgspec.json.decode(self.encode(value))
        items = value.items() if isinstance(value, Mapping) else value
        is_pairs = isinstance(value, Mapping) or _is_list(value)
        if not is_pairs or not all(isinstance(item, (tuple, list)) and len(item) == 2 for item in items):
            raise TypeError("must be a mapping of names to values, or pairs of them")
        usual = Style(value=self.of, name="fields")
        pieces: list[str] = []
        for name, item in items:
            style = self.styles.get(name, usual)
            pieces += style.lay_out(wire.text(name), item, "form")[1]
        return "&".join(pieces).encode("ascii")


_LAYOUTS = {
    "simple": ("", ",", ",", False),
    "label": (".", ".", ",", False),
    "matrix": (";", ";", ",", True),
    "form": ("", "&", ",", True),
    "cookie": ("", "&", ",", True),
    "spaceDelimited": ("", "&", "%20", True),
    "pipeDelimited": ("", "&", "%7C", True),
    "deepObject": ("", "&", ",", True),
    "fields": ("", "&", ",", True),
}
"""Style → what it begins with, what stands between pairs and between parts, and whether each pair has a name."""


_DELIMITERS = {"spaceDelimited": " ", "pipeDelimited": "|"}
"""What divides items, and looks the same within one."""


def _deep(name: str, texts: Texts) -> Iterator[tuple[str, list[str]]]:
    if isinstance(texts, str):
        yield name, [texts]
    else:
        for key, item in texts.items() if isinstance(texts, dict) else enumerate(texts):
            yield from _deep(f"{name}[{key}]", item)


def _field(name: str, texts: Texts) -> Iterator[tuple[str, list[str]]]:
    """A field of a form of which nothing more is said: once for each item of a list, and deep where it is nested."""
    if isinstance(texts, list) and all(isinstance(item, str) for item in texts):
        yield from ((name, [item]) for item in texts)
    else:
        yield from _deep(name, texts)


def _single(texts: Texts) -> str:
    if not isinstance(texts, str):
        raise TypeError("cannot be written: its style has no place for a list or a mapping within another")
    return texts


def _bare(text: str) -> str:
    """A part that nothing encodes."""
    if not text or text != text.strip() or any(character in ',;="\\' for character in text):
        raise ValueError('cannot be written: a part is empty, has blanks around it, or one of , ; = " \\ in it')
    return text


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray))
