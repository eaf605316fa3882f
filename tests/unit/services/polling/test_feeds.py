"""Feeds as people handle them: who may, and what becomes of a feed that is changed or removed."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from backends.documents.collections import FEED_ITEMS, FEEDS
from backends.fetch.base import FetchFailed
from models.errors import Conflict, DomainError, InvalidInput, NotFound
from services.polling import feed_adding, feed_rounds, feed_schedule, feeds
from services.ports import Ports
from sources.platform import Board
from tests.polled import HOST, PAGE_1, TINY, ScriptedFetcher, listing, outside_of
from tests.unit.services.polling.added_feeds import added, postings, rounds, stored

WAY = outside_of(ScriptedFetcher({PAGE_1: listing("1")}))


async def poll(ports: Ports) -> None:
    (claimed,) = await feed_schedule.claim_due(ports, 1)
    await feed_rounds.poll(ports, WAY, claimed, lambda: 0.0)


VERBS: dict[str, Callable[..., Awaitable[Any]]] = {
    "read": lambda ports, id_, who: feeds.read(ports, id_, manager=who),
    "revise": lambda ports, id_, who: feeds.revise(ports, WAY, id_, manager=who, interval_s=600),
    "pause": lambda ports, id_, who: feeds.pause(ports, id_, manager=who),
    "resume": lambda ports, id_, who: feeds.resume(ports, id_, manager=who),
    "run": lambda ports, id_, who: feeds.run(ports, WAY, id_, manager=who),
    "remove": lambda ports, id_, who: feeds.remove(ports, id_, manager=who),
}


@pytest.mark.parametrize("verb", VERBS)
async def test_a_person_manages_his_own(ports: Ports, verb: str) -> None:
    feed = await added(ports, added_by="ann")
    before = await ports.documents.get(FEEDS, feed.id)
    with pytest.raises(NotFound):
        await VERBS[verb](ports, feed.id, "ben")
    with pytest.raises(NotFound):
        await VERBS[verb](ports, "00000000-0000-8000-8000-000000000000", None)
    assert await ports.documents.get(FEEDS, feed.id) == before
    await VERBS[verb](ports, feed.id, "ann")


async def test_a_page_shows_a_person_his_own(ports: Ports, clock: Any) -> None:
    for token, owner in (("a", "ann"), ("b", "ben"), ("c", "ann")):
        clock.advance(1)
        board = Board("tiny", token, HOST, "")
        await feed_adding.save(ports, TINY, board, url=f"{HOST}/{token}", added_by=owner)
    mine, after = await feeds.page(ports, manager="ann", limit=10, after=None)
    assert ([feed.token for feed in mine], after) == (["c", "a"], None)
    first, after = await feeds.page(ports, manager=None, limit=2, after=None)
    last, end = await feeds.page(ports, manager=None, limit=2, after=after)
    assert [feed.token for feed in (*first, *last)] == ["c", "b", "a"]
    assert end is None


async def test_an_interval_is_the_platforms_at_least(ports: Ports) -> None:
    feed = await added(ports)
    for interval_s in (59, 10**7):
        with pytest.raises(InvalidInput, match="not valid"):
            await feeds.revise(ports, WAY, feed.id, manager=None, interval_s=interval_s)
    await rounds(ports, listing("1"))
    await feeds.revise(ports, WAY, feed.id, manager=None, interval_s=3600)
    shorter = await feeds.revise(ports, WAY, feed.id, manager=None, interval_s=61)
    assert shorter.interval_s == 61
    assert (shorter.next_at - ports.clock()).total_seconds() <= 61


async def test_another_company_is_read_into_the_postings(ports: Ports) -> None:
    feed = await added(ports)
    await rounds(ports, listing("1"))
    await feeds.revise(ports, WAY, feed.id, manager=None, company="Other")
    await rounds(ports, listing("1"))
    assert await postings(ports) == {"1": ("submitted", 2)}


async def test_a_run_too_soon_is_refused(ports: Ports, clock: Any) -> None:
    feed = await added(ports)
    await rounds(ports, listing("1"))
    clock.advance(30)
    with pytest.raises(Conflict, match="Tiny may be asked again in 30 s") as refused:
        await feeds.run(ports, WAY, feed.id, manager=None)
    assert refused.value.retry_after_s == 30
    clock.advance(30)
    assert (await feeds.run(ports, WAY, feed.id, manager=None)).by_hand


SLOW_DOWN = FetchFailed("status 429", answered=429, retry_after_s=6 * 3600)


async def test_nobody_brings_forward_when_a_host_may_be_asked_again(
    ports: Ports, clock: Any
) -> None:
    feed = await added(ports, interval_s=600)
    _, refused = await rounds(ports, listing("1"), SLOW_DOWN)
    quiet_until = refused.next_at
    assert quiet_until - clock.now == timedelta(hours=6)
    clock.advance(3600)
    revised = await feeds.revise(ports, WAY, feed.id, manager=None, interval_s=61)
    assert (revised.next_at, revised.interval_s) == (quiet_until, 61)
    await feeds.pause(ports, feed.id, manager=None)
    assert (await feeds.resume(ports, feed.id, manager=None)).next_at == quiet_until
    with pytest.raises(Conflict, match="Tiny may be asked again in 18000 s") as conflict:
        await feeds.run(ports, WAY, feed.id, manager=None)
    assert conflict.value.retry_after_s == 18_000
    await feeds.remove(ports, feed.id, manager=None)
    assert (await added(ports)).next_at == quiet_until
    clock.now = quiet_until
    await feeds.run(ports, WAY, feed.id, manager=None)
    (well,) = await rounds(ports, listing("1"))
    assert (well.failures, well.quiet_until) == (0, None)


async def test_a_run_asked_for_while_the_host_wants_quiet_waits_for_it(
    ports: Ports, clock: Any
) -> None:
    feed = await added(ports)
    (claimed,) = await feed_schedule.claim_due(ports, 1)
    await feeds.run(ports, WAY, feed.id, manager=None)
    way = outside_of(ScriptedFetcher({PAGE_1: SLOW_DOWN}))
    ended = await feed_rounds.poll(ports, way, claimed, lambda: 0.0)
    assert (ended.by_hand, ended.next_at - clock.now) == (True, timedelta(hours=6))


async def test_a_change_keeps_what_a_failed_feed_waits(ports: Ports) -> None:
    feed = await added(ports)
    failed = (await rounds(ports, *[FetchFailed("no")] * 5))[-1]
    revised = await feeds.revise(ports, WAY, feed.id, manager=None, interval_s=60)
    assert revised.next_at == failed.next_at


async def test_a_feed_that_was_looked_at_while_it_paused_is_not_asked_too_soon(
    ports: Ports, clock: Any
) -> None:
    feed = await added(ports)
    await rounds(ports, listing("1"))
    await feeds.pause(ports, feed.id, manager=None)
    clock.advance(3600)
    later = clock.now + timedelta(seconds=90)
    await feed_schedule.change(
        ports, feed.id, lambda stored: stored.model_copy(update={"not_before": later})
    )
    assert (await feeds.resume(ports, feed.id, manager=None)).next_at == later


async def test_a_removed_feed_closes_its_postings_and_is_gone(ports: Ports) -> None:
    feed = await added(ports)
    many = [str(number) for number in range(250)]
    await rounds(ports, listing(*many))
    await feeds.remove(ports, feed.id, manager=None)
    assert [feed async for feed in feeds.every(ports)] == []
    assert await feeds.page(ports, manager=None, limit=10, after=None) == ([], None)
    with pytest.raises(NotFound):
        await feeds.read(ports, feed.id, manager=None)
    await poll(ports)
    assert {status for status, _ in (await postings(ports)).values()} == {"closed"}
    assert await ports.documents.count(FEED_ITEMS) == await ports.documents.count(FEEDS) == 0


async def test_a_removal_that_was_interrupted_is_finished(ports: Ports, clock: Any) -> None:
    feed = await added(ports)
    await rounds(ports, listing("1"))
    await feeds.remove(ports, feed.id, manager=None)
    assert len(await feed_schedule.claim_due(ports, 1)) == 1  # and this poller dies
    clock.advance(feed_schedule.LEASE.total_seconds())
    await poll(ports)
    assert await ports.documents.count(FEEDS) == 0


async def test_a_removed_feed_that_is_added_again_comes_back(ports: Ports) -> None:
    feed = await added(ports)
    await rounds(ports, listing("1"))
    await feeds.remove(ports, feed.id, manager=None)
    (claimed,) = await feed_schedule.claim_due(ports, 1)
    await added(ports, added_by="ann")
    assert await feed_schedule.claim_due(ports, 1) == []  # while its postings are being closed
    await feeds.erase(ports, claimed)
    assert (await postings(ports))["1"] == ("closed", 1)
    assert ((await stored(ports)).removed_at, (await stored(ports)).added_by) == (None, "ann")
    await poll(ports)
    assert (await postings(ports))["1"] == ("submitted", 2)


async def test_a_removed_feed_is_not_changed(ports: Ports) -> None:
    feed = await added(ports)
    await feeds.remove(ports, feed.id, manager=None)
    for verb in VERBS.values():
        with pytest.raises(DomainError):
            await verb(ports, feed.id, None)
