"""Signing hooks that a team wrote itself, read without being imported: a file, or a module of a distribution."""

import ast
import re
from dataclasses import dataclass
from functools import cached_property
from importlib.machinery import PathFinder
from pathlib import Path

from codegen.errors import InputError

_RUNTIME = Path(__file__).parents[1] / "runtime" / "core"
SHIPPED = {"aws-sigv4": "aws_sigv4:AwsSigV4", "http-message-signatures": "message_signatures:HttpMessageSignatures"}
"""Hooks of the runtime that have the shape of a team's own."""
_TYPES = frozenset({"str", "int", "float", "bool"})
"""Of arguments: what else there is is typed `Any`."""


@dataclass(frozen=True)
class Parameter:
    """What a hook's constructor takes."""

    name: str
    type: str
    required: bool


@dataclass(frozen=True)
class OwnHook:
    """A class that signs.

    Raises:
        InputError: It cannot be read, or has another shape.
    """

    said: str
    """As the settings say it: ``path/to/hook.py:Class`` or ``module:Class``."""
    base: Path
    """What a path is relative to."""

    @property
    def is_file(self) -> bool:
        """Whether it is a file of the team's, which is copied into the package."""
        return self.said not in SHIPPED and self.said.rpartition(":")[0].endswith(".py")

    @property
    def home(self) -> str:
        """The module that the client imports it from."""
        if self.said in SHIPPED:
            return f"._runtime.core.{SHIPPED[self.said].partition(':')[0]}"
        return f"._hooks.{self.path.stem}" if self.is_file else self.said.rpartition(":")[0]

    @property
    def alias(self) -> str:
        """What the client calls it."""
        return f"_{self.home.rpartition('.')[2]}_{self.class_name}"

    @property
    def class_name(self) -> str:
        """Of the hook."""
        return SHIPPED.get(self.said, self.said).rpartition(":")[2]

    @property
    def path(self) -> Path:
        """Of its source."""
        home = self.said.rpartition(":")[0]
        if self.said in SHIPPED:
            return _RUNTIME / f"{SHIPPED[self.said].partition(':')[0]}.py"
        return self.base / home if self.is_file else self._of_module(home)

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """What its constructor takes."""
        found = self._class()
        methods = {item.name: item for item in found.body if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef))}
        sign = methods.get("sign")
        if sign is None or len(sign.args.args) != 2 or sign.args.kwonlyargs or not _is_method(sign):
            raise self._refused("needs a method sign(self, request)")
        if any("dataclass" in ast.unparse(item) for item in found.decorator_list) or (
            found.bases and "__init__" not in methods
        ):
            raise self._refused("needs an __init__ of its own, whose arguments become the client's")
        if "__init__" not in methods:
            return ()
        taken = methods["__init__"].args
        if not taken.args or not isinstance(methods["__init__"], ast.FunctionDef):
            raise self._refused("needs an __init__(self, …), which is no async function")
        if taken.vararg or taken.kwarg or taken.posonlyargs:
            raise self._refused("has an __init__ with *, ** or /; its arguments become the client's, by name")
        optional = {argument.arg for argument in taken.args[len(taken.args) - len(taken.defaults) :]}
        optional |= {
            argument.arg
            for argument, default in zip(taken.kwonlyargs, taken.kw_defaults, strict=True)
            if default is not None
        }
        return tuple(
            Parameter(argument.arg, _type(argument.annotation), argument.arg not in optional)
            for argument in (*taken.args[1:], *taken.kwonlyargs)
        )

    def source(self) -> str:
        """Its file's text.

        Raises:
            InputError: It cannot be read.
        """
        try:
            return self.path.read_text(encoding="utf-8")
        except OSError as error:
            raise self._refused(f"cannot be read: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise self._refused("is not UTF-8 text") from error

    def _class(self) -> ast.ClassDef:
        name = self.class_name
        try:
            tree = ast.parse(self.source())
        except (
            SyntaxError,
            ValueError,
            MemoryError,
            RecursionError,
        ) as error:  # the last two of what is nested too deep
            raise self._refused(f"is no Python: {str(error) or type(error).__name__}") from error
        if self.is_file:
            self._check_imports(tree)
        for node in reversed(tree.body):  # the last one counts
            if isinstance(node, ast.ClassDef) and node.name == name:
                return node
        raise self._refused(f"has no class {name}")

    def _check_imports(self, tree: ast.Module) -> None:
        if not self.path.stem.isidentifier():
            raise self._refused("has a file name that is no name of a module")
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.level:
                raise self._refused("imports its neighbours; the one file is copied, so it has to do without them")

    def _of_module(self, module: str) -> Path:
        """The source of a module that is installed beside the generator; nothing is imported."""
        where: list[str] | None = None
        found = None
        for length in range(1, module.count(".") + 2):
            found = PathFinder.find_spec(".".join(module.split(".")[:length]), where)
            where = list(found.submodule_search_locations or ()) if found is not None else []
        if found is None or not found.origin or not found.origin.endswith(".py"):
            raise self._refused("is no module with Python source here; install its distribution beside the generator")
        return Path(found.origin)

    def _refused(self, problem: str) -> InputError:
        return InputError(f"[tool.codegen.security] the hook {self.said!r} {problem}")


def own_hook(said: str, base: Path) -> OwnHook | None:
    """The hook, if the settings' text is one's own."""
    return OwnHook(said, base) if said in SHIPPED or re.fullmatch(r".+:[A-Za-z_]\w*", said) else None


def _is_method(sign: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether it is called on an object, and runs when it is called."""
    kinds = {ast.unparse(item) for item in sign.decorator_list}
    return not kinds & {"staticmethod", "classmethod", "property"} and not any(
        isinstance(node, (ast.Yield, ast.YieldFrom)) for node in ast.walk(sign)
    )


def _type(annotation: ast.expr | None) -> str:
    """The argument's type, where it is a plain one."""
    names = set(re.split(r"\s*\|\s*", ast.unparse(annotation).strip("'\""))) - {"None"} if annotation else set()
    return names.pop() if len(names) == 1 and names <= _TYPES else "Any"
