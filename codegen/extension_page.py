"""The table in ``docs/extensions.md``, and the schema beside it: ``python -m codegen.extension_page``."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from codegen import editor_schema
from codegen.extensions.registry import EXTENSIONS

PAGE = Path(__file__).parents[1] / "docs" / "extensions.md"
SCHEMA = PAGE.with_name("extensions.schema.json")
_TABLE = re.compile(r"(?<=<!-- python -m codegen.extension_page -->\n).*?(?=<!-- end -->\n)", re.DOTALL)


def render(page: str) -> str:
    """The page, with the table that the code gives."""
    rows = ["| extension | stands at | value | meaning |", "| --- | --- | --- | --- |"]
    for key, extension in EXTENSIONS.items():
        value = " or ".join(_values(extension.schema))
        rows.append(f"| `{key}` | {extension.home} | {value} | {extension.meaning} |")
    return _TABLE.sub(lambda _: "\n".join(rows) + "\n", page)


def _values(schema: Mapping[str, Any]) -> Iterator[str]:
    """The values that a schema admits, in words."""
    if "enum" in schema:
        yield from (f"`{value}`" for value in schema["enum"])
    elif "anyOf" in schema:
        yield from (value for part in schema["anyOf"] for value in _values(part))
    elif schema.get("type") == "object" and "properties" in schema:
        required = schema["required"]
        yield "`{" + ", ".join(name if name in required else f"{name}?" for name in schema["properties"]) + "}`"
    elif schema.get("type") == "object":
        yield "a mapping of names to " + " or ".join(_values(schema["additionalProperties"]))
    elif schema.get("type") == "array":
        yield "a list of " + " or ".join(_values(schema["items"]))
    else:
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        yield from ({"string": "text", "integer": "an integer"}[name] for name in types)


if __name__ == "__main__":
    PAGE.write_text(render(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    SCHEMA.write_text(editor_schema.text(whole=False), encoding="utf-8")
