"""The actors in the cluster: created by role, found by name; each makes its own tenant."""

from functools import partial
from importlib import import_module
from typing import Any

import ray
from ray.actor import ActorHandle

from actors.shell import Shell
from actors.tenant import Tenant
from cluster import logs
from cluster.settings import Settings, unpack
from cluster.topology import NAMESPACE, Role, workers

CPUS = 0.1
"""A share, so that Ray spreads the actors evenly over the nodes."""
CONCURRENCY = 1000
"""Calls in flight at one actor; beyond, Ray queues them at the caller."""


def create(role: Role, settings: Settings) -> ActorHandle[Shell]:
    """The actor of this role, made if it is not there. Detached: it outlives its maker."""
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
        )
        .remote(role.name, partial(build, settings.packed(), role))
    )
    return handle


async def build(packed: dict[str, Any], role: Role) -> Tenant:
    """The tenant of this role, with its store open; it has not recovered yet."""
    logs.configure(actor=role.name)
    maker = import_module(f"cluster.makers.{role.kind}")
    tenant: Tenant = await maker.make(unpack(packed), role)
    return tenant


class Launcher:
    """The supervisor's Fleet: makes the workers of the topology that are not there."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._roles = {role.name: role for role in workers(settings.topology)}

    async def ensure(self, name: str) -> bool:
        try:
            # Looked up anew each time: a kept handle outlives the name of a dead actor.
            ray.get_actor(name, namespace=NAMESPACE)
        except ValueError:
            create(self._roles[name], self._settings)
            return True
        return False
