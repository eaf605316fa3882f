"""The benchmark's workload: the abstract form says what the trees say, and seeds decide all."""

from pathlib import Path

import numpy as np
import pytest

from bench.percolation import hard as hard_workload
from bench.percolation.alerts import AlertSource
from bench.percolation.atoms import ANY, FLOOR, NONE, Clause, Flat, clauses, read_alerts
from bench.percolation.brute import BruteForce
from bench.percolation.oracle import Oracle, sample
from bench.percolation.postgres import EVERY, Row, table_rows
from bench.percolation.vocabulary import data_file
from bench.percolation.workload import ALERTS, Abstract, Workload, generate, read
from matching.normal import normal
from models.criteria import And, Criteria, In, Near, Or, Words

try:
    data_file()
except FileNotFoundError as absent:
    pytest.skip(str(absent), allow_module_level=True)

SIZE, POSTINGS, SEED = 400, 12, 5


@pytest.fixture(scope="module")
def workload() -> Workload:
    return generate(SIZE, POSTINGS, SEED)


def test_brute_force_on_atoms_finds_what_the_oracle_finds_in_trees(workload: Workload) -> None:
    brute = BruteForce(workload.abstract)
    oracle = Oracle(workload, range(SIZE))
    found = 0
    for at, subject in enumerate(workload.subjects):
        expected = oracle.match(subject).ordinals
        assert brute.match(workload.abstract.postings[at]).ordinals.tolist() == expected.tolist()
        found += len(expected)
    assert found > 0


def test_the_oracle_reads_the_alerts_it_was_given(workload: Workload) -> None:
    chosen = sample(workload, 50, seed=2)
    assert len(set(chosen.tolist())) == 50
    whole = BruteForce(workload.abstract).match(workload.abstract.postings[0]).ordinals
    part = Oracle(workload, chosen).match(workload.subjects[0]).ordinals
    assert part.tolist() == sorted(set(whole.tolist()) & set(chosen.tolist()))


