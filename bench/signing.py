"""What a description costs a signed call: CPU seconds, beside the short form for Binance in the same package."""

from __future__ import annotations

import importlib
import json
import statistics
import sys
import tempfile
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from bench import calls
from bench.generator import finished

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


def measure(rounds: int) -> dict[str, tuple[float, float, float]]:
    """Figure → CPU seconds of a call that is signed so, of one that is signed by the short form, the mark."""
    with tempfile.TemporaryDirectory() as folder, calls.one_processor(), calls.serving() as port:
        _write_package(Path(folder))
        sys.path.insert(0, folder)
        try:
            client = _client(port)
        finally:
            sys.path.remove(folder)
        taken: dict[str, list[float]] = {"short": [], "described": [], "in_headers": []}
        for _ in range(rounds + 1):
            for name, seconds in taken.items():
                call = partial(getattr(client, name), reference_no="0033002144060553")
                seconds.append(calls.seconds_of(call))
        short, described, in_headers = (statistics.median(seconds[1:]) for seconds in taken.values())
    return {"a described signature": (described, short, 1.05), "a signature in headers": (in_headers, short, 1.1)}


def _client(port: int) -> Any:
    package = importlib.import_module("signed_calls")
    secrets = {"short": package.HmacSigner("secret"), "described": "secret", "in_headers": "secret"}
    keys = {"key": "k", "described_key": "k", "in_headers_key": "k", "in_headers_passphrase": "p"}
    return package.SignedCallsClient(**secrets, **keys, base_url=f"http://127.0.0.1:{port}")


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
