"""Rounds of a feed: what is submitted, what is closed, and that no bad answer closes anything."""

import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from backends.documents.collections import COLLECTIONS, FEEDS, POSTINGS
from backends.fetch.base import Answer, FetchFailed, Wanted
from models.events import JOB_EVENTS, POSTING_CLOSED
from models.feed import BelievedDrop, Feed
from services.polling import feed_adding, feed_rounds, feed_schedule, feeds
from services.polling.answers import Caps
from services.ports import Ports
from sources.formats import rss
from tests.polled import (
    GUARDED,
    PAGE_1,
    TINY,
    Reply,
    Said,
    ScriptedFetcher,
    job,
    listing,
    outside_of,
)
from tests.unit.services.polling.added_feeds import added, items, postings, rounds, stored

LISTED = listing("1", "2", "3", "4", "5", "6", "7", "8", "9", "10")


async def test_what_is_listed_is_submitted_once(ports: Ports) -> None:
    feed = await added(ports)
    first, second = await rounds(ports, listing("1"), listing("1", "2"))
    assert await postings(ports) == {"1": ("submitted", 1), "2": ("submitted", 1)}
    owners = {d.body["owner_id"] for d in (await ports.documents.find(POSTINGS)).items}
    assert owners == {feed.owner_id}
    assert (first.last_items, second.last_items, second.failures) == (1, 2, 0)
    assert second.last_ok_at == second.next_at - timedelta(seconds=60)
    assert (second.lease, second.attribution) == (None, "From Tiny")


async def test_what_says_the_same_is_only_seen(ports: Ports) -> None:
    await added(ports)
    await rounds(ports, listing("1", "2"))
    before = await items(ports)
    await rounds(ports, listing("2", "1"))
    assert await items(ports) == before
    changed = json.dumps({"jobs": [job("1", category="kitchen"), job("2")]}).encode()
    await rounds(ports, changed)
    assert await postings(ports) == {"1": ("submitted", 2), "2": ("submitted", 1)}


async def test_a_posting_an_admin_closed_stays_closed_until_its_feed_says_something_new(
    ports: Ports,
) -> None:
    await added(ports)
    await rounds(ports, listing("1", "2"))
    document = (await ports.documents.find(POSTINGS)).items[0]
    body = document.body | {"status": "closed"}
    await ports.documents.replace(POSTINGS, document.id, body, expected_version=document.version)
    name = body["given"]["external_id"]
    await rounds(ports, listing("2", "1"))
    assert (await postings(ports))[name] == ("closed", 1)


# Completeness


async def test_missed_once_is_suspect_twice_is_closed_and_seen_again_is_reopened(
    ports: Ports, events: Any
) -> None:
    await added(ports)
    await rounds(ports, listing("1", "2"), listing("1"))
    assert ((await items(ports))["2"].missed, (await postings(ports))["2"]) == (1, ("submitted", 1))
    await rounds(ports, listing("1"))
    assert (await postings(ports)) == {"1": ("submitted", 1), "2": ("closed", 1)}
    closed = [e for e in await events(JOB_EVENTS) if e.type == POSTING_CLOSED]
    assert [e.data["posting"]["given"]["external_id"] for e in closed] == ["2"]
    history = closed[0].data["posting"]["history"]
    assert history[-1]["detail"] == "its source does not list it any more"
    await rounds(ports, listing("1", "2"))
    assert (await postings(ports))["2"] == ("submitted", 2)
    assert (await items(ports))["2"].closed is False


async def test_seen_in_between_counts_from_the_beginning(ports: Ports) -> None:
    await added(ports)
    one, both = listing("1"), listing("1", "2")
    await rounds(ports, both, one, both, one)
    assert (await postings(ports))["2"] == ("submitted", 1)
    assert (await items(ports))["2"].missed == 1


@pytest.mark.parametrize("etag", [None, '"1"'])
async def test_the_same_answer_again_is_another_round_without_it(
    ports: Ports, etag: str | None
) -> None:
    await added(ports)
    again: Said = Reply(not_modified=True) if etag else listing("1")
    polled = await rounds(ports, listing("1", "2"), Reply(listing("1"), etag=etag), again)
    assert (await postings(ports)) == {"1": ("submitted", 1), "2": ("closed", 1)}
    assert [feed.last_items for feed in polled] == [2, 1, 1]
    assert (await items(ports))["1"].missed == 0


async def test_a_window_says_nothing_about_what_it_does_not_show(ports: Ports) -> None:
    window = replace(TINY, listing="window")
    await added(ports)
    await rounds(ports, listing("1", "2"), *[listing("1")] * 3, platform=window)
    assert (await postings(ports))["2"] == ("submitted", 1)


