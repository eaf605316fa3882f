"""Works off the due deliveries of one channel: at most so many in flight, users in turn.

A lane is woken at once by what its queue just stored (`offer`), begins with what its predecessor
had in flight when it died, and sweeps the store for what is due besides: retries and what found no
room. A sweep reads the due list page by page at one moment's view, the longest waiting first, and
goes on behind the page where it stopped, so a person with a long backlog does not hide the others.

While something that is due had to stay in the store, the lane is behind: then only sweeps fill it,
or new deliveries would take each free place before the older ones. It has caught up with a sweep
from whose beginning to whose end nothing had to stay. A slow channel fills only its own lane.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

import structlog

from backends.channels.base import Channel, Sent
from backends.documents.base import Document, Documents, Fence
from backends.documents.collections import ATTEMPTS, DELIVERIES, Collection
from delivery.retry import RetrySchedule, Uniform
from delivery.turns import Turns
from models.alert import ChannelName
from models.base import Clock
from models.errors import Unavailable
from models.notification import Attempt, Delivery, DeliveryStatus
from services.telling import delivering

_log = structlog.get_logger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LaneLimits:
    """`in_flight` bounds the copies a crash can cause; `capacity`, a page at least, and `per_user`
    the memory.

    `lease_s`: a claimed delivery comes due again after it; `send_s`, shorter, ends a send that
    hangs. `poll_s`: seconds between two sweeps of the store, unless nothing is left to send, and
    between tries while it is down.
    """

    in_flight: int = 10
    capacity: int = 1000
    per_user: int = 100
    lease_s: float = 60.0
    send_s: float = 50.0
    poll_s: float = 1.0


class Lane:
    """The sender of one channel. Its owner calls `offer` and `run`; `counters` are the owner's."""

    def __init__(
        self,
        documents: Documents,
        fence: Fence,
        channel_name: ChannelName,
        channel: Channel,
        renderer: delivering.Renderer,
        *,
        buckets: Sequence[int] | None,
        clock: Clock,
        uniform: Uniform,
        schedule: RetrySchedule,
        limits: LaneLimits,
        counters: Counter[str],
    ) -> None:
        self._documents = documents
        self._fence = fence
        self._channel_name = channel_name
        self._channel = channel
        self._renderer = renderer
        self._buckets = buckets
        self._clock = clock
        self._uniform = uniform
        self._schedule = schedule
        self._limits = limits
        self._turns: Turns[Document] = Turns(capacity=limits.capacity, per_user=limits.per_user)
        self._wake = asyncio.Event()
        self._stopping = False
        self._in_flight = 0
        self._has_taken_over = False
        self._is_behind = True
        self._sweep_view: datetime | None = None
        self._sweep_cursor: str | None = None
        self._next_sweep = 0.0
        # Since the last sweep began: whether something had to stay, and whom the sweep passed over.
        self._left_some = False
        self._passed_over: set[str] = set()
        self._counters = counters

    @property
    def waiting(self) -> int:
        return len(self._turns)

    @property
    def in_flight(self) -> int:
        return self._in_flight

    def offer(self, deliveries: Iterable[Document]) -> None:
        """Send these as soon as their users have a turn; what finds no room is swept up later, and
        so is all that comes after it until then."""
        for document in deliveries:
            if document.body["channel"] == self._channel_name.value and (
                self._is_behind or not self._queue(document)
            ):
                self._leave()
        self._wake.set()

    def stop(self) -> None:
        """Start nothing more; what is in flight finishes."""
        self._stopping = True
        self._wake.set()

    async def run(self, sends: asyncio.TaskGroup) -> None:
        """Until `stop`. Sends run as tasks of the given group; one that finds itself fenced ends
        the group."""
        while not self._stopping:
            self._wake.clear()
            try:
                await self._take_over()
                await self._sweep()
            except Unavailable:
                _log.warning("due deliveries could not be read", channel=self._channel_name.value)
            while self._in_flight < self._limits.in_flight:
                turn = self._turns.take()
                if turn is None:
                    break
                self._in_flight += 1
                sends.create_task(self._work(*turn))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._limits.poll_s):
                    await self._wake.wait()

    async def _take_over(self) -> None:
        """Before the first sweep, so that nobody waits for the end of a dead sender's lease."""
        if self._has_taken_over:
            return
        page = await delivering.interrupted(
            self._documents,
            self._channel_name,
            self._buckets,
            now=self._clock(),
            lease_s=self._limits.lease_s,
        )
        for document in page.items:
            self._queue(document)
        self._has_taken_over = True

    async def _sweep(self) -> None:
        """Read one page of what is due, where there is room for it and a sweep is under way or due.
        A lane that is behind and has nothing left to send does not wait for the next one's time."""
        now = asyncio.get_running_loop().time()
        if self._turns.room < delivering.PAGE:
            return
        if self._sweep_view is None:
            if now < self._next_sweep and not (self._is_behind and self.waiting == 0):
                return
            self._sweep_view, self._left_some = self._clock(), False
            self._passed_over.clear()
        page = await delivering.due(
            self._documents,
            self._channel_name,
            self._buckets,
            now=self._sweep_view,
            after=self._sweep_cursor,
        )
        for document in page.items:
            user = document.body["user_id"]
            if user in self._passed_over or not self._queue(document):
                self._passed_over.add(user)
                self._leave()
        self._sweep_cursor = page.after
        if page.after is None:
            self._sweep_view, self._next_sweep = None, now + self._limits.poll_s
            self._is_behind = self._left_some
        if self._is_behind or page.after is not None:
            self._wake.set()

    def _queue(self, document: Document) -> bool:
        return self._turns.offer(document.body["user_id"], document.id, document)

    def _leave(self) -> None:
        self._is_behind = self._left_some = True

    async def _work(self, user: str, document: Document) -> None:
        try:
            await self._deliver(document)
        finally:
            self._turns.done(user)
            self._in_flight -= 1
            self._wake.set()

    async def _deliver(self, document: Document) -> None:
        claim = await self._insist(
            partial(
                delivering.claim,
                self._documents,
                document,
                now=self._clock(),
                lease_s=self._limits.lease_s,
                fence=self._fence,
            )
        )
        if claim is None:
            return
        sent = await self._send(claim.delivery)
        await self._settle(claim, sent)

    async def _send(self, delivery: Delivery) -> Sent:
        try:
            async with asyncio.timeout(self._limits.send_s):
                message = await delivering.compose(self._documents, self._renderer, delivery)
                if isinstance(message, Sent):
                    return message
                return await self._channel.send(message)
        except TimeoutError:
            return Sent("transient", "no answer in time")
        except Exception as fault:
            # The lane must survive one message that cannot be made; it is tried again, then fails.
            _log.exception("a delivery could not be sent", delivery=delivery.id)
            return Sent("transient", f"a fault of ours: {type(fault).__name__}")

    async def _settle(self, claim: delivering.Claim, sent: Sent) -> None:
        """Store how it went. While the store is down this waits: a mail that left and is not known
        to have left would leave again."""
        now = self._clock()
        age = now - claim.delivery.created_at
        wait_s = self._schedule.next_wait_s(
            claim.attempt.number, age, self._uniform, sent.retry_after_s
        )
        delivery, attempt = delivering.outcome(claim, sent, now=now, wait_s=wait_s)
        await asyncio.gather(
            self._store(DELIVERIES, delivery, claim.version), self._store(ATTEMPTS, attempt, 1)
        )
        self._count(delivery.status)

    async def _store(
        self, collection: Collection, changed: Delivery | Attempt, version: int
    ) -> None:
        put = partial(
            delivering.put,
            self._documents,
            collection,
            changed,
            version=version,
            fence=self._fence,
        )
        if await self._insist(put) is None:
            # The others in flight must not pay for it: what they sent would be sent again.
            _log.error("how a send went was not stored", of=collection.name, id=changed.id)

    async def _insist(self, write: Callable[[], Awaitable[T]]) -> T:
        while True:
            try:
                return await write()
            except Unavailable:
                await asyncio.sleep(self._limits.poll_s)

    def _count(self, status: DeliveryStatus) -> None:
        retried = status is DeliveryStatus.PENDING
        self._counters["deliveries_retried" if retried else f"deliveries_{status.value}"] += 1
