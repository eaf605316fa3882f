"""Boards that are longer than a round: what is not read now is read later, and closes nothing."""

from dataclasses import replace
from typing import Any

from backends.documents.collections import POSTINGS
from backends.documents.filters import Eq
from backends.fetch.base import FetchFailed
from services.polling import feed_adding, feed_rounds, feed_schedule
from services.polling.answers import Caps
from services.ports import Ports
from sources.boards import schema_org
from sources.platform import Terms
from tests.polled import PAGE_1, TINY, ScriptedFetcher, listing, outside_of
from tests.unit.services.polling.added_feeds import added, postings, rounds, stored

SITE = "https://acme.example"
SITEMAP = f"{SITE}/sitemap.xml"


def part(number: int) -> str:
    return PAGE_1.replace("/1", f"/{number}")


INDEX = listing(next=list(range(2, 9)))
"""A first answer that leads to seven others."""


async def test_an_index_that_is_too_long_is_read_in_turns(ports: Ports) -> None:
    await added(ports)
    fetcher = ScriptedFetcher({part(number): listing(str(number)) for number in range(2, 9)})
    polled = await rounds(ports, *[INDEX] * 4, fetcher=fetcher, caps=Caps(pages=4))
    read = [url.rpartition("/")[2] for url in fetcher.urls if url != PAGE_1]
    assert read == ["2", "3", "4", "5", "6", "7", "8", "2", "3", "4", "5", "6"]
    assert [feed.position for feed in polled] == [3, 6, 2, 5]
    assert {feed.notice for feed in polled} == {"only 4 pages are read at once"}
    assert {name: status for name, (status, _) in (await postings(ports)).items()} == dict.fromkeys(
        "2345678", "submitted"
    )


async def test_an_index_that_became_short_is_read_whole_and_judged(ports: Ports) -> None:
    await added(ports)
    fetcher = ScriptedFetcher({part(number): listing(str(number)) for number in range(2, 9)})
    caps = Caps(pages=4)
    await rounds(ports, *[INDEX] * 3, fetcher=fetcher, caps=caps)
    short = listing(next=[2, 3])
    (feed,) = await rounds(ports, short, fetcher=fetcher, caps=caps)
    assert (feed.position, feed.notice, feed.last_items) == (0, None, 2)
    await rounds(ports, short, fetcher=fetcher, caps=caps)
    found = {name for name, (status, _) in (await postings(ports)).items() if status == "closed"}
    assert found == set("45678")


async def test_a_round_that_fails_does_not_move_on(ports: Ports) -> None:
    await added(ports)
    fetcher = ScriptedFetcher({part(number): listing(str(number)) for number in range(2, 9)})
    await rounds(ports, INDEX, fetcher=fetcher, caps=Caps(pages=4))
    fetcher.answers[part(6)] = FetchFailed("the answer has status 500", answered=500)
    (feed,) = await rounds(ports, INDEX, fetcher=fetcher, caps=Caps(pages=4))
    assert (feed.position, feed.failures) == (3, 1)


async def test_the_terms_say_how_many_answers_a_round_may_ask_for(ports: Ports) -> None:
    polite = replace(TINY, terms=Terms(interval_s=60, pages=3))
    await added(ports)
    fetcher = ScriptedFetcher({part(number): listing(str(number)) for number in range(2, 9)})
    (feed,) = await rounds(ports, INDEX, platform=polite, fetcher=fetcher)
    assert (len(fetcher.urls), feed.notice) == (3, "only 3 pages are read at once")


def sitemap(*jobs: int) -> bytes:
    entries = "".join(f"<url><loc>{SITE}/jobs/{job}</loc></url>" for job in jobs)
    return f"<urlset>{entries}</urlset>".encode()


def page(job: int) -> bytes:
    posting = f'{{"@type": "JobPosting", "title": "Cook {job}", "hiringOrganization": "Acme"}}'
    return f'<script type="application/ld+json">{posting}</script>'.encode()


async def test_a_sitemap_of_hundreds_is_read_in_some_rounds(ports: Ports, clock: Any) -> None:
    jobs = 520
    platform = replace(schema_org.PLATFORM, terms=Terms(interval_s=60, details=200))
    board = platform.recognise(SITEMAP)
    assert board is not None
    await feed_adding.save(ports, platform, board, url=SITEMAP)
    answers: dict[str, Any] = {f"{SITE}/jobs/{job}": page(job) for job in range(jobs)}
    fetcher = ScriptedFetcher(answers)
    outside = outside_of(fetcher, platform)

    async def poll(*listed: int) -> str | None:
        fetcher.answers[SITEMAP] = sitemap(*listed)
        clock.now = max(clock.now, (await stored(ports)).next_at)
        (claimed,) = await feed_schedule.claim_due(ports, 1)
        caps = Caps(details=200)
        polled = await feed_rounds.poll(ports, outside, claimed, lambda: 0.0, caps=caps)
        assert (polled.last_error, polled.last_items) == (None, len(listed))
        return polled.notice

    everything = range(jobs)
    notices = [await poll(*everything) for _ in range(3)]
    assert notices == [
        "320 of the single postings are left for the next rounds",
        "120 of the single postings are left for the next rounds",
        None,
    ]
    assert len(fetcher.urls) == jobs + 3
    for _ in range(2):
        await poll(*everything[1:])
    found = [
        await ports.documents.count(POSTINGS, Eq("status", status))
        for status in ("submitted", "closed")
    ]
    assert found == [jobs - 1, 1]
