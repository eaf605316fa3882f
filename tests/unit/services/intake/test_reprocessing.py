"""Stored postings derived anew: what changes, what is told, and where a run goes on."""

import asyncio
from collections.abc import Callable

import pytest

from backends.documents.collections import POSTINGS, REPROCESSING
from matching.place_names import find_place
from models.cluster import Fingerprint
from models.errors import Conflict, InvalidInput, Unavailable
from models.events import JOB_EVENTS, POSTING_CHANGED
from models.posting import Derived, Given, Mode, Status
from models.reprocessing import Cause
from processing.versions import PARSERS
from services.clusters import dockets
from services.intake import board, reprocessing
from services.intake.rederiving import NEWER
from services.review import review_queue, reviewing
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

CURRENT = dict(PARSERS)
OLD = Derived(html="", text="Hi", parsers=CURRENT | {"pay": 0})
NEW = OLD.model_copy(update={"parsers": CURRENT, "mode": Mode.REMOTE})
MARKED = OLD.model_copy(update={"parsers": CURRENT})


class Parser:
    """Derives the same outcome of every posting, and remembers which it saw and for which day."""

    def __init__(self, *reasons, derived=NEW, verdict=None):
        self.outcome = outcome(*reasons, derived=derived, verdict=verdict)
        self.seen = []
        self.days = []

    def __call__(self, given: Given, *, today):
        self.seen.append(given.title)
        self.days.append(today)
        if given.title == "Poison":
            raise ZeroDivisionError
        return self.outcome


async def finished(ports, derive: Callable, size=50):
    """Work on what is due until nothing is; the last run."""
    run = last = await reprocessing.due(ports)
    while run is not None:
        last = await reprocessing.work(ports, run, derive=derive, size=size)
        run = await reprocessing.due(ports)
    return last


async def several(ports, count=5, derived=OLD):
    return [
        await settled(ports, outcome(derived=derived), given(f"Job {n}", external_id=str(n)))
        for n in range(count)
    ]


async def test_what_older_parsers_saw_is_derived_anew_and_told_as_a_change(ports, events, clock):
    posting = await settled(ports, outcome(derived=OLD))
    before = await events(JOB_EVENTS)
    clock.advance(3600)
    run = await finished(ports, Parser())
    after = await stored(ports, posting.id)
    assert (after.status, after.derived, after.version) == (Status.PUBLISHED, NEW, 2)
    assert (after.published_at, after.history) == (posting.published_at, posting.history)
    [event] = (await events(JOB_EVENTS))[len(before) :]
    assert (event.type, event.data["posting"]) == (POSTING_CHANGED, after.model_dump(mode="json"))
    assert event.data["previous"]["derived"]["mode"] is None
    assert (run.seen, run.derived, run.changed, run.finished_at) == (1, 1, 1, clock())


async def test_twice_changes_nothing_the_second_time(ports, events):
    posting = await settled(ports, outcome(derived=OLD))
    await finished(ports, Parser())
    after, told = await ports.documents.get(POSTINGS, posting.id), await events(JOB_EVENTS)
    parser = Parser()
    await reprocessing.ask(ports, parser=None, everything=True)
    run = await finished(ports, parser)
    assert (run.cause, run.derived, run.changed) == (Cause.ASKED, 1, 0)
    assert parser.seen == ["Data engineer"]
    assert await ports.documents.get(POSTINGS, posting.id) == after
    assert await events(JOB_EVENTS) == told


async def test_only_the_mark_is_written_where_the_facts_are_the_same(ports, events):
    posting = await settled(ports, outcome(derived=OLD))
    before = await events(JOB_EVENTS)
    run = await finished(ports, Parser(derived=MARKED))
    after = await stored(ports, posting.id)
    assert (after.derived, after.version) == (MARKED, 1)
    assert (await events(JOB_EVENTS), run.changed) == (before, 0)


async def test_what_the_newest_parsers_saw_is_left_alone(ports):
    await several(ports, 3, derived=MARKED)
    parser = Parser()
    run = await finished(ports, parser)
    assert (parser.seen, run.seen, run.derived) == ([], 3, 0)


