"""How long a match takes while alerts are being changed, a thousand a second.

One thread replaces, forgets and adds alerts, each at its due time; compactions run in another when
they are due; the measuring one matches a posting every few milliseconds. The same postings at the
same pace without changes are measured first, since a core that slept answers slower than one that
never does. Nothing is checked while it is timed: what was found in between must have all alerts
that nobody touched, and what is found afterwards exactly the alerts that are left.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter, perf_counter_ns

import numpy as np
from numpy.typing import NDArray

from bench.percolation.agreement import Ordinals, must_agree
from bench.percolation.atoms import Ints
from bench.percolation.ours import Compaction, found, questions
from bench.percolation.timing import Spread
from bench.percolation.vocabulary import NOW
from bench.percolation.workload import Workload
from matching.percolator import Percolator
from matching.subject import Subject
from models.criteria import Criteria, UnknownPolicy

CHANGES_PER_S = 1_000
POSTINGS_PER_S = 200
REPLACED, FORGOTTEN = 0.5, 0.25
"""The shares of changes that replace an alert and that forget one; the others add one."""
TEND_EVERY = 100
"""Changes between two looks at whether a compaction is due."""

_STREAM = 5


@dataclass(frozen=True)
class Plan:
    """Changes in their order, as (id, content): alert `id` is from then on what the workload has
    at `content`, or forgotten where that is -1. `left` is, by id, what holds in the end."""

    ids: Ints
    contents: Ints
    left: Ints

    @property
    def untouched(self) -> Ints:
        """The ids that no change is about, rising."""
        every = np.arange(len(self.left) - len(self.ids), dtype=np.int32)
        return np.setdiff1d(every, self.ids)


def plan(registered: int, changes: int, seed: int) -> Plan:
    """Changes of the first `registered` alerts; change k brings the alert behind them, if any."""
    rng = np.random.default_rng([seed, _STREAM])
    kind, behind = rng.random(changes), np.arange(registered, registered + changes)
    is_new = kind >= REPLACED + FORGOTTEN
    is_forgotten = (kind >= REPLACED) & ~is_new
    ids = np.where(is_new, behind, rng.integers(registered, size=changes)).astype(np.int32)
    contents = np.where(is_forgotten, -1, behind).astype(np.int32)
    left = np.arange(registered + changes, dtype=np.int32)
    left[registered:] = -1
    for id_, content in zip(ids, contents, strict=True):
        left[id_] = content
    return Plan(ids, contents, left)


@dataclass(frozen=True)
class Changing:
    """`quiet` and `busy` are of a match at the same pace, without changes and with them;
    `per_s` is how many changes a second there really were."""

    quiet: Spread
    busy: Spread
    per_s: float
    compactions: int


def measure(
    percolator: Percolator, workload: Workload, planned: Plan, expected: Sequence[Ints]
) -> Changing:
    """Make all changes to a percolator of the workload's first alerts. `expected` are the contents
    (ordinals of the whole workload, with those behind) that match each posting. Raises
    DisagreementError where anything else was found, and what a changing thread raised."""
    subjects, ordinals = workload.subjects, Ordinals(map(workload.alert_id, range(len(workload))))
    end = perf_counter() + len(subjects) / POSTINGS_PER_S
    quiet, _ = _match(percolator, subjects, _pace(lambda: perf_counter() >= end))
    before = percolator.counters()["compactions"]
    with ThreadPoolExecutor(1) as thread:
        todo = _todo(workload, planned)
        changing = thread.submit(_change, percolator, todo)
        busy, between = _match(percolator, subjects, _pace(changing.done))
        seconds = changing.result()
    compactions = int(percolator.counters()["compactions"] - before)
    _check_between([ordinals.of(ids) for ids in between], expected, planned)
    _check_after(found(percolator, questions(percolator, subjects), ordinals), expected, planned)
    return Changing(Spread.of(quiet), Spread.of(busy), len(planned.ids) / seconds, compactions)


def _todo(workload: Workload, planned: Plan) -> list[tuple[str, Criteria | None]]:
    pairs = zip(planned.ids.tolist(), planned.contents.tolist(), strict=True)
    return [
        (workload.alert_id(id_), None if content < 0 else workload.criteria(content))
        for id_, content in pairs
    ]


def _change(percolator: Percolator, todo: Sequence[tuple[str, Criteria | None]]) -> float:
    """The seconds that all changes took."""
    with Compaction(percolator) as compaction:
        begun = perf_counter()
        for at, (id_, criteria) in enumerate(todo):
            time.sleep(max(0.0, begun + at / CHANGES_PER_S - perf_counter()))
            if criteria is None:
                percolator.unregister(id_)
            else:
                percolator.register(id_, criteria, UnknownPolicy.PASS)
            if at % TEND_EVERY == 0:
                compaction.tend()
        taken = perf_counter() - begun
        compaction.settle()
    return taken


def _pace(is_over: Callable[[], bool]) -> Iterator[int]:
    """Counts the postings, each at its due time."""
    begun, at = perf_counter(), 0
    while not is_over():
        time.sleep(max(0.0, begun + at / POSTINGS_PER_S - perf_counter()))
        yield at
        at += 1


def _match(
    percolator: Percolator, subjects: Sequence[Subject], pace: Iterator[int]
) -> tuple[list[int], list[NDArray[np.uint64]]]:
    """Nanoseconds of each match, and the ids it found. The posting's side is not counted: what is
    registered after it is not asked about, and nobody is surprised."""
    ns, ids = [], []
    for at in pace:
        answered = percolator.answers(subjects[at % len(subjects)], NOW)
        start = perf_counter_ns()
        hits = percolator.match(answered)
        ns.append(perf_counter_ns() - start)
        ids.append(hits.ids())
    return ns, ids


def _check_between(between: list[Ints], expected: Sequence[Ints], planned: Plan) -> None:
    counts = np.zeros(len(planned.left), dtype=np.bool_)
    counts[planned.untouched] = True
    found = [ordinals[counts[ordinals]] for ordinals in between]
    wanted = [ordinals[counts[ordinals]] for ordinals in expected]
    repeated = [wanted[at % len(wanted)] for at in range(len(found))]
    must_agree("percolator, alerts that no change touched", found, repeated)


def _check_after(after: list[Ints], expected: Sequence[Ints], planned: Plan) -> None:
    wanted = []
    for contents in expected:
        holds = np.zeros(len(planned.left) + 1, dtype=np.bool_)
        holds[contents] = True  # The last stays false: it is what -1 points to.
        wanted.append(np.flatnonzero(holds[planned.left]).astype(np.int32))
    must_agree("percolator after all changes", after, wanted)
