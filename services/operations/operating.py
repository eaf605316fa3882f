"""What an operator asks: how much there is, how far behind, where one posting has been."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from backends.documents.base import Documents, Measure, Sort
from backends.documents.collections import (
    ALERTS,
    ATTEMPTS,
    COMPANIES,
    DEAD_LETTERS,
    DELIVERIES,
    MATCHES,
    NOTIFICATIONS,
    POSTINGS,
    USERS,
)
from backends.documents.filters import Eq, In
from backends.stream.base import Stream
from models.alert import Match
from models.notification import Attempt, Delivery, DeliveryStatus, Notification
from models.posting import Posting, Status
from services.intake import reprocessing
from services.review import review_queue

COUNTED = (USERS, COMPANIES, ALERTS, MATCHES, NOTIFICATIONS, DEAD_LETTERS)
ON_THE_WAY = (Status.SUBMITTED, Status.PROCESSING)
TRACED = 100
"""Matches of one posting that a trace follows."""


@dataclass(frozen=True, slots=True)
class Station:
    """One moment on a posting's way."""

    at: datetime
    name: str
    detail: str = ""


async def counts(documents: Documents) -> dict[str, int]:
    """Documents by collection; postings and deliveries by status; what waits for an administrator,
    and what is still to be derived anew."""
    found: dict[str, int] = {}
    for collection in (POSTINGS, DELIVERIES):
        groups = await documents.group(
            collection, None, by=["status"], measures=[Measure("n", "count")]
        )
        found |= {f"{collection.name} {group['status']}": int(group["n"]) for group in groups}
    totals = await asyncio.gather(*(documents.count(collection) for collection in COUNTED))
    found |= {c.name: n for c, n in zip(COUNTED, totals, strict=True)}
    runs = await reprocessing.runs(documents)
    left = {f"{POSTINGS.name} left to reprocess ({cause})": run.left for cause, run in runs.items()}
    found["reviews waiting"] = await review_queue.waiting(documents)
    return found | {name: n for name, n in left.items() if n}


async def outstanding(documents: Documents, stream: Stream) -> int:
    """Events and deliveries still to be worked off; 0 when nothing is on its way."""
    lags = sum(lag.events for lag in await stream.lags())
    pending = await documents.count(DELIVERIES, Eq("status", DeliveryStatus.PENDING.value))
    return lags + pending


async def unprocessed(documents: Documents) -> int:
    """Postings that wait for the processor."""
    return await documents.count(POSTINGS, In("status", tuple(s.value for s in ON_THE_WAY)))


async def trace(documents: Documents, posting_id: str) -> list[Station]:
    """Every station of one posting, in order of time. Raises NotFound.

    Matches beyond the first hundred are not followed.
    """
    posting = Posting.from_store((await documents.get(POSTINGS, posting_id)).body)
    stations = [Station(step.at, step.status.value, step.detail or "") for step in posting.history]
    matches = await documents.find(MATCHES, Eq("posting_id", posting_id), limit=TRACED)
    for document in matches.items:
        match = Match.from_store(document.body)
        stations.append(Station(match.created_at, "matched", match.alert_name))
    notifications = await documents.find(NOTIFICATIONS, Eq("posting.id", posting_id), limit=TRACED)
    for document in notifications.items:
        stations += await _told(documents, Notification.from_store(document.body))
    return sorted(stations, key=lambda station: station.at)


async def _told(documents: Documents, notification: Notification) -> list[Station]:
    name = notification.alert.name if notification.alert else ""
    stations = [Station(notification.created_at, "notified", name)]
    deliveries = await documents.find(
        DELIVERIES, Eq("notification_id", notification.id), limit=TRACED
    )
    for document in deliveries.items:
        delivery = Delivery.from_store(document.body)
        attempts = await documents.find(
            ATTEMPTS, Eq("delivery_id", delivery.id), sort=Sort("number"), limit=TRACED
        )
        for found in attempts.items:
            attempt = Attempt.from_store(found.body)
            stations.append(
                Station(
                    attempt.finished_at or attempt.started_at,
                    f"{delivery.channel} {attempt.outcome}",
                    attempt.detail or "",
                )
            )
    return stations
