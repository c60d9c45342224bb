"""The comments at the head of generated files; they change only when the settings or the names of the inputs do."""

from codegen.settings import Settings


def header(settings: Settings) -> str:
    """Of a file that is made of the document."""
    inputs = " and ".join(settings.relative(path) for path in (settings.spec, *settings.overlays))
    return (
        f"{_license(settings)}# Generated from {inputs}.\n"
        f"# Do not edit: change what it is generated from, then run `{settings.command}`.\n"
    )


def runtime_header(settings: Settings) -> str:
    """Of a file of the runtime, which is linted where it is written, by rules of its own."""
    return (
        f"{_license(settings)}# Part of the runtime, which `{settings.command}` copies here. Do not edit.\n"
        "# ruff: noqa\n"
    )


def _license(settings: Settings) -> str:
    lines = settings.license.splitlines()
    return "".join(f"{f'# {line}'.rstrip()}\n" for line in (*lines, "")) if lines else ""
