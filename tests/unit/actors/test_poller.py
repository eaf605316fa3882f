"""The poller against a server on the loopback: real requests, real failures, simulated time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from aiohttp import web

from actors.poller import Poller
from backends.documents.collections import FEEDS, POSTINGS
from backends.documents.sqlite import SqliteDocuments
from backends.fetch.http import FetchLimits, HttpFetcher
from backends.sqlite import Database
from models.errors import Unavailable
from models.feed import Feed
from models.posting import Derived, Given, Status
from services.intake import postings
from services.polling import feed_adding, feed_schedule, feeds
from services.ports import Ports
from sources.formats import rss
from sources.platform import Board as PolledBoard
from tests.databases import new_database
from tests.polled import outside_of


@dataclass
class Clock:
    now: datetime = field(default_factory=lambda: datetime(2026, 11, 21, 9, 30, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Board:
    """A job board: what it answers, and what it was asked."""

    url: str = ""
    titles: list[str] = field(default_factory=lambda: ["Cook"])
    status: int = 200
    html: bool = False
    hold: asyncio.Event | None = None
    conditions: list[str | None] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        self.conditions.append(request.headers.get("If-None-Match"))
        if self.hold:
            await self.hold.wait()
        if self.html:
            return web.Response(text="<html><p>Gone</html>", content_type="text/html")
        etag = f'"{len(self.titles)}"'
        if self.conditions[-1] == etag:
            return web.Response(status=304, headers={"ETag": etag})
        items = "".join(
            f"<item><title>{t} — Acme</title><guid>{t}</guid></item>" for t in self.titles
        )
        text = f"<rss><channel><title>x</title>{items}</channel></rss>"
        return web.Response(status=self.status, text=text, headers={"ETag": etag})


@pytest.fixture
async def board() -> AsyncIterator[Board]:
    board = Board()
    app = web.Application()
    app.router.add_get("/{name}", board.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    board.url = f"http://{host}:{port}"
    yield board
    await runner.cleanup()


@pytest.fixture
async def ports(tmp_path: Path) -> AsyncIterator[Ports]:
    """The poller touches only the documents and the clock."""
    documents = SqliteDocuments(new_database(tmp_path / "jobray.db"))
    await documents.open()
    unused = cast(Any, None)
    yield Ports(documents, unused, unused, unused, unused, unused, unused, Clock())
    await documents.close()


@pytest.fixture
async def poller(ports: Ports) -> AsyncIterator[Poller]:
    fetcher = HttpFetcher(limits=FetchLimits(time_s=5), allow_private=True)
    poller = Poller(ports, outside_of(fetcher), tick_s=0.01, chance=lambda: 0.0)
    await poller.recover()
    yield poller
    await poller.stop()


async def add(ports: Ports, url: str) -> None:
    """Poll this RSS feed every minute."""
    board = PolledBoard("rss", url, "127.0.0.1", "Acme")
    platform = outside_of(None).platforms[rss.NAME]
    await feed_adding.save(ports, platform, board, url=url, interval_s=60)


def advance(ports: Ports, seconds: float) -> None:
    cast(Clock, ports.clock).now += timedelta(seconds=seconds)


async def until(holds: Callable[[], Awaitable[Any]]) -> None:
    """Wait for what a running poller does, at most 5 s."""
    for _ in range(500):
        if await holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came")


async def answered(requests: list[str | None]) -> int:
    return len(requests)


async def in_flight(poller: Poller, polls: int) -> bool:
    return poller.status()[1] == {"feed_polls_in_flight": polls}


async def health(ports: Ports) -> Feed:
    return await anext(feeds.every(ports))


async def test_a_feed_is_polled_when_it_is_due(ports: Ports, poller: Poller, board: Board) -> None:
    await add(ports, f"{board.url}/a")
    assert [await poller.step(), await poller.step()] == [1, 0]
    advance(ports, 60)
    board.titles.append("Waiter")
    assert await poller.step() == 1
    advance(ports, 60)
    assert await poller.step() == 1
    assert board.conditions == [None, '"1"', '"2"']
    assert await ports.documents.count(POSTINGS) == 2
    assert (await health(ports)).last_ok_at == ports.clock()
    assert poller.status() == (
        {"feed_polls": 3, "feed_failures": 0, "feed_crashes": 0, "postings_expired": 0},
        {"feed_polls_in_flight": 0},
    )


@pytest.mark.parametrize("fault", [{"status": 500}, {"html": True}])
async def test_a_failure_keeps_everything_and_comes_back_later(
    ports: Ports, poller: Poller, board: Board, fault: dict[str, Any]
) -> None:
    await add(ports, f"{board.url}/a")
    await poller.step()
    before = (await ports.documents.find(POSTINGS)).items
    board.titles.append("Waiter")
    for name, value in fault.items():
        setattr(board, name, value)
    advance(ports, 60)
    await poller.step()
    assert (await ports.documents.find(POSTINGS)).items == before
    failed = await health(ports)
    assert (failed.failures, failed.last_error is None) == (1, False)
    assert poller.status()[0]["feed_failures"] == 1
    board.status, board.html = 200, False
    advance(ports, 60)
    assert await poller.step() == 1
    assert (await health(ports)).failures == 0
    assert await ports.documents.count(POSTINGS) == 2


async def test_a_server_that_is_gone_is_a_failure(ports: Ports, poller: Poller) -> None:
    await add(ports, "http://127.0.0.1:9/feed")
    await poller.step()
    assert "ConnectError" in ((await health(ports)).last_error or "")


async def test_schedules_survive_the_poller(ports: Ports, poller: Poller, board: Board) -> None:
    await add(ports, f"{board.url}/a")
    await poller.step()
    again = Poller(ports, outside_of(HttpFetcher(allow_private=True)), chance=lambda: 0.0)
    await again.recover()
    assert await again.step() == 0
    advance(ports, 60)
    assert await again.step() == 1
    assert board.conditions == [None, '"1"']
    await again.stop()


async def test_two_pollers_fetch_each_feed_once(ports: Ports, poller: Poller, board: Board) -> None:
    for number in range(6):
        await add(ports, f"{board.url}/{number}")
    other = Poller(ports, outside_of(HttpFetcher(allow_private=True)))
    await other.recover()
    assert sum(await asyncio.gather(poller.step(), other.step())) == 6
    assert len(board.conditions) == 6
    await other.stop()


async def test_run_picks_up_a_new_feed_and_a_slow_one_holds_up_nobody(
    ports: Ports, poller: Poller, board: Board
) -> None:
    board.hold = asyncio.Event()
    await add(ports, f"{board.url}/slow")
    running = asyncio.create_task(poller.run())
    await until(lambda: answered(board.conditions))
    board.hold, held = None, board.hold
    await add(ports, f"{board.url}/quick")
    await until(lambda: ports.documents.count(POSTINGS))
    await until(lambda: in_flight(poller, 1))
    assert held is not None
    held.set()
    await poller.stop()
    await running
    assert [f.failures async for f in feeds.every(ports)] == [0, 0]
    assert [f.last_items async for f in feeds.every(ports)] == [1, 1]


class FlakyDocuments(SqliteDocuments):
    """A store that cannot be reached, or breaks, for the collections that are named."""

    faults: dict[str, Exception]

    async def find(self, collection: Any, *args: Any, **options: Any) -> Any:
        if collection.name in self.faults:
            raise self.faults[collection.name]
        return await super().find(collection, *args, **options)


@pytest.mark.parametrize(
    "fault, crashes", [(Unavailable("the store is away"), 0), (RuntimeError("a bug"), 1)]
)
async def test_the_poller_outlives_a_fault_and_tries_again_after_the_lease(
    tmp_path: Path, ports: Ports, board: Board, fault: Exception, crashes: int
) -> None:
    documents = FlakyDocuments(Database(tmp_path / "jobray.db"))
    documents.faults = {POSTINGS.name: fault}
    await documents.open()
    flaky = Ports(documents, *(getattr(ports, n) for n in Ports.__slots__[1:]))
    poller = Poller(flaky, outside_of(HttpFetcher(allow_private=True)), tick_s=0.01)
    await poller.recover()
    await add(flaky, f"{board.url}/a")
    assert await poller.step() == 1
    assert poller.status()[0]["feed_crashes"] == crashes
    documents.faults = {FEEDS.name: Unavailable("the store is away")}
    running = asyncio.create_task(poller.run())
    await asyncio.sleep(0.05)
    assert not running.done()
    documents.faults = {}
    advance(ports, feed_schedule.LEASE.total_seconds())
    await until(lambda: documents.count(POSTINGS))
    await poller.stop()
    await running
    await documents.close()


async def test_postings_whose_date_has_passed_are_closed_within_a_minute(
    ports: Ports, poller: Poller
) -> None:
    async def expiring(after_s: float) -> str:
        until = ports.clock() + timedelta(seconds=after_s)
        given = Given(title="Cook", company="Acme", closes_at=until)
        posting = await postings.submit(ports, owner_id="ann", given=given, source="api")
        body = posting.model_copy(update={"status": Status.PUBLISHED}).model_dump(mode="json")
        await ports.documents.replace(POSTINGS, posting.id, body, expected_version=1)
        return posting.id

    async def closed(id_: str) -> bool:
        found = await ports.documents.get(POSTINGS, id_)
        return bool(found.body["status"] == "closed")

    first, second = await expiring(-1), await expiring(30)
    await poller.expire()
    assert (await closed(first), await closed(second)) == (True, False)
    advance(ports, 59)
    await poller.expire()
    assert not await closed(second)
    advance(ports, 1)
    running = asyncio.create_task(poller.run())
    await until(lambda: closed(second))
    await poller.stop()
    await running
    assert poller.status()[0]["postings_expired"] == 2


async def test_postings_end_with_the_last_day_of_their_texts(ports: Ports, poller: Poller) -> None:
    given = Given(title="Cook", company="Acme")
    posting = await postings.submit(ports, owner_id="ann", given=given, source="api")
    derived = Derived(html="", text="", closes_on=ports.clock().date())
    read = posting.model_copy(update={"status": Status.PUBLISHED, "derived": derived})
    await ports.documents.replace(
        POSTINGS, posting.id, read.model_dump(mode="json"), expected_version=1
    )

    async def status() -> str:
        return str((await ports.documents.get(POSTINGS, posting.id)).body["status"])

    await poller.expire()
    advance(ports, 24 * 3600)
    await poller.expire()
    assert await status() == "published"
    advance(ports, 3 * 3600)
    await poller.expire()
    assert await status() == "closed"
    assert poller.status()[0]["postings_expired"] == 1
