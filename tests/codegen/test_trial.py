"""What would be written is tried before: an error of the package is one of `generate` and `lint`, with its place."""

from __future__ import annotations

import pytest

from codegen import pipeline
from codegen.errors import InputError
from codegen.read.load import Document
from codegen.settings import Options, Settings, read
from codegen.trial import prove

SPEC = """\
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /a:
    get:
      operationId: a
      responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}}
components:
  schemas:
    A: {type: object, properties: {name: {type: string}}}
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], Settings, Document]:
    spec = tmp_path_factory.mktemp("trial") / "spec.yaml"
    spec.write_text(SPEC)
    settings = read(Options(spec=spec, package="tried"))
    document, _ = pipeline.read(spec, (), "warn")
    return pipeline.generate(document, settings)[0], settings, document


def test_what_works_passes(written: tuple[dict[str, str], Settings, Document]) -> None:
    prove(*written)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("models.py", "name: str | None", "name: Nowhere | None", r"spec.yaml:10:5: #/components/schemas/A: .*Nowhere"),
        ("models.py", "name: str | None", "name: set[int] | list[int] | None", r"#/components/schemas/A: .*TypeError"),
        ("models.py", "name: str | None", "name: int('x') | None", r"#/components/schemas/A: .*ValueError"),
        ("client.py", "class ", "int('x')\nclass ", "does not work: ValueError"),
        ("_operations.py", "decoder(models.A)", "decoder(models.Gone)", r"does not work: AttributeError: .*Gone"),
        ("client.py", "-> models.A:", "-> models.Gone:", r"spec.yaml:5:5: #/paths/~1a/get: .*Gone"),
        ("client.py", "class ", "class class ", "does not work: SyntaxError"),
    ],
)
def test_what_does_not_work_is_told_with_its_place(
    written: tuple[dict[str, str], Settings, Document], file: str, old: str, new: str, message: str
) -> None:
    tree, settings, document = written
    assert old in tree[file]
    with pytest.raises(InputError, match=message):
        prove({**tree, file: tree[file].replace(old, new)}, settings, document)
