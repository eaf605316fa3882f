"""One alert met one vacancy: the match as a document, and its event.

The id is made of alert, cluster and firing, so however often a posting is read again, edited or
copied, the store takes the match once and it is told once (invariant 2).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import structlog

from backends.documents.base import Body, Documents, Insert
from backends.documents.collections import MATCHES
from matching.evaluate import holds
from matching.explain import explain
from matching.subject import Subject
from models.alert import Alert, Match
from models.base import derived_id
from models.criteria import Clause
from models.events import MATCH_CREATED, MATCH_EVENTS, Event
from models.posting import Posting
from services.telling.cards import card

log = structlog.get_logger()

FIRST_FIRING = 1


@dataclass(frozen=True)
class Arrival:
    """A posting on its way through a matcher. Its card is in the event of each match, so that
    telling needs no other read."""

    posting: Posting
    subject: Subject
    traceparent: str | None

    @classmethod
    def of(cls, body: Body, traceparent: str | None) -> "Arrival":
        """Raises ValidationError."""
        posting = Posting.from_store(body)
        return cls(posting, Subject.of(posting), traceparent)

    @cached_property
    def former_clusters(self) -> tuple[str, ...]:
        return self.posting.all_former_clusters

    @cached_property
    def card(self) -> Body:
        return card(self.posting).model_dump(mode="json")


def clauses_of(alert: Alert, subject: Subject, now: datetime) -> tuple[Clause, ...] | None:
    """Why the alert matches the posting; None where it does not, or nobody can tell.

    A match that cannot be explained is told without reasons."""
    try:
        explanation = explain(alert.criteria, alert.unknown, subject, now)
    except Exception:
        log.exception("match not explained", alert_id=alert.id, posting_id=subject.posting_id)
        return () if _matches(alert, subject, now) else None
    return explanation.clauses if explanation.matched else None


def _matches(alert: Alert, subject: Subject, now: datetime) -> bool:
    try:
        return holds(alert.criteria, alert.unknown, subject, now)
    except Exception:
        log.exception("alert failed on posting", alert_id=alert.id, posting_id=subject.posting_id)
        return False


def match_id(alert_id: str, cluster_id: str) -> str:
    """The identity of what is told once."""
    return derived_id("match", alert_id, cluster_id, FIRST_FIRING)


async def not_told_before(
    documents: Documents, found: Sequence[tuple[Arrival, str]]
) -> list[tuple[Arrival, str]]:
    """Without those (posting, alert id) of which the alert was told while the posting, or one that
    it stands for, was in another cluster, before a person moved it. Reads the store only where
    there was such a move."""
    former = {
        match_id(alert_id, cluster)
        for arrival, alert_id in found
        for cluster in arrival.former_clusters
    }
    if not former:
        return list(found)
    stored = await documents.get_many(MATCHES, sorted(former))
    told = {(each.body["alert_id"], each.body["posting_id"]) for each in stored.values()}
    return [
        (arrival, alert_id)
        for arrival, alert_id in found
        if told.isdisjoint((alert_id, member) for member in arrival.posting.members)
    ]


def insert_of(
    alert: Alert, arrival: Arrival, clauses: tuple[Clause, ...], *, now: datetime
) -> Insert:
    """The match and its `match.created`, as one write."""
    posting = arrival.posting
    cluster = posting.cluster_id or posting.id
    match = Match(
        id=match_id(alert.id, cluster),
        alert_id=alert.id,
        alert_name=alert.name,
        user_id=alert.user_id,
        posting_id=posting.id,
        posting_version=posting.version,
        cluster_id=cluster,
        firing=FIRST_FIRING,
        clauses=clauses,
        channels=alert.channels,
        created_at=now,
        traceparent=arrival.traceparent,
    )
    body = match.model_dump(mode="json")
    created = Event(
        id=derived_id("event", MATCH_CREATED, match.id),
        type=MATCH_CREATED,
        time=now,
        subject=match.id,
        key=match.user_id,
        traceparent=match.traceparent,
        data={"match": body, "posting": arrival.card},
    )
    return Insert(match.id, body, [(MATCH_EVENTS, created)])
