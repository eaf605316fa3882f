"""A scan gives every document once, whatever its size and end, and reads one page ahead at most."""

import asyncio

import pytest

from backends.documents.base import Documents, Insert, Sort
from backends.documents.collections import Collection
from backends.documents.filters import Gte
from backends.documents.scan import every, pages


@pytest.mark.parametrize("count", [0, 1, 6, 7])
async def test_every_document_comes_once_and_in_order(
    documents: Documents, things: Collection, count: int
) -> None:
    ids = [f"{number:02}" for number in range(count)]
    await documents.insert_absent(
        things, [Insert(id_, {"owner": "o", "rank": -int(id_)}) for id_ in ids]
    )
    found = [page async for page in pages(documents, things, size=3)]
    assert [document.id for page in found for document in page] == ids
    assert [len(page) for page in found] == [3] * (count // 3) + [count % 3] * (count % 3 > 0)
    by_rank = [d.id async for d in every(documents, things, sort=Sort("rank"), size=2)]
    assert by_rank == ids[::-1]
    assert [d.id async for d in every(documents, things, Gte("rank", -1), size=1)] == ids[:2]


async def test_who_leaves_early_leaves_nothing_behind(
    documents: Documents, things: Collection
) -> None:
    await documents.insert_absent(things, [Insert(f"{n:02}", {}) for n in range(9)])
    before = asyncio.all_tasks()
    scan = every(documents, things, size=2)
    assert (await anext(scan)).id == "00"
    assert asyncio.all_tasks() > before
    await scan.aclose()
    assert asyncio.all_tasks() == before
