"""What the templates are given: each name of it, for those who write templates of their own."""

from collections.abc import Mapping
from dataclasses import dataclass

from codegen.emit.doors import Door
from codegen.ir.api import Api
from codegen.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Context:
    """The names that every template knows; a macro is given those that it needs."""

    api: Api
    """All that the document says, ready to be printed."""
    settings: Settings
    """What decides of the package besides the document."""
    header: str
    """The comment at the head of every generated file."""
    spec_digest: str
    """The SHA-256 over the document and its overlays."""
    runtime_errors: list[str]
    """The errors that every package has."""
    error_names: list[str]
    """These, the base error and the documented ones: all that the module of errors offers."""
    exports: list[str]
    """All that the package offers."""
    homes: Mapping[str, tuple[str, ...]]
    """Module → what of it the package offers."""
    home_of: Mapping[str, str]
    """What the package offers → its module."""
    doors: Mapping[str, Door]
    """The clients, by their module: `client`, and `async_client` where there is one."""
