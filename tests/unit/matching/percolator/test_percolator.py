"""The percolator as a shard uses it: few candidates, changes under way, snapshots that go wrong."""

import threading
from pathlib import Path

import pytest

from matching.evaluate import holds
from matching.language import parse
from matching.percolator import Percolator, snapshot
from matching.percolator.percolator import LEARNED
from models.base import derived_id
from models.criteria import UnknownPolicy, Words
from tests.worlds import NOW, subject

PASS, DROP = UnknownPolicy.PASS, UnknownPolicy.DROP


def id_of(name: str) -> str:
    return derived_id("alert", name)


def register(percolator: Percolator, name: str, text: str, unknown: UnknownPolicy = PASS) -> None:
    percolator.register(id_of(name), parse(text).criteria, unknown)


def test_only_alerts_whose_anchor_is_there_are_read() -> None:
    percolator = Percolator()
    for number in range(1000):
        register(percolator, f"word{number}", f"engineer term{number}")
    register(percolator, "place", 'place:"York, GB"', DROP)
    percolator.compact(whole=True)
    found = percolator.percolate(subject(text="engineer term7 and term8"), NOW)
    assert found == sorted([id_of("word7"), id_of("word8")])
    assert percolator.counters()["rows"] == 2


def test_what_postings_teach_moves_the_anchors() -> None:
    percolator = Percolator()
    for number in range(100):
        register(percolator, f"a{number}", f"zymurgy{number % 2} brewer{number}")
    percolator.compact(whole=True)
    posting = subject(text="zymurgy0 zymurgy1 brewer5")
    before = percolator.counters()["rows"]
    assert percolator.percolate(posting, NOW) == [id_of("a5")]
    read = percolator.counters()["rows"] - before
    for _ in range(LEARNED):
        percolator.percolate(subject(text="zymurgy0 zymurgy1"), NOW)
    assert percolator.compaction_due
    assert percolator.compact()
    assert not percolator.compaction_due
    before = percolator.counters()["rows"]
    assert percolator.percolate(posting, NOW) == [id_of("a5")]
    assert percolator.counters()["rows"] - before <= read
    assert percolator.counters()["rows"] - before == 1


def test_an_id_that_is_no_uuid_changes_nothing() -> None:
    percolator = Percolator()
    with pytest.raises(ValueError):
        percolator.register("mine", Words(text="python"), PASS)
    assert len(percolator) == 0
    assert percolator.gauges()["atoms"] == 2


def test_segments_stay_few_however_many_alerts_come() -> None:
    percolator = Percolator(recent_max=4)
    for number in range(1000):
        register(percolator, f"a{number}", f"word{number % 7}")
        while percolator.compaction_due:
            percolator.compact()
    assert percolator.gauges()["segments"] <= 16
    assert len(percolator) == 1000
    for number in range(0, 1000, 2):
        percolator.unregister(id_of(f"a{number}"))
    assert percolator.gauges()["alerts_forgotten"] > 0
    percolator.compact(whole=True)
    assert percolator.gauges()["alerts_forgotten"] == 0
    assert len(percolator) == 500


def test_alerts_come_and_go_while_segments_are_merged() -> None:
    percolator = Percolator(recent_max=8)
    stop = threading.Event()

    def merge() -> None:
        while not stop.is_set():
            percolator.compact(whole=True)

    merging = threading.Thread(target=merge)
    merging.start()
    alive = set()
    try:
        for number in range(2000):
            register(percolator, f"a{number % 300}", "python")
            alive.add(f"a{number % 300}")
            if number % 3 == 0:
                percolator.unregister(id_of(f"a{number % 150}"))
                alive.discard(f"a{number % 150}")
            if number % 50 == 0:
                found = percolator.percolate(subject(title="Python"), NOW)
                assert found == sorted(map(id_of, alive))
    finally:
        stop.set()
        merging.join()
    assert len(percolator) == len(alive)
    assert percolator.percolate(subject(title="Python"), NOW) == sorted(map(id_of, alive))


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    percolator = Percolator()
    for number in range(50):
        register(percolator, f"a{number}", f"python OR word{number}")
    percolator.save(tmp_path / "shard" / "alerts", "42")
    return tmp_path / "shard" / "alerts"


