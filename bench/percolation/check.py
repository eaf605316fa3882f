"""Do all rivals give the same answers? The self-check of the workload and its rivals.

`python -m bench.percolation.check --alerts 5000 --postings 50` compares, on every posting, the
linear oracle (criteria trees and subjects), the compiled brute force (the abstract form) and
PostgreSQL (the files), prints what each took, and ends with an error at the first difference.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.percolation import postgres
from bench.percolation.atoms import Ints
from bench.percolation.brute import BruteForce
from bench.percolation.oracle import Oracle, sample
from bench.percolation.workload import Workload, generate
from bench.table import quantile, show

ORACLE_MAX = 5_000
"""Alerts that the oracle is asked about, at some microseconds each for every posting."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alerts", type=int, default=5_000)
    parser.add_argument("--postings", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    workload = generate(chosen.alerts, chosen.postings, chosen.seed)
    found = BruteForce(workload.abstract).match_all(workload.abstract.postings)
    expected = [match.ordinals for match in found]
    rows = [_row("brute force", [match.ns for match in found])]
    rows.append(_oracle(workload, expected))
    rows.append(_postgres(workload, expected))
    mean = sum(map(len, expected)) / len(expected)
    title = f"{chosen.alerts:,} alerts, {mean:,.0f} matches a posting, all the same"
    show(title, ("engine", "p50 ms", "mean ms", "p99 ms"), rows)


def _oracle(workload: Workload, expected: Sequence[Ints]) -> list[object]:
    chosen = sample(workload, ORACLE_MAX, workload.seed)
    oracle = Oracle(workload, chosen)
    ns: list[float] = []
    for at, subject in enumerate(workload.subjects):
        match = oracle.match(subject)
        _same("the oracle", at, match.ordinals, np.intersect1d(expected[at], chosen))
        ns.append(match.ns * len(workload) / len(chosen))
    return _row(f"oracle, from a sample of {len(chosen):,}", ns)


def _postgres(workload: Workload, expected: Sequence[Ints]) -> list[object]:
    reason = postgres.available()
    if reason is not None:
        return ["PostgreSQL", reason, "", ""]
    with tempfile.TemporaryDirectory() as folder:
        workload.write(Path(folder))
        result = postgres.run(Path(folder))
    for at, ordinals in enumerate(result.matches):
        _same("PostgreSQL", at, ordinals, expected[at])
    size = f"{result.table_bytes / 1e6:,.0f} MB, built in {result.build_s:.1f} s"
    return _row(f"PostgreSQL {result.version}, {size}", result.ns.ravel().tolist())


def _same(name: str, posting: int, found: Ints, expected: Ints) -> None:
    if not np.array_equal(found, expected):
        wrong = np.setxor1d(found, expected)
        sys.exit(f"{name} differs from brute force on posting {posting}: alerts {wrong[:10]}")


def _row(name: str, ns: Sequence[float]) -> list[object]:
    ms = [value / 1e6 for value in ns]
    values = (quantile(ms, 0.5), sum(ms) / len(ms), quantile(ms, 0.99))
    return [name, *(f"{value:.3g}" for value in values)]


if __name__ == "__main__":
    main()
