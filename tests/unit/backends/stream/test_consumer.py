"""Retry, backoff and dead letters, on simulated time and an in-memory subscription."""

import asyncio
from collections.abc import Callable, Sequence

import pytest

from backends.stream.base import Delivery
from backends.stream.consumer import Consumer, RetryPolicy, TooManyFailures
from models.errors import Fenced, Unavailable
from models.events import Event


class Time:
    """Seconds that pass only where somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))
        self.now += seconds


class MemorySubscription:
    """One ordered partition in memory; waiting for events passes the simulated time."""

    def __init__(self, time: Time, events: Sequence[Event]) -> None:
        self.acked = 0
        self.down = 0
        self.fenced = False
        self._time = time
        self._next = 0
        self._deliveries = [
            Delivery(event, "t", 3, f"{number:03}", 1) for number, event in enumerate(events)
        ]

    async def receive(self, max_events: int, timeout_s: float) -> list[Delivery]:
        self._refuse()
        batch = self._deliveries[self._next : self._next + max_events]
        self._next += len(batch)
        if not batch:
            self._time.now += timeout_s
        return batch

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        self._refuse()
        if self.fenced:
            raise Fenced()
        self.acked = max(self.acked, *(int(each.position) + 1 for each in deliveries))

    async def nack(self, deliveries: Sequence[Delivery], delay_s: float) -> None:
        raise AssertionError("the consumer keeps what it retries")

    async def close(self) -> None:
        self.fenced = True

    def _refuse(self) -> None:
        if self.down > 0:
            self.down -= 1
            raise Unavailable()


class Handler:
    """Records what was handled; fails as often as told for each event's id."""

    def __init__(self, failures: dict[str, int] | None = None) -> None:
        self.left = dict(failures or {})
        self.handled: list[str] = []
        self.calls: list[list[str]] = []
        self.error: Callable[[str], Exception] = ValueError

    async def __call__(self, batch: list[Delivery]) -> None:
        ids = [delivery.event.id for delivery in batch]
        self.calls.append(ids)
        for id_ in ids:
            if self.left.get(id_, 0) > 0:
                self.left[id_] -= 1
                raise self.error(f"{id_} fails")
        self.handled += ids


class Setup:
    def __init__(self, ids: str, handler: Handler, **options: float) -> None:
        """`ids` are event ids separated by spaces; the letter is the key."""
        self.time = Time()
        events = [Event(id=id_, type="t", subject="s", key=id_[0]) for id_ in ids.split()]
        self.subscription = MemorySubscription(self.time, events)
        self.buried: list[tuple[str, str]] = []
        self.handler = handler
        policy = RetryPolicy(first_s=1.0, max_s=4.0, max_attempts=5, jitter=0.5)
        self.consumer = Consumer(
            self.subscription,
            handler,
            name="test",
            bury=self.bury,
            retry=policy,
            clock=self.time.clock,
            sleep=self.time.sleep,
            chance=lambda: 0.0,
            **options,  # type: ignore[arg-type]
        )

    async def bury(self, delivery: Delivery, reason: str) -> None:
        self.buried.append((delivery.event.id, reason))

    async def settle(self, steps: int = 60) -> None:
        for _ in range(steps):
            await self.consumer.step(10.0)


async def test_a_batch_is_handled_at_once_and_acknowledged() -> None:
    setup = Setup("a1 b1 a2", Handler())
    assert await setup.consumer.step(1.0) == 3
    assert setup.handler.calls == [["a1", "b1", "a2"]]
    assert setup.subscription.acked == 3
    assert await setup.consumer.step(1.0) == 0
    assert (setup.consumer.handled, setup.consumer.retried, setup.consumer.buried) == (3, 0, 0)


async def test_batches_are_bounded() -> None:
    setup = Setup("a1 a2 a3 a4 a5", Handler(), max_batch=2)
    await setup.settle(3)
    assert setup.handler.calls == [["a1", "a2"], ["a3", "a4"], ["a5"]]


async def test_a_failing_event_is_retried_with_growing_pauses_then_handled() -> None:
    setup = Setup("a1", Handler({"a1": 4}))
    tried_at = []
    original = setup.handler.__call__

    async def handle(batch: list[Delivery]) -> None:
        tried_at.append(setup.time.now)
        await original(batch)

    setup.consumer._handle = handle
    await setup.settle(10)
    assert tried_at == [0.0, 1.0, 3.0, 7.0, 11.0]
    assert (setup.consumer.handled, setup.consumer.retried, setup.consumer.buried) == (1, 4, 0)
    assert setup.subscription.acked == 1


async def test_later_events_of_the_key_wait_and_others_pass() -> None:
    setup = Setup("a1 b1 a2 c1 a3", Handler({"a1": 3}))
    await setup.consumer.step(1.0)
    assert setup.handler.handled == ["b1", "c1"]
    # Nothing before the failing event is missing, so nothing may be acknowledged yet.
    assert setup.subscription.acked == 0
    await setup.settle(10)
    assert setup.handler.handled == ["b1", "c1", "a1", "a2", "a3"]
    assert setup.subscription.acked == 5