def test_the_same_seed_gives_the_same_and_a_smaller_one_is_the_beginning(
    workload: Workload,
) -> None:
    smaller = generate(SIZE // 2, POSTINGS - 2, SEED)
    assert [*smaller.alerts()] == [*workload.alerts()][: SIZE // 2]
    beginning = workload.abstract.postings.values[: len(smaller.abstract.postings.values)]
    assert np.array_equal(smaller.abstract.postings.values, beginning)
    assert smaller.subjects[3].texts["description"].text == (
        workload.subjects[3].texts["description"].text
    )
    assert np.array_equal(smaller.abstract.frequencies, workload.abstract.frequencies)


def test_another_seed_gives_other_alerts_and_ids(workload: Workload) -> None:
    other = generate(SIZE, 1, SEED + 1)
    assert other.criteria(0) != workload.criteria(0)
    assert other.alert_id(0) != workload.alert_id(0)
    assert len({workload.alert_id(at) for at in range(SIZE)}) == SIZE


def test_trees_are_in_normal_form(workload: Workload) -> None:
    for _, tree in workload.alerts():
        assert normal(tree) == tree


def test_a_posting_has_the_words_of_its_subject(workload: Workload) -> None:
    vocabulary = workload.atoms.vocabulary
    number = {word: at for at, word in enumerate(vocabulary.words)}
    for at, subject in enumerate(workload.subjects):
        atoms = workload.abstract.postings[at][2:]
        words = set(atoms[atoms < len(vocabulary.words)].tolist())
        assert words == {number[term] for term in subject.terms if term in number}
        assert len(set(atoms.tolist())) == len(atoms)


def test_the_shares_are_those_that_were_measured(workload: Workload) -> None:
    alerts = AlertSource(workload.atoms, SEED).draw(10_000)
    having = {"place": 0, "mode": 0, "employment": 0, "level": 0, "floor": 0, "negated": 0}
    for at in range(len(alerts)):
        kinds = [_kind(workload, clause) for clause in clauses(alerts[at])]
        assert 1 <= kinds.count("word") <= 4
        for kind in set(kinds) - {"word"}:
            having[kind] += 1
    shares = {kind: round(count / len(alerts), 1) for kind, count in having.items()}
    assert shares.pop("negated") in (0.1, 0.2)
    assert shares.pop("place") == 0.7
    assert set(shares.values()) == {0.3}


def _kind(workload: Workload, clause: Clause) -> str:
    atoms, first = workload.atoms, clause.atoms[0]
    if clause.kind != ANY:
        return {FLOOR: "floor", NONE: "negated"}[clause.kind]
    starts = [(atoms.place, "place"), (atoms.level, "level"), (atoms.employment, "employment")]
    starts += [(atoms.mode, "mode"), (0, "word")]
    return next(kind for start, kind in starts if first >= start)


def test_a_posting_meets_four_alerts_in_a_thousand(workload: Workload) -> None:
    larger = generate(20_000, 100, SEED)
    found = BruteForce(larger.abstract).match_all(larger.abstract.postings)
    mean = sum(len(match.ordinals) for match in found) / len(found)
    assert 0.003 < mean / len(larger) < 0.005


def test_files_give_back_what_was_written(workload: Workload, tmp_path: Path) -> None:
    workload.write(tmp_path)
    again = read(tmp_path)
    for mine, theirs in (
        (workload.abstract.alerts, again.alerts),
        (workload.abstract.postings, again.postings),
    ):
        assert np.array_equal(mine.values, theirs.values)
        assert np.array_equal(mine.offsets, theirs.offsets)
    assert np.array_equal(workload.abstract.frequencies, again.frequencies)


@pytest.mark.parametrize("missing", [1, 2, 3])
def test_a_file_that_is_cut_off_is_refused(
    workload: Workload, tmp_path: Path, missing: int
) -> None:
    workload.write(tmp_path)
    content = (tmp_path / ALERTS).read_bytes()
    (tmp_path / ALERTS).write_bytes(content[: -4 * missing])
    with pytest.raises(ValueError, match="last record"):
        read(tmp_path)


def test_without_the_real_postings_the_error_names_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOBRAY_SHARED_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="JOBRAY_SHARED_DATA"):
        data_file()


def test_a_workload_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        generate(0, 1, SEED)


def test_rows_of_the_table_say_what_the_alert_says() -> None:
    values = [5, ANY, 2, 7, 8, ANY, 1, 9, NONE, 1, 3, FLOOR, 50_000, FLOOR, 60_000]
    values += [1, NONE, 1, 4]
    alerts = read_alerts(np.array(values, dtype=np.int32))
    nothing = Flat(np.empty(0, dtype=np.int32), np.zeros(1, dtype=np.int64))
    frequencies = np.array([0, 0, 0, 0, 0, 0, 0, 1, 1, 9], dtype=np.int32)
    assert [*table_rows(Abstract(alerts, nothing, frequencies))] == [
        Row(7, 0, "(009)&!(003)", 60_000),
        Row(8, 0, "(009)&!(003)&!(007)", 60_000),
        Row(EVERY, 1, "!(004)", None),
    ]


def test_each_hard_group_is_hard_in_its_way(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ENGINEERS", "PREFIXES", "RADII"):
        monkeypatch.setattr(hard_workload, name, 60)
    groups = {group.name: group for group in hard_workload.hard(2, SEED)}
    trees = {name: [tree for _, tree in group.alerts()] for name, group in groups.items()}
    assert [len(found) for found in trees.values()] == [60, 1, 60, 60]
    assert all(normal(tree) == tree for found in trees.values() for tree in found)
    assert all(Words(text="engineer") in _leaves(tree) for tree in trees["engineers"])
    assert len(set(trees["engineers"])) > 50
    assert len(_leaves(trees["one of 200 tests"][0])) == 200
    prefixes = [leaf for tree in trees["prefixes"] for leaf in _leaves(tree)]
    assert len({p.text for p in prefixes if isinstance(p, Words) and p.kind == "prefix"}) == 60
    radii = [[type(leaf) for leaf in _leaves(tree)] for tree in trees["radii"]]
    assert all(kinds.count(Near) == 1 and In not in kinds for kinds in radii)


def _leaves(tree: Criteria) -> list[Criteria]:
    if isinstance(tree, And | Or):
        return [leaf for item in tree.items for leaf in _leaves(item)]
    return [tree]
