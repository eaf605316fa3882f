"""Spans to a collector over HTTP."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from backends.traces.otlp import Collector, ExportFailed, Span, read_headers
from tests.collector import FakeCollector, collecting

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SPANS = [Span("1" * 32, "2" * 16, None, "process", AT, AT)]


@pytest.fixture
def server() -> Iterator[FakeCollector]:
    with collecting() as server:
        yield server


@pytest.mark.parametrize("path", ["", "/", "/otlp", "/otlp/"])
async def test_spans_are_posted_below_the_endpoint(server: FakeCollector, path: str) -> None:
    await Collector(server.url + path).export(SPANS)
    ((asked, headers, _),) = server.requests
    assert asked == path.rstrip("/") + "/v1/traces"
    assert headers["Content-Type"] == "application/json"
    assert [span["name"] for span in server.spans] == ["process"]


async def test_what_the_collector_asks_for_goes_with_each_request(server: FakeCollector) -> None:
    given = read_headers(
        "Authorization=Bearer%20a%3Db%2Cc, X-Tenant = jobray, content-type=text/html"
    )
    collector = Collector(server.url, headers=given)
    await collector.export(SPANS)
    await collector.export(SPANS)
    for _, headers, _ in server.requests:
        assert headers.get_all("Authorization") == ["Bearer a=b,c"]
        assert headers.get_all("X-Tenant") == ["jobray"]
        assert headers.get_all("Content-Type") == ["application/json"]
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [302, 400, 503])
async def test_a_refusal_is_told(server: FakeCollector, status: int) -> None:
    server.status = status
    with pytest.raises(ExportFailed, match=f"status {status}"):
        await Collector(server.url).export(SPANS)


async def test_a_collector_that_is_not_there_is_told() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # taken, and nobody listens
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        with pytest.raises(ExportFailed, match="ConnectionRefusedError"):
            await Collector(url).export(SPANS)


async def test_a_collector_that_hangs_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(ExportFailed, match="TimeoutError"):
            await Collector(url, timeout_s=0.05).export(SPANS)
