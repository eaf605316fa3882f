"""A board that was found becomes a feed that is polled.

One board is one feed, however its address was written and whoever adds it; what it says of itself
before that is in `services.polling.feed_previews`.
"""

from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from backends.documents.base import Insert
from backends.documents.collections import FEEDS
from backends.documents.filters import Eq
from models.errors import Conflict, FieldError, InvalidInput
from models.feed import Feed
from services.polling import feed_schedule
from services.polling.board_tries import feed_id, not_before
from services.polling.feed_previews import with_scheme
from services.ports import Ports
from sources.platform import Board, Platform

FEEDS_OF_ONE_PERSON = 50
"""Boards that one employer may have polled."""


async def save(
    ports: Ports,
    platform: Platform,
    board: Board,
    *,
    url: str,
    interval_s: int | None = None,
    added_by: str | None = None,
    tried_at: datetime | None = None,
) -> Feed:
    """Poll this board from now on, every `interval_s` seconds (at least as its platform asks, which
    is the default); at `tried_at` it was asked for a preview. What is polled already keeps its
    state and takes over interval and company where this person may manage it. Raises InvalidInput,
    Conflict."""
    url = _without_secrets(with_scheme(url), platform)
    feed = _new(ports, platform, board, url, interval_s, added_by)
    if tried_at is not None:
        feed = feed.model_copy(update={"not_before": not_before(platform, tried_at)})
    await _within_quota(ports, feed)
    if await ports.documents.insert_absent(FEEDS, [Insert(feed.id, feed.model_dump(mode="json"))]):
        return feed
    kept = interval_s is None
    return await feed_schedule.change(ports, feed.id, lambda stored: _again(stored, feed, kept))


def _without_secrets(url: str, platform: Platform) -> str:
    """The address without credentials that somebody pasted with it: ours are in the settings."""
    parts = urlsplit(url)
    if not platform.secrets:
        return url
    query = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in query if name.lower() not in platform.secrets]
    return urlunsplit(parts._replace(query=urlencode(kept)))


def _new(
    ports: Ports,
    platform: Platform,
    board: Board,
    url: str,
    interval_s: int | None,
    added_by: str | None,
) -> Feed:
    now, terms = ports.clock(), platform.terms
    if interval_s is not None and interval_s < terms.interval_s:
        expected = f"at least {terms.interval_s} s, as {platform.title} asks"
        raise InvalidInput(
            errors=[FieldError(pointer="/interval_s", expected=expected, got=str(interval_s))]
        )
    id_ = feed_id(board)
    company = board.company.strip()
    try:
        return Feed(
            id=id_,
            url=url,
            platform=board.platform,
            token=board.token,
            host=board.host,
            company=company,
            name=f"{company} on {platform.title}" if company else board.token,
            owner_id=f"feed:{id_}",
            added_by=added_by,
            interval_s=interval_s if interval_s is not None else terms.interval_s,
            attribution=terms.attribution,
            republish=terms.republish,
            created_at=now,
            next_at=now,
        )
    except ValidationError as error:
        raise InvalidInput(errors=[_fault(fault) for fault in error.errors()]) from error


async def _within_quota(ports: Ports, feed: Feed) -> None:
    if feed.added_by is None:
        return
    if await ports.documents.count(FEEDS, Eq("added_by", feed.added_by)) >= FEEDS_OF_ONE_PERSON:
        raise Conflict(f"you have {FEEDS_OF_ONE_PERSON} sources already; remove one first")


def _again(stored: Feed, feed: Feed, keeps_interval: bool) -> Feed:
    if stored.removed_at is not None:  # on its way out: it stays, and says everything anew
        quiet_until = stored.quiet_until
        next_at = stored.next_at if stored.lease else max(feed.next_at, quiet_until or feed.next_at)
        kept = {"lease": stored.lease, "next_at": next_at, "quiet_until": quiet_until}
        return feed.model_copy(update=kept)
    if feed.added_by is not None and stored.added_by != feed.added_by:
        raise Conflict("this board is polled already, by somebody else")
    interval_s = stored.interval_s if keeps_interval else feed.interval_s
    return stored.model_copy(
        update={"interval_s": interval_s, "company": feed.company, "name": feed.name}
    )


def _fault(fault: ErrorDetails) -> FieldError:
    expected = fault["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    return FieldError(
        pointer=f"/{fault['loc'][0]}", expected=expected, got=str(fault["input"])[:80]
    )