def test_a_snapshot_keeps_alerts_position_and_what_was_learnt(saved: Path) -> None:
    loaded = Percolator.load(saved)
    assert loaded is not None
    percolator, position = loaded
    assert position == "42"
    assert len(percolator.percolate(subject(title="Python"), NOW)) == 50
    register(percolator, "new", "python")
    assert len(percolator.percolate(subject(title="Python"), NOW)) == 51
    assert not list(saved.parent.glob("*.new"))


def test_without_a_snapshot_there_is_none(tmp_path: Path) -> None:
    assert Percolator.load(tmp_path / "nowhere") is None


@pytest.mark.parametrize("at", [0, 40, 100, 2000, -1])
def test_one_wrong_byte_anywhere_and_the_snapshot_is_not_used(saved: Path, at: int) -> None:
    content = bytearray(saved.read_bytes())
    content[at] ^= 0x10
    saved.write_bytes(content)
    assert Percolator.load(saved) is None


@pytest.mark.parametrize("length", [0, 10, 64, 1000])
def test_a_snapshot_that_was_cut_off_is_not_used(saved: Path, length: int) -> None:
    saved.write_bytes(saved.read_bytes()[:length])
    assert Percolator.load(saved) is None


def test_a_snapshot_of_another_version_is_not_used(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "ANALYZER_VERSION", 99)
    assert Percolator.load(saved) is None


def _any(*words: str) -> str:
    return f"({' OR '.join(words)})"


_NINE = [f"bee{n}x" for n in range(9)]
_EIGHT = [f"aye{n}x" for n in range(8)]
_ROWS = [[f"{letter}{n}x" for letter in "abcdefghi"] for n in range(9)]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        # A list of alternatives within one, once two of them turn out to be the same question.
        (_any(*_EIGHT, f"({_any(*_NINE)} {_any(*reversed(_NINE))})"), "bee3x"),
        # What follows from all alternatives is a list of lists.
        (_any(*(f"({_any(*row)} -n{n}x)" for n, row in enumerate(_ROWS))), "c3x"),
        # A `not` of a `not` of each is as long.
        (f"engineer -({' '.join(f'-{word}' for word in _NINE)})", "engineer bee7x"),
        # Jumps that do not fit beside a literal, in a unit that begins with one that can miss.
        ("engineer -(-a1x OR " + " OR ".join(f"(c{n}x d{n}x)" for n in range(40)) + ")",
         "engineer a1x"),
    ],
)  # fmt: skip
def test_long_lists_of_alternatives_are_met(query: str, title: str) -> None:
    percolator, criteria, posting = Percolator(), parse(query).criteria, subject(title=title)
    percolator.register(id_of("long"), criteria, PASS)
    assert holds(criteria, PASS, posting, NOW)
    for _ in range(3):
        assert len(percolator.percolate(posting, NOW)) == 1
        assert percolator.percolate_many([posting], NOW) == [percolator.percolate(posting, NOW)]
        percolator.compact(whole=True)


def test_segments_of_deleted_alerts_are_filed_anew() -> None:
    percolator = Percolator(recent_max=10)
    for number in range(30):
        register(percolator, f"{number}", "python")
    assert not percolator.compaction_due
    for number in range(30):
        percolator.unregister(id_of(f"{number}"))
    assert percolator.compaction_due
    percolator.compact()
    assert not percolator.compaction_due
    assert percolator.gauges()["segment_bytes"] == 0


def test_alerts_are_filed_anew_by_what_was_seen_however_long_ago_that_began(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("matching.percolator.percolator.LEARNED", 10)
    monkeypatch.setattr("matching.percolator.percolator.RELEARNED", 100)
    monkeypatch.setattr("matching.percolator.atoms._SEEN_MAX", 50)
    percolator = Percolator(recent_max=2)
    for number in range(6):
        register(percolator, f"{number}", "python")
    due = []
    for seen in range(1, 400):
        percolator.percolate(subject(title="python"), NOW)
        if percolator.compaction_due:
            due.append(seen)
            percolator.compact()
    assert due == [10, 40, 140, 240, 340]