NOT_WHOLE: dict[str, Said] = {
    "error": FetchFailed("the answer has status 500", answered=500),
    "too many": FetchFailed("the answer has status 429", answered=429, retry_after_s=600),
    "page": b"<!doctype html><p>We are hiring",
    "cut": LISTED[:-40],
    "fewer than it says": listing("1", total=2),
    "page after page fails": listing("1", next=[2]),
}


@pytest.mark.parametrize("fault", NOT_WHOLE)
async def test_what_is_not_whole_closes_nothing(ports: Ports, fault: str) -> None:
    await added(ports)
    good, *bad = await rounds(ports, listing("1", "2"), *[NOT_WHOLE[fault]] * 4)
    assert await postings(ports) == {"1": ("submitted", 1), "2": ("submitted", 1)}
    assert {item.missed for item in (await items(ports)).values()} == {0}
    assert all(feed.counts == good.counts for feed in bad)
    failures = [feed.failures for feed in bad]
    if fault == "fewer than it says":
        assert (failures, bad[-1].notice) == ([0, 0, 0, 0], "1 of 2 postings came")
    else:
        assert failures == [1, 2, 3, 4]
        assert bad[-1].last_ok_at == good.last_ok_at


async def test_a_suspect_that_a_failed_round_shows_is_not_missed_by_an_unchanged_one(
    ports: Ports,
) -> None:
    await added(ports)
    fetcher = ScriptedFetcher()
    same = listing("1")
    await rounds(ports, listing("1", "2"), same, fetcher=fetcher)
    await rounds(ports, listing("1", "2", next=[2]), fetcher=fetcher)
    assert (await items(ports))["2"].missed == 0
    await rounds(ports, same, fetcher=fetcher)
    assert (await postings(ports))["2"] == ("submitted", 1)
    await rounds(ports, same, fetcher=fetcher)
    assert (await postings(ports))["2"] == ("closed", 1)


async def test_a_sudden_drop_is_shown_and_believed_when_it_is_confirmed(ports: Ports) -> None:
    await added(ports)
    few = listing("1", "2", "3", "4")
    first, drop = await rounds(ports, LISTED, few)
    assert (first.counts, drop.counts) == ((10,), (10,))
    assert drop.drop is not None
    assert (drop.drop.items, drop.drop.usual) == (4, 10)
    assert "closed" not in {status for status, _ in (await postings(ports)).values()}
    (confirmed,) = await rounds(ports, listing("4", "3", "2", "1"))
    assert (confirmed.drop, confirmed.counts) == (None, (4,))
    statuses = [status for status, _ in (await postings(ports)).values()]
    assert statuses.count("closed") == 6
    believed = BelievedDrop(items=4, usual=10, at=ports.clock(), closed=6)
    assert confirmed.believed_drop == believed
    # It is shown until the postings are back.
    few, back = await rounds(ports, listing("1", "2", "3"), LISTED)
    assert (few.believed_drop, back.believed_drop) == (believed, None)


async def test_a_believed_drop_is_shown_until_a_person_asks_for_a_round(
    ports: Ports, clock: Any
) -> None:
    feed = await added(ports)
    polled = await rounds(ports, LISTED, *[listing()] * 4)
    assert [feed.believed_drop and feed.believed_drop.closed for feed in polled[2:]] == [10] * 3
    clock.advance(60)
    await feeds.run(ports, outside_of(ScriptedFetcher()), feed.id, manager=None)
    (by_hand,) = await rounds(ports, listing())
    assert (by_hand.believed_drop, by_hand.drop) == (None, None)


async def test_a_drop_that_passes_closes_nothing(ports: Ports) -> None:
    await added(ports)
    (*_, well) = await rounds(ports, LISTED, listing(), LISTED, listing(), LISTED)
    assert (well.drop, well.counts) == (None, (10, 10, 10))
    assert "closed" not in {status for status, _ in (await postings(ports)).values()}


async def test_a_suspect_is_not_closed_by_a_drop(ports: Ports) -> None:
    await added(ports)
    most = listing(*"123456789")
    await rounds(ports, LISTED, most, listing("1"))
    assert (await postings(ports))["10"] == ("submitted", 1)


@pytest.mark.parametrize("doubted_before, closed", [(True, 9), (False, 0)])
async def test_a_drop_that_a_person_asked_for_is_believed(
    ports: Ports, doubted_before: bool, closed: int
) -> None:
    await added(ports)
    await rounds(ports, LISTED, *[listing("1")] * doubted_before)
    feed = await stored(ports)
    await feed_schedule.change(
        ports, feed.id, lambda stored: stored.model_copy(update={"by_hand": True})
    )
    (by_hand,) = await rounds(ports, listing("1"))
    assert (by_hand.drop, by_hand.by_hand, by_hand.counts) == (None, False, (1,))
    assert [s for s, _ in (await postings(ports)).values()].count("closed") == closed


