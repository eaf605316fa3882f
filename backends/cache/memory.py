"""The cache of one process: a dictionary with times, bounded by entries, oldest use first out."""

import time
from collections import OrderedDict
from collections.abc import Callable

from backends.cache.base import ROUNDING, Budget, Health

ENTRIES_MAX = 100_000


class MemoryCache:
    """The Cache port in memory. `clock` gives monotonic seconds; `entries_max` bounds the values,
    and separately the token buckets (a forgotten one is full) and the members of all keys."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, *, entries_max: int = ENTRIES_MAX
    ) -> None:
        self._clock = clock
        self._entries_max = entries_max
        self._values: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._members: OrderedDict[tuple[str, str], float] = OrderedDict()

    async def open(self) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        self._values.clear()
        self._buckets.clear()
        self._members.clear()

    def health(self) -> Health:
        """Always well: there is no server to lose."""
        return Health(degraded=False, failures=0, fallbacks=0)

    async def get(self, key: str) -> bytes | None:
        found = self._values.get(key)
        if found is None:
            return None
        expires_at, value = found
        if expires_at <= self._clock():
            del self._values[key]
            return None
        self._values.move_to_end(key)
        return value

    async def put(self, key: str, value: bytes, *, ttl_s: float) -> None:
        self._values[key] = (self._clock() + ttl_s, value)
        self._values.move_to_end(key)
        if len(self._values) > self._entries_max:
            self._values.popitem(last=False)

    async def delete(self, key: str) -> None:
        self._values.pop(key, None)

    async def take(self, key: str, *, limit: int, per_s: float, cost: int = 1) -> Budget:
        """A token bucket: what is stored is the tokens left and when they were counted."""
        now, rate = self._clock(), limit / per_s
        tokens, counted_at = self._buckets.get(key, (float(limit), now))
        tokens = min(float(limit), tokens + (now - counted_at) * rate)
        allowed = tokens + ROUNDING >= cost
        if allowed:
            tokens = max(0.0, tokens - cost)
        self._buckets[key] = (tokens, now)
        self._buckets.move_to_end(key)
        if len(self._buckets) > self._entries_max:
            self._buckets.popitem(last=False)
        return Budget.of(allowed, tokens, limit=limit, per_s=per_s, cost=cost)

    async def attend(self, key: str, member: str, *, ttl_s: float) -> None:
        self._members[key, member] = self._clock() + ttl_s
        self._members.move_to_end((key, member))
        if len(self._members) > self._entries_max:
            self._members.popitem(last=False)

    async def present(self, key: str) -> int:
        """Counts by looking at every member there is, and forgets those whose time is over."""
        now = self._clock()
        for gone in [each for each, until in self._members.items() if until <= now]:
            del self._members[gone]
        return sum(of == key for of, _ in self._members)
