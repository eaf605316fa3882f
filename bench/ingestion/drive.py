"""Keeps a running system busy with postings, samples it meanwhile, and waits until all is told."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from bench.ingestion.feeds import BATCH, Feed
from bench.ingestion.gauges import Counts, Sample

BEHIND_MAX = 1_500
"""Events that a subscription may be behind when more are sent; a posting is two of them. Each actor
has seconds of work waiting, and what waits is bounded: what is measured is what the system
sustains, and not how fast a queue grows."""
PACE_S = 0.25
"""Between two looks at a system that is busy: each costs it some milliseconds of a core."""
SAMPLE_S = 5.0
STALL_S = 60.0
"""How long nothing may be told, or a queue not get shorter, before a run is given up."""


class StalledError(Exception):
    """The system does not get on: notifications that were due did not come, or it takes nothing
    more."""


class Instruments(Protocol):
    """What is read of the system; `gauges.Gauges` is one."""

    def counts(self) -> Counts: ...

    def sample(self) -> Sample: ...


@dataclass
class Drive:
    """Sends from `next_serial` on; serials are never used twice. `clock` is in seconds."""

    gauges: Instruments
    feed: Feed
    next_serial: int = 0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _waiting: tuple[int, float] | None = field(default=None, init=False)
    """While the system is made to wait: the fewest events that it was behind, and since when."""

    def send(self, postings: int) -> None:
        """Send so many, batch by batch, as fast as the system takes them. Raises StalledError."""
        end = self.next_serial + postings
        while self.next_serial < end:
            self._offer(min(BATCH, end - self.next_serial))

    def keep_busy(self, seconds: float) -> list[Sample]:
        """Send for so long, and sample every few seconds, from the first moment to the last. Raises
        StalledError."""
        samples = [self.gauges.sample()]
        end = samples[0].at + seconds
        while samples[-1].at < end:
            self._offer(BATCH)
            if self.clock() >= min(samples[-1].at + SAMPLE_S, end):
                samples.append(self.gauges.sample())
        return samples

    def until_told(self, notifications: int) -> float:
        """Wait until so many were made since the system started; the seconds it took. Raises
        StalledError."""
        begun = moved = self.clock()
        seen = -1
        while (told := self.gauges.counts()["notifications_created"]) < notifications:
            if told > seen:
                seen, moved = told, self.clock()
            if self.clock() - moved > STALL_S:
                raise StalledError(f"{told:,} of {notifications:,} notifications came")
            self.sleep(PACE_S)
        return self.clock() - begun

    def _offer(self, postings: int) -> None:
        """Send them if nobody is too far behind, else wait a moment."""
        counts = self.gauges.counts()
        if counts.behind > BEHIND_MAX:
            self._wait_for(counts.behind)
            return
        batch = range(self.next_serial, self.next_serial + postings)
        self.feed.send(batch)
        self.next_serial, self._waiting = batch.stop, None

    def _wait_for(self, behind: int) -> None:
        if self._waiting is None or behind < self._waiting[0]:
            self._waiting = behind, self.clock()
        elif self.clock() - self._waiting[1] > STALL_S:
            raise StalledError(f"a subscription stays {behind:,} events behind")
        self.sleep(PACE_S)
