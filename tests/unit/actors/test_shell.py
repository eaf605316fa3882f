"""The shell without Ray: it recovers what fails, hands calls over, and stops what is fenced."""

import asyncio
import threading
import time
from collections.abc import Callable

import pytest

from actors.shell import Shell
from actors.tenant import Turn, at_once
from models.errors import Fenced, Unavailable


class Ending:
    """A tenant whose `run` ends when it is stopped, and whose `stop` has more to do after that."""

    def __init__(self) -> None:
        self._over = asyncio.Event()
        self.released = False

    async def recover(self, turn: Turn = at_once) -> None:
        await turn()
        self._over.clear()

    async def run(self) -> None:
        await self._over.wait()

    async def stop(self) -> None:
        self._over.set()
        await asyncio.sleep(0.05)
        self.released = True

    def status(self) -> tuple[dict[str, float], dict[str, float]]:
        return {}, {}


class Scripted:
    """A tenant whose `recover` and `run` do what the test says."""

    def __init__(self, recoveries: list[Exception | None], runs: list[Exception | None]) -> None:
        self._recoveries, self._runs = recoveries, runs
        self.recovered = self.stopped = 0

    async def recover(self, turn: Turn = at_once) -> None:
        self.recovered += 1
        await turn()
        if self._recoveries and (error := self._recoveries.pop(0)):
            raise error

    async def run(self) -> None:
        if self._runs and (error := self._runs.pop(0)):
            raise error
        await asyncio.Event().wait()

    async def stop(self) -> None:
        self.stopped += 1

    def status(self) -> tuple[dict[str, float], dict[str, float]]:
        return {"recovered": float(self.recovered)}, {}

    async def double(self, number: int) -> int:
        return number * 2


def shell_of(tenant: Scripted | Ending, turn: Turn = at_once) -> Shell:
    async def build() -> Scripted | Ending:
        return tenant

    return Shell("matcher:0", build, turn)


async def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 5.0
    while not holds():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


async def test_it_serves_by_itself_and_hands_calls_over() -> None:
    shell = shell_of(Scripted([], []))
    await until(lambda: shell.state == "serving")
    assert await shell.call("double", 21) == 42
    pid, state, detail, counters, gauges = await shell.status()
    assert (state, detail, counters, gauges) == ("serving", "", {"recovered": 1.0}, {})
    assert pid > 0


async def test_a_failed_recovery_and_a_failed_run_are_tried_again() -> None:
    tenant = Scripted([RuntimeError("store away"), None], [RuntimeError("crashed")])
    shell = shell_of(tenant)
    await until(lambda: tenant.recovered == 3)
    await until(lambda: shell.state == "serving")


async def test_a_fenced_tenant_stops_for_good() -> None:
    tenant = Scripted([], [Fenced("a newer owner")])
    shell = shell_of(tenant)
    await until(lambda: shell.state == "stopped")
    with pytest.raises(Unavailable):
        await shell.call("double", 1)
    assert tenant.recovered == 1


async def test_it_stands_by_until_it_is_its_turn() -> None:
    may_begin = threading.Event()

    async def turn() -> None:
        while not may_begin.is_set():
            await asyncio.sleep(0.01)

    shell = shell_of(Scripted([], []), turn)
    await until(lambda: shell.state == "standby")
    with pytest.raises(Unavailable):
        await shell.call("double", 1)
    may_begin.set()
    await until(lambda: shell.state == "serving")


async def test_it_stops_where_its_turn_never_comes() -> None:
    async def turn() -> None:
        raise Fenced("another generation")

    tenant = Scripted([], [])
    shell = shell_of(tenant, turn)
    await until(lambda: shell.state == "stopped")
    assert tenant.recovered == 1


async def test_stopped_on_standby_it_stays_stopped() -> None:
    may_begin = threading.Event()

    async def turn() -> None:
        while not may_begin.is_set():
            await asyncio.sleep(0.01)

    tenant = Scripted([], [])
    shell = shell_of(tenant, turn)
    await until(lambda: shell.state == "standby")
    await shell.stop()
    may_begin.set()
    await asyncio.sleep(0.1)
    assert shell.state == "stopped"


async def test_stop_ends_the_tenant() -> None:
    tenant = Scripted([], [])
    shell = shell_of(tenant)
    await until(lambda: shell.state == "serving")
    await shell.stop()
    assert tenant.stopped == 1
    with pytest.raises(Unavailable):
        await shell.call("double", 1)


async def test_stop_is_waited_for_after_the_work_has_ended() -> None:
    tenant = Ending()
    shell = shell_of(tenant)
    await until(lambda: shell.state == "serving")
    async with asyncio.timeout(5):
        await shell.stop()
    assert tenant.released


async def test_a_tenant_that_fails_at_once_is_tried_less_and_less_often() -> None:
    tenant = Scripted([], [RuntimeError("crashed") for _ in range(100)])
    shell = shell_of(tenant)
    await asyncio.sleep(0.5)
    # Pauses of 50, 100, 200, 400 ms: without growth there would be ten in this time.
    assert 2 <= tenant.recovered <= 5
    await shell.stop()
