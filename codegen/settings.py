"""Settings: ``[tool.codegen]`` of a TOML file, with the options of the command line laid over them."""

import keyword
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codegen import naming
from codegen.errors import InputError
from codegen.settings_table import read_toml, table_of
from codegen.text import one_line, plain

MODEL_MODULES = {"msgspec": "core.model", "pydantic": "core.pydantic_model"}
"""Kind of models → the module of the runtime that they stand on."""

COMPLETION_MODULES = {"msgspec": "core.completion", "pydantic": "core.pydantic_completion"}
"""The same of what the models' library does not read by itself."""

SCHEMA_CHECKS = ("refuse", "warn")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All that decides what is generated, besides the documents."""

    spec: Path
    overlays: tuple[Path, ...]
    out: Path
    package: str
    client: str
    """The name of the client class."""
    error: str
    """The name of the one class to catch."""
    environment: str
    """The prefix of the environment variables that `from_env` reads."""
    version: str
    """The version of the SDK, asked as ``__version__``."""
    distribution: str
    """What pip installs the package by, and what its command is called."""
    user_agent: str
    """What the client calls itself; its version follows."""
    models: str
    has_async: bool
    """Whether there is an async client as well."""
    schema_check: str
    """What a breach of OpenAPI's schema does: refuse or warn."""
    update_check: str
    """The same of an update, which nobody watches: it refuses unless the settings say otherwise."""
    strict: bool
    """Whether a warning stops."""
    command: str
    """What makes the package anew, as headers and messages say it."""
    license: str
    """What stands above all else in each Python file, as a comment; may be empty."""
    changelog: Path
    """The file that tells what is new in each version."""
    received: Path
    """The README that says of the document where it comes from: `update` writes and reads a block in it."""
    security: Mapping[str, str] = field(default_factory=dict)
    """Security scheme → signing hook."""
    accepted: Path | None
    """The file of changes that are accepted for a time."""
    templates: Path | None
    """The folder of templates that stand in for the generator's own."""
    index: str | None
    """The simple API of the index that has the versions of it, where no tag says which was released last."""
    tag_prefix: str
    """What stands before the version in the name of a release's tag."""
    config: Path
    """The settings file itself."""
    base: Path
    """The folder that the settings' relative paths start from; headers name the inputs relative to it."""
    remembers: bool
    """Whether there is a project to keep a memory of past results in."""

    @property
    def async_client(self) -> str:
        """The name of the async client's class."""
        return f"Async{self.client}"

    @property
    def model_module(self) -> str:
        """The module of the runtime that the models stand on."""
        return MODEL_MODULES[self.models]

    @property
    def completion_module(self) -> str:
        """The module of the runtime that reads what the models' library does not."""
        return COMPLETION_MODULES[self.models]

    def relative(self, path: Path) -> str:
        """The path as a header names it: the same on every machine."""
        resolved = path.resolve()
        return resolved.relative_to(self.base).as_posix() if resolved.is_relative_to(self.base) else path.name


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the command line said; `None` where it said nothing."""

    config: Path | None = None
    spec: Path | None = None
    overlays: Sequence[Path] | None = None
    out: Path | None = None
    package: str | None = None
    models: str | None = None
    templates: Path | None = None
    schema_check: str | None = None
    strict: bool = False
    fallback_package: str | None = None
    """The package's name where neither the call nor the settings give one."""


_OF_PROJECT = (("version", "version"), ("distribution", "name"))
"""Settings whose default stands in ``[project]``, and where."""


