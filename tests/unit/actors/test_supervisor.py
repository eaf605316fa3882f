"""The supervisor: what is missing is made, again and again; its tenants run beside it."""

import asyncio

import pytest

from actors.supervisor import Supervisor
from models.errors import Unavailable


class ForgetfulFleet:
    """A cluster that loses an actor now and then."""

    def __init__(self) -> None:
        self.alive: set[str] = set()

    async def ensure(self, name: str) -> bool:
        missing = name not in self.alive
        self.alive.add(name)
        return missing


class IdlePoller:
    def __init__(self, fault: Exception | None = None) -> None:
        self.fault = fault
        self.recovered = self.stopped = 0

    async def recover(self) -> None:
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


NAMES = ("matcher:0", "index:0")


async def test_it_makes_what_is_missing_and_goes_on_doing_so() -> None:
    fleet = ForgetfulFleet()
    supervisor = Supervisor(fleet, NAMES, IdlePoller(), Expired(), Waiting(), period_s=0.001)
    await supervisor.recover()
    assert fleet.alive == set(NAMES)
    running = asyncio.create_task(supervisor.run())
    fleet.alive.discard("matcher:0")
    async with asyncio.timeout(5):
        while fleet.alive != set(NAMES):
            await asyncio.sleep(0.001)
    running.cancel()
    counters, gauges = supervisor.status()
    assert counters == {"feed_polls": 3.0, "actors_created": 3.0, "events_relayed": 0.0}
    assert gauges == {"feed_polls_in_flight": 1.0}


async def test_upkeep_waits_out_an_absent_store_and_forgets_everything() -> None:
    expired = Expired()
    supervisor = Supervisor(
        ForgetfulFleet(), NAMES, IdlePoller(), expired, Waiting(), upkeep_s=0.001
    )
    await supervisor.recover()
    running = asyncio.create_task(supervisor.run())
    async with asyncio.timeout(5):
        while expired.left:
            await asyncio.sleep(0.001)
    running.cancel()


async def test_a_poller_that_fails_is_the_shells_to_recover() -> None:
    poller = IdlePoller(RuntimeError("broken"))
    supervisor = Supervisor(ForgetfulFleet(), NAMES, poller, Expired(), Waiting())
    await supervisor.recover()
    with pytest.raises(ExceptionGroup):
        await supervisor.run()
    await supervisor.recover()
    assert poller.recovered == 2


async def test_events_that_wait_are_relayed_once_the_stream_is_back() -> None:
    waiting = Waiting()
    supervisor = Supervisor(
        ForgetfulFleet(), NAMES, IdlePoller(), Expired(), waiting, relay_s=0.001
    )
    running = asyncio.create_task(supervisor.run())
    async with asyncio.timeout(5):
        while waiting.left:
            await asyncio.sleep(0.001)
    await asyncio.sleep(0)
    running.cancel()
    assert supervisor.status()[0]["events_relayed"] == 3.0


async def test_the_tracer_runs_beside_the_poller_and_counts_too() -> None:
    class IdleTracer(IdlePoller):
        def status(self) -> tuple[dict[str, float], dict[str, float]]:
            return {"spans_sent": 7.0}, {"traces_waiting": 2.0}

    tracer = IdleTracer(RuntimeError("broken"))
    supervisor = Supervisor(
        ForgetfulFleet(), NAMES, IdlePoller(), Expired(), Waiting(), tracer=tracer
    )
    await supervisor.recover()
    with pytest.raises(ExceptionGroup):
        await supervisor.run()
    await supervisor.stop()
    assert (tracer.recovered, tracer.stopped) == (1, 1)
    counters, gauges = supervisor.status()
    assert (counters["feed_polls"], counters["spans_sent"]) == (3.0, 7.0)
    assert gauges == {"feed_polls_in_flight": 1.0, "traces_waiting": 2.0}
