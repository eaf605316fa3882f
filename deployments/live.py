"""The live edge: one tail of `notification-events` a replica, fanned out to the open streams.

The tail only says how far there is news: what is new is read from the store, from the position that
a stream has reached. So nothing waits for a stream, however slow, and an event that was overtaken
is not missed. The tail is followed while at least one stream is open; when it is lost, all of them
are ended, and a client comes back with the position it saw last. Joining the tail comes before the
first reading: no gap, no copy.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, NamedTuple

import structlog
from starlette.requests import HTTPConnection

from backends.stream.base import Stream, Subscription
from deployments.capacity import STREAMS, STREAMS_PER_ADDRESS, STREAMS_PER_USER, streams_of
from models.alert import ChannelName
from models.errors import TooManyRequests, Unavailable
from models.events import NOTIFICATION_CREATED, NOTIFICATION_EVENTS, Event
from services.ports import Ports
from services.telling.notifications import since

Item = dict[str, Any]

HEARTBEAT_S = 15.0
PEOPLE = "people"
"""The key of the cache under which everybody with an open stream is present."""
PRESENT_S = 3 * HEARTBEAT_S
"""Seconds somebody is taken for present after a heartbeat: two may come late."""
_RETRY_AFTER_S = 5.0
_RECEIVE = 500
_RECEIVE_S = 30.0

log = structlog.get_logger()


class StreamEnded(Exception):
    """The tail was lost: the client should come back and resume."""


class News(NamedTuple):
    """Something is new up to the position `heard`; the client asks again for what came after
    `asked`."""

    heard: str | None = None
    asked: str | None = None


NONE = News()


class Feed:
    """One open stream: from which address, for whom once that is known, and what it has to look
    for. Two positions hold that, however much there is."""

    def __init__(self, address: str, user_id: str = "") -> None:
        self.address, self.user_id = address, user_id
        self._news = NONE
        self._arrived = asyncio.Event()
        self._ended = False

    def hear(self, position: str) -> None:
        """There is something new at this position, and maybe before it."""
        heard = max(self._news.heard or position, position)
        self._tell(self._news._replace(heard=heard))

    def ask(self, position: str) -> None:
        """The client wants what came after this position, even where it had it."""
        asked = min(self._news.asked or position, position)
        self._tell(self._news._replace(asked=asked))

    def end(self) -> None:
        self._ended = True
        self._arrived.set()

    async def next(self, timeout_s: float) -> News:
        """What was heard and asked since the last call, waiting for it; NONE after the time. Raises
        StreamEnded."""
        if self._news == NONE and not self._ended:
            self._arrived.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(timeout_s):
                    await self._arrived.wait()
        if self._ended:
            raise StreamEnded
        news, self._news = self._news, NONE
        return news

    def _tell(self, news: News) -> None:
        self._news = news
        self._arrived.set()


class Live:
    """The fan-out of one application. Whoever enters leaves, in a `finally`.

    A stream enters before it is known whose it is, so that one which never says so counts too.
    """

    def __init__(self, stream: Stream, streams: int = STREAMS) -> None:
        """`streams`: how many may be open at a time."""
        self._stream = stream
        self._streams = streams
        self._by_address: dict[str, set[Feed]] = {}
        self._by_user: dict[str, set[Feed]] = {}
        self._tail: asyncio.Task[None] | None = None
        self._joining = asyncio.Lock()

    @property
    def open(self) -> int:
        """How many streams are open."""
        return sum(map(len, self._by_address.values()))

    def enter(self, address: str) -> Feed:
        """A place for one more stream of this address. Raises TooManyRequests at the address's cap,
        Unavailable at the replica's."""
        if len(self._by_address.get(address, ())) >= STREAMS_PER_ADDRESS:
            raise _too_many(STREAMS_PER_ADDRESS, "address")
        if self.open >= self._streams:
            raise Unavailable("too many open streams", retry_after_s=_RETRY_AFTER_S)
        feed = Feed(address)
        self._by_address.setdefault(address, set()).add(feed)
        return feed

    async def join(self, feed: Feed, user_id: str) -> None:
        """Give the feed every notification of this user that is made after the return.

        Raises TooManyRequests at the user's cap, Unavailable where the stream cannot be followed.
        """
        if len(self._by_user.get(user_id, ())) >= STREAMS_PER_USER:
            raise _too_many(STREAMS_PER_USER, "user")
        feed.user_id = user_id
        self._by_user.setdefault(user_id, set()).add(feed)
        async with self._joining:
            if self._tail is None:
                tail = await self._stream.subscribe(NOTIFICATION_EVENTS, "live", "tail")
                self._tail = asyncio.create_task(self._follow(tail))

    def leave(self, feed: Feed) -> None:
        """Forget the feed; the last one that had joined ends the tail. Idempotent."""
        _discard(self._by_address, feed.address, feed)
        _discard(self._by_user, feed.user_id, feed)
        if not self._by_user and self._tail is not None:
            self._tail.cancel()
            self._tail = None

    async def _follow(self, tail: Subscription) -> None:
        try:
            while True:
                for delivery in await tail.receive(_RECEIVE, _RECEIVE_S):
                    self._spread(delivery.event)
        except Unavailable:
            log.warning("live tail lost")
        finally:
            # Not ours to clean up where the last stream left and another tail began since.
            if self._tail is asyncio.current_task():
                self._tail = None
                self._end_all()
            await tail.close()

    def _spread(self, event: Event) -> None:
        feeds = self._by_user.get(event.key)
        if not feeds or event.type != NOTIFICATION_CREATED:
            return
        item: Item = event.data["notification"]
        if any(each["channel"] == ChannelName.INAPP for each in item["deliveries"]):
            for feed in feeds:
                feed.hear(item["position"])

    def _end_all(self) -> None:
        for feeds in self._by_user.values():
            for feed in feeds:
                feed.end()


