"""Compiled brute force: every alert is read for every posting, clause by clause.

No index, no order, nothing left out: what a posting costs when nothing is known about alerts. It is
also what the fast ways are compared with where the oracle, at some microseconds an alert, cannot
read them all. Compiled by numba on first use and kept in its cache; the GIL is not held.
"""

from time import perf_counter_ns
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from bench.percolation.atoms import Flat, Ints, Offsets
from bench.percolation.workload import Abstract


class Match(NamedTuple):
    """The ordinals of the alerts that match one posting, rising, and what finding them took."""

    ordinals: Ints
    ns: int


class BruteForce:
    """All alerts of a workload. Not for use from several threads at once."""

    def __init__(self, abstract: Abstract) -> None:
        self._alerts = abstract.alerts
        self._there = np.zeros(len(abstract.frequencies), dtype=np.bool_)
        self._found = np.empty(len(abstract.alerts), dtype=np.int32)
        self.match(np.array([-1, 0], dtype=np.int32))  # Compiles, or loads what was compiled.

    def match(self, posting: Ints) -> Match:
        """Every alert that the posting (pay, number of atoms, atoms) meets."""
        start = perf_counter_ns()
        atoms = posting[2:]
        self._there[atoms] = True
        alerts = self._alerts
        n = _match(alerts.values, alerts.offsets, self._there, posting[0], self._found)
        self._there[atoms] = False
        return Match(self._found[:n].copy(), perf_counter_ns() - start)

    def match_all(self, postings: Flat) -> list[Match]:
        return [self.match(postings[at]) for at in range(len(postings))]


@njit(nogil=True, cache=True)
def _match(
    values: Ints, offsets: Offsets, there: NDArray[np.bool_], pay: int, found: Ints
) -> int:  # pragma: no cover - compiled
    n = 0
    for alert in range(len(offsets) - 1):
        at = offsets[alert]
        clauses = values[at]
        at += 1
        holds = True
        while holds and clauses > 0:
            kind, size = values[at], values[at + 1]
            at += 2
            clauses -= 1
            if kind == 2:
                holds = pay < 0 or pay >= size
            else:
                some = False
                for k in range(at, at + size):
                    some |= there[values[k]]
                holds = some == (kind == 0)
                at += size
        if holds:
            found[n] = alert
            n += 1
    return n
