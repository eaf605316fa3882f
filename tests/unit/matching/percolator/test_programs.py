"""Programs and filing: what a formula says is what its program says, filed and recovered."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.percolator import kernel
from matching.percolator.atoms import Knowledge
from matching.percolator.formula import Formula, Group, group, needed, negated
from matching.percolator.programs import LENGTH_MAX, NEAR_MAX, Program, Programs
from matching.percolator.segment import Alerts, Segment
from tests.examples import examples

ATOMS = 12
_literals = st.integers(2 * 2, 2 * ATOMS + 1)


def _groups(inner: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    return st.builds(
        group, st.sampled_from(["all", "any"]), st.lists(inner, min_size=2, max_size=8)
    )


formulas = st.recursive(_literals, _groups, max_leaves=60)
clauses = st.lists(formulas, min_size=1, max_size=5).map(tuple)
postings = st.sets(st.integers(2, ATOMS))


def says(formula: Formula, yes: set[int]) -> bool:
    """The formula, read naively."""
    if isinstance(formula, Group):
        parts = (says(item, yes) for item in formula.items)
        return all(parts) if formula.kind == "all" else any(parts)
    return ((formula >> 1) in {0, *yes}) != bool(formula & 1)


def said(yes: set[int]) -> np.ndarray:
    answers = np.zeros(ATOMS + 1, np.uint8)
    kernel.mark_only(answers, np.array([0, *yes], np.uint32))
    return answers


def programs_of(every: list[tuple[Formula, ...]]) -> Programs:
    words = [np.array(Program.of(one).words, np.uint32) for one in every]
    starts = np.cumsum([0, *map(len, words)])
    return Programs(starts.astype(np.int64), np.concatenate([*words, np.empty(0, np.uint32)]))


def run(programs: Programs, yes: set[int]) -> list[int]:
    out, n = np.empty(len(programs), np.uint32), len(programs)
    alive = np.ones(n, np.bool_)
    found = kernel.run_all(said(yes), programs.starts, programs.words, alive, n, out)
    return out[:found].tolist()


@settings(max_examples=examples(300))
@given(st.lists(clauses, min_size=1, max_size=6), postings)
def test_a_program_says_what_its_formula_says(
    every: list[tuple[Formula, ...]], yes: set[int]
) -> None:
    wanted = [at for at, one in enumerate(every) if all(says(f, yes) for f in one)]
    assert run(programs_of(every), yes) == wanted


@given(st.integers(NEAR_MAX - 3, NEAR_MAX + 40), postings)
def test_a_long_unit_jumps_far(length: int, yes: set[int]) -> None:
    ands = [Group("all", (4 + 2 * (k % 9), 5 + 2 * (k % 11))) for k in range(length // 2)]
    formula = Group("any", tuple(ands))
    assert bool(run(programs_of([(formula, 4)]), yes)) == (says(formula, yes) and 2 in yes)


def test_a_program_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        Program.of([Group("any", (4, 6))] * LENGTH_MAX)


@given(formulas, postings)
def test_negated_is_the_opposite(formula: Formula, yes: set[int]) -> None:
    assert says(negated(formula), yes) != says(formula, yes)


@given(formulas, postings)
def test_what_is_needed_follows(formula: Formula, yes: set[int]) -> None:
    follows = needed(formula)
    if follows is not None and says(formula, yes):
        assert says(follows, yes)


@settings(max_examples=examples(200))
@given(st.lists(clauses, min_size=1, max_size=12), st.lists(postings, min_size=1, max_size=3))
def test_filed_and_recovered_programs_say_the_same(
    every: list[tuple[Formula, ...]], posted: list[set[int]]
) -> None:
    n = len(every)
    numbers = np.arange(n, dtype=np.uint64)
    alerts = Alerts(numbers, numbers, np.zeros(n, np.int32), programs_of(every))
    shares = np.linspace(0.9, 0.1, ATOMS + 1, dtype=np.float32)
    knowledge = Knowledge(shares, np.zeros((ATOMS + 1, 2), np.uint32))
    segment = Segment.of(alerts, knowledge)
    again = segment.alerts()
    for yes in posted:
        assert run(again.programs, yes) == run(alerts.programs, yes)
    refiled = Segment.of(again, knowledge)
    assert refiled.nbytes == segment.nbytes
