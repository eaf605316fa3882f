"""From a pasted address to a board: what is found, what is shown, what is refused and how."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from backends.documents.collections import FEEDS
from backends.fetch.base import Answer, FetchFailed, Wanted
from models.errors import InvalidInput
from services.polling import feed_previews
from services.ports import Ports
from sources.platform import Board
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

PAY = {"min": 50_000, "max": 60_000, "currency": "GBP", "period": "year"}


async def test_a_preview_shows_what_would_come_and_stores_nothing(ports: Ports) -> None:
    jobs = [
        {"id": str(n), "title": f"Cook {n}", "says": {"locations": ["Leeds"], "salary": PAY}}
        for n in range(5)
    ]
    bad = {"id": "x", "title": ""}
    body = listing().replace(b'"jobs": []', f'"jobs": {[*jobs, bad]}'.replace("'", '"').encode())
    found = await feed_previews.preview(
        outside_of(ScriptedFetcher({PAGE_1: body})), "jobs.example/acme"
    )
    assert (found.platform, found.board.token, found.count, found.is_all) == (TINY, "acme", 6, True)
    assert [example.title for example in found.examples] == ["Cook 0", "Cook 1", "Cook 2"]
    assert found.examples[0].places == ("Leeds",)
    assert found.examples[0].pay is not None
    assert (found.fault_count, [fault.pointer for fault in found.faults]) == (1, ["/title"])
    assert found.terms.attribution == "From Tiny"
    assert await ports.documents.count(FEEDS) == 0


async def test_a_preview_asks_for_three_single_postings_only() -> None:
    listed = listing(pending=[{"id": str(n), "mark": "a"} for n in range(500)])
    fetcher = ScriptedFetcher({PAGE_1: listed})
    fetcher.answers |= {detail_url(str(n)): listing(str(n)) for n in range(500)}
    found = await feed_previews.preview(outside_of(fetcher), BOARD_URL)
    assert (found.count, len(found.examples), len(fetcher.urls)) == (500, 3, 4)


async def test_a_preview_of_a_long_list_stops_early() -> None:
    pages: dict[str, Any] = {
        PAGE_1.replace("/1", f"/{n}"): listing(str(n), next=[n + 1], total=40) for n in range(1, 9)
    }
    fetcher = ScriptedFetcher(pages)
    found = await feed_previews.preview(outside_of(fetcher), BOARD_URL)
    assert (found.count, found.is_all, len(fetcher.urls)) == (40, False, 2)


async def test_a_careers_page_leads_to_its_board() -> None:
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
    found = await feed_previews.preview(outside_of(fetcher), "acme.example/careers", company="Ours")
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
async def test_what_is_no_board_is_refused_with_what_it_is(what: str) -> None:
    answer, got = REFUSED[what]
    outside = outside_of(ScriptedFetcher({"https://cats.example": answer}))
    with pytest.raises(InvalidInput) as refused:
        await feed_previews.preview(outside, "cats.example")
    (fault,) = refused.value.errors
    assert (fault.pointer, got in fault.got) == ("/url", True)


@pytest.mark.parametrize(
    "answer, got",
    [
        (FetchFailed("the answer has status 404", answered=404), "the answer has status 404"),
        (b"<html>", "line 1: expected JSON, got something else"),
    ],
)
async def test_a_board_that_cannot_be_read_is_refused(answer: Any, got: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await feed_previews.preview(outside_of(ScriptedFetcher({PAGE_1: answer})), BOARD_URL)
    assert refused.value.errors[0].got == got
    assert refused.value.errors[0].expected == "a board of Tiny that can be read"


async def test_a_platform_without_its_credentials_is_refused_by_the_names_of_its_settings() -> None:
    def recognise(url: str) -> Board:
        return Board("guarded", "acme", HOST, "")

    fetcher = ScriptedFetcher()
    with pytest.raises(InvalidInput, match="JOBRAY_SOURCES_GUARDED_KEY"):
        await feed_previews.preview(outside_of(fetcher, GUARDED, recognise=recognise), BOARD_URL)
    assert fetcher.asked == []


async def test_a_preview_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_previews, "PREVIEW_TIME_S", 0.05)

    class Endless(ScriptedFetcher):
        @asynccontextmanager
        async def stream(self, wanted: Wanted) -> AsyncIterator[Answer]:
            await asyncio.sleep(60)
            raise AssertionError("nobody waits for this")
            yield

    with pytest.raises(InvalidInput, match=r"tried in 0.05 s, got no end by then"):
        await feed_previews.preview(outside_of(Endless()), BOARD_URL)
