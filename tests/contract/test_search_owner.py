"""Whom a copy of the postings belongs to, on every store of documents."""

import asyncio

from backends.documents.base import Documents
from services.search.search_owner import next_owner


async def test_owners_that_start_at_once_are_of_one_store_and_never_the_same(
    documents: Documents,
) -> None:
    owners = await asyncio.gather(*(next_owner(documents, "index:0") for _ in range(10)))
    assert sorted(owner.epoch for owner in owners) == list(range(1, 11))
    assert len({owner.store for owner in owners}) == 1
    other = await next_owner(documents, "index:0@2")
    assert (other.store, other.epoch) == (owners[0].store, 1)
