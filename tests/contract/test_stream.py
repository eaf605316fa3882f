"""What every Stream adapter does: order, deduplication, replay, tail, lags, both durable modes."""

import asyncio
from collections import defaultdict
from datetime import UTC, datetime

import pytest

from backends.stream.base import PARTITIONS, Delivery, PositionLost, Stream
from models.errors import InvalidInput
from models.shards import bucket_of
from tests.contract.streaming import (
    TOPIC,
    WAIT_S,
    by_key,
    event,
    events,
    eventually_behind,
    names,
    receive_all,
    replay,
    told,
)


async def test_what_is_published_is_read_in_order(stream: Stream) -> None:
    sent = events(30)
    await stream.publish(TOPIC, sent)
    await stream.publish("other", [event("elsewhere")])
    found = await replay(stream)
    assert told(found) == by_key(sent)
    assert {each.event.id: each.event for each in found} == {each.id: each for each in sent}
    for delivery in found:
        assert delivery.topic == TOPIC
        assert delivery.partition == bucket_of(delivery.event.key) % PARTITIONS
    assert len({delivery.position for delivery in found}) == len(sent)


async def test_publishing_nothing_is_fine(stream: Stream) -> None:
    await stream.publish(TOPIC, [])
    assert await replay(stream) == []


async def test_an_event_is_stored_once(stream: Stream) -> None:
    await asyncio.gather(*(stream.publish(TOPIC, events(10)) for _ in range(5)))
    await stream.publish("other", [event("e1")])
    assert sorted(names(await replay(stream))) == sorted(f"e{n}" for n in range(10))
    assert names(await replay(stream, "other")) == ["e1"]


async def test_replay_begins_where_it_is_told(stream: Stream) -> None:
    sent = events(20)
    await stream.publish(TOPIC, sent[:10])
    end = await stream.end(TOPIC)
    await asyncio.sleep(0.01)
    moment = datetime.now(UTC)
    await asyncio.sleep(0.01)
    await stream.publish(TOPIC, sent[10:])
    every = await replay(stream)
    assert told(await replay(stream, from_position=end)) == by_key(sent[10:])
    for number, each in enumerate(every):
        assert (
            names(await replay(stream, from_position=each.position)) == names(every)[number + 1 :]
        )
    later = await replay(stream, from_time=moment)
    assert told(later) == by_key(sent[10:])
    assert names(await replay(stream, from_position=later[3].position)) == names(later)[4:]
    assert names(await replay(stream, from_time=datetime(2020, 1, 1, tzinfo=UTC))) == names(every)
    assert await replay(stream, from_time=datetime(2100, 1, 1, tzinfo=UTC)) == []
    assert await replay(stream, from_position=await stream.end(TOPIC)) == []


async def test_replay_of_one_key(stream: Stream) -> None:
    await stream.publish(TOPIC, events(40))
    assert names(await replay(stream, key="key3")) == [f"e{n}" for n in range(3, 40, 8)]
    assert await replay(stream, key="unknown") == []


async def test_replay_ends_at_the_end_of_its_beginning(stream: Stream) -> None:
    await stream.publish(TOPIC, events(3))
    seen = []
    async for delivery in stream.read(TOPIC):
        seen.append(delivery.event.id)
        await stream.publish(TOPIC, [event(f"later{len(seen)}")])
    assert sorted(seen) == ["e0", "e1", "e2"]


async def test_a_foreign_position_is_refused(stream: Stream) -> None:
    for position in ("", "x", "-1", "9" * 40, "１"):
        with pytest.raises(InvalidInput):
            await replay(stream, from_position=position)


async def test_a_position_beyond_the_end_is_lost(stream: Stream) -> None:
    await stream.publish(TOPIC, events(2))
    await stream.publish("other", [event("x")])
    with pytest.raises(PositionLost):
        await replay(stream, from_position=await stream.end("other"))


