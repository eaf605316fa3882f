"""What an administrator decides of a posting that waits for review: let it through, or refuse it.

A posting waits because a machine has doubts: off the board, where it was held back when it came in;
or on the board, where only a newer parser has them (`services/intake/reprocessing.py`).

A decision is made of the version that was read: of two administrators, or of one and an edit, the
second finds that it does not wait any more. What was held back and is let through is submitted
again with its approval and goes the way of every posting, so that it is clustered and told like
any other; what is on the board stays there untouched. Who decided it, when and why is a step of
its history.
"""

from backends.documents.base import Document, Outgoing
from backends.documents.collections import POSTINGS
from models.errors import Conflict, NotFound, VersionConflict
from models.events import POSTING_REJECTED
from models.posting import Posting, Reason, Review, Status
from models.user import User
from services.intake.postings import resubmit
from services.intake.records import WRITE_TRIES, body_of, contended, extended, told
from services.ports import Ports
from services.review import approvals

REFUSED = "refused_in_review"
"""The code of the reason that a person gave."""
APPROVED = "Approved in review."

_WAITING = (Status.NEEDS_REVIEW, Status.PUBLISHED)


async def approve(ports: Ports, id: str, admin: User, *, version: int) -> Posting:
    """Let it through in spite of its reasons, now and when the same content comes again. Raises
    NotFound; Conflict where it does not wait, or not in this version."""
    for _ in range(WRITE_TRIES):
        document, posting, review = await _waiting(ports, id, version)
        now = ports.clock()
        approved = posting.model_copy(
            update={
                "approval": approvals.approval_of(posting, review.reasons, by=admin.id, at=now),
                "review": None,
                "history": extended(posting.history, posting.status, now, APPROVED, admin.id),
            }
        )
        try:
            if posting.status is Status.PUBLISHED:
                return await _replace(ports, document, approved, [])
            decided = Document(document.id, document.version, body_of(approved))
            return await resubmit(ports, decided, posting.given)
        except VersionConflict:
            continue
    raise contended()


async def reject(ports: Ports, id: str, admin: User, *, version: int, reason: str) -> Posting:
    """Refuse it, off the board if it is there; its owner sees the reason in its status. Raises
    NotFound; Conflict where it does not wait, or not in this version."""
    for _ in range(WRITE_TRIES):
        document, posting, _review = await _waiting(ports, id, version)
        now = ports.clock()
        rejected = posting.model_copy(
            update={
                "status": Status.REJECTED,
                "reasons": (Reason(code=REFUSED, detail=reason),),
                "review": None,
                "history": extended(posting.history, Status.REJECTED, now, reason, admin.id),
                "updated_at": now,
                "published_at": None,
                "canonical_id": None,
                "merged": None,
            }
        )
        try:
            return await _replace(ports, document, rejected, told(POSTING_REJECTED, rejected))
        except VersionConflict:
            continue
    raise contended()


async def _waiting(ports: Ports, id: str, version: int) -> tuple[Document, Posting, Review]:
    try:
        document = await ports.documents.get(POSTINGS, id)
    except NotFound:
        raise NotFound("there is no such posting") from None
    posting = Posting.from_store(document.body)
    if posting.review is None or posting.status not in _WAITING:
        raise Conflict(f"it waits for no review; its status is {posting.status}")
    if posting.version != version:
        raise Conflict(f"it waits in version {posting.version}; look at that one")
    return document, posting, posting.review


async def _replace(
    ports: Ports, document: Document, decided: Posting, events: list[Outgoing]
) -> Posting:
    await ports.documents.replace(
        POSTINGS,
        decided.id,
        body_of(decided),
        expected_version=document.version,
        events=events,
    )
    return decided
