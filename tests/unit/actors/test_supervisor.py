"""The supervisor: what is missing is made, again and again; its tenants run beside it."""

import asyncio

import pytest

from actors.supervisor import Supervisor
from actors.tenant import Turn, at_once
from models.errors import Unavailable


class Making:
    """Makes two actors at first, one at the second look; the store is away at the first look."""

    def __init__(self) -> None:
        self.created = self.handovers = self.looks = 0

    async def begin(self) -> None:
        self.created += 2

    async def tend(self) -> None:
        self.looks += 1
        if self.looks == 1:
            raise Unavailable
        if self.looks == 2:
            self.created += 1
            self.handovers += 1


class IdlePoller:
    def __init__(self, fault: Exception | None = None) -> None:
        self.fault = fault
        self.recovered = self.stopped = 0

    async def recover(self, turn: Turn = at_once) -> None:
        self.recovered += 1

    async def run(self) -> None:
        if self.fault:
            raise self.fault
        await asyncio.Event().wait()

    async def stop(self) -> None:
        self.stopped += 1

    def status(self) -> tuple[dict[str, float], dict[str, float]]:
        return {"feed_polls": 3.0}, {"feed_polls_in_flight": 1.0}


class Expired:
    """Five expired things, forgotten two at a time; the store is away at first."""

    def __init__(self) -> None:
        self.left = 5
        self.away = True

    async def __call__(self) -> int:
        if self.away:
            self.away = False
            raise Unavailable
        forgotten = min(2, self.left)
        self.left -= forgotten
        return forgotten


class Waiting:
    """Three events that wait for a stream which is away at first."""

    def __init__(self) -> None:
        self.left = 3
        self.away = True

    async def __call__(self) -> int:
        if self.away:
            self.away = False
            raise Unavailable
        relayed, self.left = self.left, 0
        return relayed


async def test_it_tends_the_actors_though_the_store_is_away_for_a_moment() -> None:
    making = Making()
    supervisor = Supervisor(making, [IdlePoller()], Expired(), Waiting(), period_s=0.001)
    await supervisor.recover()
    running = asyncio.create_task(supervisor.run())
    async with asyncio.timeout(5):
        while making.looks < 3:
            await asyncio.sleep(0.001)
    running.cancel()
    counters, gauges = supervisor.status()
    assert counters["feed_polls"] == 3.0
    assert (counters["actors_created"], counters["handovers"]) == (3.0, 1.0)
    assert gauges == {"feed_polls_in_flight": 1.0}


async def test_upkeep_waits_out_an_absent_store_and_forgets_everything() -> None:
    expired = Expired()
    supervisor = Supervisor(Making(), [IdlePoller()], expired, Waiting(), upkeep_s=0.001)
    await supervisor.recover()
    running = asyncio.create_task(supervisor.run())
    async with asyncio.timeout(5):
        while expired.left:
            await asyncio.sleep(0.001)
    running.cancel()


async def test_a_poller_that_fails_is_the_shells_to_recover() -> None:
    poller = IdlePoller(RuntimeError("broken"))
    supervisor = Supervisor(Making(), [poller], Expired(), Waiting())
    await supervisor.recover()
    with pytest.raises(ExceptionGroup):
        await supervisor.run()
    await supervisor.recover()
    assert poller.recovered == 2


async def test_events_that_wait_are_relayed_once_the_stream_is_back() -> None:
    waiting = Waiting()
    supervisor = Supervisor(Making(), [IdlePoller()], Expired(), waiting, relay_s=0.001)
    running = asyncio.create_task(supervisor.run())
    async with asyncio.timeout(5):
        while waiting.left:
            await asyncio.sleep(0.001)
    await asyncio.sleep(0)
    running.cancel()
    assert supervisor.status()[0]["events_relayed"] == 3.0


async def test_every_tenant_runs_beside_the_others_and_counts_too() -> None:
    class IdleTracer(IdlePoller):
        def status(self) -> tuple[dict[str, float], dict[str, float]]:
            return {"spans_sent": 7.0}, {"traces_waiting": 2.0}

    tracer = IdleTracer(RuntimeError("broken"))
    supervisor = Supervisor(Making(), [IdlePoller(), tracer], Expired(), Waiting())
    await supervisor.recover()
    with pytest.raises(ExceptionGroup):
        await supervisor.run()
    await supervisor.stop()
    assert (tracer.recovered, tracer.stopped) == (1, 1)
    counters, gauges = supervisor.status()
    assert (counters["feed_polls"], counters["spans_sent"]) == (3.0, 7.0)
    assert gauges == {"feed_polls_in_flight": 1.0, "traces_waiting": 2.0}
