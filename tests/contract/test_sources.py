"""All sixteen platforms over HTTPS, from the pasted address to stored postings, and what becomes of
those when a platform misbehaves."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from backends.cache.memory import MemoryCache
from backends.documents.collections import COLLECTIONS, POSTINGS
from backends.documents.sqlite import SqliteDocuments
from backends.fetch.http import HttpFetcher
from backends.sqlite import Database
from models.feed import Feed
from services.polling import feed_adding, feed_previews, feed_rounds, feed_schedule
from services.polling import outside as way_out
from services.polling.feed_previews import Preview
from services.polling.outside import Outside
from services.ports import Ports
from sources.platforms import PLATFORMS
from tests.platform_boards import BOARDS, PlayedBoard
from tests.platform_server import CODINGS, FAULTS, PlatformServer, client_tls, serving

CREDENTIALS = {
    "adzuna": {"app_id": "canary", "app_key": "canary"},
    "usajobs": {"email": "canary@example.org", "key": "canary"},
}
SIZE_MAX = 8 * 1024 * 1024


@dataclass
class Polled:
    """One platform, its server, and a store; time is simulated."""

    board: PlayedBoard
    server: PlatformServer
    ports: Ports
    outside: Outside
    hurried: Outside
    now: datetime = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)

    @property
    def is_complete(self) -> bool:
        return PLATFORMS[self.board.platform].listing == "complete"

    async def add(self) -> Feed:
        found = await self.preview()
        assert found.board.platform == self.board.platform
        return await feed_adding.save(
            self.ports, found.platform, found.board, url=self.board.url, tried_at=found.as_of
        )

    async def preview(self) -> Preview:
        return await feed_previews.preview(self.ports, self.outside, self.board.url, person="ann")

    async def round(self) -> Feed:
        """One round, when it is due."""
        self.now += timedelta(days=8)
        (claimed,) = await feed_schedule.claim_due(self.ports, 10)
        slow = "slow" in (self.server.fault, *self.server.faults.values())
        outside = self.hurried if slow else self.outside
        return await feed_rounds.poll(self.ports, outside, claimed, lambda: 0.0)

    async def postings(self) -> dict[str, tuple[str, int]]:
        page = await self.ports.documents.find(POSTINGS, limit=1000)
        return {
            d.body["given"]["external_id"]: (d.body["status"], d.body["version"])
            for d in page.items
        }

    async def status_of(self, *jobs: int) -> set[str]:
        found = await self.postings()
        return {found[self.board.external_id(job)][0] for job in jobs}


@pytest.fixture(params=sorted(BOARDS))
async def polled(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Polled]:
    monkeypatch.setattr(way_out, "ANSWER_MAX_BYTES", SIZE_MAX)
    board = BOARDS[request.param]
    platform = PLATFORMS[board.platform]
    hurried = replace(platform, terms=replace(platform.terms, timeout_s=0.5))
    documents = SqliteDocuments(Database(tmp_path / "jobray.db"))
    await documents.open()
    unused = cast(Any, None)
    async with serving(board, tmp_path) as server:
        fetcher = HttpFetcher(
            clock=lambda: world.now,
            resolve=server.resolve,
            tls=client_tls(),
        )
        await fetcher.open()
        cache = MemoryCache(lambda: world.now.timestamp())
        ports = Ports(documents, unused, cache, unused, unused, unused, unused, lambda: world.now)
        outside = Outside(fetcher, CREDENTIALS)
        in_haste = Outside(fetcher, CREDENTIALS, {**PLATFORMS, board.platform: hurried})
        world = Polled(board, server, ports, outside, in_haste)
        yield world
        await fetcher.close()
    await documents.close()


async def test_a_pasted_address_becomes_postings_that_come_and_go(polled: Polled) -> None:
    board, server = polled.board, polled.server
    await polled.add()
    server.asked.clear()
    first = await polled.round()
    assert (first.last_error, first.last_items) == (None, board.jobs)
    everything = {board.external_id(job) for job in server.jobs}
    assert set(await polled.postings()) == everything
    assert len(server.asked) - len([path for path in server.asked if path == "/robots.txt"]) == (
        board.pages + (board.jobs if board.platform in ("smartrecruiters", "schema_org") else 0)
    )
    # Two are taken down: suspect, closed, and one of them is back.
    server.asked.clear()
    server.jobs = range(3, board.jobs + 1)
    assert (await polled.round()).failures == 0
    assert not {path for path in server.asked if path.endswith(("/postings/3", "/jobs/3"))}
    assert await polled.status_of(1, 2, 3) == {"submitted"}
    await polled.round()
    assert await polled.status_of(1, 2) == {"closed" if polled.is_complete else "submitted"}
    assert await polled.status_of(*server.jobs) == {"submitted"}
    server.jobs = range(2, board.jobs + 1)
    await polled.round()
    version = 2 if polled.is_complete else 1
    assert (await polled.postings())[board.external_id(2)] == ("submitted", version)


async def test_what_a_platform_does_wrong_closes_nothing(polled: Polled) -> None:
    board, server = polled.board, polled.server
    await polled.add()
    await polled.round()
    before = await polled.postings()
    for number, fault in enumerate(FAULTS, start=1):
        server.fault, server.jobs = fault, range(3, board.jobs + 1)
        feed = await polled.round()
        assert feed.failures == number, fault
        assert feed.last_error, fault
        assert await polled.postings() == before, fault
        if fault == "status 429":
            assert feed.next_at - polled.now == timedelta(days=1)
    assert "canary" not in str(feed)
    # And when it behaves again, it takes two rounds to close what is gone.
    server.fault = None
    assert (await polled.round()).failures == 0
    assert await polled.status_of(1, 2) == {"submitted"}
    await polled.round()
    assert await polled.status_of(1, 2) == {"closed" if polled.is_complete else "submitted"}


async def test_a_posting_that_turns_unreadable_is_still_listed(polled: Polled) -> None:
    board, server = polled.board, polled.server
    await polled.add()
    await polled.round()
    server.jobs, server.unreadable = range(2, board.jobs + 1), (2, 3)
    for _ in range(3):
        feed = await polled.round()
        assert (feed.failures, feed.last_items) == (0, board.jobs - 1)
    assert await polled.status_of(*server.jobs) == {"submitted"}
    assert await polled.status_of(1) == {"closed" if polled.is_complete else "submitted"}
    assert (await polled.postings())[board.external_id(2)] == ("submitted", 1)


SINGLE = {"smartrecruiters": "/v1/companies/acme/postings/2", "schema_org": "/jobs/2"}
"""The page of the second posting, of those that have one."""


@pytest.mark.parametrize("fault", ["status 500", "slow", "truncated", "not gzip", "bomb"])
@pytest.mark.parametrize("polled", SINGLE, indirect=True)
async def test_a_page_that_cannot_be_read_costs_only_itself(polled: Polled, fault: str) -> None:
    board, server = polled.board, polled.server
    await polled.add()
    server.faults = {SINGLE[board.platform]: fault}
    feed = await polled.round()
    second = board.external_id(2)
    assert "1 of the single postings could not be read: " in (feed.notice or "")
    assert (feed.failures, feed.last_items) == (0, board.jobs)
    everything = {board.external_id(job) for job in server.jobs}
    assert set(await polled.postings()) == everything - {second}
    server.faults = {}
    feed = await polled.round()
    assert (feed.notice, feed.failures) == (None, 0)
    assert set(await polled.postings()) == everything
    # It is known now, and looked at again: a fault takes nothing from it.
    server.faults, server.unreadable = {SINGLE[board.platform]: fault}, (2,)
    for _ in range(3):
        assert (await polled.round()).failures == 0
    assert await polled.status_of(*server.jobs) == {"submitted"}


@pytest.mark.parametrize("polled", SINGLE, indirect=True)
async def test_a_site_that_has_lost_its_pages_closes_nothing(polled: Polled) -> None:
    board, server = polled.board, polled.server
    await polled.add()
    await polled.round()
    path, everything = SINGLE[board.platform], server.jobs
    # Each is looked at again: it is time to, or the list says something else of it.
    polled.now += timedelta(days=14)
    server.unreadable = everything
    server.faults = {path.removesuffix("2") + str(job): "status 404" for job in everything}
    for number in range(1, 4):
        feed = await polled.round()
        assert feed.failures == number
        assert "their pages are gone" in (feed.last_error or "")
    assert await polled.status_of(*everything) == {"submitted"}


@pytest.mark.parametrize("polled", ["greenhouse"], indirect=True)
async def test_answers_are_read_however_they_are_packed(polled: Polled) -> None:
    await polled.add()
    for count, coding in enumerate(CODINGS, start=1):
        polled.server.coding, polled.server.jobs = coding, range(1, count + 1)
        feed = await polled.round()
        assert (feed.last_error, feed.last_items) == (None, count), coding


async def test_a_board_is_asked_once_for_all_who_look_at_it(polled: Polled) -> None:
    await polled.preview()
    asked = list(polled.server.asked)
    polled.now += timedelta(seconds=30)
    assert (await polled.preview()).age_s == 30
    await polled.add()
    assert polled.server.asked == asked
    await polled.round()
    polled.server.asked.clear()
    assert (await polled.preview()).count == polled.board.jobs
    assert polled.server.asked == []


@pytest.mark.parametrize(
    "polled", [name for name, board in BOARDS.items() if board.pages > 1], indirect=True
)
async def test_pages_that_never_end_are_left(polled: Polled) -> None:
    server = polled.server
    await polled.add()
    await polled.round()
    before = await polled.postings()
    server.stuck = True
    server.asked.clear()
    for _ in range(3):
        await polled.round()
    assert len(server.asked) <= 3 * 3
    assert await polled.postings() == before


@pytest.mark.parametrize("polled", ["adzuna", "usajobs"], indirect=True)
async def test_credentials_are_in_no_document(polled: Polled) -> None:
    await polled.add()
    await polled.round()
    for collection in COLLECTIONS:
        found = await polled.ports.documents.find(collection, limit=1000)
        assert "canary" not in str(found.items)


@pytest.mark.parametrize("polled", ["schema_org"], indirect=True)
async def test_pages_for_people_are_read_as_their_robots_allow(polled: Polled) -> None:
    await polled.add()
    polled.server.robots = "User-agent: jobray\nDisallow: /jobs/1\n"
    feed = await polled.round()
    assert feed.failures == 0
    missing = {polled.board.external_id(1)}
    assert (
        set(await polled.postings())
        == {polled.board.external_id(job) for job in polled.server.jobs} - missing
    )
    # Known ones that are closed to us later stay as they were; that is told.
    polled.server.robots = "User-agent: *\nDisallow: /jobs/\n"
    for _ in range(3):
        feed = await polled.round()
        assert (feed.failures, feed.last_items) == (0, polled.board.jobs)
        assert "robots.txt does not allow it" in (feed.notice or "")
    assert "closed" not in {status for status, _ in (await polled.postings()).values()}
    polled.server.robots = "User-agent: *\nDisallow: /\n"
    feed = await polled.round()
    assert "robots.txt" in (feed.last_error or "")
    assert "closed" not in {status for status, _ in (await polled.postings()).values()}
