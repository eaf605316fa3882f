"""The ordered subscription on the SQLite file: leased partitions, cumulative acknowledgement.

What was acknowledged is in the file; how far this consumer has read, what it must see again and
after which delay is in memory, because it dies with the lease. See `sqlite_leases` for who holds a
partition.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import structlog

from backends.nudge import POLL_S
from backends.sqlite import Database, Sql
from backends.stream.base import Delivery
from backends.stream.sqlite_leases import (
    Consumer,
    Holding,
    Partition,
    acknowledge,
    balance,
    check,
    claim,
    keep_claim,
    leave,
    living,
    partitions,
)
from backends.stream.sqlite_log import after_in_partition, delivery, seq_of
from backends.stream.sqlite_waiting import Found, Waiting
from models.errors import Fenced, Unavailable

log = structlog.get_logger(__name__)

UNACKED_MAX = 10_000
"""Events delivered and not acknowledged, over which nothing more is delivered."""

BALANCE_GAP_S = 0.05
"""The shortest time between two looks at the shares, however often the group changes."""


@dataclass(slots=True)
class _Held:
    """A partition of ours. `cursor` is the last event delivered; `attempts` counts the deliveries
    of each event beyond the acknowledged position; nothing is read before `blocked_until`."""

    cursor: int
    attempts: dict[int, int] = field(default_factory=dict)
    blocked_until: float = 0.0

    @property
    def is_drained(self) -> bool:
        return all(seq > self.cursor for seq in self.attempts)

    def deliver(self, seq: int) -> int:
        self.cursor = seq
        self.attempts[seq] = self.attempts.get(seq, 0) + 1
        return self.attempts[seq]

    def acknowledge(self, seq: int) -> None:
        self.cursor = max(self.cursor, seq)
        self.attempts = {later: n for later, n in self.attempts.items() if later > seq}


class OrderedSubscription(Waiting):
    """One consumer. `claimed` are the partitions it was told to own; None: a share of all."""

    def __init__(
        self, database: Database, consumer: Consumer, claimed: Sequence[int] | None
    ) -> None:
        super().__init__(database, consumer.topic)
        self._consumer = consumer
        self._claimed = None if claimed is None else frozenset(claimed)
        self._held: dict[int, _Held] = {}
        self._surplus: frozenset[int] = frozenset()
        self._members = 0
        self._fenced = False
        self._first = 0
        self._balanced_at = 0.0
        self._turn = asyncio.Lock()
        self._keeper: asyncio.Task[None] | None = None

    async def join(self) -> None:
        consumer = self._consumer
        if self._claimed is None:
            await self._balance()
        else:
            wanted = sorted(self._claimed)
            self._hold(await self._database.write(lambda t: claim(t, consumer, wanted)))
        self._start_listening()
        self._keeper = asyncio.create_task(self._keep())

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        positions: dict[int, int] = {}
        for each in deliveries:
            positions[each.partition] = max(positions.get(each.partition, 0), seq_of(each.position))
        if not positions:
            return
        consumer = self._consumer
        lost = await self._database.write(lambda t: acknowledge(t, consumer, positions))
        for number in positions.keys() - lost:
            if held := self._held.get(number):
                held.acknowledge(positions[number])
        if lost:
            self._lose(lost)
            raise Fenced(f"partitions {sorted(lost)} of {self._topic} have another owner")

    async def nack(self, deliveries: Sequence[Delivery], delay_s: float) -> None:
        until = asyncio.get_running_loop().time() + delay_s
        for each in deliveries:
            held = self._held.get(each.partition)
            if held is not None:
                held.cursor = min(held.cursor, seq_of(each.position) - 1)
                held.blocked_until = until

    async def close(self) -> None:
        if self._keeper is None:
            return
        keeper, self._keeper = self._keeper, None
        keeper.cancel()
        await asyncio.wait([keeper])
        self._stop_listening()
        self._held.clear()
        consumer = self._consumer
        # Where the file cannot be written the leases end by themselves.
        with suppress(Unavailable):
            await self._database.write(lambda t: leave(t, consumer))

    async def _look(self, max_events: int) -> Found:
        async with self._turn:
            self._check()
            cursors = self._readable(max_events)
            found, members, rows = await self._database.read(
                lambda sql: self._query(sql, cursors, max_events)
            )
            self._notice(found)
            self._check()
            deliveries = self._deliver(rows, cursors)
            if deliveries or not self._should_balance(found, members):
                return Found(deliveries, self._again_s())
        await self._balance()
        return Found([], 0.0 if self._held else BALANCE_GAP_S)

    def _query(
        self, sql: Sql, cursors: dict[int, int], limit: int
    ) -> tuple[list[Partition], int, list[tuple[int, Delivery]]]:
        """Runs on a reader thread: the owners of now, the size of the group, the next events."""
        consumer, rows = self._consumer, list[tuple[int, Delivery]]()
        check(sql, consumer)
        for number, cursor in cursors.items():
            if len(rows) >= limit:
                break
            for seq, body in after_in_partition(
                sql, self._topic, number, cursor, limit=limit - len(rows)
            ):
                rows.append((seq, delivery(self._topic, seq, number, body)))
        found = partitions(sql, *consumer.subscription)
        now = self._database.clock().timestamp()
        return found, living(sql, *consumer.subscription, now), rows

    def _readable(self, max_events: int) -> dict[int, int]:
        """The cursors of the partitions that may be read now; another one first each time, so that
        a busy partition does not starve the others."""
        now = asyncio.get_running_loop().time()
        if sum(len(held.attempts) for held in self._held.values()) >= UNACKED_MAX:
            return {}
        numbers = sorted(self._held)
        self._first += 1
        turn = self._first % len(numbers) if numbers else 0
        return {
            number: self._held[number].cursor
            for number in numbers[turn:] + numbers[:turn]
            if number not in self._surplus and self._held[number].blocked_until <= now
        }

    def _deliver(self, rows: list[tuple[int, Delivery]], cursors: dict[int, int]) -> list[Delivery]:
        # A nack that came while the file was read has moved a cursor back: that one is read again.
        current = {n for n, cursor in cursors.items() if self._is_at(n, cursor)}
        deliveries = []
        for seq, each in rows:
            if each.partition in current:
                attempt = self._held[each.partition].deliver(seq)
                deliveries.append(replace(each, attempt=attempt))
        return deliveries

    def _is_at(self, number: int, cursor: int) -> bool:
        held = self._held.get(number)
        return held is not None and held.cursor == cursor

    def _again_s(self) -> float:
        now = asyncio.get_running_loop().time()
        waits = [held.blocked_until - now for held in self._held.values()]
        return min((wait for wait in waits if wait > 0), default=POLL_S)

    def _check(self) -> None:
        if self._fenced:
            raise Fenced(f"a newer owner has taken partitions of {self._topic}")

    def _notice(self, found: list[Partition]) -> None:
        owned = {p.number for p in found if p.owner == self._consumer.token}
        self._lose(frozenset(self._held.keys() - owned))

    def _lose(self, lost: frozenset[int]) -> None:
        for number in lost:
            self._held.pop(number, None)
        if lost and self._claimed is not None:
            self._fenced = True

    def _should_balance(self, found: list[Partition], members: int) -> bool:
        if self._claimed is not None:
            return False
        now, consumer = self._database.clock().timestamp(), self._consumer
        changed = members != self._members or any(p.is_free(now, consumer.lease_s) for p in found)
        drained = any(self._held[n].is_drained for n in self._surplus & self._held.keys())
        rested = asyncio.get_running_loop().time() - self._balanced_at >= BALANCE_GAP_S
        return (changed or drained) and rested

    async def _balance(self) -> None:
        async with self._turn:
            drained = [number for number, held in self._held.items() if held.is_drained]
            consumer = self._consumer
            self._hold(await self._database.write(lambda t: balance(t, consumer, drained)))
            self._balanced_at = asyncio.get_running_loop().time()

    def _hold(self, holding: Holding) -> None:
        self._held = {
            number: self._held.get(number) or _Held(position)
            for number, position in holding.positions.items()
        }
        self._surplus, self._members = holding.surplus, holding.members

    async def _keep(self) -> None:
        """Renew for as long as the consumer lives, however long it handles one batch. Where the
        subscription was forgotten there is nothing to renew: the next `receive` says so."""
        consumer = self._consumer
        rest_s = consumer.lease_s / 3
        if self._claimed is not None:
            rest_s = consumer.lease_s * 4
        while True:
            await asyncio.sleep(rest_s)
            try:
                if self._claimed is None:
                    await self._balance()
                else:
                    await self._database.write(lambda t: keep_claim(t, consumer))
            except Fenced:
                return
            except Unavailable:
                log.warning("lease not renewed", topic=consumer.topic, subscription=consumer.name)
