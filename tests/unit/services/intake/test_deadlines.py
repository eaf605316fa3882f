"""The last day to apply: to the minute where it is stated, to its end where it is read."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from backends.documents.collections import FEEDS, POSTINGS
from models.events import JOB_EVENTS, POSTING_CLOSED, POSTING_PUBLISHED, POSTING_SUBMITTED
from models.feed import Feed
from models.posting import Derived, Given, Posting, Status
from processing.derive import derive
from services.intake import deadlines, postings
from services.ports import Ports

TEXT = "<p>Cook for our canteen, five days a week. Apply by {}.</p>"
PASSED, TODAY = "19 November 2026", "21 November 2026"
FACTS = Derived(html="", text="")


async def feed(ports: Ports, platform: str) -> str:
    """A stored feed of this platform; its id."""
    made = Feed(
        id=f"feed-{platform}",
        url="https://acme.example/jobs",
        platform=platform,
        token="acme",
        host="acme.example",
        name="Acme",
        owner_id="operator",
        interval_s=3600,
        created_at=ports.clock(),
        next_at=ports.clock(),
    )
    await ports.documents.insert(FEEDS, made.id, made.model_dump(mode="json"))
    return made.id


async def submitted(ports: Ports, text: str, *, source: str = "api", **said: Any) -> Posting:
    given = Given(
        title="Cook",
        company="Acme",
        description=TEXT.format(text),
        external_id=said.pop("external_id", text),
        posted_at=datetime(2026, 11, 1, tzinfo=UTC),
        **said,
    )
    return await postings.submit(ports, owner_id="o", given=given, source=source)


async def processed(ports: Ports, events: Any, posting: Posting) -> Posting:
    """As the processor does, now."""
    asked = [e for e in await events(JOB_EVENTS) if e.subject == posting.id]
    begun = await postings.begin(ports, [e for e in asked if e.type == POSTING_SUBMITTED][-1])
    assert begun is not None
    found = derive(begun.given, today=ports.clock().date())
    settled = await postings.finish(ports, begun, found)
    assert settled is not None
    return settled


async def status(ports: Ports, posting: Posting) -> str:
    found: str = (await ports.documents.get(POSTINGS, posting.id)).body["status"]
    return found


@pytest.mark.parametrize(
    ("at", "last"),
    [
        (datetime(2026, 11, 21, 11, 59, tzinfo=UTC), date(2026, 11, 19)),
        (datetime(2026, 11, 21, 12, 0, tzinfo=UTC), date(2026, 11, 20)),
        (datetime(2027, 1, 1, 12, 0, tzinfo=UTC), date(2026, 12, 31)),
    ],
)
def test_a_day_is_over_when_it_is_over_everywhere(at: datetime, last: date) -> None:
    assert deadlines.last_passed(at) == last


def test_a_stated_end_counts_to_the_minute_and_before_what_the_text_says() -> None:
    noon = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    given = Given(title="Cook", company="Acme", closes_at=noon)
    read = FACTS.model_copy(update={"closes_on": date(2026, 11, 1)})
    assert deadlines.end_of(given, read, noon - timedelta(minutes=1), is_listed=False) is None
    reason = deadlines.end_of(given, read, noon, is_listed=True)
    assert reason is not None
    assert reason.detail == "Applications closed on 2026-11-21 12:00 UTC."


def test_an_end_at_midnight_is_told_as_the_day_before() -> None:
    midnight = datetime(2026, 8, 22, tzinfo=UTC)
    given = Given(title="Cook", company="Acme", closes_at=midnight)
    reason = deadlines.end_of(given, FACTS, midnight, is_listed=False)
    assert reason is not None
    assert reason.detail == "Applications closed on 2026-08-21."


async def test_whose_hour_has_passed_today_is_not_published(ports: Ports, events: Any) -> None:
    over = ports.clock() - timedelta(minutes=1)
    posting = await submitted(ports, "phone", closes_at=over)
    assert (await processed(ports, events, posting)).status is Status.REJECTED
    later = await submitted(ports, "mail", closes_at=ports.clock() + timedelta(minutes=1))
    assert (await processed(ports, events, later)).status is Status.PUBLISHED
    told = [e.subject for e in await events(JOB_EVENTS) if e.type == POSTING_PUBLISHED]
    assert told == [later.id]


async def test_whose_last_day_has_passed_is_not_published(ports: Ports, events: Any) -> None:
    settled = await processed(ports, events, await submitted(ports, PASSED))
    assert (settled.status, settled.reasons[0].code, settled.reasons[0].detail) == (
        Status.REJECTED,
        "already_closed",
        "By its text, applications closed on 2026-11-19.",
    )


async def test_what_a_complete_board_lists_is_open_whatever_its_text_says(
    ports: Ports, events: Any, clock: Any
) -> None:
    board, window = await feed(ports, "greenhouse"), await feed(ports, "rss")
    listed = await submitted(ports, PASSED, source=board, external_id="1")
    assert (await processed(ports, events, listed)).status is Status.PUBLISHED
    newest = await submitted(ports, PASSED, source=window, external_id="2")
    assert (await processed(ports, events, newest)).status is Status.REJECTED
    clock.advance(40 * 24 * 3600)
    assert await deadlines.expire(ports) == 0
    assert await status(ports, listed) == "published"


async def test_a_board_that_is_polled_no_more_lists_nothing(ports: Ports, events: Any) -> None:
    board = await feed(ports, "greenhouse")
    document = await ports.documents.get(FEEDS, board)
    removed = Feed.model_validate(document.body).model_copy(update={"removed_at": ports.clock()})
    await ports.documents.replace(
        FEEDS, board, removed.model_dump(mode="json"), expected_version=document.version
    )
    posting = await submitted(ports, PASSED, source=board)
    assert (await processed(ports, events, posting)).status is Status.REJECTED


async def test_a_posting_ends_with_the_last_day_that_its_text_names(
    ports: Ports, events: Any, clock: Any
) -> None:
    posting = await processed(ports, events, await submitted(ports, TODAY))
    stated = await processed(
        ports,
        events,
        await submitted(
            ports, TODAY, external_id="2", closes_at=ports.clock() + timedelta(days=30)
        ),
    )
    clock.now = datetime(2026, 11, 22, 11, 59, tzinfo=UTC)
    assert await deadlines.expire(ports) == 0
    clock.now = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    assert await deadlines.expire(ports) == 1
    assert await deadlines.expire(ports) == 0
    assert [await status(ports, each) for each in (posting, stated)] == ["closed", "published"]
    told = [e for e in await events(JOB_EVENTS) if e.type == POSTING_CLOSED]
    assert [e.subject for e in told] == [posting.id]
    assert told[0].data["posting"]["history"][-1]["detail"] == "its closing date has passed"
