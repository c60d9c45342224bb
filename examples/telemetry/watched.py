"""A client whose attempts can be watched: a span and two metrics for each, printed here.

python -m examples.telemetry.watched
"""

from __future__ import annotations

from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import ConsoleMetricExporter, PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor

from binance_gift_card import GiftCardClient
from binance_gift_card.otel import OpenTelemetryHooks


def main() -> None:
    """Issue and verify a card; what a collector would be sent is printed."""
    resource = Resource.create({"service.name": "rewards"})
    spans = TracerProvider(resource=resource)
    spans.add_span_processor(SimpleSpanProcessor(ConsoleSpanExporter()))  # in production: a batch, to your collector
    figures = MeterProvider([PeriodicExportingMetricReader(ConsoleMetricExporter())], resource=resource)
    trace.set_tracer_provider(spans)
    metrics.set_meter_provider(figures)

    reward = trace.get_tracer("rewards").start_as_current_span("reward order 7")  # attempts are its children
    with GiftCardClient.from_env(hooks=OpenTelemetryHooks()) as client, reward:
        card = client.create_gift_card(token="USDT", amount="25", idempotency_key="order 7")
        client.verify_gift_card(reference_no=card.reference_no)
    figures.shutdown()
    spans.shutdown()


if __name__ == "__main__":
    main()
