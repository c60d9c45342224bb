"""The version in the project's settings file; whatever else stands there stays as it is."""

import tomlkit


def with_version(text: str, version: str) -> str:
    """The settings with another version: in ``[tool.codegen]`` if it stands there, else in ``[project]``."""
    document = tomlkit.parse(text)
    tool = document.setdefault("tool", tomlkit.table(is_super_table=True)).setdefault("codegen", tomlkit.table())
    if "version" in tool or "version" not in document.get("project", {}):
        tool["version"] = version
    else:
        document["project"]["version"] = version
    return tomlkit.dumps(document)
