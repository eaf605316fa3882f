"""An index on local disk is believed only where it cannot have missed anything."""

import shutil
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from backends.search.base import SearchIndex
from backends.search.tantivy import TantivySearchIndex
from models.errors import Unavailable
from models.events import POSTING_CLOSED
from models.posting import Status
from services.search.search_owner import next_owner
from tests.unit.actors.indexers import (
    Store,
    at_work_in,
    becomes,
    fills,
    ids,
    opened,
    running,
    settled,
    shard_of,
    until,
)
from tests.worlds import posting


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    async with opened(tmp_path / "jobray.db") as store:
        yield store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index" / "0"


async def test_a_copy_that_missed_events_is_filled_anew(store: Store, tmp_path: Path) -> None:
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    async with at_work_in(here, store) as shard:
        await store.put(posting("gone"))
        await store.put(posting("stays"))
        await becomes(shard, "gone", "stays")
        await settled(store)
    async with at_work_in(elsewhere, store) as shard:
        await store.put(posting("gone", status=Status.CLOSED), POSTING_CLOSED)
        await store.put(posting("new"))
        await becomes(shard, "new", "stays")
        await settled(store)
    async with at_work_in(here, store) as shard:
        assert await ids(shard) == ["new", "stays"]
        assert fills(shard) == 1
    async with at_work_in(here, store) as shard:
        assert await ids(shard) == ["new", "stays"]
        assert fills(shard) == 0


async def test_a_copy_of_another_store_is_filled_anew(
    store: Store, folder: Path, tmp_path: Path
) -> None:
    """One data folder, two stores in turn, each of which counts its epochs from one."""
    async with opened(tmp_path / "other.db") as other:
        await store.put(posting("mine"))
        await other.put(posting("another's"))
        for _ in range(3):
            for at, found in ((store, "mine"), (other, "another's")):
                async with at_work_in(folder, at) as shard:
                    assert await ids(shard) == [found]
                    assert fills(shard) == 1


async def test_who_finds_the_index_held_spoils_nothing(store: Store, folder: Path) -> None:
    await store.put(posting("a"))
    async with at_work_in(folder, store) as shard:
        for _ in range(3):
            with pytest.raises(Unavailable, match="holds"):
                await shard_of(store, TantivySearchIndex(folder)).recover()
        assert await ids(shard) == ["a"]
    async with at_work_in(folder, store) as shard:
        assert fills(shard) == 0


async def test_a_recovery_that_is_repeated_fills_once(store: Store, folder: Path) -> None:
    """The stream is away for a while: each try takes an epoch, and the index with it."""
    await store.put(posting("a"))
    async with at_work_in(folder, store) as shard:
        assert fills(shard) == 1

    class Away:
        async def subscribe(self, *args: Any, **named: Any) -> Any:
            raise Unavailable

    index = TantivySearchIndex(folder)
    shard = shard_of(Store(store.documents, Away()), index)  # type: ignore[arg-type]
    for _ in range(3):
        with pytest.raises(Unavailable):
            await shard.recover()
    await index.close()
    async with at_work_in(folder, store) as shard:
        assert await ids(shard) == ["a"]
        assert fills(shard) == 0


async def test_an_index_made_anew_at_work_is_kept_after(store: Store, folder: Path) -> None:
    async with at_work_in(folder, store) as shard:
        await store.put(posting("a"))
        await becomes(shard, "a")
        shutil.rmtree(folder)
        await store.put(posting("b"))
        await becomes(shard, "a", "b")
        assert fills(shard) == 2
    async with at_work_in(folder, store) as shard:
        assert await ids(shard) == ["a", "b"]
        assert fills(shard) == 0


class Killed(BaseException):
    """The end of the process: nobody answers it."""


VERBS = ("open", "take_over", "count", "upsert", "remove", "commit")


class Mortal:
    """A search index whose process ends before or after a call of `verb`."""

    def __init__(self, index: SearchIndex, verb: str, *, after: bool) -> None:
        self._index, self._verb, self._after = index, verb, after
        self._is_dead = False

    async def is_dead(self) -> bool:
        return self._is_dead

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._index, name)
        if name != self._verb:
            return call

        async def dies(*args: Any) -> None:
            if self._after:
                await call(*args)
            self._is_dead = True
            raise Killed

        return dies


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("is_stale", [False, True], ids=["kept", "stale"])
async def test_killed_at_any_instant_it_is_never_stale(
    store: Store, tmp_path: Path, verb: str, after: bool, is_stale: bool
) -> None:
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    await store.put(posting("a"))
    async with at_work_in(here, store) as shard:
        await becomes(shard, "a")
    if is_stale:
        async with at_work_in(elsewhere, store) as shard:
            await store.put(posting("a", status=Status.CLOSED), POSTING_CLOSED)
            await store.put(posting("b"))
            await becomes(shard, "b")
            await settled(store)
    await store.put(posting("c"))
    index = TantivySearchIndex(here)
    mortal = Mortal(index, verb, after=after)
    with suppress(Killed):
        async with running(shard_of(store, mortal)):  # type: ignore[arg-type]
            await until(mortal.is_dead)
    assert await mortal.is_dead()
    await index.close()
    async with at_work_in(here, store) as shard:
        await becomes(shard, *(("b", "c") if is_stale else ("a", "c")))
        assert fills(shard) <= (1 if is_stale or (verb, after) == ("take_over", False) else 0)
    async with at_work_in(here, store) as shard:
        assert fills(shard) == 0


@pytest.mark.parametrize("step", ["discard", "prepare", "set_owner"])
async def test_killed_while_it_throws_a_stale_copy_away(
    store: Store, tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: Any) -> None:
        raise Killed

    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    await store.put(posting("a"))
    for folder in (here, elsewhere):
        async with at_work_in(folder, store) as shard:
            await becomes(shard, "a")
    stale = TantivySearchIndex(here)
    await stale.open()
    with monkeypatch.context() as patched:
        patched.setattr(f"backends.search.tantivy.{step}", die)
        with pytest.raises(Killed):
            await stale.take_over(await next_owner(store.documents, "index:0"))
    await stale.close()
    await store.put(posting("b"))
    async with at_work_in(here, store) as shard:
        await becomes(shard, "a", "b")
        assert fills(shard) == 1
