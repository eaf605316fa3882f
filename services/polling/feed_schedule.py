"""When feeds are polled, and by whom.

The schedule is in the store, so it survives restarts: a feed is due when `next_at` has come. Who
polls it first moves `next_at` on by LEASE under the version it read and leaves its lease there (the
claim), so two pollers never fetch one feed at once, and a poller that dies leaves the feed due
again when the lease ends. A long round renews it. What people change meanwhile stays: a poller adds
its outcome to the feed as it is then, and only while the lease is its own.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from backends.documents.base import Sort
from backends.documents.collections import FEEDS
from backends.documents.filters import Lte
from models.base import new_id, timestamp
from models.errors import NotFound, VersionConflict
from models.feed import Feed, Lease
from services.intake.records import WRITE_TRIES, contended
from services.ports import Ports

LEASE = timedelta(minutes=5)
"""How long a poll may be silent before another poller tries: many times an answer's own limit."""
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""When a paused feed is due."""

Edit = Callable[[Feed], Feed]


class LeaseLost(Exception):
    """Another poller has this feed by now, or it is gone: what this one found is dropped."""


async def claim_due(ports: Ports, limit: int) -> list[Feed]:
    """Up to `limit` due feeds, longest due first, that are this caller's to poll for LEASE."""
    now = ports.clock()
    due = await ports.documents.find(
        FEEDS, Lte("next_at", timestamp(now)), sort=Sort("next_at"), limit=limit
    )
    claimed = []
    for document in due.items:
        feed = Feed.from_store(document.body)
        lease = Lease(id=new_id(), by_hand=feed.by_hand)
        update = {"lease": lease, "by_hand": False, "next_at": now + LEASE}
        feed = feed.model_copy(update=update)
        try:
            await ports.documents.replace(
                FEEDS, feed.id, feed.model_dump(mode="json"), expected_version=document.version
            )
        except (NotFound, VersionConflict):
            continue
        claimed.append(feed)
    return claimed


async def change(ports: Ports, id_: str, edit: Edit) -> Feed:
    """The feed as `edit` makes it of the stored one. Raises NotFound, Unavailable, and what `edit`
    raises."""
    for _ in range(WRITE_TRIES):
        document = await ports.documents.get(FEEDS, id_)
        feed = Feed.from_store(document.body)
        edited = edit(feed)
        if edited == feed:
            return feed
        try:
            await ports.documents.replace(
                FEEDS, id_, edited.model_dump(mode="json"), expected_version=document.version
            )
        except VersionConflict:
            continue
        return edited
    raise contended()


async def finish(ports: Ports, claimed: Feed, outcome: Edit) -> Feed:
    """Store the outcome of a poll and end its lease. Raises LeaseLost, Unavailable."""

    def ended(stored: Feed) -> Feed:
        polled, now = outcome(stored).model_copy(update={"lease": None}), ports.clock()
        if polled.removed_at:
            return polled.model_copy(update={"next_at": now})
        if polled.by_hand:
            return polled.model_copy(update={"next_at": max(now, polled.quiet_until or now)})
        return polled.model_copy(update={"next_at": NEVER}) if polled.paused else polled

    return await _change_leased(ports, claimed, ended)


class Keeper:
    """Renews the lease of a claimed feed while it is worked on."""

    def __init__(self, ports: Ports, claimed: Feed) -> None:
        self._ports, self._claimed = ports, claimed
        self._until = claimed.next_at

    async def renew(self) -> None:
        """Does something once half of the lease is over. Raises LeaseLost, Unavailable."""
        now = self._ports.clock()
        if self._until - now > LEASE / 2:
            return
        self._until = until = now + LEASE
        await _change_leased(
            self._ports, self._claimed, lambda feed: feed.model_copy(update={"next_at": until})
        )


async def _change_leased(ports: Ports, claimed: Feed, edit: Edit) -> Feed:
    def own(stored: Feed) -> Feed:
        if stored.lease is None or claimed.lease is None or stored.lease.id != claimed.lease.id:
            raise LeaseLost
        return edit(stored)

    try:
        return await change(ports, claimed.id, own)
    except NotFound as error:
        raise LeaseLost from error
