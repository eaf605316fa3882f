"""The Cache port: short-lived bytes, counters and presence. What is lost here only costs time.

An adapter may lose anything at any time, and one that stands on a server may go on without it: then
a value may be read again that was replaced or deleted meanwhile, never beyond its own time. So
nothing belongs here that must be right for longer than its `ttl_s`.
"""

from dataclasses import dataclass
from typing import Protocol, Self

ROUNDING = 1e-9
"""Tokens: who waits for `retry_after_s` must not fail by the rounding of a float."""


@dataclass(frozen=True, slots=True)
class Budget:
    """The answer of a rate limit: `remaining` whole requests now; if not `allowed`, the next one
    is possible after `retry_after_s` seconds."""

    allowed: bool
    limit: int
    remaining: int
    retry_after_s: float

    @classmethod
    def of(cls, allowed: bool, tokens: float, *, limit: int, per_s: float, cost: int) -> Self:
        """What a bucket says that holds `tokens` after this request of `cost`."""
        missing_s = 0.0 if allowed else (cost - tokens) * per_s / limit
        return cls(allowed, limit, int(tokens + ROUNDING), missing_s)


@dataclass(frozen=True, slots=True)
class Health:
    """Since the start: `failures` are the calls that the cache's server did not answer,
    `fallbacks` those that were done on a cache of this process instead, for that reason or because
    too many asked at once. While `degraded`, all are."""

    degraded: bool
    failures: int
    fallbacks: int


class Cache(Protocol):
    """No verb fails for want of a server, and none takes longer than half a second."""

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    def health(self) -> Health: ...

    async def get(self, key: str) -> bytes | None:
        """The value, or None where there is none or its time is over."""

    async def put(self, key: str, value: bytes, *, ttl_s: float) -> None: ...

    async def delete(self, key: str) -> None:
        """Forget the key; fine if it is not there."""

    async def take(self, key: str, *, limit: int, per_s: float, cost: int = 1) -> Budget:
        """A token bucket of `limit` tokens that refills evenly over `per_s` seconds: take `cost`.
        A refused request takes nothing. `limit` and `per_s` are the same at each take of a key."""

    async def attend(self, key: str, member: str, *, ttl_s: float) -> None:
        """The member is present under the key for `ttl_s` seconds from now, whatever was said
        before. It leaves by silence: so does one that was killed."""

    async def present(self, key: str) -> int:
        """How many members are present now. After a loss too few, until they have attended
        again."""
