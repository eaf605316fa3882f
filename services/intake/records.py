"""How a posting is written: its body, its history, and the event that tells of one version."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backends.documents.base import Body, Outgoing
from models.errors import Unavailable
from models.events import JOB_EVENTS, POSTING_SUBMITTED, version_event
from models.posting import Posting, Status, Step

WRITE_TRIES = 20
"""How often a write is tried anew when others write the same document in between."""
HISTORY_MAX = 100
"""Steps kept of one posting; the oldest go first."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The request that brings a posting: its W3C traceparent, and when it arrived."""

    traceparent: str | None = None
    received_at: datetime | None = None


NO_REQUEST = Origin()
"""A feed, a command: nobody asked over HTTP."""


def contended() -> Unavailable:
    """After WRITE_TRIES: so many write the same document that this writer never had its turn."""
    return Unavailable("this is being written by many at once")


def body_of(posting: Posting) -> Body:
    """The posting as it is stored."""
    return posting.model_dump(mode="json")


def extended(
    history: tuple[Step, ...],
    status: Status,
    at: datetime,
    detail: str | None = None,
    by: str | None = None,
) -> tuple[Step, ...]:
    """The history with one more step; `by` is the administrator who decided it."""
    return (*history, Step(status=status, at=at, detail=detail, by=by))[-HISTORY_MAX:]


def facts_of(stored: Posting) -> Body | None:
    """What was last published of this posting, without its text; None if it was not."""
    if stored.published_at is None or stored.derived is None:
        return None
    derived = stored.derived.model_copy(update={"html": "", "text": ""})
    kept = stored.model_dump(mode="json", include={"cluster_id", "published_at", "closed_at"})
    return kept | {"derived": derived.model_dump(mode="json")}


def told(
    type_: str, posting: Posting, previous: Body | None = None, *, body: Body | None = None
) -> list[Outgoing]:
    """The event that goes with a write of the posting; its id is derived from (type, posting,
    version), so a replay is a copy. The data is the whole posting (`body`, where it is at hand) and
    what was `previous`ly published; for *submitted*, whose only reader goes to the store, just the
    version."""
    data: dict[str, Any] = {"version": posting.version}
    if type_ != POSTING_SUBMITTED:
        data = {"posting": body or body_of(posting), "previous": previous}
    event = version_event(
        type_,
        subject=posting.id,
        version=posting.version,
        key=posting.id,
        data=data,
        time=posting.updated_at,
        traceparent=posting.traceparent,
    )
    return [(JOB_EVENTS, event)]
