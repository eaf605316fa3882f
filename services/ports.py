"""What the use cases are given: the ports, the clock, and the doors to the actors.

One frozen value, built by the composition root (or a test) and passed as the first argument.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from backends.cache.base import Cache
from backends.documents.base import Documents
from backends.files.base import Files
from backends.search.base import SearchRequest, SearchResult
from backends.stream.base import Stream
from models.alert import Alert
from models.base import Clock
from models.posting import Posting


class SearchDoor(Protocol):
    """The index shards, seen from the edge. Raises Unavailable while they recover."""

    async def search(self, request: SearchRequest) -> SearchResult: ...

    async def histogram(self, request: SearchRequest, days: int) -> list[int]: ...


NEAR_MISS_FIELDS = (
    "text",
    "title",
    "description",
    "company",
    "skill",
    "category",
    "level",
    "experience",
    "employment",
    "mode",
    "near",
    "place",
    "remote",
    "pay",
    "visa",
    "clearance",
    "lang",
    "source",
    "posted",
    "first_seen",
    "several",
)
"""The fields of the alert language; a clause that tests several of them is of "several"."""


@dataclass(frozen=True, slots=True)
class NearMisses:
    """Of all alerts that are not paused: how many a posting meets, and how many it misses by
    exactly one clause, by the field of that clause (one of NEAR_MISS_FIELDS)."""

    matched: int
    by_field: dict[str, int]


class MatcherDoor(Protocol):
    """The matcher shards, seen from the edge. `register` and `unregister` are hints that an alert
    changed: a lost one is made up for by the alert's own event."""

    async def register(self, alert: Alert) -> None: ...

    async def unregister(self, alert_id: str, user_id: str) -> None: ...

    async def near_misses(self, posting: Posting) -> NearMisses:
        """Counted over every shard. Raises Unavailable while one of them recovers."""


class SystemDoor(Protocol):
    """The actors, seen from the edge: for readiness, metrics and the operator."""

    async def statuses(self) -> Sequence["ActorStatus"]: ...


@dataclass(frozen=True, slots=True)
class ActorStatus:
    """`state` is 'recovering', 'standby', 'serving', 'stopped' or 'missing'; `counters` only grow,
    `gauges` are as of now; the names of both are declared in services/operations/metrics.py."""

    name: str
    state: str
    detail: str
    counters: dict[str, float]
    gauges: dict[str, float]
    pid: int = 0


@dataclass(frozen=True, slots=True)
class Ports:
    documents: Documents
    stream: Stream
    cache: Cache
    files: Files
    search: SearchDoor
    matchers: MatcherDoor
    system: SystemDoor
    clock: Clock
