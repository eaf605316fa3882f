"""The ordered subscription on Pulsar: owned partitions, cumulative acknowledgement.

*Claim*: a consumer with a list of partitions takes them by force: the newest wins. It says so to
the members, whereupon the older one asks its log whether it is still the owner, and finds that it
is fenced.

*Group*: consumers without a list share all partitions; each may hold `ceil(partitions / members)`.
One that holds more stops delivering the ones above its share, and gives each back once everything
that was delivered of it is acknowledged: a healthy handover delivers nothing twice and keeps the
order of each key. Free partitions are taken politely: a consumer whose connection is gone holds
nothing, the broker sees to that. By force only from one that is connected and silent for
`PATIENCE` leases: it is frozen.

Where the members hear that the subscription was forgotten, they let go of everything.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from zlib import crc32

import structlog

from backends.stream.base import PARTITIONS, Delivery
from backends.stream.pulsar_client import Busy
from backends.stream.pulsar_held import Held
from backends.stream.pulsar_members import Members
from backends.stream.pulsar_places import Place, event_place
from models.errors import DomainError, Fenced, Unavailable

log = structlog.get_logger(__name__)

UNACKED_MAX = 10_000
"""Events delivered and not acknowledged, over which nothing more is delivered."""

PATIENCE = 4
"""For how many leases a member is believed without a sign of life; it gives one every lease."""

BUSY_GAP_S = 0.5
"""How soon to try again to take a partition that somebody holds without saying so."""

ANSWER_S = 0.1
"""How long a newcomer to a group listens before it takes anything."""

Take = Callable[[int, bool], Awaitable[Held]]
"""Takes a partition, by force or not; raises Busy, Unavailable."""


@dataclass(frozen=True, slots=True)
class Consumer:
    """One subscriber: `token` is its identity, `claimed` the partitions it was told to own; None: a
    share of all."""

    topic: str
    name: str
    token: str
    lease_s: float
    claimed: frozenset[int] | None

    @property
    def shares(self) -> bool:
        return self.claimed is None

    @property
    def patience_s(self) -> float:
        return self.lease_s * PATIENCE


class OrderedSubscription:
    def __init__(self, consumer: Consumer, members: Members) -> None:
        self.news = asyncio.Event()
        self._consumer = consumer
        self._members = members
        self._take: Take | None = None
        self._held: dict[int, Held] = {}
        self._surplus: frozenset[int] = frozenset()
        self._busy_since: dict[int, float] = {}
        self._fenced = self._is_closed = False
        self._first = crc32(consumer.token.encode())
        self._announced_at = -math.inf
        self._tending: asyncio.Task[None] | None = None

    async def join(self, take: Take) -> None:
        """Raises Unavailable; then nothing is held."""
        self._take = take
        try:
            await self._members.join()
            if self._consumer.claimed is not None:
                await self._take_all(self._consumer.claimed, by_force=self._consumer.claimed)
                await self._announce()
            else:
                await self._announce()
                await self._rest(ANSWER_S)
                await self._balance()
        except BaseException:
            await self.close()
            raise
        self._tending = asyncio.create_task(self._tend())

    async def receive(self, max_events: int, timeout_s: float) -> list[Delivery]:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_s
        while True:
            self.news.clear()
            # Once around the loop, so that a nack of the same moment comes first; what is collected
            # after that is returned without another wait.
            await asyncio.sleep(0)
            self._check()
            found = self._collect(max_events)
            left_s = deadline - loop.time()
            if found or left_s <= 0:
                return found
            await self._wait(min(left_s, self._unblocked_in()))

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        self._check()
        places: dict[int, Place] = {}
        for each in deliveries:
            place = event_place(each.position)
            places[each.partition] = max(place, places.get(each.partition, place))
        results = await asyncio.gather(
            *(self._acknowledge(number, place) for number, place in places.items()),
            return_exceptions=True,
        )
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def nack(self, deliveries: Sequence[Delivery], delay_s: float) -> None:
        until = self._now() + delay_s
        for each in deliveries:
            held = self._held.get(each.partition)
            if held is not None:
                held.window.take_back(event_place(each.position))
                held.blocked_until = until
        self.news.set()

    async def close(self) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        if self._tending is not None:
            self._tending.cancel()
            await asyncio.wait([self._tending])
        await self._give_back(list(self._held))
        if not self._members.is_forgotten:
            with suppress(Unavailable):
                await self._members.announce((), shares=self._consumer.shares, valid_s=0)
        await self._members.close()

    def abandon(self) -> None:
        """Stop without a word: the connection is gone."""
        if self._tending is not None:
            self._tending.cancel()
        for held in self._held.values():
            held.abandon()
        self._members.abandon()

    def _check(self) -> None:
        consumer = self._consumer
        if self._members.is_forgotten:
            raise Fenced(f"the subscription {consumer.name} of {consumer.topic} was forgotten")
        if self._fenced:
            raise Fenced(f"a newer owner has taken partitions of {consumer.topic}")

    def _collect(self, max_events: int) -> list[Delivery]:
        """What may be delivered now; another partition first each time, so that a busy one does not
        starve the others."""
        found: list[Delivery] = []
        now = self._now()
        if sum(held.window.delivered for held in self._held.values()) >= UNACKED_MAX:
            return found
        self._first += 1
        for number in _turned(sorted(self._held), self._first):
            held = self._held[number]
            if number not in self._surplus and held.blocked_until <= now:
                found += held.deliver(max_events - len(found))
        return found

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self.news.wait()
        except TimeoutError:
            return

    def _unblocked_in(self) -> float:
        now = self._now()
        waits = (held.blocked_until - now for held in self._held.values())
        return min((wait for wait in waits if wait > 0), default=math.inf)

    async def _acknowledge(self, number: int, place: Place) -> None:
        held = self._held.get(number)
        try:
            if held is None:
                raise Fenced(f"partition {number} of {self._consumer.topic} has another owner")
            await held.acknowledge(place)
        except Fenced:
            await self._lose(number)
            raise
        if number in self._surplus and not held.window.delivered:
            self._members.stirred.set()

    async def _lose(self, number: int) -> None:
        held = self._held.pop(number, None)
        if not self._consumer.shares:
            self._fenced = True
        self.news.set()
        if held is not None:
            await held.close()

    async def _tend(self) -> None:
        """Give signs of life, answer newcomers, keep to the share, for as long as this lives."""
        while True:
            due_s = self._announced_at + self._consumer.lease_s - self._now()
            await self._rest(min(due_s, BUSY_GAP_S) if self._busy_since else due_s)
            if self._members.is_forgotten:
                self.news.set()
                await self._give_back(self._held)
                return
            try:
                await self._revive()
                await self._verify_contested()
                if self._consumer.shares:
                    await self._balance()
                elif self._members.has_newcomers or self._is_announcement_due():
                    await self._announce()
            except DomainError as error:
                log.warning(
                    "subscription not tended",
                    subscription=self._consumer.name,
                    error=type(error).__name__,
                )
                await asyncio.sleep(BUSY_GAP_S)

    async def _rest(self, seconds: float) -> None:
        """Until it is time, or a member has said something."""
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await self._members.stirred.wait()
        except TimeoutError:
            return
        finally:
            self._members.stirred.clear()

    async def _revive(self) -> None:
        """Connect again at once what has lost its connection."""
        self._members.revive()
        await asyncio.gather(*(self._keep(n, held.revive) for n, held in self._held.items()))

    async def _verify_contested(self) -> None:
        """Somebody says it holds what we hold: ask whose it is."""
        contested, self._members.contested = self._members.contested, set()
        ours = [(n, held) for n, held in self._held.items() if n in contested]
        await asyncio.gather(*(self._keep(n, held.verify) for n, held in ours))

    async def _keep(self, number: int, ask: Callable[[], Awaitable[None]]) -> None:
        """Ask about a partition of ours, and let go of it where it is ours no longer."""
        try:
            await ask()
        except Fenced:
            await self._lose(number)
        except Busy:
            log.info("partition not yet free", subscription=self._consumer.name, partition=number)

    async def _balance(self) -> None:
        now, circle = self._now(), self._members.circle
        before = set(self._held)
        share = math.ceil(PARTITIONS / (1 + circle.sharing(now)))
        self._surplus = frozenset(sorted(self._held)[share:])
        await self._give_back(n for n in self._surplus if not self._held[n].window.delivered)
        free = set(range(PARTITIONS)) - self._held.keys() - circle.held(now)
        await self._take_some(free, share - len(self._held), now)
        if set(self._held) != before or self._members.has_newcomers or self._is_announcement_due():
            await self._announce()

    async def _take_some(self, free: set[int], wanted: int, now: float) -> None:
        self._busy_since = {n: since for n, since in self._busy_since.items() if n in free}
        if wanted <= 0:
            self._busy_since.clear()
            return
        by_force = self._members.circle.left_behind(now) | {
            n for n, since in self._busy_since.items() if now - since >= self._consumer.patience_s
        }
        await self._take_all(_turned(sorted(free), self._first)[:wanted], by_force=by_force)

    async def _take_all(self, numbers: Iterable[int], *, by_force: Collection[int]) -> None:
        """Raises Unavailable where one of them could not be taken."""
        results = await asyncio.gather(
            *(self._take_one(number, number in by_force) for number in numbers),
            return_exceptions=True,
        )
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def _take_one(self, number: int, by_force: bool) -> None:
        assert self._take is not None, "join first"
        try:
            self._held[number] = await self._take(number, by_force)
        except (Busy, Fenced) as error:
            if not self._consumer.shares:
                raise Fenced(f"partition {number} was claimed by another meanwhile") from error
            self._busy_since.setdefault(number, self._now())
        else:
            self._busy_since.pop(number, None)

    async def _give_back(self, numbers: Iterable[int]) -> None:
        # Out of the hands before the first wait: nothing more is delivered of them.
        given = [self._held.pop(number) for number in list(numbers)]
        await asyncio.gather(*(held.close() for held in given))

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    def _is_announcement_due(self) -> bool:
        return self._now() - self._announced_at >= self._consumer.lease_s

    async def _announce(self) -> None:
        consumer = self._consumer
        await self._members.announce(
            self._held, shares=consumer.shares, valid_s=consumer.patience_s
        )
        self._announced_at = self._now()


def _turned(numbers: list[int], turns: int) -> list[int]:
    turn = turns % len(numbers) if numbers else 0
    return numbers[turn:] + numbers[:turn]
