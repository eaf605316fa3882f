"""The way of the events from the records they were stored in to the stream.

A write pushes its events into the record's `out` in the same update, so they are stored exactly
when the document is. Whoever publishes (the writer right after its write, or a relay later) sends
all it sees of a record, in order, and only then takes exactly those out again. So what is taken out
is on the stream, what is left is a suffix of what was pushed, and every publisher sends a prefix of
it: whichever of several is first, and wherever one is killed, the order of a record's events holds,
and the stream drops the second copies by their ids.

Taking out is one step where nobody has pushed meanwhile: the outbox is unset, or a deleted record
removed, if its last entry is still the one that was sent last. Otherwise what was sent is pulled,
and an outbox that has become empty is unset after that; a publisher that dies between the two
leaves an empty outbox, which the next relay ends. Publishers of one process take out together what
each has sent.
"""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from backends.documents.gathering import Gathered
from backends.documents.mongo_driver import MongoCollection, Step
from backends.documents.mongo_records import (
    LIVE,
    WAITING,
    Record,
    Waiting,
    event_of,
    one_of,
    waiting,
)
from backends.stream.base import Stream
from models.base import Clock
from models.errors import DomainError, Unavailable
from models.events import Event

log = structlog.get_logger(__name__)

RELAY_BATCH = 200
"""Records whose events a relay holds in memory, and publishes together."""

_UNSET: dict[str, Any] = {"$unset": {"out": "", "out_at": ""}}
_ORDER = (("out_at", 1),)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


AWAY_S = 5.0
"""For how long the stream is not waited for after it did not answer: else each write would be."""


class Outbox:
    """Publishes to `stream`, and waits at most `publish_within_s` for it."""

    def __init__(self, stream: Stream, clock: Clock, *, publish_within_s: float) -> None:
        self._stream = stream
        self._clock = clock
        self._publish_within_s = publish_within_s
        self._away_until = float("-inf")
        self._taking: dict[str, Gathered[Sequence[Waiting], None]] = {}

    async def offer(self, collection: MongoCollection, records: Sequence[Waiting]) -> None:
        """Send what was just stored. Never fails for it: the write is done, and what cannot be
        sent now waits for the relay."""
        records = [record for record in records if record.out or record.dead]
        now = asyncio.get_running_loop().time()
        if not records or now < self._away_until:
            return
        try:
            await self._send(collection, records)
        except DomainError as error:
            log.warning(
                "events left to the relay", collection=collection.name, error=type(error).__name__
            )
        except Exception:
            log.exception("events left to the relay", collection=collection.name)

    async def relay(self, collection: MongoCollection, older_than_s: float) -> int:
        """Send what has waited for so long, the oldest first; returns how many events. A record
        whose events the stream refuses for good keeps them, and does not hold up the others.
        Raises Unavailable."""
        sent = 0
        until = self._clock() - timedelta(seconds=older_than_s)
        since, seen = _BEGINNING, list[str]()
        while True:
            where = {"out_at": {"$gte": since, "$lte": until}, "_id": {"$nin": seen}}
            found = await collection.find(where, WAITING, order=_ORDER, limit=RELAY_BATCH)
            sent += await self._send_each(collection, [waiting(record) for record in found])
            if len(found) < RELAY_BATCH or not collection.is_open:
                return sent
            # Many records have the time of the last one: one bulk insert gives one time.
            last = found[-1]["out_at"]
            seen = [
                *(seen if last == since else ()),
                *(r["_id"] for r in found if r["out_at"] == last),
            ]
            since = last

    async def waiting(self, collection: MongoCollection) -> list[Event]:
        """What is stored and may not be on the stream, the oldest record first."""
        found = await collection.find({"out_at": {"$exists": True}}, WAITING, order=_ORDER)
        return [event_of(entry) for record in found for entry in waiting(record).out]

    async def _send_each(self, collection: MongoCollection, records: Sequence[Waiting]) -> int:
        try:
            return await self._send(collection, records)
        except Unavailable:
            raise
        except DomainError:
            if len(records) > 1:
                return sum([await self._send_each(collection, [record]) for record in records])
            log.exception("events refused", collection=collection.name, document=records[0].id)
            return 0

    async def _send(self, collection: MongoCollection, records: Sequence[Waiting]) -> int:
        topics: dict[str, list[Event]] = {}
        for record in records:
            for entry in record.out:
                topics.setdefault(entry["topic"], []).append(event_of(entry))
        try:
            async with asyncio.timeout(self._publish_within_s):
                for topic, events in topics.items():
                    await self._stream.publish(topic, events)
        except TimeoutError as error:
            self._away_until = asyncio.get_running_loop().time() + AWAY_S
            raise Unavailable("the stream does not answer in time") from error
        if records:
            await self._taking_out_of(collection).ask(records)
        return sum(map(len, topics.values()))

    def _taking_out_of(self, collection: MongoCollection) -> Gathered[Sequence[Waiting], None]:
        if collection.name not in self._taking:

            async def take_out(sent: Sequence[Sequence[Waiting]]) -> None:
                await _take_out(collection, [record for records in sent for record in records])

            self._taking[collection.name] = Gathered(take_out)
        return self._taking[collection.name]


async def _take_out(collection: MongoCollection, records: Sequence[Waiting]) -> None:
    """Take exactly these entries out of their records."""
    if await collection.apply(_steps_if_unchanged(records)) == len(records):
        return
    ids = one_of([record.id for record in records])
    left = await collection.find({"_id": ids, "out_at": {"$exists": True}}, ())
    still_there = {found["_id"] for found in left}
    changed = [record for record in records if record.id in still_there]
    await collection.apply([_pull(record) for record in changed])
    await collection.apply([step for record in changed for step in _end_if_empty(record)])


def _steps_if_unchanged(records: Sequence[Waiting]) -> list[Step]:
    """One step for all records that were written by one call: nothing was pushed after its entries
    where they are the last, and as many are there as were."""
    alike: dict[tuple[int, str | None, bool], list[str]] = {}
    for record in records:
        write = record.out[-1]["write"] if record.out else None
        alike.setdefault((len(record.out), write, record.dead), []).append(record.id)
    return [
        Step({"_id": one_of(ids), **_ends_with(count, write), **_state(dead)}, _end(dead))
        for (count, write, dead), ids in alike.items()
    ]


def _ends_with(count: int, write: str | None) -> Record:
    if write is None:
        return {"out.0": {"$exists": False}}
    return {"out": {"$size": count}, f"out.{count - 1}.write": write}


def _pull(record: Waiting) -> Step:
    # By the whole entry: `$pull` by one of its fields is not the same on every server.
    where = {"_id": record.id, "out.0": {"$exists": True}}
    return Step(where, {"$pullAll": {"out": list(record.out)}})


def _end_if_empty(record: Waiting) -> Iterator[Step]:
    empty = {"_id": record.id, "out.0": {"$exists": False}}
    for dead in (False, True):
        yield Step({**empty, **_state(dead)}, _end(dead))


def _state(dead: bool) -> Record:
    return {"dead": True} if dead else dict(LIVE)


def _end(dead: bool) -> dict[str, Any] | None:
    """Without an outbox a document is just that, and a dead one nothing."""
    return None if dead else _UNSET
