"""The harness of the percolation benchmark: it sees differences, and judges by its goals."""

import sys
from dataclasses import replace
from uuid import UUID

import numpy as np
import pytest

from bench import percolate
from bench.percolation import changes, ours, rivals
from bench.percolation.agreement import DisagreementError, Ordinals, must_agree
from bench.percolation.atoms import Ints
from bench.percolation.brute import BruteForce
from bench.percolation.changes import Changing
from bench.percolation.ours import Compaction, Figures
from bench.percolation.recovery import Recovery
from bench.percolation.report import GOAL_SIZE, Goal, Run, print_growth, print_run
from bench.percolation.rivals import Rival
from bench.percolation.timing import Spread, timed
from bench.percolation.vocabulary import data_file
from bench.percolation.workload import Abstract, Workload, generate
from matching.percolator import Percolator
from models.base import derived_id
from models.criteria import UnknownPolicy

try:
    data_file()
except FileNotFoundError as absent:
    pytest.skip(str(absent), allow_module_level=True)

REGISTERED, CHANGES, POSTINGS, SEED = 300, 40, 10, 5


def ints(*values: int) -> Ints:
    return np.array(values, dtype=np.int32)


def halves(*ids: str) -> np.ndarray[tuple[int, int], np.dtype[np.uint64]]:
    numbers = [UUID(id_).int for id_ in ids]
    pairs = [(number >> 64, number & 0xFFFFFFFFFFFFFFFF) for number in numbers]
    return np.array(pairs, dtype=np.uint64).reshape(len(ids), 2)


IDS = [derived_id("test", at) for at in range(50)]


def test_ordinals_are_the_places_of_the_ids() -> None:
    ordinals = Ordinals(IDS)
    assert ordinals.of(halves(IDS[31], IDS[4], IDS[31])).tolist() == [4, 31, 31]
    assert ordinals.of(halves()).tolist() == []


def test_an_id_of_no_alert_is_a_disagreement() -> None:
    with pytest.raises(DisagreementError, match="1 ids"):
        Ordinals(IDS).of(halves(IDS[1], derived_id("other", 1)))


def test_the_same_alerts_agree() -> None:
    must_agree("engine", [ints(1, 2), ints()], [ints(1, 2), ints()])


@pytest.mark.parametrize("found", [ints(1), ints(1, 2, 2), ints(1, 2, 7), ints()])
def test_other_alerts_and_alerts_found_twice_disagree(found: Ints) -> None:
    with pytest.raises(DisagreementError, match="engine, posting 1"):
        must_agree("engine", [ints(), found], [ints(), ints(1, 2)])


def test_each_call_is_timed_in_each_pass_that_counts() -> None:
    calls: list[str] = []
    ns = timed(calls.append, ["a", "b"], warm=2, passes=3)
    assert ns.shape == (3, 2)
    assert calls == ["a", "b"] * 5


def test_a_spread_is_in_milliseconds_a_posting() -> None:
    assert Spread.of([2_000_000, 4_000_000, 9_000_000], share=0.5) == Spread(2.0, 2.5, 4.5, 4.5)


def test_what_is_left_follows_from_the_changes_in_their_order() -> None:
    planned = changes.plan(50, 400, SEED)
    alerts = {at: at for at in range(50)}
    for id_, content in zip(planned.ids.tolist(), planned.contents.tolist(), strict=True):
        if content < 0:
            alerts.pop(id_, None)
        else:
            alerts[id_] = content
    left = {id_: content for id_, content in enumerate(planned.left.tolist()) if content >= 0}
    assert left == alerts
    assert 0.2 < float((planned.contents < 0).mean()) < 0.3
    assert 0.2 < float((planned.ids >= 50).mean()) < 0.3


def test_untouched_are_the_first_alerts_without_those_of_changes() -> None:
    planned = changes.plan(REGISTERED, CHANGES, SEED)
    expected = set(range(REGISTERED)) - set(planned.ids.tolist())
    assert planned.untouched.tolist() == sorted(expected)
    assert 0 < len(expected) < REGISTERED


@pytest.fixture(scope="module")
def whole() -> Workload:
    return generate(REGISTERED + CHANGES, POSTINGS, SEED)


def test_the_first_alerts_are_those_of_a_smaller_workload(whole: Workload) -> None:
    assert [*whole.first(20).alerts()] == [*generate(20, POSTINGS, SEED).alerts()]


def registered(whole: Workload, percolator: Percolator) -> Percolator:
    for at in range(REGISTERED):
        percolator.register(whole.alert_id(at), whole.criteria(at), UnknownPolicy.PASS)
    return percolator


def contents(whole: Workload) -> list[Ints]:
    found = BruteForce(whole.abstract).match_all(whole.abstract.postings)
    return [match.ordinals for match in found]


def test_changes_are_made_and_measured(whole: Workload) -> None:
    percolator, planned = registered(whole, Percolator()), changes.plan(REGISTERED, CHANGES, SEED)
    changing = changes.measure(percolator, whole, planned, contents(whole))
    assert len(percolator) == int((planned.left >= 0).sum())
    assert 0 < changing.per_s <= 1.1 * changes.CHANGES_PER_S
    assert 0 < changing.busy.p50 <= changing.busy.p99 <= changing.busy.longest


