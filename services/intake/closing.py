"""Postings come to an end: their owner closes them, their source has them no more, or their date
has come.

The document and its `posting.closed` are one write, and reach index and alerts as any change does.
What was published can still be read; what closes before it passed processing never was public.
"""

import asyncio
from collections.abc import Sequence

from backends.documents.base import Document, Sort
from backends.documents.collections import POSTINGS
from backends.documents.filters import And, Eq, Lte
from models.base import timestamp
from models.errors import NotFound, VersionConflict
from models.events import POSTING_CLOSED
from models.posting import Posting, Status
from services.intake.records import WRITE_TRIES, body_of, contended, extended, told
from services.ports import Ports

EXPIRED = "its closing date has passed"
MISSING = "its source does not list it any more"
SOURCE_REMOVED = "its source was removed"
EXPIRE_AT_ONCE = 100
"""Postings that one pass of `expire` closes at most for each status."""
EXPIRING = (Status.PUBLISHED, Status.NEEDS_REVIEW)
"""What ends when its date has come."""


def closed(ports: Ports, posting: Posting, why: str | None = None) -> Posting:
    """The posting as it is once it is closed; `why` stands in the history that its owner sees."""
    now = ports.clock()
    return posting.model_copy(
        update={
            "status": Status.CLOSED,
            "history": extended(posting.history, Status.CLOSED, now, why),
            "updated_at": now,
            "closed_at": now,
        }
    )


async def write_closed(ports: Ports, document: Document, why: str | None = None) -> Posting:
    """Close the posting of this document, with its event. Raises VersionConflict, NotFound."""
    posting = closed(ports, Posting.from_store(document.body), why)
    body = body_of(posting)
    await ports.documents.replace(
        POSTINGS,
        posting.id,
        body,
        expected_version=document.version,
        events=told(POSTING_CLOSED, posting, body=body),
    )
    return posting


async def close_all(ports: Ports, ids: Sequence[str], why: str) -> int:
    """Close those of these postings that are open; how many that were. Raises Unavailable."""
    return sum(await asyncio.gather(*(_close(ports, id_, why) for id_ in dict.fromkeys(ids))))


async def expire(ports: Ports) -> int:
    """Close postings whose `closes_at` has passed, whoever's they are, the longest passed first;
    how many. At most EXPIRE_AT_ONCE of a status: whoever gets that many calls again. Dates that
    were only read from a text are the affair of `deadlines`."""
    now, count = timestamp(ports.clock()), 0
    for status in EXPIRING:
        passed = And((Eq("status", status), Lte("given.closes_at", now)))
        page = await ports.documents.find(
            POSTINGS, passed, sort=Sort("given.closes_at"), limit=EXPIRE_AT_ONCE
        )
        count += await close_all(ports, [document.id for document in page.items], EXPIRED)
    return count


async def _close(ports: Ports, id_: str, why: str) -> bool:
    for _ in range(WRITE_TRIES):
        try:
            document = await ports.documents.get(POSTINGS, id_)
            if document.body["status"] == Status.CLOSED:
                return False
            await write_closed(ports, document, why)
        except NotFound:
            return False
        except VersionConflict:
            continue
        return True
    raise contended()
