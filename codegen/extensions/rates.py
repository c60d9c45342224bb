"""``x-sdk-rates``, at the root, and ``x-sdk-weight``, at an operation: how the server limits rates."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from codegen.extensions.extension import COUNT, SECONDS, TEXT, Difference, Extension, closed, list_of

_STATUS = {"type": "integer", "minimum": 400, "maximum": 499}


def _weight(weight: Mapping[str, int] | None) -> str:
    return ", ".join(f"{name} {value}" for name, value in sorted((weight or {}).items())) or "none"


def _differences(old: Mapping[str, int] | None, new: Mapping[str, int] | None) -> Iterator[Difference]:
    yield Difference("weight-changed", f"{_weight(old)} → {_weight(new)}")


WEIGHT = Extension(
    "x-sdk-weight",
    {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}, "minProperties": 1},
    (("weight-changed", "compatible", "A call counts differently towards the rate limits."),),
    _differences,
    places=("operation",),
    meaning="What one call costs of each rate limit.",
)
RATES = Extension(
    "x-sdk-rates",
    closed(
        {},
        {
            "limits": list_of(closed({"name": TEXT, "header": TEXT, "window": SECONDS}, {"limit": COUNT})),
            "holds": list_of(closed({"status": _STATUS, "seconds": SECONDS}, {"ban": {"type": "boolean"}})),
        },
    ),
    (("rates-changed", "compatible", "The server limits rates in another way."),),
    places=("document",),
    meaning="How the server limits rates.",
    subject="rates",
)


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A rate limit of the server."""

    name: str
    header: str
    window: float
    limit: int | None = None


@dataclass(frozen=True, kw_only=True)
class Hold:
    """What an HTTP status asks for."""

    seconds: float
    ban: bool = False


@dataclass(frozen=True, kw_only=True)
class Rates:
    """The fact for the runtime, which has holds of its own where a document says nothing."""

    limits: tuple[Limit, ...] = ()
    holds: Mapping[int, Hold] | None = None


def rates(said: Mapping[str, Any] | None) -> Rates:
    """The limits, and the holds by their HTTP status."""
    if said is None:
        return Rates()
    holds = {hold["status"]: Hold(**{k: v for k, v in hold.items() if k != "status"}) for hold in said.get("holds", ())}
    return Rates(limits=tuple(Limit(**limit) for limit in said.get("limits", ())), holds=holds)
