"""How postings come in: versions, external ids, bulk, races, replays."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from backends.documents.collections import POSTINGS
from models.base import derived_id
from models.events import JOB_EVENTS, POSTING_SUBMITTED
from models.posting import Given, Status
from services.intake import postings
from services.intake.records import Origin

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


def given(**changed):
    stated = {
        "title": "Data engineer",
        "company": "Acme",
        "description": "<p>Pipelines in Python.</p>",
    }
    return Given.model_validate(stated | changed)


def submit(ports, what=None, **options):
    return postings.submit(
        ports, **{"owner_id": "owner", "given": what or given(), "source": "api"} | options
    )


async def test_a_posting_and_its_event_are_stored_together(ports, events):
    posting = await submit(ports, origin=Origin("00-a-b-01", NOW))
    assert (posting.status, posting.version) == (Status.SUBMITTED, 1)
    document = await ports.documents.get(POSTINGS, posting.id)
    assert document.body == posting.model_dump(mode="json")
    [event] = await events(JOB_EVENTS)
    assert (event.type, event.subject, event.key) == (POSTING_SUBMITTED, posting.id, posting.id)
    assert (event.data, event.traceparent) == ({"version": 1}, "00-a-b-01")
    assert posting.received_at == NOW
    assert [source.name for source in posting.sources] == ["api"]


async def test_the_same_external_id_is_the_next_version(ports, events, clock):
    first = await submit(ports, given(external_id="7"))
    clock.advance(60)
    second = await submit(ports, given(external_id="7", title="Staff data engineer"))
    assert (second.id, second.version) == (first.id, 2)
    assert second.given.title == "Staff data engineer"
    assert [step.status for step in second.history] == ["submitted", "submitted"]
    assert second.first_seen_at == first.first_seen_at < second.updated_at
    told = await events(JOB_EVENTS)
    assert [event.data["version"] for event in told] == [1, 2]
    assert len({event.id for event in told}) == 2


async def test_a_version_remembers_its_own_request(ports):
    first = await submit(ports, given(external_id="7"), origin=Origin("00-a", NOW))
    later = Origin("00-b", NOW + timedelta(minutes=1))
    second = await submit(ports, given(external_id="7", title="Cook"), origin=later)
    assert (second.traceparent, second.received_at) == ("00-b", later.received_at)
    third = await submit(ports, given(external_id="7", title="Baker"))
    assert (third.id, third.traceparent, third.received_at) == (first.id, None, None)


async def test_a_posting_of_no_request_is_stored_as_programs_before_stored_it(ports):
    """They refuse names that they do not know."""
    posting = await submit(ports)
    assert "received_at" not in (await ports.documents.get(POSTINGS, posting.id)).body


async def test_another_owner_s_external_id_is_another_posting(ports):
    mine = await submit(ports, given(external_id="7"))
    theirs = await submit(ports, given(external_id="7"), owner_id="other")
    assert mine.id != theirs.id


async def test_without_external_id_each_submission_is_a_posting(ports):
    assert (await submit(ports)).id != (await submit(ports)).id


async def test_the_id_of_an_idempotency_key_has_one_effect(ports, events):
    id_ = derived_id("posting", "owner", "key")
    first = await submit(ports, id=id_)
    assert await submit(ports, id=id_) == first
    named = given(external_id="7")
    second_id = derived_id("posting", "owner", "key2")
    second = await submit(ports, named, id=second_id)
    assert await submit(ports, named, id=second_id) == second
    assert len(await events(JOB_EVENTS)) == 2


async def test_what_is_unchanged_can_be_skipped(ports, events):
    first = await submit(ports, given(external_id="7"))
    assert await submit(ports, given(external_id="7"), skip_unchanged=True) == first
    again = await submit(ports, given(external_id="7"))
    assert again.version == 2
    assert len(await events(JOB_EVENTS)) == 2


async def test_a_closed_posting_that_is_seen_again_is_not_skipped(ports):
    first = await submit(ports, given(external_id="7"))
    document = await ports.documents.get(POSTINGS, first.id)
    await ports.documents.replace(
        POSTINGS, first.id, document.body | {"status": "closed"}, expected_version=1
    )
    again = await submit(ports, given(external_id="7"), skip_unchanged=True)
    assert (again.version, again.status) == (2, Status.SUBMITTED)


async def test_each_of_many_racing_submissions_is_a_version(ports, events):
    titles = [f"Engineer {number}" for number in range(10)]
    stored = await asyncio.gather(
        *(submit(ports, given(external_id="7", title=title)) for title in titles)
    )
    assert len({posting.id for posting in stored}) == 1
    assert sorted(posting.version for posting in stored) == list(range(1, 11))
    told = await events(JOB_EVENTS)
    assert [event.data["version"] for event in told] == list(range(1, 11))


async def test_a_source_is_named_once_with_its_last_sight(ports, clock):
    await submit(ports, given(external_id="7"))
    clock.advance(60)
    renewed = await submit(ports, given(external_id="7", url="https://example.org/7"))
    [source] = renewed.sources
    assert (source.url, source.seen_at) == ("https://example.org/7", clock())


async def test_many_are_stored_in_the_order_given(ports, events):
    givens = [given(title=f"Engineer {number}", external_id=str(number)) for number in range(30)]
    stored = await postings.submit_many(ports, owner_id="o", givens=givens, source="import")
    assert [posting.given for posting in stored] == givens
    assert len(await events(JOB_EVENTS)) == 30


async def test_many_again_change_only_what_is_new(ports, events):
    givens = [given(title=f"Engineer {number}", external_id=str(number)) for number in range(5)]
    before = await postings.submit_many(ports, owner_id="o", givens=givens, source="import")
    changed = [*givens[:3], given(title="Plumber", external_id="3"), givens[4], given()]
    after = await postings.submit_many(ports, owner_id="o", givens=changed, source="import")
    assert [posting.version for posting in after] == [1, 1, 1, 2, 1, 1]
    assert [a.id for a in after[:5]] == [b.id for b in before]
    assert len(await events(JOB_EVENTS)) == 7


@pytest.mark.parametrize("known", [False, True], ids=["new", "known"])
async def test_items_of_one_external_id_are_taken_in_order(ports, known):
    first, second = given(external_id="7"), given(external_id="7", title="Plumber")
    if known:
        await submit(ports, first, owner_id="o")
    stored = await postings.submit_many(
        ports, owner_id="o", givens=[first, second, first], source="import"
    )
    assert [posting.version for posting in stored] == [1, 2, 3]
    assert (await ports.documents.get(POSTINGS, stored[0].id)).body["given"]["title"] == (
        "Data engineer"
    )


async def test_two_imports_at_once_of_the_same_items_end_in_one_set(ports):
    givens = [given(title=f"Engineer {number}", external_id=str(number)) for number in range(20)]
    one, two = await asyncio.gather(
        *(
            postings.submit_many(ports, owner_id="o", givens=givens, source="import")
            for _ in range(2)
        )
    )
    assert [posting.id for posting in one] == [posting.id for posting in two]
    assert await ports.documents.count(POSTINGS) == 20


async def test_no_postings_is_fine(ports):
    assert await postings.submit_many(ports, owner_id="o", givens=[], source="import") == []
