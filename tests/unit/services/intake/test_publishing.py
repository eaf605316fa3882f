"""What becomes of a submitted posting: outcomes, their events, stale and repeated processing."""

import random
from unittest.mock import ANY

import pytest

from backends.documents.collections import COMPANIES, POSTINGS
from models.errors import Fenced, NotFound
from models.events import (
    JOB_EVENTS,
    POSTING_CHANGED,
    POSTING_CLOSED,
    POSTING_PUBLISHED,
    POSTING_REJECTED,
    POSTING_SUBMITTED,
)
from models.posting import Derived, Given, Mode, Reason, Status
from models.user import Role, User
from processing.derive import Derivation
from services.intake import board, postings

REMOTE = Derived(html="<p>Hi</p>", text="Hi", mode=Mode.REMOTE)
ONSITE = REMOTE.model_copy(update={"mode": Mode.ONSITE})
SPAM = Reason(code="spam", field="title", detail="It is an advertisement.")


def given(title="Data engineer", **changed):
    return Given(title=title, company="Acme", external_id="7", **changed)


def submit(ports, what=None):
    return postings.submit(ports, owner_id="owner", given=what or given(), source="api")


def outcome(verdict="publish", derived=REMOTE):
    return Derivation(derived, verdict, () if verdict == "publish" else (SPAM,))


async def process(ports, events, verdict="publish", derived=REMOTE):
    """Take the last submission through, as the processor does."""
    submitted = [e for e in await events(JOB_EVENTS) if e.type == POSTING_SUBMITTED]
    begun = await postings.begin(ports, submitted[-1])
    assert begun is not None
    return await postings.finish(ports, begun, outcome(verdict, derived))


async def types(events):
    return [event.type for event in await events(JOB_EVENTS)]


def owner(ports):
    return User(
        id="owner",
        email="o@example.org",
        name="O",
        role=Role.EMPLOYER,
        password_hash="-",
        created_at=ports.clock(),
    )


async def test_publication_stores_the_facts_and_tells_of_them(ports, events, clock):
    await submit(ports)
    clock.advance(1)
    posting = await process(ports, events)
    assert (posting.status, posting.derived, posting.attempts) == (Status.PUBLISHED, REMOTE, 1)
    assert [step.status for step in posting.history] == ["submitted", "processing", "published"]
    assert posting.published_at == clock()
    assert posting.cluster_id is not None
    stored = await ports.documents.get(POSTINGS, posting.id)
    assert stored.body == posting.model_dump(mode="json")
    event = (await events(JOB_EVENTS))[-1]
    assert (event.type, event.key) == (POSTING_PUBLISHED, posting.id)
    assert event.data == {"posting": stored.body, "previous": None}


async def test_a_revision_is_told_as_a_change_with_what_was_published_before(ports, events):
    await submit(ports)
    first = await process(ports, events)
    await submit(ports, given("Plumber"))
    second = await process(ports, events, derived=ONSITE)
    event = (await events(JOB_EVENTS))[-1]
    assert event.type == POSTING_CHANGED
    previous = event.data["previous"]
    assert previous["derived"]["mode"] == "remote"
    assert Derived.model_validate(previous["derived"]).text == ""
    assert previous["cluster_id"] == first.cluster_id
    assert previous["closed_at"] is None
    assert second.published_at == first.published_at


async def test_what_was_published_survives_a_revision_that_was_never_processed(ports, events):
    await submit(ports)
    await process(ports, events)
    await submit(ports, given("Plumber"))
    await submit(ports, given("Baker"))
    await process(ports, events, derived=ONSITE)
    event = (await events(JOB_EVENTS))[-1]
    assert event.data["previous"]["derived"]["mode"] == "remote"
    assert event.data["posting"]["version"] == 3


async def test_a_closed_posting_that_comes_again_is_a_change_from_closed(ports, events):
    posting = await submit(ports)
    await process(ports, events)
    await board.close(ports, posting.id, owner(ports))
    await submit(ports)
    again = await process(ports, events)
    event = (await events(JOB_EVENTS))[-1]
    assert event.type == POSTING_CHANGED
    assert event.data["previous"]["closed_at"] is not None
    assert (again.status, again.closed_at) == (Status.PUBLISHED, None)


