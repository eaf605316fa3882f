"""The cache adapters of the contract suite, each with its way to let time pass.

The time of a memory cache is moved by hand. Redis counts with its own clock, which nobody moves:
there the test waits. So the suite uses times that are long for a machine and short for a person.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import pytest

import servers
from backends.cache.base import Cache
from backends.cache.memory import MemoryCache
from backends.cache.redis import RedisCache
from models.base import new_id
from tests.contract.adapters import ManualClock

Wait = Callable[[float], Awaitable[None]]


@dataclass(frozen=True)
class TimedCache:
    """`await wait(seconds)`: that much of the cache's time passes."""

    cache: Cache
    wait: Wait


@asynccontextmanager
async def memory_cache() -> AsyncIterator[TimedCache]:
    clock = ManualClock()

    async def wait(seconds: float) -> None:
        clock.now += seconds

    cache = MemoryCache(clock)
    await cache.open()
    yield TimedCache(cache, wait)
    await cache.close()


@asynccontextmanager
async def redis_cache() -> AsyncIterator[TimedCache]:
    """On the shared server, below a prefix of its own. What the suite sees must be Redis' doing: it
    fails where the fallback answered even once."""
    async with opened(RedisCache(shared_redis(), prefix=f"test-{new_id()}:")) as cache:
        yield TimedCache(cache, asyncio.sleep)
        assert cache.health().fallbacks == 0


@asynccontextmanager
async def opened(cache: RedisCache) -> AsyncIterator[RedisCache]:
    await cache.open()
    try:
        yield cache
    finally:
        await cache.close()


def shared_redis() -> str:
    """The URL of the shared server; skips the test where this machine has none."""
    needs_redis()
    return servers.running("redis")


def needs_redis() -> None:
    if reason := servers.missing("redis"):
        pytest.skip(reason)


CACHES: dict[str, Callable[[], AbstractAsyncContextManager[TimedCache]]] = {
    "memory": memory_cache,
    "redis": redis_cache,
}
