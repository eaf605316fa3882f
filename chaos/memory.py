"""How much memory a system's processes hold, sampled from outside while a fault lasts."""

import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

import psutil

PERIOD_S = 0.5
MEBIBYTE = 1024.0 * 1024.0


class Memory:
    """A context manager that samples until its end; figures are resident MiB of single processes.

    `peak_mib` is the largest of all; `growth_mib` the most that one process gained between its
    first sample and its largest, the code that a new process loads left out: only those that were
    there at the first sample count.
    """

    def __init__(self, processes: Callable[[], Sequence[psutil.Process]]) -> None:
        self._processes = processes
        self._first: dict[int, float] = {}
        self._peak: dict[int, float] = {}
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory", daemon=True)

    @property
    def peak_mib(self) -> float:
        return max(self._peak.values(), default=0.0)

    @property
    def growth_mib(self) -> float:
        gained = (self._peak[pid] - first for pid, first in self._first.items())
        return max(gained, default=0.0)

    def sample(self) -> None:
        found = self._read()
        if not self._peak:
            self._first = dict(found)
        for pid, held in found.items():
            self._peak[pid] = max(held, self._peak.get(pid, 0.0))

    def _read(self) -> dict[int, float]:
        found = {}
        for process in self._listed():
            try:
                found[process.pid] = process.memory_info().rss / MEBIBYTE
            except psutil.Error:
                continue
        return found

    def _listed(self) -> Sequence[psutil.Process]:
        try:
            return self._processes()
        except psutil.Error:  # the system itself is down
            return ()

    def _watch(self) -> None:
        while not self._ending.wait(PERIOD_S):
            self.sample()

    def __enter__(self) -> Self:
        self.sample()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ending.set()
        self._thread.join()
