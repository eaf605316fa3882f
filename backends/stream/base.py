"""The Stream port: durable event streams with order per key, replay and a live edge.

A topic has a fixed number of partitions; an event's partition is `bucket_of(event.key) %
PARTITIONS`, so a key keeps its partition and its order. Publishing returns when the event is
durable. Order is promised per key; a replay mixes the keys as nearly as publishing times tell.

An event may be published twice, by whoever does not know whether it was stored. Of events with one
id, all but the first are left out: on SQLite the topic never holds a second one; on Pulsar every
replay and every consumer skips the ids it has seen lately (the last 4,096 of each partition). So a
consumer that has just come may see a copy of what was handled before it came; every effect has an
identity of its own and happens once anyway.

Positions are opaque texts: that of an event which `read` gave, or of `end`, is where a later `read`
begins; that of a subscription's delivery is for its own `ack` and `nack`. Retention is declared
when the adapter is made.

Modes of a subscription:
- `ordered`: each partition is leased by one consumer at a time; `ack` of a delivery acknowledges
  everything before it in that partition. What was delivered and not acknowledged comes again, in
  order, when the lease passes on. `nack` delivers that event, and everything after it in its
  partition, again after the delay.
- `shared`: any consumer may take any event; each is acknowledged by itself; a nacked event comes
  again after its delay, an unacknowledged one when its consumer's lease or connection ends.
- `tail`: from now on, nothing kept: the live edge. Every consumer sees every event; no ack.

Every verb raises `Unavailable` when the stream cannot be reached.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from models.errors import DomainError
from models.events import Event

PARTITIONS = 16
Mode = Literal["ordered", "shared", "tail"]


@dataclass(frozen=True, slots=True)
class After:
    """Begin where the durable subscriptions of these names stand: in each partition where the
    furthest behind of them does. Who has not claimed a partition yet stands at its own begin there;
    who has no subscription counts for nothing."""

    names: tuple[str, ...]


Start = Literal["earliest", "latest"] | After


class PositionLost(DomainError):
    """Events after a position are not kept any more, or the stream never reached it: whoever read
    up to there has missed something and must begin anew."""

    slug, status, title = "position-lost", 410, "The stream cannot be read on from there"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event as it reached a consumer. `attempt` counts deliveries of it, from 1, as far as
    the adapter knows: those of one consumer at least."""

    event: Event
    topic: str
    partition: int
    position: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Lag:
    """Of one subscription of one topic: events not yet acknowledged, and the oldest one's age. It
    may be a second behind, and counts the copies of an event."""

    topic: str
    subscription: str
    events: int
    oldest_s: float


class Subscription(Protocol):
    async def receive(self, max_events: int, timeout_s: float) -> list[Delivery]:
        """The next events, in order per partition, at most `max_events`; waits for the first up to
        `timeout_s`, then returns []. Safe to cancel: nothing is lost. Events received and not yet
        acknowledged are not returned again by this consumer unless nacked."""

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        """Done with these. Durable when it returns (`shared` on Pulsar: a second later; until then
        a crash lets them come again). Raises Fenced when the lease was lost."""

    async def nack(self, deliveries: Sequence[Delivery], delay_s: float) -> None:
        """Deliver these again after the delay."""

    async def close(self) -> None:
        """Give back leases at once. Unacknowledged events come again to the next consumer."""


class Stream(Protocol):
    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def publish(self, topic: str, events: Sequence[Event]) -> None:
        """Append the events in order; returns when durable."""

    async def subscribe(
        self,
        topic: str,
        name: str,
        mode: Mode,
        *,
        start: Start = "earliest",
        partitions: Sequence[int] | None = None,
    ) -> Subscription:
        """Join (or create, reading from `start`) the durable subscription `name`. `partitions`
        limits an ordered consumer to those partitions; default: it shares all of them with the
        other consumers of that name. For `tail` the name and start do not matter. Raises Conflict
        where the subscription, or one that it is to begin `After`, exists in another mode;
        ValueError for `After` in the shared mode."""

    async def forget(self, topic: str, name: str) -> None:
        """End a durable subscription: its place is gone, it holds up no retention and no lag; its
        consumers are fenced at their next `receive` or `ack`. Who subscribes by that name later
        begins anew. Fine where there is none, and safe to repeat: where it was interrupted, the
        next one finishes it."""

    def read(
        self,
        topic: str,
        *,
        from_position: str | None = None,
        from_time: datetime | None = None,
        key: str | None = None,
    ) -> AsyncIterator[Delivery]:
        """Replay: every stored event after the position (or from the time on; default: from the
        beginning), up to the end as it is now; only those of `key` if given. Raises PositionLost
        where an event after the position is gone, or the position is beyond the end."""

    async def end(self, topic: str) -> str:
        """The position after the last event of the topic: where a later `read` begins."""

    async def lags(self) -> list[Lag]:
        """Every durable subscription and how far behind it is."""
