"""The percolator finds what the oracle finds, whatever came and went before."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from matching import percolator as percolator_module
from matching.atoms import cheapest, necessary, values_by_kind
from matching.evaluate import holds
from matching.language import parse
from matching.percolator import Percolator
from matching.subject import Subject
from models.criteria import Criteria, UnknownPolicy
from models.errors import NotFound
from tests.unit.matching.worlds import NOW, normal_trees, place, subject, subjects

PASS, DROP = UnknownPolicy.PASS, UnknownPolicy.DROP
policies = st.sampled_from(UnknownPolicy)
_ids = st.sampled_from([f"a{i}" for i in range(12)])
_registered = st.tuples(_ids, normal_trees, policies)
_changes = st.lists(st.one_of(_registered, _ids), max_size=25)


@settings(max_examples=200)
@given(_changes, st.lists(subjects(), min_size=1, max_size=3))
def test_it_finds_what_the_oracle_finds(
    changes: list[tuple[str, Criteria, UnknownPolicy] | str], postings: list[Subject]
) -> None:
    percolator = Percolator()
    alerts: dict[str, tuple[Criteria, UnknownPolicy]] = {}
    for change in changes:
        if isinstance(change, str):
            percolator.unregister(change)
            alerts.pop(change, None)
        else:
            alert_id, criteria, policy = change
            percolator.register(alert_id, criteria, policy)
            alerts[alert_id] = (criteria, policy)
    assert len(percolator) == len(alerts)
    for posting in postings:
        found = percolator.percolate(posting, NOW)
        assert found == sorted(id_ for id_, alert in alerts.items() if holds(*alert, posting, NOW))


@given(normal_trees, policies, subjects())
def test_every_necessary_set_is_hit_by_what_matches(
    criteria: Criteria, policy: UnknownPolicy, posting: Subject
) -> None:
    if holds(criteria, policy, posting, NOW):
        has = values_by_kind(posting)
        for atoms in necessary(criteria, policy):
            assert any(value in has[kind] for kind, value in atoms)


def test_only_alerts_whose_anchor_is_there_are_asked() -> None:
    percolator = Percolator()
    for number in range(100):
        percolator.register(f"word{number}", parse(f"engineer term{number}").criteria, PASS)
    percolator.register("place", parse('place:"York, GB"').criteria, DROP)
    percolator.register("skill", parse("skill:python!").criteria, PASS)
    posting = subject(title="Engineer term7", places=(place("Leeds, GB"),))
    assert percolator.percolate(posting, NOW) == ["word7"]
    assert percolator.candidates == 1


def test_alerts_without_an_anchor_are_scanned() -> None:
    percolator = Percolator()
    percolator.register("level", parse("level:senior").criteria, PASS)
    percolator.register("prefix", parse("engin*").criteria, PASS)
    percolator.register("either", parse("java OR mode:remote").criteria, PASS)
    assert percolator.percolate(subject(title="Engineer"), NOW) == ["either", "level", "prefix"]
    assert percolator.candidates == 3


def test_the_anchor_is_the_rarest_necessary_part() -> None:
    def anchor(query: str, policy: UnknownPolicy = PASS) -> set[object] | None:
        atoms = cheapest(necessary(parse(query).criteria, policy))
        return None if atoms is None else {value for _, value in atoms}

    assert anchor("engineer kubernetes") == {"kubernetes"}
    assert anchor('"data warehouse"') == {"warehouse"}
    assert anchor("title:engineer kubernetes") == {"kubernetes"}
    assert anchor("company:acme kubernetes") == {"acme"}
    assert anchor("skill:sql level:senior") == {"SQL", None}
    assert anchor("skill:sql engineer", DROP) == {"SQL"}
    assert anchor("java OR golang") == {"java", "golang"}
    assert anchor("java OR level:senior") is None
    assert anchor("-java") is None


def test_registering_again_replaces() -> None:
    percolator = Percolator()
    percolator.register("a", parse("python").criteria, PASS)
    percolator.register("a", parse("java").criteria, PASS)
    assert len(percolator) == 1
    assert "a" in percolator
    assert percolator.percolate(subject(title="Python"), NOW) == []
    assert percolator.percolate(subject(title="Java"), NOW) == ["a"]
    percolator.unregister("a")
    percolator.unregister("a")
    assert percolator.percolate(subject(title="Java"), NOW) == []
    assert len(percolator) == 0


def test_one_broken_alert_does_not_spoil_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = parse("python sql").criteria

    def fragile(criteria: Criteria, *rest: object) -> bool:
        if criteria == broken:
            raise RecursionError("too deep")
        return holds(criteria, *rest)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(percolator_module, "holds", fragile)
    percolator = Percolator()
    percolator.register("broken", broken, PASS)
    percolator.register("good", parse("python").criteria, PASS)
    with capture_logs() as logs:
        assert percolator.percolate(subject(title="Python SQL"), NOW) == ["good"]
    assert percolator.failures == 1
    (entry,) = logs
    assert entry["event"] == "alert failed on posting"
    assert (entry["alert_id"], entry["posting_id"]) == ("broken", "p1")
    for _ in range(10):
        assert percolator.percolate(subject(title="Python SQL"), NOW) == ["good"]
    assert percolator.failures == 5, "after its fifth failure it is set aside"
    assert "broken" not in percolator
    percolator.register("broken", parse("python").criteria, PASS)
    assert percolator.percolate(subject(title="Python SQL"), NOW) == ["broken", "good"]


def test_it_explains_registered_alerts() -> None:
    percolator = Percolator()
    percolator.register("a", parse("python level:senior").criteria, DROP)
    explanation = percolator.explain("a", subject(title="Python"), NOW)
    assert (explanation.matched, explanation.near_miss) == (False, "level:senior")
    with pytest.raises(NotFound):
        percolator.explain("b", subject(), NOW)
