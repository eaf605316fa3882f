"""Matches for tests, and the events that announce them, as a matcher makes them."""

from datetime import datetime
from typing import Any

from models.alert import ChannelName, Match
from models.base import derived_id
from models.criteria import Clause, Outcome
from models.events import MATCH_CREATED, Event
from models.notification import PostingRef

BOTH = (ChannelName.INAPP, ChannelName.EMAIL)
CLAUSES = (
    Clause(
        clause="title:python", outcome=Outcome.TRUE, field="title", start=0, end=6, text="Python"
    ),
    Clause(clause="pay>=1", outcome=Outcome.UNKNOWN),
)


def match_of(user_id: str, posting_id: str, at: datetime, **others: Any) -> Match:
    """This person's alert met this posting; `others` are fields that say something else."""
    plain = {
        "id": derived_id("match", user_id, posting_id),
        "alert_id": f"alert-{user_id}",
        "alert_name": "my alert",
        "user_id": user_id,
        "posting_id": posting_id,
        "posting_version": 1,
        "cluster_id": posting_id,
        "clauses": CLAUSES,
        "channels": BOTH,
        "created_at": at,
    }
    return Match.model_validate(plain | others)


def announcement(match: Match, title: str, copy: int = 0) -> Event:
    """The event of the match; `copy` gives it another id, as a replay of the matcher would."""
    card = PostingRef(id=match.posting_id, title=title, company="Acme")
    return Event(
        id=derived_id("event", match.id, copy),
        type=MATCH_CREATED,
        subject=match.id,
        key=match.user_id,
        time=match.created_at,
        traceparent=match.traceparent,
        data={"match": match.model_dump(mode="json"), "posting": card.model_dump(mode="json")},
    )
