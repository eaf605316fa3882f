"""All sixteen platforms over HTTPS, from the pasted address to stored postings, and what becomes of
those when a platform misbehaves."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from backends.documents.collections import COLLECTIONS, POSTINGS
from backends.documents.sqlite import SqliteDocuments
from backends.fetch.http import HttpFetcher
from backends.sqlite import Database
from models.feed import Feed
from services.polling import feed_adding, feed_previews, feed_rounds, feed_schedule
from services.polling import outside as way_out
from services.polling.outside import Outside
from services.ports import Ports
from sources.platforms import PLATFORMS
from tests.platform_boards import BOARDS, PlayedBoard
from tests.platform_server import FAULTS, PlatformServer, client_tls, serving

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
        found = await feed_previews.preview(self.outside, self.board.url)
        assert found.board.platform == self.board.platform
        return await feed_adding.save(self.ports, found.platform, found.board, url=self.board.url)

    async def round(self) -> Feed:
        """One round, when it is due."""
        self.now += timedelta(days=8)
        (claimed,) = await feed_schedule.claim_due(self.ports, 10)
        outside = self.hurried if self.server.fault == "slow" else self.outside
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
        ports = Ports(documents, unused, unused, unused, unused, unused, unused, lambda: world.now)
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
    polled.server.robots = "User-agent: *\nDisallow: /\n"
    feed = await polled.round()
    assert "robots.txt" in (feed.last_error or "")
    assert "closed" not in {status for status, _ in (await polled.postings()).values()}
