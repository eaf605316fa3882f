"""One delivery's way: due, claimed, sent, settled.

A claim is a write: it counts the attempt and moves the delivery's `due_at` to the end of a lease,
and the attempt is stored, all before anything is sent. A sender that dies in between leaves a
claimed delivery: its successor, whose fence shuts the dead one out, takes it up at once
(`interrupted`), and it comes due again when the lease ends in any case. The copy that may cause
carries the same message id. Every write is fenced, so a sender that lost its shard cannot claim.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from backends.channels.base import Message, Sent
from backends.documents.base import Document, Documents, Fence, Page, Sort
from backends.documents.collections import (
    ALERTS,
    ATTEMPTS,
    DELIVERIES,
    NOTIFICATIONS,
    Collection,
)
from backends.documents.filters import And, Eq, Filter, Gt, In, Lte
from delivery.mail import Rendered
from models.alert import ChannelName
from models.base import derived_id, timestamp
from models.errors import DuplicateKey, NotFound, VersionConflict
from models.notification import (
    Attempt,
    AttemptOutcome,
    Delivery,
    DeliveryStatus,
    Notification,
)

PAGE = 100


class Renderer(Protocol):
    """Makes the content of a message of a notification."""

    def render(self, notification: Notification) -> Rendered: ...


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to send one delivery once: the delivery and the attempt as they are stored."""

    delivery: Delivery
    version: int
    attempt: Attempt


async def due(
    documents: Documents,
    channel: ChannelName,
    buckets: Sequence[int] | None,
    *,
    now: datetime,
    after: str | None,
) -> Page:
    """A page of the deliveries of a channel that are due, the longest waiting first; `buckets`
    None stands for all of them."""
    pending = _pending(channel, buckets, Lte("due_at", timestamp(now)))
    return await documents.find(DELIVERIES, pending, sort=Sort("due_at"), limit=PAGE, after=after)


async def interrupted(
    documents: Documents,
    channel: ChannelName,
    buckets: Sequence[int] | None,
    *,
    now: datetime,
    lease_s: float,
) -> Page:
    """Those that a sender claimed and did not settle, under leases that still run. For a sender
    that begins, and whose fence has ended every other: PAGE of them at most, more than any sender
    has in flight."""
    leased = (
        Gt("due_at", timestamp(now)),
        Lte("due_at", timestamp(now + timedelta(seconds=lease_s))),
        Eq("claimed", True),
    )
    pending = _pending(channel, buckets, *leased)
    return await documents.find(DELIVERIES, pending, sort=Sort("due_at"), limit=PAGE)


def _pending(channel: ChannelName, buckets: Sequence[int] | None, *others: Filter) -> Filter:
    filters = (
        Eq("status", DeliveryStatus.PENDING.value),
        Eq("channel", channel.value),
        *others,
    )
    return And(filters if buckets is None else (*filters, In("bucket", tuple(buckets))))


async def claim(
    documents: Documents, document: Document, *, now: datetime, lease_s: float, fence: Fence
) -> Claim | None:
    """Take the delivery for one attempt, or None where it changed since it was read. After
    Unavailable it may be repeated as it was, with the same `now`."""
    delivery = Delivery.from_store(document.body)
    claimed = delivery.model_copy(
        update={
            "attempts": delivery.attempts + 1,
            "claimed": True,
            "due_at": now + timedelta(seconds=lease_s),
        }
    )
    attempt = Attempt(
        id=derived_id("attempt", delivery.id, claimed.attempts),
        delivery_id=delivery.id,
        number=claimed.attempts,
        started_at=now,
    )
    stored = await put(documents, DELIVERIES, claimed, version=document.version, fence=fence)
    if stored is None:
        return None
    with contextlib.suppress(DuplicateKey):
        await documents.insert(ATTEMPTS, attempt.id, attempt.model_dump(mode="json"), fence=fence)
    return Claim(claimed, stored.version, attempt)


async def put(
    documents: Documents,
    collection: Collection,
    changed: Delivery | Attempt,
    *,
    version: int,
    fence: Fence,
) -> Document | None:
    """Replace what is stored at this version; None where somebody else changed or removed it. May
    be repeated after Unavailable: a write whose answer was lost is found, and counts as done."""
    body = changed.model_dump(mode="json")
    try:
        return await documents.replace(
            collection, changed.id, body, expected_version=version, fence=fence
        )
    except (VersionConflict, NotFound):
        stored = (await documents.get_many(collection, [changed.id])).get(changed.id)
    return stored if stored is not None and stored.body == body else None


async def compose(documents: Documents, renderer: Renderer, delivery: Delivery) -> Message | Sent:
    """The message of a delivery, or how it ends without one.

    Between the match and this moment, an hour of retries later perhaps, the person may have taken
    the channel off the alert or deleted it: then nothing more is sent.
    """
    stored = await documents.get_many(NOTIFICATIONS, [delivery.notification_id])
    if delivery.notification_id not in stored:
        # Its queue died between the two writes; the match is told again and stores it.
        return Sent("transient", "the notification is not stored yet")
    notification = Notification.from_store(stored[delivery.notification_id].body)
    if not await _wanted(documents, notification, delivery.channel):
        return Sent("permanent", "the alert does not use this channel any more")
    content = renderer.render(notification)
    return Message(
        id=delivery.id,
        address=delivery.address,
        subject=content.subject,
        text=content.text,
        html=content.html,
        headers=content.headers,
    )


async def _wanted(documents: Documents, notification: Notification, channel: ChannelName) -> bool:
    if notification.alert is None:
        return True
    alerts = await documents.get_many(ALERTS, [notification.alert.id])
    alert = alerts.get(notification.alert.id)
    return alert is not None and channel.value in alert.body["channels"]


def outcome(
    claim: Claim, sent: Sent, *, now: datetime, wait_s: float | None
) -> tuple[Delivery, Attempt]:
    """Delivery and attempt after the send. `wait_s` is the wait until the next attempt where the
    fault is transient; None gives up: the delivery has failed."""
    status = {
        "delivered": DeliveryStatus.DELIVERED,
        "permanent": DeliveryStatus.SUPPRESSED,
        "transient": DeliveryStatus.FAILED if wait_s is None else DeliveryStatus.PENDING,
    }[sent.outcome]
    finished = status is not DeliveryStatus.PENDING
    delivery = claim.delivery.model_copy(
        update={
            "status": status,
            "claimed": False,
            "detail": sent.detail or None,
            "finished_at": now if finished else None,
            "due_at": now + timedelta(seconds=wait_s or 0.0),
        }
    )
    attempt = claim.attempt.model_copy(
        update={
            "outcome": AttemptOutcome(sent.outcome),
            "detail": sent.detail or None,
            "finished_at": now,
        }
    )
    return delivery, attempt
