"""Retry, backoff and dead letters: the one piece of it, above every adapter of the stream.

A batch goes to `handle` as a whole. If that raises, its events are tried one by one to find the
poison; so `handle` must bear to see an event again (every effect has an identity and happens once).
A failing event is parked and tried again after a growing, jittered pause. Later events of its key
wait behind it, so the order of the key holds; other keys pass. After `max_attempts` it is buried
with its reason and the key moves on. Acknowledging is cumulative, so an event is acknowledged once
everything before it in its partition is settled; at most `parked_max` events are unsettled.

`Unavailable` is nobody's fault: it is waited out for ever and never counts. `Fenced` ends the
consumer: somebody else owns the work now. When an event is to be buried, and more than `stop_share`
of the last `stop_window` events that were tried are buried or failing too, the fault is ours: the
consumer stops instead of burying everything. The window is in order of first tries, because poison
is settled long after its neighbours and in bursts.
"""

import asyncio
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import structlog

from backends.documents.base import Documents, Insert
from backends.documents.collections import DEAD_LETTERS
from backends.stream.base import Delivery, Subscription
from models.base import Clock, derived_id, timestamp, utc_now
from models.errors import DomainError, Fenced, Unavailable

log = structlog.get_logger(__name__)

T = TypeVar("T")
Handle = Callable[[list[Delivery]], Awaitable[None]]
Bury = Callable[[Delivery, str], Awaitable[None]]

WAIT_S = 5.0
"""How long `run` waits for events at a time; they wake it sooner."""

REASON_MAX = 500
"""Characters of an error's text that are kept with a dead letter."""


