"""The live streams over ASGI itself: no gap, no copy, no stranger, and nothing left behind.

`Connection` speaks ASGI to the application as a server does, so that an answer can be read while
it is still being written.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from fastapi import FastAPI

from deployments import live
from deployments.capacity import MAX_ONGOING_REQUESTS
from deployments.live import Feed, Live, Resume, StreamEnded, follow
from deployments.streaming import close_reason
from models.errors import TooManyRequests, Unauthenticated, Unavailable
from models.events import NOTIFICATION_EVENTS, Event
from services.ports import Ports
from services.telling.notifications import BEGINNING, newest_position, since
from tests.unit.deployments.telling import tell

PATH = "/api/v1/notifications"


OnAccept = Callable[[], Awaitable[object]]


async def nothing() -> None: ...


class Connection:
    """One connection to the application."""

    def __init__(self, app: FastAPI, scope: dict[str, Any], on_accept: OnAccept = nothing) -> None:
        self._to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._from_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._on_accept = on_accept
        self.done = asyncio.create_task(app(scope, self._to_app.get, self._send))

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "websocket.accept":
            await self._on_accept()
        await self._from_app.put(message)

    async def got(self) -> dict[str, Any]:
        async with asyncio.timeout(3):
            return await self._from_app.get()

    def put(self, message: dict[str, Any]) -> None:
        self._to_app.put_nowait(message)

    async def quiet(self) -> bool:
        """Whether nothing comes for a moment."""
        await asyncio.sleep(0.05)
        return self._from_app.empty()

    async def ended(self) -> None:
        async with asyncio.timeout(3):
            await self.done


def scope(kind: str, path: str, headers: dict[str, str], **more: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "scheme": "http" if kind == "http" else "ws",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [
            (name.lower().encode(), value.encode())
            for name, value in {"Host": "localhost", **headers}.items()
        ],
        "client": ("127.0.0.1", 50000),
        "server": ("localhost", 80),
        **more,
    }


@dataclass
class Sse:
    """An open event stream. `start` is the message with status and headers."""

    connection: Connection
    start: dict[str, Any]
    first_id: str = ""

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.start["headers"]}

    async def block(self) -> dict[str, str]:
        """The fields of the next block; a comment has the name ""."""
        body = (await self.connection.got())["body"].decode()
        assert body.endswith("\n\n")
        return dict(line.split(": ", 1) for line in body.strip().splitlines())

    async def item(self) -> tuple[str, dict[str, Any]]:
        """Id and data of the next event; it must be a notification."""
        block = await self.block()
        assert block["event"] == "notification"
        return block["id"], orjson.loads(block["data"])

    async def posting(self) -> str:
        posting: str = (await self.item())[1]["posting"]["id"]
        return posting


@asynccontextmanager
async def sse(
    app: FastAPI,
    headers: dict[str, str],
    client: tuple[str, int] = ("127.0.0.1", 50000),
    **more: str,
) -> AsyncIterator[Sse]:
    message = scope("http", f"{PATH}/stream", {**headers, **more}, method="GET", client=client)
    connection = Connection(app, message)
    connection.put({"type": "http.request", "body": b"", "more_body": False})
    try:
        stream = Sse(connection, await connection.got())
        if stream.start["status"] == 200:
            stream.first_id = (await stream.block())["id"]
        yield stream
    finally:
        connection.put({"type": "http.disconnect"})
        await connection.ended()


class Socket:
    """An open WebSocket."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.protocol: str | None = None

    def say(self, body: Any) -> None:
        text = body if isinstance(body, str) else orjson.dumps(body).decode()
        self.connection.put({"type": "websocket.receive", "text": text})

    async def posting(self) -> str:
        message = await self.connection.got()
        assert message["type"] == "websocket.send", message
        posting: str = orjson.loads(message["text"])["posting"]["id"]
        return posting

    async def close_code(self) -> int:
        message = await self.connection.got()
        assert message["type"] == "websocket.close", message
        assert 0 < len(message["reason"].encode()) <= 123
        code: int = message["code"]
        return code


@asynccontextmanager
async def ws(
    app: FastAPI, *protocols: str, on_accept: OnAccept = nothing, **headers: str
) -> AsyncIterator[Socket]:
    message = scope("websocket", f"{PATH}/ws", headers, subprotocols=list(protocols))
    connection = Connection(app, message, on_accept)
    connection.put({"type": "websocket.connect"})
    socket = Socket(connection)
    try:
        accepted = await connection.got()
        if accepted["type"] == "websocket.accept":
            socket.protocol = accepted.get("subprotocol")
        else:
            connection._from_app.put_nowait(accepted)
        yield socket
    finally:
        connection.put({"type": "websocket.disconnect", "code": 1000})
        await connection.ended()


@dataclass
class Person:
    id: str
    headers: dict[str, str]

    @property
    def token(self) -> str:
        return self.headers["Authorization"].removeprefix("Bearer ")


@pytest.fixture
async def ada(client: Any, sign_up: Any) -> Person:
    headers = await sign_up(client)
    me = (await client.get("/api/v1/users/me", headers=headers)).json()
    return Person(me["id"], headers)


@pytest.fixture
def fast_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_S", 0.05)


def open_streams(app: FastAPI) -> int:
    fan_out: Live | None = getattr(app.state, "live", None)
    return fan_out.open if fan_out else 0


async def joined_feed(fan_out: Live, user_id: str) -> Feed:
    feed = fan_out.enter("203.0.113.7")
    await fan_out.join(feed, user_id)
    return feed


