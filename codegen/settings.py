"""Settings: ``[tool.codegen]`` of a TOML file, with the options of the command line laid over them."""

import keyword
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codegen import naming
from codegen.errors import InputError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

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
    models: str
    has_async: bool
    """Whether there is an async client as well."""
    schema_check: str
    """What a breach of OpenAPI's schema does: refuse or warn."""
    update_check: str
    """The same of an update, which nobody watches: it refuses unless the settings say otherwise."""
    strict: bool
    """Whether a warning stops."""
    security: Mapping[str, str] = field(default_factory=dict)
    """Security scheme → signing hook."""
    accepted: Path | None
    """The file of changes that are accepted for a time."""
    templates: Path | None
    """The folder of templates that stand in for the generator's own."""
    changelog: Path
    """The file that tells what is new in each version."""
    distribution: str
    """What the package is called on an index."""
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
    owns_out: bool
    """Whether `out` came from the settings, so that everything in it must be ours."""

    @property
    def async_client(self) -> str:
        """The name of the async client's class."""
        return f"Async{self.client}"

    @property
    def user_agent(self) -> str:
        """What the client calls itself, and what its command is called."""
        return self.package.replace("_", "-")

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


_TEXT_KEYS = tuple(
    "spec out package client error environment version models schema-check accepted templates changelog index "
    "tag-prefix".split()
)
_FLAGS = ("async", "strict")
_KEYS = {*_TEXT_KEYS, *_FLAGS, "overlays", "security"}


def read(options: Options) -> Settings:
    """Lay `options` over the settings file.

    Raises:
        InputError: A file, key or value is wrong or missing.
    """
    path = options.config or Path("pyproject.toml")
    document = _toml(path, required=options.config is not None)
    table = _table(document, path)
    base = path.resolve().parent

    def under_base(text: str) -> Path:
        return base / text

    spec = options.spec or (under_base(table["spec"]) if "spec" in table else None)
    if spec is None:
        raise InputError("there is no document to read: give --spec, or set spec in [tool.codegen]", path)
    package = options.package or table.get("package") or options.fallback_package
    if package is None:
        raise InputError("the package has no name: give --package, or set package in [tool.codegen]", path)
    project = {"version": "0.0.0", **document.get("project", {})}
    # another package than the settings' is not named after theirs
    own = {"version": project["version"], **table} if package == table.get("package") else {}
    title = naming.pascal(package)
    return Settings(
        spec=spec,
        overlays=_overlays(options, table, under_base),
        out=options.out or under_base(table.get("out", "generated")),
        package=python_name(package, "package", path),
        client=_class(own, "client", f"{title}Client", f"{title}ApiClient", naming.TAKEN_BY_CLASSES, path),
        error=_class(own, "error", f"{title}Error", f"{title}BaseError", naming.TAKEN_BY_ERRORS, path),
        environment=python_name(own.get("environment", package.upper()), "environment", path),
        version=own.get("version", "0.0.0"),
        models=_choice(options.models or table.get("models", "msgspec"), tuple(MODEL_MODULES), "models", path),
        has_async=table.get("async", True),
        schema_check=_choice(
            options.schema_check or table.get("schema-check", "warn"), SCHEMA_CHECKS, "schema-check", path
        ),
        update_check=table.get("schema-check", "refuse"),
        strict=options.strict or table.get("strict", False),
        security=table.get("security", {}),
        accepted=under_base(table["accepted"]) if "accepted" in table else None,
        templates=options.templates or (under_base(table["templates"]) if "templates" in table else None),
        changelog=under_base(table.get("changelog", "CHANGELOG.md")),
        distribution=str(project.get("name", package)) if own else package,
        index=_index(table, path),
        tag_prefix=table.get("tag-prefix", "v"),
        config=path.resolve(),
        base=base,
        remembers=bool(table),
        owns_out=options.out is None and "out" in table,
    )


def templates_folder(config: Path | None, given: Path | None) -> Path | None:
    """Where templates of a project's own are kept: as the call says, or the settings.

    Raises:
        InputError: The settings are wrong.
    """
    path = config or Path("pyproject.toml")
    said = _table(_toml(path, required=config is not None), path).get("templates")
    return given or (None if said is None else path.resolve().parent / said)


def _toml(path: Path, *, required: bool) -> dict[str, Any]:
    if not path.exists() and not required:
        return {}
    try:
        document: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"is not TOML: {error}", path) from error
    return document


def _table(document: Mapping[str, Any], path: Path) -> dict[str, Any]:
    table = document.get("tool", {}).get("codegen", {})
    for key, value in table.items():
        if key not in _KEYS:
            raise InputError(f"[tool.codegen] has no key {key!r}; it knows {', '.join(sorted(_KEYS))}", path)
        if key in _TEXT_KEYS and not isinstance(value, str):
            raise InputError(f"[tool.codegen] {key} must be text, not {value!r}", path)
    for key in _FLAGS:
        if not isinstance(table.get(key, True), bool):
            raise InputError(f"[tool.codegen] {key} must be true or false, not {table[key]!r}", path)
    _expect(table.get("overlays", []), list, "overlays", "a list of paths", path)
    _expect(table.get("security", {}), dict, "security", "a table of scheme = hook", path)
    checked: dict[str, Any] = table
    return checked


def _expect(value: object, kind: type[list[Any]] | type[dict[str, Any]], key: str, meaning: str, path: Path) -> None:
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if not isinstance(value, kind) or not all(isinstance(item, str) for item in items):
        raise InputError(f"[tool.codegen] {key} must be {meaning}", path)


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
