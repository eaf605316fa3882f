"""Makes an index shard; its index lies in the data folder of its node."""

from actors.indexer import IndexShard
from backends.search.tantivy import TantivySearchIndex
from cluster import wiring
from cluster.settings import Settings
from cluster.topology import Role
from models.base import utc_now


async def make(settings: Settings, role: Role) -> IndexShard:
    store = await wiring.open_store(settings)
    # The number of shards is part of the name: another number means other postings.
    folder = settings.folder / "index" / str(role.shards) / str(role.shard)
    return IndexShard(
        store.documents,
        store.stream,
        TantivySearchIndex(folder),
        shard=role.shard,
        shards=role.shards,
        clock=utc_now,
        name=role.name,
    )
