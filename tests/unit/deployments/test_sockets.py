"""Notifications through a WebSocket: who may listen, how it resumes, with which code it ends."""

from typing import Any

import pytest
from fastapi import FastAPI

from deployments import live
from deployments.live import Feed, Live
from deployments.streaming import close_reason
from models.errors import Unavailable
from services.ports import Ports
from services.telling.notifications import BEGINNING, newest_position
from tests.unit.deployments.connections import Person, open_streams, until_open, ws
from tests.unit.deployments.telling import tell, tell_many


async def test_the_token_may_come_as_a_protocol(app: FastAPI, ada: Person, ports: Ports) -> None:
    async with ws(app, f"bearer.{ada.token}") as socket:
        assert socket.protocol == f"bearer.{ada.token}"
        await until_open(app, 1)
        await tell(ports, ada.id, "p1")
        assert await socket.posting() == "p1"
    assert open_streams(app) == 0


async def test_what_is_made_as_soon_as_a_socket_is_open_is_told(
    app: FastAPI, ada: Person, ports: Ports
) -> None:
    async def at_once() -> None:
        await tell(ports, ada.id, "at once")

    async with ws(app, f"bearer.{ada.token}", on_accept=at_once) as socket:
        assert await socket.posting() == "at once"
        assert await socket.connection.quiet()


async def test_what_is_made_while_a_socket_joins_is_told(
    app: FastAPI, ada: Person, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    join = Live.join

    async def slowly(self: Live, feed: Feed, user_id: str) -> None:
        await tell(ports, user_id, "before")
        await join(self, feed, user_id)
        await tell(ports, user_id, "after")

    monkeypatch.setattr(Live, "join", slowly)
    async with ws(app) as socket:
        socket.say({"token": ada.token})
        assert [await socket.posting() for _ in range(2)] == ["before", "after"]
        assert await socket.connection.quiet()


async def test_a_neutral_protocol_keeps_the_token_out_of_the_answer(
    app: FastAPI, ada: Person
) -> None:
    async with ws(app, f"bearer.{ada.token}", "jobray") as socket:
        assert socket.protocol == "jobray"


@pytest.mark.parametrize("first", ['{{"token": "{}"}}', "{}", "bearer.{}", " {}\n"])
async def test_the_token_may_come_as_the_first_message(
    app: FastAPI, ada: Person, ports: Ports, first: str
) -> None:
    async with ws(app) as socket:
        assert socket.protocol is None
        socket.say(first.format(ada.token))
        await until_open(app, 1)
        await tell(ports, ada.id, "p1")
        assert await socket.posting() == "p1"


@pytest.mark.parametrize("detail", ["short", "é" * 200, "a" + "é" * 200, "€" * 41])
def test_a_close_reason_is_text_that_a_frame_holds(detail: str) -> None:
    reason = close_reason(Unavailable(detail))
    assert detail.startswith(reason)
    assert 120 < len(reason.encode()) <= 123 or reason == detail


async def test_the_token_comes_alone_only_as_the_first_message(app: FastAPI, ada: Person) -> None:
    async with ws(app) as socket:
        socket.say(ada.token)
        await until_open(app, 1)
        socket.say(ada.token)
        assert await socket.close_code() == 4400


@pytest.mark.parametrize(
    ("first", "code"),
    [
        ({"token": "nonsense"}, 4401),
        ({"last_position": BEGINNING}, 4401),
        ({"password": "x"}, 4400),
        ({"last_position": "yesterday"}, 4400),
        ("no json", 4400),
        ("a.b.c", 4401),
        ("bearer.a.b.c", 4401),
        ("bearer.", 4400),
        ("a.b", 4400),
        (f"a.{'b' * 4096}.c", 4400),
        ("[" * 10_000, 4400),
    ],
)
async def test_a_bad_first_message_closes(app: FastAPI, first: Any, code: int) -> None:
    async with ws(app) as socket:
        socket.say(first)
        assert await socket.close_code() == code


async def test_a_bad_token_as_protocol_closes(app: FastAPI) -> None:
    async with ws(app, "bearer.nonsense") as socket:
        assert await socket.close_code() == 4401


async def test_a_socket_that_says_nothing_is_closed(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deployments.routers.notifications.TOKEN_WITHIN_S", 0.02)
    async with ws(app) as socket:
        assert await socket.close_code() == 4401


async def test_a_strange_origin_is_never_accepted(app: FastAPI, ada: Person) -> None:
    async with ws(app, f"bearer.{ada.token}", Origin="https://evil.example") as socket:
        assert await socket.close_code() == 4403


@pytest.mark.usefixtures("fast_heartbeat")
async def test_a_socket_ends_with_its_token(app: FastAPI, ada: Person, clock: Any) -> None:
    async with ws(app, f"bearer.{ada.token}") as socket:
        await until_open(app, 1)
        clock.advance(901)
        assert await socket.close_code() == 4401
    assert open_streams(app) == 0


async def test_a_socket_resumes_without_a_copy(app: FastAPI, ada: Person, ports: Ports) -> None:
    await tell(ports, ada.id, "p0")
    first = await newest_position(ports, ada.id)
    await tell_many(ports, ada.id, range(1, 3))
    async with ws(app, f"bearer.{ada.token}") as socket:
        await until_open(app, 1)
        await tell(ports, ada.id, "live")
        assert await socket.posting() == "live"
        socket.say({"last_position": first})
        assert [await socket.posting() for _ in range(2)] == ["p1", "p2"]
        assert await socket.connection.quiet()
    async with ws(app) as socket:
        socket.say({"token": ada.token, "last_position": first})
        assert [await socket.posting() for _ in range(3)] == ["p1", "p2", "live"]


async def test_too_many_sockets_are_told_so(
    app: FastAPI, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "STREAMS_PER_USER", 1)
    async with ws(app, f"bearer.{ada.token}"):
        await until_open(app, 1)
        async with ws(app, f"bearer.{ada.token}") as second:
            assert await second.close_code() == 4429
