"""An index shard: it owns a search index on local disk, a copy of the published postings of its
buckets.

Events of `job-events` say *which* postings changed; *what* they are now is read from the store. So
events may come late, twice or out of order: an older version never overwrites a newer one, and what
was closed does not come back. A posting that is being revised stays as it is until its outcome. Of
several postings of one vacancy only the one that stands for all is here.

A new or lost index is filled from the store in one commit, after the shard has joined the stream:
nothing falls between the two, and a fill that was cut short leaves an empty index, which is filled
again.

The stream remembers how far the shard has read, wherever it ran; the index only what was read on
this node. An actor that moved away and came back would find a copy that has missed whatever was
acknowledged elsewhere. So each start takes an epoch in the store and hands it to the index, which
keeps only what the owner right before had. A start that is cut short, at any instant, costs at
worst a fill that was not needed.

Commits cost an fsync and a segment, so there are at most 20 a second, and they take a fifth of the
time at most: the first event after a pause is visible at once, and under load each commit takes all
that came since the last.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence

import structlog
from pydantic import ValidationError

from actors.intake import Intake
from actors.tenant import Turn, at_once
from backends.documents.base import Document, Documents
from backends.documents.collections import POSTINGS
from backends.documents.filters import And, Eq
from backends.documents.scan import pages
from backends.search.base import IndexLost, Owner, SearchIndex, SearchRequest, SearchResult
from backends.stream.base import Delivery, Stream
from models.base import Clock
from models.events import BOARD_NEWS, JOB_EVENTS
from models.posting import Posting, Status
from models.shards import bucket_of, owns
from models.topology import ActorRole
from services.search.search_owner import next_owner

log = structlog.get_logger()

BATCH = 500
"""Events of one commit at most."""
COMMIT_PERIOD_S = 0.05
REST = 4.0
"""How much longer than a commit the pause after it is."""
REST_MAX_S = 0.5
_UNDECIDED = (Status.SUBMITTED, Status.PROCESSING)


class IndexShard:
    """Owns the postings of the buckets of its role, whose name is that of its subscription and of
    its epochs too. `monotonic` and `sleep` are in seconds."""

    def __init__(
        self,
        documents: Documents,
        stream: Stream,
        index: SearchIndex,
        *,
        role: ActorRole,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.name = role.name
        self._documents = documents
        self._stream = stream
        self._index = index
        self._role = role
        self._clock = clock
        self._monotonic = monotonic
        self._sleep = sleep
        self._intake = Intake(
            documents,
            stream,
            topic=JOB_EVENTS,
            name=self.name,
            handle=self._handle,
            max_batch=BATCH,
            clock=clock,
        )
        self._owner: Owner | None = None
        self._next_commit_at = float("-inf")
        self._indexed = self._removed = self._commits = self._fills = 0
        self._unreadable = self._searchable = 0

    async def recover(self, turn: Turn = at_once) -> None:
        """Open the index, take it over, join the stream, fill the index if it is empty. It waits
        for no `turn`: whoever follows nobody disturbs nobody."""
        await self._intake.leave()
        await self._index.close()
        # First the index, then the epoch: none is spent while another process holds the index.
        await self._index.open()
        self._owner = await next_owner(self._documents, self.name)
        await self._index.take_over(self._owner)
        empty = await self._index.count() == 0
        await self._intake.join("latest" if empty else "earliest")
        await self._fill_if_empty()

    async def run(self) -> None:
        """Follow the stream for ever. Raises Fenced, TooManyFailures."""
        await self._intake.run()

    async def stop(self) -> None:
        await self._intake.leave()
        await self._index.close()
        await self._stream.close()
        await self._documents.close()

    def status(self) -> tuple[dict[str, float], dict[str, float]]:
        counters = {
            "postings_indexed": float(self._indexed),
            "postings_removed": float(self._removed),
            "index_commits": float(self._commits),
            "index_fills": float(self._fills),
            "postings_unreadable": float(self._unreadable),
        }
        return counters, {"postings_searchable": float(self._searchable)}

    async def search(self, request: SearchRequest) -> SearchResult:
        """Raises InvalidInput, Unavailable."""
        return await self._index.search(request)

    async def histogram(self, request: SearchRequest, days: int) -> list[int]:
        """Raises Unavailable."""
        return await self._index.histogram(request, days)

    async def _handle(self, deliveries: Sequence[Delivery]) -> None:
        told = (d.event.subject for d in deliveries if d.event.type in BOARD_NEWS)
        ids = [id_ for id_ in dict.fromkeys(told) if self._owns(id_)]
        if not ids:
            return
        await self._pace()
        try:
            await self._follow(ids)
        except IndexLost as lost:
            log.error("search index lost", actor=self.name, reason=str(lost.__cause__ or lost))
            await self._begin_again()
            await self._follow(ids)

    async def _begin_again(self) -> None:
        assert self._owner is not None, "recover first"
        await self._index.close()
        await self._index.open()
        await self._index.take_over(self._owner)
        await self._fill_if_empty()

    def _owns(self, posting_id: str) -> bool:
        return owns(self._role.shard, self._role.shards, bucket_of(posting_id))

    async def _pace(self) -> None:
        """Let events gather where the last commit was a moment ago."""
        wait_s = self._next_commit_at - self._monotonic()
        if wait_s > 0:
            await self._sleep(wait_s)

    async def _follow(self, ids: Sequence[str]) -> None:
        """Bring the index to what the store says of these postings."""
        found = await self._documents.get_many(POSTINGS, ids)
        postings = {id_: Posting.from_store(found[id_].body) for id_ in ids if id_ in found}
        shown = [p for p in postings.values() if _is_hit(p)]
        gone = [id_ for id_ in ids if id_ not in postings or _is_off(postings[id_])]
        await self._index.upsert(shown)
        await self._index.remove(gone)
        await self._commit()
        self._indexed += len(shown)
        self._removed += len(gone)

    async def _commit(self) -> None:
        begun = self._monotonic()
        await self._index.commit()
        now = self._monotonic()
        rest_s = min(REST * (now - begun), REST_MAX_S)
        self._next_commit_at = now + max(COMMIT_PERIOD_S, rest_s)
        self._commits += 1
        self._searchable = await self._index.count()

    async def _fill_if_empty(self) -> None:
        self._searchable = await self._index.count()
        if self._searchable:
            return
        try:
            await self._fill()
        except BaseException:
            await self._index.close()  # forgets what is not committed: half a fill is none
            raise

    async def _fill(self) -> None:
        """Every hit of the buckets, in one commit."""
        published = And((Eq("status", Status.PUBLISHED.value), Eq("canonical_id", None)))
        filled = 0
        async for page in pages(self._documents, POSTINGS, published):
            own = self._read([document for document in page if self._owns(document.id)])
            await self._index.upsert(own)
            filled += len(own)
        await self._commit()
        self._fills += 1
        self._indexed += filled
        log.info("search index filled", actor=self.name, postings=filled)

    def _read(self, documents: Sequence[Document]) -> list[Posting]:
        """The postings; one that cannot be read must not keep the others from being found."""
        postings = []
        for document in documents:
            try:
                postings.append(Posting.from_store(document.body))
            except ValidationError as error:
                self._unreadable += 1
                fields = [".".join(map(str, fault["loc"])) for fault in error.errors()]
                log.error("posting cannot be read", posting_id=document.id, fields=fields)
        return postings


def _is_hit(posting: Posting) -> bool:
    """On the board, and not found through another posting of the same vacancy."""
    return posting.status is Status.PUBLISHED and posting.canonical_id is None


def _is_off(posting: Posting) -> bool:
    """Neither a hit nor, having been one, about to come back in a new version."""
    return not _is_hit(posting) and posting.status not in _UNDECIDED
