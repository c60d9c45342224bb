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
COMMAND = "x-sdk-command"
UNIT = "x-sdk-unit"
HINT = "x-sdk-hint"
SIGNING = "x-sdk-signing"
RATES = "x-sdk-rates"
CLOCK = "x-sdk-clock"
LOCKOUT = "x-sdk-lockout"
ENCRYPTION = "x-sdk-encryption"
JOURNAL = "x-sdk-journal"
RECONCILE = "x-sdk-reconcile"

_TEXT = {"type": "string", "minLength": 1}
_CODE = {"type": ["integer", "string"]}
_COUNT = {"type": "integer", "minimum": 1}
_DECIMAL = {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$"}
_SECONDS = {"type": "number", "exclusiveMinimum": 0}
_MILLISECONDS = {"type": "integer", "minimum": 0}
_STATUS = {"type": "integer", "minimum": 400, "maximum": 499}
_ARGUMENT = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}


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
                        "cure": {"enum": ["clock", "wait", "later"]},
                        "halts": {"type": "boolean"},
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
    HINT: _TEXT,
    COMMAND: {"type": "string", "pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"},
    SIGNING: _closed(
        {
            "timestamp": _TEXT,
            "signature": _TEXT,
            "window": _closed(
                {"parameter": _TEXT, "default": _MILLISECONDS, "ahead": _MILLISECONDS}, "parameter", "default"
            ),
        }
    ),
    RATES: _closed(
        {
            "limits": {
                "type": "array",
                "items": _closed(
                    {"name": _TEXT, "header": _TEXT, "window": _SECONDS, "limit": {"type": "integer", "minimum": 1}},
                    "name",
                    "header",
                    "window",
                ),
            },
            "holds": {
                "type": "array",
                "items": _closed(
                    {"status": _STATUS, "seconds": _SECONDS, "ban": {"type": "boolean"}}, "status", "seconds"
                ),
            },
        }
    ),
    CLOCK: _closed({"operation": _TEXT, "result": _TEXT}, "operation", "result"),
    LOCKOUT: _closed(
        {
            "failures": {"type": "integer", "minimum": 2},
            "window": _SECONDS,
            "wrong": {"type": "array", "items": _CODE},
            "result": {"type": "object", "minProperties": 1},
            "locked": _CODE,
        },
        "failures",
        "window",
    ),
    ENCRYPTION: _closed(
        {"argument": _ARGUMENT, "key": _TEXT, "algorithm": {"const": "RSA-OAEP-256"}, "holds": {"const": "day"}},
        "argument",
        "key",
        "algorithm",
        "holds",
    ),
    JOURNAL: _closed(
        {
            "effect": {"enum": ["issues", "redeems", "other"]},
            "reference": _TEXT,
            "token": _TEXT,
            "amount": _TEXT,
            "expires": _TEXT,
        }
    ),
    RECONCILE: _closed(
        {
            "operation": _TEXT,
            "reference": _TEXT,
            "live": {"type": "object", "minProperties": 1},
            "month": _closed({"count": _COUNT, "amount": _DECIMAL, "token": _TEXT}),
        },
        "operation",
        "reference",
        "live",
    ),
}
"""Extension → the schema of its value."""
