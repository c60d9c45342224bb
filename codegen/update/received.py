"""What a README says of the document's origin: a block that `update` writes and reads."""

import re

BEGIN = "<!-- received: update writes this block -->"
END = "<!-- /received -->"
_BLOCK = re.compile(r"<!-- received:[^>]*-->.*?" + re.escape(END), re.DOTALL)
_DIGEST = re.compile(r"\| SHA-256 \| `([0-9a-f]{64})` \|")


def block(name: str, origin: str, date: str, digest: str) -> str:
    """The table of one document."""
    rows = (("document", f"`{name}`"), ("origin", origin), ("received", date), ("SHA-256", f"`{digest}`"))
    table = "\n".join(f"| {key} | {value} |" for key, value in rows)
    return f"{BEGIN}\n| what | value |\n| --- | --- |\n{table}\n{END}"


def recorded_digest(readme: str) -> str | None:
    """The digest of the document that was taken in last, as it was received."""
    found = _BLOCK.search(readme)
    digest = _DIGEST.search(found.group()) if found else None
    return digest.group(1) if digest else None


def with_block(readme: str, text: str) -> str:
    """The README with the block in the place of the old one, or at its end."""
    if _BLOCK.search(readme):
        return _BLOCK.sub(lambda _: text, readme, count=1)
    return f"{readme.rstrip()}\n\n## Received\n{text}\n".lstrip("\n")
