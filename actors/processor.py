"""The processor: raw posting in, clean posting out. It owns nothing durable.

It reads `posting.submitted`, derives the facts (pure, `processing/`) and stores the outcome with
its event in one write. After each event of a posting that is published, changed or taken off the
board it sees to it that the members of its cluster show what they are to each other
(`services.clusters.merging`). A posting that cannot be processed is tried again with growing
pauses, each try counted on the posting; after the last it is *failed* and its event lies in the
dead letters. A batch that fails is no try of its postings: the consumer hands them over again, one
by one.
"""

import asyncio
from collections.abc import Callable, Sequence

import structlog

from actors.intake import Intake
from actors.tenant import Turn, at_once
from backends.documents.base import Fence
from backends.stream.base import PARTITIONS, Delivery
from backends.stream.consumer import RetryPolicy, bury_in
from models.errors import Fenced, NotFound, Unavailable
from models.events import BOARD_NEWS, JOB_EVENTS, POSTING_SUBMITTED, Event
from models.posting import Given
from models.topology import ActorRole
from processing.derive import Derivation, derive
from services.clusters import merging
from services.intake import postings, publishing
from services.intake.publishing import Begun
from services.ports import Ports

log = structlog.get_logger(__name__)

SUBSCRIPTION = "processor"
"""Of all shards together, each of which has its partitions: who comes next reads on there."""
BATCH = 50
WARM_UP = Given(title="Engineer", company="Jobray", locations=("Leeds",))


class Processor:
    def __init__(
        self,
        ports: Ports,
        *,
        role: ActorRole,
        derive: Callable[..., Derivation] = derive,
        retry: RetryPolicy | None = None,
    ) -> None:
        self.name = role.name
        self._ports = ports
        self._derive = derive
        self._bury_letter = bury_in(ports.documents, self.name, ports.clock)
        self._fence: Fence | None = None
        self._processed = 0
        self._intake = Intake(
            ports.documents,
            ports.stream,
            topic=JOB_EVENTS,
            name=SUBSCRIPTION,
            partitions=range(role.shard, PARTITIONS, role.shards),
            handle=self._handle,
            max_batch=BATCH,
            clock=ports.clock,
            retry=retry,
            bury=self._bury,
        )

    async def recover(self, turn: Turn = at_once) -> None:
        # Reference data is loaded at first use: now, and not while the first posting waits.
        await asyncio.to_thread(derive, WARM_UP, today=self._ports.clock().date())
        await turn()
        self._fence = await self._ports.documents.take_epoch(self.name)
        await self._intake.join()

    async def run(self) -> None:
        await self._intake.run()

    async def step(self, timeout_s: float) -> int:
        """One round of `run`, waiting for events up to `timeout_s`; how many were settled."""
        return await self._intake.step(timeout_s)

    async def stop(self) -> None:
        await self._intake.leave()
        await self._ports.stream.close()
        await self._ports.documents.close()

    def status(self) -> tuple[dict[str, float], dict[str, float]]:
        return {"postings_processed": float(self._processed)}, {}

    async def _handle(self, deliveries: Sequence[Delivery]) -> None:
        submitted: dict[str, Event] = {}
        for delivery in deliveries:
            if delivery.event.type == POSTING_SUBMITTED:
                # Only the newest version of a posting in the batch can still be current.
                submitted[delivery.event.subject] = delivery.event
        await self._process(list(submitted.values()), counted=len(deliveries) == 1)
        told = [delivery.event for delivery in deliveries if delivery.event.type in BOARD_NEWS]
        clusters = (id_ for event in told for id_ in _clusters_of(event))
        await merging.reconcile(
            self._ports.documents, clusters, clock=self._ports.clock, fence=self._fence
        )

    async def _process(self, events: Sequence[Event], *, counted: bool) -> None:
        """Take these through. One that cannot be derived keeps the others not from their end; its
        error is raised after theirs."""
        derived: list[tuple[Begun, Derivation]] = []
        fault: Exception | None = None
        for begun in await publishing.begin_many(self._ports, events):
            try:
                derived.append((begun, self._derive_now(begun.posting.given)))
            except Exception as error:
                fault, reason = error, _reason(error)
                if counted:
                    await postings.fail(
                        self._ports, begun.posting, reason, final=False, fence=self._fence
                    )
        await publishing.finish_many(self._ports, derived, fence=self._fence)
        self._processed += len(derived)
        if fault is not None:
            raise fault

    def _derive_now(self, given: Given) -> Derivation:
        return self._derive(given, today=self._ports.clock().date())

    async def _bury(self, delivery: Delivery, reason: str) -> None:
        """Write the letter, then mark the posting as *failed* if it can be: what made it poison may
        as well be the posting as it is stored, or its event."""
        await self._bury_letter(delivery, reason)
        if delivery.event.type != POSTING_SUBMITTED:
            return
        try:
            await self._mark_failed(delivery, reason)
        except (Unavailable, Fenced):
            raise
        except Exception as error:
            log.error(
                "posting not marked failed",
                actor=self.name,
                posting_id=delivery.event.subject,
                error=type(error).__name__,
            )

    async def _mark_failed(self, delivery: Delivery, reason: str) -> None:
        try:
            posting = await postings.begin(self._ports, delivery.event)
        except NotFound:
            return
        if posting is not None:
            await postings.fail(self._ports, posting, reason, final=True, fence=self._fence)


def _clusters_of(event: Event) -> list[str]:
    """The clusters that the event is news to: the posting's, and the one it was in before."""
    states = (event.data.get("posting"), event.data.get("previous"))
    found = [state.get("cluster_id") for state in states if isinstance(state, dict)]
    return [id_ for id_ in found if isinstance(id_, str)]


def _reason(error: Exception) -> str:
    if isinstance(error, Unavailable | Fenced):
        raise error
    return f"{type(error).__name__}: {error}"
