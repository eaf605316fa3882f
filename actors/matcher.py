"""A shard of the alert matchers: it owns the compiled alerts of the users in its buckets.

Alerts come from a snapshot or the store at recovery and then from `alert-events`, which the shard
reads to their end before it matches any batch of postings: whatever alert was answered 201 before a
posting was submitted is therefore known when that posting is matched (invariant 4). The edge's
direct call only spares the first posting that read.

Postings are percolated 64 in one scan. The alerts found are read from the store, explained, and
written insert-if-absent under an id of (alert, cluster, firing), so that replays, restarts and
edits of a posting never tell twice (invariant 2). A posting that is found through another one of
the same vacancy is passed over: the event of that one says what it adds. Each write is under way
while the next matches are made, and ends before the next begins: fencing and order are those of one
after the other. Compactions and snapshots go on in threads.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

import structlog

from actors.intake import Intake
from actors.registry import Registry
from actors.snapshots import Snapshots, restore
from actors.tenant import Turn, at_once
from backends.documents.base import Documents, Fence, Insert
from backends.documents.collections import MATCHES
from backends.stream.base import After, Delivery, Stream
from matching.percolator import Percolator
from matching.subject import Subject
from models.alert import Alert
from models.base import Clock
from models.events import JOB_EVENTS, POSTING_CHANGED, POSTING_PUBLISHED, Event
from models.posting import Posting
from models.shards import bucket_of, owns
from models.topology import ActorRole
from services.alerting import near_misses
from services.alerting.alert_reader import AlertReader
from services.alerting.matched import Arrival, clauses_of, insert_of, not_told_before
from services.ports import NearMisses

log = structlog.get_logger()

BATCH = 256
"""Events handled together: some MB, and enough that a write is under way all the time."""
SCAN = 64
"""Postings of one scan: a bit each in a machine word."""
WRITE = 500
"""Matches of one write, so that one posting which a million alerts want is written bit by bit."""
TEND_S = 1.0
"""Between two looks at whether a compaction or a snapshot is due."""


class MatcherShard:
    """`snapshot` is the file of the compiled alerts; its folder is made. `monotonic` is in
    seconds."""

    def __init__(
        self,
        documents: Documents,
        stream: Stream,
        *,
        role: ActorRole,
        snapshot: Path,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = role.name
        self._documents = documents
        self._stream = stream
        self._role = role
        self._clock = clock
        self._registry = Registry(documents, stream, self._owns)
        self._snapshots = Snapshots(snapshot, monotonic=monotonic)
        self._alerts = AlertReader(documents, lambda id_: self._registry.percolator.version(id_))
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
        self._following = asyncio.Lock()
        self._postings = self._matches = self._refused = 0

    async def recover(self, turn: Turn = at_once) -> None:
        await self._load()
        await turn()
        self._fence = await self._documents.take_epoch(self.name)
        await self._intake.join(After(self._role.follows))

    async def _load(self) -> None:
        await self._registry.settle()
        begun, rebuilds = time.monotonic(), self._registry.rebuilds
        is_restored = await restore(
            self._registry,
            self._snapshots,
            self._documents,
            shard=self._role.shard,
            shards=self._role.shards,
        )
        if not is_restored:
            await self._registry.rebuild()
        log.info(
            "alerts loaded",
            actor=self.name,
            alerts=len(self._registry.percolator),
            from_snapshot=self._registry.rebuilds == rebuilds,
            seconds=round(time.monotonic() - begun, 3),
        )

    async def run(self) -> None:
        tending = asyncio.create_task(self._tend_for_ever())
        try:
            await self._intake.run()
        finally:
            tending.cancel()
            await asyncio.wait([tending])

    async def step(self, timeout_s: float) -> int:
        """One round of `run`, waiting for events up to `timeout_s`; how many were settled."""
        return await self._intake.step(timeout_s)

    async def tend(self) -> None:
        """Do what is due beside the matching: a compaction, a rebuild, a snapshot. Raises
        Unavailable."""
        self._registry.tend()
        if self._registry.is_littered:
            await self._registry.rebuild()
        async with self._following:
            await self._registry.follow()
        await self._snapshots.tend(self._registry)

    async def stop(self) -> None:
        await self._intake.leave()
        await self._registry.settle()
        await self._snapshots.finish(self._registry)
        await self._stream.close()
        await self._documents.close()

    def status(self) -> tuple[dict[str, float], dict[str, float]]:
        percolator = self._registry.percolator
        counters = percolator.counters() | {
            "alerts_unreadable": float(self._registry.failures),
            "matcher_rebuilds": float(self._registry.rebuilds),
            "matches": float(self._matches),
            "matches_refused": float(self._refused),
            "postings_matched": float(self._postings),
            "snapshot_failures": float(self._snapshots.failures),
            "snapshots_written": float(self._snapshots.written),
        }
        return counters, percolator.gauges() | {"snapshot_age_seconds": self._snapshots.age_s}

    async def register(self, alert: Alert) -> None:
        """Know this alert from now on; an older version than the known one changes nothing."""
        self._registry.take(alert)

    async def unregister(self, alert_id: str) -> None:
        """Match this alert, which was deleted, no more."""
        self._registry.bury(alert_id)

    async def near_misses(self, posting: Posting) -> NearMisses:
        """Counted over this shard's alerts. Raises Unavailable."""
        subject, now = Subject.of(posting), self._clock()
        percolator = self._registry.percolator
        matched = len(percolator.percolate(subject, now))
        missed = await asyncio.to_thread(percolator.near_misses, subject, now)
        fields = await near_misses.by_field(self._documents, missed, subject, now)
        return NearMisses(matched, fields)

    def _owns(self, user_id: str) -> bool:
        return owns(self._role.shard, self._role.shards, bucket_of(user_id))

    async def _tend_for_ever(self) -> None:
        while True:
            await asyncio.sleep(TEND_S)
            try:
                await self.tend()
            except Exception:
                # What is due stays due; matching must not end for it.
                log.exception("matcher not tended", actor=self.name)

    async def _handle(self, deliveries: Sequence[Delivery]) -> None:
        events = [delivery.event for delivery in deliveries if _is_hit(delivery.event)]
        if not events:
            return
        async with self._following:
            await self._registry.follow()
        self._registry.tend()
        await self._match(events)
        self._postings += len(events)

    async def _match(self, events: Sequence[Event]) -> None:
        """Write the matches of these postings, in their order."""
        # A rebuild may put another in its place meanwhile, which has not read the last events yet.
        percolator = self._registry.percolator
        writing: asyncio.Task[None] | None = None
        try:
            for start in range(0, len(events), SCAN):
                now = self._clock()
                found = self._found(percolator, events[start : start + SCAN], now)
                for at in range(0, len(found), WRITE):
                    inserts = await self._inserts(found[at : at + WRITE], now)
                    if writing is not None:
                        await writing
                    writing = asyncio.create_task(self._write(inserts))
                    await asyncio.sleep(0)  # hands it to the writer
        finally:
            if writing is not None:
                await writing

    def _found(
        self, percolator: Percolator, events: Sequence[Event], now: datetime
    ) -> list[tuple[Arrival, str]]:
        """Each posting with the id of each alert that it matches."""
        arrivals = [Arrival.of(event.data["posting"], event.traceparent) for event in events]
        subjects = [arrival.subject for arrival in arrivals]
        ids = percolator.percolate_many(subjects, now)
        return [(a, id_) for a, found in zip(arrivals, ids, strict=True) for id_ in found]

    async def _inserts(self, found: Sequence[tuple[Arrival, str]], now: datetime) -> list[Insert]:
        """The matches that the alerts' documents agree with. An alert that is gone, paused, or was
        edited since so that it does not match any more, is not told (ADR 5)."""
        found = await not_told_before(self._documents, found)
        alerts = await self._alerts.read({id_ for _, id_ in found})
        inserts = []
        for arrival, id_ in found:
            alert = alerts.get(id_)
            if alert is None or alert.paused:
                self._refused += 1
                continue
            clauses = clauses_of(alert, arrival.subject, now)
            if clauses is None:
                self._refuse(alert, arrival)
            else:
                inserts.append(insert_of(alert, arrival, clauses, now=now))
        return inserts

    def _refuse(self, alert: Alert, arrival: Arrival) -> None:
        self._refused += 1
        if alert.version == self._registry.percolator.version(alert.id):
            log.error(
                "percolator disagrees with the oracle",
                alert_id=alert.id,
                posting_id=arrival.posting.id,
            )

    async def _write(self, inserts: Sequence[Insert]) -> None:
        new = await self._documents.insert_absent(MATCHES, inserts, fence=self._fence)
        self._matches += len(new)


def _is_hit(event: Event) -> bool:
    """Whether it tells of a posting on the board which is not found through another posting of the
    same vacancy: search finds no such one either."""
    if event.type not in (POSTING_PUBLISHED, POSTING_CHANGED):
        return False
    posting = event.data.get("posting")
    return not isinstance(posting, dict) or posting.get("canonical_id") is None
