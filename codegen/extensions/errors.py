"""``x-sdk-errors``, at the root, and ``x-sdk-raises``, at an operation: how an API says no."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from codegen.errors import Fault
from codegen.extensions.extension import CODE, TEXT, Difference, Extension, closed, list_of
from codegen.facts import GENERATOR_ONLY, Expression
from codegen.text import plain


def _differences(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Iterator[Difference]:
    one, other = old or {}, new or {}
    for key in ("code", "message"):
        if one.get(key) != other.get(key):
            yield Difference("error-form-changed", key, "refusals")
    before = {entry["code"]: entry for entry in one.get("codes") or ()}
    after = {entry["code"]: entry for entry in other.get("codes") or ()}
    for code in {**before, **after}:
        yield from (item._replace(subject=f"error code {code}") for item in _code(before.get(code), after.get(code)))


def _code(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Iterator[Difference]:
    if old is None or new is None:
        yield Difference("error-code-added" if old is None else "error-code-removed")
        return
    for key, usual in (("outcome", "refused"), ("cure", "none")):
        before, after = old.get(key, usual), new.get(key, usual)
        if before != after:
            yield Difference(f"error-{key}-changed", f"{before} → {after}")
    if bool(old.get("halts")) != bool(new.get("halts")):
        yield Difference("error-halts-changed")
    if old.get("meaning") != new.get("meaning"):
        yield Difference("documentation-changed", "meaning")


def _raised(old: list[Any] | None, new: list[Any] | None) -> Iterator[Difference]:
    if set(old or ()) != set(new or ()):
        yield Difference("raised-codes-changed")


_CODE = closed(
    {"code": CODE, "meaning": TEXT},
    {
        "name": {"type": "string", "pattern": "^[A-Z][A-Za-z0-9]*Error$"},
        "outcome": {"enum": ["refused", "unknown"]},
        "cure": {"enum": ["clock", "wait", "later"]},
        "halts": {"type": "boolean"},
    },
)
ERRORS = Extension(
    "x-sdk-errors",
    closed({"code": TEXT, "message": list_of(TEXT, minItems=1), "codes": list_of(_CODE)}),
    (
        ("error-form-changed", "breaking", "Codes or texts of refusals stand elsewhere in the answer."),
        ("error-code-added", "compatible", "One more code of a refusal is documented."),
        ("error-code-removed", "risky", "A refusal's code is no longer documented: code that handles it may not run."),
        ("error-outcome-changed", "risky", "A code says something else of whether the call was executed."),
        (
            "error-cure-changed",
            "risky",
            "Something else helps against a refusal: calls are tried again in other cases.",
        ),
        ("error-halts-changed", "compatible", "Bulk runs end, or go on, after another refusal."),
    ),
    _differences,
    places=("document",),
    meaning="How the API says no, in any answer.",
)
RAISES = Extension(
    "x-sdk-raises",
    list_of(CODE),
    (("raised-codes-changed", "documentation", "Other refusals are named as those that a caller should expect."),),
    _raised,
    places=("operation",),
    meaning="The codes of refusals that a caller of it should expect; they go into its docstring.",
)


@dataclass(frozen=True, kw_only=True)
class Code:
    """A documented code."""

    code: int | str = field(metadata=GENERATOR_ONLY)
    class_name: str = field(metadata=GENERATOR_ONLY)
    error: Expression
    meaning: str
    unknown: bool = False
    cure: str | None = None
    halts: bool = False

    def renamed(self, class_name: str) -> "Code":
        """The code with another class."""
        return replace(self, class_name=class_name, error=Expression(f"errors.{class_name}"))


@dataclass(frozen=True, kw_only=True)
class Errors:
    """The fact for the runtime."""

    code: str
    message: tuple[str, ...]
    codes: Mapping[int | str, Code]
    usual: Expression | None = None
    """Looks for code and text in the usual places, where only these are known."""
    read: Expression | None = None
    """What reads a body as a type."""


def errors(said: Mapping[str, Any] | None) -> Errors:
    """Each code stands once."""
    if said is None:
        return Errors(code="code", message=("message",), codes={}, usual=Expression("problems.usual"))
    codes: dict[int | str, Code] = {}
    for index, entry in enumerate(said["codes"]):
        name = entry.get("name", "ApiError")
        if entry["code"] in codes:
            raise Fault(f"the code {entry['code']!r} stands twice", (ERRORS.key, "codes", index))
        codes[entry["code"]] = Code(
            code=entry["code"],
            class_name=name,
            error=Expression(f"errors.{name}"),
            meaning=plain(entry["meaning"]),
            unknown=entry.get("outcome") == "unknown",
            cure=entry.get("cure"),
            halts=entry.get("halts", False),
        )
    return Errors(code=said["code"], message=tuple(said["message"]), codes=codes)
