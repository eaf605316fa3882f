"""Alerts drawn by chance, a block at a time.

A block is a matrix, one row an alert, in the order of the abstract form; what an alert does not
have is a hole. Taking the holes out gives the flat records. Each block has its own random stream,
so that a workload of fewer alerts is the beginning of a larger one of the same seed.
"""

import numpy as np
from numpy.random import Generator

from bench.percolation.atoms import (
    ANY,
    EMPLOYMENTS,
    FLOOR,
    LEVELS,
    MODES,
    NONE,
    Atoms,
    Flat,
    Ints,
)
from bench.percolation.chance import HOLE, cumulative, draw, keep, without_repeats, zipf

BLOCK = 10_000

KEYWORDS = (0.04, 0.28, 0.36, 0.32)
"""The shares of alerts with one to four keyword clauses."""
SYNONYM = 0.30
"""The share of keyword clauses with a second word."""
PLACED, PLACES = 0.70, (0.5, 0.3, 0.2)
"""The share of alerts with places, and of these with one to three."""
FACT = 0.30
"""The share of alerts that test the mode; as many the employment type, the level, the pay."""
NEGATED = 0.15

WORD_OFFSET, WORD_EXPONENT = 50.0, 1.0
"""How keywords spread over the words: flatter than in postings, as nobody asks for the words that
every posting has. Chosen so that a posting meets 0.4 % of the alerts."""

OF_REAL_POSTINGS = 0.75
"""The share of places that real postings name; the rest are large cities."""
WIDENED = (0.75, 0.15, 0.10)
"""The shares of places that stay a city, and become its region and its country."""

FLOORS_USD = np.arange(40_000, 200_001, 5_000)

_STREAM = 1


class PlaceSource:
    """Draws the places that people ask for."""

    def __init__(self, atoms: Atoms) -> None:
        vocabulary = atoms.vocabulary
        named = np.zeros(len(vocabulary.places))
        for place in (place for job in vocabulary.jobs for place in job.places):
            named[atoms.place_of_id[place.id] - atoms.place] += 1
        self._named, self._large = cumulative(named), cumulative(vocabulary.populations)
        self._wider = _wider(atoms)

    def draw(self, rng: Generator, shape: int | tuple[int, ...]) -> Ints:
        """Atoms of cities, regions and countries."""
        near = rng.random(shape) < OF_REAL_POSTINGS
        found = np.where(near, draw(rng, self._named, shape), draw(rng, self._large, shape))
        atoms: Ints = self._wider[draw(rng, cumulative(WIDENED), shape), found]
        return atoms


class AlertSource:
    """Draws the alerts of one seed."""

    def __init__(self, atoms: Atoms, seed: int) -> None:
        vocabulary = atoms.vocabulary
        self._atoms, self._seed = atoms, seed
        self._words = zipf(len(vocabulary.words), WORD_OFFSET, WORD_EXPONENT)
        self._places = PlaceSource(atoms)

    def draw(self, count: int) -> Flat:
        """The first `count` alerts of this seed, in the abstract form."""
        values, sizes = [], [np.zeros(1, dtype=np.int64)]
        for number in range(-(-count // BLOCK)):
            block = self._block(number)[: count - number * BLOCK]
            values.append(block[block != HOLE])
            sizes.append((block != HOLE).sum(axis=1))
        return Flat(np.concatenate(values), np.cumsum(np.concatenate(sizes)))

    def _block(self, number: int) -> Ints:
        rng = np.random.default_rng([self._seed, _STREAM, number])
        words, atoms = self._word_rows(rng), self._atoms
        parts = [_clause(ANY, words[:, at : at + 2]) for at in range(0, 2 * len(KEYWORDS), 2)]
        parts += [
            _clause(ANY, self._place_rows(rng), atoms.no_place),
            _clause(ANY, _two_of(rng, atoms.mode, len(MODES)), atoms.employment - 1),
            _clause(ANY, _two_of(rng, atoms.employment, len(EMPLOYMENTS)), atoms.level - 1),
            _clause(ANY, _level_rows(rng, atoms.level), atoms.place - 1),
            _clause(NONE, words[:, -1:]),
            _floor_rows(rng),
        ]
        count = sum((part[:, :1] != HOLE).astype(np.int32) for part in parts)
        return np.concatenate([count, *parts], axis=1, dtype=np.int32)

    def _word_rows(self, rng: Generator) -> Ints:
        """Two words for each keyword clause, then the negated one; no word twice in an alert."""
        words = draw(rng, self._words, (BLOCK, 2 * len(KEYWORDS) + 1))
        clauses = 1 + draw(rng, cumulative(KEYWORDS), BLOCK)
        for at in range(len(KEYWORDS)):
            words[clauses <= at, 2 * at : 2 * at + 2] = HOLE
            words[:, 2 * at + 1] = keep(rng, SYNONYM, words[:, 2 * at + 1])
        words[:, -1] = keep(rng, NEGATED, words[:, -1])
        return without_repeats(words)

    def _place_rows(self, rng: Generator) -> Ints:
        found = self._places.draw(rng, (BLOCK, len(PLACES)))
        count = 1 + draw(rng, cumulative(PLACES), BLOCK)
        found[np.arange(len(PLACES)) >= count[:, None]] = HOLE
        return without_repeats(keep(rng, PLACED, found))


def _wider(atoms: Atoms) -> Ints:
    """Atoms by (0 itself, 1 its region, 2 its country) and place; a place that has no such
    surrounding stands for itself."""
    places = atoms.vocabulary.places
    around = [(place.id, *place.within) for place in places]
    rows = [
        [atoms.place_of_id[ids[min(level, len(ids) - 1)]] for ids in around] for level in range(3)
    ]
    return np.array(rows, dtype=np.int32)


def _clause(kind: int, atoms: Ints, unknown: int | None = None) -> Ints:
    """The clause in each row: kind, number of atoms, atoms; holes where it has no atoms."""
    size = (atoms != HOLE).sum(axis=1, keepdims=True)
    there = size > 0
    columns = [
        np.where(there, kind, HOLE),
        np.where(there, size + (unknown is not None), HOLE),
        atoms,
    ]
    if unknown is not None:
        columns.append(np.where(there, unknown, HOLE))
    return np.concatenate(columns, axis=1, dtype=np.int32, casting="same_kind")


def _two_of(rng: Generator, first: int, count: int) -> Ints:
    """One or two of the atoms from `first` on."""
    found = first + rng.integers(count, size=(BLOCK, 2), dtype=np.int32)
    return without_repeats(keep(rng, FACT, found))


def _level_rows(rng: Generator, first: int) -> Ints:
    """All levels of a range."""
    ends = np.sort(rng.integers(len(LEVELS), size=(BLOCK, 2)), axis=1)
    levels = np.arange(len(LEVELS))
    inside = (levels >= ends[:, :1]) & (levels <= ends[:, 1:])
    return keep(rng, FACT, np.where(inside, first + levels, HOLE).astype(np.int32))


def _floor_rows(rng: Generator) -> Ints:
    floors = FLOORS_USD[rng.integers(len(FLOORS_USD), size=BLOCK)]
    return keep(rng, FACT, np.stack([np.full(BLOCK, FLOOR), floors], axis=1).astype(np.int32))
