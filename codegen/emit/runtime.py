"""The runtime's part in a package: the files that its modules import, and what those import in turn."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from codegen.emit.headers import runtime_header
from codegen.settings import Settings

RUNTIME = Path(__file__).parents[1] / "runtime"
_IMPORT = re.compile(r"^ *from (\.*)([\w.]*) import (?:\(([^)]*)\)|(.+))$", re.MULTILINE)
"""As the formatter writes it; a parser would cost a fifth of a second."""


def runtime(sources: Mapping[str, str], settings: Settings) -> dict[str, str]:
    """File name → text, under the header that says whose it is, of all that the `sources` need."""
    modules, package, header = _modules(), settings.package, runtime_header(settings)
    files: dict[str, str] = {}
    waiting = [name for path, text in sources.items() for name in imports(path, text, package)]
    while waiting:
        for file in modules.pop(waiting.pop(), ()):
            path = f"_runtime/{file.relative_to(RUNTIME).as_posix()}"
            files[path] = (header if file.suffix == ".py" else "") + file.read_text(encoding="utf-8")
            waiting += imports(path, files[path], package) if file.suffix == ".py" else ()
    return files


def _modules() -> dict[str, list[Path]]:
    """The dotted name of each module of the runtime → its file, and a template that lies beside it."""
    modules: dict[str, list[Path]] = {}
    for folder, _, names in os.walk(RUNTIME):
        home = ["_runtime", *Path(folder).relative_to(RUNTIME).parts]
        for name in names:
            stem = name.partition(".")[0]
            dotted = ".".join(home if stem == "__init__" else [*home, stem])
            modules.setdefault(dotted, []).append(Path(folder, name))
    return modules


def imports(path: str, text: str, package: str) -> Iterator[str]:
    """The dotted names that a file of the package imports of it, each with all that it lies in."""
    for dots, module, several, one in _IMPORT.findall(text):
        above = path.split("/")[: -len(dots)] if dots else []
        home = [*above, *module.removeprefix(f"{package}.").split(".")]
        for name in re.findall(r"\w+", several or one):
            parts = [part for part in (*home, name) if part]
            yield from (".".join(parts[:length]) for length in range(1, len(parts) + 1))
