"""A posting that failed, or that a machine has rejected, is tried again at the wish of its owner.

It is submitted again as its next version, with its attempts counted from 0; its dead letter is no
news any more and is removed. Where the system ends between the two, the letter stays behind and its
replay changes nothing, because it is of an older version.
"""

from backends.documents.collections import POSTINGS
from models.errors import Conflict, VersionConflict
from models.posting import Posting, Status
from models.user import User
from services.intake import board
from services.intake.postings import resubmit
from services.intake.records import NO_REQUEST, WRITE_TRIES, Origin, contended
from services.operations import dead_letters
from services.ports import Ports
from services.review.reviewing import REFUSED

_WHY_NOT = {
    Status.SUBMITTED: "it is on its way already",
    Status.PROCESSING: "it is on its way already",
    Status.PUBLISHED: "it is published",
    Status.NEEDS_REVIEW: "it waits for a person, who will decide",
    Status.CLOSED: "it is closed; submit it again to reopen it",
}


async def retry(ports: Ports, id: str, editor: User, *, origin: Origin = NO_REQUEST) -> Posting:
    """Submit it again as it is. Raises NotFound, Forbidden; Conflict in any other status than
    *failed* and *rejected*, and where a person has refused it."""
    for _ in range(WRITE_TRIES):
        await board.read_managed(ports, id, editor)
        document = await ports.documents.get(POSTINGS, id)
        posting = Posting.from_store(document.body)
        if (objection := _objection(posting)) is not None:
            raise Conflict(f"only a failed or rejected posting is tried again; {objection}")
        try:
            again = await resubmit(ports, document, posting.given, origin=origin)
        except VersionConflict:
            continue
        await dead_letters.forget_submissions(ports, id)
        return again
    raise contended()


def _objection(posting: Posting) -> str | None:
    if any(reason.code == REFUSED for reason in posting.reasons):
        return "a person has refused this one: change it, and it is judged anew"
    return _WHY_NOT.get(posting.status)
