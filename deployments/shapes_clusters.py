"""What is shown and sent about postings of one vacancy, as OpenAPI shows it (`/jobs/{id}/…`)."""

from typing import Annotated

from pydantic import StringConstraints

from deployments.shapes import PlaceAnswer
from models.base import Model, Timestamp
from models.posting import Source


class MemberAnswer(Model):
    """A posting of the vacancy, with the places and sources that are its own."""

    id: str
    title: str
    company: str
    places: list[PlaceAnswer]
    sources: list[Source]
    url: str | None
    first_seen_at: Timestamp


class ClusterAnswer(Model):
    """The postings of a vacancy that are on the board; `canonical_id` is the one that stands for
    all, null where none is on the board. `members` has that one first; of very many it has the
    first hundred and the posting that was asked for. `count` says how many there are."""

    id: str
    canonical_id: str | None
    members: list[MemberAnswer]
    count: int


class Fellow(Model):
    """The posting of whose vacancy this one is."""

    posting_id: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=100)]
