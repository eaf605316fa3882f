"""Makes an index shard; its index lies in the data folder of its node."""

import asyncio

from actors.indexer import IndexShard
from backends.search.folder import forget_others
from backends.search.tantivy import TantivySearchIndex
from cluster import wiring
from cluster.settings import Settings
from models.base import utc_now
from models.topology import ActorRole


async def make(settings: Settings, role: ActorRole) -> IndexShard:
    store = await wiring.open_store(settings)
    # The generation is part of the name: in another one a shard has other postings.
    folder, generation = settings.folder / "index", str(role.generation)
    await asyncio.to_thread(forget_others, folder, {generation})
    return IndexShard(
        store.documents,
        store.stream,
        TantivySearchIndex(folder / generation / str(role.shard)),
        role=role,
        clock=utc_now,
    )
