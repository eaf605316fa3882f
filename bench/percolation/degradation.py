"""Alerts that are hard on purpose beside plain ones: how much slower, and why.

Each group of `bench.percolation.hard` is measured alone, then as many plain alerts with the same
postings. What the percolator finds of a group is compared with the oracle on a random sample.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bench.percolation.agreement import Ordinals, must_agree
from bench.percolation.atoms import Ints
from bench.percolation.hard import Group
from bench.percolation.oracle import Oracle, sample
from bench.percolation.ours import Figures, build, found, measure, questions
from bench.percolation.workload import Alerts
from matching.percolator import Percolator
from matching.subject import Subject

LIMIT = 10.0
"""Times slower that no group may be."""
ORACLE_SAMPLE = 200


@dataclass(frozen=True)
class Side:
    """One percolator. `new_ms` is a posting that was never seen, both sides, on average; `atoms`
    are the questions that a posting says yes to, on average; `counts` the matches of each."""

    figures: Figures
    new_ms: float
    atoms: float
    counts: Ints


@dataclass(frozen=True)
class Degradation:
    """A group and as many plain alerts. `note` says what happens."""

    name: str
    alerts: int
    hard: Side
    plain: Side
    note: str

    @property
    def ratios(self) -> dict[str, float]:
        """Hard to plain, of the alerts' side and of the posting's."""
        hard, plain = self.hard.figures, self.plain.figures
        return {
            "match p50": hard.match.p50 / plain.match.p50,
            "match p99": hard.match.p99 / plain.match.p99,
            "answers p50": hard.answers.p50 / plain.answers.p50,
            "answers p99": hard.answers.p99 / plain.answers.p99,
            "new posting": self.hard.new_ms / self.plain.new_ms,
        }


def degradation(group: Group, training: Sequence[Subject], passes: int) -> Degradation:
    """Raises DisagreementError where the oracle finds anything else."""
    hard = _side(group, group.subjects, training, passes)
    plain = _side(group.plain, group.subjects, training, passes)
    return Degradation(group.name, len(group), hard, plain, _NOTES[group.name](group, hard))


def _side(
    alerts: Alerts, subjects: Sequence[Subject], training: Sequence[Subject], passes: int
) -> Side:
    percolator, built = build(alerts, training)
    counts = _checked(percolator, alerts, subjects)
    answered = questions(percolator, subjects)
    atoms = sum(len(each.atoms) + len(each.lenient) for each in answered) / len(answered)
    new_ms = 1e3 * built.learn_s / len(training)
    return Side(measure(percolator, subjects, passes), new_ms, atoms, counts)


def _checked(percolator: Percolator, alerts: Alerts, subjects: Sequence[Subject]) -> Ints:
    """How many alerts each posting meets, of which a sample is shown to be right."""
    ordinals = Ordinals(map(alerts.alert_id, range(len(alerts))))
    every = found(percolator, questions(percolator, subjects), ordinals)
    chosen = sample(alerts, ORACLE_SAMPLE, seed=len(alerts))
    oracle = Oracle(alerts, chosen)
    must_agree(
        "percolator, alerts of the sample",
        [np.intersect1d(ordinals, chosen) for ordinals in every],
        [oracle.match(subject).ordinals for subject in subjects],
    )
    return np.array([len(ordinals) for ordinals in every], dtype=np.int32)


def _engineers(group: Group, hard: Side) -> str:
    nowhere = np.array([not subject.places for subject in group.subjects])
    unpaid = np.array([subject.pay_usd is None for subject in group.subjects])
    met = [
        f"{int(hard.counts[which].mean()):,} alerts ({int(which.sum())} postings)"
        for which in (nowhere & unpaid, nowhere & ~unpaid, ~nowhere)
        if which.any()
    ]
    return f"met without place and pay, with pay only, with a place: {', '.join(met)}"


def _many_tests(group: Group, hard: Side) -> str:
    run = round(hard.figures.candidates * len(group.subjects))
    return f"one program of 200 tests, run for {run} of {len(group.subjects)} postings"


def _prefixes(_: Group, hard: Side) -> str:
    return f"prefixes are atoms, found once for each word: a posting says yes to {hard.atoms:,.0f}"


def _radii(_: Group, hard: Side) -> str:
    return f"circles are atoms, found once for each town: a posting says yes to {hard.atoms:,.0f}"


_NOTES: dict[str, Callable[[Group, Side], str]] = {
    "engineers": _engineers,
    "one of 200 tests": _many_tests,
    "prefixes": _prefixes,
    "radii": _radii,
}
