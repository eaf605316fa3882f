"""The SearchIndex port: published postings, found by the same criteria tree that alerts use.

Exact, not approximate: a posting is in the result exactly when `matching.evaluate` says so under
the unknown policy (invariant 5). Writes are seen by searches after `commit`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from models.criteria import Criteria, UnknownPolicy
from models.posting import Posting

SortBy = Literal["relevance", "date", "pay"]
FACETS = ("mode", "level", "employment_type", "country", "company", "skill", "language")


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """`criteria` None finds everything. `now` is what ages are counted from. `after` is the opaque
    cursor of an earlier page of the same request."""

    criteria: Criteria | None
    now: datetime
    unknown: UnknownPolicy = UnknownPolicy.PASS
    sort: SortBy = "date"
    facets: tuple[str, ...] = ()
    limit: int = 20
    after: str | None = None
    first_seen_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class Highlight:
    """Words of the posting's `field` (title or description text) that the query named."""

    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    posting_id: str
    score: float
    highlights: tuple[Highlight, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchResult:
    hits: tuple[Hit, ...]
    total: int
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    after: str | None = None


class SearchIndex(Protocol):
    async def open(self) -> None:
        """Open or create; an index of another schema version is thrown away and made anew."""

    async def close(self) -> None: ...

    async def upsert(self, postings: Sequence[Posting]) -> None:
        """Add or replace, by posting id. Only published postings may be given."""

    async def remove(self, posting_ids: Sequence[str]) -> None: ...

    async def commit(self) -> None:
        """Make everything so far durable and visible."""

    async def search(self, request: SearchRequest) -> SearchResult:
        """Raises InvalidInput (parameter "cursor") for a cursor that is not of this request."""

    async def histogram(self, request: SearchRequest, days: int) -> list[int]:
        """How many of the hits were first seen on each of the last `days` days (UTC days, the
        last one is the day of `request.now`)."""

    async def count(self) -> int:
        """How many postings are visible."""
