"""The percolator and its rivals find the same alerts on the benchmark's workload.

The compiled brute force says what is expected; the oracle, which reads criteria trees where all
others read or were made from the abstract form, confirms it on a sample.
"""

from pathlib import Path

import pytest

from bench.percolation import changes, lucene, ours, postgres, rivals
from bench.percolation.agreement import Ordinals, must_agree
from bench.percolation.atoms import Ints
from bench.percolation.brute import BruteForce
from bench.percolation.vocabulary import NOW, data_file
from bench.percolation.workload import Workload, generate
from matching.percolator import Percolator

try:
    data_file()
except FileNotFoundError as absent:
    pytest.skip(str(absent), allow_module_level=True)

ALERTS, POSTINGS, CHANGES, SEED = 10_000, 100, 1_000, 20261121


@pytest.fixture(scope="module")
def whole() -> Workload:
    """With the alerts that changes bring."""
    return generate(ALERTS + CHANGES, POSTINGS, SEED)


@pytest.fixture(scope="module")
def workload(whole: Workload) -> Workload:
    return whole.first(ALERTS)


@pytest.fixture(scope="module")
def expected(workload: Workload) -> list[Ints]:
    """The alerts of each posting, of which there are enough for a comparison to say something."""
    found = BruteForce(workload.abstract).match_all(workload.abstract.postings)
    assert sum(len(match.ordinals) for match in found) > 10 * POSTINGS
    return [match.ordinals for match in found]


@pytest.fixture(scope="module")
def percolator(workload: Workload) -> Percolator:
    built, _ = ours.build(workload, ours.training(workload))
    return built


@pytest.fixture(scope="module")
def ordinals(workload: Workload) -> Ordinals:
    return Ordinals(map(workload.alert_id, range(ALERTS)))


def test_the_oracle_says_the_same_of_a_sample(workload: Workload, expected: list[Ints]) -> None:
    [rival] = rivals.oracle(workload, expected)
    assert rival.spread is not None


def test_one_posting_at_a_time(
    percolator: Percolator, workload: Workload, ordinals: Ordinals, expected: list[Ints]
) -> None:
    answered = ours.questions(percolator, workload.subjects)
    must_agree("percolator", ours.found(percolator, answered, ordinals), expected)


def test_sixty_four_postings_at_once(
    percolator: Percolator, workload: Workload, ordinals: Ordinals, expected: list[Ints]
) -> None:
    answered = ours.questions(percolator, workload.subjects)
    must_agree("batch", ours.found_in_batches(percolator, answered, ordinals), expected)


def test_as_texts(percolator: Percolator, workload: Workload, expected: list[Ints]) -> None:
    texts = [sorted(map(workload.alert_id, found.tolist())) for found in expected]
    assert [percolator.percolate(subject, NOW) for subject in workload.subjects] == texts
    assert percolator.percolate_many(workload.subjects, NOW) == texts


def test_from_a_snapshot(
    percolator: Percolator,
    workload: Workload,
    ordinals: Ordinals,
    expected: list[Ints],
    tmp_path: Path,
) -> None:
    percolator.save(tmp_path / "alerts", "position")
    loaded = Percolator.load(tmp_path / "alerts")
    assert loaded is not None
    again, position = loaded
    assert position == "position"
    answered = ours.questions(again, workload.subjects)
    must_agree("restored", ours.found(again, answered, ordinals), expected)


def test_postgresql(workload: Workload, expected: list[Ints]) -> None:
    reason = postgres.available()
    if reason is not None:
        pytest.skip(reason)
    [rival] = rivals.postgresql(workload, expected)
    assert rival.spread is not None


@pytest.mark.timeout(600)  # Maven may have to fetch Lucene first.
def test_lucene_monitor(workload: Workload, expected: list[Ints]) -> None:
    reason = lucene.available()
    if reason is not None:
        pytest.skip(reason)
    stock, lean = rivals.lucene_monitor(workload, expected)
    assert stock.spread is not None
    assert lean.spread is not None


def test_while_a_thousand_alerts_a_second_change(whole: Workload, workload: Workload) -> None:
    percolator, _ = ours.build(workload, [])
    wide = BruteForce(whole.abstract).match_all(whole.abstract.postings)
    planned = changes.plan(ALERTS, CHANGES, SEED)
    changes.measure(percolator, whole, planned, [match.ordinals for match in wide])
    assert len(percolator) == int((planned.left >= 0).sum())
