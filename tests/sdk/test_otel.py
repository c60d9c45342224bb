"""What OpenTelemetry is told of the calls of a client."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from binance_gift_card import AsyncGiftCardClient, GiftCardClient, HmacSigner, errors
from binance_gift_card.otel import OpenTelemetryHooks

CODE = "6H9EKF5ECCWFBHGE"
VALID = '{"code":"000000","success":true,"data":{"valid":true}}'


@pytest.fixture
def providers():
    spans, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracing, metering = TracerProvider(), MeterProvider(metric_readers=[reader])
    tracing.add_span_processor(SimpleSpanProcessor(spans))
    yield tracing, metering, spans, reader
    tracing.shutdown()
    metering.shutdown()


@pytest.fixture
def options(providers):
    tracing, metering, *_ = providers
    hooks = OpenTelemetryHooks(tracer_provider=tracing, meter_provider=metering)
    return {"api_key": "the-api-key-itself", "signer": HmacSigner("the-api-secret-itself"), "hooks": hooks}


@pytest.fixture
def observed(recorder, providers, options):
    with GiftCardClient(base_url=recorder.url, timeout=5, **options) as client:
        yield client, *providers[2:]


def test_a_call_that_is_tried_again_is_two_spans(observed, recorder) -> None:
    client, spans, reader = observed
    recorder.reply("503 Service Unavailable", "")
    recorder.then("200 OK", VALID)
    client.verify_gift_card(reference_no="0033002144060553")
    first, second = spans.get_finished_spans()
    assert (first.name, first.kind, first.status.status_code) == ("verify_gift_card", SpanKind.CLIENT, StatusCode.ERROR)
    assert dict(first.attributes) == {
        "http.request.method": "GET",
        "server.address": "127.0.0.1",
        "server.port": recorder.port,
        "sdk.operation": "verify_gift_card",
        "url.template": "/sapi/v1/giftcard/verify",
        "http.response.status_code": 503,
        "error.type": "503",
        "sdk.outcome": "unknown",
    }
    assert second.status.status_code == StatusCode.UNSET
    assert (second.attributes["http.request.resend_count"], second.attributes["sdk.outcome"]) == (1, "done")
    metrics = {
        metric.name: metric.data.data_points
        for resource in reader.get_metrics_data().resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }
    assert {point.attributes["sdk.outcome"]: point.value for point in metrics["sdk.client.attempts"]} == {
        "unknown": 1,
        "done": 1,
    }
    assert sum(point.count for point in metrics["http.client.request.duration"]) == 2


def test_what_is_told_holds_no_secret(observed, recorder) -> None:
    client, spans, reader = observed
    recorder.reply("400 Bad Request", '{"code":-18004,"msg":"6H9EKF5ECCWFBHGE"}')
    with pytest.raises(errors.RedeemAttemptsError):
        client.redeem_gift_card(code=CODE, external_uid="somebody")
    (span,) = spans.get_finished_spans()
    assert (span.attributes["error.type"], span.attributes["sdk.outcome"]) == ("-18004", "refused")
    told = span.to_json() + reader.get_metrics_data().to_json()
    signature = recorder.requests[0].split(b"signature=")[1][:64].decode()
    for secret in (CODE, "the-api-key-itself", "the-api-secret-itself", "somebody", signature):
        assert secret not in told


def test_async_calls_side_by_side_stand_under_the_spans_of_their_tasks(recorder, providers, options) -> None:
    tracing, _, spans, _ = providers
    tracer = tracing.get_tracer("the program")
    recorder.reply("200 OK", VALID)

    async def work(client: AsyncGiftCardClient, name: str) -> None:
        with tracer.start_as_current_span(name):
            for _ in range(2):
                await client.verify_gift_card(reference_no="0033002144060553")

    async def story() -> None:
        async with AsyncGiftCardClient(base_url=recorder.url, timeout=60, **options) as client:
            await asyncio.gather(*(work(client, name) for name in ("one", "two", "three")))

    asyncio.run(story())
    finished = spans.get_finished_spans()
    tasks = {span.context.span_id: span.name for span in finished if span.parent is None}
    calls = [(span.name, tasks[span.parent.span_id]) for span in finished if span.parent is not None]
    assert sorted(calls) == [("verify_gift_card", name) for name in ("one", "one", "three", "three", "two", "two")]


def test_an_async_call_that_is_cancelled_ends_its_span(providers, options) -> None:
    spans = providers[2]

    async def story(port: int) -> None:
        async with AsyncGiftCardClient(base_url=f"http://127.0.0.1:{port}", timeout=60, **options) as client:
            call = asyncio.create_task(client.create_gift_card(token="USDT", amount="25"))
            server, _ = await asyncio.get_running_loop().sock_accept(listener)
            with server:
                server.setblocking(False)
                assert await asyncio.get_running_loop().sock_recv(server, 10)
                call.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await call

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        asyncio.run(story(listener.getsockname()[1]))
    (span,) = spans.get_finished_spans()
    assert (span.status.status_code, span.attributes["sdk.outcome"]) == (StatusCode.ERROR, "unknown")
    assert span.attributes["error.type"] == "unknown"


def test_without_opentelemetry_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "opentelemetry.py").write_text("raise ImportError('not here')")
    code = (
        f"import sys; sys.path[:] = [{str(tmp_path)!r}, *{sys.path!r}]\n"
        "from binance_gift_card.otel import OpenTelemetryHooks\n"
        "try: OpenTelemetryHooks()\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "ArgumentError OpenTelemetryHooks needs OpenTelemetry: install the extra 'otel'\n"
