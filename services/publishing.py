"""What becomes of a submitted posting: begun, then finished or failed by the processor.

Each step is judged against the document as it is stored: whoever comes with an older version, or
to a posting that is settled already, changes nothing. The outcome and its event are one write.

`published_at` is set exactly while a posting is on the board (or was closed there): it decides
whether the next outcome is told as *published* or as *changed*, and whether an outcome other than
publication must take the posting off the board. While a revision waits for its outcome,
`published` keeps what the board shows; every outcome puts an end to that.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from backends.documents.base import Body, Fence, Outgoing
from backends.documents.collections import POSTINGS
from models.errors import NotFound, VersionConflict
from models.events import POSTING_CHANGED, POSTING_PUBLISHED, POSTING_REJECTED, Event
from models.posting import Posting, Reason, Status
from processing.derive import Derivation
from processing.fingerprint import cluster_id
from services import companies
from services.ports import Ports
from services.records import WRITE_TRIES, body_of, contended, extended, told

DETAIL_MAX = 200

_UNFINISHED = (Status.SUBMITTED, Status.PROCESSING, Status.FAILED)
_OUTCOMES = {
    "publish": Status.PUBLISHED,
    "review": Status.NEEDS_REVIEW,
    "reject": Status.REJECTED,
}

_FAILED = Reason(code="processing_failed", detail="It could not be processed; we look into it.")

Change = tuple[Posting, Sequence[Outgoing]]


async def begin(ports: Ports, event: Event) -> Posting | None:
    """The posting that a `posting.submitted` event asks to process, marked *processing*; None when
    the event is stale: a newer version is stored, or this one is settled. Writes nothing: the mark
    is stored with the outcome. Raises NotFound when the posting is gone."""
    document = await ports.documents.get(POSTINGS, event.subject)
    stored = Posting.model_validate(document.body)
    if stored.version != event.data["version"] or stored.status not in _UNFINISHED:
        return None
    now = ports.clock()
    return stored.model_copy(
        update={
            "status": Status.PROCESSING,
            "history": extended(stored.history, Status.PROCESSING, now),
        }
    )


async def finish(
    ports: Ports, posting: Posting, derivation: Derivation, *, fence: Fence | None = None
) -> Posting | None:
    """Store the outcome of processing and tell it, in one write; the posting as it is stored then.
    An outcome for a version that is no longer current or is settled is dropped; None when the
    posting is gone. Raises Fenced."""
    if derivation.verdict == "publish":
        await companies.know(ports, posting.given.company)

    def outcome(stored: Posting) -> Change:
        return _finished(stored, posting, derivation, ports.clock())

    return await _settle(ports, posting, outcome, fence)


async def fail(
    ports: Ports, posting: Posting, reason: str, *, final: bool, fence: Fence | None = None
) -> Posting | None:
    """Store that a try to process it did not succeed, or, if `final`, that there will be no other:
    the posting is *failed*, and leaves the board if it was there. `reason` stands in the history
    that its owner sees. Stale postings are left alone, as in `finish`. Raises Fenced."""

    def outcome(stored: Posting) -> Change:
        return _failed(stored, posting, reason[:DETAIL_MAX], final, ports.clock())

    return await _settle(ports, posting, outcome, fence)


async def _settle(
    ports: Ports, posting: Posting, outcome: Callable[[Posting], Change], fence: Fence | None
) -> Posting | None:
    for _ in range(WRITE_TRIES):
        try:
            document = await ports.documents.get(POSTINGS, posting.id)
            stored = Posting.model_validate(document.body)
            if stored.version != posting.version or stored.status not in _UNFINISHED:
                return stored
            settled, events = outcome(stored)
            await ports.documents.replace(
                POSTINGS,
                posting.id,
                body_of(settled),
                expected_version=document.version,
                events=events,
                fence=fence,
            )
            return settled
        except VersionConflict:
            continue
        except NotFound:
            return None
    raise contended()


def _finished(stored: Posting, posting: Posting, derivation: Derivation, now: datetime) -> Change:
    status = _OUTCOMES[derivation.verdict]
    on_board = status is Status.PUBLISHED
    settled = stored.model_copy(
        update={
            "status": status,
            "reasons": derivation.reasons,
            "attempts": stored.attempts + 1,
            "history": extended(posting.history, status, now),
            "derived": derivation.derived,
            # Once in a cluster, always in it: an edited posting is the same vacancy, told already.
            "cluster_id": stored.cluster_id or cluster_id(stored.given, derivation.derived),
            "updated_at": now,
            "published_at": (stored.published_at or now) if on_board else None,
            "published": None,
            "closed_at": None,
        }
    )
    if on_board:
        type_ = POSTING_PUBLISHED if stored.published_at is None else POSTING_CHANGED
        return settled, told(type_, settled, _facts(stored))
    return settled, _off_the_board(stored, settled)


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
    return settled, _off_the_board(stored, settled) if final else ()


def _off_the_board(stored: Posting, settled: Posting) -> list[Outgoing]:
    """*rejected* tells that a posting is not, or no longer, on the board; its status says whether
    that is for good. A posting that was never there and only waits for review is nobody's news."""
    if settled.status is Status.REJECTED or stored.published_at is not None:
        return told(POSTING_REJECTED, settled)
    return []


def _facts(stored: Posting) -> Body | None:
    """What was last published of this posting, without its text; None if it was not."""
    if stored.published_at is None or stored.derived is None:
        return None
    derived = stored.derived.model_copy(update={"html": "", "text": ""})
    kept = stored.model_dump(mode="json", include={"cluster_id", "published_at", "closed_at"})
    return kept | {"derived": derived.model_dump(mode="json")}
