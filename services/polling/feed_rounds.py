"""One round of one feed: read its board, submit what is new, close what is gone, note its health.

Only a round whose every answer was read whole says what is missing. A failed or cut one, or an HTML
page in place of a feed, is recorded in the feed's health; what could be read of it is taken,
nothing is closed, and the next round comes later. A record that cannot be read is not missing: who
is, where some do not even say whose they are, `services.polling.feed_items` judges. The page of a
single posting that cannot be read costs only itself: `services.polling.single_postings`. While the
host wants to be left alone, whichever feed of it was told so, there is no round.
"""

from contextlib import aclosing

import structlog

from models.feed import Feed
from services.polling import feed_health, feeds, quiet_hosts
from services.polling.answers import CAPS, Caps, Walk
from services.polling.feed_health import Chance
from services.polling.feed_items import Ledger
from services.polling.feed_schedule import Edit, Keeper, LeaseLost, finish
from services.polling.outside import Outside
from services.polling.reading import Validators
from services.ports import Ports
from sources.platform import Board, Platform

log = structlog.get_logger()


async def poll(
    ports: Ports, outside: Outside, claimed: Feed, chance: Chance, *, caps: Caps = CAPS
) -> Feed:
    """Do a round of a claimed feed and store its health and when it is next due; the feed then.
    A feed that was removed is erased instead. Raises Unavailable when the store cannot be reached:
    the feed is due again after its lease."""
    platform = outside.platforms.get(claimed.platform)
    try:
        if claimed.removed_at is not None:
            await feeds.erase(ports, claimed)
            return claimed
        if platform is None or (lacking := outside.lacking(platform)):
            why = f"needs {', '.join(lacking)}" if platform else "its platform is not known"
            return await finish(ports, claimed, _failed(ports, chance, why, None))
        if wait_s := await quiet_hosts.left_s(ports, claimed.host):
            return await finish(ports, claimed, _postponed(ports, claimed, chance, wait_s))
        return await _Round(ports, outside, claimed, platform, chance, caps).run()
    except LeaseLost:
        log.info("outcome of a poll dropped", feed_id=claimed.id)
        return claimed


def _failed(ports: Ports, chance: Chance, why: str, retry_after_s: float | None) -> Edit:
    return lambda feed: feed_health.failed(
        feed, ports.clock(), chance, why=why, retry_after_s=retry_after_s
    )


def _postponed(ports: Ports, claimed: Feed, chance: Chance, wait_s: float) -> Edit:
    log.info("feed postponed", feed_id=claimed.id, wait_s=round(wait_s))
    return lambda feed: feed_health.postponed(feed, ports.clock(), chance, wait_s=wait_s)


def board_of(feed: Feed) -> Board:
    return Board(feed.platform, feed.token, feed.host, feed.company)


class _Round:
    def __init__(
        self,
        ports: Ports,
        outside: Outside,
        claimed: Feed,
        platform: Platform,
        chance: Chance,
        caps: Caps,
    ) -> None:
        self._ports, self._claimed, self._platform = ports, claimed, platform
        self._chance = chance
        self._by_hand = claimed.lease is not None and claimed.lease.by_hand
        before = Validators(claimed.etag, claimed.last_modified, claimed.body_hash)
        self._walk = Walk(
            outside,
            platform,
            board_of(claimed),
            before=before,
            position=claimed.position,
            caps=caps,
        )
        self._ledger = Ledger(ports, claimed)
        self._nameless = {"nameless": claimed.nameless, "strangers": claimed.strangers}
        self._keeper = Keeper(ports, claimed)

    async def run(self) -> Feed:
        """Raises LeaseLost, Unavailable."""
        async with aclosing(self._walk.records(self._ledger.fresh)) as found:
            async for records in found:
                await self._ledger.take(records)
                await self._keeper.renew()
        await self._ledger.flush()
        await self._keeper.renew()
        if self._walk.failed is not None:
            return await self._fail(self._walk.failed)
        if self._is_complete:
            await self._judge()
        log.info(
            "feed polled",
            feed_id=self._claimed.id,
            items=self._items,
            submitted=self._ledger.submitted,
            closed=self._ledger.closed,
        )
        return await finish(self._ports, self._claimed, self._succeeded)

    @property
    def _items(self) -> int:
        return self._claimed.last_items if self._walk.unchanged else self._walk.items

    @property
    def _rejected(self) -> int:
        return self._claimed.last_rejected if self._walk.unchanged else self._walk.rejected

    @property
    def _is_complete(self) -> bool:
        """Whether what is not there is gone."""
        return self._platform.listing == "complete" and self._walk.is_whole

    async def _judge(self) -> None:
        doubted = feed_health.is_doubted(self._claimed, self._items, by_hand=self._by_hand)
        if self._walk.unchanged:
            await self._ledger.judge_again(may_close=not doubted)
        else:
            count = self._walk.nameless
            strangers = await self._ledger.judge(may_close=not doubted, nameless=count)
            self._nameless = {"nameless": count, "strangers": strangers}

    def _succeeded(self, feed: Feed) -> Feed:
        now, terms = self._ports.clock(), self._platform.terms
        if self._walk.is_whole:
            feed = feed_health.counted(
                feed, self._items, now, by_hand=self._by_hand, closed=self._ledger.closed
            )
        interval_s = max(feed.interval_s, terms.interval_s)
        update = {
            "interval_s": interval_s,
            "attribution": terms.attribution,
            "republish": terms.republish,
            "position": self._walk.position,
            **self._nameless,
        }
        return feed_health.succeeded(
            feed.model_copy(update=update),
            now,
            self._chance,
            items=self._items,
            rejected=self._rejected,
            validators=self._walk.after,
            notice=self._walk.notice,
        )

    async def _fail(self, why: str) -> Feed:
        outcome = self._outcome(why, self._walk.retry_after_s)
        if not self._walk.items:
            return await finish(self._ports, self._claimed, outcome)
        # What was read of it may have been missed before: the next answer is read, same or not.
        return await finish(
            self._ports, self._claimed, lambda feed: feed_health.forgetful(outcome(feed))
        )

    def _outcome(self, why: str, retry_after_s: float | None) -> Edit:
        if self._walk.not_asked and retry_after_s is not None:
            return _postponed(self._ports, self._claimed, self._chance, retry_after_s)
        log.warning("feed failed", feed_id=self._claimed.id, reason=why)
        return _failed(self._ports, self._chance, why, retry_after_s)
