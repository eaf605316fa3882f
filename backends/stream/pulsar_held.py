"""One partition in the hands of its owner: read ahead, delivered, acknowledged, delivered again.

What was acknowledged is in the owner's log. What was delivered and is not acknowledged stays in
memory, in order, so a nack needs no broker. A pump reads ahead a little; a copy of an event that
was seen lately is left out, and its place is acknowledged together with the event before it.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace

import structlog

from backends.stream.base import Delivery
from backends.stream.pulsar_client import Entry, Receiver, Source
from backends.stream.pulsar_owner import Owner
from backends.stream.pulsar_places import Place, event_text
from backends.stream.pulsar_replay import delivery
from backends.stream.pulsar_seen import Seen
from models.errors import DomainError, Unavailable

log = structlog.get_logger(__name__)

READ_AHEAD = 50
"""Events of one partition that wait here to be delivered."""
RETRY_S = 1.0


@dataclass(slots=True)
class _Item:
    """An event, and the last place of the copies that follow it."""

    delivery: Delivery
    place: Place
    until: Place
    attempts: int = 0


class Window:
    """The events of one partition beyond what is acknowledged: delivered ones, then unread ones.
    Pure."""

    def __init__(self) -> None:
        self._delivered: deque[_Item] = deque()
        self._unread: deque[_Item] = deque()
        self._seen = Seen()

    @property
    def unread(self) -> int:
        return len(self._unread)

    @property
    def delivered(self) -> int:
        return len(self._delivered)

    def add(self, found: Delivery, place: Place) -> bool:
        """Take an event that was read; False where it is a copy that nothing is before: then its
        place may be acknowledged at once."""
        if self._seen.is_new(found.event.id):
            self._unread.append(_Item(found, place, place))
            return True
        return self.cover(place)

    def cover(self, place: Place) -> bool:
        """Let the place be acknowledged with the event before it; False where there is none."""
        last = self._unread or self._delivered
        if last:
            last[-1].until = place
        return bool(last)

    def deliver(self, limit: int) -> list[Delivery]:
        """The next events, at most `limit`."""
        given: list[Delivery] = []
        while self._unread and len(given) < limit:
            item = self._unread.popleft()
            item.attempts += 1
            self._delivered.append(item)
            given.append(replace(item.delivery, attempt=item.attempts))
        return given

    def until(self, place: Place) -> Place:
        """What an acknowledgement of this place covers."""
        covered = [
            item.until
            for items in (self._delivered, self._unread)
            for item in items
            if item.place <= place
        ]
        return max(covered, default=place)

    def acknowledge(self, place: Place) -> None:
        for items in (self._delivered, self._unread):
            while items and items[0].place <= place:
                items.popleft()

    def take_back(self, place: Place) -> None:
        """This one and everything after it will be delivered again."""
        while self._delivered and self._delivered[-1].place >= place:
            self._unread.appendleft(self._delivered.pop())


class Held:
    """An owned partition. `open_cursor` joins the broker's subscription of it, `open_source` opens
    a reader behind a place; `news` is called when there is something to deliver."""

    def __init__(
        self,
        topic: str,
        owner: Owner,
        open_cursor: Callable[[], Awaitable[Receiver]],
        open_source: Callable[[Place], Awaitable[Source]],
        *,
        news: Callable[[], None],
    ) -> None:
        self.blocked_until = 0.0
        self.window = Window()
        self._topic = topic
        self._owner = owner
        self._open_cursor = open_cursor
        self._open_source = open_source
        self._news = news
        self._room = asyncio.Event()
        self._read_to = owner.committed
        self._cursor: Receiver | None = None
        self._source: Source | None = None
        self._pumping: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Let the lag be counted from here on, and begin to read. Raises Unavailable."""
        self._cursor = await self._open_cursor()
        await self._follow_up(self._owner.committed)
        self._pumping = asyncio.create_task(self._pump())

    def deliver(self, limit: int) -> list[Delivery]:
        given = self.window.deliver(limit)
        if given:
            self._room.set()
        return given

    async def acknowledge(self, place: Place) -> None:
        """Durable when it returns. Raises Fenced, Unavailable."""
        until = self.window.until(place)
        await self._owner.commit(until)
        self.window.acknowledge(place)
        self._room.set()
        await self._follow_up(until)

    async def verify(self) -> None:
        await self._owner.verify()

    async def revive(self) -> None:
        """Connect again at once what has lost its connection. Raises Fenced, Busy, Unavailable."""
        if await self._owner.revive():
            await self._end_cursor()
        if self._cursor is None:
            self._cursor = await self._open_cursor()
            await self._follow_up(self._owner.committed)
        if self._pumping is not None and self._source is not None and not self._source.is_connected:
            self._pumping.cancel()
            self._pumping = asyncio.create_task(self._pump())

    async def close(self) -> None:
        """Give the partition back."""
        self.abandon()
        if self._pumping is not None:
            await asyncio.wait([self._pumping])
        await asyncio.gather(self._owner.close(), self._end_cursor())

    def abandon(self) -> None:
        if self._pumping is not None:
            self._pumping.cancel()

    async def _pump(self) -> None:
        while True:
            try:
                source = await self._open_source(self._read_to)
            except Unavailable:
                await asyncio.sleep(RETRY_S)
                continue
            self._source = source
            try:
                await self._read_on(source)
            except Unavailable:
                log.warning("partition not read", topic=self._topic)
                await asyncio.sleep(RETRY_S)
            finally:
                self._source = None
                await source.close()

    async def _read_on(self, source: Source) -> None:
        while True:
            while self.window.unread >= READ_AHEAD:
                self._room.clear()
                await self._room.wait()
            entry = await source.next()
            self._read_to = entry.place
            if not self._take(entry):
                await self._skip(entry.place)

    def _take(self, entry: Entry) -> bool:
        """Whether the entry will be acknowledged by who reads."""
        found = delivery(self._topic, entry, event_text(entry.place))
        if found is None:
            return self.window.cover(entry.place)
        taken = self.window.add(found, entry.place)
        self._news()
        return taken

    async def _skip(self, place: Place) -> None:
        try:
            await self._owner.commit(place)
        except DomainError:
            log.info("copy not acknowledged", topic=self._topic)
        else:
            await self._follow_up(place)

    async def _follow_up(self, place: Place) -> None:
        """Move the broker's own cursor too: only the lag and the retention go by it."""
        if place.entry >= 0 and self._cursor is not None:
            with suppress(Unavailable):
                await self._cursor.acknowledge_until(place)

    async def _end_cursor(self) -> None:
        if self._cursor is not None:
            cursor, self._cursor = self._cursor, None
            await cursor.close()
