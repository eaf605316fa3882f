"""The cache that all processes share, on Redis; without Redis, each goes on with one of its own.

A verb asks Redis within a time limit. Where it does not answer (dead, slow, full, refusing), the
verb is done on a `MemoryCache` of this process instead, and a breaker keeps the next ones from
waiting too. So is a verb that finds all connections taken for too long, while the others go on.
Then a rate limit holds for each process by itself, from a full bucket on: more may pass for a
while, and nothing stops.

A bucket is taken from by one script, so that takes of any number of processes never interleave. It
counts with the server's clock and expires at the moment it would be full: a bucket that is not
there is a full one.

Who is present under a key is one sorted set, each member with the moment it leaves as its score, by
the server's clock too. It expires with the last of them. Without Redis each process counts its own.
"""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import structlog
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from backends.cache.base import ROUNDING, Budget, Health
from backends.cache.breaker import Breaker
from backends.cache.memory import MemoryCache

CONNECTIONS_MAX = 32
"""Connections of one process, and so its questions at once."""
TIMEOUT_S = 0.2
"""Seconds to get one of them, and again to be answered on it: a hundred times what Redis needs."""
PAUSE_S = 1.0
"""Seconds without asking after a failure."""

# KEYS: the bucket. ARGV: limit, microseconds to fill it, cost. Times are microseconds since 1970,
# exact in a double; Lua's own conversion to text would keep 14 digits of 17. A clock that steps
# back refills nothing and takes nothing.
_TAKE = f"""
local limit, fill_us, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local held = redis.call('HMGET', KEYS[1], 'tokens', 'counted_at')
local tokens = tonumber(held[1] or limit)
local waited = math.max(0, now - tonumber(held[2] or now))
tokens = math.min(limit, tokens + waited * limit / fill_us)
local allowed = tokens + {ROUNDING} >= cost
if allowed then tokens = math.max(0, tokens - cost) end
local exact = string.format('%.17g', tokens)
local full_in_ms = math.ceil((limit - tokens) * fill_us / limit / 1000)
if full_in_ms > 0 then
  redis.call('HSET', KEYS[1], 'tokens', exact, 'counted_at', string.format('%.0f', now))
  redis.call('PEXPIRE', KEYS[1], full_in_ms)
else
  redis.call('DEL', KEYS[1])
end
return {{allowed and 1 or 0, exact}}
"""

# KEYS: the set. ARGV: a member and the microseconds it stays, or nothing; the answer is how many
# are present. The key expires with the last to leave, who need not be the last that came. A clock
# that steps back keeps those who attend no more for that much longer.
_ATTEND = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
if ARGV[1] then
  redis.call('ZADD', KEYS[1], string.format('%.0f', now + ARGV[2]), ARGV[1])
  local last = redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
  redis.call('PEXPIRE', KEYS[1], math.ceil((last[2] - now) / 1000))
end
return redis.call('ZCARD', KEYS[1])
"""

log = structlog.get_logger()
T = TypeVar("T")


class RedisCache:
    """The Cache port on `redis://[user:password@]host:port[/db]`, or `rediss://` for TLS.

    `prefix` is before every key of ours; `fallback` takes over while Redis does not answer;
    `clock` gives monotonic seconds to the breaker. Raises ValueError for another kind of URL.
    """

    def __init__(
        self,
        url: str,
        *,
        prefix: str = "jobray:",
        fallback: MemoryCache | None = None,
        clock: Callable[[], float] = time.monotonic,
        timeout_s: float = TIMEOUT_S,
        pause_s: float = PAUSE_S,
    ) -> None:
        self._values, self._buckets = f"{prefix}value:", f"{prefix}bucket:"
        self._presence = f"{prefix}presence:"
        self._fallback = fallback or MemoryCache(clock)
        self._timeout_s = timeout_s
        self._breaker = Breaker(clock, pause_s=pause_s)
        self._free = asyncio.Semaphore(CONNECTIONS_MAX)
        self._fallbacks = 0
        pool = ConnectionPool.from_url(
            url,
            max_connections=CONNECTIONS_MAX,
            socket_connect_timeout=timeout_s,
            socket_timeout=timeout_s,
            # A second try would be a second wait, and the breaker tries again soon enough.
            retry=Retry(NoBackoff(), 0),
            # RESP3 and the name of the library would be two more round trips to connect.
            protocol=2,
            driver_info=None,
        )
        self._redis = Redis.from_pool(pool)
        self._take = self._redis.register_script(_TAKE)
        self._attend = self._redis.register_script(_ATTEND)

    async def open(self) -> None:
        """Connect, so that the log tells at once where Redis cannot be reached; it need not be."""
        await self._asked(lambda: self._redis.ping(), self._fallback.open)

    async def close(self) -> None:
        await self._redis.aclose()
        await self._fallback.close()

    def health(self) -> Health:
        return Health(self._breaker.open, self._breaker.failures, self._fallbacks)

    async def get(self, key: str) -> bytes | None:
        return await self._asked(
            lambda: self._redis.get(self._values + key), lambda: self._fallback.get(key)
        )

    async def put(self, key: str, value: bytes, *, ttl_s: float) -> None:
        # What the fallback kept of an earlier outage must not come back in the next one.
        await self._fallback.delete(key)
        ttl_ms = max(1, math.ceil(ttl_s * 1000))
        await self._asked(
            lambda: self._redis.set(self._values + key, value, px=ttl_ms),
            lambda: self._fallback.put(key, value, ttl_s=ttl_s),
        )

    async def delete(self, key: str) -> None:
        await self._fallback.delete(key)
        await self._asked(
            lambda: self._redis.delete(self._values + key), lambda: self._fallback.delete(key)
        )

    async def take(self, key: str, *, limit: int, per_s: float, cost: int = 1) -> Budget:
        async def taken() -> Budget:
            allowed, tokens = await self._take([self._buckets + key], [limit, per_s * 1e6, cost])
            return Budget.of(bool(allowed), float(tokens), limit=limit, per_s=per_s, cost=cost)

        return await self._asked(
            taken, lambda: self._fallback.take(key, limit=limit, per_s=per_s, cost=cost)
        )

    async def attend(self, key: str, member: str, *, ttl_s: float) -> None:
        stay_us = max(1, math.ceil(ttl_s * 1e6))
        await self._asked(
            lambda: self._attend([self._presence + key], [member, stay_us]),
            lambda: self._fallback.attend(key, member, ttl_s=ttl_s),
        )

    async def present(self, key: str) -> int:
        return await self._asked(
            lambda: self._attend([self._presence + key]), lambda: self._fallback.present(key)
        )

    async def _asked(
        self, question: Callable[[], Awaitable[Any]], instead: Callable[[], Awaitable[T]]
    ) -> T:
        """Redis' answer, or what the fallback does instead."""
        is_trial = self._breaker.open
        if self._breaker.lets_pass() and await self._has_connection():
            try:
                async with asyncio.timeout(self._timeout_s):
                    answer: T = await question()
            except (RedisError, OSError) as error:
                if self._breaker.failed():
                    log.warning("cache degraded", error=type(error).__name__)
            else:
                if is_trial:
                    self._breaker.close()
                    log.info("cache restored", failures=self._breaker.failures)
                return answer
            finally:
                self._free.release()
        self._fallbacks += 1
        return await instead()

    async def _has_connection(self) -> bool:
        """Whether one came free in time. Where none did, too many ask at once: that says nothing of
        Redis, and is no failure of it."""
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._free.acquire()
        except TimeoutError:
            return False
        return True
