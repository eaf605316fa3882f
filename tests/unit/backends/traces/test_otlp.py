"""Spans in the protocol's words."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from backends.traces.otlp import Span, encode, read_headers

AT = datetime(2026, 11, 21, 9, 30, 0, 123_457, tzinfo=UTC)
CHILD = Span(
    "4bf92f3577b34da6a3ce929d0e0e4736",
    "00f067aa0ba902b7",
    "53995c3f42cd8ad8",
    "deliver email",
    AT,
    AT + timedelta(microseconds=1),
    {"delivery.status": "failed", "delivery.attempts": 8},
    error="failed",
)
ROOT = Span("4bf92f3577b34da6a3ce929d0e0e4736", "53995c3f42cd8ad8", None, "process", AT, AT)


def spans_of(body: bytes) -> list[dict[str, Any]]:
    (resource,) = json.loads(body)["resourceSpans"]
    (scope,) = resource["scopeSpans"]
    spans: list[dict[str, Any]] = scope["spans"]
    return spans


def test_a_span_has_all_that_it_tells() -> None:
    root, child = spans_of(encode([ROOT, CHILD]))
    assert child == {
        "traceId": "4bf92f3577b34da6a3ce929d0e0e4736",
        "spanId": "00f067aa0ba902b7",
        "parentSpanId": "53995c3f42cd8ad8",
        "name": "deliver email",
        "kind": 1,
        "startTimeUnixNano": "1795253400123457000",
        "endTimeUnixNano": "1795253400123458000",
        "attributes": [
            {"key": "delivery.status", "value": {"stringValue": "failed"}},
            {"key": "delivery.attempts", "value": {"intValue": "8"}},
        ],
        "status": {"code": 2, "message": "failed"},
    }
    assert "parentSpanId" not in root
    assert "status" not in root


def test_the_protocols_own_schema_reads_it() -> None:
    """Unknown names and wrong types are refused; only ids are read as base64, and mean nothing."""
    request = json_format.Parse(encode([ROOT, CHILD]), ExportTraceServiceRequest())
    (resource,) = request.resource_spans
    assert resource.resource.attributes[0].value.string_value == "jobray"
    span = resource.scope_spans[0].spans[1]
    assert (span.name, span.start_time_unix_nano) == ("deliver email", 1795253400123457000)
    assert (span.status.code, span.attributes[1].value.int_value) == (2, 8)


@pytest.mark.parametrize(
    ("text", "headers"),
    [
        ("", {}),
        (" ", {}),
        ("Api-Key=abc", {"api-key": "abc"}),
        ("authorization=Basic dTpw==", {"authorization": "Basic dTpw=="}),
        (" a = 1 , b = x%20y%2Cz ", {"a": "1", "b": "x y,z"}),
        ("a=1+1", {"a": "1+1"}),
    ],
)
def test_headers_are_read_as_opentelemetry_writes_them(text: str, headers: dict[str, str]) -> None:
    assert read_headers(text) == headers


@pytest.mark.parametrize(
    "wrong", ["secret", "=secret", "a=", "a b=secret", "a=secret%0d%0ab:c", "a=sécret", "a=%20", ""]
)
def test_what_cannot_be_sent_is_named_by_its_place_and_not_told(wrong: str) -> None:
    with pytest.raises(ValueError, match="number 2 is no header") as raised:
        read_headers(f"fine=1,{wrong}")
    assert "cret" not in str(raised.value)
