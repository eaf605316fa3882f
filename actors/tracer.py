"""The tracer: it follows who is told, and hands each journey that has ended to a collector.

It reads the live edge of `notification-events` and remembers, of traces that are to be recorded,
the notifications whose deliveries are not over. Every two seconds it looks at these in the store;
those that are over become spans with all that came before, in one batch. Traces are for reading,
not a promise: what is told while the tracer is away, or beyond what it remembers, has none, and a
batch that the collector does not take is lost and counted. Nothing else waits for the tracer.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import structlog

from actors.tenant import Turn, at_once
from backends.documents.base import Documents
from backends.documents.collections import DELIVERIES, MATCHES, NOTIFICATIONS, POSTINGS
from backends.documents.filters import In
from backends.stream.base import Delivery as Delivered
from backends.stream.base import Stream
from backends.traces.otlp import ExportFailed, Span
from models.alert import Match
from models.errors import Unavailable
from models.events import NOTIFICATION_CREATED, NOTIFICATION_EVENTS
from models.notification import Delivery, DeliveryStatus, Notification
from models.posting import Posting
from services.operations.journeys import Journey, Trace, trace_of

log = structlog.get_logger()

PERIOD_S = 2.0
PATIENCE_S = 600.0
"""A delivery that takes longer, as its channel is down, is missing from its trace."""
WAITING_MAX = 5_000
"""Notifications remembered, some 300 bytes each; beyond them traces are a sample."""
LOOK = 100
"""Notifications read from the store at once."""
DELIVERIES_MAX = 1_000
BATCH = 500


class Exporter(Protocol):
    async def export(self, spans: Sequence[Span]) -> None:
        """Raises ExportFailed."""


class Tracer:
    """A tenant. `monotonic` gives seconds that only grow."""

    def __init__(
        self,
        documents: Documents,
        stream: Stream,
        exporter: Exporter,
        *,
        period_s: float = PERIOD_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._documents = documents
        self._stream = stream
        self._exporter = exporter
        self._period_s = period_s
        self._monotonic = monotonic
        self._waiting: dict[str, tuple[float, Trace]] = {}
        self._stopped = False
        self._sent = self._lost = 0

    async def recover(self, turn: Turn = at_once) -> None:
        """Nothing is kept: the live edge begins where it is."""

    async def run(self) -> None:
        while not self._stopped:
            try:
                await self._follow()
            except Unavailable as error:
                log.warning("traces put off", reason=error.detail)
                await asyncio.sleep(self._period_s)
            except Exception:
                # A document that cannot be read must not stop whoever runs beside this.
                log.exception("tracer failed", forgotten=len(self._waiting))
                self._waiting.clear()
                await asyncio.sleep(self._period_s)

    async def stop(self) -> None:
        self._stopped = True

    def status(self) -> tuple[dict[str, float], dict[str, float]]:
        counters = {"spans_sent": float(self._sent), "spans_lost": float(self._lost)}
        return counters, {"traces_waiting": float(len(self._waiting))}

    async def _follow(self) -> None:
        tail = await self._stream.subscribe(NOTIFICATION_EVENTS, "tracer", "tail")
        look_at = self._monotonic() + self._period_s
        try:
            while not self._stopped:
                self._remember(await tail.receive(BATCH, self._period_s))
                if self._monotonic() >= look_at:
                    await self._look()
                    look_at = self._monotonic() + self._period_s
        finally:
            await tail.close()

    def _remember(self, told: Iterable[Delivered]) -> None:
        for event in (each.event for each in told):
            trace = trace_of(event.traceparent)
            if trace is None or event.type != NOTIFICATION_CREATED:
                continue
            if len(self._waiting) < WAITING_MAX:
                self._waiting.setdefault(event.subject, (self._monotonic(), trace))

    async def _look(self) -> None:
        """Tell of the journeys that are over. Raises Unavailable."""
        ids = list(self._waiting)
        for begin in range(0, len(ids), LOOK):
            over = await self._over(ids[begin : begin + LOOK])
            spans: dict[str, Span] = {}
            for journey in await self._journeys(over):
                _, trace = self._waiting[journey.notification.id]
                # Journeys of one posting begin alike, and tell of that part once.
                spans |= {span.id: span for span in journey.spans(trace)}
            for id_ in over:
                del self._waiting[id_]
            await self._export(list(spans.values()))

    async def _over(self, ids: Sequence[str]) -> dict[str, list[Delivery]]:
        """The deliveries of those notifications that wait for none, or have waited too long."""
        page = await self._documents.find(
            DELIVERIES, In("notification_id", tuple(ids)), limit=DELIVERIES_MAX
        )
        found: dict[str, list[Delivery]] = {id_: [] for id_ in ids}
        for document in page.items:
            delivery = Delivery.from_store(document.body)
            found[delivery.notification_id].append(delivery)
        late = self._monotonic() - PATIENCE_S
        return {
            id_: deliveries
            for id_, deliveries in found.items()
            if self._waiting[id_][0] <= late
            or all(each.status is not DeliveryStatus.PENDING for each in deliveries)
        }

    async def _journeys(self, over: dict[str, list[Delivery]]) -> list[Journey]:
        """Those whose documents are all there still."""
        read = self._documents.get_many
        notifications = [
            Notification.from_store(document.body)
            for document in (await read(NOTIFICATIONS, list(over))).values()
        ]
        named = [each.match_id for each in notifications if each.match_id is not None]
        matches = {
            id_: Match.from_store(document.body)
            for id_, document in (await read(MATCHES, named)).items()
        }
        postings = {
            id_: Posting.from_store(document.body)
            for id_, document in (
                await read(POSTINGS, sorted({match.posting_id for match in matches.values()}))
            ).items()
        }
        return [
            Journey(postings[match.posting_id], match, notification, over[notification.id])
            for notification in notifications
            if (match := matches.get(notification.match_id or "")) and match.posting_id in postings
        ]

    async def _export(self, spans: Sequence[Span]) -> None:
        if not spans:
            return
        try:
            await self._exporter.export(spans)
        except ExportFailed as error:
            self._lost += len(spans)
            log.warning("spans lost", spans=len(spans), reason=str(error))
        else:
            self._sent += len(spans)
