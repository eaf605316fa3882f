"""The poller: fetches feeds when they are due, and closes postings whose date has passed. Its state
is in the store; nothing is kept here.

A plain object; the Ray shell around it is elsewhere. Once a tick it claims as many due feeds as it
has hands free and polls them side by side, so that one slow server holds up nobody else.
"""

import asyncio
import random
from collections import Counter
from contextlib import suppress
from datetime import date, datetime, timedelta

import structlog

from actors.tenant import Turn, at_once
from models.errors import Unavailable
from models.feed import Feed
from services.intake import closing, deadlines
from services.polling import feed_rounds, feed_schedule
from services.polling.feed_health import Chance
from services.polling.outside import Outside
from services.ports import Ports

TICK_S = 1.0
"""How often the store is asked what is due: the delay of a feed that was just added."""
IN_FLIGHT = 8
"""Feeds polled at once; each holds at most one answer in memory."""
EXPIRY_PERIOD = timedelta(minutes=1)
"""How late a posting may close after its date."""

log = structlog.get_logger()


class Poller:
    """`recover`, then `run` until `stop`. The clock is that of the ports; `chance` is what spreads
    the polls."""

    def __init__(
        self,
        ports: Ports,
        outside: Outside,
        *,
        name: str = "poller",
        tick_s: float = TICK_S,
        in_flight: int = IN_FLIGHT,
        chance: Chance = random.random,
    ) -> None:
        self._ports = ports
        self._outside = outside
        self._name = name
        self._tick_s = tick_s
        self._in_flight = in_flight
        self._chance = chance
        self._polls: set[asyncio.Task[None]] = set()
        self._beginning = asyncio.Lock()
        self._stopped = asyncio.Event()
        self._expired_at: datetime | None = None
        self._last_day: date | None = None
        self._counters: Counter[str] = Counter()

    async def recover(self, turn: Turn = at_once) -> None:
        """Nothing to load: what a dead poller had claimed falls due again by itself."""
        await self._outside.fetcher.open()

    async def run(self) -> None:
        """Poll what is due until `stop`."""
        while not self._stopped.is_set():
            try:
                await self._begin()
                await self.expire()
            except Unavailable as error:
                log.warning("due feeds not read", poller=self._name, reason=error.detail)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), self._tick_s)

    async def step(self) -> int:
        """Poll what is due now to its end; how many feeds that were."""
        begun = await self._begin()
        await self._settle()
        return begun

    async def expire(self) -> None:
        """Close all that has expired, once in EXPIRY_PERIOD; by the days that texts name, once
        after the end of each. Raises Unavailable."""
        now = self._ports.clock()
        if self._expired_at is not None and now - self._expired_at < EXPIRY_PERIOD:
            return
        while not self._stopped.is_set() and (count := await closing.expire(self._ports)):
            self._counters["postings_expired"] += count
        if self._last_day != (last_day := deadlines.last_passed(now)):
            self._counters["postings_expired"] += await deadlines.expire(self._ports)
            self._last_day = last_day
        self._expired_at = now

    async def stop(self) -> None:
        """Begin nothing more, finish the polls that run, close the fetcher."""
        self._stopped.set()
        async with self._beginning:
            await self._settle()
        await self._outside.fetcher.close()

    def status(self) -> tuple[dict[str, float], dict[str, float]]:
        """Counters and gauges."""
        names = ("feed_polls", "feed_failures", "feed_crashes", "postings_expired")
        counters = {name: float(self._counters[name]) for name in names}
        return counters, {"feed_polls_in_flight": float(len(self._polls))}

    async def _begin(self) -> int:
        async with self._beginning:
            free = self._in_flight - len(self._polls)
            if self._stopped.is_set() or not free:
                return 0
            claimed = await feed_schedule.claim_due(self._ports, free)
            for feed in claimed:
                task = asyncio.create_task(self._poll(feed))
                self._polls.add(task)
                task.add_done_callback(self._polls.discard)
            return len(claimed)

    async def _settle(self) -> None:
        while self._polls:
            await asyncio.wait(set(self._polls))

    async def _poll(self, claimed: Feed) -> None:
        """One poll; whatever it raises is recorded here, and the feed is tried after its lease."""
        self._counters["feed_polls"] += 1
        try:
            feed = await feed_rounds.poll(self._ports, self._outside, claimed, self._chance)
        except Unavailable as error:
            log.warning("poll not stored", feed_id=claimed.id, reason=error.detail)
        except Exception:
            self._counters["feed_crashes"] += 1
            log.exception("poll crashed", feed_id=claimed.id)
        else:
            self._counters["feed_failures"] += feed.failures > claimed.failures
