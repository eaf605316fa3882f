"""What becomes of a submitted posting: begun, then finished or failed by the processor.

Each step is judged against the document as it is stored: whoever comes with an older version, or
to a posting that is settled already, changes nothing. The outcome and its event are one write.

`published_at` is set exactly while a posting is on the board (or was closed there): it decides
whether the next outcome is told as *published* or as *changed*, and whether an outcome other than
publication must take the posting off the board. While a revision waits for its outcome,
`published` keeps what the board shows; every outcome puts an end to that.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from backends.documents.base import Body, Document, Fence, Outgoing
from backends.documents.collections import POSTINGS
from models.errors import NotFound, VersionConflict
from models.events import POSTING_CHANGED, POSTING_PUBLISHED, POSTING_REJECTED, Event
from models.posting import Posting, Reason, Review, Status
from processing.derive import Derivation
from services.clusters import clustering, merging
from services.clusters.clustering import Placement
from services.intake import deadlines
from services.intake.records import WRITE_TRIES, body_of, contended, extended, facts_of, told
from services.people import companies
from services.ports import Ports
from services.review import approvals

DETAIL_MAX = 200

_UNFINISHED = (Status.SUBMITTED, Status.PROCESSING, Status.FAILED)
_OUTCOMES = {
    "publish": Status.PUBLISHED,
    "review": Status.NEEDS_REVIEW,
    "reject": Status.REJECTED,
}

_FAILED = Reason(code="processing_failed", detail="It could not be processed; we look into it.")

Told = Sequence[Outgoing]
Change = tuple[Posting, Body, Told]
"""The posting as it is to be stored, its body, and the events that go with the write."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A posting under way: `posting` is marked *processing*, `stored` is what was read of it, at
    this version of the document."""

    posting: Posting
    stored: Posting
    version: int


async def begin(ports: Ports, event: Event) -> Posting | None:
    """The posting that a `posting.submitted` event asks to process, marked *processing*; None when
    the event is stale: a newer version is stored, or this one is settled. Writes nothing: the mark
    is stored with the outcome. Raises NotFound when the posting is gone."""
    document = await ports.documents.get(POSTINGS, event.subject)
    begun = _begun(document, event, ports.clock())
    return begun.posting if begun is not None else None


async def begin_many(ports: Ports, events: Sequence[Event]) -> list[Begun]:
    """The same for several, one of each posting, with one read of the store: those that are
    neither stale nor gone."""
    found = await ports.documents.get_many(POSTINGS, [event.subject for event in events])
    now = ports.clock()
    here = [(found[event.subject], event) for event in events if event.subject in found]
    each = [_begun(document, event, now) for document, event in here]
    return [begun for begun in each if begun is not None]


async def finish(
    ports: Ports, posting: Posting, derivation: Derivation, *, fence: Fence | None = None
) -> Posting | None:
    """Store the outcome of processing and tell it, in one write; the posting as it is stored then.
    An outcome for a version that is no longer current or is settled is dropped; None when the
    posting is gone. Raises Fenced."""
    found = (await ports.documents.get_many(POSTINGS, [posting.id])).get(posting.id)
    if found is None:
        return None
    stored = Posting.from_store(found.body)
    if _is_stale(stored, posting.version):
        return stored
    begun = Begun(posting, stored, found.version)
    [settled] = await finish_many(ports, [(begun, derivation)], fence=fence)
    return settled


async def finish_many(
    ports: Ports, ended: Sequence[tuple[Begun, Derivation]], *, fence: Fence | None = None
) -> list[Posting | None]:
    """The same for several, in this order: their employers and clusters are looked up together,
    each is one write of its own."""
    postings = [begun.posting for begun, _ in ended]
    approved = [approvals.applied(begun.posting, found) for begun, found in ended]
    outcomes = await deadlines.judged(ports, list(zip(postings, approved, strict=True)))
    judged = [(begun, found) for (begun, _), found in zip(ended, outcomes, strict=True)]
    passed = [begun.posting for begun, found in judged if found.verdict == "publish"]
    await companies.know(ports, *(posting.given.company for posting in passed))
    placed = await clustering.place(
        ports.documents,
        [(begun.posting, found.derived) for begun, found in judged if found.verdict != "reject"],
        fence=fence,
    )
    return await asyncio.gather(
        *(
            _finish(ports, begun, found, placed.get(begun.posting.id), fence)
            for begun, found in judged
        )
    )


async def fail(
    ports: Ports, posting: Posting, reason: str, *, final: bool, fence: Fence | None = None
) -> Posting | None:
    """Store that a try to process it did not succeed, or, if `final`, that there will be no other:
    the posting is *failed*, and leaves the board if it was there. `reason` stands in the history
    that its owner sees. Stale postings are left alone, as in `finish`. Raises Fenced."""

    def outcome(stored: Posting) -> Change:
        return _failed(stored, posting, reason[:DETAIL_MAX], final, ports.clock())

    return await _settle(ports, posting, outcome, fence)


def _begun(document: Document, event: Event, now: datetime) -> Begun | None:
    stored = Posting.from_store(document.body)
    if _is_stale(stored, event.data["version"]):
        return None
    history = extended(stored.history, Status.PROCESSING, now)
    posting = stored.model_copy(update={"status": Status.PROCESSING, "history": history})
    return Begun(posting, stored, document.version)


def _is_stale(stored: Posting, version: int) -> bool:
    return stored.version != version or stored.status not in _UNFINISHED


async def _finish(
    ports: Ports,
    begun: Begun,
    derivation: Derivation,
    placement: Placement | None,
    fence: Fence | None,
) -> Posting | None:
    standing = await _standing(ports, begun.posting, derivation, placement)

    def outcome(stored: Posting) -> Change:
        settled = _finished(stored, begun.posting, derivation, ports.clock())
        # Whoever moved it to another cluster meanwhile did so for good.
        is_moved = stored.cluster_id != begun.posting.cluster_id
        if placement is not None and not is_moved:
            settled = settled.model_copy(update={"cluster_id": placement.cluster_id})
        return _told(stored, settled.model_copy(update=standing))

    return await _settle(ports, begun.posting, outcome, fence, begun)


async def _standing(
    ports: Ports, posting: Posting, derivation: Derivation, placement: Placement | None
) -> Body:
    """What the posting is to the others of its cluster: nothing where it is not on the board."""
    alone: Body = {"canonical_id": None, "merged": None}
    if derivation.verdict != "publish" or placement is None or not placement.joined:
        return alone
    shown = posting.model_copy(update={"derived": derivation.derived})
    return await merging.standing(ports.documents, shown, placement.cluster_id)


async def _settle(
    ports: Ports,
    posting: Posting,
    outcome: Callable[[Posting], Change],
    fence: Fence | None,
    read: Begun | None = None,
) -> Posting | None:
    """Write the outcome, against what was `read` where that is given, else and after a conflict
    against what is stored now."""
    for _ in range(WRITE_TRIES):
        try:
            begun = read or await _read(ports, posting)
            read = None
            if _is_stale(begun.stored, posting.version):
                return begun.stored
            settled, body, events = outcome(begun.stored)
            await ports.documents.replace(
                POSTINGS,
                posting.id,
                body,
                expected_version=begun.version,
                events=events,
                fence=fence,
            )
            return settled
        except VersionConflict:
            continue
        except NotFound:
            return None
    raise contended()


async def _read(ports: Ports, posting: Posting) -> Begun:
    document = await ports.documents.get(POSTINGS, posting.id)
    return Begun(posting, Posting.from_store(document.body), document.version)


def _finished(stored: Posting, posting: Posting, derivation: Derivation, now: datetime) -> Posting:
    status = _OUTCOMES[derivation.verdict]
    on_board, held = status is Status.PUBLISHED, status is Status.NEEDS_REVIEW
    return stored.model_copy(
        update={
            "status": status,
            "reasons": derivation.reasons,
            "attempts": stored.attempts + 1,
            "history": extended(posting.history, status, now),
            "derived": derivation.derived,
            "updated_at": now,
            "published_at": (stored.published_at or now) if on_board else None,
            "published": None,
            "review": Review.begun(now, derivation.reasons) if held else None,
            "closed_at": None,
        }
    )


def _told(stored: Posting, settled: Posting) -> Change:
    body = body_of(settled)
    if settled.status is not Status.PUBLISHED:
        return settled, body, _off_the_board(stored, settled, body)
    type_ = POSTING_PUBLISHED if stored.published_at is None else POSTING_CHANGED
    return settled, body, told(type_, settled, facts_of(stored), body=body)


def _failed(stored: Posting, posting: Posting, reason: str, final: bool, now: datetime) -> Change:
    status = Status.FAILED if final else Status.PROCESSING
    settled = stored.model_copy(
        update={
            "status": status,
            "reasons": (_FAILED,) if final else (),
            "attempts": stored.attempts + (0 if final else 1),
            "history": extended(posting.history, status, now, reason),
            "updated_at": now,
            "published_at": None if final else stored.published_at,
            "published": None if final else stored.published,
        }
    )
    body = body_of(settled)
    return settled, body, _off_the_board(stored, settled, body) if final else ()


def _off_the_board(stored: Posting, settled: Posting, body: Body) -> Told:
    """*rejected* tells that a posting is not, or no longer, on the board; its status says whether
    that is for good. A posting that was never there and only waits for review is nobody's news."""
    if settled.status is Status.REJECTED or stored.published_at is not None:
        return told(POSTING_REJECTED, settled, body=body)
    return ()
