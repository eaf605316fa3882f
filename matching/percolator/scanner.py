"""One posting, or a batch of up to 64, run through the recent alerts and the segments.

Holds the scratch memory of the kernel: a byte for each atom, 64 bits for each in a batch.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.percolator import kernel
from matching.percolator.atoms import Answered, Ids
from matching.percolator.programs import ANCHOR_MAX, LENGTH_MAX
from matching.percolator.recent import Recent
from matching.percolator.segment import Segment

_ROOM = 1 << 14
"""Alerts that are expected to match a posting; there is more room when needed."""
Lanes = NDArray[np.uint64]


@dataclass(slots=True)
class Hits:
    """Alerts that were found, by where they are; each once. In a batch, `lanes` are the postings
    of each alert, as bits."""

    parts: list[tuple[Recent | Segment, Ids]] = field(default_factory=list)
    lanes: list[Lanes] = field(default_factory=list)

    def __len__(self) -> int:
        return sum(len(slots) for _, slots in self.parts)

    def ids(self) -> NDArray[np.uint64]:
        """Their ids, as n × 2 halves."""
        return np.concatenate([holder.ids(slots) for holder, slots in self.parts])

    def ids_of(self, lane: int) -> NDArray[np.uint64]:
        """The ids of those that match one posting of the batch."""
        bit = np.uint64(1 << lane)
        chosen = (
            holder.ids(slots[lanes & bit != 0])
            for (holder, slots), lanes in zip(self.parts, self.lanes, strict=True)
        )
        return np.concatenate(list(chosen))


class Scanner:
    """`stats` are the rows that were read and the candidates whose programs were run."""

    def __init__(self) -> None:
        self.stats = np.zeros(2, np.int64)
        self._said = np.zeros(0, np.uint8)
        self._masks: Lanes = np.zeros(0, np.uint64)
        self._waiting: Lanes = np.zeros(LENGTH_MAX + ANCHOR_MAX + 1, np.uint64)
        self._out: Ids = np.empty(0, np.uint32)
        self._lanes: Lanes = np.empty(0, np.uint64)
        self._grow(_ROOM)

    def one(
        self,
        answered: Answered,
        yes: NDArray[np.int64],
        recent: Recent,
        segments: Iterable[Segment],
    ) -> Hits:
        """The alerts that match a posting of these atoms; counts each that is not lenient in
        `yes`."""
        said, atoms = self._saying(len(yes)), answered.atoms.copy()
        n = kernel.mark(said, atoms, yes)
        kernel.mark_only(said, answered.lenient)
        hits = Hits()
        found = kernel.run_all(said, *recent.rows(), self._out)
        hits.parts.append((recent, self._out[:found].copy()))
        for segment in segments:
            found = self._all(kernel.scan, said, atoms, n, *segment.rows(), self.stats)
            hits.parts.append((segment, self._out[:found].copy()))
        self._unmark(answered)
        return hits

    def many(
        self,
        batch: Sequence[Answered],
        yes: NDArray[np.int64],
        recent: Recent,
        segments: Iterable[Segment],
    ) -> Hits:
        """`one` of up to 64 postings: each alert that matches any, and which, as bits."""
        if len(self._masks) < len(yes):
            self._masks = np.zeros(len(yes), np.uint64)
        union: Ids = np.empty(sum(len(answered.atoms) for answered in batch), np.uint32)
        n = 0
        for lane, answered in enumerate(batch):
            n = kernel.mark_lane(self._masks, answered.atoms, lane, yes, union, n)
            kernel.mark_lane_only(self._masks, answered.lenient, lane)
        hits, every = Hits(), np.uint64((1 << len(batch)) - 1)
        found = kernel.run_all_lanes(
            self._masks, *recent.rows(), every, self._waiting, self._out, self._lanes
        )
        self._keep(hits, recent, found)
        for segment in segments:
            rows = (*segment.rows(), self.stats, self._waiting)
            found = self._all(self._scan_lanes, self._masks, union, n, *rows)
            self._keep(hits, segment, found)
        for answered in batch:
            kernel.unmark_lanes(self._masks, answered.atoms)
            kernel.unmark_lanes(self._masks, answered.lenient)
        return hits

    def misses(
        self, answered: Answered, size: int, recent: Recent, segments: Iterable[Segment]
    ) -> Hits:
        """The alerts that fail on one clause; some twice, and some that match. `size` is how many
        atoms there are."""
        said = self._saying(size)
        kernel.mark_only(said, answered.atoms)
        kernel.mark_only(said, answered.lenient)
        hits = Hits()
        found = kernel.miss_all(said, *recent.rows(), self._out)
        hits.parts.append((recent, self._out[:found].copy()))
        for segment in segments:
            found = self._all(kernel.misses, said, *segment.rows())
            hits.parts.append((segment, self._out[:found].copy()))
        self._unmark(answered)
        return hits

    def _unmark(self, answered: Answered) -> None:
        kernel.unmark(self._said, answered.atoms)
        kernel.unmark(self._said, answered.lenient)

    def _saying(self, atoms: int) -> NDArray[np.uint8]:
        if len(self._said) < atoms:
            self._said = np.zeros(atoms, np.uint8)
        return self._said

    def _all(self, scan: Any, *args: Any) -> int:
        """How many alerts the scan finds, all of which are then in `_out`."""
        found: int = scan(*args, self._out)
        if found > len(self._out):
            self._grow(2 * found)
            found = scan(*args, self._out)
        return found

    def _scan_lanes(self, *args: Any) -> int:
        found: int = kernel.scan_lanes(*args, self._lanes)
        return found

    def _grow(self, size: int) -> None:
        self._out = np.empty(size, np.uint32)
        self._lanes = np.empty(size, np.uint64)

    def _keep(self, hits: Hits, holder: Recent | Segment, found: int) -> None:
        hits.parts.append((holder, self._out[:found].copy()))
        hits.lanes.append(self._lanes[:found].copy())
