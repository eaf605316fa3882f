"""Redis dead, slow, wiped, back: it slows, never breaks. And one limit for all processes."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from redis.asyncio import Redis

import servers
from backends.cache.base import Budget, Cache
from backends.cache.memory import MemoryCache
from backends.cache.redis import RedisCache
from models.base import new_id
from servers import Server
from tests.contract.adapters_redis import needs_redis, opened, shared_redis

PAUSE_S = 0.3
LONGEST_S = 0.5
"""No verb may take longer, whatever Redis does."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """One of the test's own, to be ill-treated."""
    needs_redis()
    made = servers.launch("redis", tmp_path / "redis")
    yield made
    made.stop()


@pytest.fixture
async def cache(server: Server) -> AsyncIterator[RedisCache]:
    async with opened(RedisCache(server.url, pause_s=PAUSE_S)) as made:
        yield made


async def timed(call: Awaitable[object]) -> float:
    started = time.monotonic()
    await call
    return time.monotonic() - started


def every_verb(cache: Cache) -> list[Callable[[], Awaitable[object]]]:
    return [
        lambda: cache.get("a"),
        lambda: cache.put("a", b"two", ttl_s=60),
        lambda: cache.delete("b"),
        lambda: cache.take("ip", limit=1000, per_s=60),
        lambda: cache.attend("page", "ada", ttl_s=60),
        lambda: cache.present("page"),
    ]


async def works_again(cache: RedisCache, within_s: float = 5) -> None:
    """Ask until Redis is used again."""
    deadline = time.monotonic() + within_s
    while cache.health().degraded:
        assert time.monotonic() < deadline
        await cache.get("ping")
        await asyncio.sleep(0.05)


async def test_killed_in_the_middle_it_goes_on_in_memory(server: Server, cache: RedisCache) -> None:
    await cache.put("a", b"one", ttl_s=60)
    assert (await cache.take("ip", limit=2, per_s=3600)).remaining == 1

    async def asking() -> list[Budget]:
        return [await cache.take("load", limit=10_000, per_s=3600) for _ in range(200)]

    running = [asyncio.create_task(asking()) for _ in range(5)]
    await asyncio.sleep(0.05)
    server.kill()
    assert all(budget.allowed for budgets in await asyncio.gather(*running) for budget in budgets)
    # What only Redis knew is gone; what is put now is there, and limits hold.
    assert await cache.get("a") is None
    await cache.put("a", b"two", ttl_s=60)
    assert await cache.get("a") == b"two"
    allowed = [(await cache.take("ip", limit=2, per_s=3600)).allowed for _ in range(3)]
    assert allowed == [True, True, False]
    await cache.delete("a")
    assert await cache.get("a") is None
    health = cache.health()
    assert health.degraded
    assert 0 < health.failures < health.fallbacks


async def test_back_again_it_is_used_again(server: Server, cache: RedisCache) -> None:
    server.kill()
    await cache.put("a", b"of the outage", ttl_s=60)
    server.start()
    await works_again(cache)
    await cache.put("a", b"shared", ttl_s=60)
    # A restarted server has forgotten the script too.
    assert (await cache.take("ip", limit=5, per_s=3600)).remaining == 4
    async with opened(RedisCache(server.url)) as other:
        assert await other.get("a") == b"shared"
        assert (await other.take("ip", limit=5, per_s=3600)).remaining == 3
    server.kill()
    # The next outage does not bring back what the one before had kept.
    assert await cache.get("a") is None


async def test_a_dead_server_costs_one_failure_a_pause(server: Server, cache: RedisCache) -> None:
    server.kill()
    started = time.monotonic()
    while time.monotonic() < started + 3 * PAUSE_S:
        await cache.take("ip", limit=10_000, per_s=60)
        await asyncio.sleep(0.005)
    assert 1 <= cache.health().failures <= 5


async def test_paused_it_answers_within_half_a_second(server: Server, cache: RedisCache) -> None:
    await cache.put("a", b"one", ttl_s=60)
    server.pause()
    try:
        # At once, while the breaker is closed: each may wait for its own answer.
        waits = await asyncio.gather(*(timed(verb()) for verb in every_verb(cache) * 17))
        assert max(waits) < LONGEST_S
        assert max(waits) > 0.1  # they did ask
        # One after the other, some of them the one that tries again.
        waits = [await timed(verb()) for verb in every_verb(cache) * 34]
        assert max(waits) < LONGEST_S
        assert sum(wait > 0.1 for wait in waits) <= 2
        # One that comes anew has to connect first.
        async with opened(RedisCache(server.url)) as other:
            assert await timed(other.get("a")) < LONGEST_S
            assert other.health().degraded
    finally:
        server.resume()
    await works_again(cache)
    # What waited in the server's queue may have been done meanwhile; from here on it is in order.
    await cache.put("a", b"three", ttl_s=60)
    assert await cache.get("a") == b"three"


