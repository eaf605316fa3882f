"""When a row is met, missed, or failed."""

from dataclasses import replace

import pytest

from chaos.catalogue import ROWS
from chaos.checker import Verdict
from chaos.outcome import Outcome
from chaos.row import Goal, Judgement, failures, judge

CLEAN = Verdict(posted=9, expected=9, lost=0, twice=0, untrue=0, copies=0, inversions=0)
GOAL = Goal("back in 3 s", recover_s=3.0, copies=10, growth_mib=100.0)


def _outcome(verdict: Verdict = CLEAN, **found: float) -> Outcome:
    return Outcome(injected=2, verdict=verdict, recover_s=found.get("s"), growth_mib=found.get("m"))


def test_a_clean_row_within_its_goals_is_met() -> None:
    assert judge(GOAL, _outcome(s=3.0, m=100.0), strict=True) is Judgement.MET


@pytest.mark.parametrize("field", ["lost", "twice", "untrue", "inversions"])
def test_one_broken_promise_fails_it_in_any_form(field: str) -> None:
    outcome = _outcome(replace(CLEAN, **{field: 1}), s=0.1)
    assert judge(GOAL, outcome, strict=False) is Judgement.FAILED


def test_copies_of_mails_are_bounded_by_the_injections() -> None:
    assert failures(GOAL, _outcome(replace(CLEAN, copies=20))) == []
    assert failures(GOAL, _outcome(replace(CLEAN, copies=21)))
    assert failures(Goal("none"), _outcome(replace(CLEAN, copies=1)))


def test_a_late_row_is_missed_and_fails_only_beyond_noise_on_a_machine_of_its_own() -> None:
    assert judge(GOAL, _outcome(s=5.9), strict=True) is Judgement.MISSED
    assert judge(GOAL, _outcome(s=6.1), strict=True) is Judgement.FAILED
    assert judge(GOAL, _outcome(s=60.0), strict=False) is Judgement.MISSED
    assert judge(GOAL, _outcome(m=150.0), strict=True) is Judgement.MISSED


def test_what_a_row_found_wrong_by_itself_fails_it() -> None:
    outcome = Outcome(injected=1, verdict=CLEAN, faults=("3 answers of 2xx without a store",))
    assert judge(GOAL, outcome, strict=False) is Judgement.FAILED


def test_rows_have_names_of_their_own() -> None:
    names = [row.name for row in ROWS]
    assert len(names) == len(set(names))
