"""Ordered subscriptions: one consumer a partition, whoever joins, leaves, dies or takes over."""

import asyncio
import random
from collections import defaultdict

import pytest

from backends.documents.collections import DEAD_LETTERS
from backends.stream.base import PARTITIONS, Delivery, Stream
from backends.stream.consumer import Consumer, RetryPolicy, bury_in
from models.errors import Conflict, Fenced
from models.events import Event
from tests.contract.adapters import Backend
from tests.contract.streaming import (
    TOPIC,
    WAIT_S,
    event,
    eventually_behind,
    names,
    receive_all,
    receive_what_comes,
)

ALL = range(PARTITIONS)


async def test_an_acknowledgement_covers_everything_before_it(stream: Stream) -> None:
    first = await stream.subscribe(TOPIC, "s", "ordered")
    await stream.publish(TOPIC, [event(f"{n}") for n in range(5)])
    got = await receive_all(first, 5)
    await first.ack([got[2]])
    await first.ack([got[0]])
    await first.close()
    second = await stream.subscribe(TOPIC, "s", "ordered")
    assert names(await receive_all(second, 2)) == ["3", "4"]
    assert await second.receive(10, 0.02) == []
    await second.close()


async def test_what_was_acknowledged_stays_so_in_another_process(backend: Backend) -> None:
    await backend.stream.publish(TOPIC, [event(f"{n}") for n in range(3)])
    async with backend.another() as other:
        subscription = await other.stream.subscribe(TOPIC, "s", "ordered")
        await subscription.ack((await receive_all(subscription, 3))[:2])
        await subscription.close()
    subscription = await backend.stream.subscribe(TOPIC, "s", "ordered")
    assert names(await receive_all(subscription, 1)) == ["2"]
    await subscription.close()


async def test_a_nack_delivers_from_there_on_again_after_the_delay(stream: Stream) -> None:
    subscription = await stream.subscribe(TOPIC, "s", "ordered")
    await stream.publish(TOPIC, [event("a1", "a"), event("a2", "a"), event("a3", "a")])
    got = await receive_all(subscription, 3)
    loop = asyncio.get_running_loop()
    nacked_at = loop.time()
    await subscription.nack([got[2], got[1]], 0.3)
    # Another partition is not held up.
    await stream.publish(TOPIC, [event("b1", "b")])
    assert names(await subscription.receive(10, WAIT_S)) == ["b1"]
    again = await receive_all(subscription, 2)
    assert [(d.event.id, d.attempt) for d in again] == [("a2", 2), ("a3", 2)]
    assert 0.29 <= loop.time() - nacked_at < 1.5
    await subscription.ack(again)
    assert await subscription.receive(10, 0.02) == []
    await subscription.close()


async def test_a_nack_that_races_a_receive_keeps_the_order(stream: Stream) -> None:
    subscription = await stream.subscribe(TOPIC, "s", "ordered")
    sent = [f"{n:02}" for n in range(40)]
    await stream.publish(TOPIC, [event(name) for name in sent])
    chance = random.Random(7)
    done = 0
    while done < len(sent):
        batch = await subscription.receive(4, WAIT_S)
        assert names(batch) == sent[done : done + len(batch)]
        kept = chance.randrange(len(batch))
        receiving = asyncio.create_task(subscription.receive(4, 0.0))
        await asyncio.sleep(0)
        await subscription.nack(batch[kept:], 0.0)
        done += kept
        # Whatever the receive under way has read, it must not skip what was nacked meanwhile.
        more = await receiving
        assert names(more) == sent[done : done + len(more)]
        await subscription.ack([*batch[:kept], *more])
        done += len(more)
    await subscription.close()


async def test_a_subscription_keeps_its_mode(stream: Stream) -> None:
    subscription = await stream.subscribe(TOPIC, "s", "ordered")
    with pytest.raises(Conflict):
        await stream.subscribe(TOPIC, "s", "shared")
    await subscription.close()


async def test_partitions_divide_the_events(stream: Stream) -> None:
    even = await stream.subscribe(TOPIC, "s", "ordered", partitions=ALL[::2])
    odd = await stream.subscribe(TOPIC, "s", "ordered", partitions=ALL[1::2])
    sent = [event(f"{n}", f"key{n}") for n in range(200)]
    await stream.publish(TOPIC, sent)
    got = []
    for subscription, remainder in ((even, 0), (odd, 1)):
        batch = await receive_what_comes(subscription)
        assert {delivery.partition % 2 for delivery in batch} == {remainder}
        got += names(batch)
    assert sorted(got) == sorted(each.id for each in sent)
    await even.close()
    await odd.close()


