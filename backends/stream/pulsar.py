"""The stream on Apache Pulsar: partitioned topics, replay, cursors that a newer owner fences.

A topic of ours is a partitioned topic in `namespace`; an event's partition is chosen here, not by
the driver, so that both adapters agree: `pulsar_lanes` publishes, `pulsar_reading` replays.
What Pulsar has no word for is kept beside, in the namespace `<namespace>-owners`: for each
subscription a topic with its charter, its members, and for each partition who owns it and how far
it is acknowledged (`pulsar_subscriptions`, `pulsar_charter`, `pulsar_members`, `pulsar_owner`). The
subscription of that name on the events themselves follows behind: it holds up retention and counts
the lag. ADR 11 says why.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from datetime import datetime
from math import ceil
from weakref import WeakSet

from backends.stream.after import check_start
from backends.stream.base import PARTITIONS, Delivery, Lag, Mode, Start, Subscription
from backends.stream.pulsar_admin import PulsarAdmin
from backends.stream.pulsar_charter import Charter, partition_name
from backends.stream.pulsar_client import PulsarClient
from backends.stream.pulsar_edge import EdgeSubscription, Inbox, SharedSubscription
from backends.stream.pulsar_held import Held
from backends.stream.pulsar_lanes import Lane, put_all
from backends.stream.pulsar_ordered import Consumer, OrderedSubscription
from backends.stream.pulsar_owner import Owner
from backends.stream.pulsar_places import NOTHING, Position, position_of, position_text
from backends.stream.pulsar_reading import Reading
from backends.stream.pulsar_subscriptions import Subscriptions
from models.base import Clock, new_id, utc_now
from models.events import Event

DAY_S = 86_400.0
OWNERS_MB = 8
"""Megabytes of each ownership topic that the broker keeps, however old: the last entry counts."""


class PulsarStream:
    """The Stream port on a broker at `url` (`pulsar://` or `pulsar+ssl://`) with its web service at
    `admin_url`; `namespace` is `tenant/name`, made with `retention_s` if it is not there. `token`
    and `tls_ca` (a file of trusted certificates) are for both. A consumer of a group that falls
    silent is replaced after `lease_s`."""

    def __init__(
        self,
        url: str,
        *,
        admin_url: str,
        namespace: str = "public/default",
        token: str | None = None,
        tls_ca: str | None = None,
        retention_s: float = 30 * DAY_S,
        lease_s: float = 5.0,
        clock: Clock = utc_now,
    ) -> None:
        self._client = PulsarClient(url, token=token, tls_ca=tls_ca)
        self._admin = PulsarAdmin(admin_url, namespace, token=token, tls_ca=tls_ca)
        self._owners_admin = PulsarAdmin(
            admin_url, f"{namespace}-owners", token=token, tls_ca=tls_ca
        )
        self._subscriptions = Subscriptions(self._client, self._admin, self._owners_admin)
        self._retention_s, self._lease_s, self._clock = retention_s, lease_s, clock
        self._made: set[str] = set()
        self._lanes: dict[tuple[str, int], Lane] = {}
        self._reading = Reading(self._client, self._admin, self._admin.full_name)
        self._joined: WeakSet[OrderedSubscription | Inbox] = WeakSet()

    async def open(self) -> None:
        """Make the namespaces where they are not there. Raises Unavailable."""
        await self._make_namespaces()
        self._client.open()

    async def close(self) -> None:
        """Ends the connections; subscriptions that were not closed give nothing back by themselves,
        the broker does."""
        for joined in list(self._joined):
            joined.abandon()
        self._joined.clear()
        lanes, self._lanes = list(self._lanes.values()), {}
        await asyncio.gather(*(lane.close() for lane in lanes))
        await self._reading.close()
        await self._client.close()

    async def publish(self, topic: str, events: Sequence[Event]) -> None:
        """As the port says. Where it raises Unavailable, some of the events may have been stored:
        published again they are copies, which are left out where they are read."""
        if events:
            await self._make_topic(topic)
            await put_all(lambda number: self._lane(topic, number), events)

    async def subscribe(
        self,
        topic: str,
        name: str,
        mode: Mode,
        *,
        start: Start = "earliest",
        partitions: Sequence[int] | None = None,
    ) -> Subscription:
        """As the port says; a consumer with `partitions` takes them over at once: the newest one
        wins, and `receive` and `ack` of the older one raise Fenced."""
        check_start(mode, start)
        await self._make_topic(topic)
        if mode == "tail":
            edge = EdgeSubscription(topic, await self._client.edge(self._admin.full_name(topic)))
            self._joined.add(edge)
            return edge
        charter = await self._subscriptions.join(
            topic, name, mode, lambda: self._begin(topic, start)
        )
        if mode == "shared":
            return await self._join_shared(topic, name, charter)
        claimed = None if partitions is None else frozenset(partitions)
        return await self._join_ordered(topic, name, charter, claimed)

    async def forget(self, topic: str, name: str) -> None:
        """As the port says; 2 s where a consumer of it does not answer."""
        await self._subscriptions.forget(topic, name)

    async def read(
        self,
        topic: str,
        *,
        from_position: str | None = None,
        from_time: datetime | None = None,
        key: str | None = None,
    ) -> AsyncIterator[Delivery]:
        position = None if from_position is None else position_of(from_position)
        await self._make_topic(topic)
        async with aclosing(self._reading.read(topic, position, from_time, key)) as found:
            async for each in found:
                yield each

    async def end(self, topic: str) -> str:
        """Some 50 ms the first time; the place is followed from then on, so that reading on is
        quick."""
        await self._make_topic(topic)
        return position_text(await self._reading.end(topic))

    async def lags(self) -> list[Lag]:
        """As the broker counts them: an acknowledgement shows within 0.2 s."""
        now = self._clock().timestamp()
        found: dict[tuple[str, str], tuple[int, float]] = {}
        for topic in await self._admin.topics():
            for name, events, oldest in await self._admin.backlogs(topic):
                count, age_s = found.get((topic, name), (0, 0.0))
                age_s = max(age_s, 0.0 if oldest is None or not events else now - oldest)
                found[topic, name] = count + events, age_s
        return [Lag(topic, name, *lag) for (topic, name), lag in sorted(found.items())]

    async def _begin(self, topic: str, start: Start) -> Position:
        if start == "earliest":
            return [NOTHING] * PARTITIONS
        if start == "latest":
            return await self._reading.end(topic)
        return await self._subscriptions.after(topic, start.names)

    async def _join_shared(self, topic: str, name: str, charter: Charter) -> SharedSubscription:
        members = self._subscriptions.members(topic, name, new_id())
        await members.join()
        try:
            receiver = await self._subscriptions.shared(topic, name, charter)
        except BaseException:
            await members.close()
            raise
        shared = SharedSubscription(topic, receiver, members)
        self._joined.add(shared)
        return shared

    async def _join_ordered(
        self, topic: str, name: str, charter: Charter, claimed: frozenset[int] | None
    ) -> OrderedSubscription:
        consumer = Consumer(topic, name, new_id(), self._lease_s, claimed)
        members = self._subscriptions.members(topic, name, consumer.token)
        ordered = OrderedSubscription(consumer, members)
        self._joined.add(ordered)

        async def take(number: int, by_force: bool) -> Held:
            log = self._subscriptions.owner_log(topic, name, number, charter)
            begin = charter.begin[number]
            owner = await Owner.take(log, consumer.token, by_force=by_force, begin=begin)
            partition = partition_name(self._admin.full_name(topic), number)
            held = Held(
                topic,
                owner,
                lambda: self._subscriptions.cursor(topic, name, number, begin),
                lambda after: self._client.source(partition, after),
                news=ordered.news.set,
            )
            try:
                await held.start()
            except BaseException:
                await held.close()
                raise
            return held

        await ordered.join(take)
        return ordered

    def _lane(self, topic: str, number: int) -> Lane:
        lane = self._lanes.get((topic, number))
        if lane is None:
            name = partition_name(self._admin.full_name(topic), number)
            lane = self._lanes[topic, number] = Lane(lambda: self._client.sender(name))
        return lane

    async def _make_namespaces(self) -> None:
        minutes = ceil(self._retention_s / 60)
        await self._admin.create_namespace(retention_minutes=minutes, retention_mb=-1)
        await self._owners_admin.create_namespace(retention_minutes=-1, retention_mb=OWNERS_MB)

    async def _make_topic(self, topic: str) -> None:
        if topic not in self._made:
            await self._admin.create_topic(topic, PARTITIONS)
            self._made.add(topic)
