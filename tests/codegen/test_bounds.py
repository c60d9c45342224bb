"""What a generated package promises of signatures and numbers, whatever the document and the kind of models."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Two signatures", "version": "1"},
    "components": {
        "securitySchemes": {
            name: {
                "type": "apiKey",
                "in": "query",
                "name": f"mac_{name}",
                "x-sdk-signing": {
                    "timestamp": f"ts_{name}",
                    "window": {"parameter": f"{name}_window", "default": lasts},
                },
            }
            for name, lasts in (("short", 1_000), ("long", 60_000), ("middle", 30_000))
        }
        | {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}
    },
    "paths": {
        f"/{name}": {
            "post": {
                "operationId": name,
                "security": security,
                "x-sdk-repeat": "never",
                "parameters": [
                    {"name": f"{scheme}_window", "in": "query", "schema": {"type": "integer"}}
                    for scheme in security[0]
                    if scheme != "key"
                ],
                "responses": {"200": {"description": "Done", "content": {"application/json": {"schema": {}}}}},
            }
        }
        for name, security in (
            ("bothSigned", [{"short": [], "long": [], "key": []}]),
            ("shortSigned", [{"key": [], "short": []}]),
            ("middleSigned", [{"middle": []}]),
            ("keyed", [{"key": []}]),
        )
    },
}

USE = """
import json, socket, threading
from two import TwoClient as Client, HmacSigner, errors

listener = socket.create_server(("127.0.0.1", 0))

def serve():
    while True:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 500 Oh\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n")

threading.Thread(target=serve, daemon=True).start()
signer = HmacSigner("secret")
client = Client(
    short=signer, long=signer, middle=signer, key="k", clock=lambda: 1_700_000_000_000,
    base_url=f"http://127.0.0.1:{listener.getsockname()[1]}",
)
for name in ("both_signed", "short_signed", "middle_signed", "keyed"):
    try:
        getattr(client, name)()
    except errors.OutcomeUnknownError as error:
        found = error.settled_after
        print(json.dumps([name, found and int(found.timestamp() * 1000) - 1_700_000_000_000]))
"""


def test_the_latest_of_the_signatures_that_a_request_bears_counts(codegen, tmp_path: Path) -> None:
    (tmp_path / "spec.json").write_text(json.dumps(DOCUMENT), encoding="utf-8")
    signed = "".join(f'{name} = "signature"\n' for name in ("short", "long", "middle"))
    (tmp_path / "codegen.toml").write_text(
        '[tool.codegen]\nspec = "spec.json"\npackage = "two"\noverlays = []\nclient = "TwoClient"\n\n'
        f'[tool.codegen.security]\nkey = "api-key"\n{signed}',
        encoding="utf-8",
    )
    done = codegen("generate", "--config", tmp_path / "codegen.toml", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "out"), "PYTHONDONTWRITEBYTECODE": "1"}
    used = subprocess.run(
        [sys.executable, "-c", USE], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    found = dict(json.loads(line) for line in used.stdout.splitlines())
    assert found == {"both_signed": 60_000, "short_signed": 1_000, "middle_signed": 30_000, "keyed": None}, used.stderr


def test_models_of_pydantic_keep_the_same_bounds(tmp_path, codegen) -> None:
    done = codegen("generate", "--models", "pydantic", "--package", "other", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    code = """
from other._operations import REDEEM_GIFT_CARD as redeem, FETCH_TOKEN_LIMIT as limit
for amount in ('"1E+50000000"', '"NaN"', '1E+50000000', '"0.' + '3' * 65 + '"'):
    for decode, text in ((redeem.decode, '{"referenceNo":"1","token":"B","amount":%s}'),
                         (limit.decode, '[{"coin":"B","fromMin":"1","fromMax":%s}]')):
        try:
            print(str(decode((text % amount).encode()))[:99])
        except ValueError as error:
            print("refused")
"""
    used = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert used.stdout.split() == ["refused"] * 8, used.stdout + used.stderr


NESTED = {
    "openapi": "3.1.0",
    "info": {"title": "Parts of parts", "version": "1"},
    "components": {
        "schemas": {
            "Part": {
                "type": "object",
                "properties": {
                    "price": {"type": "number", "format": "decimal"},
                    "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Part"}},
                    "byName": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Part"}},
                },
            }
        }
    },
    "paths": {
        "/part": {
            "get": {
                "operationId": "part",
                "responses": {
                    "200": {
                        "description": "It",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Part"}}},
                    }
                },
            }
        }
    },
}


@pytest.mark.parametrize("models", ["msgspec", "pydantic"])
def test_an_amount_is_bounded_however_deep_it_lies(tmp_path: Path, codegen, models) -> None:
    (tmp_path / "spec.json").write_text(json.dumps(NESTED), encoding="utf-8")
    options = ("--spec", tmp_path / "spec.json", "--models", models, "--package", "nested", "--out", tmp_path)
    done = codegen("generate", *options)
    assert done.returncode == 0, done.stderr
    code = """
from nested._operations import PART
for text in ('{"price": %s}', '{"parts": [{"price": %s}]}', '{"byName": {"a": {"parts": [{"price": %s}]}}}'):
    print(type(PART.decode((text % "12.50").encode())).__name__)
    try:
        print(str(PART.decode((text % "1E+5000").encode()))[:99])
    except ValueError:
        print("refused")
"""
    environment = {"PYTHONPATH": str(tmp_path)}
    used = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert used.stdout.split() == ["Part", "refused"] * 3, used.stdout + used.stderr
