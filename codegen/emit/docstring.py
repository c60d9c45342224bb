"""Texts of the document as docstrings."""


def docstring(text: str, indent: int = 0) -> str:
    """The text as a docstring that nothing in it can end."""
    quoted = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if quoted.endswith('"'):
        quoted = quoted[:-1] + '\\"'
    lines = quoted.split("\n")
    margin = " " * indent
    rest = [f"{margin}{line}".rstrip() for line in lines[1:]]
    closing = f"\n{margin}" if rest else ""
    return '"""' + "\n".join([lines[0], *rest]) + closing + '"""'
