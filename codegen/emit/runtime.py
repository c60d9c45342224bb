"""The runtime's part in a package: the files that its modules import, and what those import in turn."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

RUNTIME = Path(__file__).parents[1] / "runtime"
_IMPORT = re.compile(r"^ *from (\.*)([\w.]*) import (?:\(([^)]*)\)|(.+))$", re.MULTILINE)
"""As the formatter writes it; a parser would cost a fifth of a second."""
_HEADER = "# Part of the runtime. Edit it in the generator, codegen/runtime/, then generate anew.\n"


def runtime(sources: Mapping[str, str], package: str) -> dict[str, str]:
    """File name → text, under the header that says whose it is, of all that the `sources` need."""
    files: dict[str, str] = {}
    waiting = [name for path, text in sources.items() for name in _imports(path, text, package)]
    while waiting:
        path = _file(waiting.pop())
        if path is not None and f"_runtime/{path}" not in files:
            for file in (RUNTIME / path).parent.glob(f"{(RUNTIME / path).stem}.*"):  # a template beside its module too
                text = file.read_text(encoding="utf-8")
                header = _HEADER if file.suffix == ".py" else ""
                files[f"_runtime/{file.relative_to(RUNTIME).as_posix()}"] = header + text
            waiting += _imports(f"_runtime/{path}", files[f"_runtime/{path}"], package)
    return files


def _imports(path: str, text: str, package: str) -> Iterator[str]:
    """The dotted names that a file of the package imports of it, each with all that it lies in."""
    for dots, module, several, one in _IMPORT.findall(text):
        above = path.split("/")[: -len(dots)] if dots else []
        home = [*above, *module.removeprefix(f"{package}.").split(".")]
        for name in re.findall(r"\w+", several or one):
            parts = [part for part in (*home, name) if part]
            yield from (".".join(parts[:length]) for length in range(1, len(parts) + 1))


def _file(name: str) -> str | None:
    """The runtime's file of a dotted name, from its folder; `None` where the name is no module of it."""
    first, *rest = name.split(".")
    inside = RUNTIME.joinpath(*rest)
    for path in (inside / "__init__.py", inside.with_suffix(".py")):
        if first == "_runtime" and path.is_file():
            return path.relative_to(RUNTIME).as_posix()
    return None
