"""Files of a git revision, named as git names them: ``HEAD~1:openapi/api.yaml``."""

import io
import re
import subprocess
import tarfile
from pathlib import Path, PurePosixPath

from codegen.errors import InputError, name_folder


def fetch(name: str, scratch: Path, here: Path | None = None) -> Path:
    """The path of the file that `name` means: itself, or a copy of the revision's, with all that lies beside it.

    A path that begins with ``./`` is seen from `here`, or from the working directory.

    Raises:
        InputError: There is no such file or revision.
    """
    if Path(name).exists() or not re.match(r"[^:/\\]{2,}[^:\\]*:[^/\\]", name):
        return Path(name)
    revision, _, path = name.partition(":")
    parent = PurePosixPath(path).parent.as_posix()
    prefix = _git("rev-parse", "--show-prefix", folder=here).decode().strip() if path.startswith("./") else ""
    inside = PurePosixPath(prefix, parent).as_posix()
    tree = f"{revision}:{'' if inside == '.' else inside}"
    _git("cat-file", "-e", f"{revision}:{PurePosixPath(prefix, path).as_posix()}", shown=name, folder=here)
    top = Path(_git("rev-parse", "--show-toplevel", folder=here).decode().strip())
    folder = scratch / re.sub(r"\W", "-", tree)
    if not folder.exists():
        with tarfile.open(fileobj=io.BytesIO(_git("archive", "--format=tar", tree, shown=name, folder=top))) as archive:
            archive.extractall(folder, filter="data")
        name_folder(folder, f"{revision}:{parent}" if parent != "." else f"{revision}:")
    return folder / PurePosixPath(path).name


def _git(*arguments: str, shown: str = "", folder: Path | None = None) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - git, with a revision as one argument
            ["git", *arguments],  # noqa: S607
            cwd=folder,
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise InputError(f"git cannot be run: {error.strerror}", shown or None) from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise InputError(f"git does not know it: {said[-1] if said else 'no reason given'}", shown or None)
    return done.stdout
