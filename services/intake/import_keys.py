"""An import under an Idempotency-Key has one outcome, and the same document again only gets that.

`services.idempotency` hashes a request before it is run. The documents of imports are too large to
hold for that, so the hash is taken while they are read and stored with the import when it ends; a
later document under the key is read for its hash alone. The key is free again when its import was
interrupted, has not moved for `LEASE` (its process is gone) or ended longer than `KEPT` ago.
"""

import hashlib
from collections.abc import AsyncIterable, AsyncIterator
from datetime import datetime

from backends.documents.collections import IMPORTS
from models.errors import NotFound
from models.feed import Import, ImportStatus
from services.idempotency import KEPT, LEASE, key_reused, still_running
from services.ports import Ports


class Hashed:
    """The pieces of a document as they come, and the SHA-256 of those that have come."""

    def __init__(self, chunks: AsyncIterable[bytes]) -> None:
        self._chunks = chunks
        self._digest = hashlib.sha256()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._chunks:
            self._digest.update(chunk)
            yield chunk

    async def drain(self) -> None:
        """Read what is left, for its hash alone."""
        async for _ in self:
            pass

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


async def earlier(ports: Ports, *, owner_id: str, id: str, body: Hashed) -> Import | None:
    """The import that ended under this id, if the body is the same, which is read to its end for
    that; None, with nothing read of it, where there is none, or one to be run again. Raises
    InvalidInput for another body, Conflict (with Retry-After) while the import is running."""
    try:
        stored = Import.from_store((await ports.documents.get(IMPORTS, id)).body)
    except NotFound:
        return None
    if stored.owner_id != owner_id or is_free(stored, ports.clock()):
        return None
    if stored.status is ImportStatus.RUNNING:
        raise still_running("import")
    await body.drain()
    if body.hexdigest() != stored.body_hash:
        raise key_reused("document")
    return stored


def is_free(stored: Import, now: datetime) -> bool:
    """Whether this import's id may be used for a new run."""
    if stored.status is ImportStatus.RUNNING:
        return stored.updated_at <= now - LEASE
    ended = stored.finished_at
    return stored.body_hash is None or ended is None or ended <= now - KEPT
