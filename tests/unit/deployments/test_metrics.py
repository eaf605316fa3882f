"""The page of metrics is there when something else is not."""

import asyncio
from typing import Any

import pytest

from backends.cache.base import Health
from deployments import metrics
from deployments.live import PRESENT_S
from models.errors import Unavailable
from services.ports import Ports
from tests.unit.deployments.connections import Person, sse, ws
from tests.unit.deployments.telling import tell


def failing_with(error: Exception) -> Any:
    async def asked(*arguments: Any, **options: Any) -> None:
        raise error

    return asked


async def never(*arguments: Any, **options: Any) -> None:
    await asyncio.Event().wait()


async def test_the_page_tells_that_the_stream_is_down(
    client: Any, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "jobray_stream_reachable 1.0" in (await client.get("/metrics")).text
    monkeypatch.setattr(ports.stream, "lags", failing_with(Unavailable("no broker")))
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert "jobray_stream_reachable 0.0" in answer.text
    assert 'jobray_actor_serving{actor="matcher:0",state="serving"} 1.0' in answer.text


async def test_the_page_does_not_wait_for_a_stream_that_hangs(
    client: Any, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports.stream, "lags", asyncio.Event().wait)
    monkeypatch.setattr(metrics, "LAGS_TIMEOUT_S", 0.05)
    async with asyncio.timeout(5):
        answer = await client.get("/metrics")
    assert "jobray_stream_reachable 0.0" in answer.text


async def test_the_page_tells_what_waits_for_review_and_is_there_without_the_store(
    client: Any, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "jobray_reviews_waiting 0.0" in (await client.get("/metrics")).text
    monkeypatch.setattr(ports.documents, "find", failing_with(Unavailable("no store")))
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert "jobray_reviews_waiting 0.0" not in answer.text
    monkeypatch.setattr(ports.documents, "find", never)
    monkeypatch.setattr(metrics, "LAGS_TIMEOUT_S", 0.05)
    async with asyncio.timeout(5):
        assert (await client.get("/metrics")).status_code == 200


async def test_an_error_of_ours_is_not_taken_for_a_stream_that_is_down(
    client: Any, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports.stream, "lags", failing_with(KeyError("topic")))
    assert (await client.get("/metrics")).status_code == 500


async def test_the_page_tells_of_the_cache_and_the_open_streams(
    client: Any, app: Any, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports.cache, "health", lambda: Health(True, 3, 5))
    await client.get("/metrics")
    app.state.live.enter("192.0.2.1")
    lines = (await client.get("/metrics")).text.splitlines()
    shown = {line.partition("{")[0]: line.rpartition(" ")[2] for line in lines if "{" in line}
    assert shown["jobray_cache_degraded"] == "1.0"
    assert shown["jobray_cache_failures_total"] == "3.0"
    assert shown["jobray_cache_fallbacks_total"] == "5.0"
    assert shown["jobray_http_live_streams"] == "1.0"


async def test_the_page_counts_people_not_streams_and_nobody_where_the_cache_cannot(
    client: Any,
    app: Any,
    ada: Person,
    ports: Ports,
    clock: Any,
    sign_up: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def told() -> str:
        text: str = (await client.get("/metrics")).text
        assert f"in the last {PRESENT_S:g} s" in text
        return text.rpartition("jobray_people_present gauge\n")[2].partition("#")[0].strip()

    assert await told() == "jobray_people_present 0.0"
    headers = await sign_up(client)
    bob = Person((await client.get("/api/v1/users/me", headers=headers)).json()["id"], headers)
    async with (
        sse(app, ada.headers) as page,
        sse(app, bob.headers) as other,
        ws(app, f"bearer.{ada.token}") as socket,
    ):
        for person in (ada, bob):
            await tell(ports, person.id, "p1")
        for stream in (page, other, socket):
            await stream.posting()
        assert await told() == "jobray_people_present 2.0"
    clock.advance(PRESENT_S - 1)
    assert await told() == "jobray_people_present 2.0"
    clock.advance(1)
    assert await told() == "jobray_people_present 0.0"
    monkeypatch.setattr(ports.cache, "health", lambda: Health(True, 1, 1))
    assert await told() == ""
