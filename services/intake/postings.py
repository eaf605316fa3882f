"""Postings come in: one by one or in bulk, new or as a new version of what their owner sent before.

The document and its `posting.submitted` are one write. An owner's external id names one posting:
who submits it again writes its next version, however many do so at once. What happens to a posting
then (`begin`, `finish`, `fail`) is in `services.intake.publishing` and reached from here.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from backends.documents.base import Document, Insert
from backends.documents.collections import POSTINGS
from backends.documents.filters import And, Eq, In
from models.base import new_id
from models.errors import DuplicateKey, NotFound, VersionConflict
from models.events import POSTING_SUBMITTED
from models.posting import Given, Posting, Published, Source, Status
from services.intake.publishing import begin, fail, finish
from services.intake.records import (
    NO_REQUEST,
    WRITE_TRIES,
    Origin,
    body_of,
    contended,
    extended,
    told,
)
from services.ports import Ports

__all__ = ["SUBMIT_MAX", "begin", "fail", "finish", "resubmit", "submit", "submit_many"]

SUBMIT_MAX = 500
"""Postings in one `submit_many`: what one query for their external ids may name."""


async def submit(
    ports: Ports,
    *,
    owner_id: str,
    given: Given,
    source: str,
    id: str | None = None,
    origin: Origin = NO_REQUEST,
    skip_unchanged: bool = False,
) -> Posting:
    """Store a posting as *submitted*, or as a new version of the one that has this external id.

    `id` is derived from an idempotency key: a posting of that id is the effect of this very
    request and is returned as it is. With `skip_unchanged` (feeds, imports, requests that may be
    sent again) a posting that says what it said before stays as it is, unless it was closed or
    failed meanwhile.
    Raises Unavailable when too many others write the same posting.
    """
    new = _new(ports.clock(), owner_id, given, source, id or new_id(), origin)
    for _ in range(WRITE_TRIES):
        try:
            document = await _named(ports, owner_id, given.external_id)
            if document is None:
                await ports.documents.insert(
                    POSTINGS, new.id, body_of(new), events=told(POSTING_SUBMITTED, new)
                )
                return new
            stored = Posting.from_store(document.body)
            if stored.id == id or (skip_unchanged and _unchanged(stored, given)):
                return stored
            return await resubmit(ports, document, given, source=source, origin=origin)
        except DuplicateKey as error:
            if error.index == "id":
                return Posting.from_store((await ports.documents.get(POSTINGS, new.id)).body)
        except (VersionConflict, NotFound):
            continue
    raise contended()


async def submit_many(
    ports: Ports,
    *,
    owner_id: str,
    givens: Sequence[Given],
    source: str,
    origin: Origin = NO_REQUEST,
) -> list[Posting]:
    """Submit up to SUBMIT_MAX postings of one owner in few writes; the postings as stored, in the
    order given. What says the same as before makes no new version. Items of one external id in
    one call are taken in their order."""
    known = await _known(ports, owner_id, givens)
    stored: dict[int, Posting] = {}
    new: dict[int, Posting] = {}
    again: defaultdict[str | None, list[int]] = defaultdict(list)
    met: set[str] = set()
    for place, given in enumerate(givens):
        name = given.external_id
        before = known.get(name) if name else None
        if name in met:
            again[name].append(place)
        elif before is None:
            new[place] = _new(ports.clock(), owner_id, given, source, new_id(), origin)
        elif _unchanged(before, given):
            stored[place] = before
        else:
            again[name].append(place)
        if name:
            met.add(name)
    inserted = await _insert(ports, list(new.values()))
    for place, posting in new.items():
        if posting.id in inserted:
            stored[place] = posting
        else:  # somebody else submitted this external id since `known` was read
            again[posting.given.external_id].insert(0, place)

    async def in_order(places: Sequence[int]) -> None:
        for place in places:
            stored[place] = await submit(
                ports,
                owner_id=owner_id,
                given=givens[place],
                source=source,
                origin=origin,
                skip_unchanged=True,
            )

    await asyncio.gather(*(in_order(places) for places in again.values()))
    return [stored[place] for place in range(len(givens))]


async def resubmit(
    ports: Ports,
    document: Document,
    given: Given,
    *,
    source: str | None = None,
    origin: Origin = NO_REQUEST,
) -> Posting:
    """Store the next version of this posting, to be processed anew. What was derived stays until
    then, it is the `previous` of the change; so does what the board shows. Raises VersionConflict,
    NotFound, DuplicateKey."""
    stored, now = Posting.from_store(document.body), ports.clock()
    sources = stored.sources
    if source is not None:
        others = tuple(other for other in sources if other.name != source)
        sources = (*others, _source(source, given, now))
    renewed = stored.model_copy(
        update={
            "given": given,
            "version": stored.version + 1,
            "status": Status.SUBMITTED,
            "reasons": (),
            "attempts": 0,
            "history": extended(stored.history, Status.SUBMITTED, now),
            "sources": sources,
            "updated_at": now,
            "published": _still_shown(stored),
            "review": None,
            "traceparent": origin.traceparent,
            "received_at": origin.received_at,
        }
    )
    await ports.documents.replace(
        POSTINGS,
        stored.id,
        body_of(renewed),
        expected_version=document.version,
        events=told(POSTING_SUBMITTED, renewed),
    )
    return renewed


def _new(
    now: datetime, owner_id: str, given: Given, source: str, id: str, origin: Origin
) -> Posting:
    return Posting(
        id=id,
        owner_id=owner_id,
        given=given,
        history=extended((), Status.SUBMITTED, now),
        sources=(_source(source, given, now),),
        created_at=now,
        updated_at=now,
        first_seen_at=now,
        traceparent=origin.traceparent,
        received_at=origin.received_at,
    )


def _still_shown(stored: Posting) -> Published | None:
    """What the board shows until the next version has its outcome; None where it shows nothing."""
    if stored.published_at is None or stored.published is not None:
        return stored.published
    return Published(
        version=stored.version,
        given=stored.given,
        sources=stored.sources,
        updated_at=stored.updated_at,
    )


def _source(name: str, given: Given, now: datetime) -> Source:
    return Source(name=name, url=given.url, external_id=given.external_id, seen_at=now)


def _unchanged(stored: Posting, given: Given) -> bool:
    return stored.given == given and stored.status not in (Status.CLOSED, Status.FAILED)


async def _named(ports: Ports, owner_id: str, external_id: str | None) -> Document | None:
    if external_id is None:
        return None
    named = And((Eq("owner_id", owner_id), Eq("given.external_id", external_id)))
    page = await ports.documents.find(POSTINGS, named, limit=1)
    return page.items[0] if page.items else None


async def _known(ports: Ports, owner_id: str, givens: Sequence[Given]) -> dict[str, Posting]:
    assert len(givens) <= SUBMIT_MAX, "callers cut their batches"
    names = tuple({given.external_id for given in givens if given.external_id is not None})
    if not names:
        return {}
    named = And((Eq("owner_id", owner_id), In("given.external_id", names)))
    page = await ports.documents.find(POSTINGS, named, limit=len(names))
    postings = [Posting.from_store(document.body) for document in page.items]
    return {posting.given.external_id or "": posting for posting in postings}


async def _insert(ports: Ports, new: Sequence[Posting]) -> set[str]:
    if not new:
        return set()
    inserts = [
        Insert(posting.id, body_of(posting), told(POSTING_SUBMITTED, posting)) for posting in new
    ]
    return set(await ports.documents.insert_absent(POSTINGS, inserts))
