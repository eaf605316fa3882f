"""How an actor reads its topic: one owner, in order, with retries and dead letters.

The partitions are claimed by name: whoever joins last owns them, and the one before is fenced. What
fails and fails again is buried as a document, unless the actor has a burial of its own.
"""

from collections.abc import Iterable

from backends.documents.base import Documents
from backends.stream.base import PARTITIONS, Start, Stream, Subscription
from backends.stream.consumer import Bury, Consumer, Handle, RetryPolicy, bury_in
from models.base import Clock


class Intake:
    """`name` is the durable subscription; `handle` takes a batch and must bear to see it again."""

    def __init__(
        self,
        documents: Documents,
        stream: Stream,
        *,
        topic: str,
        name: str,
        handle: Handle,
        max_batch: int,
        clock: Clock,
        partitions: Iterable[int] = range(PARTITIONS),
        retry: RetryPolicy | None = None,
        bury: Bury | None = None,
    ) -> None:
        self._stream = stream
        self._topic, self._name = topic, name
        self._handle = handle
        self._max_batch = max_batch
        self._partitions = tuple(partitions)
        self._retry = retry or RetryPolicy()
        self._bury = bury or bury_in(documents, name, clock)
        self._subscription: Subscription | None = None
        self._consumer: Consumer | None = None

    async def join(self, start: Start = "earliest") -> None:
        """Take the partitions over, from the committed position; a new subscription begins at
        `start`. To be called again after a failure."""
        await self.leave()
        self._subscription = await self._stream.subscribe(
            self._topic, self._name, "ordered", start=start, partitions=self._partitions
        )
        self._consumer = Consumer(
            self._subscription,
            self._handle,
            name=self._name,
            retry=self._retry,
            bury=self._bury,
            max_batch=self._max_batch,
        )

    async def run(self) -> None:
        """Read for ever. Raises Fenced, TooManyFailures."""
        await self._joined().run()

    async def step(self, timeout_s: float) -> int:
        """One round of `run`, waiting for events up to `timeout_s`; how many were settled."""
        return await self._joined().step(timeout_s)

    async def leave(self) -> None:
        """Give the partitions back. Idempotent."""
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            await subscription.close()

    def _joined(self) -> Consumer:
        assert self._consumer is not None, "join first"
        return self._consumer