async def test_a_posting_without_a_mark_is_the_oldest(ports):
    posting = await settled(ports, outcome(derived=Derived(html="", text="Hi")))
    document = await ports.documents.get(POSTINGS, posting.id)
    del document.body["derived"]["parsers"]
    del document.body["review"]
    await ports.documents.replace(
        POSTINGS, posting.id, document.body, expected_version=document.version
    )
    await finished(ports, Parser())
    assert (await stored(ports, posting.id)).derived == NEW


async def test_it_is_judged_by_the_day_of_its_submission(ports, clock):
    await settled(ports, outcome(derived=OLD))
    first = clock().date()
    clock.advance(40 * 86400)
    parser = Parser()
    await finished(ports, parser)
    assert parser.days == [first]


async def test_a_closed_posting_is_brought_up_to_date_and_stays_closed(ports, events):
    posting = await settled(ports, outcome(derived=OLD))
    closed = await board.close(ports, posting.id, OWNER)
    before = await events(JOB_EVENTS)
    await finished(ports, Parser(FEE))
    after = await stored(ports, posting.id)
    assert after == closed.model_copy(update={"derived": NEW})
    assert await events(JOB_EVENTS) == before
    assert await review_queue.waiting(ports.documents) == 0


async def test_what_was_rejected_or_never_processed_stays_what_it_is(ports, events):
    rejected = await settled(ports, outcome(FEE, verdict="reject", derived=OLD))
    waiting = await submit(ports, given(external_id="8"))
    unseen = await submit(ports, given(external_id="9"))
    closed = await board.close(ports, unseen.id, OWNER)
    before = await events(JOB_EVENTS)
    parser = Parser()
    await finished(ports, parser)
    assert parser.seen == ["Data engineer"]
    assert (await stored(ports, rejected.id)).status is Status.REJECTED
    assert await stored(ports, waiting.id) == waiting
    assert await stored(ports, closed.id) == closed
    assert await events(JOB_EVENTS) == before


@pytest.mark.parametrize("verdict", ["review", "reject"])
async def test_doubts_about_what_is_on_the_board_are_listed_and_it_stays(ports, clock, verdict):
    posting = await settled(ports, outcome(derived=OLD))
    clock.advance(60)
    run = await finished(ports, Parser(FEE, verdict=verdict, derived=MARKED))
    after = await stored(ports, posting.id)
    assert (after.status, after.reasons, run.doubted) == (Status.PUBLISHED, (), 1)
    [item], _ = await review_queue.page(ports, reason="newer_parser", limit=5, after=None)
    assert item["reasons"] == [NEWER.model_dump(), FEE.model_dump()]
    assert (item["status"], after.review.since) == ("published", clock())


async def test_doubts_end_with_a_decision_or_with_a_parser_that_has_none(ports, events, clock):
    kept, refused, cleared = await several(ports, 3)
    await finished(ports, Parser(FEE))
    kept, refused, cleared = [await stored(ports, each.id) for each in (kept, refused, cleared)]
    approved = await reviewing.approve(ports, kept.id, ADMIN, version=kept.version)
    assert (approved.status, approved.version) == (Status.PUBLISHED, kept.version)
    told = await events(JOB_EVENTS)
    off = await reviewing.reject(ports, refused.id, ADMIN, version=refused.version, reason="Fraud.")
    assert (off.status, off.published_at) == (Status.REJECTED, None)
    assert [e.type for e in (await events(JOB_EVENTS))[len(told) :]] == ["posting.rejected.v1"]
    clock.advance(60)
    await reprocessing.ask(ports, parser=None, everything=True)
    await finished(ports, Parser(FEE))
    assert (await stored(ports, kept.id)).review is None, "approved content is not asked about"
    assert (await stored(ports, cleared.id)).review == cleared.review, "it keeps its place"
    await reprocessing.ask(ports, parser=None, everything=True)
    await finished(ports, Parser())
    assert await review_queue.waiting(ports.documents) == 0


