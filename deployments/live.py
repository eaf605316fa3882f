"""The live edge: one tail of `notification-events` a replica, fanned out to the open streams.

The tail is followed while at least one stream is open. Each stream has a bounded queue: one that
does not keep up is ended, and so are all of them when the tail is lost; a client then comes back
with the position it saw last and `follow` reads from the store what it missed. Joining the tail
comes before that reading, and an item is passed on only if its position is new: no gap, no copy.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import structlog
from starlette.requests import HTTPConnection

from backends.stream.base import Stream, Subscription
from models.alert import ChannelName
from models.errors import TooManyRequests, Unavailable
from models.events import NOTIFICATION_CREATED, NOTIFICATION_EVENTS, Event
from services.notifications import since
from services.ports import Ports

Item = dict[str, Any]

STREAMS_PER_USER = 10
"""Open streams of one user: a browser with many tabs, not a flood."""
STREAMS = 2000
"""Open streams of one replica: what its memory bears."""
QUEUE = 256
"""Entries that wait for one slow stream."""
HEARTBEAT_S = 15.0
_RECEIVE = 500
_RECEIVE_S = 30.0

log = structlog.get_logger()


class StreamEnded(Exception):
    """The stream fell behind or the tail was lost: the client should come back and resume."""


@dataclass(frozen=True, slots=True)
class Resume:
    """The client asks for what came after this position."""

    position: str


class Feed:
    """What waits for one open stream."""

    def __init__(self, user_id: str) -> None:
        self.user_id = user_id
        self._entries: deque[Item | Resume] = deque()
        self._arrived = asyncio.Event()
        self._ended = False

    def put(self, entry: Item | Resume) -> None:
        """Queue the entry; a full queue ends the stream instead of growing."""
        if len(self._entries) >= QUEUE:
            self.end()
            return
        self._entries.append(entry)
        self._arrived.set()

    def end(self) -> None:
        self._ended = True
        self._entries.clear()
        self._arrived.set()

    async def next(self, timeout_s: float) -> Item | Resume | None:
        """The next entry, or None after the time. Raises StreamEnded."""
        if not self._entries and not self._ended:
            self._arrived.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(timeout_s):
                    await self._arrived.wait()
        if self._ended:
            raise StreamEnded
        return self._entries.popleft() if self._entries else None


class Live:
    """The fan-out of one application. Whoever joins leaves, in a `finally`."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._feeds: dict[str, set[Feed]] = {}
        self._tail: asyncio.Task[None] | None = None
        self._joining = asyncio.Lock()

    @property
    def open(self) -> int:
        """How many streams are open."""
        return sum(map(len, self._feeds.values()))

    async def join(self, user_id: str) -> Feed:
        """A feed that receives every notification of this user from the return on.

        Raises TooManyRequests at the user's cap, Unavailable at the replica's or where the stream
        cannot be followed.
        """
        if len(self._feeds.get(user_id, ())) >= STREAMS_PER_USER:
            raise TooManyRequests(f"at most {STREAMS_PER_USER} open streams", retry_after_s=5.0)
        if self.open >= STREAMS:
            raise Unavailable("too many open streams", retry_after_s=5.0)
        feed = Feed(user_id)
        self._feeds.setdefault(user_id, set()).add(feed)
        try:
            async with self._joining:
                if self._tail is None:
                    tail = await self._stream.subscribe(NOTIFICATION_EVENTS, "live", "tail")
                    self._tail = asyncio.create_task(self._follow(tail))
        except BaseException:
            self.leave(feed)
            raise
        return feed

    def leave(self, feed: Feed) -> None:
        """Forget the feed; the last one ends the tail. Idempotent."""
        feeds = self._feeds.get(feed.user_id, set())
        feeds.discard(feed)
        if not feeds:
            self._feeds.pop(feed.user_id, None)
        if not self._feeds and self._tail is not None:
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
        feeds = self._feeds.get(event.key)
        if not feeds or event.type != NOTIFICATION_CREATED:
            return
        item: Item = event.data["notification"]
        if any(each["channel"] == ChannelName.INAPP for each in item["deliveries"]):
            for feed in feeds:
                feed.put(item)

    def _end_all(self) -> None:
        for feeds in self._feeds.values():
            for feed in feeds:
                feed.end()


async def live_of(connection: HTTPConnection) -> Live:
    """The fan-out of this application, made when it is first asked for."""
    state = connection.app.state
    if not hasattr(state, "live"):
        state.live = Live(state.ports.stream)
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
    HEARTBEAT_S seconds, after `check`. An answer to a `Resume` repeats nothing that this stream has
    shown. Raises StreamEnded, Unavailable, and what `check` raises."""
    first = position
    loop = asyncio.get_running_loop()
    beat = loop.time() + HEARTBEAT_S
    entry: Item | Resume | None = Resume(position)
    while True:
        if isinstance(entry, Resume):
            async for item in _missed(ports, feed.user_id, entry.position):
                if not first < item["position"] <= position:
                    yield item
                position = max(position, item["position"])
            first = min(first, entry.position)
        elif entry is not None and entry["position"] > position:
            yield entry
            position = entry["position"]
        if loop.time() >= beat:
            await check()
            yield None
            beat = loop.time() + HEARTBEAT_S
        entry = await feed.next(max(0.0, beat - loop.time()))


async def _missed(ports: Ports, user_id: str, position: str) -> AsyncGenerator[Item, None]:
    while items := await since(ports, user_id, position):
        for item in items:
            yield item
        position = items[-1]["position"]
