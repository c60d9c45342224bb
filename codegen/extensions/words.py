"""The extensions that are one word: ``x-sdk-name``, ``x-sdk-command``, ``x-sdk-unit`` and ``x-sdk-hint``."""

from codegen.extensions.extension import TEXT, Extension, from_to

NAME = Extension(
    "x-sdk-name",
    {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_]*$"},
    places=("operation", "parameter", "request body", "schema", "security scheme"),
    meaning=(
        "The name in Python: of a method, an argument, a class, or a credential of the client. Several schemas may "
        "have one name: the class has the properties of all of them, required where all require them."
    ),
)
"""What a thing is called in Python; what a change of it means is told of the package."""

COMMAND = Extension(
    "x-sdk-command",
    {"type": "string", "pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"},
    (("command-changed", "risky", "An operation has another name at a terminal: scripts have to follow."),),
    from_to("command-changed"),
    places=("operation",),
    meaning="What it is called on the command line and among bulk runs, instead of the method's name.",
)

UNIT = Extension(
    "x-sdk-unit",
    TEXT,
    places=("parameter", "request body", "schema"),
    meaning="The unit of the value, such as `milliseconds`, for docstrings.",
)
"""What a value is counted in; a change of it is one of the schema."""

HINT = Extension(
    "x-sdk-hint",
    TEXT,
    places=("schema",),
    meaning=(
        "How to mend a text that does not match the `pattern` beside it, such as `a number has 16 digits`. Left out, a "
        'usual pattern is told in words: `1 to 20 digits, then optionally "." and 1 to 20 digits`.'
    ),
)
"""How to mend a text that does not match its pattern."""
