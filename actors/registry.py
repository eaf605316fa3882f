"""The alerts of one matcher shard: in the percolator, and up to date with the store.

Three ways lead in: the documents (at recovery), `alert-events` (read to their end before postings
are matched), and the edge's direct hints, which may come late or twice. They may meet in any order,
because the higher version of an alert always wins: the percolator knows the version of what is
registered, a *tombstone* that of what was paused or deleted. Tombstones are bounded, the oldest go
first; what a hint older than a hundred thousand others brings back wrongly is found out when it
matches, because an alert is told by what its document says (ADR 5).

Where events were lost, or the questions of alerts that are gone outweigh the others, the documents
are read into a new percolator, while the old one goes on; the events since are then read again.

An alert that cannot be read or compiled is counted, logged and remembered by its id: it stops
nobody else, and is tried again at each recovery.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress

import structlog

from backends.documents.base import Body, Documents
from backends.documents.collections import ALERTS
from backends.documents.scan import pages
from backends.stream.base import PositionLost, Stream
from matching.percolator import Percolator
from models.alert import Alert
from models.events import ALERT_DELETED, ALERT_EVENTS, ALERT_SAVED, Event

log = structlog.get_logger()

TOMBSTONES_MAX = 100_000
"""About 15 MB. A hint is late by seconds; nobody pauses and deletes as many alerts in that time."""
DELETED = 2**63 - 1
"""The version of a deleted alert: ids are never used again."""
LITTER_BYTES = 32 << 20
"""Questions that may be left over from alerts which are gone, in any case; beside these, four times
as much as there was when the percolator was filled."""


class Registry:
    """`owns` says of a user id whether its alerts are this shard's.

    `position` is how far `alert-events` have been read, `filled_bytes` the percolator's
    `question_bytes` when it was filled, `unreadable` are ids of stored alerts that failed.
    `changes` (what was registered or forgotten), `failures` and `rebuilds` are counted since the
    start. Not `is_complete` before the documents were read: what is there is no state of the store.
    """

    def __init__(
        self,
        documents: Documents,
        stream: Stream,
        owns: Callable[[str], bool],
        *,
        tombstones_max: int = TOMBSTONES_MAX,
    ) -> None:
        self.percolator = Percolator()
        self.position = ""
        self.filled_bytes = 0
        self.is_complete = False
        self.changes = 0
        self.failures = self.rebuilds = 0
        self.unreadable: set[str] = set()
        self._documents = documents
        self._stream = stream
        self._owns = owns
        self._tombstones: OrderedDict[str, int] = OrderedDict()
        self._tombstones_max = tombstones_max
        self._compaction: asyncio.Task[None] | None = None

    async def rebuild(self) -> None:
        """Fill a percolator from the documents, and go on with it. Raises Unavailable."""
        position = await self._stream.end(ALERT_EVENTS)
        fresh = Registry(self._documents, self._stream, self._owns)
        try:
            async for page in pages(self._documents, ALERTS):
                for document in page:
                    fresh.read(document.id, document.body)
                fresh.tend()
        finally:
            await fresh.settle()
        await asyncio.to_thread(fresh.percolator.compact, whole=True)
        self.begin(fresh.percolator, position, filled_bytes=fresh.percolator.question_bytes)
        self.unreadable |= fresh.unreadable
        self.failures += fresh.failures
        self.rebuilds += 1

    def begin(self, percolator: Percolator, position: str, *, filled_bytes: int) -> None:
        """Go on with this percolator, which holds what `alert-events` said up to `position`."""
        self.percolator, self.position, self.filled_bytes = percolator, position, filled_bytes
        self.is_complete = True
        self.changes += 1
        self.unreadable.clear()

    @property
    def is_littered(self) -> bool:
        """Whether a rebuild is worth its time, to forget what nobody asks any more."""
        return self.percolator.question_bytes > LITTER_BYTES + 4 * self.filled_bytes

    async def follow(self) -> int:
        """Read `alert-events` to their end as it is now; returns how many there were. Where some
        are not kept any more the documents are read instead. Raises Unavailable."""
        count = 0
        # First what is stored and may not be on the stream yet: in the other order an event could
        # get from there to here unseen.
        for event in await self._documents.waiting(ALERTS):
            self._apply(event)
        try:
            async for delivery in self._stream.read(ALERT_EVENTS, from_position=self.position):
                self._apply(delivery.event)
                self.position = delivery.position
                count += 1
        except PositionLost:
            log.warning("alert events lost, alerts are read anew", position=self.position)
            await self.rebuild()
        return count

    def read(self, alert_id: str, body: Body | None) -> None:
        """Take a stored alert, if it can be read."""
        try:
            alert = Alert.from_store(body or {})
        except Exception:
            self._fail(alert_id)
        else:
            self.take(alert)

    def take(self, alert: Alert) -> None:
        """Know this alert from now on; a version that is not newer changes nothing."""
        if not self._owns(alert.user_id):
            return
        try:
            self._register(alert)
        except Exception:
            self._fail(alert.id)

    def bury(self, alert_id: str, version: int = DELETED) -> None:
        """Match this alert no more, until a newer version than this one comes."""
        self._forget(alert_id)
        self.unreadable.discard(alert_id)
        self._tombstones[alert_id] = max(version, self._tombstones.get(alert_id, 0))
        self._tombstones.move_to_end(alert_id)
        if len(self._tombstones) > self._tombstones_max:
            self._tombstones.popitem(last=False)

    def tend(self) -> None:
        """Begin a compaction in a thread, where one is due and none is under way."""
        if self._compaction is None and self.percolator.compaction_due:
            self._compaction = asyncio.create_task(self._compact(self.percolator))

    async def settle(self) -> None:
        """Wait for the compaction that is under way."""
        if self._compaction is not None:
            await self._compaction

    async def _compact(self, percolator: Percolator) -> None:
        try:
            await asyncio.to_thread(percolator.compact)
        except Exception:
            # Matching goes on over more segments than need be, and the next one tries again.
            log.exception("compaction failed")
        finally:
            self._compaction = None

    def _register(self, alert: Alert) -> None:
        buried = self._tombstones.get(alert.id)
        known = self.percolator.version(alert.id) if buried is None else buried
        if known is not None and alert.version <= known:
            return
        if alert.paused:
            self.bury(alert.id, alert.version)
            return
        self.percolator.register(alert.id, alert.criteria, alert.unknown, alert.version)
        self._tombstones.pop(alert.id, None)
        self.unreadable.discard(alert.id)
        self.changes += 1

    def _forget(self, alert_id: str) -> None:
        with suppress(ValueError):  # an id that is no UUID, and so was never registered
            self.percolator.unregister(alert_id)
        self.changes += 1

    def _apply(self, event: Event) -> None:
        if event.type == ALERT_SAVED:
            self.read(event.subject, event.data.get("alert"))
        elif event.type == ALERT_DELETED and self._owns(event.key):
            self.bury(event.subject)

    def _fail(self, alert_id: str) -> None:
        # A version that can be read must not go on firing in place of the newer one.
        self._forget(alert_id)
        self.failures += 1
        self.unreadable.add(alert_id)
        log.exception("alert not readable", alert_id=alert_id)
