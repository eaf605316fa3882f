"""What a person is told: the notification, its delivery on each channel, each attempt at it."""

from enum import StrEnum
from typing import Literal

from models.alert import ChannelName
from models.base import Model, Timestamp
from models.criteria import Clause


class AlertRef(Model):
    id: str
    name: str


class PostingRef(Model):
    """What a card shows of a posting."""

    id: str
    title: str
    company: str
    places: tuple[str, ...] = ()
    mode: str | None = None
    pay: str | None = None
    url: str | None = None


class Why(Model):
    """`line` is one sentence; `clauses` are those that held."""

    line: str
    clauses: tuple[Clause, ...] = ()


class Notification(Model):
    """`position` sorts a person's notifications as they were made: the resume position."""

    id: str
    user_id: str
    kind: Literal["match"] = "match"
    position: str
    created_at: Timestamp
    read_at: Timestamp | None = None
    match_id: str | None = None
    alert: AlertRef | None = None
    posting: PostingRef | None = None
    why: Why | None = None
    channels: tuple[ChannelName, ...] = ()
    traceparent: str | None = None


class DeliveryStatus(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    SUPPRESSED = "suppressed"


class Delivery(Model):
    """One notification on one channel to one address. Its id is derived from these three."""

    id: str
    notification_id: str
    user_id: str
    bucket: int
    channel: ChannelName
    address: str
    status: DeliveryStatus = DeliveryStatus.PENDING
    attempts: int = 0
    claimed: bool = False
    """An attempt is under way, or died with its sender."""
    due_at: Timestamp
    created_at: Timestamp
    finished_at: Timestamp | None = None
    detail: str | None = None


class AttemptOutcome(StrEnum):
    STARTED = "started"
    DELIVERED = "delivered"
    TRANSIENT = "transient"
    PERMANENT = "permanent"


class Attempt(Model):
    """One try at a delivery; written before the send, so that a crash is bounded to one copy."""

    id: str
    delivery_id: str
    number: int
    started_at: Timestamp
    finished_at: Timestamp | None = None
    outcome: AttemptOutcome = AttemptOutcome.STARTED
    detail: str | None = None
