"""The actors as Ray knows them: created once by name, reached by name, their handles kept.

A call that finds its actor dead or restarting raises Unavailable; nothing is retried here, because
Ray may have run the call already. The handle is looked up again after a failure.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

import ray
import structlog
from ray.actor import ActorHandle
from ray.exceptions import RayError, RayTaskError

from actors.shell import Shell
from backends.search.base import SearchRequest, SearchResult
from cluster.settings import Topology
from cluster.topology import NAMESPACE, Role, everyone
from models.alert import Alert
from models.errors import DomainError, Unavailable
from models.posting import Posting
from models.shards import bucket_of
from services.ports import ActorStatus, NearMisses

log = structlog.get_logger()

STATUS_TIMEOUT_S = 1.0
CALL_TIMEOUT_S = 10.0


class RayFleet:
    """Every actor of the topology by its name; the edge's SystemDoor."""

    def __init__(self, topology: Topology) -> None:
        self._names = [role.name for role in everyone(topology)]
        self._handles: dict[str, ActorHandle[Shell]] = {}

    async def statuses(self) -> Sequence[ActorStatus]:
        return await asyncio.gather(*map(self._status, self._names))

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


class IndexDoor:
    """The edge's SearchDoor: the index shard, one call."""

    def __init__(self, fleet: RayFleet) -> None:
        self._fleet = fleet
        self._name = Role("index").name

    async def search(self, request: SearchRequest) -> SearchResult:
        result: SearchResult = await self._fleet.call(self._name, "search", request)
        return result

    async def histogram(self, request: SearchRequest, days: int) -> list[int]:
        counts: list[int] = await self._fleet.call(self._name, "histogram", request, days)
        return counts


class ShardDoor:
    """The edge's MatcherDoor: of an alert the shard that owns its user, of a posting all."""

    def __init__(self, fleet: RayFleet, shards: int) -> None:
        self._fleet = fleet
        self._shards = shards

    async def register(self, alert: Alert) -> None:
        await self._fleet.call(self._owner(alert.user_id), "register", alert)

    async def unregister(self, alert_id: str, user_id: str) -> None:
        await self._fleet.call(self._owner(user_id), "unregister", alert_id)

    async def near_misses(self, posting: Posting) -> NearMisses:
        names = [Role("matcher", shard, self._shards).name for shard in range(self._shards)]
        found: list[NearMisses] = await asyncio.gather(
            *(self._fleet.call(name, "near_misses", posting) for name in names)
        )
        by_field: Counter[str] = Counter()
        for part in found:
            by_field.update(part.by_field)
        return NearMisses(sum(part.matched for part in found), dict(by_field))

    def _owner(self, user_id: str) -> str:
        return Role("matcher", bucket_of(user_id) % self._shards, self._shards).name
