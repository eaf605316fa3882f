"""Makes a matcher shard."""

from actors.matcher import MatcherShard
from cluster import wiring
from cluster.settings import Settings
from cluster.topology import Role
from models.base import utc_now


async def make(settings: Settings, role: Role) -> MatcherShard:
    store = await wiring.open_store(settings)
    return MatcherShard(
        store.documents, store.stream, shard=role.shard, shards=role.shards, clock=utc_now
    )
