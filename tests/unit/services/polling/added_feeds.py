"""Rounds of one feed in simulated time: what the tests of feeds have in common."""

from typing import Any

from backends.documents.collections import FEED_ITEMS, FEEDS, POSTINGS
from models.feed import Feed, FeedItem
from services.polling import feed_adding, feed_rounds, feed_schedule
from services.polling.answers import CAPS, Caps
from services.ports import Ports
from sources.platform import Platform
from tests.polled import BOARD_URL, PAGE_1, TINY, Said, ScriptedFetcher, outside_of


async def added(ports: Ports, platform: Platform = TINY, **options: Any) -> Feed:
    """The feed of Tiny's board `acme`."""
    board = TINY.recognise(BOARD_URL)
    assert board is not None
    board = type(board)(platform.name, board.token, board.host, board.company)
    return await feed_adding.save(ports, platform, board, url=BOARD_URL, **options)


async def rounds(
    ports: Ports,
    *answers: Said,
    platform: Platform = TINY,
    chance: float = 0.0,
    caps: Caps = CAPS,
    fetcher: ScriptedFetcher | None = None,
) -> list[Feed]:
    """Poll the one feed once for each answer of its first page, each time when it is due."""
    fetcher = fetcher or ScriptedFetcher()
    outside = outside_of(fetcher, platform)
    clock: Any = ports.clock
    polled = []
    for answer in answers:
        fetcher.answers[PAGE_1] = answer
        clock.now = max(clock.now, (await stored(ports)).next_at)
        (claimed,) = await feed_schedule.claim_due(ports, 10)
        polled.append(await feed_rounds.poll(ports, outside, claimed, lambda: chance, caps=caps))
    return polled


async def stored(ports: Ports) -> Feed:
    return Feed.model_validate((await ports.documents.find(FEEDS)).items[0].body)


async def postings(ports: Ports) -> dict[str, tuple[str, int]]:
    """Status and version of every posting, by its external id."""
    page = await ports.documents.find(POSTINGS, limit=1000)
    return {
        d.body["given"]["external_id"]: (d.body["status"], d.body["version"]) for d in page.items
    }


async def items(ports: Ports) -> dict[str, FeedItem]:
    page = await ports.documents.find(FEED_ITEMS, limit=1000)
    found = [FeedItem.model_validate(document.body) for document in page.items]
    return {item.external_id: item for item in found}
