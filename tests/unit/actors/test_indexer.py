"""The index shard over the embedded store: it ends with what the store says, whatever happened."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from actors.indexer import COMMIT_PERIOD_S, IndexShard
from backends.documents.collections import DEAD_LETTERS, POSTINGS
from backends.documents.sqlite import SqliteDocuments
from backends.search.base import SearchIndex, SearchRequest
from backends.search.memory import MemorySearchIndex
from backends.search.tantivy import TantivySearchIndex
from backends.sqlite import Database
from backends.stream.sqlite import SqliteStream
from models.criteria import Words
from models.errors import Fenced, NotFound, Unavailable
from models.events import (
    JOB_EVENTS,
    POSTING_CHANGED,
    POSTING_CLOSED,
    POSTING_PUBLISHED,
    POSTING_REJECTED,
    POSTING_SUBMITTED,
    Event,
)
from models.posting import Posting, Status
from models.shards import bucket_of, owns
from tests.worlds import NOW, posting


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


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    database = Database(tmp_path / "jobray.db")
    store = Store(SqliteDocuments(database), SqliteStream(database))
    await store.documents.open()
    await store.stream.open()
    yield store
    await store.stream.close()
    await store.documents.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index" / "0"


def _shard(store: Store, index: SearchIndex, **changes: Any) -> IndexShard:
    given: dict[str, Any] = {"shard": 0, "shards": 1, "clock": lambda: NOW, "name": "index:0"}
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


async def test_events_bring_postings_in_and_out(store: Store, folder: Path) -> None:
    async with running(_shard(store, TantivySearchIndex(folder))) as shard:
        for id_ in "abcd":
            await store.put(posting(id_))
        await becomes(shard, "a", "b", "c", "d")
        await store.put(posting("a", version=2, title="Cook"), POSTING_CHANGED)
        await store.put(posting("b", status=Status.CLOSED), POSTING_CLOSED)
        await store.put(posting("c", version=2, status=Status.REJECTED), POSTING_REJECTED)
        gone = event(posting("d"), POSTING_CLOSED)
        await store.documents.delete(POSTINGS, "d", events=[(JOB_EVENTS, gone)])
        await becomes(shard, "a")
        assert await ids(shard, "cook") == ["a"]
        assert await shard.histogram(SearchRequest(None, NOW), 1) == [1]
        counters, gauges = shard.status()
        assert counters["postings_removed"] == 3
        assert gauges == {"postings_searchable": 1.0}


async def test_a_posting_is_visible_at_once_when_idle(store: Store, folder: Path) -> None:
    async with running(_shard(store, TantivySearchIndex(folder))) as shard:
        await store.put(posting("warm"))
        await becomes(shard, "warm")
        await asyncio.sleep(2 * COMMIT_PERIOD_S)
        began = time.perf_counter()
        await store.put(posting("zzz"))
        await becomes(shard, "warm", "zzz")
        assert time.perf_counter() - began < 0.5  # 50 ms on a quiet machine


async def test_an_old_version_never_overwrites_a_newer_one(store: Store, folder: Path) -> None:
    async with running(_shard(store, TantivySearchIndex(folder))) as shard:
        await store.put(posting("a", version=2, title="Cook"))
        await store.put(posting("b", version=2, status=Status.CLOSED), POSTING_CLOSED)
        old = [event(posting("a", title="Baker")), event(posting("b", title="Baker"))]
        await store.stream.publish(JOB_EVENTS, old)
        await store.put(posting("last"))
        await becomes(shard, "a", "last")
        assert await ids(shard, "baker") == []
        assert await ids(shard, "cook") == ["a"]


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.PROCESSING])
async def test_a_posting_stays_findable_while_it_is_revised(
    store: Store, folder: Path, status: Status
) -> None:
    async with running(_shard(store, TantivySearchIndex(folder))) as shard:
        await store.put(posting("a"))
        await becomes(shard, "a")
        await store.put(posting("a", version=2, status=status), POSTING_SUBMITTED)
        await store.stream.publish(JOB_EVENTS, [event(posting("a"))])  # a late copy
        await store.put(posting("b"))
        await becomes(shard, "a", "b")


async def test_replaying_everything_changes_nothing(store: Store, folder: Path) -> None:
    async with running(_shard(store, TantivySearchIndex(folder))) as shard:
        postings = [posting(f"{i}", title=f"Title {i}") for i in range(5)]
        for item in postings:
            await store.put(item)
        await store.put(postings[0].model_copy(update={"status": Status.CLOSED}), POSTING_CLOSED)
        for _ in range(3):
            await store.stream.publish(JOB_EVENTS, [event(item) for item in postings])
        await store.put(posting("end"))
        await becomes(shard, "1", "2", "3", "4", "end")


async def test_a_restart_goes_on_where_it_stopped(store: Store, folder: Path) -> None:
    index = TantivySearchIndex(folder)
    async with running(_shard(store, index)) as shard:
        await store.put(posting("a"))
        await becomes(shard, "a")
        await index.close()
    await store.put(posting("b"))
    new = TantivySearchIndex(folder)
    again = _shard(store, new)
    async with running(again):
        await becomes(again, "a", "b")
        assert again.status()[0]["index_fills"] == 0
        await new.close()


async def test_a_lost_folder_is_filled_again(store: Store, folder: Path) -> None:
    index = TantivySearchIndex(folder)
    async with running(_shard(store, index)) as shard:
        for number in range(450):
            await store.documents.insert(
                POSTINGS, f"{number:03}", posting(f"{number:03}").model_dump(mode="json")
            )
        await store.put(posting("told"))
        await becomes(shard, "told")
        await index.close()
    shutil.rmtree(folder)
    new = TantivySearchIndex(folder)
    again = _shard(store, new)
    await again.recover()
    assert again.status()[1] == {"postings_searchable": 451.0}
    assert again.status()[0]["index_commits"] == 1
    await new.close()


async def test_a_folder_lost_at_work_heals(store: Store, folder: Path) -> None:
    async with running(_shard(store, TantivySearchIndex(folder))) as shard:
        await store.put(posting("a"))
        await becomes(shard, "a")
        shutil.rmtree(folder)
        await store.put(posting("b"))
        await becomes(shard, "a", "b")
        assert shard.status()[0]["index_fills"] == 2
        await store.put(posting("c"))
        await becomes(shard, "a", "b", "c")


async def test_what_came_before_the_first_start_is_found(store: Store, folder: Path) -> None:
    await store.put(posting("a"))
    await store.put(posting("b", status=Status.SUBMITTED), POSTING_SUBMITTED)
    async with running(_shard(store, TantivySearchIndex(folder))) as shard:
        assert await ids(shard) == ["a"]
        await store.put(posting("b"))
        await becomes(shard, "a", "b")


async def test_a_fill_that_was_cut_short_begins_again(store: Store, folder: Path) -> None:
    for number in range(250):
        await store.put(posting(f"{number:03}"))
    index = TantivySearchIndex(folder)

    class Failing:
        """The store goes away after the first page."""

        def __getattr__(self, name: str) -> Any:
            return getattr(store.documents, name)

        async def find(self, *args: Any, **named: Any) -> Any:
            if named["after"] is not None:
                raise Unavailable
            return await store.documents.find(*args, **named)

    shard = _shard(Store(Failing(), store.stream), index)  # type: ignore[arg-type]
    with pytest.raises(Unavailable):
        await shard.recover()
    again = _shard(store, index)
    await again.recover()
    assert again.status()[1] == {"postings_searchable": 250.0}
    await index.close()


async def test_shards_share_the_postings(store: Store) -> None:
    shards = [_shard(store, MemorySearchIndex(), shard=s, shards=3) for s in range(3)]
    early, late = [f"early {i}" for i in range(30)], [f"late {i}" for i in range(30)]
    for id_ in early:
        await store.put(posting(id_))
    async with running(shards[0]), running(shards[1]), running(shards[2]):
        for id_ in late:
            await store.put(posting(id_))
        for number, shard in enumerate(shards):
            mine = sorted(id_ for id_ in early + late if owns(number, 3, bucket_of(id_)))
            await becomes(shard, *mine)


async def test_a_posting_that_cannot_be_read_harms_nobody(store: Store, folder: Path) -> None:
    broken = posting("broken").model_dump(mode="json") | {"given": {"title": 1}}
    await store.documents.insert(POSTINGS, "broken", broken)
    async with running(_shard(store, TantivySearchIndex(folder))) as shard:
        assert shard.status()[0]["postings_unreadable"] == 1
        await store.stream.publish(JOB_EVENTS, [event(posting("broken"))])
        await store.put(posting("good"))
        await becomes(shard, "good")

        async def buried() -> bool:
            return await store.documents.count(DEAD_LETTERS) == 1

        await until(buried, within_s=20)


async def test_commits_are_few_under_load(store: Store) -> None:
    """Simulated time: each commit waits for its turn, and takes what came meanwhile."""
    now = 0.0

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds
        await asyncio.sleep(0)

    shard = _shard(store, MemorySearchIndex(), monotonic=lambda: now, sleep=sleep)
    async with running(shard):
        for number in range(60):
            await store.put(posting(f"{number:02}"))
        await becomes(shard, *(f"{number:02}" for number in range(60)))
        commits = shard.status()[0]["index_commits"]
    assert now >= (commits - 1) * COMMIT_PERIOD_S - 1e-9


async def test_the_newer_owner_fences_the_older(store: Store) -> None:
    first = _shard(store, MemorySearchIndex())
    await first.recover()
    await _shard(store, MemorySearchIndex()).recover()
    with pytest.raises(Fenced):
        await asyncio.wait_for(first.run(), 5)


async def test_search_is_refused_until_it_has_recovered(store: Store, folder: Path) -> None:
    shard = _shard(store, TantivySearchIndex(folder))
    with pytest.raises(Unavailable):
        await shard.search(SearchRequest(None, NOW))


async def test_recovering_twice_and_stopping_twice_is_fine(store: Store, folder: Path) -> None:
    shard = _shard(store, TantivySearchIndex(folder))
    await store.put(posting("a", first_seen_at=NOW - timedelta(days=1)))
    await shard.recover()
    await shard.recover()
    assert await ids(shard) == ["a"]
    await shard.stop()
    await shard.stop()
