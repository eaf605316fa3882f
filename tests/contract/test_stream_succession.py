"""Subscriptions that begin where others stand: what every Stream adapter does."""

import asyncio
from collections.abc import Callable, Iterable

import pytest

from backends.stream.base import PARTITIONS, After, Delivery, Stream, Subscription
from models.errors import Conflict
from models.events import Event
from models.shards import bucket_of
from tests.contract.streaming import (
    TOPIC,
    by_key,
    event,
    events,
    names,
    receive_all,
    receive_what_comes,
    told,
)

ALL = range(PARTITIONS)
EVEN, ODD = ALL[::2], ALL[1::2]


async def claim(
    stream: Stream, name: str, start: After | None = None, partitions: Iterable[int] = ALL
) -> Subscription:
    return await stream.subscribe(
        TOPIC, name, "ordered", start=start or "earliest", partitions=tuple(partitions)
    )


async def work_off(subscription: Subscription, wanted: Callable[[Delivery], bool]) -> set[str]:
    """Receive what comes and acknowledge, in each partition, as far as events are wanted; the ids
    of those."""
    done: dict[int, list[Delivery]] = {}
    stopped: set[int] = set()
    for each in await receive_what_comes(subscription):
        if each.partition not in stopped and wanted(each):
            done.setdefault(each.partition, []).append(each)
        else:
            stopped.add(each.partition)
    every = [each for batch in done.values() for each in batch]
    await subscription.ack(every)
    return set(names(every))


def partition_of(sent: Event) -> int:
    return bucket_of(sent.key) % PARTITIONS


def number_of(delivery: Delivery) -> int:
    return int(delivery.event.id.removeprefix("e"))


async def test_a_successor_begins_where_its_predecessor_stands(stream: Stream) -> None:
    await stream.publish(TOPIC, events(100, keys=40))
    old = await claim(stream, "old")
    done = await work_off(old, lambda each: number_of(each) < 60)
    new = await claim(stream, "new", After(("old",)))
    got = await receive_what_comes(new)
    assert len(done) == 60
    assert sorted(names(got)) == sorted({f"e{n}" for n in range(100)} - done)
    assert told(got) == by_key(each for each in events(100, keys=40) if each.id not in done)
    await new.close()
    await old.close()


async def test_of_several_the_furthest_behind_counts_in_each_partition(stream: Stream) -> None:
    sent = events(200, keys=80)
    await stream.publish(TOPIC, sent)
    a, b = await claim(stream, "a"), await claim(stream, "b")
    done_a = await work_off(a, lambda each: each.partition < 8)
    done_b = await work_off(b, lambda each: each.partition % 2 == 0)
    new = await claim(stream, "new", After(("a", "b", "unknown")))
    got = set(names(await receive_what_comes(new)))
    assert done_a & done_b
    assert got == {each.id for each in sent} - (done_a & done_b)
    for subscription in (new, a, b):
        await subscription.close()


async def test_what_one_who_began_in_some_partitions_has_to_do_is_not_passed_over(
    stream: Stream,
) -> None:
    before = events(40, keys=20, prefix="before")
    await stream.publish(TOPIC, before)
    begun = await stream.subscribe(TOPIC, "begun", "ordered", start="latest", partitions=EVEN)
    sent = events(200, keys=80)
    await stream.publish(TOPIC, sent)
    works = await claim(stream, "works")
    for each in (works, begun):
        assert await work_off(each, lambda _: True)
    new = await claim(stream, "new", After(("works", "begun")))
    got = await receive_what_comes(new)
    assert told(got) == by_key(each for each in sent if partition_of(each) % 2)
    for subscription in (new, works, begun):
        await subscription.close()


async def test_a_partition_that_nobody_has_begins_at_the_earliest_of_their_begins(
    stream: Stream,
) -> None:
    old = events(100, keys=40, prefix="old")
    await stream.publish(TOPIC, old)
    first = await stream.subscribe(TOPIC, "first", "ordered", start="latest", partitions=EVEN)
    middle = events(100, keys=40, prefix="middle")
    await stream.publish(TOPIC, middle)
    second = await stream.subscribe(TOPIC, "second", "ordered", start="latest", partitions=EVEN)
    for each in (first, second):
        await each.ack(await receive_what_comes(each))
    new = await claim(stream, "new", After(("second", "first")))
    got = await receive_what_comes(new)
    assert {each.partition % 2 for each in got} == {1}
    assert told(got) == by_key(each for each in middle if partition_of(each) % 2)
    for subscription in (new, first, second):
        await subscription.close()


async def test_the_begin_holds_for_partitions_that_are_claimed_later(stream: Stream) -> None:
    sent = events(100, keys=40)
    await stream.publish(TOPIC, sent)
    old = await claim(stream, "old")
    done = await work_off(old, lambda each: number_of(each) < 30)
    even = await claim(stream, "new", After(("old",)), EVEN)
    await old.close()
    old = await claim(stream, "old")
    done_later = await work_off(old, lambda _: True)
    await old.close()
    # Whoever comes after the new one takes over its begin, too.
    heir = await claim(stream, "heir", After(("new",)))
    odd = await claim(stream, "new", After(("old",)), ODD)
    assert len(done_later) == 70
    expected = [each for each in sent if each.id not in done]
    assert told(await receive_what_comes(even)) == by_key(
        each for each in expected if partition_of(each) % 2 == 0
    )
    assert told(await receive_what_comes(odd)) == by_key(
        each for each in expected if partition_of(each) % 2
    )
    assert told(await receive_what_comes(heir)) == by_key(expected)
    for subscription in (even, odd, heir):
        await subscription.close()


