"""The generations of each kind of actor: made, handed over, tidied up after.

A look at the plans in the store makes whoever is missing. Where all of a next generation stand by,
those at work are stopped, ended for good and fenced, and the plan names the next ones as current;
these see it and read on where the others stood. When all of them serve, the subscriptions of the
retired are forgotten. Each step may be repeated, so a supervisor that dies between two leaves
nothing half done to its successor. An index follows nobody: it serves as soon as it is filled, and
those before it answer until then.
"""

import asyncio
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

import structlog

from backends.documents.base import Documents
from backends.stream.base import Stream
from models.events import JOB_EVENTS
from models.topology import ActorRole, Kind, Plan, Shards
from services.operations import topology

log = structlog.get_logger()

T = TypeVar("T")

SERVING = frozenset(("serving",))
READY = frozenset(("standby", "serving"))
SUBSCRIBED_EACH: tuple[Kind, ...] = ("matcher", "index")
"""Every shard of these sees every posting; of the others each reads its partitions of one
subscription, which stays."""


class Fleet(Protocol):
    async def ensure(self, role: ActorRole) -> bool:
        """Create the actor if there is none of that name; says whether it was created."""

    async def state(self, name: str) -> str:
        """As in ActorStatus."""

    async def end(self, name: str) -> None:
        """Let the actor finish what is in flight, for some seconds, then end it for good. Fine
        where there is none."""


class Generations:
    """`shards` are how many of each kind where the store does not say. `created` counts actors,
    `handovers` generations that took over."""

    def __init__(
        self,
        documents: Documents,
        stream: Stream,
        fleet: Fleet,
        shards: Mapping[Kind, Shards],
    ) -> None:
        self._documents = documents
        self._stream = stream
        self._fleet = fleet
        self._shards = dict(shards)
        self.created = self.handovers = 0

    async def begin(self) -> None:
        """Make what is missing from the first plan on. Raises Unavailable."""
        await topology.establish(self._documents, self._shards)
        await self.tend()

    async def tend(self) -> None:
        """One look at every plan; nothing of it goes on when it has ended, however it did. Raises
        Unavailable."""
        found = await topology.plans(self._documents, self._shards)
        await _all(map(self._tend, found))

    async def _tend(self, plan: Plan) -> None:
        await self._ensure((*plan.working, *plan.waiting))
        if plan.retired:
            if await self._are(plan.working, SERVING):
                await self._tidy(plan)
        elif plan.next is not None and await self._are(plan.waiting, READY):
            await self._hand_over(plan)

    async def _ensure(self, roles: Sequence[ActorRole]) -> None:
        created = await _all(map(self._fleet.ensure, roles))
        self.created += sum(created)
        for role in (role for role, new in zip(roles, created, strict=True) if new):
            log.info("actor created", actor=role.name)

    async def _are(self, roles: Sequence[ActorRole], states: frozenset[str]) -> bool:
        found = await _all(self._fleet.state(role.name) for role in roles)
        return states.issuperset(found)

    async def _hand_over(self, plan: Plan) -> None:
        """End those at work, and let the next generation begin."""

        def taken_over(stored: Plan) -> Plan:
            # The wish may have changed meanwhile; then another generation is waited for, and those
            # that were ended are made again by the next look.
            return stored.taken_over() if stored.next == plan.next else stored

        if plan.kind != "index":
            await _all(map(self._end, plan.working))
        after = await topology.change(self._documents, plan.kind, taken_over)
        if after.current == plan.next:
            self.handovers += 1
            log.info(
                "generation took over",
                kind=plan.kind,
                generation=after.current.number,
                shards=after.current.shards,
            )

    async def _end(self, role: ActorRole) -> None:
        await self._fleet.end(role.name)
        # One that could not be reached, on a node that is frozen say, must not write any more.
        await self._documents.take_epoch(role.name)

    async def _tidy(self, plan: Plan) -> None:
        """Forget what the retired ones left behind."""
        names = [name for gone in plan.retired for name in gone.names(plan.kind)]
        await _all(self._fleet.end(name) for name in names)
        if plan.kind in SUBSCRIBED_EACH:
            await _all(self._stream.forget(JOB_EVENTS, name) for name in names)
        gone = plan.retired
        await topology.change(self._documents, plan.kind, lambda stored: stored.tidied(gone))


async def _all(work: Iterable[Awaitable[T]]) -> list[T]:
    """What each of them answers; the first error, when all have ended. Otherwise a handover would
    go on unattended, and the next look make anew those whom it is just ending."""
    results = await asyncio.gather(*work, return_exceptions=True)
    answers: list[T] = []
    for result in results:
        if isinstance(result, BaseException):
            raise result
        answers.append(result)
    return answers
