"""Postings that are tried again, and those that are not."""

from datetime import UTC, datetime

import pytest

from backends.documents.collections import DEAD_LETTERS
from backends.stream.base import Delivery
from backends.stream.consumer import bury_in
from models.errors import Conflict, Forbidden, NotFound
from models.events import JOB_EVENTS, POSTING_SUBMITTED
from models.posting import Status
from services.intake import board, postings
from services.intake.records import Origin
from services.intake.retrying import retry
from services.review import reviewing
from tests.unit.services.outcomes import (
    ADMIN,
    FEE,
    OWNER,
    STRANGER,
    given,
    outcome,
    process,
    settled,
    stored,
    submit,
)

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


async def failed(ports, events):
    """A posting that failed, and its dead letter."""
    posting = await submit(ports)
    for final in (False, False, True):
        await postings.fail(ports, posting, "ValueError: poison", final=final)
    event = (await events(JOB_EVENTS))[-1]
    await bury_in(ports.documents, "processor", ports.clock)(
        Delivery(event, JOB_EVENTS, 0, "1", 5), "ValueError: poison"
    )
    return await stored(ports, posting.id)


@pytest.mark.parametrize("editor", [OWNER, ADMIN])
async def test_a_failed_posting_is_submitted_again_from_its_first_attempt(ports, events, editor):
    posting = await failed(ports, events)
    assert posting.attempts == 2
    again = await retry(ports, posting.id, editor, origin=Origin("00-a", NOW))
    assert (again.status, again.attempts, again.reasons) == (Status.SUBMITTED, 0, ())
    assert (again.version, again.traceparent, again.received_at) == (2, "00-a", NOW)
    event = (await events(JOB_EVENTS))[-1]
    assert (event.type, event.data) == (POSTING_SUBMITTED, {"version": 2})
    assert await ports.documents.count(DEAD_LETTERS) == 0
    assert (await process(ports, outcome())).status is Status.PUBLISHED


async def test_the_letters_of_others_stay(ports, events):
    posting = await failed(ports, events)
    other = (await events(JOB_EVENTS))[-1].model_copy(update={"subject": "another", "id": "e"})
    bury = bury_in(ports.documents, "processor", ports.clock)
    await bury(Delivery(other, JOB_EVENTS, 0, "2", 5), "ValueError: poison")
    told = other.model_copy(update={"subject": posting.id, "type": "posting.published.v1"})
    await bury_in(ports.documents, "matcher:0", ports.clock)(
        Delivery(told, JOB_EVENTS, 0, "3", 5), "ValueError: poison"
    )
    await retry(ports, posting.id, OWNER)
    left = (await ports.documents.find(DEAD_LETTERS)).items
    assert sorted(letter.body["event"]["type"] for letter in left) == [
        "posting.published.v1",
        "posting.submitted.v1",
    ]


async def test_what_a_machine_rejected_is_judged_again(ports):
    posting = await settled(ports, outcome(FEE, verdict="reject"))
    assert (await retry(ports, posting.id, OWNER)).status is Status.SUBMITTED
    assert (await process(ports, outcome())).status is Status.PUBLISHED


async def test_what_a_person_refused_is_not_tried_again_until_it_is_changed(ports):
    posting = await settled(ports, outcome(FEE))
    await reviewing.reject(ports, posting.id, ADMIN, version=1, reason="A fraud.")
    with pytest.raises(Conflict, match="a person has refused"):
        await retry(ports, posting.id, OWNER)
    await submit(ports, given("Plumber"))
    await process(ports, outcome(FEE, verdict="reject"))
    assert (await retry(ports, posting.id, OWNER)).status is Status.SUBMITTED


@pytest.mark.parametrize("verdict", ["publish", "review"])
async def test_what_has_another_outcome_is_not_tried_again(ports, verdict):
    posting = await settled(ports, outcome(verdict=verdict))
    with pytest.raises(Conflict, match="only a failed or rejected"):
        await retry(ports, posting.id, OWNER)
    assert await stored(ports, posting.id) == posting


async def test_what_is_on_its_way_or_closed_is_not_tried_again(ports):
    posting = await submit(ports)
    with pytest.raises(Conflict, match="on its way"):
        await retry(ports, posting.id, OWNER)
    await postings.fail(ports, posting, "busy", final=False)
    with pytest.raises(Conflict, match="on its way"):
        await retry(ports, posting.id, OWNER)
    await board.close(ports, posting.id, OWNER)
    with pytest.raises(Conflict, match="closed"):
        await retry(ports, posting.id, OWNER)


async def test_nobody_else_tries_it_again(ports, events):
    posting = await failed(ports, events)
    with pytest.raises(NotFound):
        await retry(ports, posting.id, STRANGER)
    on_board = await settled(ports, outcome(), given(external_id="8"))
    with pytest.raises(Forbidden):
        await retry(ports, on_board.id, STRANGER)
