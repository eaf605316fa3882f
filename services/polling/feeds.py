"""Feeds as people handle them: look at them, change them, pause, resume, run, remove.

A person manages the feeds that he added; the operator and admins (`manager` None) all of them. To
others a feed does not exist. A feed that is removed closes its postings first, in the background
and in pieces, and is gone when that is done; until then it is shown to nobody.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from backends.documents import scan
from backends.documents.base import Sort
from backends.documents.collections import FEED_ITEMS, FEEDS, POSTINGS
from backends.documents.filters import And, Eq
from models.errors import Conflict, FieldError, InvalidInput, NotFound, VersionConflict
from models.feed import FEED_INTERVAL_MAX_S, Feed
from services.intake import closing
from services.polling import feed_schedule
from services.polling.board_tries import last_asked_at
from services.polling.feed_schedule import NEVER, Edit, Keeper
from services.polling.outside import Outside
from services.ports import Ports

_MISSING = "there is no such source"


async def every(ports: Ports) -> AsyncIterator[Feed]:
    """The feeds with their health, by id."""
    async for document in scan.every(ports.documents, FEEDS):
        feed = Feed.from_store(document.body)
        if feed.removed_at is None:
            yield feed


async def page(
    ports: Ports, *, manager: str | None, limit: int, after: str | None
) -> tuple[list[Feed], str | None]:
    """A page of the feeds that this person manages, the newest first, and the next one's cursor.
    Raises InvalidInput for a cursor that is none of ours."""
    mine = None if manager is None else And((Eq("added_by", manager),))
    found = await ports.documents.find(
        FEEDS, mine, sort=Sort("created_at", descending=True), limit=limit, after=after
    )
    feeds = [Feed.from_store(document.body) for document in found.items]
    return [feed for feed in feeds if feed.removed_at is None], found.after


async def read(ports: Ports, id_: str, *, manager: str | None) -> Feed:
    """Raises NotFound, also for a feed of somebody else."""
    try:
        document = await ports.documents.get(FEEDS, id_)
    except NotFound:
        raise NotFound(_MISSING) from None
    return _managed(Feed.from_store(document.body), manager)


async def revise(
    ports: Ports,
    outside: Outside,
    id_: str,
    *,
    manager: str | None,
    interval_s: int | None = None,
    company: str | None = None,
) -> Feed:
    """Change how often it is polled and whose the postings are that name no company; None: as it
    is. How long it waits after a failure stays. Raises NotFound; InvalidInput for an interval that
    its platform does not want."""

    def edit(feed: Feed) -> Feed:
        update: dict[str, object] = {}
        if interval_s is not None:
            _check_interval(outside, feed, interval_s)
            update["interval_s"] = interval_s
            if feed.lease is None and not feed.paused and not feed.failures:
                now = ports.clock()
                soonest = max(now + timedelta(seconds=interval_s), _may_be_asked_at(feed, now))
                update["next_at"] = min(feed.next_at, soonest)
        if company is not None:  # what the board says is read anew, with this company
            update |= {"company": company, "etag": None, "last_modified": None, "body_hash": None}
        return feed.model_copy(update=update)

    return await _change(ports, id_, manager, edit)


async def pause(ports: Ports, id_: str, *, manager: str | None) -> Feed:
    """Poll it no more until it is resumed; a round that runs is finished. Raises NotFound."""

    def edit(feed: Feed) -> Feed:
        next_at = feed.next_at if feed.lease else NEVER
        return feed.model_copy(update={"paused": True, "next_at": next_at})

    return await _change(ports, id_, manager, edit)


async def resume(ports: Ports, id_: str, *, manager: str | None) -> Feed:
    """Poll it again: at once, if its last round is an interval ago and its host does not want to be
    left alone. Raises NotFound."""

    def edit(feed: Feed) -> Feed:
        if not feed.paused:
            return feed
        next_at = feed.next_at if feed.lease else _may_be_asked_at(feed, ports.clock())
        return feed.model_copy(update={"paused": False, "next_at": next_at})

    return await _change(ports, id_, manager, edit)


async def run(ports: Ports, outside: Outside, id_: str, *, manager: str | None) -> Feed:
    """Poll it now (once, where it is paused), and believe what it says, also where it suddenly has
    few postings. Raises NotFound; Conflict so soon after a round that its platform would mind, or
    while its host wants to be left alone."""

    def edit(feed: Feed) -> Feed:
        now = ports.clock()
        platform = outside.platforms.get(feed.platform)
        may_at, last = feed.quiet_until or now, last_asked_at(feed)
        if platform is not None and last is not None:
            may_at = max(may_at, last + timedelta(seconds=platform.terms.interval_s))
        if may_at > now:
            left_s = (may_at - now).total_seconds()
            name = platform.title if platform else feed.platform
            raise Conflict(f"{name} may be asked again in {left_s:.0f} s", retry_after_s=left_s)
        next_at = feed.next_at if feed.lease and feed.next_at > now else now
        return feed.model_copy(update={"by_hand": True, "next_at": next_at})

    return await _change(ports, id_, manager, edit)


async def remove(ports: Ports, id_: str, *, manager: str | None) -> None:
    """Poll it no more; its postings are closed in the background. Raises NotFound."""

    def edit(feed: Feed) -> Feed:
        now = ports.clock()
        next_at = feed.next_at if feed.lease and feed.next_at > now else now
        return feed.model_copy(update={"removed_at": now, "next_at": next_at})

    await _change(ports, id_, manager, edit)


async def erase(ports: Ports, claimed: Feed) -> None:
    """Close the postings of a claimed feed that was removed, forget what it said, and delete it.
    Raises LeaseLost, Unavailable: what is left is done by whoever claims it next."""
    keeper = Keeper(ports, claimed)
    mine = Eq("owner_id", claimed.owner_id)
    async for postings in scan.pages(ports.documents, POSTINGS, mine, sort=Sort("created_at")):
        ids = [document.id for document in postings]
        await closing.close_all(ports, ids, closing.SOURCE_REMOVED)
        await keeper.renew()
    async for items in scan.pages(ports.documents, FEED_ITEMS, Eq("feed_id", claimed.id)):
        for item in items:
            await ports.documents.delete(FEED_ITEMS, item.id)
        await keeper.renew()
    await _delete(ports, claimed)


async def _delete(ports: Ports, claimed: Feed) -> None:
    """Delete it, unless it was added again meanwhile: then it is due at once."""
    document = await ports.documents.get(FEEDS, claimed.id)
    if Feed.from_store(document.body).removed_at is None:
        at_once = {"next_at": ports.clock()}
        await feed_schedule.finish(ports, claimed, lambda feed: feed.model_copy(update=at_once))
        return
    try:
        await ports.documents.delete(FEEDS, claimed.id, expected_version=document.version)
    except VersionConflict:
        await _delete(ports, claimed)


async def _change(ports: Ports, id_: str, manager: str | None, edit: Edit) -> Feed:
    try:
        return await feed_schedule.change(ports, id_, lambda feed: edit(_managed(feed, manager)))
    except NotFound:
        raise NotFound(_MISSING) from None


def _managed(feed: Feed, manager: str | None) -> Feed:
    if feed.removed_at is not None or manager not in (None, feed.added_by):
        raise NotFound(_MISSING)
    return feed


def _may_be_asked_at(feed: Feed, now: datetime) -> datetime:
    """The first moment from now on that is an interval after its last round, and after all that was
    promised to its host. Its first round waits for no interval."""
    soonest, asked_at = max(now, feed.quiet_until or now), last_asked_at(feed)
    if asked_at is None:
        return soonest
    interval = timedelta(seconds=feed.interval_s)
    return max(soonest, asked_at + interval, feed.not_before or now)


def _check_interval(outside: Outside, feed: Feed, interval_s: int) -> None:
    platform = outside.platforms.get(feed.platform)
    least = platform.terms.interval_s if platform else 0
    if not least <= interval_s <= FEED_INTERVAL_MAX_S:
        expected = f"{least} to {FEED_INTERVAL_MAX_S} s"
        raise InvalidInput(
            errors=[FieldError(pointer="/interval_s", expected=expected, got=str(interval_s))]
        )
