"""The rivals on the same files: what each takes, and whether it finds the same.

The compiled brute force comes first and says what is true of every alert; the oracle, which reads
the trees and not the atoms, says the same of a random sample, as it takes some 50 µs an alert.
"""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.percolation import lucene, postgres
from bench.percolation.agreement import must_agree
from bench.percolation.atoms import Ints
from bench.percolation.brute import BruteForce
from bench.percolation.oracle import Oracle, sample
from bench.percolation.timing import Spread
from bench.percolation.workload import Abstract, Workload

ORACLE_SAMPLE = 500
PASSES = 3
LUCENE_WARM = 5
"""Passes until the JIT compiler is done; both of its ways take part in each."""


@dataclass(frozen=True)
class Rival:
    """An engine and what it took; `why_not` instead, where it cannot run here. `memory` in bytes,
    `build_s` in seconds; None where there is no such thing."""

    name: str
    spread: Spread | None = None
    memory: int | None = None
    build_s: float | None = None
    why_not: str = ""


def brute_force(abstract: Abstract) -> tuple[Rival, list[Ints]]:
    """Also the alerts that match each posting, which everybody is compared with."""
    engine, ns = BruteForce(abstract), []
    for _ in range(PASSES):
        found = engine.match_all(abstract.postings)
        ns += [match.ns for match in found]
    memory = abstract.alerts.values.nbytes + abstract.alerts.offsets.nbytes
    rival = Rival("brute force, compiled", Spread.of(ns), memory)
    return rival, [match.ordinals for match in found]


def oracle(workload: Workload, expected: Sequence[Ints]) -> list[Rival]:
    """The linear oracle, asked about a sample. Raises DisagreementError."""
    chosen = sample(workload, ORACLE_SAMPLE, workload.seed)
    engine = Oracle(workload, chosen)
    found = [engine.match(subject) for subject in workload.subjects]
    must_agree(
        "oracle, alerts of the sample",
        [match.ordinals for match in found],
        [np.intersect1d(ordinals, chosen) for ordinals in expected],
    )
    scaled = Spread.of([match.ns for match in found], share=len(workload) / len(chosen))
    return [Rival(f"linear oracle, scaled up from a random sample of {len(chosen):,}", scaled)]


def postgresql(workload: Workload, expected: Sequence[Ints]) -> list[Rival]:
    """The table by anchor. Raises DisagreementError, and RuntimeError where PostgreSQL fails."""
    why_not = postgres.available()
    if why_not is not None:
        return [Rival("PostgreSQL, table by anchor", why_not=why_not)]
    with _files(workload) as folder:
        result = postgres.run(Path(folder), passes=PASSES)
    must_agree("PostgreSQL", result.matches, expected)
    name = f"PostgreSQL {result.version.split()[0]}, table by anchor"
    return [Rival(name, Spread.of(result.ns), result.table_bytes, result.build_s)]


def lucene_monitor(workload: Workload, expected: Sequence[Ints]) -> list[Rival]:
    """With its own matcher first, then with ours. Raises DisagreementError, and LuceneError where
    Java or Maven fails."""
    why_not = lucene.available()
    if why_not is not None:
        return [Rival("Lucene Monitor", why_not=why_not)]
    lucene.build()
    with _files(workload) as folder:
        heap_mb = 1_000 + len(workload) // 250
        result = lucene.run(Path(folder), warm=LUCENE_WARM, passes=PASSES, heap_mb=heap_mb)
    must_agree("Lucene Monitor", [m.astype(np.int32) for m in result.matches], expected)
    name = f"Lucene Monitor {result.lucene}, JDK {result.jdk.split('+')[0]}"
    memory = int(1e6 * result.heap_mb)
    return [
        Rival(name, Spread.of(result.ns), memory, result.build_s),
        Rival(f"{name}, with a lean matcher", Spread.of(result.lean_ns), memory, result.build_s),
    ]


def _files(workload: Workload) -> tempfile.TemporaryDirectory[str]:
    """A folder with the workload in it, until the block ends."""
    folder = tempfile.TemporaryDirectory()
    workload.write(Path(folder.name))
    return folder


RIVALS: dict[str, Callable[[Workload, Sequence[Ints]], list[Rival]]] = {
    "oracle": oracle,
    "postgres": postgresql,
    "lucene": lucene_monitor,
}
"""By the name that the command line knows; brute force always runs."""
