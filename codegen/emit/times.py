"""Times: what a model counts since the epoch, as properties that give a `datetime`."""

import ast
from collections.abc import Mapping, Sequence

from codegen.extensions.times import Time

_PROPERTY = '''
    @property
    def {name}(self) -> datetime | None:
        """`{field}` in UTC; `None` where there is none that a `datetime` can hold."""
        return since_epoch(self.{field}, "{unit}")'''


def with_times(text: str, times: Mapping[str, Sequence[Time]]) -> str:
    """The module of models, with the properties at the ends of its classes."""
    if not times:
        return text
    lines = text.split("\n")
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef) and node.end_lineno is not None:
            lines[node.end_lineno - 1] += "".join(_PROPERTY.format(**vars(time)) for time in times.get(node.name, ()))
    return "\n".join(lines)