def read(options: Options) -> Settings:
    """Lay `options` over the settings file.

    Raises:
        InputError: A file, key or value is wrong or missing.
    """
    path = options.config or Path("pyproject.toml")
    document = read_toml(path, required=options.config is not None)
    table = table_of(document, path)
    base = path.resolve().parent

    def under_base(text: str) -> Path:
        return base / text

    spec = options.spec or (under_base(table["spec"]) if "spec" in table else None)
    if spec is None:
        where = "set spec in [tool.codegen]" if path.is_file() else "go to the folder whose pyproject.toml does"
        raise InputError(f"there is no document to read: give --spec, or {where}", path if path.is_file() else None)
    package = options.package or table.get("package") or options.fallback_package
    if package is None:
        raise InputError("the package has no name: give --package, or set package in [tool.codegen]", path)
    project = document.get("project", {})
    # another package than the settings' is not named after theirs
    own = {"version": "0.0.0", "distribution": package.strip("_").replace("_", "-") or "sdk"}
    if package == table.get("package"):
        own |= {key: project[of] for key, of in _OF_PROJECT if of in project} | table
    distribution = _token(own["distribution"], "distribution", path)
    title = naming.pascal(package)
    return Settings(
        spec=spec,
        overlays=_overlays(options, table, under_base),
        out=options.out or under_base(table.get("out", "generated")),
        package=python_name(package, "package", path),
        client=_class(own, "client", f"{title}Client", f"{title}ApiClient", naming.TAKEN_BY_CLASSES, path),
        error=_class(own, "error", f"{title}Error", f"{title}BaseError", naming.TAKEN_BY_ERRORS, path),
        environment=python_name(own.get("environment", package.upper()), "environment", path),
        version=own["version"],
        distribution=distribution,
        user_agent=_token(own.get("user-agent", distribution), "user-agent", path),
        models=_choice(options.models or table.get("models", "msgspec"), tuple(MODEL_MODULES), "models", path),
        has_async=table.get("async", True),
        schema_check=_choice(
            options.schema_check or table.get("schema-check", "warn"), SCHEMA_CHECKS, "schema-check", path
        ),
        update_check=table.get("schema-check", "refuse"),
        strict=options.strict or table.get("strict", False),
        command=one_line(table.get("command", "sdk-codegen generate")),
        license=plain(table.get("license", "")),
        changelog=under_base(table.get("changelog", "CHANGELOG.md")),
        received=under_base(table["received"]) if "received" in table else spec.parent / "README.md",
        security=table.get("security", {}),
        accepted=under_base(table["accepted"]) if "accepted" in table else None,
        templates=options.templates or (under_base(table["templates"]) if "templates" in table else None),
        index=_index(table, path),
        tag_prefix=table.get("tag-prefix", "v"),
        config=path.resolve(),
        base=base,
        remembers=bool(table),
    )


def templates_folder(config: Path | None, given: Path | None) -> Path | None:
    """Where templates of a project's own are kept: as the call says, or the settings.

    Raises:
        InputError: The settings are wrong.
    """
    path = config or Path("pyproject.toml")
    said = table_of(read_toml(path, required=config is not None), path).get("templates")
    return given or (None if said is None else path.resolve().parent / said)


def _overlays(options: Options, table: Mapping[str, Any], under_base: Any) -> tuple[Path, ...]:
    if options.overlays is not None:
        return tuple(options.overlays)
    if options.spec is not None:
        return ()
    return tuple(under_base(text) for text in table.get("overlays", []))


def python_name(text: str, key: str, path: Path | None = None) -> str:
    """The text, which names something in Python.

    Raises:
        InputError: It cannot.
    """
    if not text.isidentifier() or keyword.iskeyword(text) or not text.isascii():
        raise InputError(f"{key} must be a Python name, not {text!r}", path)
    return text


def _token(text: object, key: str, path: Path) -> str:
    """A name as both distributions and user agents may have it."""
    if not isinstance(text, str) or not re.fullmatch(r"[A-Za-z0-9]+([._-]+[A-Za-z0-9]+)*", text):
        raise InputError(f"{key} must be letters, digits, '.', '-' and '_' between them, not {text!r}", path)
    return text


def _class(own: Mapping[str, Any], key: str, usual: str, other: str, taken: frozenset[str], path: Path) -> str:
    """The name of a class; the package has some names already."""
    if key not in own:
        return other if taken & {usual, f"Async{usual}"} else usual
    name = python_name(own[key], key, path)
    if taken & {name, f"Async{name}"}:
        raise InputError(f"{key} must not be {name!r}: the package has a class of that name already", path)
    return name


def _index(table: Mapping[str, Any], path: Path) -> str | None:
    address: str | None = table.get("index")
    if address is not None and "@" in address.partition("://")[2].partition("/")[0]:
        raise InputError("index must hold no credentials: set CODEGEN_INDEX_USERNAME and CODEGEN_INDEX_PASSWORD", path)
    return address


def _choice(text: str, allowed: tuple[str, ...], key: str, path: Path) -> str:
    if text not in allowed:
        raise InputError(f"{key} must be {' or '.join(allowed)}, not {text!r}", path)
    return text
