# Generated from openapi/binance-gift-card-openapi.yml and openapi/overlay.yaml.
# Do not edit: change what it is generated from, then run `python -m codegen generate`.

"""The command line (extra ``cli``)."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line."""
    try:
        _run()
    except KeyboardInterrupt:  # before a command began, or after its end
        sys.exit(130)


def _run() -> None:
    try:
        from ._commands import app
        from ._runtime.terminal.ending import run
    except ModuleNotFoundError as error:
        if error.name not in ("typer", "click", "rich", "jinja2"):
            raise
        sys.exit(f"the command line needs {error.name}: pip install 'binance-gift-card[cli]'")
    run(app)


if __name__ == "__main__":
    main()
