"""One alert met one vacancy: the match as a document, and its event.

The id is made of alert, cluster and firing, so however often a posting is read again, edited or
copied, the store takes the match once and it is told once (invariant 2).
"""

from dataclasses import dataclass
from datetime import datetime

from backends.documents.base import Insert
from models.alert import Alert, ChannelName, Match
from models.base import derived_id
from models.criteria import Clause
from models.events import MATCH_CREATED, MATCH_EVENTS, Event
from models.posting import Posting
from services.cards import card

FIRST_FIRING = 1


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """What a match needs to know of its alert: a fraction of it, for it is held in memory."""

    version: int
    name: str
    user_id: str
    channels: tuple[ChannelName, ...]

    @classmethod
    def of(cls, alert: Alert) -> "AlertFacts":
        return cls(alert.version, alert.name, alert.user_id, alert.channels)


def match_of(
    alert_id: str,
    alert: AlertFacts,
    posting: Posting,
    clauses: tuple[Clause, ...],
    *,
    now: datetime,
    traceparent: str | None,
) -> Match:
    cluster = posting.cluster_id or posting.id
    return Match(
        id=derived_id("match", alert_id, cluster, FIRST_FIRING),
        alert_id=alert_id,
        alert_name=alert.name,
        user_id=alert.user_id,
        posting_id=posting.id,
        posting_version=posting.version,
        cluster_id=cluster,
        firing=FIRST_FIRING,
        clauses=clauses,
        channels=alert.channels,
        created_at=now,
        traceparent=traceparent,
    )


def insert_of(match: Match, posting: Posting) -> Insert:
    """The match and its `match.created`, as one write; the event carries the posting's card, so
    that telling it needs no other read."""
    body = match.model_dump(mode="json")
    created = Event(
        id=derived_id("event", MATCH_CREATED, match.id),
        type=MATCH_CREATED,
        time=match.created_at,
        subject=match.id,
        key=match.user_id,
        traceparent=match.traceparent,
        data={"match": body, "posting": card(posting).model_dump(mode="json")},
    )
    return Insert(match.id, body, [(MATCH_EVENTS, created)])
