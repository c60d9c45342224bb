# Generated from openapi/binance-gift-card-openapi.yml and openapi/overlay.yaml.
# Do not edit: change what it is generated from, then run `python -m codegen generate`.

"""Spans and metrics of every attempt, for OpenTelemetry (extra ``otel``)."""

from ._runtime.core.otel import OpenTelemetryHooks

__all__ = ["OpenTelemetryHooks"]
