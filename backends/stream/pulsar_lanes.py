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

from backends.stream.base import PARTITIONS
from backends.stream.pulsar_client import IN_FLIGHT_MAX, Sender
from models.errors import DomainError, TooLarge, Unavailable
from models.events import Event
from models.shards import bucket_of

BODY_MAX = 4 * 1024 * 1024
"""Bytes of one event; the broker refuses more than 5 MiB with everything around it."""


@dataclass(slots=True)
class _Parcel:
    body: bytes
    key: str
    sent: asyncio.Future[None]


class Lane:
    """One partition's producer, made at its first event; `make` raises Unavailable."""

    def __init__(
        self, make: Callable[[], Awaitable[Sender]], *, in_flight_max: int = IN_FLIGHT_MAX // 2
    ) -> None:
        self._make = make
        self._sender: Sender | None = None
        self._waiting: deque[_Parcel] = deque()
        self._slots = asyncio.Semaphore(in_flight_max)
        self._working: asyncio.Task[None] | None = None
        self._sends: set[asyncio.Task[None]] = set()

    def put(self, body: bytes, key: str) -> asyncio.Future[None]:
        """Send it after everything that was put before; the future is done when it is durable."""
        parcel = _Parcel(body, key, asyncio.get_running_loop().create_future())
        self._waiting.append(parcel)
        if self._working is None:
            self._working = asyncio.create_task(self._work())
        return parcel.sent

    async def close(self) -> None:
        """Give up what is not sent yet."""
        self._fail_waiting(Unavailable("the stream is closed"))
        for task in (self._working, *self._sends):
            if task is not None:
                task.cancel()
        if self._sender is not None:
            sender, self._sender = self._sender, None
            await sender.close()

    async def _work(self) -> None:
        try:
            if self._sender is None:
                self._sender = await self._make()
            while self._waiting:
                await self._slots.acquire()
                if not self._waiting:
                    self._slots.release()
                    break
                sending = asyncio.create_task(self._send(self._sender, self._waiting.popleft()))
                self._sends.add(sending)
                sending.add_done_callback(self._sends.discard)
        except DomainError as error:
            self._fail_waiting(error)
        finally:
            self._working = None

    async def _send(self, sender: Sender, parcel: _Parcel) -> None:
        try:
            await sender.send(parcel.body, parcel.key)
        except asyncio.CancelledError:
            _fail(parcel, Unavailable("the stream is closed"))
            raise
        except DomainError as error:
            _fail(parcel, error)
            self._fail_waiting(error)
            await self._retire(sender)
        else:
            if not parcel.sent.done():
                parcel.sent.set_result(None)
        finally:
            self._slots.release()

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
