"""The stream in one SQLite file, beside the documents.

Events are rows of one table (`sqlite_log`), subscriptions of another (`sqlite_subscriptions`); an
ordered one leases partitions (`sqlite_ordered`, `sqlite_leases`), a shared one leases single events
(`sqlite_shared`), a tail only remembers how far it has read. Waiting is woken by a datagram
(`backends.nudge`). What is kept how long is told in `sqlite_upkeep`.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from functools import partial

import structlog

from backends.nudge import POLL_S
from backends.sqlite import Database, Sql
from backends.stream import sqlite_log, sqlite_subscriptions, sqlite_upkeep
from backends.stream.after import check_start
from backends.stream.base import PARTITIONS, Delivery, Lag, Mode, PositionLost, Start, Subscription
from backends.stream.sqlite_leases import Consumer
from backends.stream.sqlite_ordered import OrderedSubscription
from backends.stream.sqlite_shared import SharedSubscription
from backends.stream.sqlite_waiting import Found, Waiting
from models.base import new_id
from models.errors import Unavailable
from models.events import Event

log = structlog.get_logger(__name__)

DAY_S = 86_400.0
READ_PAGE = 500
"""Events of a replay in memory at one time."""


class SqliteStream:
    """The Stream port on a `Database`.

    A consumer that dies is replaced after `lease_s`. Events are kept for `retention_s` at least,
    and looked through every `sweep_s` for those that may go.
    """

    def __init__(
        self,
        database: Database,
        *,
        lease_s: float = 5.0,
        retention_s: float = 30 * DAY_S,
        sweep_s: float = 3600.0,
    ) -> None:
        self._database = database
        self._lease_s = lease_s
        self._retention_s = retention_s
        self._sweep_s = sweep_s
        self._sweeper: asyncio.Task[None] | None = None

    async def open(self) -> None:
        await self._database.open(self)
        if self._sweeper is None:
            self._sweeper = asyncio.create_task(self._sweep_for_ever())

    async def close(self) -> None:
        if self._sweeper is not None:
            sweeper, self._sweeper = self._sweeper, None
            sweeper.cancel()
            await asyncio.wait([sweeper])
        await self._database.close(self)

    async def publish(self, topic: str, events: Sequence[Event]) -> None:
        entries = [sqlite_log.entry(topic, event) for event in events]
        if entries:
            await self._database.write(lambda t: sqlite_log.append(t, entries))

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
        if mode == "tail":
            position = await self._database.read(lambda sql: sqlite_log.end(sql, topic))
            return _Tail(self._database, topic, position)
        wanted = range(PARTITIONS) if partitions is None else tuple(partitions)
        subscription_id = await self._database.write(
            lambda t: sqlite_subscriptions.join(t, topic, name, mode, start, wanted)
        )
        consumer = Consumer(topic, name, subscription_id, new_id(), self._lease_s)
        joined: OrderedSubscription | SharedSubscription
        if mode == "shared":
            joined = SharedSubscription(self._database, consumer)
        else:
            joined = OrderedSubscription(self._database, consumer, partitions)
        await joined.join()
        return joined

    async def forget(self, topic: str, name: str) -> None:
        await self._database.write(lambda t: sqlite_subscriptions.forget(t, topic, name))

    async def read(
        self,
        topic: str,
        *,
        from_position: str | None = None,
        from_time: datetime | None = None,
        key: str | None = None,
    ) -> AsyncIterator[Delivery]:
        position = 0 if from_position is None else sqlite_log.seq_of(from_position)
        moment = from_time.timestamp() if from_time is not None else None

        def begin(sql: Sql) -> tuple[int, int]:
            until = sqlite_log.end(sql, topic)
            if from_position is not None and not sqlite_log.swept(sql, topic) <= position <= until:
                raise PositionLost(f"{topic} cannot be read on from {from_position}")
            by_time = 0 if moment is None else sqlite_log.before_time(sql, moment)
            return max(position, by_time), until

        position, until = await self._database.read(begin)
        while page := await self._page(topic, position, until, key):
            for each in page:
                yield each
            position = sqlite_log.seq_of(page[-1].position)

    async def _page(self, topic: str, position: int, until: int, key: str | None) -> list[Delivery]:
        def query(sql: Sql) -> list[Delivery]:
            if key is None:
                return sqlite_log.after(sql, topic, position, limit=READ_PAGE, until=until)
            return sqlite_log.after_of_key(sql, topic, key, position, limit=READ_PAGE, until=until)

        return await self._database.read(query)

    async def end(self, topic: str) -> str:
        return sqlite_log.position_text(
            await self._database.read(lambda sql: sqlite_log.end(sql, topic))
        )

    async def lags(self) -> list[Lag]:
        now = self._database.clock().timestamp()
        return await self._database.read(lambda sql: sqlite_upkeep.lags(sql, now))

    async def sweep(self) -> int:
        """Delete the events that may go, in small transactions; returns how many went."""
        oldest_kept = self._database.clock().timestamp() - self._retention_s
        until = await self._database.read(lambda sql: sqlite_log.before_time(sql, oldest_kept))
        swept = 0
        while seqs := await self._database.read(lambda sql: sqlite_upkeep.may_go(sql, until)):
            swept += await self._database.write(partial(sqlite_upkeep.delete, seqs=seqs))
        return swept

    async def _sweep_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._sweep_s)
            try:
                log.info("events swept", events=await self.sweep())
            except Unavailable:
                log.warning("events not swept")


class _Tail(Waiting):
    """The live edge: everything after the moment of subscribing, nothing kept."""

    def __init__(self, database: Database, topic: str, position: int) -> None:
        super().__init__(database, topic)
        self._position = position
        self._start_listening()

    async def _look(self, max_events: int) -> Found:
        position, topic = self._position, self._topic
        found = await self._database.read(
            lambda sql: sqlite_log.after(sql, topic, position, limit=max_events)
        )
        if found:
            self._position = sqlite_log.seq_of(found[-1].position)
        return Found(found, POLL_S)

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        """A tail keeps nothing, so there is nothing to acknowledge."""

    async def nack(self, deliveries: Sequence[Delivery], delay_s: float) -> None:
        """A tail keeps nothing, so nothing comes again."""

    async def close(self) -> None:
        self._stop_listening()
