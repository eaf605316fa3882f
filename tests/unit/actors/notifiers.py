"""A world for tests of the notification queue: a scripted channel, simulated time for retries and
leases, and the queue itself, which runs in the test's loop.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from actors.notifier import NotificationQueue
from backends.channels.base import Message, Sent
from backends.documents.base import Document, Sort
from backends.documents.collections import (
    ALERTS,
    DELIVERIES,
    USERS,
    Collection,
)
from backends.documents.sqlite import SqliteDocuments
from backends.sqlite import Database
from backends.stream.consumer import RetryPolicy
from backends.stream.sqlite import SqliteStream
from delivery.mail import MailRenderer
from models.alert import ChannelName
from models.events import MATCH_EVENTS, NOTIFICATION_EVENTS, Event
from models.topology import ActorRole
from models.user import Role, User
from services.telling.lanes import LaneLimits
from tests.matches import BOTH, announcement, match_of

LIMITS = LaneLimits(poll_s=0.01)
RENDERER = MailRenderer(public_url="http://localhost", secret_key="s" * 32)


class SimulatedClock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class ScriptedChannel:
    """Answers as it was told; `open_gate` False holds every send until it is set."""

    answers: list[Sent] = field(default_factory=list)
    sent: list[Message] = field(default_factory=list)
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    in_flight: int = 0
    most_in_flight: int = 0

    def __post_init__(self) -> None:
        self.gate.set()

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def send(self, message: Message) -> Sent:
        self.sent.append(message)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            await self.gate.wait()
            await asyncio.sleep(0)
        finally:
            self.in_flight -= 1
        return self.answers.pop(0) if self.answers else Sent("delivered")


async def until(true: Callable[[], Any], within_s: float = 30.0) -> None:
    """Wait for a fact; it fails the test where it does not come true."""
    async with asyncio.timeout(within_s):
        while True:
            if true():
                return
            await asyncio.sleep(0.002)


class World:
    """The store, the clock and the mail server of one test, and any number of queues on them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = SimulatedClock()
        self.channel = ScriptedChannel()
        self.documents, self.stream = self.backends()
        self.queues: list[NotificationQueue] = []

    def backends(self) -> tuple[SqliteDocuments, SqliteStream]:
        database = Database(self.path)
        return SqliteDocuments(database), SqliteStream(database)

    async def queue(self, **options: Any) -> NotificationQueue:
        """A queue with connections of its own, as a process has them; recovered."""
        documents, stream = self.backends()
        await documents.open()
        await stream.open()
        queue = NotificationQueue(
            documents,
            stream,
            {ChannelName.EMAIL: options.pop("channel", self.channel)},
            RENDERER,
            role=ActorRole("notifier", options.pop("shard", 0), options.pop("shards", 1)),
            clock=self.clock,
            uniform=lambda low, high: high,
            limits=options.pop("limits", LIMITS),
            retry=RetryPolicy(first_s=0.01, max_attempts=2),
        )
        await queue.recover()
        self.queues.append(queue)
        return queue

    @asynccontextmanager
    async def running(self, **options: Any) -> AsyncIterator[NotificationQueue]:
        queue = await self.queue(**options)
        work = asyncio.create_task(queue.run())
        try:
            yield queue
        finally:
            if not work.done():
                await queue.stop()
            await asyncio.wait([work])

    async def person(self, user_id: str, **changes: Any) -> None:
        now = self.clock()
        user = User(
            id=user_id,
            email=f"{user_id}@example.org",
            name="A",
            role=Role.SEEKER,
            password_hash="",
            created_at=now,
        ).model_copy(update=changes)
        await self.documents.insert(USERS, user_id, user.model_dump(mode="json"))
        body = {"user_id": user_id, "channels": [name.value for name in BOTH]}
        await self.documents.insert(ALERTS, f"alert-{user_id}", body)

    async def matched(
        self, user_id: str, posting: str, channels: tuple[ChannelName, ...] = BOTH, copy: int = 0
    ) -> str:
        """Publish a match; `copy` gives the event another id, as a replay of the matcher would."""
        match = match_of(user_id, posting, self.clock(), channels=channels, traceparent="00-0123")
        event = announcement(match, "Python dev", copy)
        await self.stream.publish(MATCH_EVENTS, [event])
        return match.id

    async def all(self, collection: Collection, sort: str = "created_at") -> list[Document]:
        return list((await self.documents.find(collection, sort=Sort(sort), limit=1000)).items)

    async def some(self, collection: Collection, sort: str = "created_at") -> list[Document]:
        """Wait until there are any; gives them."""
        async with asyncio.timeout(5):
            while True:
                if found := await self.all(collection, sort):
                    return found
                await asyncio.sleep(0.005)

    async def told(self) -> list[Event]:
        return [each.event async for each in self.stream.read(NOTIFICATION_EVENTS)]

    async def all_told(self, number: int) -> None:
        """Wait until so many notifications were announced; then a second passes, because those of
        one batch are a microsecond apart and the clock stands still."""
        async with asyncio.timeout(5):
            while True:
                if len(await self.told()) == number:
                    self.clock.advance(1)
                    return
                await asyncio.sleep(0.005)

    async def mails(self, number: int, status: str) -> list[dict[str, Any]]:
        """Wait until so many mail deliveries have this status; gives them."""
        async with asyncio.timeout(5):
            while True:
                found = [
                    each.body
                    for each in await self.all(DELIVERIES)
                    if each.body["channel"] == "email" and each.body["status"] == status
                ]
                if len(found) >= number:
                    assert len(found) == number
                    return found
                await asyncio.sleep(0.005)
