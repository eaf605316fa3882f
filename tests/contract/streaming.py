"""What the suites of the stream say again and again."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from backends.stream.base import PARTITIONS, Delivery, Lag, Stream, Subscription
from models.events import Event

TOPIC = "job-events"
WAIT_S = 5.0
QUIET_S = 0.3
LAG_S = 3.0
"""How long the lags may stay behind; the port says a second, and the machine is busy."""

WAYS: dict[str, dict[str, Any]] = {
    "claim": {"mode": "ordered", "partitions": range(PARTITIONS)},
    "group": {"mode": "ordered"},
    "shared": {"mode": "shared"},
}
"""The arguments of `subscribe` for each kind of durable consumer."""


def event(name: str, key: str = "k") -> Event:
    return Event(id=name, type="test.v1", subject="s", key=key, data={"name": name})


def events(count: int, keys: int = 8, prefix: str = "e") -> list[Event]:
    return [event(f"{prefix}{number}", f"key{number % keys}") for number in range(count)]


def names(deliveries: Iterable[Delivery]) -> list[str]:
    return [delivery.event.id for delivery in deliveries]


def by_key(found: Iterable[Event]) -> dict[str, list[str]]:
    """The ids of each key in order: what the port promises of a topic's order."""
    ids: dict[str, list[str]] = defaultdict(list)
    for each in found:
        ids[each.key].append(each.id)
    return dict(ids)


def told(deliveries: Iterable[Delivery]) -> dict[str, list[str]]:
    return by_key(delivery.event for delivery in deliveries)


async def replay(stream: Stream, topic: str = TOPIC, **options: object) -> list[Delivery]:
    return [delivery async for delivery in stream.read(topic, **options)]  # type: ignore[arg-type]


async def receive_all(subscription: Subscription, count: int) -> list[Delivery]:
    """Receive until `count` have come, without acknowledging; fails where they do not come."""
    got: list[Delivery] = []
    while len(got) < count:
        more = await subscription.receive(count - len(got), WAIT_S)
        assert more, f"only {len(got)} of {count} came"
        got += more
    return got


async def receive_what_comes(subscription: Subscription) -> list[Delivery]:
    """Receive until it is quiet, without acknowledging."""
    got: list[Delivery] = []
    while batch := await subscription.receive(200, QUIET_S):
        got += batch
    return got


async def eventually_behind(stream: Stream, expected: dict[str, tuple[str, int]]) -> dict[str, Lag]:
    """The lags by subscription, once each has the topic and the events that are expected."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + LAG_S
    while True:
        lags = {lag.subscription: lag for lag in await stream.lags()}
        found = {name: (lag.topic, lag.events) for name, lag in lags.items()}
        if found == expected:
            return lags
        assert loop.time() < deadline, found
        await asyncio.sleep(0.02)
