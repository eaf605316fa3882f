"""Several index shards answer as one index would.

Every posting is in one shard, and nothing that orders postings depends on its neighbours (the sort
keys, the ids, the points of relevance), so whatever a single index would show on a page is among
the first `limit` hits of its shard. A cursor is a place in that common order: every shard goes on
from it by itself, and one that had no hit on the page begins where it must.

Facets are exact as well. The fifty most frequent values of all need not be among the fifty of any
shard, so each is asked for every value that it counts (FACET_VALUES_MAX of a facet: beyond that,
counts are approximate as those of one index are), and the list is cut after the sum.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from backends.search.base import FACET_VALUES_MAX, SearchRequest, SearchResult
from backends.search.results import most_frequent, page, rank


class SearchShard(Protocol):
    async def search(self, request: SearchRequest) -> SearchResult:
        """As SearchIndex has it, of the shard's own postings. Raises InvalidInput, Unavailable."""

    async def histogram(self, request: SearchRequest, days: int) -> list[int]:
        """As SearchIndex has it, of the shard's own postings. Raises Unavailable."""


async def search(shards: Sequence[SearchShard], request: SearchRequest) -> SearchResult:
    """Ask every shard at once; the result of one index over the postings of all. Raises
    InvalidInput, and Unavailable where one of them does: a part is never passed off as the whole.
    """
    if len(shards) == 1:
        return await shards[0].search(request)
    every_value = replace(request, facet_values=FACET_VALUES_MAX)
    results = await asyncio.gather(*(shard.search(every_value) for shard in shards))
    return merged(request, results)


async def histogram(shards: Sequence[SearchShard], request: SearchRequest, days: int) -> list[int]:
    """Ask every shard at once; the hits of each day, over the postings of all. Raises Unavailable
    where one of them does."""
    found = await asyncio.gather(*(shard.histogram(request, days) for shard in shards))
    return [sum(day) for day in zip(*found, strict=True)]


def merged(request: SearchRequest, results: Sequence[SearchResult]) -> SearchResult:
    """One result for the request, of what each shard answered to it with every facet value."""
    hits = sorted((hit for result in results for hit in result.hits), key=rank, reverse=True)
    shown, after = page(request, hits, is_more=any(result.after for result in results))
    return SearchResult(
        shown,
        sum(result.total for result in results),
        {name: _facet(name, request, results) for name in request.facets},
        after,
    )


def _facet(
    name: str, request: SearchRequest, results: Sequence[SearchResult]
) -> list[tuple[str, int]]:
    counts: Counter[str] = Counter()
    for result in results:
        counts.update(dict(result.facets[name]))
    return most_frequent(counts, request.facet_values)