def test_an_alert_lost_among_changes_is_seen(whole: Workload) -> None:
    percolator, planned = registered(whole, Percolator()), changes.plan(REGISTERED, CHANGES, SEED)
    matching = np.intersect1d(np.concatenate(contents(whole)), planned.untouched)
    percolator.unregister(whole.alert_id(int(matching[0])))
    with pytest.raises(DisagreementError, match="no change touched"):
        changes.measure(percolator, whole, planned, contents(whole))


def test_a_change_that_was_not_made_is_seen(whole: Workload) -> None:
    class Deaf(Percolator):
        def unregister(self, alert_id: str) -> None:
            """Forgets nothing."""

    one_more = whole.first(REGISTERED + 1)
    percolator, every = registered(one_more, Deaf()), np.concatenate(contents(one_more))
    forgotten = int(every[every < REGISTERED][0])
    left = np.arange(REGISTERED + 1, dtype=np.int32)
    left[[forgotten, REGISTERED]] = -1
    planned = changes.Plan(ids=ints(forgotten), contents=ints(-1), left=left)
    with pytest.raises(DisagreementError, match="after all changes"):
        changes.measure(percolator, one_more, planned, contents(one_more))


def test_a_compaction_that_fails_is_not_silent() -> None:
    class Failing(Percolator):
        @property
        def compaction_due(self) -> bool:
            return True

        def compact(self, *, whole: bool = False) -> bool:
            raise RuntimeError("no memory")

    with Compaction(Failing()) as compaction:
        compaction.tend()
        with pytest.raises(RuntimeError, match="no memory"):
            compaction.settle()


def test_batches_hold_sixty_four_and_end_with_the_first_postings(whole: Workload) -> None:
    answered = ours.questions(registered(whole, Percolator()), whole.subjects) * 7
    batches = ours.batches(answered)
    assert [len(batch) for batch in batches] == [64, 64]
    assert batches[1][-1] is answered[128 - 70 - 1]


def test_a_goal_is_judged_at_its_own_size_only() -> None:
    assert Goal(0.1).beside(0.1, GOAL_SIZE) == ("≤ 0.1", "met")
    assert Goal(0.1).beside(0.11, GOAL_SIZE) == ("≤ 0.1", "MISSED")
    assert Goal(300, at_least=True).beside(299.0, GOAL_SIZE) == ("≥ 300", "MISSED")
    assert Goal(0.1).beside(9.0, 10_000) == ("≤ 0.1 at 1,000,000", "")


def a_run(alerts: int, p50: float) -> Run:
    spread = Spread(p50, p50, p50, p50)
    return Run(
        alerts=alerts,
        postings=POSTINGS,
        figures=Figures(spread, spread, spread, spread, spread, 1.0, 1.0, 1.0),
        segment_bytes=64.0 * alerts,
        built=None,
        recovery=Recovery(1.0, 1.0, 1, 1),
        changing=Changing(spread, spread, 1_000.0, 1),
        rivals=[
            Rival("Lucene Monitor 1, JDK 21", Spread(301 * p50, 1.0, 1.0, 1.0)),
            Rival("Lucene Monitor 1, JDK 21, lean", Spread(2 * p50, 1.0, 1.0, 1.0)),
            Rival("PostgreSQL", why_not="no PostgreSQL is installed"),
        ],
    )


def test_ratios_are_to_the_stock_rivals_that_ran(capsys: pytest.CaptureFixture[str]) -> None:
    print_run(a_run(GOAL_SIZE, 0.1))
    said = capsys.readouterr().out
    assert "| Lucene Monitor p50 / match p50 | 301 | ≥ 300 | met |" in said
    assert "PostgreSQL p50 / match p50" not in said
    assert "cannot run: no PostgreSQL is installed" in said
    assert "| bytes an alert, arrays | 64 | ≤ 70 | met |" in said


def test_growth_is_judged_for_ten_times_the_alerts(capsys: pytest.CaptureFixture[str]) -> None:
    runs = [a_run(1_000, 1.0), a_run(10_000, 9.0), a_run(100_000, 90.0), a_run(200_000, 900.0)]
    print_growth(runs)
    lines = [line for line in capsys.readouterr().out.splitlines() if "| percolator |" in line]
    assert [line.split("|")[-2].strip() for line in lines] == ["met", "MISSED", ""]


def test_a_difference_ends_the_benchmark_with_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def blind(abstract: Abstract) -> tuple[Rival, list[Ints]]:
        rival, found = rivals_brute_force(abstract)
        return replace(rival, name="blind"), [ordinals[1:] for ordinals in found]

    rivals_brute_force = rivals.brute_force
    monkeypatch.setattr(rivals, "brute_force", blind)
    monkeypatch.setattr(ours, "TRAINING_POSTINGS", 5)
    monkeypatch.setattr(sys, "argv", ["percolate", "--quick", "--alerts", "300"])
    assert percolate.main() == 1
    assert "DIFFERENT MATCHES: percolator, posting" in capsys.readouterr().err
