"""Unions that the shapes of JSON do not tell apart: which variant a value is, and what stays of one that is none."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from .interrupts import pass_on
from .json_form import Unread, Variants


class Keys(NamedTuple):
    """The properties of a variant that is an object, as the server spells them."""

    known: Collection[str]
    required: Collection[str]


class OneOf(Variants, ABC):
    """Marks a union whose variants are tried in an order, until one can be read.

    An object is read by its tag, where it has one that is known. Else the variants come first whose required
    properties it all has, those that know most of its properties before others, and then in the document's order.
    Any other value is tried as each variant in the document's order, first exactly, then leniently.
    What is of no variant stays a plain JSON value, whose repr shows nothing.

    Args:
        variants: Gives the types; they may be defined later than the union.
        tag: The property that says which variant an object is.
        tags: Gives the variant of each value of the tag.
    """

    def __init__(
        self,
        variants: Callable[[], tuple[Any, ...]],
        tag: str = "",
        tags: Callable[[], Mapping[Any, Any]] = dict,
    ) -> None:
        self.variants = variants
        self._tag = tag
        self._tags = tags

    @abstractmethod
    def keys(self, kind: Any) -> list[Keys]:
        """The properties of a variant; of several, where it is a union; none, where it is no object."""

    @abstractmethod
    def reader(self, kind: Any) -> Callable[[Any, bool], Any]:
        """A function that reads a plain value, strictly or not, as the type; it raises `ValueError`."""

    def natural(self, plain: Any) -> Any:
        """The value as a plain decoder gives it."""
        return plain

    def choose(self, plain: Any) -> Any:
        """The plain JSON value as the variant that it is."""
        for read, strict in self._order(plain):
            try:
                return read(plain, strict)
            except ValueError as error:  # it is another variant
                pass_on(error)
        return unread(self.natural(plain))

    @cached_property
    def _readers(self) -> list[tuple[Callable[[Any, bool], Any], list[Keys]]]:
        return [(self.reader(kind), self.keys(kind)) for kind in self.variants()]

    @cached_property
    def _by_tag(self) -> Mapping[Any, Callable[[Any, bool], Any]]:
        return {value: self.reader(kind) for value, kind in self._tags().items()}

    def _order(self, plain: Any) -> Iterator[tuple[Callable[[Any, bool], Any], bool]]:
        if not isinstance(plain, dict):
            others = [read for read, keys in self._readers if not keys]
            yield from ((read, strict) for strict in (True, False) for read in others)
            return
        tag = plain.get(self._tag)
        if isinstance(tag, (str, int)) and tag in self._by_tag:
            yield self._by_tag[tag], False
            return
        tagged = set(self._tags().values()) if tag is not None else ()
        objects = [
            (max(_fit(each, plain) for each in keys), read)
            for kind, (read, keys) in zip(self.variants(), self._readers, strict=True)
            if keys and not (tagged and kind in tagged)
        ]
        yield from ((read, False) for _, read in sorted(objects, key=lambda pair: pair[0], reverse=True))


def _fit(keys: Keys, plain: Mapping[str, Any]) -> tuple[bool, int]:
    return all(name in plain for name in keys.required), sum(name in plain for name in keys.known)


class UnreadObject(Unread, dict[str, Any]):
    """An object of no known variant."""


class UnreadList(Unread, list[Any]):
    """A list of no known variant."""


class UnreadText(Unread, str):
    """Text of no known variant."""


_UNREAD: Mapping[type, type] = {dict: UnreadObject, list: UnreadList, str: UnreadText}


def unread(plain: Any) -> Any:
    """The value, its repr masked."""
    return _UNREAD[type(plain)](plain) if type(plain) in _UNREAD else plain
