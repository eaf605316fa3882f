"""The queue of what waits: who is in it, in which order, and what is shown."""

import pytest

from backends.documents.collections import USERS
from models.errors import InvalidInput
from services.review import review_queue, reviewing
from tests.unit.services.outcomes import ADMIN, CHAT, DERIVED, FEE, OWNER, given, outcome, settled


async def listed(ports, reason=None, limit=10, after=None):
    return await review_queue.page(ports, reason=reason, limit=limit, after=after)


async def hold(ports, clock, number, *reasons):
    clock.advance(60)
    return await settled(ports, outcome(*reasons), given(f"Job {number}", external_id=str(number)))


async def test_the_oldest_stands_first_and_what_does_not_wait_is_not_there(ports, clock):
    first = await hold(ports, clock, 1, FEE)
    await hold(ports, clock, 2)
    third = await hold(ports, clock, 3, CHAT)
    refused = await hold(ports, clock, 4, FEE)
    await reviewing.reject(ports, refused.id, ADMIN, version=1, reason="No.")
    items, after = await listed(ports)
    assert [item["id"] for item in items] == [first.id, third.id]
    assert [item["waiting_s"] for item in items] == [180.0, 60.0]
    assert after is None
    queue = await review_queue.queue(ports.documents, clock())
    assert (queue.waiting, queue.oldest_s) == (2, 180.0)


async def test_an_empty_queue(ports, clock):
    await hold(ports, clock, 1)
    assert await listed(ports) == ([], None)
    queue = await review_queue.queue(ports.documents, clock())
    assert (queue.waiting, queue.oldest_s) == (0, 0.0)


async def test_pages_neither_repeat_nor_skip(ports, clock):
    ids = [(await hold(ports, clock, number, FEE)).id for number in range(5)]
    found, after = [], None
    for _ in range(3):
        items, after = await listed(ports, limit=2, after=after)
        found += [item["id"] for item in items]
    assert (found, after) == (ids, None)
    with pytest.raises(InvalidInput):
        await listed(ports, after="x")


async def test_it_can_be_read_by_reason(ports, clock):
    await hold(ports, clock, 1, FEE)
    both = await hold(ports, clock, 2, FEE, CHAT)
    items, _ = await listed(ports, reason="messenger_only")
    assert [item["id"] for item in items] == [both.id]
    assert await listed(ports, reason="no_such_reason") == ([], None)


async def test_what_is_shown_of_each(ports, clock):
    await ports.documents.insert(USERS, OWNER.id, OWNER.model_dump(mode="json"))
    derived = DERIVED.model_copy(update={"text": "x" * 5000, "skills": ("Python",)})
    posting = await settled(ports, outcome(FEE, derived=derived), given(locations=("Leeds",)))
    [item], _ = await listed(ports)
    assert item["owner"] == {"id": "owner", "name": "Owner"}
    assert item["posting"]["title"] == "Data engineer"
    assert item["reasons"] == [FEE.model_dump()]
    assert item["derived"]["skills"] == ["Python"]
    assert len(item["excerpt"]) == review_queue.EXCERPT_MAX
    assert item["given"]["locations"] == ["Leeds"]
    assert [step["status"] for step in item["history"]] == [step.status for step in posting.history]


async def test_an_owner_who_is_no_person_has_no_name(ports):
    await settled(ports, outcome(FEE))
    [item], _ = await listed(ports)
    assert item["owner"] == {"id": "owner", "name": None}