async def test_replaying_three_times_gives_the_same(stream: Stream) -> None:
    await stream.publish(TOPIC, events(1200))
    first, second, third = [await replay(stream) for _ in range(3)]
    assert len(first) == 1200
    assert first == second == third


async def test_the_end_of_an_empty_topic_is_its_beginning(stream: Stream) -> None:
    end = await stream.end(TOPIC)
    await stream.publish(TOPIC, events(2))
    assert sorted(names(await replay(stream, from_position=end))) == ["e0", "e1"]


async def test_a_subscription_starts_where_it_was_made_to(stream: Stream) -> None:
    await stream.publish(TOPIC, [event("before")])
    early = await stream.subscribe(TOPIC, "early", "ordered")
    late = await stream.subscribe(TOPIC, "late", "ordered", start="latest")
    await stream.publish(TOPIC, [event("after")])
    assert names(await receive_all(early, 2)) == ["before", "after"]
    assert names(await receive_all(late, 1)) == ["after"]
    await early.close()
    await late.close()


async def test_receiving_wakes_up_at_once(stream: Stream) -> None:
    subscription = await stream.subscribe(TOPIC, "s", "ordered")
    receiving = asyncio.create_task(subscription.receive(10, WAIT_S))
    await asyncio.sleep(0.05)
    await stream.publish(TOPIC, [event("e")])
    assert names(await receiving) == ["e"]
    assert await subscription.receive(10, 0.02) == []
    await subscription.close()


@pytest.mark.parametrize("mode", ["ordered", "shared", "tail"])
async def test_cancelling_a_receive_loses_nothing(stream: Stream, mode: str) -> None:
    subscription = await stream.subscribe(TOPIC, "s", mode)  # type: ignore[arg-type]
    got: list[str] = []
    publishing = asyncio.create_task(stream.publish(TOPIC, []))
    for number in range(60):
        await publishing
        publishing = asyncio.create_task(stream.publish(TOPIC, [event(f"{number:02}")]))
        receiving = asyncio.create_task(subscription.receive(10, WAIT_S))
        # Cancelled at every stage of its way, from before its first step on.
        for _ in range(number % 12):
            await asyncio.sleep(0.0002 if number % 5 else 0)
        receiving.cancel()
        try:
            got += names(await receiving)
        except asyncio.CancelledError:
            continue
    await publishing
    got += names(await receive_all(subscription, 60 - len(got)))
    assert sorted(got) == [f"{number:02}" for number in range(60)]
    assert await subscription.receive(10, 0.02) == []
    await subscription.close()


async def test_every_tail_sees_what_comes_from_now_on(stream: Stream) -> None:
    await stream.publish(TOPIC, [event("before")])
    tails = [await stream.subscribe(TOPIC, "t", "tail") for _ in range(2)]
    await stream.publish(TOPIC, events(20))
    for tail in tails:
        got = await receive_all(tail, 20)
        assert told(got) == by_key(events(20))
        await tail.ack(got)
        await tail.close()
    assert await stream.lags() == []


async def test_lags_count_what_is_not_acknowledged(stream: Stream) -> None:
    ordered = await stream.subscribe(TOPIC, "ordered", "ordered")
    shared = await stream.subscribe(TOPIC, "shared", "shared")
    empty = await stream.subscribe("other", "empty", "ordered")
    await stream.publish(TOPIC, [event(f"e{n}") for n in range(10)])
    await asyncio.sleep(0.05)
    await ordered.ack((await receive_all(ordered, 6))[:4])
    taken = await receive_all(shared, 6)
    await shared.ack([taken[0], taken[5]])
    lags = await eventually_behind(
        stream, {"ordered": (TOPIC, 6), "shared": (TOPIC, 8), "empty": ("other", 0)}
    )
    assert 0.04 < lags["ordered"].oldest_s < 5
    assert 0.04 < lags["shared"].oldest_s < 5
    assert lags["empty"].oldest_s == 0
    for subscription in (ordered, shared, empty):
        await subscription.close()


