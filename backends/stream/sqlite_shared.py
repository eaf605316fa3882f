"""The shared subscription on the SQLite file: any consumer takes any event, one by one.

The subscription's `position` is how far events were handed out; `stream_shared` has one row for
each event that was handed out and is not acknowledged: leased (an owner, until the lease ends) or
delayed (no owner, until the delay ends). A row whose time has come is handed out again, before new
events; acknowledging deletes it.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

import structlog

from backends.nudge import POLL_S
from backends.sqlite import Database, Sql
from backends.stream.base import Delivery
from backends.stream.sqlite_leases import Consumer, check
from backends.stream.sqlite_log import delivery, seq_of
from backends.stream.sqlite_waiting import Found, Waiting
from backends.writer import Transaction
from models.errors import Fenced, Unavailable

log = structlog.get_logger(__name__)

Taken = tuple[int, int, str, int]
"""seq, partition, body, attempt."""


class SharedSubscription(Waiting):
    def __init__(self, database: Database, consumer: Consumer) -> None:
        super().__init__(database, consumer.topic)
        self._consumer = consumer
        self._unacked: set[int] = set()
        self._ready: list[Delivery] = []
        self._taking: asyncio.Task[None] | None = None
        self._keeper: asyncio.Task[None] | None = None

    async def join(self) -> None:
        self._start_listening()
        self._keeper = asyncio.create_task(self._keep())

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        seqs = [seq_of(each.position) for each in deliveries]
        consumer = self._consumer
        lost = await self._database.write(lambda t: _acknowledge(t, consumer, seqs))
        self._unacked.difference_update(seqs)
        if lost:
            raise Fenced(f"{lost} events of {self._topic} were given to another consumer")

    async def nack(self, deliveries: Sequence[Delivery], delay_s: float) -> None:
        seqs = [seq_of(each.position) for each in deliveries]
        consumer = self._consumer
        await self._database.write(lambda t: _delay(t, consumer, seqs, delay_s))
        self._unacked.difference_update(seqs)

    async def close(self) -> None:
        if self._keeper is None:
            return
        keeper, self._keeper = self._keeper, None
        keeper.cancel()
        await asyncio.wait([keeper] if self._taking is None else [keeper, self._taking])
        self._stop_listening()
        consumer = self._consumer
        # Where the file cannot be written the leases end by themselves.
        with suppress(Unavailable):
            await self._database.write(lambda t: _give_back(t, consumer))

    async def _look(self, max_events: int) -> Found:
        if not self._ready:
            if self._taking is None:
                again_s = await self._database.read(self._due_in)
                if again_s > 0:
                    return Found([], again_s)
                self._taking = asyncio.create_task(self._take(max_events))
            await self._taken(self._taking)
        given, self._ready = self._ready[:max_events], self._ready[max_events:]
        return Found(given, 0.0 if given else POLL_S)

    def _due_in(self, sql: Sql) -> float:
        """Seconds until an event can be taken; 0 where one can be now. Raises Fenced."""
        check(sql, self._consumer)
        subscription = self._consumer.subscription
        new = sql.row(
            "SELECT 1 FROM stream_subscriptions s JOIN stream_events e"
            " ON e.topic = s.topic AND e.seq > s.position"
            " WHERE s.topic = ? AND s.name = ? LIMIT 1",
            subscription,
        )
        if new:
            return 0.0
        row = sql.row(
            "SELECT min(until) FROM stream_shared WHERE topic = ? AND name = ?", subscription
        )
        if row is None or row[0] is None:
            return POLL_S
        return max(0.0, float(row[0]) - self._database.clock().timestamp())

    async def _taken(self, taking: asyncio.Task[None]) -> None:
        """Wait for a take. It is a write, so it goes on where `receive` is cancelled meanwhile, and
        the next `receive` has what it took."""
        try:
            await asyncio.shield(taking)
        finally:
            if taking.done():
                self._taking = None

    async def _take(self, max_events: int) -> None:
        consumer = self._consumer
        taken = await self._database.write(lambda t: _take(t, consumer, max_events))
        self._unacked.update(seq for seq, *_ in taken)
        self._ready += [delivery(self._topic, *row) for row in taken]

    async def _keep(self) -> None:
        """Renew for as long as the consumer lives; an idle one writes nothing."""
        consumer = self._consumer
        while True:
            await asyncio.sleep(consumer.lease_s / 3)
            if not self._unacked:
                continue
            try:
                await self._database.write(lambda t: _renew(t, consumer))
            except Unavailable:
                log.warning("lease not renewed", topic=consumer.topic, subscription=consumer.name)


def _take(transaction: Transaction, consumer: Consumer, limit: int) -> list[Taken]:
    """Lease what is due, then what is new. Raises Fenced where the subscription was forgotten."""
    check(transaction.sql, consumer)
    sql, until = transaction.sql, transaction.now + consumer.lease_s
    due: list[Taken] = [
        (seq, partition, body, attempt + 1)
        for seq, partition, body, attempt in sql.rows(
            "SELECT e.seq, e.partition, e.body, s.attempt"
            " FROM stream_shared s JOIN stream_events e ON e.seq = s.seq"
            " WHERE s.topic = ? AND s.name = ? AND s.until <= ? ORDER BY s.until, s.seq LIMIT ?",
            (*consumer.subscription, transaction.now, limit),
        )
    ]
    for seq, _, _, attempt in due:
        sql.run(
            "UPDATE stream_shared SET owner = ?, until = ?, attempt = ?"
            " WHERE topic = ? AND name = ? AND seq = ?",
            (consumer.token, until, attempt, *consumer.subscription, seq),
        )
    new: list[Taken] = [
        (seq, partition, body, 1)
        for seq, partition, body in sql.rows(
            "SELECT e.seq, e.partition, e.body FROM stream_subscriptions s JOIN stream_events e"
            " ON e.topic = s.topic AND e.seq > s.position"
            " WHERE s.topic = ? AND s.name = ? ORDER BY e.seq LIMIT ?",
            (*consumer.subscription, limit - len(due)),
        )
    ]
    for seq, *_ in new:
        sql.run(
            "INSERT INTO stream_shared (topic, name, seq, owner, until, attempt)"
            " VALUES (?, ?, ?, ?, ?, 1)",
            (*consumer.subscription, seq, consumer.token, until),
        )
    if new:
        sql.run(
            "UPDATE stream_subscriptions SET position = ? WHERE topic = ? AND name = ?",
            (new[-1][0], *consumer.subscription),
        )
    return due + new


def _acknowledge(transaction: Transaction, consumer: Consumer, seqs: list[int]) -> int:
    """Forget the events that are still ours; returns how many are not."""
    done = [
        transaction.sql.run(
            "DELETE FROM stream_shared WHERE topic = ? AND name = ? AND seq = ? AND owner = ?",
            (*consumer.subscription, seq, consumer.token),
        )
        for seq in seqs
    ]
    return done.count(0)


def _delay(transaction: Transaction, consumer: Consumer, seqs: list[int], delay_s: float) -> None:
    for seq in seqs:
        transaction.sql.run(
            "UPDATE stream_shared SET owner = NULL, until = ?"
            " WHERE topic = ? AND name = ? AND seq = ? AND owner = ?",
            (transaction.now + delay_s, *consumer.subscription, seq, consumer.token),
        )


def _renew(transaction: Transaction, consumer: Consumer) -> None:
    transaction.sql.run(
        "UPDATE stream_shared SET until = ? WHERE topic = ? AND name = ? AND owner = ?",
        (transaction.now + consumer.lease_s, *consumer.subscription, consumer.token),
    )


def _give_back(transaction: Transaction, consumer: Consumer) -> None:
    freed = transaction.sql.run(
        "UPDATE stream_shared SET owner = NULL, until = 0"
        " WHERE topic = ? AND name = ? AND owner = ?",
        (*consumer.subscription, consumer.token),
    )
    if freed:
        transaction.announced.add(consumer.topic)
