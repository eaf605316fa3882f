"""Several index shards are one index: the same pages, facets and days, whatever is asked."""

import asyncio
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backends.search.base import FACETS, SearchIndex, SearchRequest, SearchResult
from backends.search.memory import MemorySearchIndex
from backends.search.tantivy import TantivySearchIndex
from models.criteria import UnknownPolicy, Words
from models.posting import Posting
from models.shards import bucket_of, owns
from services.search import shards_searched
from tests.worlds import NOW, posting, some_posting, wild_trees

POSTINGS = [some_posting(random.Random(n), f"{n * 7919 % 997:03}") for n in range(160)]
SPLITS = (2, 4)

requests = st.builds(
    SearchRequest,
    criteria=st.none() | wild_trees,
    now=st.just(NOW),
    unknown=st.sampled_from(UnknownPolicy),
    sort=st.sampled_from(["date", "pay", "relevance"]),
    facets=st.lists(st.sampled_from(FACETS), unique=True, max_size=3).map(tuple),
    limit=st.integers(10, 100),
    first_seen_from=st.none() | st.sampled_from([p.first_seen_at for p in POSTINGS]),
    facet_values=st.integers(1, 6),
)


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


async def _filled(index: SearchIndex, postings: Sequence[Posting]) -> Any:
    """In two commits, so that there are segments."""
    await index.open()
    for part in (postings[::3], postings):
        await index.upsert(part)
        await index.commit()
    return index


def _split(postings: Sequence[Posting], shards: int) -> list[list[Posting]]:
    return [[p for p in postings if owns(s, shards, bucket_of(p.id))] for s in range(shards)]


@pytest.fixture(scope="module")
def whole(runner: asyncio.Runner) -> MemorySearchIndex:
    return runner.run(_filled(MemorySearchIndex(), POSTINGS))


@pytest.fixture(scope="module")
def split(
    runner: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[int, list[TantivySearchIndex]]]:
    folder = tmp_path_factory.mktemp("search")
    shards = {
        n: [
            runner.run(_filled(TantivySearchIndex(folder / f"{n}" / f"{shard}"), part))
            for shard, part in enumerate(_split(POSTINGS, n))
        ]
        for n in SPLITS
    }
    yield shards
    for index in (index for indexes in shards.values() for index in indexes):
        runner.run(index.close())


async def _pages(shards: Sequence[SearchIndex], request: SearchRequest) -> list[SearchResult]:
    """Every page of the result, by its cursors."""
    pages = [await shards_searched.search(shards, request)]
    while (after := pages[-1].after) is not None:
        assert len(pages[-1].hits) == request.limit
        pages.append(await shards_searched.search(shards, replace(request, after=after)))
    return pages


async def _check(whole: SearchIndex, shards: Sequence[SearchIndex], request: SearchRequest) -> None:
    assert await _pages(shards, request) == await _pages([whole], request)
    assert await shards_searched.histogram(shards, request, 10) == await whole.histogram(
        request, 10
    )


@settings(max_examples=40, deadline=None)
@given(request=requests, shards=st.sampled_from(SPLITS))
def test_shards_on_disk_answer_as_one_index(
    request: SearchRequest,
    shards: int,
    runner: asyncio.Runner,
    whole: MemorySearchIndex,
    split: Mapping[int, list[TantivySearchIndex]],
) -> None:
    runner.run(_check(whole, split[shards], request))


@settings(max_examples=60, deadline=None)
@given(data=st.data(), shards=st.sampled_from(SPLITS))
def test_postings_may_lie_in_any_shard(
    data: st.DataObject, shards: int, runner: asyncio.Runner
) -> None:
    """Also all of them in one, and none in another."""
    few = data.draw(st.lists(st.sampled_from(POSTINGS), unique_by=lambda p: p.id, max_size=25))
    places = [data.draw(st.integers(0, shards - 1)) for _ in few]

    async def check() -> None:
        whole = await _filled(MemorySearchIndex(), few)
        parts = [
            await _filled(
                MemorySearchIndex(), [p for p, at in zip(few, places, strict=True) if at == s]
            )
            for s in range(shards)
        ]
        await _check(whole, parts, data.draw(requests))

    runner.run(check())


async def test_a_value_that_is_frequent_nowhere_may_be_the_most_frequent() -> None:
    """Each shard has fifty employers of its own before the one that all of them share."""
    parts = [
        [
            *(posting(f"{s} {n:03} {i}", company=f"{s} {n:03}") for n in range(60) for i in (0, 1)),
            posting(f"{s} shared", company="shared"),
        ]
        for s in range(4)
    ]
    shards = [await _filled(MemorySearchIndex(), part) for part in parts]
    found = await shards_searched.search(shards, SearchRequest(None, NOW, facets=("company",)))
    assert found.facets["company"][0] == ("shared", 4)
    assert len(found.facets["company"]) == 50


async def test_pages_go_on_while_the_shards_change() -> None:
    """What comes and goes between two pages neither repeats nor skips another."""
    parts = _split([posting(f"{n:02}", text="data " * (n % 2)) for n in range(40)], 4)
    shards = [await _filled(MemorySearchIndex(), part) for part in parts]
    request = SearchRequest(Words(text="data"), NOW, sort="relevance", limit=7)
    found: list[str] = []
    for gone in range(10):
        result = await shards_searched.search(shards, request)
        found += [hit.posting_id for hit in result.hits]
        if result.after is None:
            break
        request = replace(request, after=result.after)
        for shard in shards:
            await shard.remove([f"{gone:02}", *found[-2:]])
            await shard.upsert([posting(f"new {gone}", title="Data")])
            await shard.commit()
    assert len(found) == len(set(found))
    assert set(found) >= {f"{n:02}" for n in range(11, 40, 2)}