async def test_shared_events_go_to_one_consumer_each(stream: Stream) -> None:
    consumers = [await stream.subscribe(TOPIC, "s", "shared") for _ in range(3)]
    await stream.publish(TOPIC, events(90))
    got: dict[int, list[Delivery]] = defaultdict(list)

    async def consume(index: int) -> None:
        while batch := await consumers[index].receive(5, 0.3):
            got[index] += batch
            await consumers[index].ack(batch)

    await asyncio.gather(*(consume(index) for index in range(3)))
    every = [name for batch in got.values() for name in names(batch)]
    assert sorted(every) == sorted(f"e{n}" for n in range(90))
    assert all(delivery.attempt == 1 for batch in got.values() for delivery in batch)
    for consumer in consumers:
        await consumer.close()


async def test_a_shared_nack_delays_one_event_and_counts(stream: Stream) -> None:
    subscription = await stream.subscribe(TOPIC, "s", "shared")
    await stream.publish(TOPIC, [event("a"), event("b"), event("c")])
    got = await receive_all(subscription, 3)
    loop = asyncio.get_running_loop()
    nacked_at = loop.time()
    await subscription.nack([got[1]], 0.3)
    await subscription.ack([got[0], got[2]])
    assert await subscription.receive(10, 0.1) == []
    (again,) = await receive_all(subscription, 1)
    assert (again.event.id, again.attempt) == ("b", 2)
    assert 0.29 <= loop.time() - nacked_at < 1.5
    await subscription.ack([again])
    await eventually_behind(stream, {"s": (TOPIC, 0)})
    await subscription.close()


async def test_closing_gives_shared_events_back_at_once(stream: Stream) -> None:
    first = await stream.subscribe(TOPIC, "s", "shared")
    await stream.publish(TOPIC, [event("a"), event("b")])
    await first.ack([(await receive_all(first, 2))[0]])
    await first.close()
    await first.close()
    second = await stream.subscribe(TOPIC, "s", "shared")
    (again,) = await second.receive(10, 0.1)
    assert again.event.id == "b"
    await second.close()


async def test_reading_on_from_the_end_again_and_again(stream: Stream) -> None:
    position, sent = await stream.end(TOPIC), 0
    for count in (0, 0, 1, 3, 0, 40, 2_500, 0, 7):
        more = events(count, prefix=f"round{sent}-")
        await stream.publish(TOPIC, more)
        sent += count
        found = await replay(stream, from_position=position)
        assert told(found) == by_key(more)
        if found:
            position = found[-1].position
    assert len(await replay(stream)) == sent
    assert len(await replay(stream, from_position=position)) == 0
    await stream.publish(TOPIC, events(3, prefix="z"))
    assert sorted(names(await replay(stream, from_position=await stream.end(TOPIC)))) == []
    assert sorted(names(await replay(stream, from_position=position))) == ["z0", "z1", "z2"]


async def test_two_readers_of_one_end_both_see_what_is_new(stream: Stream) -> None:
    position = await stream.end(TOPIC)
    for _ in range(3):
        assert await replay(stream, from_position=position) == []
    await stream.publish(TOPIC, events(20))
    first, second = await asyncio.gather(
        replay(stream, from_position=position), replay(stream, from_position=position)
    )
    assert told(first) == told(second) == by_key(events(20))


async def test_a_replay_that_is_left_early_disturbs_no_other(stream: Stream) -> None:
    position = await stream.end(TOPIC)
    assert await replay(stream, from_position=position) == []
    await stream.publish(TOPIC, events(20))
    left = None
    async for delivery in stream.read(TOPIC, from_position=position):
        left = delivery
        break
    assert left is not None
    rest = await replay(stream, from_position=left.position)
    assert sorted([left.event.id, *names(rest)]) == sorted(each.id for each in events(20))
    assert told(await replay(stream, from_position=position)) == by_key(events(20))
