"""The newest alerts: a few thousand programs, not filed yet, all of which are run."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.percolator.programs import Program, Programs
from matching.percolator.segment import Alerts

Id = tuple[int, int]
"""The two halves of a UUID."""


class Recent:
    """Room for `size` alerts, which are filed together when it is full."""

    def __init__(self, size: int) -> None:
        self._ids: list[Id] = []
        self._places: dict[Id, int] = {}
        self._versions = np.empty(size, np.int32)
        self._alive = np.zeros(size, np.bool_)
        self._starts = np.zeros(size + 1, np.int64)
        self._words = np.empty(16 * size, np.uint32)

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def full(self) -> bool:
        return len(self._ids) == len(self._alive)

    def add(self, id_: Id, version: int, program: Program) -> None:
        """Add an alert that is not here; not to be called when full."""
        at, start = len(self._ids), int(self._starts[len(self._ids)])
        end = start + len(program.words)
        while end > len(self._words):
            self._words = np.concatenate([self._words, np.empty_like(self._words)])
        self._words[start:end] = program.words
        self._starts[at + 1] = end
        self._versions[at] = version
        self._alive[at] = True
        self._places[id_] = at
        self._ids.append(id_)

    def version(self, id_: Id) -> int | None:
        at = self._places.get(id_)
        return None if at is None else int(self._versions[at])

    def remove(self, id_: Id) -> bool:
        """Forget the alert; whether it was here."""
        at = self._places.pop(id_, None)
        if at is not None:
            self._alive[at] = False
        return at is not None

    def ids(self, places: NDArray[np.uint32]) -> NDArray[np.uint64]:
        """The ids at these places, as n × 2 halves."""
        found = [self._ids[place] for place in places.tolist()]
        return np.array(found, dtype=np.uint64).reshape(len(found), 2)

    def rows(self) -> tuple[Any, ...]:
        """What the kernel reads."""
        return self._starts, self._words, self._alive, len(self)

    def alerts(self) -> Alerts:
        """Those that are left, sorted by id."""
        n = len(self)
        programs = Programs(self._starts[: n + 1], self._words)
        ids = np.array(self._ids, dtype=np.uint64).reshape(n, 2)
        every = Alerts(ids[:, 0], ids[:, 1], self._versions[:n], programs)
        return Alerts.joined([every.taken(np.flatnonzero(self._alive[:n]))])
