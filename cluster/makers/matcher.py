"""Makes a matcher shard; the snapshot of its alerts lies in the data folder of its node."""

import asyncio
import gc

from actors.matcher import MatcherShard
from cluster import wiring
from cluster.settings import Settings
from cluster.topology import Role
from matching.percolator.warm import warm
from models.base import utc_now

GC_THRESHOLDS = (50_000, 20, 20)
"""Objects made, net, before Python's collector looks for cycles, and how often at older ones. A
posting is some hundred objects in no cycle, and by default (700) to look through them takes as long
as to match it."""


async def make(settings: Settings, role: Role) -> MatcherShard:
    gc.set_threshold(*GC_THRESHOLDS)
    await asyncio.to_thread(warm)
    store = await wiring.open_store(settings)
    # The number of shards is part of the name: another number means other alerts.
    folder = settings.folder / "matcher" / str(role.shards)
    return MatcherShard(
        store.documents,
        store.stream,
        shard=role.shard,
        shards=role.shards,
        snapshot=folder / f"{role.shard}.alerts",
        clock=utc_now,
    )