async def test_only_what_is_claimed_counts_as_behind(stream: Stream) -> None:
    even = await stream.subscribe(TOPIC, "s", "ordered", partitions=ALL[::2])
    sent = [event(f"{n}", f"key{n}") for n in range(100)]
    await stream.publish(TOPIC, sent)
    batch = await receive_what_comes(even)
    await even.ack(batch)
    ours = len(batch)
    assert 0 < ours < len(sent)
    await eventually_behind(stream, {"s": (TOPIC, 0)})
    odd = await stream.subscribe(TOPIC, "s", "ordered", partitions=ALL[1::2])
    await eventually_behind(stream, {"s": (TOPIC, len(sent) - ours)})
    await odd.close()
    await even.close()


async def test_what_is_claimed_later_begins_where_the_subscription_began(stream: Stream) -> None:
    await stream.publish(TOPIC, [event(f"old{n}", f"key{n}") for n in range(50)])
    even = await stream.subscribe(TOPIC, "s", "ordered", start="latest", partitions=ALL[::2])
    sent = [event(f"{n}", f"key{n}") for n in range(50)]
    await stream.publish(TOPIC, sent)
    odd = await stream.subscribe(TOPIC, "s", "ordered", start="latest", partitions=ALL[1::2])
    got = [names(await receive_what_comes(each)) for each in (even, odd)]
    assert sorted(got[0] + got[1]) == sorted(each.id for each in sent)
    assert all(got)
    await even.close()
    await odd.close()


async def test_a_group_follows_a_claim_with_all_partitions(stream: Stream) -> None:
    even = await stream.subscribe(TOPIC, "s", "ordered", partitions=ALL[::2])
    sent = [event(f"{n}", f"key{n}") for n in range(50)]
    await stream.publish(TOPIC, sent)
    done = await receive_what_comes(even)
    await even.ack(done)
    await even.close()
    group = await stream.subscribe(TOPIC, "s", "ordered")
    got = await receive_all(group, len(sent) - len(done))
    assert sorted(names(done) + names(got)) == sorted(each.id for each in sent)
    await group.close()


async def test_the_newest_owner_of_a_partition_wins_at_once(backend: Backend) -> None:
    stream = backend.stream
    await stream.publish(TOPIC, [event("0"), event("1")])
    old = await stream.subscribe(TOPIC, "s", "ordered", partitions=ALL)
    got = await receive_all(old, 2)
    await old.ack(got[:1])
    waiting = asyncio.create_task(old.receive(10, WAIT_S))
    async with backend.another() as other:
        new = await other.stream.subscribe(TOPIC, "s", "ordered", partitions=ALL)
        assert names(await new.receive(10, WAIT_S)) == ["1"]
        with pytest.raises(Fenced):
            await asyncio.wait_for(waiting, 1.0)
        with pytest.raises(Fenced):
            await old.ack(got[1:])
        with pytest.raises(Fenced):
            await old.receive(10, 0.0)
        await old.close()
        # The zombie's end takes nothing from the new owner.
        await stream.publish(TOPIC, [event("2")])
        await new.ack(await receive_all(new, 1))
        await eventually_behind(stream, {"s": (TOPIC, 0)})
        await new.close()


async def test_a_dead_consumer_is_replaced_when_its_lease_ends_at_the_latest(
    backend: Backend, lease_s: float
) -> None:
    stream = backend.stream
    await stream.publish(TOPIC, [event(f"{n}", f"key{n}") for n in range(20)])
    async with backend.another() as other:
        dead = await other.stream.subscribe(TOPIC, "s", "ordered")
        got = await receive_all(dead, 20)
        await dead.ack([d for d in got if d.event.id == "0"])
    # Its connection is gone and it never said goodbye.
    loop = asyncio.get_running_loop()
    died_at = loop.time()
    heir = await stream.subscribe(TOPIC, "s", "ordered")
    again = await receive_all(heir, 19)
    assert loop.time() - died_at < lease_s * 3
    assert "0" not in names(again)
    await heir.close()
    await dead.close()


async def test_a_live_consumer_shares_only_what_it_has_finished(
    stream: Stream, lease_s: float
) -> None:
    busy = await stream.subscribe(TOPIC, "s", "ordered")
    await stream.publish(TOPIC, [event(f"a{n}", f"key{n}") for n in range(100)])
    got = await receive_all(busy, 100)
    assert {delivery.partition for delivery in got} == set(ALL)
    joined = await stream.subscribe(TOPIC, "s", "ordered")
    # For longer than a lease it handles its batch and asks for nothing.
    assert await joined.receive(10, lease_s * 2.5) == []
    await busy.ack(got)
    assert await busy.receive(10, 0.2) == []
    await stream.publish(TOPIC, [event(f"b{n}", f"key{n}") for n in range(100)])
    halves = []
    for subscription in (busy, joined):
        half = await receive_what_comes(subscription)
        await subscription.ack(half)
        halves.append(half)
    assert sorted(names(halves[0] + halves[1])) == sorted(f"b{n}" for n in range(100))
    owned = [{delivery.partition for delivery in half} for half in halves]
    assert [len(partitions) for partitions in owned] == [8, 8]
    await busy.close()
    await joined.close()


