"""A lane under more than it can send: the older ones first, nobody left behind, few queries."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from backends.channels.base import Message, Sent
from backends.documents.base import Document, Fence, Page
from backends.documents.collections import DELIVERIES
from backends.documents.sqlite import SqliteDocuments
from backends.sqlite import Database
from delivery.retry import RetrySchedule
from models.alert import ChannelName
from models.base import new_id
from services.telling.lanes import Lane, LaneLimits
from services.telling.notifying import notify
from tests.matches import announcement, match_of
from tests.unit.actors.notifiers import RENDERER, ScriptedChannel, World, until

NEVER_S = 3600.0
"""A sweep that waits for its time does not come in these tests."""


class CountingDocuments(SqliteDocuments):
    """The embedded store, which counts how often the due list was read."""

    pages_read = 0

    async def find(self, *args: Any, **options: Any) -> Page:
        self.pages_read += args[0] == DELIVERIES
        return await super().find(*args, **options)


class TickingClock:
    """A millisecond passes whenever somebody looks at it."""

    def __init__(self) -> None:
        self._now = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        self._now += timedelta(milliseconds=1)
        return self._now


class BusyChannel(ScriptedChannel):
    """Sends, and for each mail sent the next match of `arrivals` comes in before it is done."""

    def __init__(self, telling: "Telling") -> None:
        super().__init__()
        self._telling = telling
        self.arrivals: list[str] = []

    async def send(self, message: Message) -> Sent:
        sent = await super().send(message)
        if self.arrivals:
            self._telling.lane.offer(await self._telling.store([self.arrivals.pop(0)]))
        return sent


class Telling:
    """A lane on a store, and what comes in for it: people in the order of their matches."""

    def __init__(self, documents: CountingDocuments, fence: Fence, limits: LaneLimits) -> None:
        self.documents = documents
        self.clock = TickingClock()
        self.channel = BusyChannel(self)
        self.came: Counter[str] = Counter()
        self.lane = Lane(
            documents,
            fence,
            ChannelName.EMAIL,
            self.channel,
            RENDERER,
            buckets=None,
            clock=self.clock,
            uniform=lambda low, high: high,
            schedule=RetrySchedule(),
            limits=limits,
            counters=Counter(),
        )
        self._fence = fence

    async def store(self, people: Sequence[str]) -> Sequence[Document]:
        """Store one more match of each; gives the deliveries that are to be offered."""
        events = []
        for person in people:
            match = match_of(person, f"p{self.came[person]:03}", self.clock())
            events.append(announcement(match, "Python dev"))
            self.came[person] += 1
        told = await notify(
            self.documents,
            events,
            sendable=frozenset({ChannelName.EMAIL}),
            now=self.clock(),
            new_position=new_id,
            fence=self._fence,
        )
        return told.pending

    def sent(self, person: str) -> list[int]:
        """The numbers of a person's matches, in the order in which their mails left."""
        return [number for receiver, number in self.all_sent() if receiver == person]

    def all_sent(self) -> list[tuple[str, int]]:
        return [
            (mail.address.partition("@")[0], int(mail.text.partition("/jobs/p")[2][:3]))
            for mail in self.channel.sent
        ]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = World(tmp_path / "jobray.db")
    await world.documents.open()
    yield world
    await world.documents.close()


@asynccontextmanager
async def telling(world: World, people: Sequence[str], **limits: Any) -> AsyncIterator[Telling]:
    """People, and a lane that serves them once it is `running`."""
    for person in people:
        await world.person(person)
    documents = CountingDocuments(Database(world.path))
    await documents.open()
    fence = await documents.take_epoch("notifier:0")
    yield Telling(documents, fence, LaneLimits(**limits))
    await documents.close()


@asynccontextmanager
async def running(lane: Lane) -> AsyncIterator[None]:
    async with asyncio.TaskGroup() as group:
        group.create_task(lane.run(group))
        yield
        lane.stop()


TEN = [f"user{number}" for number in range(10)]


@pytest.mark.parametrize("is_offered", [True, False])
async def test_the_older_go_first_while_more_come_than_leave(
    world: World, is_offered: bool
) -> None:
    """The first 150 are offered to a lane that has room for 100, or left by its predecessor."""
    async with telling(world, TEN, capacity=100, poll_s=NEVER_S) as told:
        backlog = await told.store(TEN * 15)
        told.channel.arrivals = TEN * 15
        if is_offered:
            told.lane.offer(backlog)
        async with running(told.lane):
            await until(lambda: len(told.channel.sent) == 300)
        for person in TEN:
            assert told.sent(person) == list(range(30))
        oldest = {(person, number) for person in TEN for number in range(15)}
        assert oldest <= set(told.all_sent()[:200])
        assert told.documents.pages_read < 30


async def test_one_persons_backlog_keeps_its_order_and_hides_nobody(world: World) -> None:
    """120 of one person: more than a page, and far more than one person has room for."""
    async with telling(world, ["ada", "bob"], per_user=5, poll_s=0.01) as told:
        await told.store(["ada"] * 120)
        told.channel.arrivals = ["bob"] + ["ada"] * 10
        async with running(told.lane):
            await until(lambda: len(told.channel.sent) == 131)
        assert told.sent("ada") == list(range(130))
        assert told.all_sent().index(("bob", 0)) < 60


async def test_a_lane_that_caught_up_is_filled_by_offers_alone(world: World) -> None:
    async with telling(world, TEN, capacity=100, poll_s=NEVER_S) as told:
        backlog = await told.store(TEN * 12)
        async with running(told.lane):
            told.lane.offer(backlog)
            await until(lambda: len(told.channel.sent) == 120)
            await until(lambda: told.lane.in_flight == 0)
            pages_read = told.documents.pages_read
            for number in range(121, 131):
                told.lane.offer(await told.store(["user0"]))
                await until(lambda: len(told.channel.sent) == number)  # noqa: B023
        # The sweep that finds that nothing is left may come last, and one offer may fall into it.
        assert told.documents.pages_read <= pages_read + 2


async def test_an_offer_that_is_out_of_date_sends_no_copy(world: World) -> None:
    async with telling(world, ["ada"], poll_s=NEVER_S) as told:
        backlog = await told.store(["ada"])
        async with running(told.lane):
            await until(lambda: told.channel.sent)
            await until(lambda: told.lane.in_flight == 0)
            told.lane.offer([*backlog, *await told.store(["ada"])])
            await until(lambda: told.sent("ada") == [0, 1])
