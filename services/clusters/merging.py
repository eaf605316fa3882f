"""The members of a cluster as they are shown: one stands for all, the others are found through it.

The postings themselves are the only record of a cluster: its members are those that carry its id.
What the one that stands for it shows of the others (`merged`), and what the others say of it
(`canonical_id`), is computed from them and written to them, never kept besides.

A posting that joins knows its place when it is published (`standing`), so that it is not told on
its own where another stands for it. The others are brought up to date by `reconcile`, which follows
each event of a posting that is published, changed or leaves the board. It ends only with a look
that finds everything as it should be, so of several at work on one cluster the last one sees what
all have written; each write is made against the version that was read.

A look goes through all members, a page at a time: who stands for all is the best of all, however
many there are. What it keeps of the others is bounded, and so is what is shown of them.
"""

import asyncio
from bisect import insort
from collections.abc import Iterable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from pydantic import ValidationError

from backends.documents import scan
from backends.documents.base import Body, Document, Documents, Fence, Measure, Sort
from backends.documents.collections import POSTINGS
from backends.documents.filters import And, Eq, Exists, Filter, Gt, In, Lt, Or
from models.base import Clock
from models.errors import NotFound, VersionConflict
from models.events import POSTING_CHANGED
from models.posting import Merged, Posting, Status
from processing.copies.canonical import Member, merged
from services.clusters.backing import backed
from services.intake.records import WRITE_TRIES, body_of, contended, facts_of, told

log = structlog.get_logger(__name__)

MEMBERS_MAX = 100
"""So many members are shown of one cluster: the one that stands for it and, of the others, those
with the lowest ids, which came first. The rest are found through it, and are counted."""

_SIZE = Measure("postings", "count")
_IS_MARKED = Or((Exists("merged"), Exists("canonical_id")))
"""It says that it is one of several."""
_OPEN = (Status.PUBLISHED, Status.SUBMITTED, Status.PROCESSING)

Standing = tuple[str | None, Merged | None]
"""A member's `canonical_id` and `merged`."""


@dataclass(slots=True)
class Cluster:
    """The members of a cluster that are on the board: the one that stands for all (None where none
    is), of the others those that are shown, by id, and how many there are in all."""

    first: Member | None = None
    others: list[Member] = field(default_factory=list)
    count: int = 0

    def add(self, member: Member) -> None:
        self.count += 1
        if self.first is None:
            self.first = member
            return
        if member.rank < self.first.rank:
            self.first, member = member, self.first
        insort(self.others, member, key=lambda each: each.id)
        del self.others[MEMBERS_MAX - 1 :]

    @property
    def shown(self) -> list[Member]:
        """The one that stands for all, then the others."""
        return [self.first, *self.others] if self.first is not None else []

    def standing(self, id: str) -> Standing:
        """What the member of this id is to the others."""
        if self.first is None or self.count < 2:
            return None, None
        if id != self.first.id:
            return self.first.id, None
        return None, merged(self.first, self.others, self.count)


async def look(documents: Documents, cluster_id: str, joining: Posting | None = None) -> Cluster:
    """The cluster as it is now, or with a posting that is `joining` it as it will be."""
    cluster = Cluster()
    if joining is not None:
        await _add(documents, cluster, [joining])
    is_open = In("status", tuple(status.value for status in _OPEN))
    named = And((Eq("cluster_id", cluster_id), is_open))
    async with aclosing(scan.pages(documents, POSTINGS, named)) as pages:
        async for page in pages:
            postings = [posting for _, posting in _readable(page) if is_on_board(posting)]
            others = [each for each in postings if joining is None or each.id != joining.id]
            await _add(documents, cluster, others)
    return cluster


async def _add(documents: Documents, cluster: Cluster, postings: Sequence[Posting]) -> None:
    for member in await backed(documents, postings):
        cluster.add(member)


async def standing(documents: Documents, posting: Posting, cluster_id: str) -> Body:
    """What this posting, which is about to be on the board, is to the other members of the cluster:
    the values of its fields `canonical_id`, `merged` and `repost_of`. It repeats the one that was
    closed last, where no other is on the board when it comes first."""
    cluster = await look(documents, cluster_id, posting)
    canonical_id, shown = cluster.standing(posting.id)
    repost_of = posting.repost_of
    if cluster.count < 2 and posting.cluster_id is None:
        repost_of = await _closed_last(documents, cluster_id)
    return {"canonical_id": canonical_id, "merged": shown, "repost_of": repost_of}


async def reconcile(
    documents: Documents,
    cluster_ids: Iterable[str],
    *,
    clock: Clock,
    fence: Fence | None = None,
) -> None:
    """Make the members of each of these clusters show what they are to each other now, with an
    event for each that changes. A cluster of one costs no more than to be counted. Safe to repeat.
    Raises Fenced, Unavailable."""
    shared = await _shared(documents, tuple(dict.fromkeys(cluster_ids)))
    await asyncio.gather(*(_reconcile(documents, each, clock, fence) for each in shared))


