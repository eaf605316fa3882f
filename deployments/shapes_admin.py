"""What administrators are shown and what they send, as OpenAPI shows it (`/admin…`).

The answers describe and are not run, as those of `shapes.py`; the bodies are closed models.
"""

from typing import Annotated, Any

from pydantic import Field, Strict, StringConstraints

from deployments.shapes import PlaceAnswer, StatedAnswer
from models.base import Model, Timestamp
from models.money import AnnualPay, Country, Money
from models.notification import PostingRef
from models.posting import (
    Clearance,
    EmploymentType,
    Evidence,
    Level,
    Mode,
    Plain,
    Reason,
    Source,
    Status,
    Step,
    Visa,
)

Version = Annotated[int, Strict(), Field(ge=1, le=2**31, description="The version that was read")]


class Decision(Model):
    """What is decided is the version that was read."""

    version: Version


class Refusal(Decision):
    """The reason is shown to the owner of the posting."""

    reason: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), Plain
    ]


class OwnerAnswer(Model):
    id: str
    name: Annotated[str | None, Field(description="Null where the owner is no person")]


class DerivedAnswer(Model):
    """The facts that the machine found, each with its evidence."""

    language: str | None
    places: list[PlaceAnswer]
    mode: Mode | None
    remote_countries: list[Country]
    level: Level | None
    roles: list[str]
    skills: list[str]
    pay: Money | None
    pay_annual: AnnualPay | None
    employment_type: EmploymentType | None
    visa: Visa | None
    clearance: Clearance | None
    category: str | None
    evidence: dict[str, list[Evidence]]


class ReviewAnswer(Model):
    """A posting that waits for a decision. `status` is *needs_review*, or *published* where only a
    newer parser has doubts; `excerpt` is the beginning of its text."""

    id: str
    version: int
    status: Status
    since: Timestamp
    waiting_s: float
    reasons: list[Reason]
    owner: OwnerAnswer
    sources: list[Source]
    posting: PostingRef
    excerpt: str
    given: StatedAnswer
    derived: DerivedAnswer
    history: list[Step]


class ReviewPage(Model):
    items: list[ReviewAnswer]
    next_cursor: str | None


class DeadLetterAnswer(Model):
    """An event that `subscription` could not handle, and why. `event` is the whole CloudEvent."""

    id: str
    topic: str
    subscription: str
    reason: str
    at: Timestamp
    event: dict[str, Any]


class DeadLetterPage(Model):
    items: list[DeadLetterAnswer]
    next_cursor: str | None


class ReplayAnswer(Model):
    """The event as it was told again."""

    event_id: str
    type: str
    subject: str
