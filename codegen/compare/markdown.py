"""Text of a document in Markdown, with nothing in it that Markdown or a host of code would act on."""

import re


def code(words: str) -> str:
    """As code: nothing in it is a link, a mention or HTML."""
    plain = re.sub(r"\s+", " ", words).replace("|", "\\|")
    longest = max((len(run) for run in re.findall(r"`+", plain)), default=0)
    fence = "`" * (longest + 1)
    space = " " if longest else ""
    return f"{fence}{space}{plain}{space}{fence}"


def prose(words: str) -> str:
    """As prose: no markup, no HTML, no mention of a person, no reference to an issue."""
    plain = re.sub(r"\s+", " ", words).replace("&", "&amp;").replace("<", "&lt;")
    escaped = re.sub(r"([\\`*_\[\]|~])", r"\\\1", plain)
    return re.sub(r"([@#])(?=\w)", "\\1\u200b", escaped)