@pytest.mark.parametrize(
    ("verdict", "status", "told"),
    [
        ("review", Status.NEEDS_REVIEW, [POSTING_SUBMITTED]),
        ("reject", Status.REJECTED, [POSTING_SUBMITTED, POSTING_REJECTED]),
    ],
)
async def test_other_verdicts_of_a_new_posting(ports, events, verdict, status, told):
    await submit(ports)
    posting = await process(ports, events, verdict)
    assert (posting.status, posting.reasons) == (status, (SPAM,))
    assert posting.published_at is None
    assert await types(events) == told


@pytest.mark.parametrize("verdict", ["review", "reject"])
async def test_a_revision_that_is_not_published_leaves_the_board(ports, events, verdict):
    await submit(ports)
    await process(ports, events)
    await submit(ports, given("BUY NOW"))
    posting = await process(ports, events, verdict)
    assert (await types(events))[-1] == POSTING_REJECTED
    assert posting.published_at is None
    await submit(ports, given("Plumber"))
    await process(ports, events)
    assert (await types(events))[-1] == POSTING_PUBLISHED


async def test_processing_the_same_event_three_times_is_one_publication(ports, events):
    await submit(ports)
    [submitted] = await events(JOB_EVENTS)
    begun = await postings.begin(ports, submitted)
    for _ in range(3):
        await postings.finish(ports, begun, outcome())
    assert await postings.begin(ports, submitted) is None
    assert await types(events) == [POSTING_SUBMITTED, POSTING_PUBLISHED]


async def test_an_outcome_of_an_older_version_is_dropped(ports, events):
    await submit(ports)
    [old] = await events(JOB_EVENTS)
    begun = await postings.begin(ports, old)
    newer = await submit(ports, given("Plumber"))
    assert await postings.finish(ports, begun, outcome()) == newer
    assert await postings.begin(ports, old) is None
    assert await types(events) == [POSTING_SUBMITTED, POSTING_SUBMITTED]


async def test_an_outcome_of_a_posting_closed_meanwhile_is_dropped(ports, events):
    posting = await submit(ports)
    [submitted] = await events(JOB_EVENTS)
    begun = await postings.begin(ports, submitted)
    await board.close(ports, posting.id, owner(ports))
    assert (await postings.finish(ports, begun, outcome())).status is Status.CLOSED


async def test_an_outcome_of_a_posting_removed_meanwhile_is_dropped(ports, events):
    posting = await submit(ports)
    [submitted] = await events(JOB_EVENTS)
    begun = await postings.begin(ports, submitted)
    await board.remove(ports, posting.id, owner(ports), expected_version=None)
    assert await postings.finish(ports, begun, outcome()) is None
    with pytest.raises(NotFound):
        await postings.begin(ports, submitted)


async def test_a_failed_try_is_counted_and_tried_again(ports, events):
    await submit(ports)
    [submitted] = await events(JOB_EVENTS)
    begun = await postings.begin(ports, submitted)
    failed = await postings.fail(ports, begun, "ValueError: no", final=False)
    assert (failed.status, failed.attempts) == (Status.PROCESSING, 1)
    assert failed.history[-1].detail == "ValueError: no"
    begun = await postings.begin(ports, submitted)
    published = await postings.finish(ports, begun, outcome())
    assert (published.status, published.attempts) == (Status.PUBLISHED, 2)


async def test_after_the_last_try_it_is_failed_and_a_replay_publishes_it(ports, events):
    await submit(ports)
    [submitted] = await events(JOB_EVENTS)
    begun = await postings.begin(ports, submitted)
    await postings.fail(ports, begun, "no", final=False)
    failed = await postings.fail(ports, begun, "no", final=True)
    assert (failed.status, failed.attempts) == (Status.FAILED, 1)
    assert [reason.code for reason in failed.reasons] == ["processing_failed"]
    assert await types(events) == [POSTING_SUBMITTED]
    published = await process(ports, events)
    assert (published.status, published.reasons) == (Status.PUBLISHED, ())