class TooManyFailures(DomainError):
    """Most events fail: the consumer stopped, the unsettled ones stay in the stream."""

    slug, status, title = "too-many-failures", 503, "Most events fail"


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Pauses of `first_s`, doubled by each failure up to `max_s`, each shortened by up to the share
    `jitter`, so that what failed together does not come again together. `max_attempts` are tries in
    all."""

    first_s: float = 0.2
    max_s: float = 30.0
    max_attempts: int = 5
    jitter: float = 0.3

    def pause_s(self, failures: int, chance: float) -> float:
        """The pause after so many failures; `chance` is random in [0, 1)."""
        full = min(self.max_s, self.first_s * 2.0 ** min(failures - 1, 30))
        return full * (1 - self.jitter * chance)


@dataclass(slots=True)
class _Slot:
    """One received event on its way to being settled."""

    delivery: Delivery
    failures: int = 0
    due: float = 0.0
    handled: bool = False
    buried: bool = False

    @property
    def is_settled(self) -> bool:
        return self.handled or self.buried

    @property
    def is_failing(self) -> bool:
        return self.failures > 0 and not self.handled


class Consumer:
    """Feeds one subscription to `handle`. `name` is the subscription's, for logs.

    `handled`, `retried` and `buried` count events since the start. Clock (monotonic seconds), sleep
    and randomness are injected.
    """

    def __init__(
        self,
        subscription: Subscription,
        handle: Handle,
        *,
        name: str,
        bury: Bury,
        retry: RetryPolicy = RetryPolicy(),
        max_batch: int = 64,
        parked_max: int = 1_000,
        stop_share: float = 0.5,
        stop_window: int = 20,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.handled = 0
        self.retried = 0
        self.buried = 0
        self._subscription = subscription
        self._handle = handle
        self._name = name
        self._bury = bury
        self._retry = retry
        self._max_batch = max_batch
        self._parked_max = parked_max
        self._stop_share = stop_share
        self._tried: deque[_Slot] = deque(maxlen=stop_window)
        self._clock = clock
        self._sleep = sleep
        self._chance = chance
        self._partitions: dict[int, deque[_Slot]] = {}
        self._parked: dict[str, deque[_Slot]] = {}

    async def run(self) -> None:
        """Consume until cancelled. Raises Fenced, TooManyFailures."""
        while True:
            await self.step(WAIT_S)

    async def step(self, timeout_s: float) -> int:
        """One round: what is due again, then what is new, waiting for it up to `timeout_s`; returns
        how many events were settled. Raises Fenced, TooManyFailures."""
        before = self.handled + self.buried
        try:
            await self._retry_due()
            settled = self.handled + self.buried - before
            await self._work(self._enlist(await self._receive(0.0 if settled else timeout_s)))
        except TooManyFailures:
            await self._acknowledge()
            raise
        await self._acknowledge()
        return self.handled + self.buried - before

    async def _receive(self, timeout_s: float) -> list[Delivery]:
        wait_s = max(0.0, min(timeout_s, self._next_due() - self._clock()))
        room = self._parked_max - sum(map(len, self._partitions.values()))
        if room <= 0:
            await self._sleep(wait_s)
            return []
        size = min(room, self._max_batch)
        return await self._until_available(lambda: self._subscription.receive(size, wait_s))

    def _next_due(self) -> float:
        return min((queue[0].due for queue in self._parked.values()), default=float("inf"))

    def _enlist(self, deliveries: list[Delivery]) -> list[_Slot]:
        """Take note of what came; returns what may be handled now."""
        ready = []
        for delivery in deliveries:
            slot = _Slot(delivery)
            self._partitions.setdefault(delivery.partition, deque()).append(slot)
            if not self._waits(slot):
                ready.append(slot)
        return ready

    def _waits(self, slot: _Slot) -> bool:
        """Whether an earlier event of the key is parked; the slot then stands behind it."""
        queue = self._parked.get(slot.delivery.event.key)
        if queue is None:
            return False
        queue.append(slot)
        return True

    async def _work(self, slots: list[_Slot]) -> None:
        if not slots:
            return
        error = await self._try(slots)
        if error is None:
            for slot in slots:
                self._settle(slot)
        elif len(slots) == 1:
            await self._fail(slots[0], error)
        else:
            for slot in slots:
                if not self._waits(slot):
                    await self._work([slot])

    async def _retry_due(self) -> None:
        for key in list(self._parked):
            queue = self._parked[key]
            while queue and queue[0].due <= self._clock():
                error = await self._try([queue[0]])
                if error is None:
                    self._settle(queue.popleft())
                else:
                    await self._fail(queue[0], error)
                    if queue[0].is_settled:
                        queue.popleft()
            if not queue:
                del self._parked[key]

    async def _try(self, slots: list[_Slot]) -> Exception | None:
        """Handle the events; returns what they failed with."""
        deliveries = [slot.delivery for slot in slots]
        try:
            await self._until_available(lambda: self._handle(deliveries))
        except Fenced:
            raise
        except Exception as error:
            return error
        return None

    async def _fail(self, slot: _Slot, error: Exception) -> None:
        """Park the event for another try, or bury it after its last."""
        if slot.failures == 0:
            self._tried.append(slot)
        slot.failures += 1
        event = slot.delivery.event
        log.warning(
            "event failed",
            consumer=self._name,
            event_id=event.id,
            event_type=event.type,
            failures=slot.failures,
            error=type(error).__name__,
        )
        if slot.failures >= self._retry.max_attempts:
            await self._bury_or_stop(slot, error)
            return
        self.retried += 1
        slot.due = self._clock() + self._retry.pause_s(slot.failures, self._chance())
        self._parked.setdefault(event.key, deque([slot]))

    async def _bury_or_stop(self, slot: _Slot, error: Exception) -> None:
        failing, window = sum(slot.is_failing for slot in self._tried), len(self._tried)
        if window == self._tried.maxlen and failing > self._stop_share * window:
            log.error("too many events fail, consumer stops", consumer=self._name, failing=failing)
            raise TooManyFailures(f"{failing} of the last {window} events of {self._name} fail")
        reason = f"{type(error).__name__}: {error}"[:REASON_MAX]
        await self._until_available(lambda: self._bury(slot.delivery, reason))
        log.error("event buried", consumer=self._name, event_id=slot.delivery.event.id)
        slot.buried = True
        self.buried += 1

    def _settle(self, slot: _Slot) -> None:
        if slot.failures == 0:
            self._tried.append(slot)
        slot.handled = True
        self.handled += 1

    async def _acknowledge(self) -> None:
        """Acknowledge the settled events at the head of each partition."""
        done: list[Delivery] = []
        for slots in self._partitions.values():
            while slots and slots[0].is_settled:
                done.append(slots.popleft().delivery)
        if done:
            await self._until_available(lambda: self._subscription.ack(done))

    async def _until_available(self, action: Callable[[], Awaitable[T]]) -> T:
        """Do it again and again while the answer is Unavailable."""
        refusals = 0
        while True:
            try:
                return await action()
            except Unavailable:
                refusals += 1
                log.warning("waiting for a backend", consumer=self._name, refusals=refusals)
                await self._sleep(self._retry.pause_s(refusals, self._chance()))


def bury_in(documents: Documents, subscription_name: str, clock: Clock = utc_now) -> Bury:
    """Store dead letters as documents; the same event of a subscription is one letter."""

    async def bury(delivery: Delivery, reason: str) -> None:
        body = {
            "topic": delivery.topic,
            "subscription": subscription_name,
            "event": delivery.event.model_dump(mode="json"),
            "reason": reason,
            "at": timestamp(clock()),
        }
        id_ = derived_id("dead-letter", delivery.topic, subscription_name, delivery.event.id)
        await documents.insert_absent(DEAD_LETTERS, [Insert(id_, body)])

    return bury
