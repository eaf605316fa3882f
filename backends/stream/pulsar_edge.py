"""Subscriptions of all partitions at once on Pulsar: the live edge, and the shared mode.

One task receives, ahead of the reader and bounded; it is never cancelled while the subscription
lives, so a cancelled `receive` of ours loses nothing.
"""

import asyncio
import heapq
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Sequence
from dataclasses import replace

import structlog

from backends.stream.base import PARTITIONS, Delivery
from backends.stream.pulsar_client import Entry, Receiver, Source
from backends.stream.pulsar_members import Members
from backends.stream.pulsar_places import event_text
from backends.stream.pulsar_replay import delivery
from backends.stream.pulsar_seen import Seen
from models.errors import Fenced, Unavailable

log = structlog.get_logger(__name__)

READ_AHEAD = 200
"""Events that wait here to be received."""
RETRY_S = 1.0


class Inbox(ABC):
    """What both have in common: a pump into a bounded queue, and `receive` out of it."""

    def __init__(self, topic: str, end: Source | Receiver, news: asyncio.Event) -> None:
        self._topic = topic
        self._end = end
        self._inbox: deque[Delivery] = deque()
        self._seen = [Seen() for _ in range(PARTITIONS)]
        self._news = news
        self._room = asyncio.Event()
        self._pumping = asyncio.create_task(self._pump())

    @abstractmethod
    async def _take(self, entry: Entry) -> None:
        """Put what was read into the inbox, or leave it out."""

    @abstractmethod
    def _check(self) -> None:
        """Raises Fenced where the subscription is no more."""

    @abstractmethod
    def _due(self) -> float | None:
        """Move what is due again into the inbox; the seconds until the next is, if any waits."""

    async def receive(self, max_events: int, timeout_s: float) -> list[Delivery]:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_s
        while True:
            self._news.clear()
            self._check()
            due_s = self._due()
            left_s = deadline - loop.time()
            if self._inbox or left_s <= 0:
                self._room.set()
                return [self._inbox.popleft() for _ in range(min(max_events, len(self._inbox)))]
            try:
                async with asyncio.timeout(left_s if due_s is None else min(left_s, due_s)):
                    await self._news.wait()
            except TimeoutError:
                continue

    async def close(self) -> None:
        self.abandon()
        await self._end.close()

    def abandon(self) -> None:
        """Stop without a word: the connection is gone."""
        self._pumping.cancel()

    def _put(self, found: Delivery) -> None:
        self._inbox.append(found)
        self._news.set()

    def _read(self, entry: Entry) -> Delivery | None:
        """The event of an entry; None where it is a copy, or no event at all."""
        found = delivery(
            self._topic, entry, event_text(entry.place), attempt=entry.redeliveries + 1
        )
        if found is None or not self._seen[entry.partition].is_new(found.event.id):
            return None
        return found

    async def _pump(self) -> None:
        while True:
            while len(self._inbox) >= READ_AHEAD:
                self._room.clear()
                await self._room.wait()
            try:
                await self._take(await self._end.next())
            except Unavailable:
                log.warning("topic not read", topic=self._topic)
                await asyncio.sleep(RETRY_S)


class EdgeSubscription(Inbox):
    """The live edge: everything after the moment of subscribing, nothing kept."""

    def __init__(self, topic: str, source: Source) -> None:
        super().__init__(topic, source, asyncio.Event())

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        """A tail keeps nothing, so there is nothing to acknowledge."""

    async def nack(self, deliveries: Sequence[Delivery], delay_s: float) -> None:
        """A tail keeps nothing, so nothing comes again."""

    async def _take(self, entry: Entry) -> None:
        found = self._read(entry)
        if found is not None:
            self._put(found)

    def _check(self) -> None:
        """Nobody knows of it, so nobody can forget it."""

    def _due(self) -> float | None:
        return None


class SharedSubscription(Inbox):
    """Any consumer takes any event. A nacked one waits here for its delay, because Pulsar knows but
    one delay a consumer; if this one dies meanwhile, the broker gives it to another at once. Among
    the members it only listens whether the subscription was forgotten."""

    def __init__(self, topic: str, receiver: Receiver, members: Members) -> None:
        self._receiver = receiver
        self._members = members
        self._open: dict[tuple[int, str], Entry] = {}
        self._delayed: list[tuple[float, int, Delivery]] = []
        self._nacks = 0
        super().__init__(topic, receiver, members.stirred)

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Sent within 0.1 s, written down by the broker within a second: a crash before that lets
        the event come again."""
        self._check()
        for each in deliveries:
            entry = self._open.pop((each.partition, each.position), None)
            if entry is not None:
                await self._receiver.acknowledge(entry)

    async def nack(self, deliveries: Sequence[Delivery], delay_s: float) -> None:
        due = asyncio.get_running_loop().time() + delay_s
        for each in deliveries:
            if (each.partition, each.position) in self._open:
                self._nacks += 1
                again = replace(each, attempt=each.attempt + 1)
                heapq.heappush(self._delayed, (due, self._nacks, again))
        self._news.set()

    async def close(self) -> None:
        await super().close()
        await self._members.close()

    def abandon(self) -> None:
        super().abandon()
        self._members.abandon()

    def _check(self) -> None:
        self._members.revive()
        if self._members.is_forgotten:
            raise Fenced(f"the subscription of {self._topic} was forgotten")

    async def _take(self, entry: Entry) -> None:
        name = entry.partition, event_text(entry.place)
        if name in self._open:
            # The connection was lost: the broker sends again what we still have.
            self._open[name] = entry
            return
        found = self._read(entry)
        if found is None:
            await self._receiver.acknowledge(entry)
            return
        self._open[name] = entry
        self._put(found)

    def _due(self) -> float | None:
        now = asyncio.get_running_loop().time()
        while self._delayed and self._delayed[0][0] <= now:
            self._inbox.append(heapq.heappop(self._delayed)[2])
        return self._delayed[0][0] - now if self._delayed else None
