"""The percolator as the benchmark builds it: registered, taught by other postings, compacted.

Alerts are registered as a shard does it that reads them from the store: segments are merged in a
thread meanwhile, and all into one in the end. Then it matches a training set, which tells it how
common each question is, and files all alerts anew by what it saw, as a shard does after its first
thousand postings.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice
from time import perf_counter
from typing import Self

from bench.percolation import postings as posting_source
from bench.percolation.agreement import Ordinals
from bench.percolation.atoms import Ints
from bench.percolation.timing import Spread, timed
from bench.percolation.vocabulary import NOW
from bench.percolation.workload import TRAINING_POSTINGS, Alerts, Workload
from matching.percolator import Percolator
from matching.percolator.atoms import Answered
from matching.subject import Subject
from models.criteria import Criteria, UnknownPolicy

BLOCK = 10_000
"""Alerts whose trees are made, untimed, before they are registered."""
BATCH = 64


class Compaction:
    """Compacts in a thread where it is due, once at a time, as the shard does."""

    def __init__(self, percolator: Percolator) -> None:
        self._percolator = percolator
        self._thread = ThreadPoolExecutor(1)
        self._running: Future[bool] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.shutdown()

    def tend(self) -> None:
        """Begin what is due. Raises what the last compaction raised."""
        if self._running is not None and self._running.done():
            self.settle()
        if self._running is None and self._percolator.compaction_due:
            self._running = self._thread.submit(self._percolator.compact)

    def settle(self) -> None:
        """Wait for the compaction that is under way. Raises what it raised."""
        if self._running is not None:
            self._running.result()
        self._running = None


@dataclass(frozen=True)
class Built:
    """What it took, in seconds: to register with merges in the background, to file all in one
    segment, to match the training postings one by one, and to file all anew after that."""

    register_s: float
    compact_s: float
    learn_s: float
    refile_s: float


def build(alerts: Alerts, training: Sequence[Subject]) -> tuple[Percolator, Built]:
    """A percolator of these alerts that has seen the training postings."""
    percolator = Percolator()
    register_s = _register(percolator, alerts)
    compact_s = _compact(percolator)
    start = perf_counter()
    for subject in training:
        percolator.match(percolator.answers(subject, NOW))
    learn_s = perf_counter() - start
    return percolator, Built(register_s, compact_s, learn_s, refile_s=_compact(percolator))


def _register(percolator: Percolator, alerts: Alerts) -> float:
    taken = 0.0
    with Compaction(percolator) as compaction:
        for block in _blocks(alerts):
            start = perf_counter()
            for id_, tree in block:
                percolator.register(id_, tree, UnknownPolicy.PASS)
            compaction.tend()
            taken += perf_counter() - start
        start = perf_counter()
        compaction.settle()
        return taken + perf_counter() - start


def _blocks(alerts: Alerts) -> Iterator[list[tuple[str, Criteria]]]:
    for start in range(0, len(alerts), BLOCK):
        end = min(start + BLOCK, len(alerts))
        yield [(alerts.alert_id(at), alerts.criteria(at)) for at in range(start, end)]


def _compact(percolator: Percolator) -> float:
    start = perf_counter()
    percolator.compact(whole=True)
    return perf_counter() - start


def training(workload: Workload) -> list[Subject]:
    """Postings of the same kind as the workload's, and none of them."""
    source = posting_source.PostingSource(workload.atoms, workload.seed, training=True)
    adverts = source.draw(TRAINING_POSTINGS)
    return [posting_source.subject(workload.atoms, workload.seed, advert) for advert in adverts]


def questions(percolator: Percolator, subjects: Sequence[Subject]) -> list[Answered]:
    """What each posting says yes to."""
    return [percolator.answers(subject, NOW) for subject in subjects]


def batches(answered: Sequence[Answered]) -> list[list[Answered]]:
    """All postings in batches of 64; the last is filled up with the first ones."""
    count = -(-len(answered) // BATCH)
    endless = cycle(answered)
    return [list(islice(endless, BATCH)) for _ in range(count)]


def found(percolator: Percolator, answered: Sequence[Answered], ordinals: Ordinals) -> list[Ints]:
    """The alerts of each posting, one posting at a time."""
    return [ordinals.of(percolator.match(each).ids()) for each in answered]


def found_in_batches(
    percolator: Percolator, answered: Sequence[Answered], ordinals: Ordinals
) -> list[Ints]:
    """The alerts of each posting, 64 postings at a time."""
    lanes: list[Ints] = []
    for batch in batches(answered):
        hits = percolator.match_many(batch)
        lanes += [ordinals.of(hits.ids_of(lane)) for lane in range(len(batch))]
    return lanes[: len(answered)]


@dataclass(frozen=True)
class Figures:
    """What a posting costs. `match` finds the alerts, `ids` gives their ids as numbers too,
    `batch` is a posting's share of 64 at once, `answers` the posting's side, `percolate` all from
    the subject to sorted texts of ids. Rows, candidates and matches are means of a posting."""

    match: Spread
    ids: Spread
    batch: Spread
    answers: Spread
    percolate: Spread
    rows: float
    candidates: float
    matches: float


def measure(percolator: Percolator, subjects: Sequence[Subject], passes: int) -> Figures:
    """Each kind of call by itself, nothing else beside it."""
    answered = questions(percolator, subjects)
    match = timed(percolator.match, answered, passes=passes)
    rows, candidates, matches = _reads(percolator, answered)
    return Figures(
        match=Spread.of(match),
        ids=Spread.of(timed(lambda each: percolator.match(each).ids(), answered, passes=passes)),
        batch=Spread.of(
            timed(percolator.match_many, batches(answered), passes=passes), share=1 / BATCH
        ),
        answers=Spread.of(timed(lambda s: percolator.answers(s, NOW), subjects, passes=passes)),
        percolate=Spread.of(timed(lambda s: percolator.percolate(s, NOW), subjects, passes=passes)),
        rows=rows,
        candidates=candidates,
        matches=matches,
    )


def _reads(percolator: Percolator, answered: Sequence[Answered]) -> tuple[float, float, float]:
    """Rows, candidates and matches of a posting, on average."""
    before, n = percolator.counters(), len(answered)
    matches = sum(len(percolator.match(each)) for each in answered)
    after = percolator.counters()
    rows, candidates = (after[name] - before[name] for name in ("rows", "candidates"))
    return rows / n, candidates / n, matches / n