async def test_a_successor_keeps_its_own_place(stream: Stream) -> None:
    await stream.publish(TOPIC, events(10, keys=1))
    old = await claim(stream, "old")
    new = await claim(stream, "new", After(("old",)))
    await new.ack((await receive_all(new, 10))[:4])
    await new.close()
    await old.ack((await receive_all(old, 10))[:8])
    again = await claim(stream, "new", After(("old",)))
    assert names(await receive_what_comes(again)) == [f"e{n}" for n in range(4, 10)]
    await again.close()
    await old.close()


async def test_after_nobody_is_the_beginning(stream: Stream) -> None:
    sent = events(20)
    await stream.publish(TOPIC, sent)
    for name, start in (("none", After(())), ("unknown", After(("never", "unknown")))):
        subscription = await claim(stream, name, start)
        assert told(await receive_what_comes(subscription)) == by_key(sent)
        await subscription.close()
    # To ask for them has made no subscription of theirs.
    assert {lag.subscription for lag in await stream.lags()} == {"none", "unknown"}


async def test_a_group_can_come_after_a_group(stream: Stream) -> None:
    await stream.publish(TOPIC, events(40, keys=20))
    old = await stream.subscribe(TOPIC, "old", "ordered")
    done = await work_off(old, lambda each: number_of(each) < 25)
    await old.close()
    new = await stream.subscribe(TOPIC, "new", "ordered", start=After(("old",)))
    got = await receive_all(new, 15)
    assert sorted(names(got)) == sorted({f"e{n}" for n in range(40)} - done)
    await new.close()


async def test_only_ordered_subscriptions_follow_each_other(stream: Stream) -> None:
    await (await stream.subscribe(TOPIC, "shared", "shared")).close()
    with pytest.raises(Conflict):
        await claim(stream, "new", After(("shared",)))
    with pytest.raises(ValueError, match="ordered"):
        await stream.subscribe(TOPIC, "new", "shared", start=After(("old",)))
    assert {lag.subscription for lag in await stream.lags()} == {"shared"}
    # The refusal has left nothing behind that begins elsewhere.
    await stream.publish(TOPIC, [event("a")])
    new = await claim(stream, "new", After(()))
    assert names(await receive_all(new, 1)) == ["a"]
    await new.close()


async def test_nothing_is_left_out_while_the_old_ones_work_on(stream: Stream) -> None:
    """Every event is acknowledged by both old ones before the handover or comes to a new one,
    without a gap in any partition."""
    rounds = [[event(f"{r}-{k}", f"key{k}") for k in range(40)] for r in range(40)]
    handed_over = asyncio.Event()
    acknowledged: dict[str, set[str]] = {"old0": set(), "old1": set()}

    async def produce() -> None:
        for each in rounds:
            await stream.publish(TOPIC, each)
            await asyncio.sleep(0.005)

    async def work(name: str, old: Subscription) -> None:
        while not handed_over.is_set():
            batch = await old.receive(7, 0.05)
            await old.ack(batch)
            acknowledged[name].update(names(batch))

    def done() -> set[str]:
        return set.intersection(*acknowledged.values())

    olds = {name: await claim(stream, name) for name in acknowledged}
    async with asyncio.timeout(60):
        working = [asyncio.create_task(work(name, old)) for name, old in olds.items()]
        producing = asyncio.create_task(produce())
        await asyncio.sleep(0.3)
        before = done()
        # Four that come at once agree where they begin.
        start = After(tuple(olds))
        news = await asyncio.gather(*(claim(stream, "new", start, ALL[n::4]) for n in range(4)))
        handed_over.set()
        await asyncio.gather(*working, producing)
        got = [each for new in news for each in await receive_what_comes(new)]
    every = [each for one in rounds for each in one]
    assert before
    assert {each.id for each in every} - done() <= set(names(got))
    assert set(names(got)).isdisjoint(before)
    found = told(got)
    assert found == {
        key: ids[-len(found[key]) :] for key, ids in by_key(every).items() if key in found
    }
    for subscription in (*olds.values(), *news):
        await subscription.close()


async def test_subscribing_that_is_cancelled_begins_nowhere_else(stream: Stream) -> None:
    sent = events(60, keys=1)
    await stream.publish(TOPIC, sent)
    old = await claim(stream, "old")
    got = await receive_all(old, 60)
    for number, delay_s in enumerate((0.0, 0.002, 0.01, 0.05, 0.1, 0.15)):
        await old.ack(got[: 10 * number + 1])
        joining = asyncio.create_task(claim(stream, f"new{number}", After(("old",))))
        await asyncio.sleep(delay_s)
        joining.cancel()
        await asyncio.wait([joining])
        if not joining.cancelled():
            await joining.result().close()
        await old.ack(got[: 10 * number + 6])
        new = await claim(stream, f"new{number}", After(("old",)))
        begin = names(await receive_what_comes(new))
        # Where the old one stood at the first try, or where it stood at the second.
        assert begin in (names(got[10 * number + 1 :]), names(got[10 * number + 6 :]))
        await new.close()
    await old.close()
