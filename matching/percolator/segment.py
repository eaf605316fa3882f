"""A segment: alerts compiled into arrays that never change, apart from the bits of the deleted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from matching.percolator import filing
from matching.percolator.atoms import Knowledge
from matching.percolator.programs import Programs


@dataclass(frozen=True, slots=True)
class Alerts:
    """Alerts by their place: the two halves of their ids, versions, programs."""

    high: NDArray[np.uint64]
    low: NDArray[np.uint64]
    versions: NDArray[np.int32]
    programs: Programs

    def __len__(self) -> int:
        return len(self.high)

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """The alerts of all parts, sorted by id."""
        high = np.concatenate([part.high for part in parts])
        low = np.concatenate([part.low for part in parts])
        versions = np.concatenate([part.versions for part in parts])
        programs = Programs.joined([part.programs for part in parts])
        return cls(high, low, versions, programs).taken(np.lexsort((low, high)))

    def taken(self, places: NDArray[np.int64]) -> Self:
        """The alerts at these places, in their order."""
        return type(self)(
            self.high[places],
            self.low[places],
            self.versions[places],
            _ordered(self.programs, places),
        )


def _ordered(programs: Programs, order: NDArray[np.int64]) -> Programs:
    starts = _starts(np.diff(programs.starts)[order])
    words = np.empty(starts[-1], np.uint32)
    filing.gather(order, programs.starts, programs.words, starts, words)
    return Programs(starts, words)


def _starts(lengths: NDArray[Any]) -> NDArray[np.int64]:
    starts = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=starts[1:])
    return starts


@dataclass(frozen=True, slots=True)
class Segment:
    """`high`, `low` (the halves of an id, sorted), `versions` and the bits of `alive` are by slot;
    `first` and `last` are the ends of `high`. At least one alert. `table` and `arena` are what
    the kernel reads."""

    first: int
    last: int
    high: NDArray[np.uint64]
    low: NDArray[np.uint64]
    versions: NDArray[np.int32]
    alive: NDArray[np.uint8]
    table: NDArray[np.int32]
    arena: NDArray[np.uint32]

    @classmethod
    def of(cls, alerts: Alerts, knowledge: Knowledge) -> Self:
        """File the alerts, sorted by id, under the atoms that the fewest postings have."""
        shares, parts = knowledge
        programs, n = (alerts.programs.starts, alerts.programs.words), len(alerts)
        anchors, columns, singles = (np.empty(n, np.int64) for _ in range(3))
        rows = np.zeros((2, len(shares)), np.int32)
        filing.choose(*programs, shares, parts, anchors, columns, singles, rows)
        filed = int(np.count_nonzero(rows.any(axis=0)))
        table = np.full((max(8, 1 << (2 * filed - 1).bit_length()), 5), -1, np.int32)
        filing.tabulate(rows, table)
        total = int(rows.sum())
        order, ranks = np.empty(total, np.int32), np.empty(total, np.uint8)
        filing.order(*programs, parts, anchors, columns, rows, order, ranks)
        laid = (*programs, parts, anchors, columns, singles, rows, order, ranks, table)
        arena = np.empty(filing.lay(*laid, np.empty(0, np.uint32), True), np.uint32)
        filing.lay(*laid, arena, False)
        return cls(
            first=int(alerts.high[0]),
            last=int(alerts.high[-1]),
            high=alerts.high,
            low=alerts.low,
            versions=alerts.versions,
            alive=np.full((n + 7) // 8, 0xFF, np.uint8),
            table=table,
            arena=arena,
        )

    @classmethod
    def restored(cls, arrays: dict[str, NDArray[Any]]) -> Self:
        """A segment of these arrays (ARRAYS)."""
        alive = arrays.pop("alive").copy()
        high = arrays["high"]
        return cls(first=int(high[0]), last=int(high[-1]), alive=alive, **arrays)

    def __len__(self) -> int:
        return len(self.high)

    @property
    def nbytes(self) -> int:
        return sum(getattr(self, name).nbytes for name in ARRAYS)

    @property
    def live(self) -> int:
        """How many alerts are not deleted."""
        return int(np.bitwise_count(self.alive).sum()) - (-len(self) % 8)

    def copied(self) -> Self:
        """The same segment, with bits of its own."""
        return replace(self, alive=self.alive.copy())

    def alerts(self) -> Alerts:
        """The alerts that are not deleted."""
        filed = (self.table, self.arena)
        lengths = np.zeros(len(self), np.int64)
        nothing = np.empty(0, np.uint32)
        filing.recover(*filed, lengths, np.empty(0, np.int64), nothing, True)
        whole = _starts(lengths)
        words = np.empty(whole[-1], np.uint32)
        filing.recover(*filed, lengths, whole, words, False)
        bits = np.unpackbits(self.alive, count=len(self), bitorder="little")
        live = np.flatnonzero(bits)
        every = Alerts(self.high, self.low, self.versions, Programs(whole, words))
        return every.taken(live)

    def slot_of(self, high: int, low: int) -> int | None:
        """The slot of a live alert."""
        if not self.first <= high <= self.last:
            return None
        at = int(np.searchsorted(self.high, np.uint64(high)))
        while at < len(self) and self.high[at] == high:
            if self.low[at] == low:
                return at if self.alive[at >> 3] >> (at & 7) & 1 else None
            at += 1
        return None

    def ids(self, slots: NDArray[np.uint32]) -> NDArray[np.uint64]:
        """The ids in these slots, as n × 2 halves."""
        return np.column_stack([self.high[slots], self.low[slots]])

    def kill(self, slot: int) -> None:
        """Delete the alert in this slot."""
        self.alive[slot >> 3] &= ~np.uint8(1 << (slot & 7))

    def rows(self) -> tuple[NDArray[Any], ...]:
        """What the kernel reads."""
        return self.table, self.arena, self.alive


ARRAYS = tuple(Segment.__slots__[2:])
"""The arrays of a segment, by name."""
