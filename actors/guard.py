"""The guard: whose work it is does not stay stopped while nobody else does it.

A fenced actor stops for good, because a newer owner works elsewhere: on another node, or in the Ray
cluster that an upgrade makes beside this one. Where that owner ends too (a process that woke up,
took the epoch and was ended; an old cluster that was removed while one of its actors had begun
anew) nobody would be left. So the guard of each cluster gives a sign in the store for every actor
that serves there, and one at work that is stopped here while nobody gives a sign for it is started
again, and takes the next epoch.

It runs in the supervisor. Two guards that are wrong about each other cost an interruption: whoever
works is fenced as ever.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import structlog

from actors.tenant import Turn, at_once
from backends.documents.base import Document, Documents
from backends.documents.collections import SIGNS
from models.errors import DuplicateKey, NotFound, Unavailable, VersionConflict
from models.topology import Kind, Shards
from services.operations import topology

log = structlog.get_logger()

PERIOD_S = 5.0
SILENT_S = 30.0
"""How long nobody gives a sign until an actor is started again: longer than a supervisor needs to
be back."""


class Fleet(Protocol):
    async def state(self, name: str) -> str:
        """As in ActorStatus."""

    async def restart(self, name: str) -> None:
        """End the actor's process; Ray starts it again. Fine where there is none."""


class Guard:
    """`shards` are how many of each kind where the store does not say; `clock` gives monotonic
    seconds. Signs are told apart by their version alone, so no two clocks are compared."""

    def __init__(
        self,
        documents: Documents,
        fleet: Fleet,
        shards: Mapping[Kind, Shards],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._documents = documents
        self._fleet = fleet
        self._shards = dict(shards)
        self._clock = clock
        self._heard: dict[str, tuple[int, float]] = {}
        self._revived = 0

    async def recover(self, turn: Turn = at_once) -> None:
        """Nothing to load."""

    async def run(self) -> None:
        while True:
            await asyncio.sleep(PERIOD_S)
            try:
                await self.look()
            except Unavailable as error:
                log.warning("actors not guarded", reason=error.detail)

    async def stop(self) -> None:
        """Nothing to release."""

    def status(self) -> tuple[dict[str, float], dict[str, float]]:
        return {"actors_revived": float(self._revived)}, {}

    async def look(self) -> None:
        """Give and hear the signs once. Raises Unavailable."""
        names = await self._at_work()
        states = await asyncio.gather(*map(self._fleet.state, names))
        signs = await self._documents.get_many(SIGNS, names)
        state_of = dict(zip(names, states, strict=True))
        serving = [name for name, state in state_of.items() if state == "serving"]
        await asyncio.gather(*(self._give(name, signs.get(name)) for name in serving))
        stopped = [name for name, state in state_of.items() if state == "stopped"]
        self._heard = {name: heard for name, heard in self._heard.items() if name in stopped}
        for name in stopped:
            if self._is_silent(name, signs.get(name)):
                await self._revive(name)

    async def _at_work(self) -> Sequence[str]:
        """Where another generation gets ready, those at work are stopped on purpose."""
        plans = await topology.plans(self._documents, self._shards)
        return [role.name for plan in plans if plan.next is None for role in plan.working]

    async def _give(self, name: str, sign: Document | None) -> None:
        try:
            if sign is None:
                await self._documents.insert(SIGNS, name, {})
            else:
                await self._documents.replace(SIGNS, name, {}, expected_version=sign.version)
        except (DuplicateKey, VersionConflict, NotFound):
            return  # somebody else gave one

    def _is_silent(self, name: str, sign: Document | None) -> bool:
        now, version = self._clock(), sign.version if sign is not None else 0
        heard, since = self._heard.setdefault(name, (version, now))
        if heard != version:
            self._heard[name] = (version, now)
            return False
        return now - since >= SILENT_S

    async def _revive(self, name: str) -> None:
        log.warning("actor revived", actor=name)
        del self._heard[name]
        self._revived += 1
        await self._fleet.restart(name)
