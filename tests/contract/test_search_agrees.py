"""Invariant 5 for search: what an index finds is what the oracle says, of every posting."""

import asyncio
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backends.search.base import FACETS, SearchIndex, SearchRequest, SortBy
from backends.search.memory import MemorySearchIndex
from backends.search.tantivy import TantivySearchIndex
from matching.evaluate import holds
from matching.subject import Subject
from models.criteria import Criteria, UnknownPolicy
from tests.worlds import NOW, some_posting, wild_trees

POSTINGS = [some_posting(random.Random(n), f"{n * 7919 % 997:03}") for n in range(160)]
SUBJECTS = [Subject.of(posting) for posting in POSTINGS]
policies = st.sampled_from(UnknownPolicy)


async def _fill(index: SearchIndex) -> None:
    """In three commits, with replacements and a removal, so that there are segments and holes."""
    gone = some_posting(random.Random(0), "gone")
    await index.open()
    await index.upsert([p.model_copy(update={"derived": None}) for p in POSTINGS[:100]])
    await index.commit()
    await index.upsert([*POSTINGS[:130], gone])
    await index.commit()
    await index.upsert(POSTINGS[130:])
    await index.remove([gone.id])
    await index.commit()
    assert await index.count() == len(POSTINGS)


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def fast(
    runner: asyncio.Runner, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TantivySearchIndex]:
    folder: Path = tmp_path_factory.mktemp("search") / "index"
    index = TantivySearchIndex(folder)
    runner.run(_fill(index))
    yield index
    runner.run(index.close())


@pytest.fixture(scope="module")
def naive(runner: asyncio.Runner) -> MemorySearchIndex:
    index = MemorySearchIndex()
    runner.run(_fill(index))
    return index


async def _ids(index: SearchIndex, request: SearchRequest) -> set[str]:
    result = await index.search(replace(request, limit=len(POSTINGS)))
    found = {hit.posting_id for hit in result.hits}
    assert result.total == len(result.hits) == len(found)
    return found


@settings(max_examples=300, deadline=None)
@given(criteria=wild_trees, unknown=policies)
def test_search_finds_what_the_oracle_finds(
    criteria: Criteria,
    unknown: UnknownPolicy,
    runner: asyncio.Runner,
    fast: TantivySearchIndex,
    naive: MemorySearchIndex,
) -> None:
    expected = {s.posting_id for s in SUBJECTS if holds(criteria, unknown, s, NOW)}
    request = SearchRequest(criteria, NOW, unknown)
    assert runner.run(_ids(fast, request)) == expected
    assert runner.run(_ids(naive, request)) == expected


async def _walk(index: SearchIndex, request: SearchRequest) -> list[str]:
    """All hits in order, page by page."""
    found: list[str] = []
    while True:
        result = await index.search(request)
        found += [hit.posting_id for hit in result.hits]
        if result.after is None:
            return found
        assert len(result.hits) == request.limit
        request = replace(request, after=result.after)


@settings(max_examples=40, deadline=None)
@given(
    criteria=st.none() | wild_trees,
    unknown=policies,
    sort=st.sampled_from(["date", "pay", "relevance"]),
    limit=st.integers(6, 60),
)
def test_order_marks_facets_and_days_agree(
    criteria: Criteria | None,
    unknown: UnknownPolicy,
    sort: SortBy,
    limit: int,
    runner: asyncio.Runner,
    fast: TantivySearchIndex,
    naive: MemorySearchIndex,
) -> None:
    request = SearchRequest(criteria, NOW, unknown, sort, limit=limit)
    assert runner.run(_walk(fast, request)) == runner.run(_walk(naive, request))
    first = replace(request, facets=FACETS)
    assert runner.run(fast.search(first)) == runner.run(naive.search(first))
    assert runner.run(fast.histogram(request, 7)) == runner.run(naive.histogram(request, 7))
