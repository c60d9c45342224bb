"""``x-sdk-signing``, at a security scheme: what the signing hook makes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codegen.extensions.extension import MILLISECONDS, TEXT, Extension, closed

SIGNING = Extension(
    "x-sdk-signing",
    closed(
        {},
        {
            "timestamp": TEXT,
            "signature": TEXT,
            "window": closed({"parameter": TEXT, "default": MILLISECONDS}, {"ahead": MILLISECONDS}),
        },
    ),
    (("signing-changed", "risky", "Other parameters are made by signing: own signing code has to follow."),),
)


@dataclass(frozen=True)
class Window:
    """For how long the server takes what the hook signs."""

    parameter: str
    default: int
    ahead: int


def parameters(scheme: Mapping[str, Any]) -> dict[str, str]:
    """The parameters that the hook makes: role → wire name."""
    said = scheme.get(SIGNING.key, {})
    return {
        "timestamp": said.get("timestamp", "timestamp"),
        "signature": said.get("signature", scheme.get("name", "signature")),
    }


def window(scheme: Mapping[str, Any]) -> Window | None:
    """The window, where one is described."""
    said = scheme.get(SIGNING.key, {}).get("window")
    return None if said is None else Window(**{"ahead": 0, **said})
