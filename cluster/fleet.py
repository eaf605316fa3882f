"""The actors as the edge sees them: which there are is in the store, reached by name, their handles
kept.

A call that finds its actor dead or restarting raises Unavailable; nothing is retried here, because
Ray may have run the call already. The handle is looked up again after a failure. Only where others
have taken over meanwhile, these are asked instead.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

import ray
import structlog
from ray.actor import ActorHandle
from ray.exceptions import RayError, RayTaskError

from actors.shell import Shell
from backends.documents.base import Documents
from backends.search.base import SearchRequest, SearchResult
from cluster.actors import NAMESPACE, STATUS_TIMEOUT_S
from cluster.settings import Topology
from models.alert import Alert
from models.errors import DomainError, Unavailable
from models.posting import Posting
from models.shards import bucket_of
from models.topology import SUPERVISOR, Kind, Plan
from services.operations import topology
from services.ports import ActorStatus, NearMisses
from services.search import shards_searched

log = structlog.get_logger()

CALL_TIMEOUT_S = 10.0
PLANS_S = 1.0
"""How old the plans may be that calls go by."""
T = TypeVar("T")


class Plans:
    """Who is at work, as the store said a moment ago. While the store is away, as it said last."""

    def __init__(self, documents: Documents, settings: Topology) -> None:
        self._documents = documents
        self._settings = settings
        self._read: dict[Kind, Plan] = {}
        self._old_at = float("-inf")
        self._reading = asyncio.Lock()

    async def names(self, kind: Kind, *, anew: bool = False) -> tuple[str, ...]:
        """Of every shard at work, in order. Raises Unavailable."""
        return (await self._plans(anew=anew))[kind].current.names(kind)

    async def everyone(self) -> tuple[str, ...]:
        plans = await self._plans()
        return (*(n for k, plan in plans.items() for n in plan.current.names(k)), SUPERVISOR)

    async def _plans(self, *, anew: bool = False) -> dict[Kind, Plan]:
        async with self._reading:
            if anew or time.monotonic() >= self._old_at:
                await self._look()
        return self._read

    async def _look(self) -> None:
        try:
            found = await topology.plans(self._documents, self._settings.shards)
        except Unavailable:
            if not self._read:
                raise
        else:
            self._read = {plan.kind: plan for plan in found}
        self._old_at = time.monotonic() + PLANS_S


class RayFleet:
    """Every actor at work by its name; the edge's SystemDoor."""

    def __init__(self, plans: Plans) -> None:
        self.plans = plans
        self._handles: dict[str, ActorHandle[Shell]] = {}

    async def statuses(self) -> Sequence[ActorStatus]:
        return await asyncio.gather(*map(self._status, await self.plans.everyone()))

    async def ask(self, kind: Kind, question: Callable[[tuple[str, ...]], Awaitable[T]]) -> T:
        """Put a question to the shards of a kind, given by their names."""
        names = await self.plans.names(kind)
        try:
            return await question(names)
        except Unavailable:
            successors = await self.plans.names(kind, anew=True)
            if successors == names:
                raise
            return await question(successors)

    async def call(self, name: str, method: str, *args: Any) -> Any:
        """A method of the tenant. Raises its DomainError, or Unavailable if it cannot answer."""
        handle = self._handle(name)
        try:
            return await asyncio.wait_for(handle.call.remote(method, *args), CALL_TIMEOUT_S)
        except RayTaskError as error:
            if isinstance(error.cause, DomainError):
                raise error.cause from error
            log.exception("actor call failed", actor=name, method=method)
            raise Unavailable(f"{name} could not answer") from error
        except (RayError, TimeoutError) as error:
            self._handles.pop(name, None)
            raise Unavailable(f"{name} does not answer") from error

    def _handle(self, name: str) -> ActorHandle[Shell]:
        handle = self._handles.get(name)
        if handle is None:
            try:
                handle = ray.get_actor(name, namespace=NAMESPACE)
            except ValueError as error:
                raise Unavailable(f"{name} is not there yet") from error
            self._handles[name] = handle
        return handle

    async def _status(self, name: str) -> ActorStatus:
        try:
            asked: Any = self._handle(name).status.remote()
            pid, state, detail, counters, gauges = await asyncio.wait_for(asked, STATUS_TIMEOUT_S)
        except (Unavailable, RayError, TimeoutError) as error:
            self._handles.pop(name, None)
            return ActorStatus(name, "missing", type(error).__name__, {}, {})
        return ActorStatus(name, state, detail, counters, gauges, pid)


class _Shard:
    """One index shard."""

    def __init__(self, fleet: RayFleet, name: str) -> None:
        self._fleet, self._name = fleet, name

    async def search(self, request: SearchRequest) -> SearchResult:
        result: SearchResult = await self._fleet.call(self._name, "search", request)
        return result

    async def histogram(self, request: SearchRequest, days: int) -> list[int]:
        counts: list[int] = await self._fleet.call(self._name, "histogram", request, days)
        return counts


class IndexDoor:
    """The edge's SearchDoor: every index shard has its part of the postings."""

    def __init__(self, fleet: RayFleet) -> None:
        self._fleet = fleet

    async def search(self, request: SearchRequest) -> SearchResult:
        return await self._fleet.ask(
            "index", lambda names: shards_searched.search(self._shards(names), request)
        )

    async def histogram(self, request: SearchRequest, days: int) -> list[int]:
        return await self._fleet.ask(
            "index", lambda names: shards_searched.histogram(self._shards(names), request, days)
        )

    def _shards(self, names: tuple[str, ...]) -> list[_Shard]:
        return [_Shard(self._fleet, name) for name in names]


class ShardDoor:
    """The edge's MatcherDoor: of an alert the shard that owns its user, of a posting all."""

    def __init__(self, fleet: RayFleet) -> None:
        self._fleet = fleet

    async def register(self, alert: Alert) -> None:
        await self._call_owner(alert.user_id, "register", alert)

    async def unregister(self, alert_id: str, user_id: str) -> None:
        await self._call_owner(user_id, "unregister", alert_id)

    async def near_misses(self, posting: Posting) -> NearMisses:
        found = await self._fleet.ask("matcher", lambda names: self._all(names, posting))
        by_field: Counter[str] = Counter()
        for part in found:
            by_field.update(part.by_field)
        return NearMisses(sum(part.matched for part in found), dict(by_field))

    async def _all(self, names: tuple[str, ...], posting: Posting) -> list[NearMisses]:
        calls = (self._fleet.call(name, "near_misses", posting) for name in names)
        found: list[NearMisses] = await asyncio.gather(*calls)
        return found

    async def _call_owner(self, user_id: str, method: str, given: Any) -> None:
        def owner(names: tuple[str, ...]) -> Awaitable[Any]:
            return self._fleet.call(names[bucket_of(user_id) % len(names)], method, given)

        await self._fleet.ask("matcher", owner)
