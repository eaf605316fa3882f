"""The one file that imports the Pulsar driver: its verbs, typed, in our words and our errors.

`pulsar.asyncio` wraps a C++ client with threads of its own. What to know of it:
- A cancelled `receive` or `read_next` has taken a message that nobody gets. So whoever cancels one
  drops that reader, and whoever must not lose keeps one receive under way (`pulsar_edge`).
- A producer refuses more than `max_pending_messages` at once: who sends bounds it (`pulsar_lanes`).
- It connects again by itself, for ever, after pauses that grow to a minute and cannot be set, and
  sends again what was not confirmed. A send fails after
  `SEND_TIMEOUT_S`, and everything that waits behind it in that producer with it.
- An exclusive producer carries an epoch that the broker stores with the topic: one that was fenced
  stays so, also after a restart of the broker.
- Every object must be closed before the process ends, or the C++ side aborts.
"""

import asyncio
from collections.abc import Awaitable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import pulsar
from pulsar import asyncio as driver

from backends.stream.pulsar_places import NOTHING, Place
from models.errors import DomainError, Fenced, Unavailable

T = TypeVar("T")
Access = Literal["shared", "exclusive", "fencing"]
"""Who may send: everyone; one at a time, a second one is refused; the newest one only."""

SEND_TIMEOUT_S = 5.0
OPERATION_TIMEOUT_S = 5
CONNECTION_TIMEOUT_MS = 3_000
IN_FLIGHT_MAX = 1_000
PREFETCH = 50
"""Messages of one partition that wait in the client. Sixteen partitions of large postings (20 KB)
are 16 MB for each subscription."""
CLOSE_TIMEOUT_S = 2.0

_ACCESS = {
    "shared": pulsar.ProducerAccessMode.Shared,
    "exclusive": pulsar.ProducerAccessMode.Exclusive,
    "fencing": pulsar.ProducerAccessMode.ExclusiveWithFencing,
}
_MISSING = frozenset({pulsar.Result.TopicNotFound, pulsar.Result.SubscriptionNotFound})
_HELD_BY_ANOTHER = frozenset(
    {pulsar.Result.ProducerFenced, pulsar.Result.ProducerBusy, pulsar.Result.ConsumerBusy}
)


class Busy(Exception):
    """Another producer or consumer has what was asked for exclusively."""


class Gone(Unavailable):
    """The topic or the subscription is not there: the administration makes them, not the driver."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One message as it was read. `handle` is the driver's id of it, for acknowledging."""

    body: bytes
    key: str
    partition: int
    place: Place
    published_ms: int
    redeliveries: int
    handle: Any


class Sender:
    """A producer of one partition."""

    def __init__(self, producer: driver.Producer) -> None:
        self._producer = producer
        self._is_fenced = False

    async def send(self, body: bytes, key: str | None = None) -> Place:
        """Durable when it returns. Sends start in the order of the calls, at once. Raises Fenced
        where a newer producer has fenced this one, Unavailable."""
        try:
            with _our_errors():
                sent = await self._producer.send(body, partition_key=key)
        except Fenced:
            self._is_fenced = True
            raise
        return Place(sent.ledger_id(), sent.entry_id())

    @property
    def is_connected(self) -> bool:
        return bool(self._producer.is_connected())

    async def close(self) -> None:
        if not self._is_fenced:  # then the broker has closed it
            await _closed(self._producer.close())


class Source:
    """A reader: it has no cursor at the broker, so nothing is kept for it."""

    def __init__(self, reader: driver.Reader) -> None:
        self._reader = reader

    @property
    def is_connected(self) -> bool:
        return bool(self._reader.is_connected())

    async def next(self) -> Entry:
        """The next message, however long it takes to come."""
        with _our_errors():
            return _entry(await self._reader.read_next())

    async def soon(self) -> Entry:
        """The next message where there is one. Raises Unavailable when it does not come; the source
        is of no use then."""
        return await _within(self.next(), OPERATION_TIMEOUT_S)

    async def has_more(self) -> bool:
        """Whether the partition holds something behind what was read last: asks the broker, unless
        it said so before (0.2 ms). Right only after something was read, or from the beginning."""
        with _our_errors():
            return bool(await _within(self._reader.has_message_available(), OPERATION_TIMEOUT_S))

    async def seek(self, published_ms: int) -> None:
        """Go on from the first message that was published at this time or later."""
        with _our_errors():
            await self._reader.seek(published_ms)

    async def close(self) -> None:
        await _closed(self._reader.close())


class Receiver:
    """A consumer of a durable subscription."""

    def __init__(self, consumer: driver.Consumer) -> None:
        self._consumer = consumer

    async def next(self) -> Entry:
        """The next message, however long it takes to come. Cancelled, it loses one until the
        consumer is closed."""
        with _our_errors():
            return _entry(await self._consumer.receive())

    async def acknowledge(self, entry: Entry) -> None:
        """Taken down here and sent within 0.1 s; the broker does not confirm it."""
        with _our_errors():
            await self._consumer.acknowledge(entry.handle)

    async def acknowledge_until(self, place: Place) -> None:
        """The same for everything up to this place of the one partition."""
        with _our_errors():
            await self._consumer.acknowledge_cumulative(
                pulsar.MessageId(-1, place.ledger, place.entry, -1)
            )

    async def close(self) -> None:
        """Sends what was acknowledged first."""
        await _closed(self._consumer.close())


