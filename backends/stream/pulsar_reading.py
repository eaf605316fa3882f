"""`read` and `end` on Pulsar: a replay, or the follower of that topic where one stands just there.

Who reads a topic to its end, and finds nothing, will ask again: from then on the place is followed.
One follower a topic; whoever reads from elsewhere gets a replay of its own.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from datetime import datetime

from backends.stream.base import PARTITIONS, Delivery
from backends.stream.pulsar_admin import PulsarAdmin
from backends.stream.pulsar_charter import partition_name
from backends.stream.pulsar_client import PulsarClient, Source
from backends.stream.pulsar_follower import Follower, TooMuchNews
from backends.stream.pulsar_lanes import partition_of
from backends.stream.pulsar_places import Extent, Place, Position, position_text
from backends.stream.pulsar_replay import (
    OpenSource,
    Replay,
    beginning_of,
    check_position,
    delivery,
    end_of,
)


class Reading:
    """`full_name` gives a topic's name with its namespace."""

    def __init__(
        self, client: PulsarClient, admin: PulsarAdmin, full_name: Callable[[str], str]
    ) -> None:
        self._client, self._admin, self._full_name = client, admin, full_name
        self._followers: dict[str, Follower] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    async def end(self, topic: str) -> Position:
        """Raises Unavailable."""
        async with self._turn(topic):
            follower = await self._caught_up(topic)
            if follower is None:
                extents = await self._admin.extents(topic)
                follower = await self._follow(topic, end_of(extents), extents)
            follower.take()
            follower.asked = list(follower.reached)
            return list(follower.reached)

    async def read(
        self, topic: str, position: Position | None, since: datetime | None, key: str | None
    ) -> AsyncGenerator[Delivery, None]:
        """Raises PositionLost, Unavailable."""
        if position is not None and since is None and key is None:
            news = await self._news(topic, position)
            if news is not None:
                for each in news:
                    yield each
                return
        extents = await self._admin.extents(topic)
        if position is not None:
            check_position(topic, position, extents)
        replay = Replay(
            topic,
            self._opener(topic),
            extents,
            start=beginning_of(extents) if position is None else position,
            partitions=tuple(range(PARTITIONS)) if key is None else (partition_of(key),),
            since=since,
        )
        async with aclosing(replay.deliveries(key)) as found:
            async for each in found:
                yield each

    async def close(self) -> None:
        followers, self._followers = list(self._followers.values()), {}
        await asyncio.gather(*(follower.close() for follower in followers))

    async def _news(self, topic: str, position: Position) -> list[Delivery] | None:
        """What is new since the position where it is followed; None where it is not: then a replay
        must tell."""
        async with self._turn(topic):
            follower = self._followers.get(topic)
            if follower is not None and follower.asked == position:
                follower = await self._caught_up(topic)
                return None if follower is None else _given(topic, follower)
            extents = await self._admin.extents(topic)
            if position == end_of(extents):
                await self._follow(topic, position, extents)
                return []
            return None

    async def _caught_up(self, topic: str) -> Follower | None:
        """The follower of the topic, at the end as it is now, if there is one that can."""
        follower = self._followers.get(topic)
        if follower is None:
            return None
        try:
            await follower.catch_up()
        except TooMuchNews:
            await self._drop(topic)
            return None
        except BaseException:
            # Something may be lost on the way: it stands nowhere any more.
            await self._drop(topic)
            raise
        return follower

    async def _follow(self, topic: str, position: Position, extents: list[Extent]) -> Follower:
        await self._drop(topic)
        follower = await Follower.open(self._opener(topic), position, extents)
        self._followers[topic] = follower
        return follower

    async def _drop(self, topic: str) -> None:
        follower = self._followers.pop(topic, None)
        if follower is not None:
            await follower.close()

    def _opener(self, topic: str) -> OpenSource:
        async def open_source(number: int, after: Place) -> Source:
            return await self._client.source(partition_name(self._full_name(topic), number), after)

        return open_source

    def _turn(self, topic: str) -> asyncio.Lock:
        return self._turns.setdefault(topic, asyncio.Lock())


def _given(topic: str, follower: Follower) -> list[Delivery]:
    """What waits at the follower, each with the position behind it."""
    position, given = list(follower.position), []
    for entry in follower.take():
        position[entry.partition] = entry.place
        found = delivery(topic, entry, position_text(position))
        if found is not None and follower.seen[entry.partition].is_new(found.event.id):
            given.append(found)
            follower.asked = list(position)
    return given
