"""The events of the documents on MongoDB reach the stream once and in order, whatever fails."""

import asyncio
import contextlib
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pymongo import AsyncMongoClient

from backends.documents.base import Insert
from backends.documents.mongo import MongoDocuments
from backends.documents.mongo_driver import Driver
from backends.sqlite import Database
from backends.stream.base import Stream
from backends.stream.sqlite import SqliteStream
from models.errors import InvalidInput, NotFound, Unavailable
from models.events import Event
from tests.contract.adapters import MONGO_SERVERS, THINGS, mongo_database
from tests.contract.mongo_streams import Flaky, Interrupted, Publishing, Switched
from tests.contract.mongo_writer import TOPIC, announced

START = datetime(2026, 1, 1, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


class Outboxes:
    """Documents in one database, each with a stream of its own making in front of one stream."""

    def __init__(self, url: str, driver: Driver, real: Stream) -> None:
        self.url = url
        self.real = real
        self.clock = Clock()
        self._driver = driver
        self._open: list[MongoDocuments] = []

    async def documents(self, stream: Stream, **options: float) -> MongoDocuments:
        made = MongoDocuments(
            self.url,
            stream,
            driver=self._driver,
            collections=[THINGS],
            clock=self.clock,
            **options,
        )
        self._open.append(made)
        await made.open()
        return made

    async def close(self) -> None:
        for made in self._open:
            await made.close()

    async def published(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        async for delivery in self.real.read(TOPIC):
            found[delivery.event.key].append(int(delivery.event.subject))
        return found

    async def records(self) -> list[dict[str, object]]:
        """The records of the collection as they are."""
        async with AsyncMongoClient(self.url) as client:
            return await client.get_default_database()[THINGS.name].find().to_list(None)


@pytest.fixture(params=MONGO_SERVERS)
async def outboxes(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Outboxes]:
    real = SqliteStream(Database(tmp_path / "stream.db"))
    await real.open()
    async with mongo_database(request.param) as url:
        # The outbox knows nothing of the driver; each is tried on one of the servers.
        made = Outboxes(url, "motor" if request.param == "mongo-java" else "pymongo", real)
        yield made
        await made.close()
    await real.close()


async def test_events_wait_while_the_stream_is_down(outboxes: Outboxes) -> None:
    stream = Switched(outboxes.real, down=True)
    documents = await outboxes.documents(stream)
    await documents.insert(THINGS, "a", {"n": 1}, events=announced("a", 1, 2))
    await documents.replace(THINGS, "a", {"n": 2}, expected_version=1, events=announced("a", 3))
    assert (await documents.get(THINGS, "a")).body == {"n": 2}
    assert [event.id for event in await documents.waiting(THINGS)] == ["a/1", "a/2", "a/3"]
    with pytest.raises(Unavailable):
        await documents.relay(older_than_s=0)
    assert await outboxes.published() == {}
    stream.down = False
    assert await documents.relay(older_than_s=0) == 3
    assert await outboxes.published() == {"a": [1, 2, 3]}
    assert await documents.waiting(THINGS) == []
    assert await documents.relay(older_than_s=0) == 0
    (record,) = await outboxes.records()
    assert not {"out", "out_at"} & record.keys()


async def test_the_next_write_sends_what_waits_first(outboxes: Outboxes) -> None:
    stream = Switched(outboxes.real, down=True)
    documents = await outboxes.documents(stream)
    await documents.insert(THINGS, "a", {}, events=announced("a", 1))
    stream.down = False
    await documents.replace(THINGS, "a", {}, expected_version=1)
    assert [event.id for event in await documents.waiting(THINGS)] == ["a/1"]
    await documents.replace(THINGS, "a", {}, expected_version=2, events=announced("a", 2))
    assert await outboxes.published() == {"a": [1, 2]}
    assert await documents.waiting(THINGS) == []


async def test_a_stream_that_hangs_does_not_hold_a_writer(outboxes: Outboxes) -> None:
    documents = await outboxes.documents(
        Interrupted(outboxes.real, lambda: asyncio.sleep(60)), publish_within_s=0.05
    )
    async with asyncio.timeout(5):
        await documents.insert(THINGS, "a", {}, events=announced("a", 1))
        await documents.insert(THINGS, "b", {}, events=announced("b", 1))
    waiting = [event.id for event in await documents.waiting(THINGS)]
    assert waiting == ["a/1", "b/1"], "the second writer was held as well"
    assert await documents.relay(older_than_s=0) == 2
    assert await outboxes.published() == {"a": [1], "b": [1]}


async def test_the_relay_takes_only_what_is_old_enough(outboxes: Outboxes) -> None:
    stuck = await outboxes.documents(Switched(outboxes.real, down=True))
    documents = await outboxes.documents(outboxes.real)
    for number in (1, 2):
        await stuck.insert(THINGS, f"{number}", {}, events=announced(f"{number}", 1))
        outboxes.clock.now += timedelta(seconds=10)
    await stuck.replace(THINGS, "1", {}, expected_version=1, events=announced("1", 2))
    assert await documents.relay(older_than_s=20.1) == 0
    assert await documents.relay(older_than_s=20) == 2
    assert await outboxes.published() == {"1": [1, 2]}
    assert await documents.relay() == 1
    assert await documents.relay(older_than_s=-1) == 0


async def test_the_oldest_are_sent_first_however_many(outboxes: Outboxes) -> None:
    stuck = await outboxes.documents(Switched(outboxes.real, down=True))
    names = [f"{number:03}" for number in range(450)]
    # All of a batch have one time; those before the last have an earlier one.
    for first, until in ((0, 10), (10, 440), (440, 450)):
        outboxes.clock.now += timedelta(seconds=1)
        new = [Insert(name, {}, announced(name, 1)) for name in names[first:until]]
        assert await stuck.insert_absent(THINGS, new) == names[first:until]
    documents = await outboxes.documents(outboxes.real)
    assert len(await documents.waiting(THINGS)) == 450
    assert await documents.relay(older_than_s=0) == 450
    order = [delivery.event.key async for delivery in outboxes.real.read(TOPIC)]
    assert sorted(order) == names
    assert order[:10] == names[:10]
    assert order[-10:] == names[-10:]
    assert await documents.waiting(THINGS) == []


async def test_two_relays_at_once_send_everything_once(outboxes: Outboxes) -> None:
    stuck = await outboxes.documents(Switched(outboxes.real, down=True))
    for number in range(30):
        id_ = f"{number}"
        await stuck.insert(THINGS, id_, {}, events=announced(id_, 1))
        await stuck.replace(THINGS, id_, {}, expected_version=1, events=announced(id_, 2, 3))
    relays = [await outboxes.documents(outboxes.real) for _ in range(2)]
    sent = await asyncio.gather(*(relay.relay(older_than_s=0) for relay in relays))
    assert sum(sent) >= 90
    assert await outboxes.published() == {f"{number}": [1, 2, 3] for number in range(30)}
    assert await stuck.waiting(THINGS) == []


async def test_a_push_between_publication_and_taking_out_stays(outboxes: Outboxes) -> None:
    stuck = await outboxes.documents(Switched(outboxes.real, down=True))

    async def push() -> None:
        await stuck.replace(THINGS, "a", {}, expected_version=1, events=announced("a", 3))

    documents = await outboxes.documents(Interrupted(outboxes.real, push))
    await documents.insert(THINGS, "a", {}, events=announced("a", 1, 2))
    assert [event.id for event in await documents.waiting(THINGS)] == ["a/3"]
    assert await documents.relay(older_than_s=0) == 1
    assert await outboxes.published() == {"a": [1, 2, 3]}


async def test_a_relay_in_between_leaves_nothing_behind(outboxes: Outboxes) -> None:
    real = await outboxes.documents(outboxes.real)
    documents = await outboxes.documents(
        Interrupted(outboxes.real, lambda: real.relay(older_than_s=0))
    )
    await documents.insert(THINGS, "a", {"n": 1}, events=announced("a", 1))
    (record,) = await outboxes.records()
    assert not {"out", "out_at"} & record.keys()
    assert await outboxes.published() == {"a": [1]}


@pytest.mark.parametrize("with_event", [False, True])
async def test_a_deletion_in_between_ends_the_record(outboxes: Outboxes, with_event: bool) -> None:
    stuck = await outboxes.documents(Switched(outboxes.real, down=True))
    events = announced("a", 2) if with_event else ()
    documents = await outboxes.documents(
        Interrupted(outboxes.real, lambda: stuck.delete(THINGS, "a", events=events))
    )
    await documents.insert(THINGS, "a", {"n": 1}, events=announced("a", 1))
    with pytest.raises(NotFound):
        await documents.get(THINGS, "a")
    await documents.relay(older_than_s=0)
    assert await outboxes.published() == {"a": [1, 2] if with_event else [1]}
    assert await outboxes.records() == []


async def test_a_deleted_document_is_gone_while_its_events_wait(outboxes: Outboxes) -> None:
    stream = Switched(outboxes.real, down=True)
    documents = await outboxes.documents(stream)
    body = {"owner": "o", "mail": "m", "rank": 1}
    await documents.insert(THINGS, "a", body, events=announced("a", 1))
    await documents.delete(THINGS, "a", expected_version=1, events=announced("a", 2))
    assert len(await outboxes.records()) == 1
    assert await documents.get_many(THINGS, ["a"]) == {}
    assert (await documents.find(THINGS)).items == ()
    assert await documents.count(THINGS) == 0
    assert await documents.group(THINGS, None, by=["owner"], measures=[]) == []
    for gone in (
        documents.delete(THINGS, "a"),
        documents.replace(THINGS, "a", body, expected_version=1),
    ):
        with pytest.raises(NotFound):
            await gone
    await documents.insert(THINGS, "other", body)
    stream.down = False
    assert await documents.relay(older_than_s=0) == 2
    assert await outboxes.published() == {"a": [1, 2]}
    assert [record["_id"] for record in await outboxes.records()] == ["other"]


@pytest.mark.parametrize("verb", ["insert", "insert_absent"])
async def test_an_id_can_be_taken_again_while_events_wait(outboxes: Outboxes, verb: str) -> None:
    stream = Switched(outboxes.real, down=True)
    documents = await outboxes.documents(stream)
    await documents.insert(THINGS, "a", {"n": 1}, events=announced("a", 1))
    await documents.delete(THINGS, "a", events=announced("a", 2))
    stream.down = False
    if verb == "insert":
        await documents.insert(THINGS, "a", {"n": 2}, events=announced("a", 3))
    else:
        inserts = [
            Insert("b", {}, announced("b", 1)),
            Insert("a", {"n": 2}, announced("a", 3)),
            Insert("a", {"n": 3}, announced("a", 4)),
        ]
        assert await documents.insert_absent(THINGS, inserts) == ["b", "a"]
    found = await documents.get(THINGS, "a")
    assert (found.version, found.body) == (1, {"n": 2})
    assert (await outboxes.published())["a"] == [1, 2, 3]
    assert await documents.waiting(THINGS) == []
    await documents.delete(THINGS, "a", expected_version=1)


class Refusing(Publishing):
    """Will never take the event of that id."""

    async def publish(self, topic: str, events: list[Event]) -> None:  # type: ignore[override]
        if any(event.id == "poison/1" for event in events):
            raise InvalidInput("the event cannot be published")
        await super().publish(topic, events)


async def test_an_event_that_is_refused_does_not_hold_up_others(outboxes: Outboxes) -> None:
    stuck = await outboxes.documents(Switched(outboxes.real, down=True))
    for name in ("a", "poison", "b"):
        await stuck.insert(THINGS, name, {}, events=announced(name, 1))
    documents = await outboxes.documents(Refusing(outboxes.real))
    assert await documents.relay(older_than_s=0) == 2
    assert await outboxes.published() == {"a": [1], "b": [1]}
    assert [event.id for event in await documents.waiting(THINGS)] == ["poison/1"]


async def test_order_holds_through_failures_and_relays(outboxes: Outboxes) -> None:
    """Four writers of a document each, a stream that fails in every way, a relay all the while."""
    chance = random.Random(7)
    documents = await outboxes.documents(Flaky(outboxes.real, chance))

    async def write(id_: str) -> int:
        await documents.insert(THINGS, id_, {}, events=announced(id_, 1))
        for version in range(1, 20):
            events = announced(id_, 2 * version, 2 * version + 1)
            await documents.replace(THINGS, id_, {}, expected_version=version, events=events)
            if version == 10:
                await documents.delete(THINGS, id_, events=announced(id_, 22))
                await documents.insert(THINGS, id_, {}, events=announced(id_, 23))
                return 23
        raise AssertionError

    async def relay() -> None:
        while True:
            with contextlib.suppress(Unavailable):
                await documents.relay(older_than_s=0)
            await asyncio.sleep(0.005)

    relaying = asyncio.create_task(relay())
    names = [f"{number}" for number in range(4)]
    last = await asyncio.gather(*map(write, names))
    relaying.cancel()
    await asyncio.wait([relaying])
    await (await outboxes.documents(outboxes.real)).relay(older_than_s=0)
    assert await outboxes.published() == {
        name: list(range(1, end + 1)) for name, end in zip(names, last, strict=True)
    }
    assert await documents.waiting(THINGS) == []


async def test_what_waits_and_then_the_topic_is_everything(outboxes: Outboxes) -> None:
    """The matcher's way to miss no alert: ask what waits, then read the topic to its end."""
    documents = await outboxes.documents(Flaky(outboxes.real, random.Random(3)))
    answered: list[str] = []

    async def write() -> None:
        for number in range(60):
            id_ = f"{number}"
            await documents.insert(THINGS, id_, {}, events=announced(id_, 1))
            answered.append(id_)
            if number % 7 == 0:
                with contextlib.suppress(Unavailable):
                    await documents.relay(older_than_s=0)

    writing = asyncio.create_task(write())
    while not writing.done():
        before = set(answered)
        seen = {event.key for event in await documents.waiting(THINGS)}
        seen |= {delivery.event.key async for delivery in outboxes.real.read(TOPIC)}
        assert before <= seen
        await asyncio.sleep(0)
    await writing
