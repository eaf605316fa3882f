"""The SearchIndex port: published postings, found by the same criteria tree that alerts use.

Exact, not approximate: a posting is in the result exactly when `matching.evaluate` says so under
the unknown policy (invariant 5). Writes are seen by searches after `commit`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from models.criteria import Criteria, UnknownPolicy
from models.errors import Unavailable
from models.posting import Posting

SortBy = Literal["relevance", "date", "pay"]
FACETS = (
    "mode",
    "level",
    "employment_type",
    "country",
    "company",
    "skill",
    "category",
    "language",
    "visa",
    "clearance",
)
FACET_VALUES = 50
"""A facet lists so many values at most, the most frequent first, then by value."""
FACET_VALUES_MAX = 9_000
"""So many values of a facet are counted at most: those of all facets and a page together stay below
the 65,000 buckets of tantivy's limit. Among more employers than that, counts become approximate."""


class IndexLost(Unavailable):
    """The index on disk can no longer be written or read. `close` and `open` make it anew, empty
    where it cannot be saved; its owner then fills it again from the documents."""

    title = "The search index is being made anew"


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """`criteria` None finds everything. `now` is what ages are counted from. `after` is the opaque
    cursor of an earlier page of the same criteria, policy and sort.

    The order is by the sort key, then by id, both falling (a UUIDv7 that is greater is newer).
    `relevance`: how well the words that the criteria ask for are met (relevance.py); `date`: when
    it was posted, or first seen where that was earlier; `pay`: the upper end of the pay in USD a
    year, postings that state none last. `limit` is 1..100, `facet_values` 1..FACET_VALUES_MAX."""

    criteria: Criteria | None
    now: datetime
    unknown: UnknownPolicy = UnknownPolicy.PASS
    sort: SortBy = "date"
    facets: tuple[str, ...] = ()
    limit: int = 20
    after: str | None = None
    first_seen_from: datetime | None = None
    facet_values: int = FACET_VALUES


@dataclass(frozen=True, slots=True)
class Highlight:
    """Words of the posting's `field` (title or description text) that the query named."""

    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """`score` is 0 except where relevance sorts; `key` is the value that was sorted by, None where
    the posting states none."""

    posting_id: str
    score: float
    highlights: tuple[Highlight, ...] = ()
    key: int | None = None


@dataclass(frozen=True, slots=True)
class SearchResult:
    hits: tuple[Hit, ...]
    total: int
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Owner:
    """Whom an index belongs to: it is a copy of the postings of `store` (the store's identity), and
    its owner has taken this epoch there."""

    store: str
    epoch: int

    def is_next_to(self, last: "Owner | None") -> bool:
        """Whether nobody can have been at work between the `last` owner and this one."""
        return (
            last is not None
            and last.store == self.store
            and last.epoch in (self.epoch - 1, self.epoch)
        )


class SearchIndex(Protocol):
    async def open(self) -> None:
        """Open or create; an index of another schema version is thrown away and made anew.
        Idempotent. Raises Unavailable while another process holds the index."""

    async def close(self) -> None:
        """Release everything; what was not committed is forgotten. Idempotent."""

    async def take_over(self, owner: Owner) -> None:
        """Belong to this owner from now on, durably. What is there stays only if it belonged to him
        or to the owner right before; anything else is thrown away, because others may have been at
        work since. Cut short at any instant, it leaves what the last owner had, as his, or
        nothing. To be called right after `open`."""

    async def upsert(self, postings: Sequence[Posting]) -> None:
        """Add or replace, by posting id; of two in one call the later one stays. Only published
        postings may be given: anything else raises ValueError and changes nothing."""

    async def remove(self, posting_ids: Sequence[str]) -> None:
        """Forget these; fine where one is not there."""

    async def commit(self) -> None:
        """Make everything so far durable and visible."""

    async def search(self, request: SearchRequest) -> SearchResult:
        """A page of the postings that hold; `total` and `facets` count the whole result. Raises
        InvalidInput for a cursor that is not of this request (parameter "cursor") and for an
        unknown facet (parameter "facets")."""

    async def histogram(self, request: SearchRequest, days: int) -> list[int]:
        """How many of the hits were first seen on each of the last `days` days (UTC days, the
        last one is the day of `request.now`)."""

    async def count(self) -> int:
        """How many postings are visible."""
