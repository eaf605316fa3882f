"""When the last day to apply has passed, and who may still say that it has not.

An end that the source states (`given.closes_at`) counts to the minute. A day that was only read
from the text (`derived.closes_on`) counts where the source states no end of its own, and ends when
it has ended everywhere on Earth, at UTC-12: texts name no zone, the employer's is often not that of
the place of work, and half a day too late costs a reader a click, half a day too early a chance.

A reading may be wrong, so it closes nothing that a source still shows to be open. Only a polled
board whose list is *complete* can show that: what it has after that day is open, whatever the text
says, and what it has no more closes by its absence. Everybody else contradicts nothing: who submits
or imports a posting does not come back to say that it is still open, and a *window* (the newest, a
search, a feed) has old postings beside new ones.
"""

from collections.abc import Iterable, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from backends.documents import scan
from backends.documents.base import Sort
from backends.documents.collections import FEEDS, POSTINGS
from backends.documents.filters import And, Eq, Lte
from models.feed import Feed
from models.posting import Derived, Given, Posting, Reason
from processing.derive import Derivation
from services.intake import closing
from services.ports import Ports
from sources.platforms import PLATFORMS

_LAST_ZONE = timedelta(hours=-12)
"""Where a day ends last."""


def last_passed(now: datetime) -> date:
    """The latest day that is over everywhere."""
    return (now.astimezone(UTC) + _LAST_ZONE).date() - timedelta(days=1)


def end_of(given: Given, derived: Derived, now: datetime, *, is_listed: bool) -> Reason | None:
    """Why nobody can apply any more; None where one can. `is_listed`: a complete board has it."""
    if given.closes_at is not None:
        return _closed(given.closes_at) if given.closes_at <= now else None
    if is_listed or derived.closes_on is None or derived.closes_on > last_passed(now):
        return None
    detail = f"By its text, applications closed on {derived.closes_on.isoformat()}."
    return Reason(code="already_closed", field="description", detail=detail)


async def judged(ports: Ports, derived: Sequence[tuple[Posting, Derivation]]) -> list[Derivation]:
    """The derivations of these postings, in this order; one whose end has come by now is a
    rejection. Raises Unavailable."""
    now = ports.clock()
    listing = await _complete(ports, (posting for posting, _ in derived))
    return [_judged(posting, found, now, listing) for posting, found in derived]


def _judged(
    posting: Posting, derivation: Derivation, now: datetime, listing: frozenset[str]
) -> Derivation:
    is_listed = _is_listed(posting, listing)
    reason = end_of(posting.given, derivation.derived, now, is_listed=is_listed)
    if reason is None or derivation.verdict == "reject":
        return derivation
    return replace(derivation, verdict="reject", reasons=(reason,))


async def expire(ports: Ports) -> int:
    """Close all postings whose last day, as their text has it, is over; how many. Days end at one
    moment of the day, so once after that is enough. Raises Unavailable."""
    last, count = last_passed(ports.clock()).isoformat(), 0
    for status in closing.EXPIRING:
        stated = (Eq("status", status), Eq("given.closes_at", None))
        over = And((*stated, Lte("derived.closes_on", last)))
        found = scan.pages(ports.documents, POSTINGS, over, sort=Sort("derived.closes_on"))
        async with aclosing(found) as pages:
            async for page in pages:
                postings = [Posting.from_store(document.body) for document in page]
                listing = await _complete(ports, postings)
                ids = [p.id for p in postings if not _is_listed(p, listing)]
                count += await closing.close_all(ports, ids, closing.EXPIRED)
    return count


def _closed(at: datetime) -> Reason:
    last = (at - timedelta(microseconds=1)).astimezone(UTC)
    said = (
        last.date().isoformat() if _ends_a_day(at) else f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    )
    detail = f"Applications closed on {said}."
    return Reason(code="already_closed", field="closes_at", detail=detail)


def _ends_a_day(at: datetime) -> bool:
    return at.astimezone(UTC).time() == datetime.min.time()


def _is_listed(posting: Posting, complete: frozenset[str]) -> bool:
    return any(source.name in complete for source in posting.sources)


async def _complete(ports: Ports, postings: Iterable[Posting]) -> frozenset[str]:
    """Those of the postings' sources that are boards with a complete list, and still polled."""
    names = {source.name for posting in postings for source in posting.sources}
    found = await ports.documents.get_many(FEEDS, sorted(names)) if names else {}
    feeds = (Feed.from_store(document.body) for document in found.values())
    return frozenset(feed.id for feed in feeds if feed.removed_at is None and _has_all(feed))


def _has_all(feed: Feed) -> bool:
    platform = PLATFORMS.get(feed.platform)
    return platform is not None and platform.listing == "complete"
