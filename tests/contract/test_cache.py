"""What every Cache adapter does: values with a time, and token buckets."""

import pytest

from backends.cache.base import Budget, Cache
from backends.cache.memory import MemoryCache
from tests.contract.adapters import ManualClock


async def test_a_value_lives_as_long_as_told(cache: Cache, clock: ManualClock) -> None:
    await cache.put("a", b"\x00one", ttl_s=10)
    assert await cache.get("a") == b"\x00one"
    clock.now += 9.99
    assert await cache.get("a") == b"\x00one"
    clock.now += 0.02
    assert await cache.get("a") is None


async def test_a_newer_value_replaces_value_and_time(cache: Cache, clock: ManualClock) -> None:
    await cache.put("a", b"one", ttl_s=10)
    await cache.put("a", b"two", ttl_s=100)
    clock.now += 50
    assert await cache.get("a") == b"two"


async def test_deleting_forgets(cache: Cache) -> None:
    await cache.put("a", b"one", ttl_s=10)
    await cache.delete("a")
    await cache.delete("a")
    assert await cache.get("a") is None


async def test_a_bucket_refills_evenly(cache: Cache, clock: ManualClock) -> None:
    budgets = [await cache.take("ip", limit=3, per_s=60) for _ in range(4)]
    assert [budget.allowed for budget in budgets] == [True, True, True, False]
    assert [budget.remaining for budget in budgets] == [2, 1, 0, 0]
    assert {budget.limit for budget in budgets} == {3}
    assert budgets[3].retry_after_s == pytest.approx(20)
    clock.now += 19.9
    assert not (await cache.take("ip", limit=3, per_s=60)).allowed
    clock.now += 0.1
    assert await cache.take("ip", limit=3, per_s=60) == Budget(True, 3, 0, 0.0)
    clock.now += 1_000
    assert (await cache.take("ip", limit=3, per_s=60)).remaining == 2


async def test_a_refused_request_takes_nothing(cache: Cache) -> None:
    assert not (await cache.take("ip", limit=5, per_s=60, cost=6)).allowed
    assert (await cache.take("ip", limit=5, per_s=60, cost=5)).allowed


async def test_buckets_and_values_are_apart(cache: Cache) -> None:
    await cache.take("a", limit=1, per_s=60)
    assert await cache.get("a") is None
    assert (await cache.take("b", limit=1, per_s=60)).allowed


async def test_memory_is_bounded_and_the_least_used_goes_first(clock: ManualClock) -> None:
    cache = MemoryCache(clock, entries_max=3)
    for name in "abc":
        await cache.put(name, b"", ttl_s=10)
        await cache.take(name, limit=1, per_s=60)
    await cache.get("a")
    await cache.put("d", b"", ttl_s=10)
    assert [await cache.get(name) for name in "abcd"] == [b"", None, b"", b""]
    await cache.take("a", limit=1, per_s=60)
    await cache.take("d", limit=1, per_s=60)
    # "b" is forgotten, which reads as a full bucket; "a" is remembered.
    assert not (await cache.take("a", limit=1, per_s=60)).allowed
    assert (await cache.take("b", limit=1, per_s=60)).allowed
