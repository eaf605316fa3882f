"""A saved search that fires."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from models.base import Model, Timestamp
from models.criteria import Clause, Criteria, UnknownPolicy
from models.posting import Plain


class Cadence(StrEnum):
    INSTANT = "instant"
    HOURLY = "hourly"
    DAILY = "daily"
    WEEKLY = "weekly"


class ChannelName(StrEnum):
    INAPP = "inapp"
    EMAIL = "email"
    PUSH = "push"
    WEBHOOK = "webhook"


AlertName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), Plain
]


class QuietHours(Model):
    """No sending between `from` and `to`, in the IANA zone `tz`."""

    from_: Annotated[str, Field(alias="from", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    to: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
    tz: str


class Alert(Model):
    """`query` is the normal form of `criteria`; an alert that is `paused` matches nothing."""

    id: str
    user_id: str
    name: AlertName
    query: str
    criteria: Criteria
    unknown: UnknownPolicy = UnknownPolicy.PASS
    cadence: Cadence = Cadence.INSTANT
    channels: tuple[ChannelName, ...] = (ChannelName.INAPP,)
    daily_cap: int | None = None
    quiet_hours: QuietHours | None = None
    paused: bool = False
    version: int = 1
    created_at: Timestamp
    updated_at: Timestamp


class Match(Model):
    """One alert met one vacancy. Its id is derived from (alert, cluster, firing)."""

    id: str
    alert_id: str
    alert_name: str
    user_id: str
    posting_id: str
    posting_version: int
    cluster_id: str
    firing: int = 1
    clauses: tuple[Clause, ...]
    channels: tuple[ChannelName, ...]
    created_at: Timestamp
    traceparent: str | None = None
