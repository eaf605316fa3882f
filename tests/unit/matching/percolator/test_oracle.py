"""The percolator finds what the oracle finds, whatever came and went before."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from matching.evaluate import holds
from matching.percolator import Percolator
from matching.subject import Subject
from models.base import derived_id
from models.criteria import And, Criteria, UnknownPolicy
from tests.examples import examples
from tests.worlds import NOW, bushy_trees, normal_trees, subjects, wild_trees

Alert = tuple[Criteria, UnknownPolicy]
policies = st.sampled_from(UnknownPolicy)
alerts = st.tuples(normal_trees | wild_trees | bushy_trees, policies)
postings = st.lists(subjects(), min_size=1, max_size=4)


def alert_id(number: int) -> str:
    return derived_id("alert", number)


def expected(model: dict[str, Alert], posting: Subject) -> list[str]:
    return sorted(id_ for id_, alert in model.items() if holds(*alert, posting, NOW))


def failing_one(model: dict[str, Alert], posting: Subject) -> list[str]:
    def failed(criteria: Criteria, unknown: UnknownPolicy) -> int:
        items = criteria.items if isinstance(criteria, And) else (criteria,)
        return sum(not holds(item, unknown, posting, NOW) for item in items)

    return sorted(id_ for id_, alert in model.items() if failed(*alert) == 1)


@settings(max_examples=examples(300))
@given(st.lists(alerts, min_size=1, max_size=30), postings)
def test_it_finds_what_the_oracle_finds(registered: list[Alert], posted: list[Subject]) -> None:
    percolator, model = Percolator(), {}
    for number, alert in enumerate(registered):
        percolator.register(alert_id(number), *alert)
        model[alert_id(number)] = alert
    for _ in range(2):
        found = percolator.percolate_many(posted, NOW)
        assert found == [expected(model, posting) for posting in posted]
        assert found == [percolator.percolate(posting, NOW) for posting in posted]
        percolator.compact(whole=True)


_numbers = st.integers(0, 15)
_steps = st.one_of(
    st.tuples(st.just("register"), _numbers, alerts),
    st.tuples(st.just("unregister"), _numbers),
    st.tuples(st.sampled_from(["compact", "compact whole", "save and load"])),
    st.tuples(st.just("percolate"), postings),
)


@dataclass
class Pair:
    """A percolator and what should be in it."""

    folder: Path
    percolator: Percolator = field(default_factory=lambda: Percolator(recent_max=3))
    model: dict[str, Alert] = field(default_factory=dict)
    versions: int = 0

    def do(self, step: tuple) -> None:  # type: ignore[type-arg]  # a step has its own arguments
        match step:
            case ("register", number, alert):
                self.versions += 1
                self.percolator.register(alert_id(number), *alert, version=self.versions)
                self.model[alert_id(number)] = alert
                assert self.percolator.version(alert_id(number)) == self.versions
            case ("unregister", number):
                self.percolator.unregister(alert_id(number))
                self.model.pop(alert_id(number), None)
                assert alert_id(number) not in self.percolator
            case ("compact",):
                self.percolator.compact()
            case ("compact whole",):
                self.percolator.compact(whole=True)
            case ("save and load",):
                self.percolator.save(self.folder / "snapshot", "here")
                loaded = Percolator.load(self.folder / "snapshot", recent_max=3)
                assert loaded is not None
                self.percolator, position = loaded
                assert position == "here"
            case ("percolate", posted):
                self.compare(posted)

    def compare(self, posted: list[Subject]) -> None:
        assert len(self.percolator) == len(self.model)
        many = self.percolator.percolate_many(posted, NOW)
        for posting, found in zip(posted, many, strict=True):
            assert found == expected(self.model, posting)
            assert self.percolator.percolate(posting, NOW) == found
            assert self.percolator.near_misses(posting, NOW) == failing_one(self.model, posting)


@settings(max_examples=examples(200))
@given(st.lists(_steps, min_size=5, max_size=40), postings)
def test_through_any_sequence_of_changes(steps: list[tuple], posted: list[Subject]) -> None:  # type: ignore[type-arg]
    with tempfile.TemporaryDirectory() as folder:
        pair = Pair(Path(folder))
        for step in steps:
            pair.do(step)
        pair.compare(posted)
