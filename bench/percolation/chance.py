"""Draws by weight from a numpy generator: the same generator gives the same draws."""

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from bench.percolation.atoms import Ints

HOLE = np.iinfo(np.int32).min
"""What a row of a matrix does not have; no atom, count or floor is as low."""

Cumulative = NDArray[np.float64]
"""Rising to 1: the share of draws that give this number or a lower one."""


def cumulative(weights: ArrayLike) -> Cumulative:
    """The weights of 0, 1, 2, … as shares summed up."""
    sums = np.cumsum(np.asarray(weights, dtype=np.float64))
    shares: Cumulative = sums / sums[-1]
    return shares


def zipf(count: int, offset: float, exponent: float) -> Cumulative:
    """Zipf's law with Mandelbrot's offset: number r has the weight (r + 1 + offset)^-exponent."""
    return cumulative((np.arange(count) + 1 + offset) ** -exponent)


def draw(rng: Generator, shares: Cumulative, shape: int | tuple[int, ...]) -> Ints:
    """Numbers by these shares, independent of each other."""
    return np.searchsorted(shares, rng.random(shape), side="right").astype(np.int32)


def keep(rng: Generator, share: float, rows: Ints) -> Ints:
    """Each row (or number) stays with this probability and is a hole otherwise."""
    stays = rng.random(len(rows)) < share
    return np.where(stays.reshape(-1, *[1] * (rows.ndim - 1)), rows, HOLE).astype(np.int32)


def without_repeats(rows: Ints) -> Ints:
    """Each number once in its row: the later ones become holes."""
    kept = rows.copy()
    for at in range(1, rows.shape[1]):
        kept[(rows[:, :at] == rows[:, at : at + 1]).any(axis=1), at] = HOLE
    return kept
