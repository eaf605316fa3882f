"""How long calls take, one by one, over all postings and again and again."""

import gc
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter_ns
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from bench.table import quantile

Input = TypeVar("Input")


@dataclass(frozen=True)
class Spread:
    """Milliseconds of single calls: each posting of each pass counts."""

    p50: float
    mean: float
    p99: float
    longest: float

    @classmethod
    def of(cls, ns: NDArray[np.int64] | Sequence[float], share: float = 1.0) -> Self:
        """From nanoseconds; `share` is what part of each call counts."""
        ms = (np.asarray(ns, dtype=np.float64).ravel() * share / 1e6).tolist()
        return cls(quantile(ms, 0.5), sum(ms) / len(ms), quantile(ms, 0.99), max(ms))


def timed(
    run: Callable[[Input], object], inputs: Sequence[Input], *, warm: int = 1, passes: int
) -> NDArray[np.int64]:
    """Nanoseconds by (pass, input), after `warm` passes that do not count."""
    gc.collect()
    ns = np.empty((passes, len(inputs)), dtype=np.int64)
    for number in range(-warm, passes):
        for at, each in enumerate(inputs):
            start = perf_counter_ns()
            result = run(each)
            taken = perf_counter_ns() - start
            del result  # What it costs to free it is no part of the call.
            if number >= 0:
                ns[number, at] = taken
    return ns