async def test_a_given_up_answer_is_never_taken_for_another(
    server: Server, cache: RedisCache
) -> None:
    for number in range(40):
        await cache.put(str(number), str(number).encode(), ttl_s=60)
    server.pause()
    await asyncio.gather(*(cache.get(str(number)) for number in range(40)))
    server.resume()
    await works_again(cache)
    found = await asyncio.gather(*(cache.get(str(number)) for number in range(40)))
    assert found == [str(number).encode() for number in range(40)]


@asynccontextmanager
async def odd_redis(delay_s: float) -> AsyncIterator[str]:
    """The URL of a server that takes this long for each command, and hangs up on one that is
    about "bad" at once."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while command := await reader.read(1000):
            if b"bad" in command:
                break
            await asyncio.sleep(delay_s)
            writer.write(b"$3\r\none\r\n" if b"GET" in command else b"+OK\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1")
    async with server:
        yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_the_time_limit_is_for_all_steps_together() -> None:
    async with odd_redis(delay_s=0.15) as url:
        with_steps = url.replace("redis://", "redis://:secret@") + "/1"
        async with opened(RedisCache(with_steps)) as cache:
            assert cache.health().degraded
        async with opened(RedisCache(with_steps, timeout_s=1)) as cache:
            assert await cache.get("a") == b"one"
        cache = RedisCache(with_steps)
        assert 0.15 < await timed(cache.get("a")) < 0.3
        await cache.close()


async def test_an_answer_to_an_older_question_does_not_end_the_pause() -> None:
    async with odd_redis(delay_s=0.1) as url, opened(RedisCache(url, pause_s=60)) as cache:
        older = asyncio.create_task(cache.get("a"))
        await asyncio.sleep(0.02)
        await cache.get("bad")
        assert cache.health().degraded
        assert await older == b"one"
        assert cache.health().degraded


async def test_wiped_it_starts_from_nothing(server: Server, cache: RedisCache) -> None:
    await cache.put("a", b"one", ttl_s=60)
    assert not [await cache.take("ip", limit=2, per_s=3600) for _ in range(3)][2].allowed
    async with Redis.from_url(server.url) as redis:
        await redis.flushall()
        await redis.script_flush()
    assert await cache.get("a") is None
    assert (await cache.take("ip", limit=2, per_s=3600)).remaining == 1
    assert cache.health().fallbacks == 0


async def test_presence_is_of_all_processes_and_comes_back_with_the_next_beats(
    server: Server, cache: RedisCache
) -> None:
    async with opened(RedisCache(server.url, pause_s=PAUSE_S)) as other:

        async def beat() -> tuple[int, int]:
            """What both count after each has told of its people; Ada has a page on either."""
            for cache_of, member in ((cache, "ada"), (other, "ada"), (other, "bob")):
                await cache_of.attend("page", member, ttl_s=60)
            return await cache.present("page"), await other.present("page")

        assert await beat() == (2, 2)
        async with Redis.from_url(server.url) as redis:
            await redis.flushall()
            await redis.script_flush()
        assert (await cache.present("page"), await other.present("page")) == (0, 0)
        assert await beat() == (2, 2)
        assert (cache.health().fallbacks, other.health().fallbacks) == (0, 0)
        server.kill()
        assert await beat() == (1, 2)  # each its own
        server.start()
        await works_again(cache)
        await works_again(other)
        assert await beat() == (2, 2)


async def test_a_server_that_refuses_is_one_that_does_not_answer(
    server: Server, cache: RedisCache
) -> None:
    async with Redis.from_url(server.url) as redis:
        await redis.config_set("maxmemory", "1")
        await cache.put("a", b"one", ttl_s=60)
        assert cache.health().degraded
        assert await cache.get("a") == b"one"
        await redis.config_set("maxmemory", "0")
        await redis.config_set("requirepass", "secret")
    async with opened(RedisCache(server.url)) as stranger:
        assert (await stranger.take("ip", limit=1, per_s=60)).allowed
        assert stranger.health().degraded
    with_password = server.url.replace("redis://", "redis://:secret@")
    async with opened(RedisCache(with_password)) as known:
        await known.put("a", b"one", ttl_s=60)
        assert not known.health().degraded


async def test_where_there_is_no_server_it_opens_all_the_same(tmp_path: Path) -> None:
    async with opened(RedisCache(f"unix://{tmp_path}/no-redis.sock")) as cache:
        assert cache.health().degraded
        await cache.put("a", b"one", ttl_s=60)
        assert await cache.get("a") == b"one"


def test_another_kind_of_url_is_refused() -> None:
    with pytest.raises(ValueError, match="redis://"):
        RedisCache("http://127.0.0.1:6379")


async def test_two_processes_share_one_limit() -> None:
    url, prefix = shared_redis(), f"test-{new_id()}:"
    async with AsyncExitStack() as stack:
        caches = [
            await stack.enter_async_context(opened(RedisCache(url, prefix=prefix)))
            for _ in range(2)
        ]

        async def taken(cache: RedisCache) -> int:
            budgets = [await cache.take("ip", limit=50, per_s=3600) for _ in range(10)]
            return sum(budget.allowed for budget in budgets)

        counts = await asyncio.gather(*(taken(caches[n % 2]) for n in range(20)))
        assert sum(counts) == 50
        assert [cache.health().fallbacks for cache in caches] == [0, 0]


async def test_too_many_at_once_is_no_failure_of_redis(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backends.cache.redis.CONNECTIONS_MAX", 2)
    async with odd_redis(delay_s=0.05) as url, opened(RedisCache(url)) as cache:
        waits = await asyncio.gather(*(timed(cache.get("a")) for _ in range(100)))
        health = cache.health()
        assert (health.degraded, health.failures) == (False, 0)
        # Two at once, each for 0.05 of the 0.2 seconds that one waits for its turn.
        assert 80 <= health.fallbacks < 100
        assert max(waits) < LONGEST_S
        assert await cache.get("a") == b"one"


async def test_nothing_of_ours_stays_longer_than_it_means_something() -> None:
    url, prefix = shared_redis(), f"test-{new_id()}:"
    async with Redis.from_url(url) as redis, opened(RedisCache(url, prefix=prefix)) as cache:
        await cache.put("a", b"one", ttl_s=60)
        await cache.take("ip", limit=4, per_s=60)
        await cache.take("ip", limit=4, per_s=60)
        assert sorted(await redis.keys(f"{prefix}*")) == [
            f"{prefix}bucket:ip".encode(),
            f"{prefix}value:a".encode(),
        ]
        assert 59_000 < await redis.pttl(f"{prefix}value:a") <= 60_000
        # Half empty, so full again in half the time: then it need not be known.
        assert 29_000 < await redis.pttl(f"{prefix}bucket:ip") <= 30_000
        await cache.take("full", limit=1, per_s=60, cost=2)
        assert await redis.exists(f"{prefix}bucket:full") == 0
        page = f"{prefix}presence:page"
        for member, ttl_s in (("ada", 60), ("eve", 0.05), ("bob", 30)):
            await cache.attend("page", member, ttl_s=ttl_s)
        assert 59_000 < await redis.pttl(page) <= 60_000
        await asyncio.sleep(0.06)
        assert await redis.zcard(page) == 3
        await cache.attend("page", "ada", ttl_s=10)
        assert await redis.zrange(page, 0, -1) == [b"ada", b"bob"]
        # The last to leave is Bob now, so nothing need be known after him.
        assert 29_000 < await redis.pttl(page) <= 30_000


async def test_a_server_whose_clock_steps_back_goes_on_counting() -> None:
    url, prefix = shared_redis(), f"test-{new_id()}:"
    async with Redis.from_url(url) as redis, opened(RedisCache(url, prefix=prefix)) as cache:
        in_an_hour = str(int((time.time() + 3600) * 1e6))
        counted = {"tokens": "0.5", "counted_at": in_an_hour}
        await redis.hset(f"{prefix}bucket:ip", mapping=counted)
        refused = await cache.take("ip", limit=1, per_s=0.4)
        assert not refused.allowed
        assert refused.retry_after_s == pytest.approx(0.2, abs=0.05)
        await asyncio.sleep(refused.retry_after_s)
        assert (await cache.take("ip", limit=1, per_s=0.4)).allowed


async def test_the_fallback_is_bounded(server: Server) -> None:
    fallback = MemoryCache(entries_max=10)
    async with opened(RedisCache(server.url, fallback=fallback)) as cache:
        server.kill()
        for number in range(30):
            await cache.put(str(number), b"", ttl_s=60)
        kept = [await cache.get(str(number)) for number in range(30)]
        assert kept == [None] * 20 + [b""] * 10
