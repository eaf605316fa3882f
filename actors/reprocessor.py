"""The reprocessor: brings stored postings to the newest parsers, in what time is left over.

Its work and its position are in the store (`services/intake/reprocessing.py`); nothing is kept
here. While postings wait for the processor it goes on slowly, so that fresh ones are not starved
and it still gets there under a load that never ends. It begins with the first look after a start:
an upgrade is a start. Reference data is loaded when there is something to derive.
"""

import asyncio
from contextlib import suppress

import structlog

from actors.tenant import Turn, at_once
from models.errors import Unavailable
from models.reprocessing import Run
from processing.derive import derive
from services.intake import reprocessing
from services.intake.reprocessing import Derive
from services.operations import operating
from services.ports import Ports

LOOK_S = 5.0
"""Between two looks for a run: how long an operator's wish waits."""
IDLE_PER_S = 100.0
"""Postings derived a second while no fresh one waits: some fifth of a core."""
BUSY_PER_S = 5.0
"""The same while the processor has work."""

log = structlog.get_logger()


class Reprocessor:
    """`recover`, then `run` until `stop`."""

    def __init__(
        self,
        ports: Ports,
        *,
        derive: Derive = derive,
        look_s: float = LOOK_S,
        idle_per_s: float = IDLE_PER_S,
        busy_per_s: float = BUSY_PER_S,
        page: int = reprocessing.PAGE,
    ) -> None:
        self._ports = ports
        self._derive = derive
        self._look_s = look_s
        self._idle_per_s, self._busy_per_s = idle_per_s, busy_per_s
        self._page = page
        self._stopped = asyncio.Event()
        self._derived = self._failed = 0
        self._left = 0

    async def recover(self, turn: Turn = at_once) -> None:
        """Nothing to load."""

    async def run(self) -> None:
        """Work off what is due until `stop`."""
        while not self._stopped.is_set():
            try:
                pause_s = await self.step()
            except Unavailable as error:
                log.warning("reprocessing put off", reason=error.detail)
                pause_s = self._look_s
            except Exception:
                # A run that cannot be read, say: the supervisor has other work to do.
                log.exception("reprocessing failed")
                pause_s = self._look_s
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), pause_s)

    async def step(self) -> float:
        """Do one page of what is due; the seconds to rest then. Raises Unavailable."""
        run = await reprocessing.due(self._ports)
        if run is None:
            self._left = 0
            return self._look_s
        is_busy = await operating.unprocessed(self._ports.documents) > 0
        per_s = self._busy_per_s if is_busy else self._idle_per_s
        after = await reprocessing.work(self._ports, run, derive=self._derive, size=self._page)
        self._left = after.left
        return self._counted(run, after) / per_s

    async def stop(self) -> None:
        """End after the page that is under way; the ports belong to others."""
        self._stopped.set()

    def status(self) -> tuple[dict[str, float], dict[str, float]]:
        """Counters and gauges."""
        counters = {
            "postings_reprocessed": float(self._derived),
            "postings_reprocess_failed": float(self._failed),
        }
        return counters, {"reprocessing_left": float(self._left)}

    def _counted(self, before: Run, after: Run) -> int:
        """How many postings this page derived; at least one, so that a page is never followed by
        the next at once. What another worker did meanwhile is counted by neither."""
        if after.finished_at is not None:
            log.info(
                "postings reprocessed",
                cause=after.cause,
                seen=after.seen,
                changed=after.changed,
                doubted=after.doubted,
                failed=after.failed,
            )
        derived = max(0, after.derived - before.derived)
        self._derived += derived
        self._failed += max(0, after.failed - before.failed)
        return max(1, derived)
