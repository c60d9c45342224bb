"""The files of a team's own hooks, as the package carries them."""

from codegen.emit.headers import header
from codegen.errors import InputError
from codegen.ir.api import Api
from codegen.settings import Settings


def own_files(api: Api, settings: Settings) -> dict[str, str]:
    """File name → text, under the header that says whose it is.

    Raises:
        InputError: Two of them have one name.
    """
    files: dict[str, str] = {}
    for hook in api.own_hooks:
        if hook.is_file:
            name = f"_hooks/{hook.path.name}"
            text = f"# Copied from {settings.relative(hook.path)}. Edit it there, then generate anew.\n{hook.source()}"
            if files.setdefault(name, text) != text:
                raise InputError(f"two hooks stand in files that are called {hook.path.name}; rename one", hook.path)
    about = f'{header(settings)}"""Signing hooks, copied from where they are kept."""\n'
    return {"_hooks/__init__.py": about, **files} if files else {}
