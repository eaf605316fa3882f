"""From the POST to the mailbox, as an operator's traces show it."""

import time
from pathlib import Path
from typing import Any

from chaos.people import Person, wait_until
from chaos.running import Running
from tests.collector import collecting

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
WAY = ["submit", "process", "match", "notify", "deliver email"]


def test_a_posting_is_traced_from_the_request_to_the_delivery(tmp_path: Path) -> None:
    with collecting() as collector:
        system = Running(
            tmp_path / "data",
            JOBRAY_TRACES_ENDPOINT=collector.url,
            JOBRAY_TRACES_HEADERS="Authorization=Bearer%20token",
        ).start()
        try:
            employer, seeker = Person(system.url, "employer"), Person(system.url, "seeker")
            seeker.alert("title:engineer", "email")
            employer.http.headers["traceparent"] = f"00-{TRACE}-{SPAN}-01"
            asked = [time.time_ns()]
            employer.post_job()
            del employer.http.headers["traceparent"]
            asked.append(time.time_ns())
            employer.post_job(title="Platform Engineer", company="Northgate Rail")
            asked.append(time.time_ns())

            def told() -> list[list[dict[str, Any]]]:
                by_trace: dict[str, list[dict[str, Any]]] = {}
                for span in collector.spans:
                    by_trace.setdefault(span["traceId"], []).append(span)
                ways = [
                    [
                        span
                        for name in (*WAY, "deliver inapp")
                        for span in way
                        if span["name"] == name
                    ]
                    for way in by_trace.values()
                ]
                return ways if len(ways) == 2 else []

            ways = {way[0]["traceId"]: way for way in wait_until(told)}
        finally:
            system.stop()
    assert TRACE in ways
    for trace, way in ways.items():
        submit, process, match, notify, email, inapp = way
        assert submit.get("parentSpanId") == (SPAN if trace == TRACE else None)
        begun, answered = asked[:2] if trace == TRACE else asked[1:]
        # A span is told in microseconds.
        assert begun - 1000 <= int(submit["startTimeUnixNano"])
        assert int(submit["endTimeUnixNano"]) <= answered
        assert process["parentSpanId"] == submit["spanId"]
        assert match["parentSpanId"] == process["spanId"]
        assert notify["parentSpanId"] == match["spanId"]
        assert email["parentSpanId"] == inapp["parentSpanId"] == notify["spanId"]
        times = [int(span[f"{side}TimeUnixNano"]) for span in way[:5] for side in ("start", "end")]
        assert times == sorted(times)
    assert all(headers["Authorization"] == "Bearer token" for _, headers, _ in collector.requests)
