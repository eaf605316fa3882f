"""The tracer over a real store and stream in a folder, with a collector that remembers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from actors import tracer
from actors.tracer import PATIENCE_S, Tracer
from backends.documents.base import Insert
from backends.documents.collections import DELIVERIES, MATCHES, NOTIFICATIONS, POSTINGS
from backends.documents.sqlite import SqliteDocuments
from backends.stream.sqlite import SqliteStream
from backends.traces.otlp import ExportFailed, Span
from models.alert import ChannelName
from models.base import new_id
from models.errors import Unavailable
from models.events import NOTIFICATION_CREATED, NOTIFICATION_EVENTS, Event
from models.notification import Delivery, DeliveryStatus, Notification
from models.posting import Given, Posting, Status, Step
from tests.databases import new_database
from tests.matches import match_of

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SPAN = "00f067aa0ba902b7"
PERIOD_S = 0.02


class RememberingCollector:
    def __init__(self) -> None:
        self.batches: list[list[Span]] = []
        self.fault: Exception | None = None

    async def export(self, spans: Sequence[Span]) -> None:
        if self.fault is not None:
            raise self.fault
        self.batches.append(list(spans))

    @property
    def names(self) -> list[str]:
        return [span.name for batch in self.batches for span in batch]


class Installation:
    def __init__(self, folder: Path) -> None:
        database = new_database(folder / "jobray.db")
        self.documents, self.stream = SqliteDocuments(database), SqliteStream(database)
        self.collector = RememberingCollector()
        self.seconds = 0.0
        self.tracer = Tracer(
            self.documents,
            self.stream,
            self.collector,
            period_s=PERIOD_S,
            monotonic=lambda: self.seconds + asyncio.get_running_loop().time(),
        )

    async def post(self) -> str:
        steps = ((Status.SUBMITTED, 0), (Status.PUBLISHED, 1))
        posting = Posting(
            id=new_id(),
            owner_id="owner",
            given=Given(title="Engineer", company="Acme"),
            history=tuple(Step(status=s, at=NOW + timedelta(seconds=at)) for s, at in steps),
            created_at=NOW,
            updated_at=NOW,
            first_seen_at=NOW,
        )
        await self.put(POSTINGS, posting)
        return posting.id

    async def put(self, collection: Any, model: Any) -> None:
        insert = Insert(model.id, model.model_dump(mode="json"))
        await self.documents.insert_absent(collection, [insert])

    async def tell(
        self,
        posting_id: str,
        *statuses: DeliveryStatus,
        trace: str = "4bf92f3577b34da6a3ce929d0e0e4736",
        flags: str = "01",
    ) -> list[str]:
        """A notification of a match with that posting, one delivery a status; the deliveries'
        ids."""
        later = NOW + timedelta(seconds=2)
        match = match_of("ada", posting_id, later, id=new_id())
        notification = Notification(
            id=new_id(), user_id="ada", position="1", created_at=later, match_id=match.id
        )
        deliveries = [self.delivery(notification.id, status) for status in statuses]
        await self.put(MATCHES, match)
        await self.put(NOTIFICATIONS, notification)
        for delivery in deliveries:
            await self.put(DELIVERIES, delivery)
        event = Event(
            type=NOTIFICATION_CREATED,
            subject=notification.id,
            key="ada",
            traceparent=f"00-{trace}-{SPAN}-{flags}",
        )
        await self.stream.publish(NOTIFICATION_EVENTS, [event])
        return [delivery.id for delivery in deliveries]

    def delivery(self, notification_id: str, status: DeliveryStatus) -> Delivery:
        return Delivery(
            id=new_id(),
            notification_id=notification_id,
            user_id="ada",
            bucket=0,
            channel=ChannelName.EMAIL,
            address="ada@example.org",
            status=status,
            due_at=NOW,
            created_at=NOW + timedelta(seconds=2),
            finished_at=None if status is DeliveryStatus.PENDING else NOW + timedelta(seconds=3),
        )

    async def finish(self, delivery_id: str) -> None:
        found = await self.documents.get(DELIVERIES, delivery_id)
        finished = {"status": "delivered", "finished_at": "2026-11-21T09:30:05Z"}
        await self.documents.replace(
            DELIVERIES, delivery_id, found.body | finished, expected_version=found.version
        )


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Installation]:
    """An installation whose tracer runs."""
    installation = Installation(tmp_path)
    await installation.stream.open()
    await installation.documents.open()
    async with running(installation.tracer):
        yield installation
    await installation.stream.close()
    await installation.documents.close()


@asynccontextmanager
async def running(tracer: Tracer) -> AsyncIterator[None]:
    await tracer.recover()
    task = asyncio.create_task(tracer.run())
    await asyncio.sleep(PERIOD_S)
    yield
    await tracer.stop()
    async with asyncio.timeout(5):
        await task


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(PERIOD_S / 2)


async def some_looks() -> None:
    await asyncio.sleep(PERIOD_S * 5)


async def test_a_journey_is_told_when_its_delivery_is_over(here: Installation) -> None:
    (delivery,) = await here.tell(await here.post(), DeliveryStatus.PENDING)
    await until(lambda: here.tracer.status()[1]["traces_waiting"] == 1)
    await some_looks()
    assert here.collector.batches == []
    await here.finish(delivery)
    await until(lambda: bool(here.collector.batches))
    await some_looks()
    assert here.collector.names == ["process", "match", "notify", "deliver email"]
    assert here.collector.batches[0][0].parent_id == SPAN
    counters, gauges = here.tracer.status()
    assert counters == {"spans_sent": 4.0, "spans_lost": 0.0}
    assert gauges == {"traces_waiting": 0.0}


async def test_journeys_of_one_posting_tell_of_their_common_part_once(here: Installation) -> None:
    posting = await here.post()
    for _ in range(3):
        await here.tell(posting, DeliveryStatus.DELIVERED)
    await until(lambda: here.collector.names.count("notify") == 3)
    for batch in here.collector.batches:
        assert len({span.id for span in batch}) == len(batch)


async def test_what_is_not_to_be_recorded_is_not(here: Installation) -> None:
    posting = await here.post()
    await here.tell(posting, DeliveryStatus.DELIVERED, trace="1" * 32, flags="00")
    await here.tell(posting, DeliveryStatus.DELIVERED, trace="2" * 32)
    await until(lambda: "notify" in here.collector.names)
    await some_looks()
    assert {span.trace_id for batch in here.collector.batches for span in batch} == {"2" * 32}


async def test_a_delivery_that_takes_too_long_is_not_waited_for(here: Installation) -> None:
    await here.tell(await here.post(), DeliveryStatus.PENDING, DeliveryStatus.DELIVERED)
    await until(lambda: here.tracer.status()[1]["traces_waiting"] == 1)
    assert here.collector.batches == []
    here.seconds += PATIENCE_S
    await until(lambda: bool(here.collector.batches))
    assert here.collector.names == ["process", "match", "notify", "deliver email"]


async def test_a_collector_that_is_away_loses_spans_and_nothing_else(here: Installation) -> None:
    here.collector.fault = ExportFailed("status 503")
    await here.tell(await here.post(), DeliveryStatus.DELIVERED)
    await until(lambda: here.tracer.status()[0]["spans_lost"] == 4)
    here.collector.fault = None
    await here.tell(await here.post(), DeliveryStatus.DELIVERED)
    await until(lambda: here.tracer.status()[0]["spans_sent"] == 4)


async def test_a_journey_whose_posting_is_gone_is_passed_over(here: Installation) -> None:
    await here.tell(new_id(), DeliveryStatus.DELIVERED, trace="1" * 32)
    await here.tell(await here.post(), DeliveryStatus.DELIVERED, trace="2" * 32)
    await until(lambda: "notify" in here.collector.names)
    await until(lambda: here.tracer.status()[1]["traces_waiting"] == 0)
    assert {span.trace_id for batch in here.collector.batches for span in batch} == {"2" * 32}


@pytest.mark.parametrize("fault", [Unavailable("no store"), KeyError("a fault of ours")])
async def test_a_fault_ends_nobody(
    here: Installation, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    find: Callable[..., Awaitable[Any]] = here.documents.find
    failed = 0

    async def failing(*args: Any, **kwargs: Any) -> Any:
        nonlocal failed
        if not failed:
            failed += 1
            raise fault
        return await find(*args, **kwargs)

    monkeypatch.setattr(here.documents, "find", failing)
    posting = await here.post()
    await here.tell(posting, DeliveryStatus.DELIVERED)
    await until(lambda: failed == 1)
    await asyncio.sleep(PERIOD_S * 2)  # the tail is joined again
    await here.tell(posting, DeliveryStatus.DELIVERED, trace="2" * 32)
    await until(lambda: any(s.trace_id == "2" * 32 for b in here.collector.batches for s in b))


async def test_what_is_remembered_is_bounded(
    here: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracer, "WAITING_MAX", 2)
    posting = await here.post()
    for _ in range(5):
        await here.tell(posting, DeliveryStatus.PENDING)
    await until(lambda: here.tracer.status()[1]["traces_waiting"] == 2)
    await some_looks()
    assert here.tracer.status()[1]["traces_waiting"] == 2
