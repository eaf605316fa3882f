"""A board becomes a feed: once, with its platform's terms, and one person's."""

from typing import Any

import pytest

from backends.documents.collections import FEEDS
from models.errors import Conflict, InvalidInput
from services.polling import feed_adding
from services.ports import Ports
from sources.platform import Board
from tests.polled import BOARD_URL, GUARDED, HOST, TINY
from tests.unit.services.polling.added_feeds import added, stored


async def test_what_is_polled_already_keeps_its_state_and_takes_the_interval(ports: Ports) -> None:
    first = await added(ports, interval_s=600)
    again = await added(ports, interval_s=900)
    assert again == first.model_copy(update={"interval_s": 900}) == await stored(ports)
    assert await added(ports) == again
    shouted = Board("tiny", "ACME", HOST, "Acme")
    same = await feed_adding.save(ports, TINY, shouted, url=BOARD_URL)
    assert same.id == first.id


@pytest.mark.parametrize("interval_s", [59, 10**7])
async def test_an_interval_that_cannot_be(ports: Ports, interval_s: int) -> None:
    with pytest.raises(InvalidInput) as refused:
        await added(ports, interval_s=interval_s)
    assert [error.pointer for error in refused.value.errors] == ["/interval_s"]
    assert await ports.documents.count(FEEDS) == 0


async def test_a_board_is_one_persons(ports: Ports) -> None:
    first = await added(ports, added_by="ann")
    with pytest.raises(Conflict, match="polled already"):
        await added(ports, added_by="ben")
    assert (await added(ports, added_by="ann")).id == first.id
    assert (await added(ports, interval_s=700)).added_by == "ann"


async def test_a_person_has_so_many_at_most(ports: Ports, monkeypatch: Any) -> None:
    monkeypatch.setattr(feed_adding, "FEEDS_OF_ONE_PERSON", 2)

    async def add(token: str, who: str | None) -> None:
        board = Board("tiny", token, HOST, "")
        await feed_adding.save(ports, TINY, board, url=f"{HOST}/{token}", added_by=who)

    for token in "ab":
        await add(token, "ann")
    with pytest.raises(Conflict, match="2 sources already"):
        await add("c", "ann")
    await add("c", None)


async def test_credentials_in_a_pasted_address_are_not_kept(ports: Ports) -> None:
    board = Board("guarded", "acme", HOST, "Acme")
    feed = await feed_adding.save(ports, GUARDED, board, url=f"{BOARD_URL}?q=a&KEY=canary#x")
    assert feed.url == f"{BOARD_URL}?q=a#x"