async def until_open(app: FastAPI, number: int) -> None:
    """Wait until so many streams are open and have joined."""
    async with asyncio.timeout(3):
        while open_streams(app) != number or joined(app) != number:
            await asyncio.sleep(0.005)


def joined(app: FastAPI) -> int:
    return sum(map(len, app.state.live._by_user.values()))


# Server-sent events


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


async def tell_many(ports: Ports, user_id: str, numbers: range) -> None:
    for number in numbers:
        await tell(ports, user_id, f"p{number}")


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


async def last_of(stream: Sse) -> None:
    """Read to the end of the answer, which must come."""
    async with asyncio.timeout(3):
        while (await stream.connection.got())["more_body"]:
            pass


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


# WebSocket


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


# The fan-out itself


async def test_a_slow_stream_is_ended_and_others_are_not(
    app: FastAPI, ada: Person, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "QUEUE", 3)
    fan_out = Live(ports.stream)
    slow, quick = await joined_feed(fan_out, ada.id), await joined_feed(fan_out, ada.id)
    received = []
    for number in range(5):
        await tell(ports, ada.id, f"p{number}")
        entry = await quick.next(3)
        assert isinstance(entry, dict)
        received.append(entry["posting"]["id"])
    assert received == [f"p{number}" for number in range(5)]
    with pytest.raises(StreamEnded):
        await slow.next(0)
    fan_out.leave(slow)
    fan_out.leave(quick)
    fan_out.leave(quick)
    assert fan_out.open == 0


async def test_the_tail_lives_as_long_as_a_stream(app: FastAPI, ada: Person, ports: Ports) -> None:
    fan_out = Live(ports.stream)
    for posting in ("p1", "p2"):
        feed = await joined_feed(fan_out, ada.id)
        await tell(ports, ada.id, posting)
        entry = await feed.next(3)
        assert isinstance(entry, dict)
        assert entry["posting"]["id"] == posting
        fan_out.leave(feed)
    before = asyncio.all_tasks()
    await asyncio.sleep(0.01)
    assert not [task for task in before if "_follow" in repr(task) and not task.done()]


class LostTail:
    """A tail that is lost at its first reading."""

    closed = False

    async def receive(self, max_events: int, timeout_s: float) -> list[Any]:
        raise Unavailable

    async def close(self) -> None:
        self.closed = True


async def test_a_lost_tail_ends_every_stream(app: FastAPI, ada: Person, ports: Ports) -> None:
    tail = LostTail()

    class Losing:
        async def subscribe(self, *args: Any, **options: Any) -> LostTail:
            return tail

    fan_out = Live(Losing())  # type: ignore[arg-type]  # only what a Live asks of a stream
    feed = await joined_feed(fan_out, ada.id)
    with pytest.raises(StreamEnded):
        await feed.next(3)
    assert tail.closed
    fan_out.leave(feed)


async def test_a_stream_that_cannot_be_followed_leaves_nothing(ada: Person) -> None:
    class Down:
        async def subscribe(self, *args: Any, **options: Any) -> Any:
            raise Unavailable

    fan_out = Live(Down())  # type: ignore[arg-type]  # only what a Live asks of a stream
    feed = fan_out.enter("203.0.113.7")
    with pytest.raises(Unavailable):
        await fan_out.join(feed, ada.id)
    fan_out.leave(feed)
    assert fan_out.open == 0


async def test_the_caps_are_refused_before_anything_is_opened(ports: Ports, app: FastAPI) -> None:
    fan_out = Live(ports.stream, streams=live.STREAMS_PER_USER + 1)
    feeds = [await joined_feed(fan_out, "a") for _ in range(live.STREAMS_PER_USER)]
    late = fan_out.enter("203.0.113.7")
    with pytest.raises(TooManyRequests):
        await fan_out.join(late, "a")
    with pytest.raises(Unavailable):
        fan_out.enter("198.51.100.1")
    for feed in (*feeds, late):
        fan_out.leave(feed)
    assert fan_out.open == 0


@pytest.mark.usefixtures("fast_heartbeat")
async def test_a_refused_check_ends_the_following(ports: Ports, app: FastAPI) -> None:
    async def refused() -> None:
        raise Unauthenticated

    following = follow(ports, Feed("203.0.113.7", "a"), BEGINNING, check=refused)
    with pytest.raises(Unauthenticated):
        await anext(following)


async def test_an_event_that_was_overtaken_is_not_missed(ada: Person, ports: Ports) -> None:
    """As after an outage of the stream, when the writer's event is there before the relay's."""
    await tell_many(ports, ada.id, range(3))
    first, second, third = await since(ports, ada.id, BEGINNING)
    feed = Feed("203.0.113.7", ada.id)
    for item in (second, first, third):
        feed.put(item)
    async with aclosing(follow(ports, feed, BEGINNING, check=nothing)) as following:
        seen = [await anext(following) for _ in range(3)]
    assert seen == [first, second, third]


async def nothing() -> None:
    """A check that finds nothing wrong."""


async def test_events_of_other_kinds_pass_by(app: FastAPI, ada: Person, ports: Ports) -> None:
    fan_out = Live(ports.stream)
    feed = await joined_feed(fan_out, ada.id)
    other = Event(type="notification.read.v1", subject="n", key=ada.id, data={"id": "n"})
    await ports.stream.publish(NOTIFICATION_EVENTS, [other])
    assert await feed.next(0.1) is None
    feed.put(Resume(BEGINNING))
    assert await feed.next(0) == Resume(BEGINNING)
    fan_out.leave(feed)
