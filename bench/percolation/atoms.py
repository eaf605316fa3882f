"""The abstract form of the workload: atoms (opaque numbers) in flat arrays of int32.

Alerts: for each one `n_clauses`, then for each clause its kind and what it needs: 0, k and k atoms
(any of them is there), 1, k and k atoms (none of them is there), 2 and a floor (pay is unknown or
at least that many US dollars a year). Postings: for each one its pay (-1: unknown), k and k atoms,
each once. The rivals read this form, and none needs to know what an atom stands for.

That unknown passes is an atom too: a test on the mode is "one of these modes, or the mode is
unknown". So the form says the same as the criteria tree under the policy *pass*.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bench.percolation.vocabulary import Vocabulary
from models.criteria import (
    Criteria,
    EmploymentIn,
    In,
    LevelIn,
    ModeIn,
    Not,
    Or,
    Pay,
    Words,
)
from models.posting import EmploymentType, Level, Mode

Ints = NDArray[np.int32]
Offsets = NDArray[np.int64]

ANY, NONE, FLOOR = 0, 1, 2
PAY_UNKNOWN = -1

MODES, EMPLOYMENTS, LEVELS = tuple(Mode), tuple(EmploymentType), tuple(Level)


class Clause(NamedTuple):
    """`atoms` holds the floor alone where the kind is FLOOR."""

    kind: int
    atoms: tuple[int, ...]


@dataclass(frozen=True)
class Flat:
    """Records of different lengths one behind the other: record i is [offsets[i], offsets[i+1])."""

    values: Ints
    offsets: Offsets

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, at: int) -> Ints:
        return self.values[self.offsets[at] : self.offsets[at + 1]]


def clauses(record: Ints) -> Iterator[Clause]:
    """The clauses of one alert."""
    values = record.tolist()
    at = 1
    for _ in range(values[0]):
        kind, size = values[at], values[at + 1]
        if kind == FLOOR:
            yield Clause(kind, (size,))
            at += 2
        else:
            yield Clause(kind, tuple(values[at + 2 : at + 2 + size]))
            at += 2 + size


def read_alerts(values: Ints) -> Flat:
    """Find the records in the content of `alerts.bin`. Raises ValueError where it is cut off.

    Cost: 2 s for a million alerts.
    """
    number = values.data  # where one number costs half of what it costs in the array

    def after(at: int) -> int:
        left, at = number[at], at + 1
        for _ in range(left):
            at += 2 if number[at] == FLOOR else 2 + number[at + 1]
        return at

    return _records(values, after)


def read_postings(values: Ints) -> Flat:
    """Find the records in the content of `postings.bin`. Raises ValueError where it is cut off."""
    return _records(values, lambda at: at + 2 + int(values[at + 1]))


def _records(values: Ints, after: Callable[[int], int]) -> Flat:
    """`after` gives where the record that begins at a position ends."""
    starts = [0]
    try:
        while starts[-1] < len(values):
            starts.append(after(starts[-1]))
    except IndexError:
        raise ValueError("the last record is cut off") from None
    if starts[-1] != len(values):
        raise ValueError(f"the last record ends at {starts[-1]} of {len(values)} numbers")
    return Flat(values, np.array(starts, dtype=np.int64))


@dataclass(frozen=True)
class Atoms:
    """Which atom stands for what: words first (by falling frequency), then modes, employment
    types, levels and places, and behind each of these four the atom that says *unknown*."""

    vocabulary: Vocabulary

    @cached_property
    def mode(self) -> int:
        return len(self.vocabulary.words)

    @cached_property
    def employment(self) -> int:
        return self.mode + len(MODES) + 1

    @cached_property
    def level(self) -> int:
        return self.employment + len(EMPLOYMENTS) + 1

    @cached_property
    def place(self) -> int:
        return self.level + len(LEVELS) + 1

    @cached_property
    def no_place(self) -> int:
        return self.place + len(self.vocabulary.places)

    def __len__(self) -> int:
        return self.no_place + 1

    @cached_property
    def place_of_id(self) -> dict[int, int]:
        """The atom of each GeoNames id."""
        return {place.id: self.place + at for at, place in enumerate(self.vocabulary.places)}

    def test(self, clause: Clause) -> Criteria:
        """The clause as a criteria tree, to be read under the policy *pass*."""
        if clause.kind == NONE:
            return Not(item=self._any(clause.atoms))
        if clause.kind == FLOOR:
            return _floor(clause.atoms[0])
        return self._any(clause.atoms)

    def _any(self, atoms: tuple[int, ...]) -> Criteria:
        if atoms[0] < self.mode:
            return _or([_word(self.vocabulary.words[atom]) for atom in atoms])
        *known, _ = atoms  # The last says unknown, which passes anyway.
        if atoms[0] >= self.place:
            found = (self.vocabulary.places[atom - self.place] for atom in known)
            return _or([In(place=place) for place in found])
        if atoms[0] >= self.level:
            return LevelIn(min=LEVELS[known[0] - self.level], max=LEVELS[known[-1] - self.level])
        if atoms[0] >= self.employment:
            return EmploymentIn(values=tuple(EMPLOYMENTS[a - self.employment] for a in known))
        return ModeIn(values=tuple(MODES[atom - self.mode] for atom in known))


@lru_cache(maxsize=1 << 16)
def _word(text: str) -> Words:
    return Words(text=text)


@lru_cache(maxsize=1 << 12)
def _floor(usd: int) -> Pay:
    return Pay(min=float(usd), currency="USD")


def _or(tests: list[Criteria]) -> Criteria:
    return Or(items=tuple(tests)) if len(tests) > 1 else tests[0]