async def test_a_small_board_may_lose_all_and_that_is_shown(ports: Ports) -> None:
    await added(ports)
    _, most, empty = await rounds(ports, listing("1", "2"), listing("1"), listing())
    assert (most.drop, empty.drop and empty.drop.usual) == (None, 1)
    assert {status for status, _ in (await postings(ports)).values()} == {"submitted"}
    confirmed, still = await rounds(ports, listing(), listing())
    assert {status for status, _ in (await postings(ports)).values()} == {"closed"}
    assert confirmed.drop is None
    assert confirmed.believed_drop is not None
    assert (confirmed.believed_drop.items, confirmed.believed_drop.closed) == (0, 2)
    assert still.believed_drop == confirmed.believed_drop
    (back,) = await rounds(ports, listing("3"))
    assert back.believed_drop is None


@pytest.mark.parametrize("seed", range(10))
async def test_any_sequence_of_rounds_leaves_open_what_it_should(ports: Ports, seed: int) -> None:
    """Against a model of few lines, with whole rounds, equal ones, partial ones, and failures."""
    chosen = random.Random(seed)
    await added(ports)
    missed: dict[str, int] = {}
    last, count, doubted = listing(), 0, False
    for _ in range(15):
        ids = chosen.sample("1234", chosen.randint(0, 4))
        kind = chosen.choice(["whole", "whole", "whole", "same", "partial", "failed"])
        answers: dict[str, Said] = {
            "whole": listing(*ids),
            "same": last,
            "partial": listing(*ids, next=[2]),
            "failed": FetchFailed("no"),
        }
        if kind == "same":
            ids = [job["id"] for job in json.loads(last)["jobs"]]
        await rounds(ports, answers[kind])
        last = listing(*ids) if kind == "whole" else last
        if kind in ("whole", "same"):
            doubted = not ids and count > 0 and not doubted
            count = count if doubted else len(ids)
            most = {id_: max(1, before) if doubted else 2 for id_, before in missed.items()}
            missed = {id_: min(most[id_], before + 1) for id_, before in missed.items()}
        if kind != "failed":
            missed |= dict.fromkeys(ids, 0)
        found = {name: status == "closed" for name, (status, _) in (await postings(ports)).items()}
        assert found == {id_: times == 2 for id_, times in missed.items()}, (seed, kind)


# Pages


async def test_pages_are_followed_in_order(ports: Ports) -> None:
    await added(ports)
    pages: dict[str, Any] = {
        PAGE_1.replace("/1", f"/{page}"): listing(
            f"{page}a", f"{page}b", next=[page + 1] if page < 4 else [], total=8
        )
        for page in range(2, 5)
    }
    fetcher = ScriptedFetcher(pages)
    (feed,) = await rounds(ports, listing("1a", "1b", next=[2], total=8), fetcher=fetcher)
    assert [url[-1] for url in fetcher.urls] == ["1", "2", "3", "4"]
    assert (feed.last_items, feed.counts, feed.failures) == (8, (8,), 0)
    assert feed.body_hash is None


@pytest.mark.parametrize(
    "second", [listing("2", next=[2]), listing("2", next=[1]), listing("1", next=[3])]
)
async def test_pages_that_lead_back_end_the_round(ports: Ports, second: bytes) -> None:
    await added(ports)
    fetcher = ScriptedFetcher({PAGE_1.replace("/1", "/2"): second})
    (feed,) = await rounds(ports, listing("1", next=[2]), fetcher=fetcher)
    urls = fetcher.urls
    assert len(urls) == len(set(urls)) <= 3
    assert "page 2" in (feed.last_error or "")


async def test_a_round_takes_no_more_than_its_share(ports: Ports) -> None:
    await added(ports)
    pages: dict[str, Any] = {
        PAGE_1.replace("/1", f"/{page}"): listing(str(page), next=[page + 1])
        for page in range(2, 9)
    }
    caps = Caps(pages=3, items=100, details=1)
    (feed,) = await rounds(ports, listing("1", next=[2]), caps=caps, fetcher=ScriptedFetcher(pages))
    assert (feed.last_items, feed.failures, feed.counts) == (3, 0, ())
    assert feed.notice == "only 3 pages are read at once"
    (feed,) = await rounds(ports, LISTED, caps=Caps(items=4))
    assert feed.notice == "only 4 postings are read at once"


# Conditions, credentials, leases


async def test_requests_are_conditional_and_what_is_unchanged_is_not_read(ports: Ports) -> None:
    await added(ports)
    fetcher = ScriptedFetcher()
    polled = await rounds(
        ports,
        Reply(listing("1"), etag='"1"', last_modified="yesterday"),
        Reply(not_modified=True),
        Reply(listing("1"), etag='"2"'),
        fetcher=fetcher,
    )
    sent = [(wanted.etag, wanted.last_modified) for wanted in fetcher.asked]
    assert sent == [(None, None), ('"1"', "yesterday"), ('"1"', "yesterday")]
    assert [feed.etag for feed in polled] == ['"1"', '"1"', '"2"']
    assert [feed.last_items for feed in polled] == [1, 1, 1]


