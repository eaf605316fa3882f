"""Leases of partitions: who reads which partition of an ordered subscription.

Each partition has one owner, a token that is new with every subscriber; an acknowledgement is
refused unless its token is still the owner, whatever the clocks say.

*Group*: consumers without a list of partitions share all of them. Each writes a sign of life every
third of `lease_s`; each may hold `ceil(partitions / living consumers)`. Free and expired partitions
are taken up to that share; what is above it is given back once everything that was delivered of it
is acknowledged, so a healthy handover delivers nothing twice and keeps the order of each key. A
consumer that died is replaced when its lease ends.

*Claim*: a consumer with a list of partitions is the one owner by somebody else's decision (an
epoch). It takes them at once from whoever holds them: the newest wins, the older one is fenced. Its
leases only end where it stays silent for `CLAIM_FACTOR` leases, so that a group can follow it.

A consumer of a subscription that was forgotten is fenced, also where there is another one of that
name by now: each has an id (`sqlite_subscriptions`).
"""

import math
from collections.abc import Collection
from dataclasses import dataclass

from backends.stream.base import PARTITIONS
from backends.writer import Connection, Transaction
from models.errors import Fenced

CLAIM_FACTOR = 12


@dataclass(frozen=True, slots=True)
class Consumer:
    """One subscriber; `token` is its identity as an owner, `subscription_id` which subscription of
    that name it serves."""

    topic: str
    name: str
    subscription_id: str
    token: str
    lease_s: float

    @property
    def subscription(self) -> tuple[str, str]:
        return self.topic, self.name


@dataclass(frozen=True, slots=True)
class Holding:
    """What a consumer holds: the acknowledged position of each partition, which of them it should
    give back once they are drained, and how many consumers live."""

    positions: dict[int, int]
    surplus: frozenset[int]
    members: int


@dataclass(frozen=True, slots=True)
class Partition:
    number: int
    position: int
    owner: str | None
    leased_until: float

    def is_free(self, now: float, lease_s: float) -> bool:
        # A lease that ends later than any can was written before the clock was set back.
        ended = not now < self.leased_until <= now + lease_s * CLAIM_FACTOR
        return self.owner is None or ended


def partitions(sql: Connection, topic: str, name: str) -> list[Partition]:
    rows = sql.rows(
        "SELECT partition, position, owner, leased_until FROM stream_partitions"
        " WHERE topic = ? AND name = ? ORDER BY partition",
        (topic, name),
    )
    return [Partition(*row) for row in rows]


def living(sql: Connection, topic: str, name: str, now: float) -> int:
    row = sql.row(
        "SELECT count(*) FROM stream_members WHERE topic = ? AND name = ? AND alive_until > ?",
        (topic, name, now),
    )
    return int(row[0]) if row else 0


def check(sql: Connection, consumer: Consumer) -> None:
    """Raises Fenced where the subscription was forgotten."""
    found = sql.row(
        "SELECT 1 FROM stream_subscriptions WHERE topic = ? AND name = ? AND id = ?",
        (*consumer.subscription, consumer.subscription_id),
    )
    if found is None:
        raise Fenced(f"the subscription {consumer.name} of {consumer.topic} was forgotten")


def claim(transaction: Transaction, consumer: Consumer, wanted: Collection[int]) -> Holding:
    """Take the partitions from whoever holds them. Raises Fenced."""
    check(transaction.sql, consumer)
    for number in wanted:
        _own(transaction, consumer, number, consumer.lease_s * CLAIM_FACTOR)
    transaction.announced.add(consumer.topic)
    mine = [p for p in _all(transaction, consumer) if p.owner == consumer.token]
    return Holding({p.number: p.position for p in mine}, frozenset(), 1)


def keep_claim(transaction: Transaction, consumer: Consumer) -> None:
    _renew(transaction, consumer, consumer.lease_s * CLAIM_FACTOR)