async def test_what_waits_goes_on_waiting_with_the_reasons_of_today(ports, clock):
    posting = await settled(ports, outcome(FEE, derived=OLD))
    clock.advance(60)
    await finished(ports, Parser(CHAT))
    after = await stored(ports, posting.id)
    assert (after.status, after.reasons, after.derived) == (Status.NEEDS_REVIEW, (CHAT,), NEW)
    assert (after.review.since, after.review.codes) == (posting.review.since, ("messenger_only",))
    await reprocessing.ask(ports, parser=None, everything=True)
    await finished(ports, Parser())
    assert await stored(ports, posting.id) == after


async def test_a_run_goes_on_where_it_was_after_a_restart(ports):
    await several(ports, 5)
    run = await reprocessing.due(ports)
    parser = Parser()
    await reprocessing.work(ports, run, derive=parser, size=2)
    again = await reprocessing.due(ports)
    assert (again.seen, again.left) == (2, 3)
    run = await finished(ports, parser, size=2)
    assert sorted(parser.seen) == [f"Job {n}" for n in range(5)]
    assert (run.seen, run.changed, run.left) == (5, 5, 0)
    assert await reprocessing.due(ports) is None


async def test_later_copies_recognise_it_by_what_is_known_now_and_it_stays_in_its_cluster(ports):
    posting = await settled(ports, outcome(derived=OLD))
    leeds = find_place("Leeds, GB")
    await finished(ports, Parser(derived=NEW.model_copy(update={"places": (leeds,)})))
    entered = (await dockets.dockets_of(ports.documents, ["acme"]))["acme"].entries
    known = Fingerprint.model_validate(entered[posting.id])
    assert (known.cluster_id, known.traits.cities) == (posting.cluster_id, (leeds.id,))


async def test_a_page_that_is_done_twice_changes_nothing(ports, events):
    await several(ports, 4)
    run = await reprocessing.due(ports)
    mine = await reprocessing.work(ports, run, derive=Parser(), size=2)
    told = await events(JOB_EVENTS)
    late = await reprocessing.work(ports, run, derive=Parser(), size=2)
    assert late == mine, "the run of whoever was first holds"
    assert await events(JOB_EVENTS) == told


async def test_of_two_at_work_at_once_each_posting_changes_once(ports, events):
    postings = await several(ports, 12)
    before = await events(JOB_EVENTS)
    await asyncio.gather(*(finished(ports, Parser(), size=3) for _ in range(2)))
    after = [await stored(ports, posting.id) for posting in postings]
    assert all((posting.version, posting.derived) == (2, NEW) for posting in after)
    told = [event.subject for event in (await events(JOB_EVENTS))[len(before) :]]
    assert sorted(told) == sorted(posting.id for posting in postings)


async def test_of_two_wishes_at_once_one_is_refused(ports):
    await several(ports, 1)
    answers = await asyncio.gather(
        reprocessing.ask(ports, parser="pay", everything=False),
        reprocessing.ask(ports, parser=None, everything=True),
        return_exceptions=True,
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "Run"]


async def test_a_cursor_that_the_store_knows_no_more_begins_anew(ports):
    await several(ports, 4)
    run = await reprocessing.due(ports)
    run = await reprocessing.work(ports, run, derive=Parser(), size=2)
    document = await ports.documents.get(REPROCESSING, run.cause)
    body = document.body | {"after": "of another age"}
    await ports.documents.replace(REPROCESSING, run.cause, body, expected_version=document.version)
    run = await finished(ports, Parser(), size=10)
    assert (run.changed, run.finished_at is not None) == (4, True)


async def test_one_that_cannot_be_derived_or_read_keeps_no_other_back(ports):
    postings = await several(ports, 3)
    poison = await settled(ports, outcome(derived=OLD), given("Poison", external_id="p"))
    document = await ports.documents.get(POSTINGS, postings[1].id)
    broken = document.body | {"given": {"title": 1}}
    await ports.documents.replace(
        POSTINGS, postings[1].id, broken, expected_version=document.version
    )
    run = await finished(ports, Parser())
    assert (run.seen, run.changed, run.failed) == (4, 2, 2)
    assert await stored(ports, poison.id) == poison
    assert (await ports.documents.get(POSTINGS, postings[1].id)).body == broken


