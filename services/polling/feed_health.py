"""How a feed is doing, after each round: pure functions from a feed to a feed.

What is usual is the range of the last whole rounds. A round with far fewer postings is a *drop*: it
is shown, and not believed until the next round says it too, or a person who asked for the round
does. What was believed without a person stays to be seen until the postings are back. A failed
round makes the next ones come later: twice as long for each failure in a row. One that was not
made, because the host wanted to be left alone, is neither good nor bad.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from backends.fetch.hosts import QUIET_MAX
from models.feed import COUNTS_KEPT, BelievedDrop, Drop, Feed
from services.polling.reading import Validators

BACKOFF_MAX = timedelta(hours=24)
SPREAD = 0.05
"""Part of its interval by which a feed's next poll is put off at random, so that feeds that were
added together do not stay together."""
DROP_FROM = 5
"""Smaller boards may lose most of their postings on an ordinary day, but not all."""
DROP_BELOW = 0.5

Chance = Callable[[], float]
"""A random number of [0, 1)."""


def usual_range(feed: Feed) -> tuple[int, int] | None:
    """The fewest and the most postings of the last whole rounds; None before the first."""
    return (min(feed.counts), max(feed.counts)) if feed.counts else None


def is_drop(feed: Feed, items: int) -> bool:
    """Whether a whole round with so many postings has far fewer than usual."""
    return bool(feed.counts) and _is_fewer(items, _expected(feed, items))


def _expected(feed: Feed, items: int) -> int:
    """What so many postings are held against: an empty list is held against the last one."""
    return min(feed.counts) if items else feed.counts[-1]


def _is_fewer(items: int, usual: int) -> bool:
    if not items:
        return usual > 0
    return usual >= DROP_FROM and items < usual * DROP_BELOW


def is_doubted(feed: Feed, items: int, *, by_hand: bool) -> bool:
    """Whether a whole round is a drop that nothing has confirmed yet."""
    return is_drop(feed, items) and feed.drop is None and not by_hand


def counted(feed: Feed, items: int, now: datetime, *, by_hand: bool, closed: int) -> Feed:
    """After a whole round with so many postings, in which so many were closed. A drop that is
    confirmed is the new usual."""
    if is_doubted(feed, items, by_hand=by_hand):
        drop = Drop(items=items, usual=_expected(feed, items), at=now)
        return feed.model_copy(update={"drop": drop})
    before = () if is_drop(feed, items) else feed.counts
    update = {
        "counts": (*before, items)[-COUNTS_KEPT:],
        "drop": None,
        "believed_drop": None if by_hand else _believed(feed, items, now, closed),
    }
    return feed.model_copy(update=update)


def _believed(feed: Feed, items: int, now: datetime, closed: int) -> BelievedDrop | None:
    """The drop that this round confirms, else the last one until it is over."""
    if feed.drop is not None and is_drop(feed, items):
        return BelievedDrop(items=items, usual=feed.drop.usual, at=now, closed=closed)
    last = feed.believed_drop
    return last if last is not None and _is_fewer(items, last.usual) else None


def succeeded(
    feed: Feed,
    now: datetime,
    chance: Chance,
    *,
    items: int,
    rejected: int,
    validators: Validators,
    notice: str | None,
) -> Feed:
    """After a round without a fault; `notice` says what it has not read."""
    delay_s = feed.interval_s * (1 + SPREAD * chance())
    return feed.model_copy(
        update={
            "next_at": _in_terms(feed, now + timedelta(seconds=delay_s)),
            "not_before": None,
            "quiet_until": None,
            "last_ok_at": now,
            "last_items": items,
            "last_rejected": rejected,
            "etag": validators.etag,
            "last_modified": validators.last_modified,
            "body_hash": validators.body_hash,
            "notice": notice,
            "last_error": None,
            "failures": 0,
        }
    )


def failed(
    feed: Feed, now: datetime, chance: Chance, *, why: str, retry_after_s: float | None
) -> Feed:
    """Wait twice as long for each failure in a row, half of it at random, at least as long as the
    server asked for, at most BACKOFF_MAX (or one interval, where that is longer)."""
    longest = max(BACKOFF_MAX.total_seconds(), feed.interval_s)
    doubled = feed.interval_s * 2.0 ** min(feed.failures + 1, 20)
    delay_s = min(longest, max(doubled * (0.5 + chance() / 2), retry_after_s or 0.0))
    quiet = min(QUIET_MAX, timedelta(seconds=retry_after_s)) if retry_after_s else None
    return feed.model_copy(
        update={
            "next_at": _in_terms(feed, now + timedelta(seconds=delay_s)),
            "not_before": None,
            "quiet_until": now + quiet if quiet else None,
            "last_error": why,
            "last_error_at": now,
            "failures": feed.failures + 1,
        }
    )


def postponed(feed: Feed, now: datetime, chance: Chance, *, wait_s: float) -> Feed:
    """Instead of a round that was not made: due when the host may be asked again. Who asked for it
    by hand still has it coming."""
    quiet_until = now + timedelta(seconds=wait_s)
    spread = timedelta(seconds=feed.interval_s * SPREAD * chance())
    return feed.model_copy(
        update={
            "next_at": quiet_until + spread,
            "quiet_until": quiet_until,
            "by_hand": feed.by_hand or (feed.lease is not None and feed.lease.by_hand),
        }
    )


def _in_terms(feed: Feed, next_at: datetime) -> datetime:
    """No sooner than the board may be asked again that was asked out of turn before this round."""
    return max(next_at, feed.not_before or next_at)


def forgetful(feed: Feed) -> Feed:
    """Whatever the next answer says is read, also if it is the same as the last whole one."""
    return feed.model_copy(update={"etag": None, "last_modified": None, "body_hash": None})
