"""What every Cache adapter does: values with a time, token buckets, and presence."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from backends.cache.base import Cache, Health
from backends.cache.memory import MemoryCache
from tests.contract.adapters import ManualClock
from tests.contract.adapters_redis import CACHES, TimedCache, Wait


@pytest.fixture(params=sorted(CACHES))
async def timed(request: pytest.FixtureRequest) -> AsyncIterator[TimedCache]:
    async with CACHES[request.param]() as made:
        yield made


@pytest.fixture
def cache(timed: TimedCache) -> Cache:
    return timed.cache


@pytest.fixture
def wait(timed: TimedCache) -> Wait:
    return timed.wait


async def test_a_value_lives_as_long_as_told(cache: Cache, wait: Wait) -> None:
    await cache.put("a", b"\x00one\xff", ttl_s=0.6)
    await cache.put("brief", b"", ttl_s=0.001)
    assert await cache.get("a") == b"\x00one\xff"
    await wait(0.2)
    assert await cache.get("a") == b"\x00one\xff"
    assert await cache.get("brief") is None
    await wait(0.45)
    assert await cache.get("a") is None


async def test_a_newer_value_replaces_value_and_time(cache: Cache, wait: Wait) -> None:
    await cache.put("a", b"one", ttl_s=0.2)
    await cache.put("a", b"two", ttl_s=60)
    await wait(0.3)
    assert await cache.get("a") == b"two"
    await cache.put("a", b"", ttl_s=0.1)
    assert await cache.get("a") == b""
    await wait(0.15)
    assert await cache.get("a") is None


async def test_deleting_forgets(cache: Cache) -> None:
    await cache.put("a", b"one", ttl_s=10)
    await cache.delete("a")
    await cache.delete("a")
    assert await cache.get("a") is None


async def test_a_key_is_any_text(cache: Cache) -> None:
    keys = ("", " ", "a b", "a\r\nDEL a", "über:{1}", "*", "x" * 5000)
    for number, key in enumerate(keys):
        await cache.put(key, str(number).encode(), ttl_s=10)
    assert [await cache.get(key) for key in keys] == [b"0", b"1", b"2", b"3", b"4", b"5", b"6"]


async def test_a_bucket_refills_evenly(cache: Cache, wait: Wait) -> None:
    budgets = [await cache.take("ip", limit=3, per_s=3) for _ in range(4)]
    assert [budget.allowed for budget in budgets] == [True, True, True, False]
    assert [budget.remaining for budget in budgets] == [2, 1, 0, 0]
    assert {budget.limit for budget in budgets} == {3}
    assert [budget.retry_after_s for budget in budgets[:3]] == [0, 0, 0]
    assert budgets[3].retry_after_s == pytest.approx(1, abs=0.3)
    await wait(0.5)
    early = await cache.take("ip", limit=3, per_s=3)
    assert not early.allowed
    assert early.retry_after_s == pytest.approx(budgets[3].retry_after_s - 0.5, abs=0.3)
    await wait(early.retry_after_s)
    due = await cache.take("ip", limit=3, per_s=3)
    assert (due.allowed, due.remaining) == (True, 0)


async def test_a_bucket_never_holds_more_than_its_limit(cache: Cache, wait: Wait) -> None:
    for _ in range(3):
        await cache.take("ip", limit=3, per_s=1)
    await wait(1.5)
    budgets = [await cache.take("ip", limit=3, per_s=1) for _ in range(2)]
    assert [budget.remaining for budget in budgets] == [2, 1]


async def test_every_token_is_counted(cache: Cache) -> None:
    budgets = [await cache.take("ip", limit=10**6, per_s=1e9) for _ in range(150)]
    assert [budget.remaining for budget in budgets] == list(range(999_999, 999_849, -1))


async def test_a_refused_request_takes_nothing(cache: Cache) -> None:
    assert not (await cache.take("ip", limit=5, per_s=3600, cost=6)).allowed
    assert (await cache.take("ip", limit=5, per_s=3600, cost=4)).remaining == 1
    assert not (await cache.take("ip", limit=5, per_s=3600, cost=2)).allowed
    assert (await cache.take("ip", limit=5, per_s=3600, cost=1)).allowed


async def test_twenty_at_once_never_get_more_than_the_limit(cache: Cache) -> None:
    async def taken() -> int:
        budgets = [await cache.take("ip", limit=37, per_s=3600) for _ in range(5)]
        return sum(budget.allowed for budget in budgets)

    assert sum(await asyncio.gather(*(taken() for _ in range(20)))) == 37


async def test_buckets_and_values_are_apart(cache: Cache) -> None:
    await cache.take("a", limit=1, per_s=60)
    assert await cache.get("a") is None
    await cache.put("a", b"one", ttl_s=60)
    assert not (await cache.take("a", limit=1, per_s=60)).allowed
    assert (await cache.take("b", limit=1, per_s=60)).allowed
    await cache.delete("a")
    assert not (await cache.take("a", limit=1, per_s=60)).allowed


async def test_a_member_is_present_until_its_last_word_is_too_old(cache: Cache, wait: Wait) -> None:
    for member in ("ada", "bob", "ada"):
        await cache.attend("page", member, ttl_s=2)
    await cache.attend("page", "brief", ttl_s=0.001)
    await wait(1)
    assert await cache.present("page") == 2
    await cache.attend("page", "ada", ttl_s=2.5)
    await wait(1.5)
    assert await cache.present("page") == 1
    await wait(1.5)
    assert await cache.present("page") == 0


async def test_who_leaves_early_takes_nobody_along(cache: Cache, wait: Wait) -> None:
    await cache.attend("page", "ada", ttl_s=60)
    await cache.attend("page", "bob", ttl_s=60)
    await cache.attend("page", "bob", ttl_s=0.05)
    await wait(0.1)
    assert await cache.present("page") == 1


async def test_members_of_a_key_are_of_no_other_and_any_text(cache: Cache) -> None:
    members = ("", " ", "a\r\nDEL a", "über:{1}", "*", "1", "x" * 5000)
    for member in members:
        await cache.attend("a", member, ttl_s=10)
    await cache.attend("b", "1", ttl_s=10)
    await cache.put("a", b"one", ttl_s=10)
    assert (await cache.take("a", limit=1, per_s=60)).allowed
    await cache.delete("a")
    assert [await cache.present(key) for key in ("a", "b", "c")] == [len(members), 1, 0]


async def test_it_is_well(cache: Cache) -> None:
    await cache.put("a", b"", ttl_s=1)
    assert cache.health() == Health(degraded=False, failures=0, fallbacks=0)


async def test_who_waits_exactly_as_long_as_told_is_let_in() -> None:
    clock = ManualClock()
    cache = MemoryCache(clock)
    for limit, per_s in ((3, 60.0), (7, 60.0), (60, 60.0), (11, 0.7)):
        key = f"{limit}"
        while (refused := await cache.take(key, limit=limit, per_s=per_s)).allowed:
            pass
        assert refused.retry_after_s == pytest.approx(per_s / limit)
        clock.now += refused.retry_after_s
        assert (await cache.take(key, limit=limit, per_s=per_s)).allowed


async def test_memory_is_bounded_and_the_least_used_goes_first() -> None:
    cache = MemoryCache(ManualClock(), entries_max=3)
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


async def test_in_memory_members_are_bounded_and_those_who_left_take_no_room() -> None:
    clock = ManualClock()
    cache = MemoryCache(clock, entries_max=3)
    for key in "abcad":
        await cache.attend(key, "ada", ttl_s=60)
    # "b" was silent for longest.
    assert [await cache.present(key) for key in "abcd"] == [1, 0, 1, 1]
    for key in "ef":
        await cache.attend(key, "ada", ttl_s=1)
    clock.now += 1
    assert await cache.present("e") == 0
    for key in "gh":
        await cache.attend(key, "ada", ttl_s=60)
    assert [await cache.present(key) for key in "dgh"] == [1, 1, 1]
