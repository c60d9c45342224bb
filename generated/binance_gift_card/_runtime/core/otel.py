# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""Spans and metrics of every attempt, for OpenTelemetry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .errors import ArgumentError, Attempt
from .hooks import Sending

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import TracerProvider

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
_USUAL_PORTS = {"http": 80, "https": 443}


class OpenTelemetryHooks:
    """Feeds a span and two metrics for each attempt; give it to a client as its ``hooks``.

    The span is a client's, named after the method that was called, with the attributes that are usual for HTTP.
    The metrics are the histogram ``http.client.request.duration`` (seconds) and the counter ``sdk.client.attempts``, by
    operation and outcome. Neither holds an argument, a query, a header or a body.

    Args:
        tracer_provider: Where spans go; the global provider if left out.
        meter_provider: Where metrics go; the global provider if left out.

    Raises:
        ArgumentError: OpenTelemetry is not installed.

    Source: https://opentelemetry.io/docs/specs/semconv/http/
    """

    def __init__(
        self, *, tracer_provider: TracerProvider | None = None, meter_provider: MeterProvider | None = None
    ) -> None:
        try:
            from opentelemetry import metrics, trace
        except ImportError as error:
            raise ArgumentError("OpenTelemetryHooks needs OpenTelemetry: install the extra 'otel'") from error
        name = __name__.partition("._runtime")[0]
        meter = metrics.get_meter(name, meter_provider=meter_provider)
        self._tracer = trace.get_tracer(name, tracer_provider=tracer_provider)
        self._kind = trace.SpanKind.CLIENT
        self._failed = trace.StatusCode.ERROR
        self._seconds = meter.create_histogram(
            "http.client.request.duration",
            unit="s",
            description="How long an attempt took.",
            explicit_bucket_boundaries_advisory=list(_BUCKETS),
        )
        self._attempts = meter.create_counter("sdk.client.attempts", unit="{attempt}", description="Attempts made.")

    def before_attempt(self, sending: Sending) -> None:
        attributes = _common(sending) | {"url.template": sending.path}
        if sending.number > 1:
            attributes["http.request.resend_count"] = sending.number - 1
        sending.state = self._tracer.start_span(sending.operation, kind=self._kind, attributes=attributes)

    def after_attempt(self, sending: Sending, attempt: Attempt) -> None:
        span, attributes = sending.state, _common(sending)
        told: dict[str, Any] = {} if attempt.status is None else {"http.response.status_code": attempt.status}
        if attempt.outcome != "done":
            told["error.type"] = str(attempt.code if attempt.code is not None else attempt.status or attempt.outcome)
            span.set_status(self._failed, f"{attempt.outcome}: {attempt.reason}")
        span.set_attributes(told | {"sdk.outcome": attempt.outcome})
        span.end()
        self._seconds.record(attempt.seconds, attributes | told)
        self._attempts.add(1, {"sdk.operation": sending.operation, "sdk.outcome": attempt.outcome})


def _common(sending: Sending) -> dict[str, Any]:
    server = urlsplit(sending.server)
    return {
        "http.request.method": sending.method,
        "server.address": server.hostname or "",
        "server.port": server.port or _USUAL_PORTS[server.scheme],
        "sdk.operation": sending.operation,
    }