async def test_poison_is_buried_with_its_reason_and_its_key_moves_on() -> None:
    setup = Setup("a1 b1 a2", Handler({"a1": 99}))
    await setup.settle(20)
    assert setup.buried == [("a1", "ValueError: a1 fails")]
    assert setup.handler.handled == ["b1", "a2"]
    assert sum(call == ["a1"] for call in setup.handler.calls) == 5
    assert (setup.consumer.handled, setup.consumer.retried, setup.consumer.buried) == (2, 4, 1)
    assert setup.subscription.acked == 3


async def test_unavailable_is_waited_out_and_never_counts() -> None:
    handler = Handler({"a1": 30})
    handler.error = lambda _: Unavailable()
    setup = Setup("a1 b1", handler)
    assert await setup.consumer.step(1.0) == 2
    assert setup.time.slept[:4] == [1.0, 2.0, 4.0, 4.0]
    assert len(setup.time.slept) == 30
    assert (setup.consumer.retried, setup.buried) == (0, [])


async def test_a_stream_that_is_down_is_waited_out() -> None:
    setup = Setup("a1", Handler())
    setup.subscription.down = 3
    assert await setup.consumer.step(1.0) == 1
    assert len(setup.time.slept) == 3


async def test_a_store_that_is_down_does_not_lose_the_dead_letter() -> None:
    setup = Setup("a1", Handler({"a1": 99}))
    refusals = 3

    async def bury(delivery: Delivery, reason: str) -> None:
        nonlocal refusals
        refusals -= 1
        if refusals >= 0:
            raise Unavailable()
        await setup.bury(delivery, reason)

    setup.consumer._bury = bury
    await setup.settle(20)
    assert [id_ for id_, _ in setup.buried] == ["a1"]
    assert setup.subscription.acked == 1


async def test_fenced_ends_the_consumer() -> None:
    setup = Setup("a1", Handler())
    setup.subscription.fenced = True
    with pytest.raises(Fenced):
        await setup.consumer.run()
    handler = Handler({"a1": 1})
    handler.error = lambda _: Fenced()
    with pytest.raises(Fenced):
        await Setup("a1", handler).consumer.run()


async def test_where_most_fail_it_stops_instead_of_burying_everything() -> None:
    ids = [f"{chr(97 + n % 26)}{n}" for n in range(100)]
    setup = Setup(" ".join(ids), Handler(dict.fromkeys(ids, 99)), max_batch=10)
    with pytest.raises(TooManyFailures):
        await setup.settle(1000)
    assert setup.buried == []
    assert setup.subscription.acked == 0


async def test_where_most_fail_from_some_time_on_it_stops() -> None:
    ids = [f"{chr(97 + n % 26)}{n}" for n in range(200)]
    setup = Setup(" ".join(ids), Handler(dict.fromkeys(ids[100:], 99)), max_batch=10)
    with pytest.raises(TooManyFailures):
        await setup.settle(1000)
    assert setup.buried == []
    assert setup.subscription.acked == 100


async def test_a_fault_that_passes_does_not_stop_it() -> None:
    ids = [f"{chr(97 + n % 26)}{n}" for n in range(100)]
    failures = {**dict.fromkeys(ids[40:60], 3), ids[50]: 99}
    setup = Setup(" ".join(ids), Handler(failures), max_batch=10)
    await setup.settle(1000)
    assert [id_ for id_, _ in setup.buried] == [ids[50]]
    assert len(setup.handler.handled) == 99


async def test_poison_below_the_share_goes_on() -> None:
    ids = [f"{chr(97 + n % 26)}{n}" for n in range(100)]
    poison = ids[::4]
    setup = Setup(" ".join(ids), Handler(dict.fromkeys(poison, 99)), max_batch=4)
    await setup.settle(1000)
    assert sorted(id_ for id_, _ in setup.buried) == sorted(poison)
    assert sorted(setup.handler.handled) == sorted(set(ids) - set(poison))
    assert setup.subscription.acked == 100


async def test_what_is_unsettled_is_bounded() -> None:
    ids = ["a0", *(f"b{n}" for n in range(50))]
    setup = Setup(" ".join(ids), Handler({"a0": 4}), max_batch=4, parked_max=10)
    for _ in range(3):
        await setup.consumer.step(0.0)
    assert len(setup.handler.handled) == 9
    await setup.settle()
    assert len(setup.handler.handled) == 51
    assert setup.subscription.acked == 51


async def test_cancelling_ends_it_at_once_even_where_the_stream_is_down() -> None:
    setup = Setup("a1", Handler())
    setup.subscription.down = 10**9
    waiting = asyncio.Event()

    async def sleep(_: float) -> None:
        waiting.set()
        await asyncio.sleep(3600)

    setup.consumer._sleep = sleep
    running = asyncio.create_task(setup.consumer.run())
    await waiting.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(running, 1.0)


def test_pauses_grow_to_their_cap_and_are_shortened_by_chance() -> None:
    policy = RetryPolicy(first_s=1.0, max_s=10.0, jitter=0.3)
    assert [policy.pause_s(n, 0.0) for n in (1, 2, 3, 4, 5, 99999)] == [1, 2, 4, 8, 10, 10]
    assert policy.pause_s(5, 0.5) == pytest.approx(8.5)