def balance(transaction: Transaction, consumer: Consumer, drained: Collection[int]) -> Holding:
    """Give a sign of life, renew, take free partitions up to the share, give back `drained` ones
    above it. Raises Fenced where the subscription was forgotten."""
    check(transaction.sql, consumer)
    _sign_of_life(transaction, consumer)
    _renew(transaction, consumer, consumer.lease_s)
    members = living(transaction.sql, *consumer.subscription, transaction.now)
    share = math.ceil(PARTITIONS / members)
    found = _all(transaction, consumer)
    held = {p.number: p.position for p in found if p.owner == consumer.token}
    for partition in found:
        mine = partition.number in held
        if mine and len(held) > share and partition.number in drained:
            _free(transaction, consumer, partition.number)
            del held[partition.number]
        elif (
            not mine and len(held) < share and partition.is_free(transaction.now, consumer.lease_s)
        ):
            _own(transaction, consumer, partition.number, consumer.lease_s)
            held[partition.number] = partition.position
    return Holding(held, frozenset(sorted(held)[share:]), members)


def acknowledge(
    transaction: Transaction, consumer: Consumer, positions: dict[int, int]
) -> frozenset[int]:
    """Move the positions of the partitions that are still owned; returns those that are not."""
    lost = set()
    for number, position in positions.items():
        changed = transaction.sql.run(
            "UPDATE stream_partitions SET position = max(position, ?)"
            " WHERE topic = ? AND name = ? AND partition = ? AND owner = ?",
            (position, *consumer.subscription, number, consumer.token),
        )
        if not changed:
            lost.add(number)
    return frozenset(lost)


def leave(transaction: Transaction, consumer: Consumer) -> None:
    """Give back everything at once."""
    transaction.sql.run(
        "UPDATE stream_partitions SET owner = NULL WHERE topic = ? AND name = ? AND owner = ?",
        (*consumer.subscription, consumer.token),
    )
    transaction.sql.run(
        "DELETE FROM stream_members WHERE topic = ? AND name = ? AND consumer = ?",
        (*consumer.subscription, consumer.token),
    )
    transaction.announced.add(consumer.topic)


def _all(transaction: Transaction, consumer: Consumer) -> list[Partition]:
    return partitions(transaction.sql, *consumer.subscription)


def _sign_of_life(transaction: Transaction, consumer: Consumer) -> None:
    transaction.sql.run(
        "DELETE FROM stream_members WHERE topic = ? AND name = ? AND alive_until <= ?",
        (*consumer.subscription, transaction.now),
    )
    known = transaction.sql.run(
        "UPDATE stream_members SET alive_until = ? WHERE topic = ? AND name = ? AND consumer = ?",
        (transaction.now + consumer.lease_s, *consumer.subscription, consumer.token),
    )
    if not known:
        transaction.sql.run(
            "INSERT INTO stream_members (topic, name, consumer, alive_until) VALUES (?, ?, ?, ?)",
            (*consumer.subscription, consumer.token, transaction.now + consumer.lease_s),
        )
        transaction.announced.add(consumer.topic)


def _renew(transaction: Transaction, consumer: Consumer, lease_s: float) -> None:
    transaction.sql.run(
        "UPDATE stream_partitions SET leased_until = ? WHERE topic = ? AND name = ? AND owner = ?",
        (transaction.now + lease_s, *consumer.subscription, consumer.token),
    )


def _own(transaction: Transaction, consumer: Consumer, number: int, lease_s: float) -> None:
    transaction.sql.run(
        "UPDATE stream_partitions SET owner = ?, leased_until = ?"
        " WHERE topic = ? AND name = ? AND partition = ?",
        (consumer.token, transaction.now + lease_s, *consumer.subscription, number),
    )


def _free(transaction: Transaction, consumer: Consumer, number: int) -> None:
    transaction.sql.run(
        "UPDATE stream_partitions SET owner = NULL WHERE topic = ? AND name = ? AND partition = ?",
        (*consumer.subscription, number),
    )
    transaction.announced.add(consumer.topic)
