"""How each actor is made: in the cluster by name, and inside its own process from its role."""

from functools import partial
from typing import Any

import ray
from ray.actor import ActorHandle

from actors.indexer import IndexShard
from actors.matcher import MatcherShard
from actors.notifier import NotificationQueue
from actors.poller import Poller
from actors.processor import Processor
from actors.shell import Shell
from actors.supervisor import Supervisor
from actors.tenant import Tenant
from backends.fetch.http import HttpFetcher
from backends.search.tantivy import TantivySearchIndex
from cluster import logs, wiring
from cluster.fleet import IndexDoor, RayFleet, ShardDoor
from cluster.settings import Settings, unpack
from cluster.topology import NAMESPACE, Role, workers
from delivery.mail import MailRenderer
from models.base import utc_now
from services import idempotency
from services.ports import Ports

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


async def build(packed: dict[str, Any], role: Role) -> Tenant:
    """The tenant of this role, with its store open; it has not recovered yet."""
    settings = unpack(packed)
    logs.configure(actor=role.name)
    if role.kind == "processor":
        return Processor(await _ports(settings), shard=role.shard, shards=role.shards)
    if role.kind == "supervisor":
        names = [worker.name for worker in workers(settings.topology)]
        fetcher = HttpFetcher(allow_private=settings.feeds.allow_private)
        ports = await _ports(settings)
        upkeep = partial(idempotency.forget_expired, ports)
        return Supervisor(Launcher(settings), names, Poller(ports, fetcher), upkeep)
    return await _shard(settings, role)


async def _shard(settings: Settings, role: Role) -> Tenant:
    store = wiring.make_store(settings)
    await store.documents.open()
    await store.stream.open()
    if role.kind == "matcher":
        return MatcherShard(
            store.documents, store.stream, shard=role.shard, shards=role.shards, clock=utc_now
        )
    if role.kind == "index":
        index = TantivySearchIndex(settings.folder / "index" / str(role.shard))
        return IndexShard(
            store.documents,
            store.stream,
            index,
            shard=role.shard,
            shards=role.shards,
            clock=utc_now,
            name=role.name,
        )
    return NotificationQueue(
        store.documents,
        store.stream,
        await wiring.make_channels(settings),
        MailRenderer(public_url=settings.public_url, secret_key=settings.secret_key),
        shard=role.shard,
        shards=role.shards,
        clock=utc_now,
    )


async def _ports(settings: Settings) -> Ports:
    fleet = RayFleet(settings.topology)
    return await wiring.open_ports(
        settings,
        search=IndexDoor(fleet),
        matchers=ShardDoor(fleet, settings.topology.matchers),
        system=fleet,
    )
