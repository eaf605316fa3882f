"""What an administrator decides, and for how long it holds."""

import asyncio

import pytest

from models.errors import Conflict, NotFound
from models.events import JOB_EVENTS, POSTING_PUBLISHED, POSTING_REJECTED, POSTING_SUBMITTED
from models.posting import Status
from services.intake import board
from services.review import reviewing
from services.review.review_queue import waiting
from tests.unit.services.outcomes import (
    ADMIN,
    CHAT,
    FEE,
    OWNER,
    given,
    outcome,
    process,
    settled,
    stored,
    submit,
)


async def types(events):
    return [event.type for event in await events(JOB_EVENTS)]


async def approved(ports, posting):
    return await reviewing.approve(ports, posting.id, ADMIN, version=posting.version)


async def rejected(ports, posting, reason="It is a fraud."):
    return await reviewing.reject(ports, posting.id, ADMIN, version=posting.version, reason=reason)


async def test_what_is_let_through_goes_the_way_of_every_posting(ports, events, clock):
    held = await settled(ports, outcome(FEE))
    clock.advance(60)
    after = await approved(ports, held)
    assert (after.status, after.version, after.review) == (Status.SUBMITTED, 2, None)
    published = await process(ports, outcome(FEE))
    assert (published.status, published.reasons) == (Status.PUBLISHED, ())
    assert await types(events) == [POSTING_SUBMITTED, POSTING_SUBMITTED, POSTING_PUBLISHED]
    assert await waiting(ports.documents) == 0


async def test_a_decision_is_kept_with_who_and_when(ports, clock):
    held = await settled(ports, outcome(FEE))
    clock.advance(60)
    history = (await approved(ports, held)).history
    assert [(step.status, step.by) for step in history[-2:]] == [
        (Status.NEEDS_REVIEW, "admin"),
        (Status.SUBMITTED, None),
    ]
    assert history[-2].at == clock()
    assert history[-2].detail == reviewing.APPROVED


async def test_what_is_refused_stays_off_the_board_and_its_owner_is_told_why(ports, events):
    held = await settled(ports, outcome(FEE))
    await rejected(ports, held, "It asks for money.")
    after = await board.read_managed(ports, held.id, OWNER)
    assert (after["status"], after["review"]) == ("rejected", None)
    assert after["reasons"] == [
        {"code": "refused_in_review", "field": None, "detail": "It asks for money."}
    ]
    assert after["history"][-1]["by"] == "admin"
    assert (await types(events))[-1] == POSTING_REJECTED
    assert await waiting(ports.documents) == 0


@pytest.mark.parametrize("decide", [approved, rejected])
async def test_a_second_decision_finds_nothing_that_waits(ports, decide):
    held = await settled(ports, outcome(FEE))
    await decide(ports, held)
    before = await stored(ports, held.id)
    for again in (approved, rejected):
        with pytest.raises(Conflict, match="waits for no review"):
            await again(ports, before)
    assert await stored(ports, held.id) == before


async def test_of_two_administrators_at_once_one_decides(ports):
    held = await settled(ports, outcome(FEE))
    answers = await asyncio.gather(
        approved(ports, held), rejected(ports, held), return_exceptions=True
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "Posting"]


@pytest.mark.parametrize("decide", [approved, rejected])
async def test_a_decision_is_of_the_version_that_was_read(ports, decide):
    held = await settled(ports, outcome(FEE))
    await submit(ports, given("Plumber"))
    edited = await process(ports, outcome(FEE))
    with pytest.raises(Conflict, match="version 2"):
        await decide(ports, held)
    assert await stored(ports, held.id) == edited


async def test_what_is_being_revised_or_was_closed_does_not_wait(ports):
    held = await settled(ports, outcome(FEE))
    revised = await submit(ports, given("Plumber"))
    assert await waiting(ports.documents) == 0
    with pytest.raises(Conflict, match="submitted"):
        await approved(ports, revised)
    await process(ports, outcome(FEE))
    closed = await board.close(ports, held.id, OWNER)
    assert await waiting(ports.documents) == 0
    with pytest.raises(Conflict, match="closed"):
        await approved(ports, closed)


async def test_there_is_nothing_to_decide_of_what_is_gone(ports):
    held = await settled(ports, outcome(FEE))
    await board.remove(ports, held.id, OWNER, expected_version=None)
    for decide in (approved, rejected):
        with pytest.raises(NotFound):
            await decide(ports, held)


async def test_the_same_content_is_not_held_back_again(ports):
    held = await settled(ports, outcome(FEE))
    await approved(ports, held)
    published = await process(ports, outcome(FEE))
    polled = await submit(ports, skip_unchanged=True)
    assert polled == published
    await board.close(ports, held.id, OWNER)
    reopened = await submit(ports, given(posted_at="2026-11-20T00:00:00Z"), skip_unchanged=True)
    assert reopened.status is Status.SUBMITTED
    assert (await process(ports, outcome(FEE))).status is Status.PUBLISHED


async def test_an_edit_is_judged_anew(ports):
    held = await settled(ports, outcome(FEE))
    await approved(ports, held)
    await process(ports, outcome(FEE))
    await submit(ports, given("Data engineer", description="Now send us 50 EUR"))
    assert (await process(ports, outcome(FEE))).status is Status.NEEDS_REVIEW


async def test_a_fault_that_nobody_has_looked_at_is_held_back_though_another_was_approved(ports):
    held = await settled(ports, outcome(FEE))
    await approved(ports, held)
    again = await process(ports, outcome(FEE, CHAT))
    assert (again.status, again.reasons) == (Status.NEEDS_REVIEW, (FEE, CHAT))
    await approved(ports, again)
    assert (await process(ports, outcome(CHAT, FEE))).status is Status.PUBLISHED


async def test_an_approved_posting_that_has_expired_is_rejected_all_the_same(ports):
    held = await settled(ports, outcome(FEE))
    await approved(ports, held)
    expired = FEE.model_copy(update={"code": "already_closed"})
    assert (await process(ports, outcome(expired, verdict="reject"))).status is Status.REJECTED