def _too_many(limit: int, of: str) -> TooManyRequests:
    return TooManyRequests(
        f"at most {limit} open streams of one {of}", retry_after_s=_RETRY_AFTER_S
    )


def _discard(feeds: dict[str, set[Feed]], key: str, feed: Feed) -> None:
    found = feeds.get(key, set())
    found.discard(feed)
    if not found:
        feeds.pop(key, None)


async def live_of(connection: HTTPConnection) -> Live:
    """The fan-out of this application, made when it is first asked for."""
    state = connection.app.state
    if not hasattr(state, "live"):
        streams = streams_of(state.settings.max_ongoing_requests)
        state.live = Live(state.ports.stream, streams)
    live: Live = state.live
    return live


async def follow(
    ports: Ports,
    feed: Feed,
    position: str,
    *,
    check: Callable[[], Awaitable[object]],
) -> AsyncGenerator[Item | None, None]:
    """Every notification of the feed's user after the position, each once and in order; None each
    HEARTBEAT_S seconds, after `check`. What the client asks for again is given without what this
    stream has shown. At the beginning and at each beat the user is noted as present. Raises
    StreamEnded, Unavailable, and what `check` raises."""
    await ports.cache.attend(PEOPLE, feed.user_id, ttl_s=PRESENT_S)
    first = position
    loop = asyncio.get_running_loop()
    beat = loop.time() + HEARTBEAT_S
    news = News(asked=position)
    while True:
        if news.asked is not None:
            async for item in _missed(ports, feed.user_id, news.asked):
                if not first < item["position"] <= position:
                    yield item
                position = max(position, item["position"])
            first = min(first, news.asked)
        is_beat = loop.time() >= beat
        # At each beat too: after an outage of the stream the tail may be blind for a minute.
        if is_beat or (news.heard is not None and news.heard > position):
            async for item in _missed(ports, feed.user_id, position):
                yield item
                position = item["position"]
        if is_beat:
            await check()
            await ports.cache.attend(PEOPLE, feed.user_id, ttl_s=PRESENT_S)
            yield None
            beat = loop.time() + HEARTBEAT_S
        news = await feed.next(max(0.0, beat - loop.time()))


async def _missed(ports: Ports, user_id: str, position: str) -> AsyncGenerator[Item, None]:
    while items := await since(ports, user_id, position):
        for item in items:
            yield item
        position = items[-1]["position"]
