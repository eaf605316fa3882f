"""What a board says, without asking it more often than its terms allow.

A preview is a fetch like any other, so it takes the board's turn: for one interval of its platform
what came of it, good or bad, is what everybody is shown. A board that is polled is shown as its
last round left it. Answers and turns are in the cache: when it loses them a board is asked once
more, and no more than that. A host that wants to be left alone is not asked for a preview either.
Where a board does not say whose it is, what it says depends on whose
it is said to be: there two looks may follow each other, with a longer wait after them.

A feed that is added right after is polled at once, for a person waits; its second round then comes
later by what the first came too early (`Feed.not_before`).
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from backends.documents.base import Sort
from backends.documents.collections import FEEDS, POSTINGS
from backends.documents.filters import Eq
from models.base import Model, Timestamp, derived_id
from models.errors import Conflict, FieldError, NotFound, TooManyRequests
from models.feed import Feed
from models.money import Money
from models.posting import Given, Posting
from services.polling import feed_schedule, quiet_hosts
from services.ports import Ports
from sources.platform import Board, Platform

EXAMPLES = 3
TRIES_OF_ONE_PERSON = 30
"""Addresses that one person may have tried in TRIES_PERIOD_S: each is a fetch from a stranger."""
TRIES_PERIOD_S = 3600.0


class Example(Model):
    """One posting of a board, as it states it."""

    title: str
    company: str
    places: tuple[str, ...]
    pay: Money | None

    @classmethod
    def of(cls, given: Given) -> "Example":
        return cls(
            title=given.title, company=given.company, places=given.locations, pay=given.salary
        )


class Tried(Model):
    """What came of asking a board at that moment: `refused` tells why it could not be read.
    `quiet_until`: the host wants to be left alone for so long. `company` is whose the postings were
    taken to be that name none. The rest is as in `Preview`."""

    at: Timestamp
    company: str
    refused: str | None = None
    quiet_until: Timestamp | None = None
    count: int = 0
    is_all: bool = False
    examples: tuple[Example, ...] = ()
    faults: tuple[FieldError, ...] = ()
    fault_count: int = 0


def feed_id(board: Board) -> str:
    """One board is one feed, however its address was written. Boards that are an address have it
    for their token, as feeds of before there were platforms."""
    if "://" in board.token:
        return derived_id("feed", board.token)
    return derived_id("feed", board.platform, board.host, board.token.casefold())


async def within_budget(ports: Ports, person: str | None) -> None:
    """Raises TooManyRequests where this person had too many addresses tried; None: the operator,
    who may."""
    if person is None:
        return
    budget = await ports.cache.take(
        f"board tries:{person}", limit=TRIES_OF_ONE_PERSON, per_s=TRIES_PERIOD_S
    )
    if not budget.allowed:
        raise TooManyRequests(
            f"at most {TRIES_OF_ONE_PERSON} addresses are tried for one person in an hour",
            retry_after_s=budget.retry_after_s,
        )


async def tried(
    ports: Ports,
    platform: Platform,
    board: Board,
    ask: Callable[[], Awaitable[Tried]],
    *,
    whose: str | None,
) -> Tried:
    """What the board said to its last round or within its platform's interval, else what it says
    now (`ask`). `whose` a person says it is that does not say so itself; None: it does. Raises
    Conflict where it may not be asked and nothing is known, as while it is being asked or its host
    wants to be left alone."""
    interval = timedelta(seconds=platform.terms.interval_s)
    id_, now = feed_id(board), ports.clock()
    key = f"board tried:{id_}:{whose or ''}"
    known = await ports.cache.get(key)
    if known is not None:
        answer = Tried.from_stored_json(known)
        if now < again_at(platform, answer):
            return answer
    feed = await _feed(ports, id_)
    if feed is not None and feed.last_ok_at is not None:
        return await _polled(ports, feed, feed.last_ok_at)
    if feed is not None and feed.last_error_at and now - feed.last_error_at < interval:
        return Tried(
            at=feed.last_error_at,
            company=feed.company,
            refused=feed.last_error,
            quiet_until=feed.quiet_until,
        )
    await quiet_hosts.refuse(ports, board.host)
    await _take_turn(ports, platform, id_, at_once=1 if whose is None else 2)
    answer = await ask()
    ttl_s = (again_at(platform, answer) - answer.at).total_seconds()
    await ports.cache.put(key, answer.model_dump_json().encode(), ttl_s=ttl_s)
    if feed is not None:
        quiet_until = answer.quiet_until or feed.quiet_until
        wait = {"not_before": not_before(platform, answer.at), "quiet_until": quiet_until}
        await feed_schedule.change(ports, id_, lambda stored: stored.model_copy(update=wait))
    return answer


def again_at(platform: Platform, answer: Tried) -> datetime:
    """When the board may be asked again that said this."""
    rested_at = answer.at + timedelta(seconds=platform.terms.interval_s)
    return max(rested_at, answer.quiet_until or rested_at)


def not_before(platform: Platform, tried_at: datetime) -> datetime:
    """When there is an interval for this try and for the round that follows it at once."""
    return tried_at + timedelta(seconds=2 * platform.terms.interval_s)


def last_asked_at(feed: Feed) -> datetime | None:
    """When its last round ended; None before the first."""
    return max(filter(None, (feed.last_ok_at, feed.last_error_at)), default=None)


async def _take_turn(ports: Ports, platform: Platform, id_: str, *, at_once: int) -> None:
    """So many may follow each other, but in the long run they are an interval apart."""
    turn = await ports.cache.take(
        f"board turn:{id_}", limit=at_once, per_s=platform.terms.interval_s * at_once
    )
    if not turn.allowed:
        raise Conflict(
            f"{platform.title} may be asked again in {turn.retry_after_s:.0f} s",
            retry_after_s=turn.retry_after_s,
        )


async def _feed(ports: Ports, id_: str) -> Feed | None:
    try:
        return Feed.from_store((await ports.documents.get(FEEDS, id_)).body)
    except NotFound:
        return None


async def _polled(ports: Ports, feed: Feed, at: datetime) -> Tried:
    """What a polled board said in its last good round, which was then."""
    newest = await ports.documents.find(
        POSTINGS,
        Eq("owner_id", feed.owner_id),
        sort=Sort("created_at", descending=True),
        limit=EXAMPLES,
    )
    givens = [Posting.from_store(document.body).given for document in newest.items]
    return Tried(
        at=at,
        company=feed.company,
        count=feed.last_items,
        is_all=feed.notice is None,
        examples=tuple(map(Example.of, givens)),
        fault_count=feed.last_rejected,
    )
