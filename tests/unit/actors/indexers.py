"""Index shards at work over the embedded store, on one node or another."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from actors.indexer import IndexShard
from backends.documents.collections import POSTINGS
from backends.documents.sqlite import SqliteDocuments
from backends.search.base import SearchIndex, SearchRequest
from backends.search.tantivy import TantivySearchIndex
from backends.stream.sqlite import SqliteStream
from models.criteria import Words
from models.errors import NotFound, Unavailable
from models.events import (
    JOB_EVENTS,
    POSTING_PUBLISHED,
    Event,
)
from models.posting import Posting
from models.topology import ActorRole
from tests.databases import new_database
from tests.worlds import NOW


@dataclass
class Store:
    documents: SqliteDocuments
    stream: SqliteStream

    async def put(self, posting: Posting, type_: str = POSTING_PUBLISHED) -> None:
        """Store the posting, new or as the next version, with its event."""
        body = posting.model_dump(mode="json")
        told = [(JOB_EVENTS, event(posting, type_))]
        try:
            stored = await self.documents.get(POSTINGS, posting.id)
        except NotFound:
            await self.documents.insert(POSTINGS, posting.id, body, events=told)
            return
        await self.documents.replace(
            POSTINGS, posting.id, body, expected_version=stored.version, events=told
        )


def event(posting: Posting, type_: str = POSTING_PUBLISHED) -> Event:
    data = {"posting": posting.model_dump(mode="json"), "previous": None}
    return Event(type=type_, subject=posting.id, key=posting.id, data=data)


@asynccontextmanager
async def opened(file: Path) -> AsyncIterator[Store]:
    database = new_database(file)
    store = Store(SqliteDocuments(database), SqliteStream(database))
    await store.documents.open()
    await store.stream.open()
    yield store
    await store.stream.close()
    await store.documents.close()


def shard_of(store: Store, index: SearchIndex, **changes: Any) -> IndexShard:
    given: dict[str, Any] = {"role": ActorRole("index"), "clock": lambda: NOW}
    return IndexShard(store.documents, store.stream, index, **(given | changes))


@asynccontextmanager
async def running(shard: IndexShard) -> AsyncIterator[IndexShard]:
    """Recovered and at work; killed at the end, not stopped: the store stays open."""
    await shard.recover()
    task = asyncio.create_task(shard.run())
    try:
        yield shard
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def ids(shard: IndexShard, *words: str) -> list[str]:
    criteria = Words(text=words[0]) if words else None
    result = await shard.search(SearchRequest(criteria, NOW, limit=100))
    return sorted(hit.posting_id for hit in result.hits)


async def until(true: Callable[[], Awaitable[bool]], within_s: float = 30.0) -> None:
    """Wait for a fact; it fails the test where it does not come true."""
    async with asyncio.timeout(within_s):
        while not await true():
            await asyncio.sleep(0.002)


async def becomes(shard: IndexShard, *expected: str) -> None:
    """Finds exactly these, sooner or later; it may refuse while it makes its index anew."""

    async def is_so() -> bool:
        with suppress(Unavailable):
            return await ids(shard) == list(expected)
        return False

    await until(is_so)


@asynccontextmanager
async def at_work_in(folder: Path, store: Store) -> AsyncIterator[IndexShard]:
    """The shard on the node of this folder; killed at the end."""
    index = TantivySearchIndex(folder)
    try:
        async with running(shard_of(store, index)) as shard:
            yield shard
    finally:
        await index.close()


def fills(shard: IndexShard) -> float:
    return shard.status()[0]["index_fills"]


async def settled(store: Store) -> None:
    """Everything that was told is read and acknowledged."""

    async def is_so() -> bool:
        return all(lag.events == 0 for lag in await store.stream.lags())

    await until(is_so)
