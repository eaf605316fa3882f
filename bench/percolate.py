"""The percolator beside its rivals: one input, one run, the same matches.

    python -m bench.percolate [--alerts N ...] [--postings N] [--seed N] [--rivals NAME ...]
                              [--cache FOLDER] [--quick]

For each number of alerts: our calls one by one, then 1,000 changes a second, recovery, and the
rivals on the same files; then the hard workload. Every engine's matches are compared with those of
the compiled brute force, and these with the oracle's on a random sample; a difference ends the run
with 1. Tables go to standard output, progress to standard error. A million alerts take some
twenty minutes and 8 GB. What is compared and how: bench/README.md.
"""

import argparse
import gc
import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.percolation import changes, ours, rivals
from bench.percolation.agreement import DisagreementError, Ordinals, must_agree
from bench.percolation.atoms import Ints
from bench.percolation.brute import BruteForce
from bench.percolation.degradation import Degradation, degradation
from bench.percolation.hard import hard
from bench.percolation.ours import Built
from bench.percolation.recovery import Recovery, recover
from bench.percolation.report import Run, print_degradations, print_growth, print_run
from bench.percolation.vocabulary import NOW
from bench.percolation.workload import Workload, generate
from cluster.makers.matcher import GC_THRESHOLDS
from matching import percolator as percolator_package
from matching.percolator import Percolator
from matching.percolator.warm import warm

ALERTS = (10_000, 100_000, 1_000_000)
POSTINGS, PASSES, CHANGING_S = 300, 5, 10
QUICK_ALERTS, QUICK_POSTINGS, QUICK_PASSES, QUICK_CHANGING_S = (10_000,), 60, 2, 2
QUICK_HARD = 20
"""A quick run has a group's first alerts only: one in so many."""

_begun = time.monotonic()


def main() -> int:
    """0, or 1 where two engines found different alerts."""
    options = _options()
    gc.set_threshold(*GC_THRESHOLDS)
    print(f"Load of the machine at the start: {os.getloadavg()[0]:.2f}. Seed {options.seed}.")
    warm()
    try:
        runs = []
        for count in options.alerts:
            runs.append(_run(count, options))
            print_run(runs[-1])
        print_growth(runs)
        print_degradations(_degradations(options))
    except FileNotFoundError as error:
        sys.exit(str(error))
    except DisagreementError as error:
        print(f"DIFFERENT MATCHES: {error}", file=sys.stderr)
        return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--alerts", type=int, nargs="+", default=None)
    parser.add_argument("--postings", type=int, default=None)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rivals", nargs="*", choices=rivals.RIVALS, default=[*rivals.RIVALS])
    parser.add_argument("--cache", type=Path, help="keep compiled alerts here between runs")
    parser.add_argument("--quick", action="store_true", help="a minute, for trying it out")
    chosen = parser.parse_args()
    chosen.alerts = sorted(chosen.alerts or (QUICK_ALERTS if chosen.quick else ALERTS))
    chosen.postings = chosen.postings or (QUICK_POSTINGS if chosen.quick else POSTINGS)
    chosen.passes = QUICK_PASSES if chosen.quick else PASSES
    chosen.changes = changes.CHANGES_PER_S * (QUICK_CHANGING_S if chosen.quick else CHANGING_S)
    return chosen


def _run(count: int, options: argparse.Namespace) -> Run:
    """One number of alerts, from the first draw to the last rival. Raises DisagreementError."""
    _say(f"{count:,} alerts: drawing them, and brute force")
    whole = generate(count + options.changes, options.postings, options.seed)
    workload = whole.first(count)
    brute, expected = rivals.brute_force(workload.abstract)
    percolator, built = _percolator(workload, options.cache)
    _say("matching")
    _check(percolator, workload, expected)
    figures = ours.measure(percolator, workload.subjects, options.passes)
    segment_bytes = percolator.gauges()["segment_bytes"]
    recovery = _recovery(percolator, workload, expected)
    _say(f"{options.changes:,} changes")
    planned = changes.plan(count, options.changes, options.seed)
    found = BruteForce(whole.abstract).match_all(whole.abstract.postings)
    changing = changes.measure(percolator, whole, planned, [match.ordinals for match in found])
    del percolator, whole
    others = [brute, *_rivals(workload, expected, options.rivals)]
    return Run(
        alerts=count,
        postings=options.postings,
        figures=figures,
        segment_bytes=segment_bytes,
        built=built,
        recovery=recovery,
        changing=changing,
        rivals=others,
    )


def _percolator(workload: Workload, cache: Path | None) -> tuple[Percolator, Built | None]:
    """Registered and taught, or as the cache has it."""
    file = cache / f"{len(workload)}-{workload.seed}.alerts" if cache else None
    loaded = Percolator.load(file) if file else None
    if loaded and loaded[1] == _identity(workload):
        _say("taken from the cache")
        return loaded[0], None
    _say("registering")
    percolator, built = ours.build(workload, ours.training(workload))
    if file:
        percolator.save(file, _identity(workload))
    return percolator, built


def _identity(workload: Workload) -> str:
    """What a percolator in the cache depends on: the alerts, and the code that files them."""
    digest = hashlib.blake2b(workload.abstract.alerts.values.tobytes(), digest_size=16)
    for file in sorted(Path(percolator_package.__path__[0]).glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _check(percolator: Percolator, workload: Workload, expected: Sequence[Ints]) -> None:
    """One by one, in batches, and as texts. Raises DisagreementError."""
    ordinals = Ordinals(map(workload.alert_id, range(len(workload))))
    answered = ours.questions(percolator, workload.subjects)
    must_agree("percolator", ours.found(percolator, answered, ordinals), expected)
    batched = ours.found_in_batches(percolator, answered, ordinals)
    must_agree("percolator, 64 postings at once", batched, expected)
    for posting, subject in enumerate(workload.subjects):
        texts = percolator.percolate(subject, NOW)
        if texts != sorted(map(workload.alert_id, expected[posting].tolist())):
            raise DisagreementError(f"percolator, texts of ids, posting {posting}")


def _recovery(percolator: Percolator, workload: Workload, expected: Sequence[Ints]) -> Recovery:
    """In a process of its own for its figures, and here once more for what it finds."""
    _say("snapshot and recovery")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "percolator.alerts"
        recovery = recover(percolator, file, "bench")
        loaded = Percolator.load(file)
    if loaded is None:
        raise DisagreementError("the snapshot cannot be read")
    _check(loaded[0], workload, expected)
    return recovery


def _rivals(workload: Workload, expected: Sequence[Ints], names: list[str]) -> list[rivals.Rival]:
    found = []
    for name in names:
        _say(f"rival: {name}")
        found += rivals.RIVALS[name](workload, expected)
    return found


def _degradations(options: argparse.Namespace) -> list[Degradation]:
    groups = hard(options.postings, options.seed)
    if options.quick:
        groups = tuple(group.first(-(-len(group) // QUICK_HARD)) for group in groups)
    training, found = ours.training(groups[0].plain), []
    for group in groups:
        _say(f"hard: {group.name}")
        found.append(degradation(group, training, options.passes))
    return found


def _say(what: str) -> None:
    print(f"{time.monotonic() - _begun:7.1f} s  {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
