"""The documents on MongoDB, each with its events in one record; the stream gets them from there.

MongoDB changes one record atomically and several not at all (without a replica set it has no
transactions), so one record holds what must be one write: body, version, unique keys and the events
that are to be published. How it looks is told in `mongo_records`, what writes do to it in
`mongo_writes`, how the events leave it in `mongo_outbox`; filters, pages, groups and indexes in the
files of those names, the drivers in `mongo_driver`.

A fence is read just before the write, not with it: what a former owner had sent already when the
epoch was taken may still arrive. ADR 10 says what that can do.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from functools import partial, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from backends.documents.base import Body, Document, Fence, Insert, Measure, Outgoing, Page, Sort
from backends.documents.collections import COLLECTIONS, EPOCHS, Collection
from backends.documents.cursors import Keyset, read_cursor, write_cursor
from backends.documents.filters import Filter, value_at
from backends.documents.gathering import Gathered
from backends.documents.mongo_driver import Driver, MongoCollection, MongoDatabase, UniqueViolation
from backends.documents.mongo_filters import both, compiled
from backends.documents.mongo_groups import fields_of, measured
from backends.documents.mongo_outbox import Outbox
from backends.documents.mongo_pages import runs
from backends.documents.mongo_records import DOCUMENT, LIVE, document, one_of, plain
from backends.documents.mongo_schema import create
from backends.documents.mongo_writes import Writes
from backends.stream.base import Stream
from models.base import Clock, utc_now
from models.errors import DuplicateKey, Fenced, NotFound, Unavailable
from models.events import Event

P = ParamSpec("P")
T = TypeVar("T")
Verb = Callable[Concatenate["MongoDocuments", P], Coroutine[Any, Any, T]]

GET_MANY_STEP = 1000
"""Ids in one query: the protocol bounds the bytes of a command."""
FRESH_S = 2.0
"""How old the answer about an epoch may be when the write begins: less than anybody needs to find
out that an owner froze and to take its epoch. Whoever was frozen while it waited asks again."""
FRESH_TRIES = 5


def _carried_through(verb: Verb[P, T]) -> Verb[P, T]:
    """A verb that is finished even when its caller is cancelled, and before the documents close."""

    @wraps(verb)
    async def carried(self: "MongoDocuments", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._database.carry_through(partial(verb, self, *args, **kwargs))

    return carried


class MongoDocuments:
    """The Documents port on the database that `url` names; events go to `stream`, which whoever
    made it opens and closes. `collections` get their indexes when it opens. A write waits at most
    `publish_within_s` for the stream: then its events are the relay's."""

    def __init__(
        self,
        url: str,
        stream: Stream,
        *,
        driver: Driver = "motor",
        collections: Sequence[Collection] = COLLECTIONS,
        clock: Clock = utc_now,
        publish_within_s: float = 5.0,
    ) -> None:
        self._database = MongoDatabase(url, driver)
        self._collections = {c.name: c for c in (*collections, EPOCHS)}
        self._outbox = Outbox(stream, clock, publish_within_s=publish_within_s)
        self._epochs = Gathered(self._epochs_of)
        self._clock = clock
        self._opening = asyncio.Lock()

    async def open(self) -> None:
        """As the port says. Raises DuplicateKey where documents contradict a new unique index."""
        async with self._opening:
            if self._database.is_open:
                return
            await self._database.open()
            try:
                await self._create()
            except BaseException:
                await self._database.close()
                raise

    async def close(self) -> None:
        async with self._opening:
            await self._database.close()

    async def get(self, collection: Collection, id: str) -> Document:
        found = await self.get_many(collection, [id])
        if id not in found:
            raise NotFound(f"there is no {id} in {collection.name}")
        return found[id]

    @_carried_through
    async def get_many(self, collection: Collection, ids: Sequence[str]) -> dict[str, Document]:
        records, wanted = self._records(collection), list(dict.fromkeys(ids))
        steps = [wanted[i : i + GET_MANY_STEP] for i in range(0, len(wanted), GET_MANY_STEP)]
        # By the id and nothing else, which servers find without planning or looking further.
        return {
            record["_id"]: document(record)
            for step in steps
            for record in await records.find({"_id": one_of(step)}, (*DOCUMENT, "dead"))
            if "dead" not in record
        }

    @_carried_through
    async def insert(
        self,
        collection: Collection,
        id: str,
        body: Body,
        *,
        events: Sequence[Outgoing] = (),
        fence: Fence | None = None,
    ) -> Document:
        stored = plain(body)
        await self._check(fence)
        waiting = await self._writes(collection).insert(id, stored, events)
        await self._outbox.offer(self._records(collection), [waiting])
        return Document(id, 1, stored)

    @_carried_through
    async def replace(
        self,
        collection: Collection,
        id: str,
        body: Body,
        *,
        expected_version: int,
        events: Sequence[Outgoing] = (),
        fence: Fence | None = None,
    ) -> Document:
        stored = plain(body)
        await self._check(fence)
        writes = self._writes(collection)
        waiting = await writes.replace(id, stored, expected_version, events)
        await self._outbox.offer(self._records(collection), [waiting])
        return Document(id, expected_version + 1, stored)

    @_carried_through
    async def delete(
        self,
        collection: Collection,
        id: str,
        *,
        expected_version: int | None = None,
        events: Sequence[Outgoing] = (),
        fence: Fence | None = None,
    ) -> None:
        await self._check(fence)
        waiting = await self._writes(collection).delete(id, expected_version, events)
        await self._outbox.offer(self._records(collection), [waiting])

    @_carried_through
    async def insert_absent(
        self, collection: Collection, inserts: Sequence[Insert], *, fence: Fence | None = None
    ) -> list[str]:
        news: dict[str, tuple[Body, Sequence[Outgoing]]] = {}
        for new in inserts:
            news.setdefault(new.id, (plain(new.body), new.events))
        await self._check(fence)
        if not news:
            return []
        waiting = await self._writes(collection).insert_absent(news)
        inserted = [id_ for id_ in news if id_ in waiting]
        await self._outbox.offer(self._records(collection), [waiting[id_] for id_ in inserted])
        return inserted

    @_carried_through
    async def find(
        self,
        collection: Collection,
        filter: Filter | None = None,
        *,
        sort: Sort | None = None,
        limit: int = 100,
        after: str | None = None,
    ) -> Page:
        if limit < 1:
            raise ValueError("a page holds at least one document")
        start = read_cursor(collection, sort, after) if after is not None else None
        where, found = both(dict(LIVE), compiled(filter)), list[Document]()
        for run in runs(sort, start):
            records = await self._records(collection).find(
                both(where, run.where), DOCUMENT, order=run.order, limit=limit + 1 - len(found)
            )
            found += map(document, records)
            if len(found) > limit:
                break
        items = tuple(found[:limit])
        if len(found) <= limit:
            return Page(items, None)
        value = value_at(items[-1].body, sort.field) if sort else None
        return Page(items, write_cursor(collection, sort, Keyset(value, items[-1].id)))

    @_carried_through
    async def count(self, collection: Collection, filter: Filter | None = None) -> int:
        return await self._records(collection).count(both(dict(LIVE), compiled(filter)))

    @_carried_through
    async def group(
        self,
        collection: Collection,
        filter: Filter | None,
        *,
        by: Sequence[str],
        measures: Sequence[Measure],
    ) -> list[Body]:
        where = both(dict(LIVE), compiled(filter))
        rows = await self._records(collection).groups(where, fields_of(by, measures))
        return measured(rows, by, measures)

    @_carried_through
    async def take_epoch(self, name: str) -> Fence:
        next_one = {"$inc": {"v": 1}, "$set": {"body": {}, "coded": False}}
        epochs = self._records(EPOCHS)
        try:
            before = await epochs.exchange({"_id": name}, next_one, upsert=True)
        except UniqueViolation:
            # Two took the first one at once; now there is one to count from.
            before = await epochs.exchange({"_id": name}, next_one, upsert=True)
        return Fence(name, before["v"] + 1 if before else 1)

    @_carried_through
    async def relay(self, *, older_than_s: float = 1.0) -> int:
        return sum(
            [
                await self._outbox.relay(self._records(collection), older_than_s)
                for collection in self._collections.values()
            ]
        )

    @_carried_through
    async def waiting(self, collection: Collection) -> list[Event]:
        return await self._outbox.waiting(self._records(collection))

    async def _create(self) -> None:
        for collection in self._collections.values():
            try:
                await create(self._records(collection), collection)
            except UniqueViolation as broken:
                raise DuplicateKey(broken.index or collection.name) from broken

    async def _check(self, fence: Fence | None) -> None:
        if fence is None:
            return
        for _ in range(FRESH_TRIES):
            asked = time.monotonic()
            epochs = await self._epochs.ask(fence.name)
            if epochs.get(fence.name) != fence.epoch:
                raise Fenced(f"epoch {fence.epoch} of {fence.name} is over")
            if time.monotonic() - asked < FRESH_S:
                return
        raise Unavailable("the store answers too late to say who owns what")

    async def _epochs_of(self, names: Sequence[str]) -> dict[str, int]:
        found = await self._records(EPOCHS).find({"_id": one_of([*set(names)])}, ("v",))
        return {record["_id"]: record["v"] for record in found}

    def _records(self, collection: Collection) -> MongoCollection:
        return self._database.collection(collection.name)

    def _writes(self, collection: Collection) -> Writes:
        return Writes(self._records(collection), self._collections[collection.name], self._clock)
