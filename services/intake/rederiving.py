"""One stored posting after it was derived anew: what of it changes, and what it says to others.

Its status never changes by that. A posting on the board stays there: with other facts it is a new
version, told as *changed*, and the identity of a match (alert, cluster, firing) sees to it that
nobody is told twice. Where the newer parser has doubts, it is listed for review beside. What is not
on the board is brought up to date without a word.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from backends.documents.base import Outgoing
from models.events import POSTING_CHANGED
from models.posting import Derived, Posting, Reason, Review, Status
from processing.derive import Derivation
from services.intake.records import facts_of, told
from services.review import approvals

SETTLED = (Status.PUBLISHED, Status.NEEDS_REVIEW, Status.REJECTED, Status.CLOSED)
"""A posting in any other status is, or will be, derived by the processor."""
NEWER = Reason(code="newer_parser", detail="Found by a newer parser while it was on the board.")


@dataclass(frozen=True, slots=True)
class Change:
    """The posting as it is to be stored, and the events that go with it. `is_news`: it says other
    things than before, apart from who has looked at it; `is_doubted`: it begins to wait."""

    posting: Posting
    events: Sequence[Outgoing]
    is_news: bool
    is_doubted: bool


def day_of(posting: Posting) -> date:
    """The day that the posting is judged by: that of its submission. So deriving it on another day
    gives the same pay in dollars, and a closing date that has passed since is no fault of it."""
    days = [step.at.date() for step in posting.history if step.status is Status.SUBMITTED]
    return days[-1] if days else posting.created_at.date()


def change_of(stored: Posting, derivation: Derivation, now: datetime) -> Change | None:
    """None where everything is as it was."""
    derivation = approvals.applied(stored, derivation)
    renewed = stored.model_copy(
        update={"derived": derivation.derived, **_judged(stored, derivation, now)}
    )
    if renewed == stored:
        return None
    is_news = _is_news(stored, derivation.derived)
    is_doubted = renewed.review is not None and stored.review is None
    if not is_news or stored.status is not Status.PUBLISHED:
        return Change(renewed, (), is_news, is_doubted)
    told_of = renewed.model_copy(update={"version": stored.version + 1, "updated_at": now})
    events = told(POSTING_CHANGED, told_of, facts_of(stored))
    return Change(told_of, events, True, is_doubted)


def _is_news(stored: Posting, derived: Derived) -> bool:
    before = stored.derived.model_copy(update={"parsers": {}}) if stored.derived else None
    return before != derived.model_copy(update={"parsers": {}})


def _judged(
    stored: Posting, derivation: Derivation, now: datetime
) -> dict[str, Review | tuple[Reason, ...] | None]:
    """The review, and the reasons that its owner sees, after the newer verdict."""
    is_fine = derivation.verdict == "publish"
    if stored.status is Status.PUBLISHED:
        reasons = () if is_fine else (NEWER, *derivation.reasons)
        return {"review": _review(stored, reasons, now)}
    if stored.status is not Status.NEEDS_REVIEW:
        return {}
    # What a person is asked about stays asked, also where the newer parser would not ask any more.
    reasons = stored.reasons if is_fine else derivation.reasons
    return {"reasons": reasons, "review": _review(stored, reasons, stored.updated_at)}


def _review(stored: Posting, reasons: tuple[Reason, ...], now: datetime) -> Review | None:
    """The review for these reasons; one that waits already keeps its place in the queue."""
    since = stored.review.since if stored.review is not None else now
    return Review.begun(since, reasons) if reasons else None
