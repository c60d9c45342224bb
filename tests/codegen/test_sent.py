"""What a body may have beyond its named properties, where its schema says that any are welcome."""

from __future__ import annotations

import json
from pathlib import Path

from tests.documents.folder import Source
from tests.documents.package import generate, imported
from tests.documents.server import serve

DOCUMENT = """openapi: 3.1.0
info: {title: T, version: '1'}
servers: [{url: '%s'}]
paths:
  /a:
    get: {operationId: getB, responses: {'200': &b {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/B'}}}}}}
    post:
      operationId: send
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/A'}}}}
      responses: {'200': *b}
components:
  schemas:
    A: {type: object, properties: {a: {type: string}, list: {type: array, items: {$ref: '#/components/schemas/N'}}}, additionalProperties: true}
    B: {type: object, properties: {n: {$ref: '#/components/schemas/N'}}, additionalProperties: true}
    N: {type: object, properties: {a: {type: string}}, additionalProperties: true}
"""  # noqa: E501


def test_any_property_can_be_sent_and_those_of_answers_are_unknown(tmp_path: Path) -> None:
    with serve() as server:
        (tmp_path / "spec.yaml").write_text(DOCUMENT % server.url)
        source = Source("sent", tmp_path / "spec.yaml")
        generate(source, tmp_path / "out")
        server.answer(200, "application/json", b'{"n": {"a": "1", "x": 2}, "y": 3}')
        with imported(source.package, tmp_path / "out") as package, package.client_class() as client:
            kinds = package.part("models")
            item = kinds.N(a="i", additional_properties={"deep": [1]})
            given = kinds.A(a="1", list=[item], additional_properties={"zz": 2})
            answer = client.raw.send(body=given)
            assert answer.unknown == {"/y": 3}
        sent = json.loads(server.arrivals[-1].body)
    assert sent == {"a": "1", "list": [{"a": "i", "deep": [1]}], "zz": 2}
    assert answer.result.n.additional_properties == {"x": 2}
