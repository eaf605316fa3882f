"""The second workload: alerts that are hard on purpose, in groups that are timed one by one.

Each group stands beside a plain one of the same size over the same postings, so that the difference
in time is the price of its kind:

- *engineers* all say `engineer`, a word of nearly every posting, and differ in place and pay;
- *one of 200 tests* is a single alert, an `and` of ten `or`s of ten pairs, which as a conjunction
  of plain clauses would be 10,240 clauses;
- *prefixes* and *radii* are the plain alerts, each with a prefix of its own in place of its first
  keywords, or with a radius around a city in place of its places.

The groups have criteria trees only; what is true of them the oracle says.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from bench.percolation.alerts import PlaceSource
from bench.percolation.chance import cumulative, draw
from bench.percolation.workload import Workload, generate
from matching.subject import Subject
from models.base import derived_id
from models.criteria import And, Criteria, In, Near, Or, Pay, Words

ENGINEERS, PREFIXES, RADII = 200_000, 50_000, 20_000
ORS, PAIRS = 10, 10
COMMON_WORDS = 250
"""The 200 tests ask for different ones of these, so that some postings do match."""
PREFIX_LETTERS = range(2, 7)
RADIUS_KM = (5.0, 300.0)
FLOORS_USD = (40_000, 200_000)

Maker = Callable[[int], Criteria]
"""Makes the tree of an alert from its ordinal."""

_STREAM = 4


@dataclass(frozen=True)
class Group:
    """Hard alerts by ordinal. `plain` has as many ordinary alerts, and the postings of both."""

    name: str
    plain: Workload
    make: Maker

    def __len__(self) -> int:
        return len(self.plain)

    def alert_id(self, at: int) -> str:
        return derived_id(f"bench-{self.name}", self.plain.seed, at)

    def criteria(self, at: int) -> Criteria:
        """The tree of alert `at` in normal form, to be read under the policy *pass*."""
        return self.make(at)

    def alerts(self) -> Iterator[tuple[str, Criteria]]:
        return ((self.alert_id(at), self.criteria(at)) for at in range(len(self)))

    def first(self, count: int) -> "Group":
        """The same with these alerts only, of which there are at least as many."""
        return replace(self, plain=self.plain.first(count))

    @property
    def subjects(self) -> tuple[Subject, ...]:
        return self.plain.subjects


def hard(postings: int, seed: int) -> tuple[Group, ...]:
    """The four groups, in the order above. Raises FileNotFoundError without the real postings."""

    def group(name: str, size: int, maker: Callable[[Workload], Maker]) -> Group:
        plain = generate(size, postings, seed)
        return Group(name, plain, maker(plain))

    return (
        group("engineers", ENGINEERS, _engineers),
        group("one of 200 tests", 1, _many_tests),
        group("prefixes", PREFIXES, _prefixes),
        group("radii", RADII, _radii),
    )


def _engineers(plain: Workload) -> Maker:
    rng, atoms = _rng(plain), plain.atoms
    places = PlaceSource(atoms).draw(rng, len(plain)) - atoms.place
    floors = rng.integers(*FLOORS_USD, size=len(plain))
    word = Words(text="engineer")

    def make(at: int) -> Criteria:
        place = atoms.vocabulary.places[places[at]]
        return And(items=(word, In(place=place), Pay(min=float(floors[at]), currency="USD")))

    return make


def _many_tests(plain: Workload) -> Maker:
    words = plain.atoms.vocabulary.words[:COMMON_WORDS]
    chosen = _rng(plain).choice(words, (ORS, PAIRS, 2), replace=False)
    tree = And(
        items=tuple(
            Or(items=tuple(And(items=tuple(Words(text=str(w)) for w in pair)) for pair in pairs))
            for pairs in chosen
        )
    )
    return lambda at: tree


def _prefixes(plain: Workload) -> Maker:
    words = plain.atoms.vocabulary.words
    pool = sorted({word[:size] for word in words for size in PREFIX_LETTERS if len(word) > size})
    chosen = _rng(plain).choice(len(pool), len(plain), replace=False)

    def make(at: int) -> Criteria:
        prefix = Words(kind="prefix", text=pool[chosen[at]])
        return _replaced(plain.criteria(at), Words, prefix)

    return make


def _radii(plain: Workload) -> Maker:
    rng, vocabulary = _rng(plain), plain.atoms.vocabulary
    centres = draw(rng, cumulative(vocabulary.populations), len(plain))
    km = np.exp(rng.uniform(math.log(RADIUS_KM[0]), math.log(RADIUS_KM[1]), len(plain))).round(1)

    def make(at: int) -> Criteria:
        near = Near(place=vocabulary.places[centres[at]], km=float(km[at]))
        return _replaced(plain.criteria(at), In, near)

    return make


def _rng(plain: Workload) -> np.random.Generator:
    return np.random.default_rng([plain.seed, _STREAM])


def _replaced(tree: Criteria, kind: type[Criteria], test: Criteria) -> Criteria:
    """The alert with `test` in place of its first clause of that kind, or added to the others."""
    items: list[Criteria] = list(tree.items) if isinstance(tree, And) else [tree]
    of_kind = (at for at, item in enumerate(items) if isinstance(_first_leaf(item), kind))
    at = next(of_kind, len(items))
    items[at : at + 1] = [test]
    return And(items=tuple(items)) if len(items) > 1 else test


def _first_leaf(clause: Criteria) -> Criteria:
    return clause.items[0] if isinstance(clause, Or) else clause
