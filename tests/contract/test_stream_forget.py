"""Subscriptions that are ended: what every Stream adapter does."""

import asyncio
from typing import Any

import pytest

from backends.stream.base import After, Stream, Subscription
from models.errors import Fenced
from tests.contract.adapters import Backend
from tests.contract.streaming import (
    TOPIC,
    WAYS,
    by_key,
    event,
    events,
    eventually_behind,
    names,
    receive_all,
    receive_what_comes,
    told,
)

FENCED_S = 5.0
"""How long it may take until a consumer knows."""


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> dict[str, Any]:
    return WAYS[request.param]


async def receive_until_fenced(subscription: Subscription) -> None:
    """Nothing more comes, and it is told so."""
    with pytest.raises(Fenced):
        await receive_nothing(subscription)


async def receive_nothing(subscription: Subscription) -> None:
    async with asyncio.timeout(FENCED_S):
        while True:
            assert await subscription.receive(10, FENCED_S) == []


async def test_consumers_of_a_forgotten_subscription_are_fenced(
    backend: Backend, way: dict[str, Any]
) -> None:
    stream = backend.stream
    await stream.publish(TOPIC, events(4))
    subscription = await stream.subscribe(TOPIC, "s", **way)
    got = await receive_all(subscription, 4)
    await subscription.ack(got[:1])
    receiving = asyncio.create_task(receive_until_fenced(subscription))
    await asyncio.sleep(0.05)
    async with backend.another() as other:
        await other.stream.forget(TOPIC, "s")
    await receiving
    await stream.publish(TOPIC, [event("later")])
    await receive_until_fenced(subscription)
    with pytest.raises(Fenced):
        await subscription.ack(got[1:])
    await subscription.nack(got[1:], 0.0)
    await receive_until_fenced(subscription)
    await subscription.close()
    assert await stream.lags() == []


async def test_who_acknowledges_to_a_forgotten_subscription_is_fenced(
    stream: Stream, way: dict[str, Any]
) -> None:
    await stream.publish(TOPIC, events(4))
    subscription = await stream.subscribe(TOPIC, "s", **way)
    got = await receive_all(subscription, 4)
    await stream.forget(TOPIC, "s")
    async with asyncio.timeout(FENCED_S):
        with pytest.raises(Fenced):
            await subscription.ack(got)
    await subscription.close()


async def test_a_forgotten_subscription_begins_anew(stream: Stream, way: dict[str, Any]) -> None:
    sent = events(30)
    await stream.publish(TOPIC, sent)
    subscription = await stream.subscribe(TOPIC, "s", start="latest", **way)
    await subscription.close()
    await stream.forget(TOPIC, "s")
    assert await stream.lags() == []
    for _ in range(2):
        again = await stream.subscribe(TOPIC, "s", **way)
        got = await receive_what_comes(again)
        assert told(got) == by_key(sent) or way["mode"] == "shared"
        assert sorted(names(got)) == sorted(each.id for each in sent)
        await again.ack(got)
        await eventually_behind(stream, {"s": (TOPIC, 0)})
        await again.close()
        await stream.forget(TOPIC, "s")


async def test_a_consumer_of_the_old_one_takes_no_part_in_the_new_one(
    backend: Backend, way: dict[str, Any]
) -> None:
    sent = events(10)
    await backend.stream.publish(TOPIC, sent)
    old = await backend.stream.subscribe(TOPIC, "s", **way)
    got = await receive_all(old, 10)
    async with backend.another() as other:
        await other.stream.forget(TOPIC, "s")
        new = await other.stream.subscribe(TOPIC, "s", **way)
        with pytest.raises(Fenced):
            await old.ack(got)
        await receive_until_fenced(old)
        await old.close()
        assert sorted(names(await receive_all(new, 10))) == sorted(each.id for each in sent)
        await eventually_behind(other.stream, {"s": (TOPIC, 10)})
        await new.close()


async def test_it_may_be_another_kind_of_subscription_afterwards(stream: Stream) -> None:
    await stream.publish(TOPIC, [event("a")])
    await (await stream.subscribe(TOPIC, "s", "shared")).close()
    await stream.forget(TOPIC, "s")
    ordered = await stream.subscribe(TOPIC, "s", "ordered")
    assert names(await receive_all(ordered, 1)) == ["a"]
    await ordered.close()


async def test_forgetting_what_is_not_there_is_fine(stream: Stream) -> None:
    await stream.forget("never-seen", "s")
    await stream.publish(TOPIC, [event("a")])
    await stream.forget(TOPIC, "s")
    await (await stream.subscribe(TOPIC, "s", "ordered")).close()
    await asyncio.gather(*(stream.forget(TOPIC, "s") for _ in range(3)))
    await stream.forget(TOPIC, "s")
    assert await stream.lags() == []


async def test_nobody_else_is_disturbed(stream: Stream) -> None:
    await stream.publish(TOPIC, events(20))
    await stream.publish("other", [event("x")])
    kept = [
        await stream.subscribe(TOPIC, "s1", "ordered"),
        await stream.subscribe(TOPIC, "1", "shared"),
        await stream.subscribe("other", "s", "ordered"),
    ]
    forgotten = await stream.subscribe(TOPIC, "s", "ordered")
    got = [await receive_all(each, count) for each, count in zip(kept, (20, 20, 1), strict=True)]
    await stream.forget(TOPIC, "s")
    for each, batch in zip(kept, got, strict=True):
        await each.ack(batch[:1])
        assert await each.receive(10, 0.02) == []
    lags = await stream.lags()
    assert {(lag.topic, lag.subscription) for lag in lags} == {
        (TOPIC, "s1"),
        (TOPIC, "1"),
        ("other", "s"),
    }
    for each in (*kept, forgotten):
        await each.close()


async def test_nobody_comes_after_a_forgotten_one(stream: Stream) -> None:
    await stream.publish(TOPIC, events(6))
    old = await stream.subscribe(TOPIC, "old", "ordered")
    await old.ack(await receive_all(old, 6))
    await stream.forget(TOPIC, "old")
    new = await stream.subscribe(TOPIC, "new", "ordered", start=After(("old",)))
    assert told(await receive_all(new, 6)) == by_key(events(6))
    await new.close()
    await old.close()


async def test_forgetting_that_is_cancelled_can_be_repeated(
    stream: Stream, way: dict[str, Any]
) -> None:
    await stream.publish(TOPIC, events(5))
    for delay_s in (0.0, 0.005, 0.02, 0.06, 0.12):
        subscription = await stream.subscribe(TOPIC, "s", **way)
        await subscription.ack(await receive_all(subscription, 5))
        forgetting = asyncio.create_task(stream.forget(TOPIC, "s"))
        await asyncio.sleep(delay_s)
        forgetting.cancel()
        await asyncio.wait([forgetting])
        await stream.forget(TOPIC, "s")
        await subscription.close()
        assert await stream.lags() == []
