"""When feeds are polled, and that no two pollers ever have one feed at the same time."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from backends.fetch.base import FetchFailed, NotAsked
from models.errors import NotFound
from models.feed import Feed
from services.polling import feed_adding, feed_rounds, feed_schedule, feeds
from services.ports import Ports
from sources.platform import Board
from tests.polled import HOST, PAGE_1, TINY, ScriptedFetcher, detail_url, listing, outside_of
from tests.unit.services.polling.added_feeds import added, rounds, stored

WAY = outside_of(ScriptedFetcher())


async def many(ports: Ports, *tokens: str) -> list[Feed]:
    return [
        await feed_adding.save(ports, TINY, Board("tiny", token, HOST, ""), url=f"{HOST}/{token}")
        for token in tokens
    ]


async def test_an_added_feed_is_due_at_once(ports: Ports) -> None:
    feed = await added(ports)
    assert feed == await stored(ports)
    assert feed.next_at == ports.clock()


async def test_two_pollers_never_claim_one_feed(ports: Ports) -> None:
    await many(ports, *(f"t{number}" for number in range(20)))
    first = await feed_schedule.claim_due(ports, 15)
    second = await feed_schedule.claim_due(ports, 15)
    ids = [feed.id for feed in (*first, *second)]
    assert len(ids) == len(set(ids)) == 20
    assert await feed_schedule.claim_due(ports, 15) == []


async def test_the_longest_due_come_first(ports: Ports, clock: Any) -> None:
    begin: datetime = clock.now
    for minutes in (2, 0, 1):
        clock.now = begin + timedelta(minutes=minutes)
        await many(ports, f"t{minutes}")
    clock.now = begin + timedelta(minutes=1)
    claimed = await feed_schedule.claim_due(ports, 10)
    assert [feed.token for feed in claimed] == ["t0", "t1"]
    assert {feed.next_at for feed in claimed} == {clock.now + feed_schedule.LEASE}


@pytest.mark.parametrize("chance, share", [(0.0, 0.5), (0.999999, 1.0)])
async def test_failures_wait_longer_each_time(ports: Ports, chance: float, share: float) -> None:
    await added(ports, interval_s=600)
    polled = await rounds(ports, *[FetchFailed("no")] * 9, chance=chance)
    waits = [(f.next_at - f.last_error_at).total_seconds() for f in polled if f.last_error_at]
    expected = [min(86_400, 600 * 2**n * share) for n in range(1, 10)]
    assert waits == pytest.approx(expected, rel=1e-4)
    assert polled[-1].failures == 9


async def test_a_good_round_ends_the_waiting(ports: Ports) -> None:
    await added(ports)
    bad, well = await rounds(ports, FetchFailed("no"), listing("1"))
    assert (well.last_error, well.failures) == (None, 0)
    assert well.last_error_at == bad.last_error_at


async def test_the_servers_own_wish_is_obeyed(ports: Ports) -> None:
    await added(ports)
    (polled,) = await rounds(ports, FetchFailed("status 429", answered=429, retry_after_s=3600))
    assert polled.next_at - ports.clock() == timedelta(hours=1)


async def test_a_round_that_was_not_made_is_no_failure(ports: Ports, clock: Any) -> None:
    """The fetcher still has a promise to keep: the platform was not asked."""
    await added(ports, interval_s=3600)
    fetcher = ScriptedFetcher()
    _, waits = await rounds(
        ports, listing("1"), NotAsked("too soon", retry_after_s=4), fetcher=fetcher
    )
    assert waits.next_at - clock.now == timedelta(seconds=4)
    assert (waits.failures, waits.last_error, waits.last_error_at) == (0, None, None)
    (failed,) = await rounds(ports, FetchFailed("no"), fetcher=fetcher)
    (waits,) = await rounds(ports, NotAsked("too soon", retry_after_s=4), fetcher=fetcher)
    assert (waits.failures, waits.last_error) == (1, "no")
    assert waits.next_at - clock.now == timedelta(seconds=4)
    assert waits.last_error_at == failed.last_error_at


async def test_a_round_that_a_person_asked_for_and_was_not_made_is_still_to_come(
    ports: Ports, clock: Any
) -> None:
    feed = await added(ports)
    await rounds(ports, listing(*"123456"))
    await feeds.pause(ports, feed.id, manager=None)
    clock.advance(60)
    await feeds.run(ports, WAY, feed.id, manager=None)
    (waits,) = await rounds(ports, NotAsked("too soon", retry_after_s=4))
    assert (waits.by_hand, waits.next_at - clock.now) == (True, timedelta(seconds=4))
    (by_hand,) = await rounds(ports, listing("1"))
    assert (by_hand.drop, by_hand.by_hand, by_hand.next_at) == (None, False, feed_schedule.NEVER)


async def test_single_postings_that_may_not_be_asked_for_put_the_round_off(
    ports: Ports, clock: Any
) -> None:
    await added(ports)
    fetcher = ScriptedFetcher({detail_url("1"): NotAsked("too soon", retry_after_s=4)})
    listed = listing(pending=[{"id": "1", "mark": "a"}])
    (waits,) = await rounds(ports, listed, fetcher=fetcher)
    assert (waits.failures, waits.next_at - clock.now) == (0, timedelta(seconds=4))


async def test_a_host_that_told_one_feed_to_wait_told_them_all(ports: Ports, clock: Any) -> None:
    """Also where the fetcher that heard it is gone: after a restart, in another process."""
    await many(ports, "a", "b")
    first, second = await feed_schedule.claim_due(ports, 2)
    fetcher = ScriptedFetcher(
        {
            f"https://{HOST}/api/{first.token}/1": FetchFailed(
                "status 429", answered=429, retry_after_s=3600
            ),
            f"https://{HOST}/api/{second.token}/1": listing("1"),
        }
    )
    way = outside_of(fetcher)
    await feed_rounds.poll(ports, way, first, lambda: 0.0)
    waits = await feed_rounds.poll(ports, way, second, lambda: 0.0)
    assert (len(fetcher.asked), waits.failures) == (1, 0)
    assert waits.next_at - clock.now == timedelta(hours=1)
    clock.advance(3600)
    claimed = await feed_schedule.claim_due(ports, 2)
    fetcher.answers = dict.fromkeys(fetcher.answers, listing("1"))
    polled = [await feed_rounds.poll(ports, way, feed, lambda: 0.0) for feed in claimed]
    assert [(feed.failures, feed.last_items) for feed in polled] == [(0, 1)] * 2


async def test_polls_are_spread(ports: Ports) -> None:
    await added(ports, interval_s=1000)
    (polled,) = await rounds(ports, listing("1"), chance=0.5)
    assert polled.next_at - ports.clock() == timedelta(seconds=1025)


async def test_a_paused_feed_is_never_due(ports: Ports, clock: Any) -> None:
    feed = await added(ports)
    assert (await feeds.pause(ports, feed.id, manager=None)).paused
    clock.advance(10**8)
    assert await feed_schedule.claim_due(ports, 1) == []
    await feeds.resume(ports, feed.id, manager=None)
    assert [claimed.id for claimed in await feed_schedule.claim_due(ports, 1)] == [feed.id]


async def test_pausing_and_resuming_brings_no_round_too_soon(ports: Ports, clock: Any) -> None:
    feed = await added(ports, interval_s=600)
    await rounds(ports, listing("1"))
    clock.advance(60)
    await feeds.pause(ports, feed.id, manager=None)
    resumed = await feeds.resume(ports, feed.id, manager=None)
    assert resumed.next_at - clock.now == timedelta(seconds=540)


async def test_a_run_of_a_paused_feed_is_one_round(ports: Ports, clock: Any) -> None:
    feed = await added(ports)
    await feeds.pause(ports, feed.id, manager=None)
    await feeds.run(ports, WAY, feed.id, manager=None)
    (polled,) = await rounds(ports, listing("1"))
    assert (polled.last_items, polled.paused, polled.by_hand) == (1, True, False)
    clock.advance(10**8)
    assert await feed_schedule.claim_due(ports, 1) == []


async def test_what_people_change_during_a_round_stays(ports: Ports, clock: Any) -> None:
    feed = await added(ports)
    (claimed,) = await feed_schedule.claim_due(ports, 1)
    await feeds.revise(ports, WAY, feed.id, manager=None, interval_s=7200)
    await feeds.pause(ports, feed.id, manager=None)
    assert await feed_schedule.claim_due(ports, 1) == []
    ended = await feed_schedule.finish(
        ports, claimed, lambda f: f.model_copy(update={"last_items": 3})
    )
    assert (ended.interval_s, ended.paused, ended.last_items) == (7200, True, 3)
    clock.advance(10**8)
    assert await feed_schedule.claim_due(ports, 1) == []


async def test_a_run_asked_for_during_a_round_follows_it(ports: Ports) -> None:
    feed = await added(ports)
    (claimed,) = await feed_schedule.claim_due(ports, 1)
    await feeds.run(ports, WAY, feed.id, manager=None)
    assert await feed_schedule.claim_due(ports, 1) == []
    await feed_schedule.finish(
        ports, claimed, lambda f: f.model_copy(update={"next_at": f.next_at})
    )
    (again,) = await feed_schedule.claim_due(ports, 1)
    assert again.lease is not None
    assert again.lease.by_hand


async def test_a_keeper_that_comes_too_late_stops_the_round(ports: Ports, clock: Any) -> None:
    await added(ports)
    (claimed,) = await feed_schedule.claim_due(ports, 1)
    keeper = feed_schedule.Keeper(ports, claimed)
    clock.advance(feed_schedule.LEASE.total_seconds())
    assert len(await feed_schedule.claim_due(ports, 1)) == 1
    with pytest.raises(feed_schedule.LeaseLost):
        await keeper.renew()


async def test_a_feed_that_is_gone_has_no_lease(ports: Ports) -> None:
    feed = await added(ports)
    with pytest.raises(feed_schedule.LeaseLost):
        await feed_schedule.finish(
            ports, feed.model_copy(update={"id": "none"}), lambda stored: stored
        )
    with pytest.raises(NotFound):
        await feed_schedule.change(ports, "none", lambda stored: stored)


async def test_the_answers_url_is_that_of_the_board(ports: Ports) -> None:
    await added(ports)
    fetcher = ScriptedFetcher()
    await rounds(ports, listing("1"), fetcher=fetcher)
    assert fetcher.urls == [PAGE_1]
    assert fetcher.asked[0].time_s == TINY.terms.timeout_s
