"""Makes a matcher shard; the snapshot of its alerts lies in the data folder of its node."""

import asyncio
import gc

from actors.matcher import MatcherShard
from actors.snapshots import forget_older
from cluster import wiring
from cluster.settings import Settings
from matching.percolator.warm import warm
from models.base import utc_now
from models.topology import ActorRole

GC_THRESHOLDS = (50_000, 20, 20)
"""Objects made, net, before Python's collector looks for cycles, and how often at older ones. A
posting is some hundred objects in no cycle, and by default (700) to look through them takes as long
as to match it."""


async def make(settings: Settings, role: ActorRole) -> MatcherShard:
    gc.set_threshold(*GC_THRESHOLDS)
    await asyncio.to_thread(warm)
    store = await wiring.open_store(settings)
    # The generation is part of the name: in another one a shard has other alerts.
    folder = settings.folder / "matcher"
    await asyncio.to_thread(forget_older, folder, role.generation)
    return MatcherShard(
        store.documents,
        store.stream,
        role=role,
        snapshot=folder / str(role.generation) / f"{role.shard}.alerts",
        clock=utc_now,
    )
