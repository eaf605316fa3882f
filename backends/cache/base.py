"""The Cache port: short-lived bytes and counters. What is lost here only costs time."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Budget:
    """The answer of a rate limit: `remaining` whole requests now; if not `allowed`, the next one
    is possible after `retry_after_s` seconds."""

    allowed: bool
    limit: int
    remaining: int
    retry_after_s: float


class Cache(Protocol):
    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def get(self, key: str) -> bytes | None:
        """The value, or None where there is none or its time is over."""

    async def put(self, key: str, value: bytes, *, ttl_s: float) -> None: ...

    async def delete(self, key: str) -> None:
        """Forget the key; fine if it is not there."""

    async def take(self, key: str, *, limit: int, per_s: float, cost: int = 1) -> Budget:
        """A token bucket of `limit` tokens that refills evenly over `per_s` seconds: take `cost`.
        A refused request takes nothing."""