async def test_not_modified_without_a_question_is_a_fault(ports: Ports) -> None:
    await added(ports)
    (feed,) = await rounds(ports, Reply(not_modified=True))
    assert feed.failures == 1


async def test_credentials_go_with_the_request_and_nowhere_else(
    ports: Ports, capsys: pytest.CaptureFixture[str]
) -> None:
    feed = await added(ports, GUARDED)
    fetcher = ScriptedFetcher({PAGE_1: listing("1")})
    outside = outside_of(fetcher, GUARDED, credentials={"guarded": {"key": "canary"}})
    (claimed,) = await feed_schedule.claim_due(ports, 1)
    await feed_rounds.poll(ports, outside, claimed, lambda: 0.0)
    assert fetcher.asked[0].headers == {"X-Key": "canary"}
    assert "canary" not in repr((outside, fetcher.asked, claimed, feed))
    for collection in COLLECTIONS:
        assert "canary" not in str((await ports.documents.find(collection)).items)
    assert "canary" not in "".join(capsys.readouterr())


async def test_without_its_credentials_a_platform_is_not_asked(ports: Ports) -> None:
    await added(ports, GUARDED)
    fetcher = ScriptedFetcher()
    (feed,) = await rounds(ports, b"", platform=GUARDED, fetcher=fetcher)
    assert (feed.last_error, fetcher.asked) == ("needs JOBRAY_SOURCES_GUARDED_KEY", [])


async def test_a_long_round_keeps_its_lease(ports: Ports, clock: Any) -> None:
    await added(ports)
    taken: list[Feed] = []

    class Slow(ScriptedFetcher):
        @asynccontextmanager
        async def stream(self, wanted: Wanted) -> AsyncIterator[Answer]:
            clock.advance(140)
            taken.extend(await feed_schedule.claim_due(ports, 1))
            async with super().stream(wanted) as answer:
                yield answer

    pages: dict[str, Any] = {
        PAGE_1.replace("/1", f"/{page}"): listing(str(page), next=[page + 1] if page < 9 else [])
        for page in range(1, 10)
    }
    (claimed,) = await feed_schedule.claim_due(ports, 1)
    polled = await feed_rounds.poll(ports, outside_of(Slow(pages)), claimed, lambda: 0.0)
    assert (taken, polled.last_items, polled.failures) == ([], 9, 0)


async def test_the_outcome_of_a_lost_lease_is_dropped(ports: Ports, clock: Any) -> None:
    await added(ports)
    (dead,) = await feed_schedule.claim_due(ports, 1)
    clock.advance(feed_schedule.LEASE.total_seconds())
    (claimed,) = await feed_schedule.claim_due(ports, 1)
    outside = outside_of(ScriptedFetcher({PAGE_1: listing("1")}))
    polled = await feed_rounds.poll(ports, outside, claimed, lambda: 0.0)
    late = outside_of(ScriptedFetcher({PAGE_1: FetchFailed("late")}))
    assert await feed_rounds.poll(ports, late, dead, lambda: 0.0) == dead
    assert await stored(ports) == polled


async def test_an_old_feed_of_before_there_were_platforms_is_polled_on(ports: Ports) -> None:
    url = "https://old.example/feed.xml"
    board = rss.PLATFORM.recognise(url)
    assert board is not None
    new = await feed_adding.save(ports, rss.PLATFORM, board, url=url)
    old = {
        "id": new.id,
        "url": url,
        "format": "rss",
        "owner_id": f"feed:{new.id}",
        "interval_s": 900,
        "created_at": "2026-01-01T00:00:00.000000Z",
        "next_at": "2026-01-01T00:00:00.000000Z",
        "last_items": 1,
    }
    (document,) = (await ports.documents.find(FEEDS)).items
    await ports.documents.replace(FEEDS, new.id, old, expected_version=document.version)
    body = b"<rss><channel><title>Acme</title><item><title>Cook</title><guid>1</guid></item>"
    fetcher = ScriptedFetcher({url: body + b"</channel></rss>"})
    (claimed,) = await feed_schedule.claim_due(ports, 1)
    polled = await feed_rounds.poll(ports, outside_of(fetcher), claimed, lambda: 0.0)
    assert (polled.platform, polled.last_items, polled.failures) == ("rss", 1, 0)
    assert set(await postings(ports)) == {"1"}
    again = await feed_adding.save(ports, rss.PLATFORM, board, url=url)
    assert (again.id, again.last_items, again.interval_s) == (new.id, 1, 900)
