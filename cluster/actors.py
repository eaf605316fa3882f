"""The actors in the cluster: created by role, found by name; each makes its own tenant."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from importlib import import_module
from typing import Any, TypeVar

import ray
from ray.actor import ActorHandle
from ray.exceptions import RayError

from actors.shell import Shell
from actors.tenant import Tenant
from cluster import logs, wiring
from cluster.settings import Settings, unpack
from models.topology import SUPERVISOR, ActorRole
from services.operations import topology

T = TypeVar("T")

NAMESPACE = "jobray"
"""The Ray namespace of all our actors: they are found by name in it."""
CPUS = 0.1
"""A share, so that Ray spreads the actors evenly over the nodes."""
CONCURRENCY = 1000
"""Calls in flight at one actor; beyond, Ray queues them at the caller."""
STATUS_TIMEOUT_S = 1.0
END_TIMEOUT_S = 15.0
"""For an actor to finish what is in flight: a mail may be among it."""


def create(role: ActorRole, settings: Settings) -> ActorHandle[Shell]:
    """The actor of this role, made if it is not there. Detached: it outlives its maker."""
    packed = settings.packed()
    handle: ActorHandle[Shell] = (
        ray.remote(Shell)  # type: ignore[assignment]  # ray types it as maybe the class
        .options(
            name=role.name,
            namespace=NAMESPACE,
            lifetime="detached",
            get_if_exists=True,
            max_restarts=-1,
            max_task_retries=0,
            max_concurrency=CONCURRENCY,
            num_cpus=CPUS,
            scheduling_strategy="SPREAD",
        )
        .remote(role.name, partial(build, packed, role), partial(turn, packed, role))
    )
    return handle


async def build(packed: dict[str, Any], role: ActorRole) -> Tenant:
    """The tenant of this role, with its store open; it has not recovered yet."""
    logs.configure(actor=role.name)
    maker = import_module(f"cluster.makers.{role.kind}")
    tenant: Tenant = await maker.make(unpack(packed), role)
    return tenant


async def turn(packed: dict[str, Any], role: ActorRole) -> None:
    """Wait until it is this role's turn. Raises Fenced, Unavailable."""
    if role.kind == SUPERVISOR:
        return
    async with wiring.documents_of(unpack(packed)) as documents:
        await topology.turn(documents, role)


class Launcher:
    """The supervisor's Fleet. An actor is looked up anew each time: a kept handle outlives the name
    of a dead one.

    To look up, make or kill an actor is to wait for Ray's head, a minute where it is away. All that
    has one thread of its own: the loop goes on, and whatever else it does in threads, and what was
    given up there is over before the next begins."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ray-names")

    async def ensure(self, role: ActorRole) -> bool:
        return await self._aside(partial(self._make_if_missing, role))

    async def state(self, name: str) -> str:
        actor = await self._aside(partial(_found, name))
        if actor is None:
            return "missing"
        try:
            asked: Any = actor.status.remote()
            status = await asyncio.wait_for(asked, STATUS_TIMEOUT_S)
        except (RayError, TimeoutError):
            return "missing"
        return str(status[1])

    async def end(self, name: str) -> None:
        actor = await self._aside(partial(_found, name))
        if actor is None:
            return
        with suppress(RayError, TimeoutError):
            asked: Any = actor.stop.remote()
            await asyncio.wait_for(asked, END_TIMEOUT_S)
        await self._aside(partial(ray.kill, actor, no_restart=True))

    async def restart(self, name: str) -> None:
        actor = await self._aside(partial(_found, name))
        if actor is not None:
            await self._aside(partial(ray.kill, actor, no_restart=False))

    def _make_if_missing(self, role: ActorRole) -> bool:
        if _found(role.name) is not None:
            return False
        create(role, self._settings)
        return True

    async def _aside(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)


def _found(name: str) -> ActorHandle[Shell] | None:
    try:
        handle: ActorHandle[Shell] = ray.get_actor(name, namespace=NAMESPACE)
    except ValueError:
        return None
    return handle
