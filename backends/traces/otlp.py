"""Spans to a collector: OTLP over HTTP as JSON, one POST a batch.

The format is the protocol's own (https://opentelemetry.io/docs/specs/otlp/#otlphttp): protobuf's
JSON, but for ids in hexadecimal and enums as numbers. It is small enough to be written here; the
exporter of OpenTelemetry would come with a second HTTP client and threads of its own.
"""

import asyncio
import http.client
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson

PATH = "/v1/traces"
TIMEOUT_S = 5.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_KIND_INTERNAL = 1
_STATUS_ERROR = 2
_HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_HEADER_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")

Value = str | int


@dataclass(frozen=True, slots=True)
class Span:
    """Ids in hexadecimal: `trace_id` of 16 bytes, `id` and `parent_id` of 8; no parent: a root.
    `error` says what went wrong, if something did."""

    trace_id: str
    id: str
    parent_id: str | None
    name: str
    start: datetime
    end: datetime
    attributes: Mapping[str, Value] = field(default_factory=dict)
    error: str | None = None


class ExportFailed(Exception):
    """The collector did not take the spans; the message says why."""


def read_headers(text: str) -> dict[str, str]:
    """The headers of `name=value,name=value` by their names in lower case, as the variable
    OTEL_EXPORTER_OTLP_HEADERS is written (https://opentelemetry.io/docs/specs/otel/protocol/exporter/):
    values are percent-encoded, and blanks around names and values do not count. Raises ValueError,
    which says which one cannot be sent, and nothing of it, for it is a secret."""
    headers: dict[str, str] = {}
    for place, pair in enumerate(text.split(",") if text.strip() else (), start=1):
        name, _, given = pair.partition("=")
        name, value = name.strip(), unquote(given.strip())
        if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            raise ValueError(f"expected name=value,name=value: number {place} is no header")
        headers[name.lower()] = value
    return headers


class Collector:
    """`endpoint` is the collector's URL, as `http://host:4318`; `headers` go with each request."""

    def __init__(
        self,
        endpoint: str,
        *,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._url = urlsplit(endpoint)
        self._headers = {**(headers or {}), "content-type": "application/json"}
        self._timeout_s = timeout_s

    async def export(self, spans: Sequence[Span]) -> None:
        """Hand these over. Raises ExportFailed."""
        await asyncio.to_thread(self._post, encode(spans))

    def _post(self, body: bytes) -> None:
        host, port = self._url.hostname or "", self._url.port
        over_tls = self._url.scheme == "https"
        kind = http.client.HTTPSConnection if over_tls else http.client.HTTPConnection
        connection = kind(host, port, timeout=self._timeout_s)
        try:
            connection.request("POST", self._url.path.rstrip("/") + PATH, body, self._headers)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            raise ExportFailed(type(error).__name__) from error
        finally:
            connection.close()
        if not 200 <= status < 300:
            raise ExportFailed(f"status {status}")


def encode(spans: Sequence[Span]) -> bytes:
    """The body of an ExportTraceServiceRequest."""
    resource = {"attributes": _attributes({"service.name": "jobray"})}
    scope = {"scope": {"name": "jobray"}, "spans": [_span(span) for span in spans]}
    return orjson.dumps({"resourceSpans": [{"resource": resource, "scopeSpans": [scope]}]})


def _span(span: Span) -> dict[str, Any]:
    body: dict[str, Any] = {
        "traceId": span.trace_id,
        "spanId": span.id,
        "name": span.name,
        "kind": _KIND_INTERNAL,
        "startTimeUnixNano": _nanoseconds(span.start),
        "endTimeUnixNano": _nanoseconds(span.end),
        "attributes": _attributes(span.attributes),
    }
    if span.parent_id is not None:
        body["parentSpanId"] = span.parent_id
    if span.error is not None:
        body["status"] = {"code": _STATUS_ERROR, "message": span.error}
    return body


def _attributes(values: Mapping[str, Value]) -> list[dict[str, Any]]:
    return [
        # 64-bit numbers are texts in protobuf's JSON.
        {"key": key, "value": {"intValue": str(value)}}
        if isinstance(value, int)
        else {"key": key, "value": {"stringValue": value}}
        for key, value in values.items()
    ]


def _nanoseconds(at: datetime) -> str:
    return str((at - _EPOCH) // _MICROSECOND * 1000)
