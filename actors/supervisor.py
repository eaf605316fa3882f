"""The supervisor keeps every actor of the topology in being and hands work over where their number
changes (`generations`). Beside that it relays the events whose writer could not publish them, does
the upkeep that forgets what has expired, and has tenants: the guard, the poller of the feeds, the
reprocessor of stored postings, and the tracer where traces are wanted.

Ray restarts a killed process by itself; the supervisor makes up for what Ray forgets (an actor that
was never created, or whose name was freed). Its own process is restarted by Ray like any other.
There may be two for a while, one on a node that was frozen: all that it does may be done by two at
once (versions, claims and identities see to that), so it takes no epoch.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import structlog

from actors.tenant import Tenant, Turn, at_once
from models.errors import Unavailable

log = structlog.get_logger()

PERIOD_S = 1.0
UPKEEP_S = 600.0

RELAY_S = 1.0

Upkeep = Callable[[], Awaitable[int]]
"""Forgets a bounded number of expired things; how many there were."""
Relay = Callable[[], Awaitable[int]]
"""Publishes the events that wait; how many there were."""


class Making(Protocol):
    """Makes the actors, and hands their work over (`Generations`)."""

    created: int
    handovers: int

    async def begin(self) -> None:
        """Raises Unavailable."""

    async def tend(self) -> None:
        """Raises Unavailable."""


class Supervisor:
    def __init__(
        self,
        generations: Making,
        tenants: Sequence[Tenant],
        upkeep: Upkeep,
        relay: Relay,
        *,
        period_s: float = PERIOD_S,
        upkeep_s: float = UPKEEP_S,
        relay_s: float = RELAY_S,
    ) -> None:
        self._generations = generations
        self._tenants = tuple(tenants)
        self._upkeep = upkeep
        self._relay = relay
        self._period_s, self._upkeep_s, self._relay_s = period_s, upkeep_s, relay_s
        self._relayed = 0

    async def recover(self, turn: Turn = at_once) -> None:
        await self._generations.begin()
        for tenant in self._tenants:
            await tenant.recover()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._supervise())
            for tenant in self._tenants:
                tasks.create_task(tenant.run())
            tasks.create_task(self._keep_up())
            tasks.create_task(self._relay_for_ever())

    async def stop(self) -> None:
        for tenant in self._tenants:
            await tenant.stop()

    def status(self) -> tuple[dict[str, float], dict[str, float]]:
        counters = {
            "actors_created": float(self._generations.created),
            "handovers": float(self._generations.handovers),
            "events_relayed": float(self._relayed),
        }
        gauges: dict[str, float] = {}
        for tenant in self._tenants:
            counts, sizes = tenant.status()
            counters |= counts
            gauges |= sizes
        return counters, gauges

    async def _supervise(self) -> None:
        while True:
            await asyncio.sleep(self._period_s)
            try:
                await self._generations.tend()
            except Unavailable as error:
                log.warning("actors not tended", reason=error.detail)

    async def _keep_up(self) -> None:
        while True:
            try:
                while await self._upkeep():
                    pass
            except Unavailable as error:
                log.warning("upkeep put off", reason=error.detail)
            await asyncio.sleep(self._upkeep_s)

    async def _relay_for_ever(self) -> None:
        while True:
            try:
                self._relayed += await self._relay()
            except Unavailable as error:
                log.warning("relay put off", reason=error.detail)
            await asyncio.sleep(self._relay_s)