class PulsarClient:
    """The connections of one process. Topics are full names, `persistent://tenant/ns/name`. Every
    verb raises Unavailable, in particular Gone."""

    def __init__(self, url: str, *, token: str | None = None, tls_ca: str | None = None) -> None:
        self._url, self._token, self._tls_ca = url, token, tls_ca
        self._client: driver.Client | None = None
        self._unwanted: set[asyncio.Task[None]] = set()

    def open(self) -> None:
        """Nothing is connected yet: the first verb does that."""
        if self._client is not None:
            return
        self._client = driver.Client(
            self._url,
            authentication=pulsar.AuthenticationToken(self._token) if self._token else None,
            tls_trust_certs_file_path=self._tls_ca,
            tls_validate_hostname=True,
            operation_timeout_seconds=OPERATION_TIMEOUT_S,
            connection_timeout_ms=CONNECTION_TIMEOUT_MS,
            logger=pulsar.ConsoleLogger(pulsar.LoggerLevel.Error),
        )

    async def close(self) -> None:
        """Ends every connection, and with them whatever is still open on it."""
        if self._client is not None:
            client, self._client = self._client, None
            if self._unwanted:
                await asyncio.wait(self._unwanted)
            await _closed(client.close())

    async def sender(self, topic: str, access: Access = "shared") -> Sender:
        """Raises Busy where an exclusive producer is refused."""
        creating = self._opened().create_producer(
            topic,
            batching_enabled=False,
            send_timeout_millis=int(SEND_TIMEOUT_S * 1000),
            max_pending_messages=IN_FLIGHT_MAX,
            access_mode=_ACCESS[access],
        )
        return Sender(await self._made(creating))

    async def source(self, topic: str, after: Place) -> Source:
        """A reader of what follows the place in this partition."""
        start: Any = pulsar.MessageId.earliest
        if after > NOTHING:
            start = pulsar.MessageId(-1, after.ledger, after.entry, -1)
        return await self._source(topic, start, inclusive=False)

    async def edge(self, topic: str) -> Source:
        """A reader of what comes from now on, of one partition or of all."""
        return await self._source(topic, pulsar.MessageId.latest, inclusive=False)

    async def last(self, topic: str) -> Entry | None:
        """The last message of a partition, None where there is none (0.1 s: the driver seeks)."""
        source = await self._source(topic, pulsar.MessageId.latest, inclusive=True)
        try:
            return await source.soon() if await source.has_more() else None
        finally:
            await source.close()

    async def cursor(self, topic: str, name: str) -> Receiver:
        """Join the durable subscription of one partition only to acknowledge: nothing is sent here.
        Several may, because failover consumers stand in line."""
        return await self._receiver(topic, name, pulsar.ConsumerType.Failover, 0)

    async def shared(self, topic: str, name: str) -> Receiver:
        """Join the durable subscription of all partitions as one of many."""
        return await self._receiver(topic, name, pulsar.ConsumerType.Shared, PREFETCH)

    async def _source(self, topic: str, start: Any, *, inclusive: bool) -> Source:
        creating = self._opened().create_reader(
            topic, start, receiver_queue_size=PREFETCH, start_message_id_inclusive=inclusive
        )
        return Source(await self._made(creating))

    async def _receiver(
        self, topic: str, name: str, kind: pulsar.ConsumerType, prefetch: int
    ) -> Receiver:
        creating = self._opened().subscribe(topic, name, kind, receiver_queue_size=prefetch)
        return Receiver(await self._made(creating))

    async def _made(self, creating: Coroutine[Any, Any, T]) -> T:
        """Wait for a new producer, reader or consumer. It comes also where nobody waits any more:
        then it is closed, lest it holds something for ever."""
        making = asyncio.ensure_future(creating)
        try:
            with _our_errors(busy=True):
                return await asyncio.shield(making)
        except asyncio.CancelledError:
            unwanted = asyncio.create_task(_discard(making))
            self._unwanted.add(unwanted)
            unwanted.add_done_callback(self._unwanted.discard)
            raise

    def _opened(self) -> driver.Client:
        if self._client is None:
            raise Unavailable("the stream is closed")
        return self._client


def _entry(message: pulsar.Message) -> Entry:
    handle = message.message_id()
    return Entry(
        body=message.data(),
        key=message.partition_key(),
        partition=handle.partition(),
        place=Place(handle.ledger_id(), handle.entry_id()),
        published_ms=message.publish_timestamp(),
        redeliveries=message.redelivery_count(),
        handle=handle,
    )


@contextmanager
def _our_errors(*, busy: bool = False) -> Iterator[None]:
    try:
        yield
    except driver.PulsarException as error:
        raise _ours(error, busy) from error


def _ours(error: driver.PulsarException, busy: bool) -> Exception:
    result = error.error()
    if busy and result in _HELD_BY_ANOTHER:
        return Busy(str(error))
    found: type[DomainError] = Gone if result in _MISSING else Unavailable
    if result == pulsar.Result.ProducerFenced:
        found = Fenced
    return found(f"Pulsar says {result.name}")


async def _within(waiting: Awaitable[T], seconds: float) -> T:
    try:
        async with asyncio.timeout(seconds):
            return await waiting
    except TimeoutError as error:
        raise Unavailable("Pulsar does not answer") from error


async def _discard(making: asyncio.Future[Any]) -> None:
    try:
        made = await making
    except driver.PulsarException:
        return
    await _closed(made.close())


async def _closed(closing: Awaitable[None]) -> None:
    """Wait for the end, as long as is decent: what is gone already, or cannot be reached, needs no
    goodbye."""
    try:
        async with asyncio.timeout(CLOSE_TIMEOUT_S):
            await closing
    except (driver.PulsarException, TimeoutError):
        return
