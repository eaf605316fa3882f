"""Events as CloudEvents 1.0 (https://cloudevents.io): what happened, told once, in order per key.

`key` is the CloudEvents `partitionkey` extension: events of one key are handled in order. A type
ends in its version; changes are additive, anything else is a new version.
"""

from typing import Any, Literal

from pydantic import Field

from models.base import Model, Timestamp, derived_id, new_id, utc_now

JOB_EVENTS = "job-events"
ALERT_EVENTS = "alert-events"
MATCH_EVENTS = "match-events"
NOTIFICATION_EVENTS = "notification-events"
USER_EVENTS = "user-events"
APPLICATION_EVENTS = "application-events"
TOPICS = (
    JOB_EVENTS,
    ALERT_EVENTS,
    MATCH_EVENTS,
    NOTIFICATION_EVENTS,
    USER_EVENTS,
    APPLICATION_EVENTS,
)

POSTING_SUBMITTED = "posting.submitted.v1"
POSTING_PUBLISHED = "posting.published.v1"
POSTING_CHANGED = "posting.changed.v1"
POSTING_REJECTED = "posting.rejected.v1"
POSTING_CLOSED = "posting.closed.v1"
ALERT_SAVED = "alert.saved.v1"
ALERT_DELETED = "alert.deleted.v1"
MATCH_CREATED = "match.created.v1"
NOTIFICATION_CREATED = "notification.created.v1"
NOTIFICATION_READ = "notification.read.v1"
BOARD_NEWS = frozenset((POSTING_PUBLISHED, POSTING_CHANGED, POSTING_REJECTED, POSTING_CLOSED))
"""Each tells how a posting stands on the board from now on."""


class Event(Model):
    """One CloudEvent. `subject` is the id of the thing, `key` what order is kept by."""

    specversion: Literal["1.0"] = "1.0"
    id: str = Field(default_factory=new_id)
    source: str = "jobray"
    type: str
    time: Timestamp = Field(default_factory=utc_now)
    subject: str
    key: str
    traceparent: str | None = None
    data: dict[str, Any] = Field(default_factory=dict)


def version_event(
    type_: str,
    *,
    subject: str,
    version: int,
    key: str,
    data: dict[str, Any],
    time: Timestamp,
    traceparent: str | None = None,
) -> Event:
    """The event that tells of one version of one thing; its id is derived, so a copy is a copy."""
    return Event(
        id=derived_id("event", type_, subject, version),
        type=type_,
        time=time,
        subject=subject,
        key=key,
        traceparent=traceparent,
        data=data,
    )
