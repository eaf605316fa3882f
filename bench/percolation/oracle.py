"""The linear oracle as a rival: `matching.evaluate.holds`, alert after alert.

It reads the trees and the subjects, so it says what is true; at some microseconds an alert it can
be asked about a sample only.
"""

from collections.abc import Sequence
from time import perf_counter_ns

import numpy as np

from bench.percolation.atoms import Ints
from bench.percolation.brute import Match
from bench.percolation.vocabulary import NOW
from bench.percolation.workload import Alerts
from matching.evaluate import holds
from matching.subject import Subject
from models.criteria import UnknownPolicy


def sample(alerts: Alerts, size: int, seed: int) -> Ints:
    """Ordinals of alerts, rising, each alert as likely as any other; all where there are fewer."""
    size = min(size, len(alerts))
    chosen = np.random.default_rng(seed).choice(len(alerts), size, replace=False)
    return np.sort(chosen).astype(np.int32)


class Oracle:
    """The alerts with these ordinals (rising), as trees."""

    def __init__(self, alerts: Alerts, ordinals: Sequence[int] | Ints) -> None:
        self._ordinals = np.asarray(ordinals, dtype=np.int32)
        self._trees = [alerts.criteria(int(at)) for at in self._ordinals]

    def match(self, subject: Subject) -> Match:
        """Which of the alerts match; divide `ns` by their number for the time of one alert."""
        start = perf_counter_ns()
        found = [holds(tree, UnknownPolicy.PASS, subject, NOW) for tree in self._trees]
        taken = perf_counter_ns() - start
        return Match(self._ordinals[np.array(found, dtype=np.bool_)], taken)