async def _shared(documents: Documents, cluster_ids: tuple[str, ...]) -> list[str]:
    """Those that have more than one member, or had: the one that is left may still say so."""
    if not cluster_ids:
        return []
    named = In("cluster_id", cluster_ids)
    sizes, marked = await asyncio.gather(
        documents.group(POSTINGS, named, by=["cluster_id"], measures=[_SIZE]),
        documents.group(POSTINGS, And((named, _IS_MARKED)), by=["cluster_id"], measures=[_SIZE]),
    )
    found = {row["cluster_id"] for row in sizes if row[_SIZE.name] > 1}
    found.update(row["cluster_id"] for row in marked)
    return sorted(found)


async def _reconcile(
    documents: Documents, cluster_id: str, clock: Clock, fence: Fence | None
) -> None:
    for _ in range(WRITE_TRIES):
        cluster = await look(documents, cluster_id)
        if not await _bring_up_to_date(documents, cluster_id, cluster, clock, fence):
            return
    raise contended()


async def _bring_up_to_date(
    documents: Documents, cluster_id: str, cluster: Cluster, clock: Clock, fence: Fence | None
) -> bool:
    """Write their places to those that say something else, and to the one that stands for all
    before the others: no vacancy leaves the board in between. Whether there were any."""
    ids = [cluster.first.id] if cluster.first is not None else []
    found = await documents.get_many(POSTINGS, ids)
    late = await _show_all(documents, found.values(), cluster, clock(), fence)
    # One that is being revised finds its place with its outcome.
    is_published = Eq("status", Status.PUBLISHED.value)
    named = And((Eq("cluster_id", cluster_id), is_published, _says_otherwise(cluster)))
    async with aclosing(scan.pages(documents, POSTINGS, named)) as pages:
        async for page in pages:
            late += await _show_all(documents, page, cluster, clock(), fence)
    return late > 0


def _says_otherwise(cluster: Cluster) -> Filter:
    """All that do not say that the first one stands for them, and that one."""
    if cluster.first is None or cluster.count < 2:
        return _IS_MARKED
    first = cluster.first.id
    is_behind_another = Or((Lt("canonical_id", first), Gt("canonical_id", first)))
    return Or((Exists("merged"), Exists("canonical_id", present=False), is_behind_another))


async def _show_all(
    documents: Documents,
    found: Iterable[Document],
    cluster: Cluster,
    now: datetime,
    fence: Fence | None,
) -> int:
    """Write their places to those of these that are published and say something else; how many."""
    late = 0
    for document, posting in _readable(found):
        place = cluster.standing(posting.id)
        says = (posting.canonical_id, posting.merged)
        if posting.status is Status.PUBLISHED and place != says:
            await _show(documents, document, posting, place, now, fence)
            late += 1
    return late


async def _show(
    documents: Documents,
    document: Document,
    posting: Posting,
    place: Standing,
    now: datetime,
    fence: Fence | None,
) -> None:
    """Write its new place to a posting; where somebody else writes it at this moment, the next look
    tells what is left to do."""
    shown = posting.model_copy(
        update={
            "canonical_id": place[0],
            "merged": place[1],
            "version": posting.version + 1,
            "updated_at": now,
        }
    )
    body = body_of(shown)
    try:
        await documents.replace(
            POSTINGS,
            posting.id,
            body,
            expected_version=document.version,
            events=told(POSTING_CHANGED, shown, facts_of(posting), body=body),
            fence=fence,
        )
    except (VersionConflict, NotFound):
        return


def is_on_board(posting: Posting) -> bool:
    """Whether strangers see it as open: published, or published and being revised."""
    return posting.status is Status.PUBLISHED or (
        posting.status in _OPEN and posting.published_at is not None and posting.closed_at is None
    )


def _readable(found: Iterable[Document]) -> Iterator[tuple[Document, Posting]]:
    """One that cannot be read must not hold up the others."""
    for document in found:
        try:
            yield document, Posting.from_store(document.body)
        except ValidationError as error:
            fields = [".".join(map(str, fault["loc"])) for fault in error.errors()]
            log.error("posting cannot be read", posting_id=document.id, fields=fields)


async def _closed_last(documents: Documents, cluster_id: str) -> str | None:
    named = And((Eq("cluster_id", cluster_id), Eq("status", Status.CLOSED.value)))
    last = Sort("closed_at", descending=True)
    page = await documents.find(POSTINGS, named, sort=last, limit=1)
    return page.items[0].id if page.items else None
