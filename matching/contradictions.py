"""Whether any posting at all can meet a query, and which clauses exclude each other if none can.

To hold, a tree demands of each of its tests to be true or to be false: `and` all of its items, `or`
one of them, `not` the opposite. Demands are taken one after the other into `_Facts`, which knows
when two or more of them cannot be met together. An `or` is a choice: branches that the facts rule
out fall away, the only one left is demanded, and where several are left they are tried in turn (a
tableau with unit propagation, as in Davis, Logemann and Loveland, 1962).

That search is cut off after `STEPS_MAX` comparisons, some 50 ms, and the query then taken for
possible. So nothing is refused that a posting could meet, apart from what `implications` decides;
what a cut-off search misses is an alert that never fires. All that an `and` demands outright is
compared before any choice, so plain contradictions are always found.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import and_

from matching.allowed import Allowed, allowed
from matching.implications import apart, implies, outlawed
from matching.reasons import Exclusion
from models.criteria import And, Criteria, Leaf, Not, Or

STEPS_MAX = 25_000
"""Comparisons; 200 tests of one `and` take 21,000 at most."""
REASONS_MAX = 2
_STEPS_OF_A_TEST = 4
"""What it costs to take a test into the facts, in comparisons."""

_GROUPS = {
    **dict.fromkeys(("words", "skill", "list"), "text"),
    **dict.fromkeys(("place", "near", "remote"), "place"),
}
"""Kinds of tests that can imply each other; any other kind implies only its own."""

Clauses = frozenset[int]
"""Clauses of the query, as indexes of its outermost `and`."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Clauses that no posting can meet together, in their order, and why, in words."""

    clauses: tuple[Criteria, ...]
    reasons: tuple[str, ...]


def contradiction(criteria: Criteria) -> Contradiction | None:
    """Which clauses of a tree in normal form exclude each other; None where a posting can meet all
    of them, or where that is too hard to tell."""
    clauses = criteria.items if isinstance(criteria, And) else (criteria,)
    demands = [_Demand(clause, True, frozenset({at})) for at, clause in enumerate(clauses)]
    try:
        found = _Search().refuted(demands, _Facts())
    except _CutOff:
        return None
    if found is None:
        return None
    reasons = dict.fromkeys(exclusion.reason for exclusion in found.because)
    return Contradiction(tuple(clauses[at] for at in sorted(found.clauses)), tuple(reasons))


@dataclass(frozen=True, slots=True)
class _Conflict:
    """Clauses that exclude each other, and some of the tests because of which they do."""

    clauses: Clauses
    because: tuple[Exclusion, ...] = ()

    def __or__(self, other: "_Conflict") -> "_Conflict":
        because = (*self.because, *other.because)[:REASONS_MAX]
        return _Conflict(self.clauses | other.clauses, because)


@dataclass(frozen=True, slots=True)
class _Demand:
    """That a tree be true (or false, where it is not `wanted`), because of some clauses."""

    tree: Criteria
    wanted: bool
    clauses: Clauses


@dataclass(frozen=True, slots=True)
class _Test:
    """A demand of a single test, with what it leaves to a fact of one value."""

    leaf: Leaf
    wanted: bool
    clauses: Clauses
    fact: str | None
    values: Allowed | None

    @classmethod
    def of(cls, leaf: Leaf, demand: _Demand) -> "_Test":
        fact, values = allowed(leaf, wanted=demand.wanted) or (None, None)
        return cls(leaf, demand.wanted, demand.clauses, fact, values)

    @property
    def group(self) -> str:
        return _GROUPS.get(self.leaf.op, self.leaf.op)

    def excludes(self, other: "_Test") -> bool:
        if self.wanted and other.wanted:
            return apart(self.leaf, other.leaf) or outlawed(self.leaf, other.leaf)
        true, false = (self, other) if self.wanted else (other, self)
        return implies(true.leaf, false.leaf)


