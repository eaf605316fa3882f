"""Reading a Pulsar topic again: from a position, a time or the beginning, up to the end as it is.

The administration tells what each partition holds (`Extent`): whether anything behind a position is
gone, and where the end is. Each partition that holds something is read by a reader of its own, and
the partitions are merged by the publisher's clock (milliseconds): in order per key, and nearly in
order of publishing. A copy of an event is left out where the replay passed the first one lately.
"""

import asyncio
import heapq
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from pydantic import ValidationError

from backends.stream.base import PARTITIONS, Delivery, PositionLost
from backends.stream.pulsar_client import Entry, Source
from backends.stream.pulsar_places import Extent, Place, Position, position_text
from backends.stream.pulsar_seen import Seen
from models.events import Event

log = structlog.get_logger(__name__)

OpenSource = Callable[[int, Place], Awaitable[Source]]
"""Opens a reader of one partition behind a place."""


def beginning_of(extents: list[Extent]) -> Position:
    return [extent.beginning for extent in extents]


def end_of(extents: list[Extent]) -> Position:
    return [extent.end for extent in extents]


def check_position(topic: str, position: Position, extents: list[Extent]) -> None:
    """Raises PositionLost where an event after the position is gone, or the topic never got there.
    An empty ledger that the broker has dropped counts as gone: rather once too often."""
    for number, (place, extent) in enumerate(zip(position, extents, strict=True)):
        if not extent.keeps_what_follows(place):
            raise PositionLost(f"partition {number} of {topic} cannot be read on from there")


def delivery(topic: str, entry: Entry, position: str, attempt: int = 1) -> Delivery | None:
    """The event of an entry; None where somebody else wrote what is no event: nobody could ever
    handle or acknowledge it."""
    try:
        event = Event.from_stored_json(entry.body)
    except ValidationError:
        log.error("entry is no event", topic=topic, partition=entry.partition, place=entry.place)
        return None
    return Delivery(event, topic, entry.partition, position, attempt)


@dataclass(slots=True)
class _Stretch:
    """What is to be read of one partition: up to `end`, from what `source` gives next."""

    number: int
    start: Place
    end: Place
    source: Source
    sought: bool
    """By time there may be nothing, or something before the start; by position there is."""

    async def next(self) -> Entry | None:
        while not self.sought or await self.source.has_more():
            entry = await self.source.soon()
            # What was there a moment ago may have been deleted since: then this one is newer.
            if entry.place > self.start:
                return entry if entry.place <= self.end else None
        return None


@dataclass(slots=True)
class Replay:
    """One pass over what is there now. `partitions` limits it; `start` is where each begins; with
    `since` each begins at its first event of that time. `position` moves as it is read."""

    topic: str
    open_source: OpenSource
    extents: list[Extent]
    start: Position
    partitions: tuple[int, ...] = tuple(range(PARTITIONS))
    since: datetime | None = None
    position: Position = field(init=False)

    def __post_init__(self) -> None:
        self.position = list(self.start)

    async def entries(self) -> AsyncGenerator[Entry, None]:
        """Every entry, merged; `position` is behind the one that was given last. Raises
        Unavailable."""
        async with AsyncExitStack() as stack:
            stretches = await self._open(stack)
            heads = [(await stretch.next(), stretch) for stretch in stretches]
            queue = [_ranked(head, stretch) for head, stretch in heads if head is not None]
            for head, stretch in heads:
                self.position[stretch.number] = head.place.before if head else stretch.end
            heapq.heapify(queue)
            while queue:
                _, number, entry, stretch = queue[0]
                self.position[number] = entry.place
                yield entry
                following = await stretch.next() if entry.place < stretch.end else None
                if following is None:
                    heapq.heappop(queue)
                else:
                    heapq.heapreplace(queue, _ranked(following, stretch))

    async def deliveries(self, key: str | None) -> AsyncGenerator[Delivery, None]:
        """The events, those of `key` if given; each with the position behind it."""
        seen = [Seen() for _ in range(PARTITIONS)]
        async with aclosing(self.entries()) as entries:
            async for entry in entries:
                if key is not None and entry.key != key:
                    continue
                found = delivery(self.topic, entry, position_text(self.position))
                if found is not None and seen[entry.partition].is_new(found.event.id):
                    yield found

    async def _open(self, stack: AsyncExitStack) -> list[_Stretch]:
        wanted = [
            number for number in self.partitions if self.start[number] < self.extents[number].end
        ]
        opened = await asyncio.gather(*map(self._stretch, wanted), return_exceptions=True)
        for each in opened:
            if isinstance(each, _Stretch):
                stack.push_async_callback(each.source.close)
        for each in opened:
            if isinstance(each, BaseException):
                raise each
        return [each for each in opened if isinstance(each, _Stretch)]

    async def _stretch(self, number: int) -> _Stretch:
        start, end = self.start[number], self.extents[number].end
        source = await self.open_source(number, start)
        if self.since is not None:
            # Rounded down: an event of the same millisecond is of that time.
            await source.seek(int(self.since.timestamp() * 1000))
        return _Stretch(number, start, end, source, sought=self.since is not None)


def _ranked(head: Entry, stretch: _Stretch) -> tuple[int, int, Entry, _Stretch]:
    return head.published_ms, stretch.number, head, stretch