async def test_a_posting_that_is_written_meanwhile_is_read_again(ports, monkeypatch):
    posting = await settled(ports, outcome(derived=OLD))
    run, replace = await reprocessing.due(ports), ports.documents.replace

    async def late(collection, id, body, **options):
        monkeypatch.setattr(ports.documents, "replace", replace)
        await board.close(ports, posting.id, OWNER)
        return await replace(collection, id, body, **options)

    monkeypatch.setattr(ports.documents, "replace", late)
    run = await reprocessing.work(ports, run, derive=Parser())
    after = await stored(ports, posting.id)
    assert (after.status, after.derived, run.changed) == (Status.CLOSED, NEW, 1)


async def test_one_that_is_edited_meanwhile_is_the_processors(ports, monkeypatch):
    await settled(ports, outcome(derived=OLD))
    run, replace = await reprocessing.due(ports), ports.documents.replace

    async def late(collection, id, body, **options):
        monkeypatch.setattr(ports.documents, "replace", replace)
        await submit(ports, given("Plumber"))
        return await replace(collection, id, body, **options)

    monkeypatch.setattr(ports.documents, "replace", late)
    await reprocessing.work(ports, run, derive=Parser())
    after = await process(ports, outcome())
    assert (after.given.title, after.version) == ("Plumber", 2)


async def test_a_store_that_is_away_loses_no_position(ports, monkeypatch):
    await several(ports, 3)
    run, replace = await reprocessing.due(ports), ports.documents.replace

    async def away(*arguments, **options):
        raise Unavailable

    monkeypatch.setattr(ports.documents, "replace", away)
    with pytest.raises(Unavailable):
        await reprocessing.work(ports, run, derive=Parser())
    monkeypatch.setattr(ports.documents, "replace", replace)
    assert (await finished(ports, Parser())).changed == 3


async def test_by_a_parser_only_what_an_older_version_of_it_has_seen(ports):
    await settled(ports, outcome(derived=OLD), given("Pay", external_id="1"))
    other = MARKED.model_copy(update={"parsers": CURRENT | {"visa": 0}})
    await settled(ports, outcome(derived=other), given("Visa", external_id="2"))
    await reprocessing.ask(ports, parser="pay", everything=False)
    parser, run = Parser(), await reprocessing.due(ports)
    await reprocessing.work(ports, run, derive=parser)
    assert (run.cause, parser.seen) == (Cause.ASKED, ["Pay"])
    with pytest.raises(InvalidInput):
        await reprocessing.ask(ports, parser="payment", everything=False)


async def test_a_wish_under_way_is_found_again_and_no_other_joins_it(ports):
    await several(ports, 3)
    wish = await reprocessing.ask(ports, parser="pay", everything=False)
    await reprocessing.work(ports, wish, derive=Parser(), size=2)
    assert (await reprocessing.ask(ports, parser="pay", everything=False)).seen == 2
    with pytest.raises(Conflict):
        await reprocessing.ask(ports, parser=None, everything=True)
    await finished(ports, Parser())
    assert (await reprocessing.ask(ports, parser=None, everything=True)).seen == 0


async def test_newer_parsers_begin_a_run_and_older_code_none(ports, monkeypatch):
    await several(ports, 2, derived=MARKED)
    await finished(ports, Parser())
    assert await reprocessing.due(ports) is None
    newer = CURRENT | {"pay": CURRENT["pay"] + 1}
    monkeypatch.setattr(reprocessing, "PARSERS", newer)
    run = await reprocessing.due(ports)
    assert (run.parsers, run.total) == (newer, 2)
    monkeypatch.setattr(reprocessing, "PARSERS", CURRENT)
    assert await reprocessing.due(ports) is None, "the older code leaves it to the newer"
    monkeypatch.setattr(reprocessing, "PARSERS", newer)
    derived = NEW.model_copy(update={"parsers": newer})
    assert (await finished(ports, Parser(derived=derived))).changed == 2
    monkeypatch.setattr(reprocessing, "PARSERS", CURRENT)
    assert await reprocessing.due(ports) is None