@dataclass(frozen=True, slots=True)
class _Facts:
    """Tests that can be met together, as far as is known: by group and whether they are wanted,
    and by the fact of one value that they speak of."""

    tests: Mapping[tuple[str, bool], tuple[_Test, ...]] = field(default_factory=dict)
    by_fact: Mapping[str, tuple[_Test, ...]] = field(default_factory=dict)

    def compared(self, test: _Test) -> tuple[_Test, ...]:
        """The tests that may exclude this one: those it implies or that imply it are demanded the
        other way round."""
        opposite = self.tests.get((test.group, not test.wanted), ())
        if test.wanted and test.group in ("experience", "pay", "place"):
            return opposite + self.tests.get((test.group, True), ())
        return opposite

    def conflict(self, test: _Test) -> _Conflict | None:
        """What excludes each other once the test is demanded too."""
        for other in self.compared(test):
            if other.excludes(test):
                return _between([other, test])
        mates = self.by_fact.get(test.fact, ()) if test.fact else ()
        if test.fact is None or not _meet([*mates, test]).nothing:
            return None
        needed = list(mates)
        for mate in mates:
            others = [m for m in needed if m is not mate]
            needed = others if _meet([*others, test]).nothing else needed
        return _between([*needed, test], test.fact)

    def with_(self, test: _Test) -> "_Facts":
        key = (test.group, test.wanted)
        tests = {**self.tests, key: (*self.tests.get(key, ()), test)}
        if test.fact is None:
            return _Facts(tests, self.by_fact)
        mates = (*self.by_fact.get(test.fact, ()), test)
        return _Facts(tests, {**self.by_fact, test.fact: mates})


def _between(tests: Sequence[_Test], fact: str | None = None) -> _Conflict:
    """The conflict of tests that exclude each other, by what they leave to one fact if it is so."""
    true = tuple(test.leaf for test in tests if test.wanted)
    false = tuple(test.leaf for test in tests if not test.wanted)
    clauses = frozenset[int]().union(*(test.clauses for test in tests))
    return _Conflict(clauses, (Exclusion(true, false, fact),))


def _meet(tests: Iterable[_Test]) -> Allowed:
    """What tests of one fact leave to it together."""
    return reduce(and_, (test.values for test in tests if test.values is not None))


@dataclass(frozen=True, slots=True)
class _Choice:
    """Demands one of which must be met."""

    branches: tuple[_Demand, ...]
    clauses: Clauses


class _CutOff(Exception):
    """The search took too many steps."""


class _Search:
    """One bounded search for a way to meet all demands."""

    def __init__(self) -> None:
        self._steps = 0

    def refuted(
        self, demands: Iterable[_Demand], facts: _Facts, choices: Sequence[_Choice] = ()
    ) -> _Conflict | None:
        """Why no posting meets all of this; None if one might. Raises _CutOff."""
        left = list(choices)
        for part in _parts(demands):
            if isinstance(part, _Choice):
                left.append(part)
                continue
            self._steps += _STEPS_OF_A_TEST + len(facts.compared(part))
            if self._steps > STEPS_MAX:
                raise _CutOff
            conflict = facts.conflict(part)
            if conflict is not None:
                return conflict
            facts = facts.with_(part)
        return self._chosen(left, facts) if left else None

    def _chosen(self, choices: Sequence[_Choice], facts: _Facts) -> _Conflict | None:
        """Like `refuted`, where only choices are left."""
        open_: list[_Choice] = []
        for choice in choices:
            left, ruled_out = self._possible(choice, facts)
            if not left:
                return ruled_out
            open_.append(_Choice(left, ruled_out.clauses if len(left) == 1 else choice.clauses))
        forced = [choice for choice in open_ if len(choice.branches) == 1]
        if forced:
            demands = [_because(choice.branches[0], choice.clauses) for choice in forced]
            return self.refuted(demands, facts, [c for c in open_ if len(c.branches) > 1])
        first, *others = open_
        found = _Conflict(first.clauses)
        for branch in first.branches:
            conflict = self.refuted([branch], facts, others)
            if conflict is None:
                return None
            found |= conflict
        return found

    def _possible(self, choice: _Choice, facts: _Facts) -> tuple[tuple[_Demand, ...], _Conflict]:
        """The branches that the facts leave, and what rules out the others."""
        left: list[_Demand] = []
        ruled_out = _Conflict(choice.clauses)
        for branch in choice.branches:
            conflict = self.refuted([branch], facts)
            if conflict is None:
                left.append(branch)
            else:
                ruled_out |= conflict
        return tuple(left), ruled_out


def _because(demand: _Demand, clauses: Clauses) -> _Demand:
    return _Demand(demand.tree, demand.wanted, demand.clauses | clauses)


def _parts(demands: Iterable[_Demand]) -> Iterator[_Test | _Choice]:
    """What the demands come to: single tests, and choices between demands."""
    for demand in demands:
        tree, wanted = demand.tree, demand.wanted
        match tree:
            case Not(item=item):
                yield from _parts([_Demand(item, not wanted, demand.clauses)])
            case And(items=items) | Or(items=items):
                inner = [_Demand(item, wanted, demand.clauses) for item in items]
                if isinstance(tree, And) == wanted:
                    yield from _parts(inner)
                else:
                    yield _Choice(tuple(inner), demand.clauses)
            case _:
                yield _Test.of(tree, demand)
