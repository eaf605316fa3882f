"""What several shards answer, put together: what is asked of each, and what becomes of faults."""

import asyncio
from dataclasses import dataclass, field, replace

import pytest

from backends.search.base import FACET_VALUES_MAX, Hit, SearchRequest, SearchResult
from backends.search.cursor import decode
from models.errors import DomainError, InvalidInput, Unavailable
from services.search import shards_searched
from tests.worlds import NOW

REQUEST = SearchRequest(None, NOW, facets=("company",), limit=2)


@dataclass
class Shard:
    """Answers what it was given, or raises it."""

    answer: SearchResult | DomainError
    days: tuple[int, ...] = ()
    asked: list[SearchRequest] = field(default_factory=list)

    async def search(self, request: SearchRequest) -> SearchResult:
        self.asked.append(request)
        await asyncio.sleep(0)
        if isinstance(self.answer, DomainError):
            raise self.answer
        return self.answer

    async def histogram(self, request: SearchRequest, days: int) -> list[int]:
        self.asked.append(request)
        if isinstance(self.answer, DomainError):
            raise self.answer
        return list(self.days[-days:])


def result(*keys: int, after: str | None = None, **companies: int) -> SearchResult:
    """Hits with these sort keys, each the id of its key."""
    hits = tuple(Hit(f"{key:02}", 0.0, (), key) for key in keys)
    return SearchResult(hits, len(keys), {"company": list(companies.items())}, after)


async def test_one_shard_is_asked_as_it_is() -> None:
    shard = Shard(result(3, 1))
    assert await shards_searched.search([shard], REQUEST) is shard.answer
    assert shard.asked == [REQUEST]


async def test_several_are_asked_for_every_facet_value() -> None:
    shards = [Shard(result(4, 1, acme=2, zeta=1)), Shard(result(3, beta=2, acme=1))]
    found = await shards_searched.search(shards, REQUEST)
    assert [hit.posting_id for hit in found.hits] == ["04", "03"]
    assert (found.total, found.facets) == (3, {"company": [("acme", 3), ("beta", 2), ("zeta", 1)]})
    for shard in shards:
        assert shard.asked == [replace(REQUEST, facet_values=FACET_VALUES_MAX)]


async def test_a_facet_is_cut_after_the_sum() -> None:
    shards = [Shard(result(a=3, b=2)), Shard(result(c=3, b=2)), Shard(result(d=1))]
    found = await shards_searched.search(shards, replace(REQUEST, facet_values=2))
    assert found.facets == {"company": [("b", 4), ("a", 3)]}


@pytest.mark.parametrize(
    ("answers", "goes_on"),
    [
        ([result(4), result(3)], False),
        ([result(4), result()], False),
        ([result(), result()], False),
        ([result(4, 2), result(3)], True),
        ([result(4, 2, after="there is more"), result()], True),
        ([result(), result(4, 3, after="there is more")], True),
    ],
)
async def test_there_is_a_next_page_while_any_shard_has_more(
    answers: list[SearchResult], goes_on: bool
) -> None:
    found = await shards_searched.search([Shard(answer) for answer in answers], REQUEST)
    assert (found.after is not None) is goes_on
    if goes_on:
        after = decode(replace(REQUEST, after=found.after))
        assert after is not None
        assert (after.key, after.id) == (found.hits[-1].key, found.hits[-1].posting_id)


async def test_days_are_added() -> None:
    shards = [Shard(result(), (9, 1, 2, 0)), Shard(result(), (9, 0, 5, 1))]
    assert await shards_searched.histogram(shards, REQUEST, 3) == [1, 7, 1]
    assert await shards_searched.histogram(shards[:1], REQUEST, 3) == [1, 2, 0]


@pytest.mark.parametrize("fault", [Unavailable("shard 1 recovers"), InvalidInput("no such facet")])
async def test_a_part_is_never_passed_off_as_the_whole(fault: DomainError) -> None:
    shards = [Shard(result(4), (1,)), Shard(fault)]
    with pytest.raises(type(fault), match=fault.detail):
        await shards_searched.search(shards, REQUEST)
    with pytest.raises(type(fault), match=fault.detail):
        await shards_searched.histogram(shards, REQUEST, 1)
