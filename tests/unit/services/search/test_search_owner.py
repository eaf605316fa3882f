"""Whom a copy of the postings belongs to."""

from itertools import count

from backends.search.base import Owner
from services.search.search_owner import next_owner


async def test_each_start_is_the_next_owner_in_one_store(ports):
    numbers = count()

    async def start(name):
        return await next_owner(ports.documents, name, new_id=lambda: f"id {next(numbers)}")

    assert await start("index:0") == Owner("id 0", 1)
    assert await start("index:0") == Owner("id 0", 2)
    assert await start("index:0@2") == Owner("id 0", 1)


def test_only_the_owner_right_before_is_followed():
    owner = Owner("store", 5)
    assert owner.is_next_to(Owner("store", 4))
    assert owner.is_next_to(owner)
    for last in (None, Owner("store", 3), Owner("store", 6), Owner("other", 4), Owner("other", 5)):
        assert not owner.is_next_to(last)