async def test_a_revision_that_fails_leaves_the_board(ports, events):
    await submit(ports)
    await process(ports, events)
    await submit(ports, given("Plumber"))
    begun = await postings.begin(ports, (await events(JOB_EVENTS))[-1])
    await postings.fail(ports, begun, "no", final=True)
    assert (await types(events))[-1] == POSTING_REJECTED


async def test_a_reason_is_cut_to_what_a_history_holds(ports, events):
    await submit(ports)
    begun = await postings.begin(ports, (await events(JOB_EVENTS))[-1])
    failed = await postings.fail(ports, begun, "x" * 10_000, final=False)
    assert len(failed.history[-1].detail) == 200


async def test_a_zombie_s_outcome_is_refused(ports, events):
    await submit(ports)
    [submitted] = await events(JOB_EVENTS)
    old = await ports.documents.take_epoch("processor:0")
    begun = await postings.begin(ports, submitted)
    await ports.documents.take_epoch("processor:0")
    with pytest.raises(Fenced):
        await postings.finish(ports, begun, outcome(), fence=old)
    assert await types(events) == [POSTING_SUBMITTED]


async def test_the_company_is_known_once_under_all_its_spellings(ports, events):
    await submit(ports)
    await process(ports, events)
    await postings.submit(
        ports,
        owner_id="other",
        given=Given(title="Cook", company="ACME"),
        source="api",
    )
    await process(ports, events)
    [company] = (await ports.documents.find(COMPANIES)).items
    assert (company.body["name"], company.body["slug"]) == ("Acme", "acme")


@pytest.mark.parametrize("verdict", ["review", "reject"])
async def test_a_company_that_never_published_is_not_known(ports, events, verdict):
    await submit(ports)
    await process(ports, events, verdict)
    assert await ports.documents.count(COMPANIES) == 0


def told_board(log):
    """What a reader of the events, such as the search index, holds to be on the board."""
    shown = {}
    for event in log:
        if event.type in (POSTING_PUBLISHED, POSTING_CHANGED):
            shown[event.subject] = event.data["posting"]["version"]
        elif event.type in (POSTING_REJECTED, POSTING_CLOSED):
            shown.pop(event.subject, None)
    return shown


async def stored_board(ports):
    """What the store says is on the board; a revision under way leaves the last version there."""
    found = await ports.documents.find(POSTINGS)
    return {
        document.id: document.body["version"] if document.body["status"] == "published" else ANY
        for document in found.items
        if document.body["published_at"] and not document.body["closed_at"]
    }


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_happens_the_events_tell_what_is_on_the_board(ports, events, seed):
    chance = random.Random(seed)
    someone = owner(ports)

    async def one_step():
        name = chance.choice("ab")
        submitted = [e for e in await events(JOB_EVENTS) if e.type == POSTING_SUBMITTED]
        stored = (await ports.documents.find(POSTINGS)).items
        step = chance.choice(["submit", "process", "process", "fail", "close", "remove"])
        if step == "submit" or not stored:
            what = Given(title=f"T{chance.random()}", company="Acme", external_id=name)
            await postings.submit(ports, owner_id="owner", given=what, source="api")
        elif step in ("process", "fail"):
            try:
                begun = await postings.begin(ports, chance.choice(submitted))
            except NotFound:
                return
            if begun is None:
                return
            if step == "fail":
                await postings.fail(ports, begun, "no", final=chance.random() < 0.5)
            else:
                verdict = chance.choice(["publish", "publish", "review", "reject"])
                await postings.finish(ports, begun, outcome(verdict))
        elif step == "close":
            await board.close(ports, chance.choice(stored).id, someone)
        else:
            await board.remove(ports, chance.choice(stored).id, someone, expected_version=None)

    for _ in range(40):
        await one_step()
        assert told_board(await events(JOB_EVENTS)) == await stored_board(ports)
