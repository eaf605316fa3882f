"""A shard of the alert matchers: it owns the compiled alerts of the users in its buckets.

Alerts come from the store at recovery and then from `alert-events`, which the shard reads to their
end before it matches any batch of postings: whatever alert was answered 201 before a posting was
submitted is therefore known when that posting is matched (invariant 4). The edge's direct call only
spares the first posting that read. What matches is written insert-if-absent under an id of (alert,
cluster, firing), so that replays, restarts and edits of a posting never tell twice (invariant 2).
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import structlog

from actors.intake import Intake
from backends.documents.base import Body, Documents, Fence, Insert
from backends.documents.collections import ALERTS, MATCHES
from backends.stream.base import Delivery, Stream
from matching.percolator import Percolator
from matching.subject import Subject
from models.alert import Alert
from models.base import Clock
from models.criteria import Clause
from models.events import (
    ALERT_DELETED,
    ALERT_EVENTS,
    ALERT_SAVED,
    JOB_EVENTS,
    POSTING_CHANGED,
    POSTING_PUBLISHED,
    Event,
)
from models.posting import Posting
from models.shards import bucket_of, owns
from services.matched import AlertFacts, insert_of, match_of

log = structlog.get_logger()

PAGE = 100
BATCH = 100


class MatcherShard:
    def __init__(
        self, documents: Documents, stream: Stream, *, shard: int, shards: int, clock: Clock
    ) -> None:
        self.name = f"matcher:{shard}"
        self._documents = documents
        self._stream = stream
        self._shard, self._shards = shard, shards
        self._clock = clock
        self._percolator = Percolator()
        self._registered: dict[str, AlertFacts] = {}
        self._deleted: set[str] = set()
        """Ids, never used again: a hint that comes late must not bring a deleted alert back."""
        self._alerts_read = ""
        self._fence: Fence | None = None
        self._intake = Intake(
            documents,
            stream,
            topic=JOB_EVENTS,
            name=self.name,
            handle=self._handle,
            max_batch=BATCH,
            clock=clock,
        )
        self._percolating = asyncio.Lock()
        self._postings = self._matches = self._unreadable = 0

    async def recover(self) -> None:
        self._fence = await self._documents.take_epoch(self.name)
        self._percolator, self._registered = Percolator(), {}
        self._alerts_read = await self._stream.end(ALERT_EVENTS)
        after: str | None = None
        while True:
            page = await self._documents.find(ALERTS, limit=PAGE, after=after)
            for document in page.items:
                self._read(document.body)
            after = page.after
            if after is None:
                break
        await self._intake.join()

    async def run(self) -> None:
        await self._intake.run()

    async def step(self, timeout_s: float) -> int:
        """One round of `run`, waiting for events up to `timeout_s`; how many were settled."""
        return await self._intake.step(timeout_s)

    async def stop(self) -> None:
        await self._intake.leave()
        await self._stream.close()
        await self._documents.close()

    def status(self) -> tuple[dict[str, float], dict[str, float]]:
        counters = {
            "postings_matched": float(self._postings),
            "matches": float(self._matches),
            "candidates": float(self._percolator.candidates),
            "alerts_failed": float(self._percolator.failures),
            "alerts_unreadable": float(self._unreadable),
        }
        return counters, {"alerts_registered": float(len(self._percolator))}

    async def register(self, alert: Alert) -> None:
        """Know this alert from now on; an older version than the known one changes nothing."""
        async with self._percolating:
            self._take(alert)

    async def unregister(self, alert_id: str) -> None:
        async with self._percolating:
            self._delete(alert_id)

    def _take(self, alert: Alert) -> None:
        if alert.id in self._deleted or not self._owns(alert.user_id):
            return
        known = self._registered.get(alert.id)
        if known is not None and known.version >= alert.version:
            return
        if alert.paused:
            self._percolator.unregister(alert.id)
        else:
            self._percolator.register(alert.id, alert.criteria, alert.unknown)
        self._registered[alert.id] = AlertFacts.of(alert)

    def _delete(self, alert_id: str) -> None:
        self._deleted.add(alert_id)
        self._registered.pop(alert_id, None)
        self._percolator.unregister(alert_id)

    def _owns(self, user_id: str) -> bool:
        return owns(self._shard, self._shards, bucket_of(user_id))

    def _read(self, body: Body) -> None:
        """Take a stored alert; one that cannot be read must not stop everybody else's."""
        try:
            self._take(Alert.model_validate(body))
        except Exception:
            self._unreadable += 1
            log.exception("alert not readable", alert_id=body.get("id"))

    async def _read_alerts(self) -> None:
        async for delivery in self._stream.read(ALERT_EVENTS, from_position=self._alerts_read):
            event = delivery.event
            if event.type == ALERT_SAVED:
                self._read(event.data["alert"])
            elif event.type == ALERT_DELETED:
                self._delete(event.subject)
            self._alerts_read = delivery.position

    async def _handle(self, deliveries: Sequence[Delivery]) -> None:
        events = [
            delivery.event
            for delivery in deliveries
            if delivery.event.type in (POSTING_PUBLISHED, POSTING_CHANGED)
        ]
        if not events:
            return
        async with self._percolating:
            await self._read_alerts()
            inserts = [insert for event in events for insert in self._matches_of(event)]
        if inserts:
            new = await self._documents.insert_absent(MATCHES, inserts, fence=self._fence)
            self._matches += len(new)
        self._postings += len(events)

    def _matches_of(self, event: Event) -> list[Insert]:
        posting = Posting.model_validate(event.data["posting"])
        subject, now = Subject.of(posting), self._clock()
        matches = (
            match_of(
                alert_id,
                self._registered[alert_id],
                posting,
                self._clauses(alert_id, subject, now),
                now=now,
                traceparent=event.traceparent,
            )
            for alert_id in self._percolator.percolate(subject, now)
        )
        return [insert_of(match, posting) for match in matches]

    def _clauses(self, alert_id: str, subject: Subject, now: datetime) -> tuple[Clause, ...]:
        try:
            return self._percolator.explain(alert_id, subject, now).clauses
        except Exception:
            # It did match; one alert that cannot be explained must not hold back the others.
            log.exception("match not explained", alert_id=alert_id)
            return ()
