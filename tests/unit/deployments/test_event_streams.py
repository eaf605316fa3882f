"""Notifications as server-sent events: no gap, no copy, no stranger, and nothing left behind."""

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI

from deployments import live
from deployments.capacity import MAX_ONGOING_REQUESTS
from services.ports import Ports
from services.telling.notifications import BEGINNING, newest_position
from tests.unit.deployments.connections import (
    PATH,
    Person,
    last_of,
    open_streams,
    sse,
    until_open,
    ws,
)
from tests.unit.deployments.telling import tell, tell_many


async def test_a_notification_arrives_as_an_event(app: FastAPI, ada: Person, ports: Ports) -> None:
    async with sse(app, ada.headers) as stream:
        assert stream.start["status"] == 200
        assert stream.headers["content-type"].startswith("text/event-stream")
        assert stream.headers["cache-control"] == "no-store"
        assert stream.headers["x-accel-buffering"] == "no"
        assert stream.first_id == BEGINNING
        id_ = await tell(ports, ada.id, "p1")
        position, item = await stream.item()
        assert (item["id"], item["position"]) == (id_, position)
        assert position == await newest_position(ports, ada.id)
        assert item["deliveries"][0] == {"channel": "inapp", "status": "delivered", "attempts": 1}
    assert open_streams(app) == 0


async def test_a_stream_begins_with_what_comes(app: FastAPI, ada: Person, ports: Ports) -> None:
    await tell(ports, ada.id, "before")
    async with sse(app, ada.headers) as stream:
        assert stream.first_id == await newest_position(ports, ada.id)
        await tell(ports, ada.id, "after")
        assert await stream.posting() == "after"


async def test_a_stream_resumes_without_gap_or_copy(
    app: FastAPI, ada: Person, ports: Ports
) -> None:
    async with sse(app, ada.headers) as stream:
        await tell(ports, ada.id, "p0")
        seen, _ = await stream.item()
    for number in range(1, 4):
        await tell(ports, ada.id, f"p{number}")
    async with sse(app, ada.headers, **{"Last-Event-ID": seen}) as stream:
        telling = asyncio.create_task(tell_many(ports, ada.id, range(4, 30)))
        postings = [await stream.posting() for _ in range(29)]
        await telling
        assert await stream.connection.quiet()
    assert postings == [f"p{number}" for number in range(1, 30)]


async def test_what_was_missed_is_read_page_by_page(
    app: FastAPI, ada: Person, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.telling.notifications.PAGE", 3)
    await tell_many(ports, ada.id, range(8))
    async with sse(app, ada.headers, **{"Last-Event-ID": BEGINNING}) as stream:
        assert [await stream.posting() for _ in range(8)] == [f"p{n}" for n in range(8)]


async def test_nobody_sees_anothers_notifications(
    app: FastAPI, client: Any, sign_up: Any, ada: Person, ports: Ports
) -> None:
    async with sse(app, await sign_up(client)) as other, sse(app, ada.headers) as mine:
        await tell(ports, ada.id, "secret")
        assert await mine.posting() == "secret"
        assert await other.connection.quiet()


@pytest.mark.usefixtures("fast_heartbeat")
async def test_a_quiet_stream_has_a_heartbeat(app: FastAPI, ada: Person) -> None:
    async with sse(app, ada.headers) as stream:
        for _ in range(2):
            assert (await stream.connection.got())["body"] == b": heartbeat\n\n"


@pytest.mark.usefixtures("fast_heartbeat")
async def test_a_stream_ends_with_its_token(app: FastAPI, ada: Person, clock: Any) -> None:
    async with sse(app, ada.headers) as stream:
        clock.advance(901)
        await last_of(stream)
    assert open_streams(app) == 0


@pytest.mark.usefixtures("fast_heartbeat")
async def test_a_stream_ends_with_its_session(app: FastAPI, client: Any, ada: Person) -> None:
    async with sse(app, ada.headers) as stream:
        assert (await client.post("/api/v1/auth/logout", headers=ada.headers)).is_success
        await last_of(stream)


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost", 200),
        ("http://127.0.0.1:8000", 200),
        ("https://evil.example", 403),
        ("http://localhost.evil.example", 403),
        ("null", 403),
    ],
)
async def test_the_origin_decides(app: FastAPI, ada: Person, origin: str, status: int) -> None:
    async with sse(app, ada.headers, Origin=origin) as stream:
        assert stream.start["status"] == status


async def test_a_position_that_is_none_is_refused(app: FastAPI, ada: Person) -> None:
    async with sse(app, ada.headers, **{"Last-Event-ID": "yesterday"}) as stream:
        assert stream.start["status"] == 422
    assert open_streams(app) == 0


async def test_one_person_has_so_many_streams(
    app: FastAPI, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "STREAMS_PER_USER", 2)
    async with sse(app, ada.headers) as first:
        async with sse(app, ada.headers), sse(app, ada.headers) as third:
            assert first.start["status"] == 200
            assert third.start["status"] == 429
            assert third.headers["retry-after"] == "5"
        await until_open(app, 1)
        async with sse(app, ada.headers) as again:
            assert again.start["status"] == 200


async def test_one_address_has_so_many_streams(
    app: FastAPI, client: Any, sign_up: Any, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "STREAMS_PER_ADDRESS", 2)
    others = [await sign_up(client) for _ in range(2)]
    async with sse(app, ada.headers), ws(app), sse(app, others[0]) as third:
        assert third.start["status"] == 429
        assert third.headers["retry-after"] == "5"
        async with ws(app, f"bearer.{ada.token}") as fourth:
            assert await fourth.close_code() == 4429
        # Behind another address there is room: the peer here is one that no header moves.
        async with sse(app, others[1], client=("203.0.113.7", 4711)) as elsewhere:
            assert elsewhere.start["status"] == 200
        forwarded = {"X-Forwarded-For": "203.0.113.7"}
        async with sse(app, others[1], **forwarded) as forged:
            assert forged.start["status"] == 429
    assert open_streams(app) == 0


async def test_behind_a_trusted_proxy_each_address_has_its_own(
    ports: Ports, serve: Any, sign_up: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "STREAMS_PER_ADDRESS", 1)
    async with serve(trusted_proxies=("127.0.0.0/8",)) as client:
        app, headers = client._transport.app, await sign_up(client)
        async with (
            sse(app, headers, **{"X-Forwarded-For": "198.51.100.1"}) as first,
            sse(app, headers, **{"X-Forwarded-For": "198.51.100.2"}) as second,
            sse(app, headers, **{"X-Forwarded-For": "9.9.9.9, 198.51.100.1"}) as third,
        ):
            assert [each.start["status"] for each in (first, second, third)] == [200, 200, 429]


async def test_a_replica_has_so_many_streams_as_its_slots_allow(serve: Any, sign_up: Any) -> None:
    async with serve(max_ongoing_requests=2) as client:
        app, headers = client._transport.app, await sign_up(client)
        async with sse(app, headers) as first, sse(app, headers) as second:
            assert [each.start["status"] for each in (first, second)] == [200, 503]
            assert second.headers["retry-after"] == "5"
            assert (await client.get(PATH, headers=headers)).status_code == 200


def test_streams_leave_slots_to_requests() -> None:
    assert live.STREAMS == 0.6 * MAX_ONGOING_REQUESTS
    assert live.STREAMS_PER_ADDRESS < live.STREAMS
