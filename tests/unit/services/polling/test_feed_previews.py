"""From a pasted address to a board: what is found, what is shown, what is refused and how."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from backends.cache.memory import MemoryCache
from backends.documents.collections import FEEDS
from backends.fetch.base import Answer, FetchFailed, Wanted
from models.errors import Conflict, InvalidInput, TooManyRequests
from services.polling import board_tries, feed_adding, feed_previews
from services.polling.feed_previews import Preview
from services.polling.outside import Outside
from services.ports import Ports
from sources.platform import Board, Terms
from tests.polled import (
    BOARD_URL,
    GUARDED,
    HOST,
    PAGE_1,
    TINY,
    Reply,
    ScriptedFetcher,
    detail_url,
    listing,
    outside_of,
)
from tests.unit.services.polling.added_feeds import added, rounds, stored

PAY = {"min": 50_000, "max": 60_000, "currency": "GBP", "period": "year"}


@pytest.fixture
def ports(ports: Ports) -> Ports:
    """Whose cache lives in simulated time."""
    clock = ports.clock
    return replace(ports, cache=MemoryCache(lambda: clock().timestamp()))


async def preview(
    ports: Ports,
    way: Outside | ScriptedFetcher,
    url: str = BOARD_URL,
    *,
    company: str | None = None,
    person: str | None = "ann",
) -> Preview:
    outside = way if isinstance(way, Outside) else outside_of(way)
    return await feed_previews.preview(ports, outside, url, company=company, person=person)


async def test_a_preview_shows_what_would_come_and_stores_nothing(ports: Ports) -> None:
    jobs = [
        {"id": str(n), "title": f"Cook {n}", "says": {"locations": ["Leeds"], "salary": PAY}}
        for n in range(5)
    ]
    bad = {"id": "x", "title": ""}
    body = listing().replace(b'"jobs": []', f'"jobs": {[*jobs, bad]}'.replace("'", '"').encode())
    found = await preview(ports, ScriptedFetcher({PAGE_1: body}), "jobs.example/acme")
    assert (found.platform, found.board.token, found.count, found.is_all) == (TINY, "acme", 6, True)
    assert [example.title for example in found.examples] == ["Cook 0", "Cook 1", "Cook 2"]
    assert found.examples[0].places == ("Leeds",)
    assert found.examples[0].pay is not None
    assert (found.fault_count, [fault.pointer for fault in found.faults]) == (1, ["/title"])
    assert found.terms.attribution == "From Tiny"
    assert await ports.documents.count(FEEDS) == 0


async def test_a_preview_asks_for_three_single_postings_only(ports: Ports) -> None:
    listed = listing(pending=[{"id": str(n), "mark": "a"} for n in range(500)])
    fetcher = ScriptedFetcher({PAGE_1: listed})
    fetcher.answers |= {detail_url(str(n)): listing(str(n)) for n in range(500)}
    found = await preview(ports, fetcher)
    assert (found.count, len(found.examples), len(fetcher.urls)) == (500, 3, 4)


async def test_a_preview_of_a_long_list_stops_early(ports: Ports) -> None:
    pages: dict[str, Any] = {
        PAGE_1.replace("/1", f"/{n}"): listing(str(n), next=[n + 1], total=40) for n in range(1, 9)
    }
    fetcher = ScriptedFetcher(pages)
    found = await preview(ports, fetcher)
    assert (found.count, found.is_all, len(fetcher.urls)) == (40, False, 2)


async def test_a_careers_page_leads_to_its_board(ports: Ports) -> None:
    page = b'<title>Jobs at Acme</title><link rel="alternate" href="/jobs.rss"'
    page += b' type="application/rss+xml" title="Jobs">'
    feed = b"<rss><channel><title>x</title><item><title>Cook</title><company>A</company>"
    feed += b"<guid>1</guid></item></channel></rss>"
    fetcher = ScriptedFetcher(
        {
            "https://acme.example/careers": Reply(page, content_type="text/html"),
            "https://acme.example/jobs.rss": feed,
        }
    )
    found = await preview(ports, fetcher, "acme.example/careers", company="Ours")
    assert (found.board.platform, found.board.company, found.count) == ("rss", "Ours", 1)


REFUSED: dict[str, tuple[Any, str]] = {
    "a page": (Reply(b"<title>Our cats</title>", content_type="text/html"), 'page "Our cats"'),
    "an image": (Reply(b"\x89PNG", content_type="image/png"), "an answer of type image/png"),
    "nothing": (Reply(b" "), "an empty answer"),
    "no type": (Reply(b"hello"), "an answer of no known type"),
    "an error": (FetchFailed("the answer has status 500"), "the answer has status 500"),
    "private": (FetchFailed("the host has an address that is not public"), "not public"),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_what_is_no_board_is_refused_with_what_it_is(ports: Ports, what: str) -> None:
    answer, got = REFUSED[what]
    fetcher = ScriptedFetcher({"https://cats.example": answer})
    with pytest.raises(InvalidInput) as refused:
        await preview(ports, fetcher, "cats.example")
    (fault,) = refused.value.errors
    assert (fault.pointer, got in fault.got) == ("/url", True)


@pytest.mark.parametrize(
    "answer, got",
    [
        (FetchFailed("the answer has status 404", answered=404), "the answer has status 404"),
        (b"<html>", "line 1: expected JSON, got something else"),
    ],
)
async def test_a_board_that_cannot_be_read_is_refused(ports: Ports, answer: Any, got: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await preview(ports, ScriptedFetcher({PAGE_1: answer}))
    assert refused.value.errors[0].got == got
    assert refused.value.errors[0].expected == "a board of Tiny that can be read"


async def test_a_platform_without_its_credentials_is_refused_by_the_names_of_its_settings(
    ports: Ports,
) -> None:
    def recognise(url: str) -> Board:
        return Board("guarded", "acme", HOST, "")

    fetcher = ScriptedFetcher()
    with pytest.raises(InvalidInput, match="JOBRAY_SOURCES_GUARDED_KEY"):
        await preview(ports, outside_of(fetcher, GUARDED, recognise=recognise))
    assert fetcher.asked == []


@pytest.mark.parametrize("url", [BOARD_URL, "https://cats.example"])
async def test_a_preview_without_end_is_refused(
    ports: Ports, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setattr(feed_previews, "PREVIEW_TIME_S", 0.05)

    class Endless(ScriptedFetcher):
        @asynccontextmanager
        async def stream(self, wanted: Wanted) -> AsyncIterator[Answer]:
            await asyncio.sleep(60)
            raise AssertionError("nobody waits for this")
            yield

    with pytest.raises(InvalidInput, match=r"got no end within"):
        await preview(ports, Endless(), url)


# How often a board is asked


async def test_a_board_is_asked_once_an_interval_whoever_looks(ports: Ports, clock: Any) -> None:
    fetcher = ScriptedFetcher({PAGE_1: listing("1")})
    first = await preview(ports, fetcher)
    clock.advance(59)
    again = await preview(ports, fetcher, person="ben", company="Ours")
    assert (first.age_s, again.age_s, again.as_of, len(fetcher.urls)) == (0, 59, first.as_of, 1)
    assert (again.count, again.is_all) == (1, True)
    assert [(each.title, each.company) for each in again.examples] == [("Cook 1", "Ours")]
    clock.advance(1)
    fetcher.answers[PAGE_1] = listing("1", "2")
    assert (await preview(ports, fetcher)).count == 2


async def test_a_board_that_failed_is_not_asked_again_at_once(ports: Ports, clock: Any) -> None:
    fetcher = ScriptedFetcher({PAGE_1: FetchFailed("the answer has status 500", answered=500)})
    with pytest.raises(InvalidInput, match=r"status 500$"):
        await preview(ports, fetcher)
    clock.advance(20)
    with pytest.raises(InvalidInput, match="status 500, 20 s ago; it may be asked again in 40 s"):
        await preview(ports, fetcher)
    assert len(fetcher.urls) == 1


async def test_a_board_of_nobody_is_asked_again_when_somebody_says_whose_it_is(
    ports: Ports,
) -> None:
    feed = b"<rss><channel><item><title>Cook</title><guid>1</guid></item></channel></rss>"
    url = "https://acme.example/jobs.rss"
    fetcher = ScriptedFetcher({url: feed})
    nobodys = await preview(ports, fetcher, url)
    assert ([fault.pointer for fault in nobodys.faults], nobodys.examples) == (["/company"], ())
    for _ in range(2):
        ours = await preview(ports, fetcher, url, company="Ours")
        assert ([each.company for each in ours.examples], ours.faults) == (["Ours"], ())
    with pytest.raises(Conflict, match="RSS or Atom may be asked again in 60 s"):
        await preview(ports, fetcher, url, company="Yours")
    assert len(fetcher.urls) == 2


async def test_two_who_look_at_the_same_moment_are_one_fetch(ports: Ports) -> None:
    class Slow(ScriptedFetcher):
        @asynccontextmanager
        async def stream(self, wanted: Wanted) -> AsyncIterator[Answer]:
            await asyncio.sleep(0.01)
            async with super().stream(wanted) as answer:
                yield answer

    fetcher = Slow({PAGE_1: listing("1")})
    looks = (preview(ports, fetcher, person=who) for who in ("ann", "ben"))
    found = await asyncio.gather(*looks, return_exceptions=True)
    assert sorted(type(each).__name__ for each in found) == ["Conflict", "Preview"]
    (refused,) = (each for each in found if isinstance(each, Conflict))
    assert refused.retry_after_s == pytest.approx(60)
    assert len(fetcher.urls) == 1


async def test_what_is_polled_is_shown_as_it_was_polled(ports: Ports, clock: Any) -> None:
    await added(ports)
    await rounds(ports, listing("1", "2"))
    clock.advance(30)
    fetcher = ScriptedFetcher()
    found = await preview(ports, fetcher)
    assert (found.count, found.is_all, found.age_s, fetcher.urls) == (2, True, 30, [])
    assert {example.title for example in found.examples} == {"Cook 1", "Cook 2"}


async def test_what_was_polled_in_vain_is_refused_as_it_was(ports: Ports, clock: Any) -> None:
    await added(ports)
    await rounds(ports, FetchFailed("the answer has status 500"))
    clock.advance(30)
    fetcher = ScriptedFetcher()
    with pytest.raises(InvalidInput, match="status 500, 30 s ago"):
        await preview(ports, fetcher)
    assert fetcher.urls == []


async def test_a_preview_leaves_a_host_alone_that_told_a_feed_to_wait(
    ports: Ports, clock: Any
) -> None:
    feed = await added(ports)
    await rounds(ports, FetchFailed("status 429", answered=429, retry_after_s=3600))
    clock.advance(1800)
    fetcher = ScriptedFetcher({PAGE_1: listing("1")})
    for url in (BOARD_URL, f"https://{HOST}/other", f"https://{HOST}/a/careers/page"):
        with pytest.raises(Conflict, match="asked to be left alone for another 1800 s") as refused:
            await preview(ports, fetcher, url)
        assert refused.value.retry_after_s == 1800
    assert fetcher.asked == []
    assert (await stored(ports)).next_at == feed.next_at + timedelta(hours=1)
    clock.advance(1800)
    assert (await preview(ports, fetcher)).count == 1


async def test_a_preview_that_is_told_to_wait_is_the_last_one_until_then(
    ports: Ports, clock: Any
) -> None:
    fetcher = ScriptedFetcher({PAGE_1: FetchFailed("no", answered=429, retry_after_s=3600)})
    with pytest.raises(InvalidInput):
        await preview(ports, fetcher)
    clock.advance(3000)
    with pytest.raises(InvalidInput, match="3000 s ago; it may be asked again in 600 s"):
        await preview(ports, fetcher)
    assert len(fetcher.asked) == 1
    # One of a board that is polled already makes its rounds wait too.
    await added(ports)
    clock.advance(600)
    with pytest.raises(InvalidInput):
        await preview(ports, fetcher)
    assert (await stored(ports)).quiet_until == clock.now + timedelta(hours=1)


async def test_a_day_has_no_more_fetches_than_the_terms_allow(ports: Ports, clock: Any) -> None:
    """Four a day, with somebody who looks every hour, and adds the board in between."""
    daily = replace(TINY, terms=Terms(interval_s=6 * 3600))
    fetcher = ScriptedFetcher({PAGE_1: listing("1")})
    asked: list[int] = []
    begun = clock.now
    for hour in range(4 * 24):
        clock.now = max(clock.now, begun + timedelta(hours=hour))
        found = await preview(ports, outside_of(fetcher, daily))
        if hour == 2:
            await feed_adding.save(ports, daily, found.board, url=BOARD_URL, tried_at=found.as_of)
        if hour >= 2 and (await stored(ports)).next_at <= clock.now:
            await rounds(ports, listing("1"), platform=daily, fetcher=fetcher)
        asked.append(len(fetcher.urls))
    assert asked[:3] == [1, 1, 2]
    in_a_day = [later - earlier for earlier, later in zip(asked, asked[24:], strict=False)]
    assert max(in_a_day) <= 4
    assert asked[-1] >= 14


async def test_a_board_that_is_looked_at_between_its_failed_rounds_is_polled_later(
    ports: Ports, clock: Any
) -> None:
    await added(ports, interval_s=3600)
    (polled,) = await rounds(ports, FetchFailed("no"))
    clock.now = polled.next_at - timedelta(seconds=10)
    await preview(ports, ScriptedFetcher({PAGE_1: listing("1")}))
    tried_at = clock.now
    assert (await stored(ports)).not_before == tried_at + timedelta(seconds=120)
    (again,) = await rounds(ports, listing("1"))
    assert again.not_before is None


async def test_a_person_has_so_many_addresses_tried(
    ports: Ports, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board_tries, "TRIES_OF_ONE_PERSON", 2)
    fetcher = ScriptedFetcher({PAGE_1: listing("1")})
    for _ in range(2):
        await preview(ports, fetcher)
    with pytest.raises(TooManyRequests) as refused:
        await preview(ports, fetcher)
    assert refused.value.retry_after_s == pytest.approx(1800)
    await preview(ports, fetcher, person="ben")
    await preview(ports, fetcher, person=None)
    clock.advance(1800)
    await preview(ports, fetcher)
