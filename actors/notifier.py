"""The notification queue of a shard: the only owner of its users' notifications and deliveries.

Two things run side by side. The intake reads `match-events` in order and stores, for each batch,
the deliveries and then the notifications with their events; in-app is delivered by that. One lane
for each outer channel sends what is due: new deliveries at once, retries and what a crash left
behind from the store. Nothing durable lives here: a new owner takes the next epoch, reads on where
the subscription stood, and finds in the store what is still due.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from actors.intake import Intake
from actors.tenant import Turn, at_once
from backends.channels.base import Channel
from backends.documents.base import Documents, Fence
from backends.stream.base import PARTITIONS, Delivery, Stream
from backends.stream.consumer import RetryPolicy
from delivery.retry import RetrySchedule, Uniform
from models.alert import ChannelName
from models.base import Clock, new_id
from models.errors import Fenced
from models.events import MATCH_CREATED, MATCH_EVENTS
from models.shards import BUCKETS, bucket_of, owns
from models.topology import ActorRole
from services.telling.delivering import Renderer
from services.telling.lanes import Lane, LaneLimits
from services.telling.notifying import notify
from services.telling.positions import Positions

SUBSCRIPTION = "notifier"
"""Of all shards together, each of which has its partitions: who comes next reads on there."""
BATCH = 100
GRACE_S = 10.0
"""How long `stop` lets what is in flight finish; the lease covers what does not."""

COUNTED = (
    "notifications_created",
    "deliveries_delivered",
    "deliveries_retried",
    "deliveries_suppressed",
    "deliveries_failed",
)
"""From zero on: a count that appears with its first event hides that event from `increase`."""


class NotificationQueue:
    """`channels` are the adapters of the outer channels; it opens and closes them."""

    def __init__(
        self,
        documents: Documents,
        stream: Stream,
        channels: Mapping[ChannelName, Channel],
        renderer: Renderer,
        *,
        role: ActorRole,
        clock: Clock,
        new_position: Callable[[], str] = new_id,
        uniform: Uniform = random.uniform,
        schedule: RetrySchedule | None = None,
        limits: LaneLimits | None = None,
        retry: RetryPolicy | None = None,
    ) -> None:
        self.name = role.name
        self._documents = documents
        self._stream = stream
        self._channels = dict(channels)
        self._renderer = renderer
        self._buckets = frozenset(b for b in range(BUCKETS) if owns(role.shard, role.shards, b))
        self._clock = clock
        self._positions = Positions(new_position)
        self._uniform = uniform
        self._schedule = schedule or RetrySchedule()
        self._limits = limits or LaneLimits()
        self._fence: Fence | None = None
        self._intake = Intake(
            documents,
            stream,
            topic=MATCH_EVENTS,
            name=SUBSCRIPTION,
            partitions=sorted({bucket % PARTITIONS for bucket in self._buckets}),
            handle=self._handle,
            max_batch=BATCH,
            clock=clock,
            retry=retry,
        )
        self._reading: asyncio.Task[None] | None = None
        self._running: asyncio.Task[None] | None = None
        self._lanes: tuple[Lane, ...] = ()
        self._counters = Counter(dict.fromkeys(COUNTED, 0))

    async def recover(self, turn: Turn = at_once) -> None:
        """Take the epoch, open the channels, and join the subscription where it stood."""
        await turn()
        self._fence = await self._documents.take_epoch(self.name)
        await self._positions.rise_above_stored(self._documents)
        for channel in self._channels.values():
            await channel.open()
        self._lanes = tuple(
            self._lane(self._fence, name, channel) for name, channel in self._channels.items()
        )
        await self._intake.join()

    async def run(self) -> None:
        """Until `stop`. Raises Fenced when a newer owner has taken over."""
        self._running = asyncio.current_task()
        try:
            async with asyncio.TaskGroup() as group:
                self._reading = group.create_task(self._intake.run())
                for lane in self._lanes:
                    group.create_task(lane.run(group))
        except BaseExceptionGroup as faults:
            # Who was overtaken must stop, whatever else went wrong at that moment.
            fenced = faults.subgroup(Fenced)
            raise (fenced or faults).exceptions[0] from None
        finally:
            self._running = None

    async def stop(self) -> None:
        """Take in nothing more, let what is in flight finish, release everything. Idempotent."""
        if self._reading is not None:
            self._reading.cancel()
        for lane in self._lanes:
            lane.stop()
        if self._running is not None:
            await asyncio.wait([self._running], timeout=GRACE_S)
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait([self._running])
        await self._intake.leave()
        for channel in self._channels.values():
            await channel.close()
        await self._stream.close()
        await self._documents.close()

    def status(self) -> tuple[dict[str, float], dict[str, float]]:
        gauges = {
            "deliveries_waiting": float(sum(lane.waiting for lane in self._lanes)),
            "deliveries_in_flight": float(sum(lane.in_flight for lane in self._lanes)),
        }
        counters = {name: float(count) for name, count in dict(self._counters).items()}
        return counters, gauges

    def _lane(self, fence: Fence, name: ChannelName, channel: Channel) -> Lane:
        whole = len(self._buckets) == BUCKETS
        return Lane(
            self._documents,
            fence,
            name,
            channel,
            self._renderer,
            buckets=None if whole else sorted(self._buckets),
            clock=self._clock,
            uniform=self._uniform,
            schedule=self._schedule,
            limits=self._limits,
            counters=self._counters,
        )

    async def _handle(self, deliveries: Sequence[Delivery]) -> None:
        assert self._fence is not None, "recover first"
        ours = [
            delivery.event
            for delivery in deliveries
            if delivery.event.type == MATCH_CREATED
            and bucket_of(delivery.event.key) in self._buckets
        ]
        if not ours:
            return
        told = await notify(
            self._documents,
            ours,
            sendable=frozenset(self._channels),
            now=self._clock(),
            new_position=self._positions.next,
            fence=self._fence,
        )
        self._counters["notifications_created"] += told.notifications
        for lane in self._lanes:
            lane.offer(told.pending)
