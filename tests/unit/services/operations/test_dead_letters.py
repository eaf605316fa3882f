"""Dead letters: listed, handled again, discarded."""

import pytest

from backends.documents.collections import DEAD_LETTERS
from backends.stream.base import Delivery
from backends.stream.consumer import bury_in
from models.errors import Conflict, NotFound
from models.events import JOB_EVENTS, MATCH_CREATED, MATCH_EVENTS, POSTING_PUBLISHED, Event
from models.posting import Status
from services.intake import board, postings
from services.operations import dead_letters
from tests.unit.services.outcomes import OWNER, given, outcome, process, settled, submit


async def bury(ports, event, topic=JOB_EVENTS, name="processor"):
    before = {letter["id"] async for letter in dead_letters.every(ports)}
    await bury_in(ports.documents, name, ports.clock)(
        Delivery(event, topic, 0, "1", 5), "ValueError: poison"
    )
    [id_] = {letter["id"] async for letter in dead_letters.every(ports)} - before
    return id_


async def test_they_are_listed_the_oldest_first(ports, clock):
    ids = []
    for number in range(3):
        clock.advance(1)
        ids.append(await bury(ports, Event(type="x.v1", subject=str(number), key="k")))
    first, after = await dead_letters.page(ports, limit=2, after=None)
    rest, end = await dead_letters.page(ports, limit=2, after=after)
    assert [letter["id"] for letter in first + rest] == ids
    assert end is None
    assert (first[0]["subscription"], first[0]["reason"]) == ("processor", "ValueError: poison")


async def test_a_submission_that_failed_is_processed_when_its_letter_is_replayed(ports, events):
    posting = await submit(ports)
    await postings.fail(ports, posting, "poison", final=True)
    letter = await bury(ports, (await events(JOB_EVENTS))[-1])
    told = await dead_letters.replay(ports, letter)
    assert (await events(JOB_EVENTS))[-1] == told
    assert (await process(ports, outcome())).status is Status.PUBLISHED
    assert await ports.documents.count(DEAD_LETTERS) == 0


async def test_it_is_the_same_event_under_another_id(ports, events):
    event = Event(type=MATCH_CREATED, subject="m", key="u", data={"match": {"id": "m"}})
    letter = await bury(ports, event, MATCH_EVENTS, "notifier:0")
    told = await dead_letters.replay(ports, letter)
    assert told.id != event.id
    assert told.model_copy(update={"id": event.id}) == event
    assert await events(MATCH_EVENTS) == [told]
    again = await bury(ports, told, MATCH_EVENTS, "notifier:0")
    assert (await dead_letters.replay(ports, again)).id not in (event.id, told.id)
    assert len(await events(MATCH_EVENTS)) == 2


async def test_a_posting_is_told_as_it_is_now(ports, events):
    await settled(ports, outcome())
    letter = await bury(ports, (await events(JOB_EVENTS))[-1], name="matcher:0")
    renamed = await settled(ports, outcome(), given("Plumber"))
    told = await dead_letters.replay(ports, letter)
    assert told.type == POSTING_PUBLISHED
    assert told.data["posting"] == renamed.model_dump(mode="json")


async def test_a_posting_that_left_the_board_is_not_told_again(ports, events):
    posting = await settled(ports, outcome())
    letter = await bury(ports, (await events(JOB_EVENTS))[-1], name="matcher:0")
    await board.close(ports, posting.id, OWNER)
    before = await events(JOB_EVENTS)
    with pytest.raises(Conflict, match="discard"):
        await dead_letters.replay(ports, letter)
    await board.remove(ports, posting.id, OWNER, expected_version=None)
    with pytest.raises(Conflict, match="discard"):
        await dead_letters.replay(ports, letter)
    assert [event.type for event in await events(JOB_EVENTS)][: len(before)] == [
        event.type for event in before
    ]
    await dead_letters.discard(ports, letter)
    assert await ports.documents.count(DEAD_LETTERS) == 0


async def test_a_letter_is_replayed_or_discarded_once(ports, events):
    letter = await bury(ports, Event(type="x.v1", subject="s", key="k"))
    await dead_letters.replay(ports, letter)
    for again in (dead_letters.replay, dead_letters.discard):
        with pytest.raises(NotFound):
            await again(ports, letter)
    assert len(await events(JOB_EVENTS)) == 1
