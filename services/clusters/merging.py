"""The members of a cluster as they are shown: one stands for all, the others are found through it.

The postings themselves are the only record of a cluster: its members are those that carry its id.
What the one that stands for it shows of the others (`merged`), and what the others say of it
(`canonical_id`), is computed from them and written to them, never kept besides.

A posting that joins knows its place when it is published (`standing`), so that it is not told on
its own where another stands for it. The others are brought up to date by `reconcile`, which follows
each event of a posting that is published, changed or leaves the board. It ends only with a look
that finds everything as it should be, so of several at work on one cluster the last one sees what
all have written; each write is made against the version that was read.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime

import structlog
from pydantic import ValidationError

from backends.documents.base import Body, Document, Documents, Fence, Measure
from backends.documents.collections import POSTINGS
from backends.documents.filters import And, Eq, Exists, In, Or
from models.base import Clock
from models.errors import NotFound, VersionConflict
from models.events import POSTING_CHANGED
from models.posting import Merged, Posting, Status
from processing.canonical import arranged
from services.intake.records import WRITE_TRIES, body_of, contended, facts_of, told

log = structlog.get_logger(__name__)

MEMBERS_MAX = 100
"""So many members are read of one cluster, those with the lowest ids, which came first. Whoever
comes beyond is shown by the one that stands for them, but adds nothing."""

_SIZE = Measure("postings", "count")
_OPEN = (Status.PUBLISHED, Status.SUBMITTED, Status.PROCESSING)

Standing = tuple[str | None, Merged | None]
"""A member's `canonical_id` and `merged`."""


async def standing(documents: Documents, posting: Posting, cluster_id: str) -> Body:
    """What this posting, which is about to be on the board, is to the other members of the cluster:
    the values of its fields `canonical_id`, `merged` and `repost_of`. It repeats the one that was
    closed last, where no other is on the board when it comes first."""
    others = [each for each in await members(documents, cluster_id) if each.id != posting.id]
    canonical_id, merged = arranged([*others, posting])[posting.id]
    repost_of = posting.repost_of
    if not others and posting.cluster_id is None:
        repost_of = await _closed_last(documents, cluster_id)
    return {"canonical_id": canonical_id, "merged": merged, "repost_of": repost_of}


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
    is_marked = Or((Exists("merged"), Exists("canonical_id")))
    sizes, marked = await asyncio.gather(
        documents.group(POSTINGS, named, by=["cluster_id"], measures=[_SIZE]),
        documents.group(POSTINGS, And((named, is_marked)), by=["cluster_id"], measures=[_SIZE]),
    )
    found = {row["cluster_id"] for row in sizes if row[_SIZE.name] > 1}
    found.update(row["cluster_id"] for row in marked)
    return sorted(found)


async def _reconcile(
    documents: Documents, cluster_id: str, clock: Clock, fence: Fence | None
) -> None:
    for _ in range(WRITE_TRIES):
        found = await _open_postings(documents, cluster_id)
        places = arranged([posting for _, posting in found if is_on_board(posting)])
        late = [
            (document, posting, places[posting.id])
            for document, posting in found
            # One that is being revised finds its place with its outcome.
            if posting.status is Status.PUBLISHED
            and places[posting.id] != (posting.canonical_id, posting.merged)
        ]
        if not late:
            return
        now = clock()
        for document, posting, place in late:
            await _show(documents, document, posting, place, now, fence)
    raise contended()


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


async def members(documents: Documents, cluster_id: str) -> list[Posting]:
    """The postings of the cluster that are on the board, of the first MEMBERS_MAX."""
    found = await _open_postings(documents, cluster_id)
    return [posting for _, posting in found if is_on_board(posting)]


async def _open_postings(documents: Documents, cluster_id: str) -> list[tuple[Document, Posting]]:
    """Those on the board or on their way; one that cannot be read must not hold up the others."""
    is_open = In("status", tuple(status.value for status in _OPEN))
    named = And((Eq("cluster_id", cluster_id), is_open))
    found: list[tuple[Document, Posting]] = []
    for document in (await documents.find(POSTINGS, named, limit=MEMBERS_MAX)).items:
        try:
            found.append((document, Posting.model_validate(document.body)))
        except ValidationError as error:
            fields = [".".join(map(str, fault["loc"])) for fault in error.errors()]
            log.error("posting cannot be read", posting_id=document.id, fields=fields)
    return found


async def _closed_last(documents: Documents, cluster_id: str) -> str | None:
    is_closed = Eq("status", Status.CLOSED.value)
    named = And((Eq("cluster_id", cluster_id), is_closed))
    page = await documents.find(POSTINGS, named, limit=MEMBERS_MAX)
    last = max(page.items, key=lambda each: str(each.body["closed_at"]), default=None)
    return last.id if last is not None else None
