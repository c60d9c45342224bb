"""What a description costs a signed call, beside the short form for Binance: instructions do not move with load."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench import calls
from bench.generator import finished
from bench.instructions import counted

_SCHEMES: Mapping[str, Mapping[str, Any]] = {
    "key": {"type": "apiKey", "in": "header", "name": "X-MBX-APIKEY"},
    "short": {"type": "apiKey", "in": "query", "name": "signature", "x-sdk-signing": {"timestamp": "timestamp"}},
    "described": {
        "type": "apiKey",
        "in": "query",
        "name": "signature",
        "x-sdk-signing": {
            "algorithm": "hmac-sha256",
            "timestamp": "timestamp",
            "key": {"header": "X-MBX-APIKEY"},
        },
    },
    "in_headers": {
        "type": "apiKey",
        "in": "header",
        "name": "KC-API-SIGN",
        "x-sdk-signing": {
            "algorithm": "hmac-sha256",
            "encoding": "base64",
            "sign": ["timestamp", "method", "target", "body"],
            "timestamp": {"header": "KC-API-TIMESTAMP"},
            "key": {"header": "KC-API-KEY"},
            "passphrase": {"header": "KC-API-PASSPHRASE", "signed": True},
            "send": [{"header": "KC-API-KEY-VERSION", "value": "2"}],
        },
    },
}
_CARD = {"valid": "boolean", "token": "string", "amount": "string"}
_ANSWER = {
    "type": "object",
    "properties": {"data": {"type": "object", "properties": {name: {"type": kind} for name, kind in _CARD.items()}}},
}
_CODE = """
import sys
sys.path.insert(0, {folder!r})
from signed_calls import HmacSigner, SignedCallsClient
secrets = dict(short=HmacSigner("secret"), described="secret", in_headers="secret")
keys = dict(key="k", described_key="k", in_headers_key="k", in_headers_passphrase="p")
client = SignedCallsClient(**secrets, **keys, base_url="http://127.0.0.1:{port}", timeout=600)
call = client.{operation}
for _ in range({times}): call(reference_no="0033002144060553")
"""


def measure(few: int = 20, many: int = 70) -> dict[str, tuple[float, float, float]]:
    """Figure → instructions of a call that is signed so, of one that is signed by the short form, the mark."""
    with tempfile.TemporaryDirectory() as folder, calls.serving() as port, ThreadPoolExecutor() as pool:
        _write_package(Path(folder))

        def of_a_call(operation: str) -> float:
            most, least = (
                counted(_CODE.format(folder=folder, port=port, operation=operation, times=times)) if times else 0
                for times in (many, few)
            )
            return (most - least) / (many - few)

        short, described, in_headers = pool.map(of_a_call, ("short", "described", "in_headers"))
    return {
        "described: instructions": (described, short, 1.05),
        "signed in headers: instructions": (in_headers, short, 1.15),
    }


def _write_package(folder: Path) -> None:
    parameter = {"name": "referenceNo", "in": "query", "required": True, "schema": {"type": "string"}}
    answers = {"200": {"description": "Done", "content": {"application/json": {"schema": _ANSWER}}}}
    needed: dict[str, Any] = {
        "short": {"key": [], "short": []},
        "described": {"described": []},
        "in_headers": {"in_headers": []},
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Signed calls", "version": "1"},
        "servers": [{"url": "https://api.example"}],
        "paths": {
            f"/{name}": {
                "get": {"operationId": name, "parameters": [parameter], "security": [security], "responses": answers}
            }
            for name, security in needed.items()
        },
        "components": {"securitySchemes": _SCHEMES},
    }
    spec, settings = folder / "spec.json", folder / "settings.toml"
    spec.write_text(json.dumps(document), encoding="utf-8")
    settings.write_text('[tool.codegen.security]\nshort = "signature"\n', encoding="utf-8")
    options: list[str | Path] = ["--config", settings, "--spec", spec, "--package", "signed_calls", "--out", folder]
    finished([sys.executable, "-m", "codegen", "generate", *options])
