"""The extensions that are one word: ``x-sdk-name``, ``x-sdk-command``, ``x-sdk-unit`` and ``x-sdk-hint``."""

from codegen.extensions.extension import TEXT, Extension, from_to

NAME = Extension("x-sdk-name", {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_]*$"})
"""What a thing is called in Python; what a change of it means is told of the package."""

COMMAND = Extension(
    "x-sdk-command",
    {"type": "string", "pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"},
    (("command-changed", "risky", "An operation has another name at a terminal: scripts have to follow."),),
    from_to("command-changed"),
)

UNIT = Extension("x-sdk-unit", TEXT)
"""What a value is counted in; a change of it is one of the schema."""

HINT = Extension("x-sdk-hint", TEXT)
"""How to mend a text that does not match its pattern."""