async def test_consumers_that_come_and_go_keep_the_order_of_each_key(stream: Stream) -> None:
    chance = random.Random(11)
    handled: dict[str, list[int]] = defaultdict(list)
    done = asyncio.Event()

    async def consume(batches: int | None) -> None:
        subscription = await stream.subscribe(TOPIC, "s", "ordered")
        while not done.is_set() and batches != 0:
            batch = await subscription.receive(5, 0.05)
            await asyncio.sleep(chance.uniform(0, 0.004))
            for delivery in batch:
                handled[delivery.event.key].append(int(delivery.event.subject))
            await subscription.ack(batch)
            if sum(map(len, handled.values())) >= 400:
                done.set()
            if batches is not None and batch:
                batches -= 1
        await subscription.close()

    async def produce() -> None:
        for number in range(400):
            fresh = Event(type="test.v1", subject=f"{number // 20}", key=f"key{number % 20}")
            await stream.publish(TOPIC, [fresh])

    consumers = [asyncio.create_task(consume(None))]
    producing = asyncio.create_task(produce())
    for _ in range(6):
        consumers.append(asyncio.create_task(consume(chance.randrange(3, 12))))
        await asyncio.sleep(0.1)
    await producing
    async with asyncio.timeout(20):
        await done.wait()
        await asyncio.gather(*consumers)
    # Healthy consumers finish what they hold before they pass it on: nothing comes twice.
    assert dict(handled) == {f"key{k}": list(range(20)) for k in range(20)}


async def test_poison_is_buried_and_its_neighbours_pass(backend: Backend) -> None:
    stream, documents = backend.stream, backend.documents
    handled: list[str] = []

    async def handle(batch: list[Delivery]) -> None:
        for delivery in batch:
            if delivery.event.id == "poison":
                raise ValueError("cannot be read")
        handled.extend(names(batch))

    subscription = await stream.subscribe(TOPIC, "s", "ordered")
    consumer = Consumer(
        subscription,
        handle,
        name="s",
        bury=bury_in(documents, "s"),
        retry=RetryPolicy(first_s=0.02, max_s=0.05),
    )
    await stream.publish(
        TOPIC,
        [event("a1", "a"), event("poison", "b"), event("b2", "b"), event("b3", "b")]
        + [event(f"c{n}", f"c{n}") for n in range(20)],
    )
    async with asyncio.timeout(10):
        while consumer.handled + consumer.buried < 24:
            await consumer.step(0.1)
    assert (consumer.handled, consumer.buried, consumer.retried) == (23, 1, 4)
    assert handled.index("b2") < handled.index("b3")
    assert handled.index("b2") > handled.index("c19")
    (letter,) = (await documents.find(DEAD_LETTERS)).items
    assert letter.body["topic"] == TOPIC
    assert letter.body["subscription"] == "s"
    assert letter.body["event"]["id"] == "poison"
    assert letter.body["reason"] == "ValueError: cannot be read"
    await eventually_behind(stream, {"s": (TOPIC, 0)})
    await subscription.close()


# All members share one event loop, which the events keep busy: none of them is frozen.
@pytest.mark.timeout(300)
@pytest.mark.parametrize("lease_s", [30.0])
async def test_many_events_in_order_while_consumers_join_and_leave(stream: Stream) -> None:
    keys, rounds = 1_000, 100
    handled: dict[str, list[int]] = defaultdict(list)
    count = 0

    async def consume(batches: int) -> None:
        nonlocal count
        subscription = await stream.subscribe(TOPIC, "s", "ordered")
        while batches and count < keys * rounds:
            batch = await subscription.receive(500, 0.1)
            for delivery in batch:
                handled[delivery.event.key].append(int(delivery.event.subject))
            await subscription.ack(batch)
            count += len(batch)
            batches -= bool(batch)
        await subscription.close()

    async def come_and_go() -> None:
        while count < keys * rounds:
            await asyncio.gather(consume(20), consume(40))

    async def produce() -> None:
        for number in range(rounds):
            await stream.publish(
                TOPIC,
                [Event(type="test.v1", subject=f"{number}", key=f"key{k}") for k in range(keys)],
            )

    async with asyncio.timeout(240), asyncio.TaskGroup() as tasks:
        tasks.create_task(consume(keys * rounds))
        tasks.create_task(come_and_go())
        tasks.create_task(produce())
    assert handled == {f"key{k}": list(range(rounds)) for k in range(keys)}
