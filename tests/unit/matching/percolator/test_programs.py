"""Programs and filing: what a formula says is what its program says, filed and recovered."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from matching.percolator import kernel
from matching.percolator.atoms import Knowledge
from matching.percolator.formula import Formula, Group, group, needed, negated
from matching.percolator.programs import (
    ANCHOR_MAX,
    LENGTH_MAX,
    NEAR_MAX,
    Program,
    Programs,
)
from matching.percolator.segment import Alerts, Segment
from tests.examples import examples

ATOMS = 12
LENIENT = 100
"""Atoms from here on are lenient: the strict one is 100 less, the unstated one always the first."""
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
    """The programs that match, as the kernel finds them for one posting and for a batch."""
    out, n = np.empty(len(programs), np.uint32), len(programs)
    alive = np.ones(n, np.bool_)
    arrays = (programs.starts, programs.words, alive, n)
    found = out[: kernel.run_all(said(yes), *arrays, out)].tolist()
    lanes, waiting = np.empty(n, np.uint64), np.zeros(LENGTH_MAX + ANCHOR_MAX + 1, np.uint64)
    masks = said(yes).astype(np.uint64) << np.uint64(5)
    both = kernel.run_all_lanes(masks, *arrays, np.uint64(0b100001), waiting, out, lanes)
    of_lane = [slot for slot, lane in zip(out[:both], lanes[:both], strict=True) if lane & 32]
    assert of_lane == found
    assert not waiting.any()
    return found


@settings(max_examples=examples(300))
@given(st.lists(clauses, min_size=1, max_size=6), postings)
def test_a_program_says_what_its_formula_says(
    every: list[tuple[Formula, ...]], yes: set[int]
) -> None:
    wanted = [at for at, one in enumerate(every) if all(says(f, yes) for f in one)]
    assert run(programs_of(every), yes) == wanted


@given(st.integers(NEAR_MAX - 3, NEAR_MAX + 40), st.booleans(), postings)
@example(length=NEAR_MAX + 1, begins_with_all=True, yes=set(range(2, ATOMS)))
def test_a_long_unit_jumps_far(length: int, begins_with_all: bool, yes: set[int]) -> None:
    pairs = [(4 + 2 * (k % 9), 5 + 2 * (k % 11)) for k in range(length // 2)]
    formula: Formula = Group("any", tuple(Group("all", pair) for pair in pairs))
    if begins_with_all:
        formula = Group("all", (2 * ATOMS + 1, *(Group("any", pair) for pair in pairs)))
    assert bool(run(programs_of([(formula, 6)]), yes)) == (says(formula, yes) and 3 in yes)


@pytest.mark.parametrize("width", [2, 3, 4, 31, 32, 40, 63, 64, 90])
def test_an_alert_under_many_lenient_atoms_is_filed_and_recovered(width: int) -> None:
    parts = np.zeros((LENIENT + 100, 2), np.uint32)
    parts[LENIENT + 4 :, 0] = np.arange(4, 100)
    parts[LENIENT + 4 :, 1] = 3
    knowledge = Knowledge(np.full(len(parts), 0.1, np.float32), parts)
    formula = Group("any", tuple(2 * (LENIENT + 4 + k) for k in range(width)))
    one = np.ones(1, np.uint64)
    alerts = Alerts(one, one, np.ones(1, np.int32), programs_of([(formula, 5)]))
    for _ in range(3):
        segment = Segment.of(alerts, knowledge)
        alerts = segment.alerts()
        for atom in range(3, 5 + width):
            # What says yes to a strict question or to *unstated* does so to the lenient one.
            states = atom if atom > 3 else 4
            yes = np.array([0, atom, LENIENT + states], np.uint32)
            answers = np.zeros(len(parts), np.uint8)
            n = kernel.mark(answers, yes, np.zeros(len(parts), np.int64))
            out = np.empty(4, np.uint32)
            found = kernel.scan(answers, yes, n, *segment.rows(), np.zeros(2, np.int64), out)
            assert found == (atom < 4 + width)


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
