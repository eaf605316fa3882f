"""The Ray shell: it gives a plain object a name, a process, a loop of its own and a second life.

The constructor only starts a thread, because an exception in it would be the actor's permanent
death and Ray runs it again at each restart: a killed actor comes back to work with nobody's help.
That thread runs one event loop: build → recover → run, again with growing pauses when any of them
fails. Ray's own loop answers `status` even while the other is busy, and hands calls over to it.
A tenant that is fenced (a newer owner lives elsewhere) stops, and only the guard of its cluster
starts it again, where that owner is no more (`actors.guard`). One that has loaded and waits for its
turn is on *standby*.
"""

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from actors.tenant import Tenant, Turn, at_once
from models.errors import Fenced, Unavailable

log = structlog.get_logger()

FIRST_PAUSE_S = 0.05
LONGEST_PAUSE_S = 5.0
STEADY_S = 10.0
"""A tenant that ran as long as this before it failed is recovered at once again."""


class Shell:
    """`build` makes the tenant, `turn` waits for its turn; both are pickled, so they must be
    functions of a module, or partials."""

    def __init__(
        self, name: str, build: Callable[[], Awaitable[Tenant]], turn: Turn = at_once
    ) -> None:
        self._name = name
        self._build = build
        self._turn = turn
        self._state = "recovering"
        self._detail = ""
        self._tenant: Tenant | None = None
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._live, name=name, daemon=True).start()

    def __repr__(self) -> str:
        """What the dashboard calls it. Ray asks once, so there is nothing in it that changes."""
        return self._name

    @property
    def state(self) -> str:
        return self._state

    def _live(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._work = self._loop.create_task(self._main())
        self._loop.run_forever()  # also when the work has ended: `stop` may still be busy

    async def _main(self) -> None:
        pause_s = FIRST_PAUSE_S
        while self._state != "stopped":
            begun = self._loop.time()
            try:
                await self._work_once()
            except Fenced as error:
                self._state, self._detail = "stopped", error.detail
                log.warning("actor fenced", actor=self._name)
            except Exception as error:
                if self._state == "stopped":
                    break
                self._state, self._detail = "recovering", f"{type(error).__name__}: {error}"
                log.exception("actor failed", actor=self._name)
                if self._loop.time() - begun > STEADY_S:
                    pause_s = FIRST_PAUSE_S
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)

    async def _work_once(self) -> None:
        if self._tenant is None:
            self._tenant = await self._build()
        await self._tenant.recover(self._stand_by)
        self._become("serving")
        await self._tenant.run()

    async def _stand_by(self) -> None:
        self._become("standby")
        await self._turn()
        if self._state == "stopped":
            raise Fenced("stopped before its turn came")
        self._become("recovering")

    def _become(self, state: str) -> None:
        # `stop` may have come meanwhile, and is the last word.
        if self._state != "stopped":
            self._state, self._detail = state, ""

    async def _handed_over(self, work: Awaitable[Any]) -> Any:
        async def run() -> Any:
            return await work

        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(run(), self._loop))

    async def status(self) -> tuple[int, str, str, dict[str, float], dict[str, float]]:
        """Process id, state, detail, counters, gauges."""
        counters, gauges = self._tenant.status() if self._tenant else ({}, {})
        return os.getpid(), self._state, self._detail, counters, gauges

    async def call(self, method: str, *args: Any) -> Any:
        """Call a method of the tenant in its own loop. Raises Unavailable unless it is serving."""
        if self._tenant is None or self._state != "serving":
            raise Unavailable(f"{self._name} is {self._state}")
        return await self._handed_over(getattr(self._tenant, method)(*args))

    async def stop(self) -> None:
        """End the work; the process is the caller's to end."""
        self._state = "stopped"
        if self._tenant is not None:
            await self._handed_over(self._tenant.stop())
