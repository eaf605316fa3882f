"""Publishing on Pulsar: a lane for each partition, first come first sent, bounded in flight.

`put` takes its events at once, so the order of a key is the order of the calls. Sends overlap; the
broker stores the ones of a lane in the order they began. Where one fails, everything that waits in
its lane fails with it: nothing of a key overtakes an event that will be published again. Nothing is
batched by the driver: an event is an entry of its own, so a place names one event and the broker's
backlog counts events; on one machine that is a quarter slower under load, and faster for one event.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

import structlog

from backends.stream.base import PARTITIONS
from backends.stream.pulsar_client import IN_FLIGHT_MAX, Busy, Sender
from models.errors import DomainError, TooLarge, Unavailable
from models.events import Event
from models.shards import bucket_of

log = structlog.get_logger(__name__)

BODY_MAX = 4 * 1024 * 1024
"""Bytes of one event; the broker refuses more than 5 MiB with everything around it."""


@dataclass(slots=True)
class _Parcel:
    body: bytes
    key: str
    sent: asyncio.Future[None]


class Lane:
    """One partition's producer, made at its first event and after one that failed. Every future
    that it gives out is done in the end, with None or a DomainError."""

    def __init__(
        self, make: Callable[[], Awaitable[Sender]], *, in_flight_max: int = IN_FLIGHT_MAX // 2
    ) -> None:
        self._make = make
        self._in_flight_max = in_flight_max
        self._sender: Sender | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._waiting: deque[_Parcel] = deque()
        self._sends: dict[asyncio.Task[None], _Parcel] = {}

    def put(self, body: bytes, key: str) -> asyncio.Future[None]:
        """Send it after everything that was put before; the future is done when it is durable."""
        parcel = _Parcel(body, key, asyncio.get_running_loop().create_future())
        self._waiting.append(parcel)
        self._go_on()
        return parcel.sent

    async def close(self) -> None:
        """Give up what is not durable yet."""
        closed = Unavailable("the stream is closed")
        if self._connecting is not None:
            self._connecting.cancel()
            self._connecting = None
        for sending, parcel in self._sends.items():
            # Here, because a task that has not begun never notices.
            _fail(parcel, closed)
            sending.cancel()
        self._fail_waiting(closed)
        if self._sender is not None:
            sender, self._sender = self._sender, None
            await sender.close()

    def _go_on(self) -> None:
        """Begin what can begin: called when an event comes, a sender is made, a send has ended."""
        if self._sender is None:
            if self._waiting and self._connecting is None:
                self._connecting = asyncio.create_task(self._connect())
            return
        while self._waiting and len(self._sends) < self._in_flight_max:
            parcel = self._waiting.popleft()
            sending = asyncio.create_task(self._send(self._sender, parcel))
            self._sends[sending] = parcel
            sending.add_done_callback(self._ended)

    async def _connect(self) -> None:
        try:
            self._sender = await self._make()
        except Exception as error:
            self._fail_waiting(_as_ours(error))
        self._connecting = None
        self._go_on()

    async def _send(self, sender: Sender, parcel: _Parcel) -> None:
        try:
            await sender.send(parcel.body, parcel.key)
        except Exception as error:
            failure = _as_ours(error)
            _fail(parcel, failure)
            self._fail_waiting(failure)
            await self._retire(sender)
        else:
            if not parcel.sent.done():
                parcel.sent.set_result(None)

    def _ended(self, sending: asyncio.Task[None]) -> None:
        del self._sends[sending]
        self._go_on()

    async def _retire(self, sender: Sender) -> None:
        """The next event makes a new one: the old one may wait a minute before it connects again.
        What it still holds fails with it, and every copy of it is behind the first."""
        if self._sender is sender:
            self._sender = None
            await sender.close()

    def _fail_waiting(self, error: DomainError) -> None:
        while self._waiting:
            _fail(self._waiting.popleft(), error)


def _fail(parcel: _Parcel, error: DomainError) -> None:
    if not parcel.sent.done():
        parcel.sent.set_exception(error)


def _as_ours(error: Exception) -> DomainError:
    """What to tell who waits: whatever it was, they must not wait for ever."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, Busy):
        return Unavailable("another producer has the topic for itself")
    log.error("events not sent", exc_info=error)
    return Unavailable("Pulsar's driver failed")


def partition_of(key: str) -> int:
    return bucket_of(key) % PARTITIONS


async def put_all(lane: Callable[[int], Lane], events: Sequence[Event]) -> None:
    """Put the events in order, each in the lane of its key; returns when all are durable. Raises
    TooLarge before anything is sent, Unavailable when one was not confirmed: then any of them may
    have been stored."""
    bodies = [event.model_dump_json().encode() for event in events]
    for event, body in zip(events, bodies, strict=True):
        if len(body) > BODY_MAX:
            raise TooLarge(f"the event {event.id} has {len(body)} bytes, {BODY_MAX} is the most")
    await _all_sent(
        lane(partition_of(event.key)).put(body, event.key)
        for event, body in zip(events, bodies, strict=True)
    )


async def _all_sent(sends: Iterable[asyncio.Future[None]]) -> None:
    results = await asyncio.gather(*sends, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
