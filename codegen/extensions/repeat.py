"""``x-sdk-repeat``, at an operation: whether it may be sent again when its outcome is unknown."""

from collections.abc import Iterator

from codegen.extensions.extension import Difference, Extension

_SAFE_METHODS = ("get", "head", "options", "query")


def _differences(old: str | None, new: str | None) -> Iterator[Difference]:
    yield Difference("repeat-allowed" if new == "safe" or old == "never" else "repeat-forbidden")


REPEAT = Extension(
    "x-sdk-repeat",
    {"enum": ["safe", "never"]},
    (
        ("repeat-allowed", "risky", "A call whose outcome is unknown may be sent again: it must be safe to."),
        ("repeat-forbidden", "compatible", "A call whose outcome is unknown is no longer sent again."),
    ),
    _differences,
    places=("operation",),
    meaning=(
        "Whether it may be sent again when its outcome is unknown. "
        "Usually `safe` for GET, HEAD, OPTIONS and QUERY, else `never`."
    ),
)


def repeatable(said: str | None, method: str) -> bool:
    """What is said, or what HTTP promises of the method."""
    return (said or ("safe" if method in _SAFE_METHODS else "never")) == "safe"
