"""The vendor extensions that the generator reads, by JSON Schema; `docs/extensions.md` tells them to people."""

from __future__ import annotations

from typing import Any

ENVELOPES = "x-sdk-envelopes"
ERRORS = "x-sdk-errors"
ENVELOPE = "x-sdk-envelope"
REPEAT = "x-sdk-repeat"
WEIGHT = "x-sdk-weight"
RAISES = "x-sdk-raises"
NAME = "x-sdk-name"
UNIT = "x-sdk-unit"
SIGNING = "x-sdk-signing"

_TEXT = {"type": "string", "minLength": 1}
_CODE = {"type": ["integer", "string"]}


def _closed(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


SCHEMAS: dict[str, dict[str, Any]] = {
    ENVELOPES: {
        "type": "object",
        "additionalProperties": _closed(
            {"result": _TEXT, "success": {"type": "object", "minProperties": 1}}, "result", "success"
        ),
    },
    ERRORS: _closed(
        {
            "code": _TEXT,
            "message": {"type": "array", "items": _TEXT, "minItems": 1},
            "codes": {
                "type": "array",
                "items": _closed(
                    {
                        "code": _CODE,
                        "name": {"type": "string", "pattern": "^[A-Z][A-Za-z0-9]*Error$"},
                        "meaning": _TEXT,
                        "outcome": {"enum": ["refused", "unknown"]},
                    },
                    "code",
                    "meaning",
                ),
            },
        },
        "code",
        "message",
        "codes",
    ),
    ENVELOPE: _TEXT,
    REPEAT: {"enum": ["safe", "never"]},
    WEIGHT: {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}, "minProperties": 1},
    RAISES: {"type": "array", "items": _CODE},
    NAME: {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_]*$"},
    UNIT: _TEXT,
    SIGNING: _closed({"timestamp": _TEXT, "signature": _TEXT}),
}
"""Extension → the schema of its value."""
