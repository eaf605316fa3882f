"""The index shard over the embedded store: it ends with what the store says, whatever happened."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from actors.indexer import COMMIT_PERIOD_S, REST_MAX_S
from backends.documents.collections import DEAD_LETTERS, POSTINGS
from backends.search.base import SearchRequest
from backends.search.memory import MemorySearchIndex
from backends.search.tantivy import TantivySearchIndex
from models.errors import Fenced, Unavailable
from models.events import (
    JOB_EVENTS,
    POSTING_CHANGED,
    POSTING_CLOSED,
    POSTING_REJECTED,
    POSTING_SUBMITTED,
)
from models.posting import Status
from models.shards import bucket_of, owns
from models.topology import ActorRole
from tests.unit.actors.indexers import (
    Store,
    becomes,
    event,
    ids,
    opened,
    running,
    shard_of,
    until,
)
from tests.worlds import NOW, posting


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(tmp_path / "jobray.db") as store:
        yield store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index" / "0"


async def test_events_bring_postings_in_and_out(store: Store, folder: Path) -> None:
    async with running(shard_of(store, TantivySearchIndex(folder))) as shard:
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
    """50 ms on a quiet machine; the best of a few, on one that has other work."""
    took_s = []
    async with running(shard_of(store, TantivySearchIndex(folder))) as shard:
        for number in range(5):
            await asyncio.sleep(2 * COMMIT_PERIOD_S)
            began = time.perf_counter()
            await store.put(posting(f"{number}"))
            await becomes(shard, *map(str, range(number + 1)))
            took_s.append(time.perf_counter() - began)
    assert min(took_s) < 0.4


async def test_an_old_version_never_overwrites_a_newer_one(store: Store, folder: Path) -> None:
    async with running(shard_of(store, TantivySearchIndex(folder))) as shard:
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
    async with running(shard_of(store, TantivySearchIndex(folder))) as shard:
        await store.put(posting("a"))
        await becomes(shard, "a")
        await store.put(posting("a", version=2, status=status), POSTING_SUBMITTED)
        await store.stream.publish(JOB_EVENTS, [event(posting("a"))])  # a late copy
        await store.put(posting("b"))
        await becomes(shard, "a", "b")


async def test_replaying_everything_changes_nothing(store: Store, folder: Path) -> None:
    async with running(shard_of(store, TantivySearchIndex(folder))) as shard:
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
    async with running(shard_of(store, index)) as shard:
        await store.put(posting("a"))
        await becomes(shard, "a")
        await index.close()
    await store.put(posting("b"))
    new = TantivySearchIndex(folder)
    again = shard_of(store, new)
    async with running(again):
        await becomes(again, "a", "b")
        assert again.status()[0]["index_fills"] == 0
        await new.close()


async def test_a_lost_folder_is_filled_again(store: Store, folder: Path) -> None:
    index = TantivySearchIndex(folder)
    async with running(shard_of(store, index)) as shard:
        for number in range(450):
            await store.documents.insert(
                POSTINGS, f"{number:03}", posting(f"{number:03}").model_dump(mode="json")
            )
        await store.put(posting("told"))
        await becomes(shard, "told")
        await index.close()
    shutil.rmtree(folder)
    new = TantivySearchIndex(folder)
    again = shard_of(store, new)
    await again.recover()
    assert again.status()[1] == {"postings_searchable": 451.0}
    assert again.status()[0]["index_commits"] == 1
    await new.close()


async def test_a_folder_lost_at_work_heals(store: Store, folder: Path) -> None:
    async with running(shard_of(store, TantivySearchIndex(folder))) as shard:
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
    async with running(shard_of(store, TantivySearchIndex(folder))) as shard:
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

    shard = shard_of(Store(Failing(), store.stream), index)  # type: ignore[arg-type]
    with pytest.raises(Unavailable):
        await shard.recover()
    again = shard_of(store, index)
    await again.recover()
    assert again.status()[1] == {"postings_searchable": 250.0}
    await index.close()


async def test_shards_share_the_postings(store: Store) -> None:
    shards = [
        shard_of(store, MemorySearchIndex(), role=ActorRole("index", s, 3, 2)) for s in range(3)
    ]
    early, late = [f"early {i}" for i in range(30)], [f"late {i}" for i in range(30)]
    for id_ in early:
        await store.put(posting(id_))
    async with running(shards[0]), running(shards[1]), running(shards[2]):
        for id_ in late:
            await store.put(posting(id_))
        for number, shard in enumerate(shards):
            mine = sorted(id_ for id_ in early + late if owns(number, 3, bucket_of(id_)))
            await becomes(shard, *mine)
    read = {lag.subscription for lag in await store.stream.lags()}
    assert read == {"index:0@2", "index:1@2", "index:2@2"}


async def test_a_posting_that_cannot_be_read_harms_nobody(store: Store, folder: Path) -> None:
    broken = posting("broken").model_dump(mode="json") | {"given": {"title": 1}}
    await store.documents.insert(POSTINGS, "broken", broken)
    async with running(shard_of(store, TantivySearchIndex(folder))) as shard:
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

    shard = shard_of(store, MemorySearchIndex(), monotonic=lambda: now, sleep=sleep)
    async with running(shard):
        for number in range(60):
            await store.put(posting(f"{number:02}"))
        await becomes(shard, *(f"{number:02}" for number in range(60)))
        commits = shard.status()[0]["index_commits"]
    assert now >= (commits - 1) * COMMIT_PERIOD_S - 1e-9


@pytest.mark.parametrize(("commit_s", "rest_s"), [(0.001, 0.05), (0.05, 0.2), (2.0, REST_MAX_S)])
async def test_commits_take_a_fifth_of_the_time(
    store: Store, commit_s: float, rest_s: float
) -> None:
    now, slept = 0.0, list[float]()

    class Slow(MemorySearchIndex):
        async def commit(self) -> None:
            nonlocal now
            now += commit_s
            await super().commit()

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds
        slept.append(seconds)
        await asyncio.sleep(0)

    shard = shard_of(store, Slow(), monotonic=lambda: now, sleep=sleep)
    async with running(shard):
        await store.put(posting("a"))
        await becomes(shard, "a")
        await store.put(posting("b"))
        await becomes(shard, "a", "b")
    assert slept[-1] == pytest.approx(rest_s)


async def test_the_newer_owner_fences_the_older(store: Store) -> None:
    first = shard_of(store, MemorySearchIndex())
    await first.recover()
    await shard_of(store, MemorySearchIndex()).recover()
    with pytest.raises(Fenced):
        await asyncio.wait_for(first.run(), 5)


async def test_search_is_refused_until_it_has_recovered(store: Store, folder: Path) -> None:
    shard = shard_of(store, TantivySearchIndex(folder))
    with pytest.raises(Unavailable):
        await shard.search(SearchRequest(None, NOW))


async def test_recovering_twice_and_stopping_twice_is_fine(store: Store, folder: Path) -> None:
    shard = shard_of(store, TantivySearchIndex(folder))
    await store.put(posting("a", first_seen_at=NOW - timedelta(days=1)))
    await shard.recover()
    await shard.recover()
    assert await ids(shard) == ["a"]
    await shard.stop()
    await shard.stop()
