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
from deployments.capacity import STREAMS, STREAMS_PER_ADDRESS, STREAMS_PER_USER, streams_of
from models.alert import ChannelName
from models.errors import TooManyRequests, Unavailable
from models.events import NOTIFICATION_CREATED, NOTIFICATION_EVENTS, Event
from services.ports import Ports
from services.telling.notifications import since

Item = dict[str, Any]

QUEUE = 256
"""Entries that wait for one slow stream."""
HEARTBEAT_S = 15.0
_RETRY_AFTER_S = 5.0
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
    """One open stream: from which address, for whom once that is known, and what waits for it."""

    def __init__(self, address: str, user_id: str = "") -> None:
        self.address, self.user_id = address, user_id
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
                feed.put(item)

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
            # After the stream was away a later event may come before an earlier one, which the
            # relay publishes: what is new is read from the store, where the earlier one is too.
            async for item in _missed(ports, feed.user_id, position):
                yield item
                position = item["position"]
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
