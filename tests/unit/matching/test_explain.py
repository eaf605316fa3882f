"""Explanations: they say what the oracle says, and show what decided it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.evaluate import evaluate, holds
from matching.explain import explain, one_line
from matching.language import parse
from matching.subject import TEXT_FIELDS, Subject
from models.criteria import And, Clause, Criteria, Explanation, Outcome, UnknownPolicy
from models.money import Money
from models.posting import Clearance, EmploymentType, Level, Mode, Visa
from tests.worlds import (
    LISTS,
    NOW,
    SOURCES,
    evidence,
    normal_trees,
    pay,
    place,
    subject,
    subjects,
)

PASS, DROP = UnknownPolicy.PASS, UnknownPolicy.DROP


def explained(query: str, policy: UnknownPolicy = PASS, **facts: object) -> Explanation:
    return explain(parse(query, LISTS).criteria, policy, subject(**facts), NOW)


def only(query: str, **facts: object) -> Clause:
    (clause,) = explained(query, **facts).clauses
    return clause


def test_words_are_shown_as_they_stand() -> None:
    clause = only('"data engineer"', title="Senior Data  Engineer", text="data engineer")
    assert clause == Clause(
        clause='"data engineer"',
        outcome=Outcome.TRUE,
        field="title",
        start=7,
        end=21,
        text="Data  Engineer",
    )
    assert only("cafe", text="Our Café").text == "Café"
    assert only("engin*", title="x", text="Engineering").text == "Engineering"
    assert only("engineer", title="x", text="Our Engineers").text == "Engineers"
    german = only('"ingenieur gesucht"', title="Ingenieure  gesuchte", language="de")
    assert german.text == "Ingenieure  gesuchte"
    assert only("bachelors", text="A Bachelor's degree").text == "Bachelor"
    assert only("skill:python OR java", skills=("SQL",), text="Java").text == "Java"


@pytest.mark.parametrize(
    ("query", "facts", "value"),
    [
        ("skill:python", {"skills": ("SQL", "Python")}, "skill Python"),
        ("skill:go", {"skills": ("SQL", "Python")}, "skills SQL, Python"),
        ("skill:go", {}, "skills not stated"),
        ("level:senior", {"level": Level.SENIOR}, "level senior"),
        ("level:senior", {"level": Level.JUNIOR}, "level junior"),
        ("level:senior", {}, "level not stated"),
        ("employment:contract", {"employment_type": EmploymentType.FULL_TIME},
         "employment full time"),
        ("experience<=3", {"experience_years": 5.0}, "experience of 5 years and more"),
        ("experience<=3", {"experience_years": 1.0}, "experience of 1 year and more"),
        ("experience<=3", {"experience_years": 0.0}, "experience not needed"),
        ("experience<=3", {}, "experience not stated"),
        ("mode:remote", {"mode": Mode.REMOTE}, "mode remote"),
        ("visa:!refused", {"visa": Visa.OFFERED}, "visa sponsorship offered"),
        ("clearance:required", {"clearance": Clearance.NOT_REQUIRED}, "clearance not required"),
        ("clearance:required", {}, "clearance not stated"),
        ("category:data", {"category": "data"}, "category data"),
        ("category:data", {}, "category not stated"),
        ("source:lever.co,greenhouse.io", {"sources": SOURCES}, "source greenhouse.io"),
        ("source:lever.co", {"sources": SOURCES[:2]},
         "sources api, boards.greenhouse.io, greenhouse.io, import"),
        ("source:lever.co", {}, "no source"),
        ("company:@agencies", {"company": "Hays plc"}, "company on the list agencies: Hays plc"),
        ("company:@watched", {"company": "ACME"}, "company on your list watched: ACME"),
        ("company:@watched", {"company": "Hays"}, "company Hays"),
        ("skill:@stack", {"skills": ("SQL", "C++")}, "skill on your list stack: C++"),
        ("skill:@stack", {"skills": ("SQL",)}, "skills SQL"),
        ("skill:@stack", {}, "skills not stated"),
        ("lang:en", {"language": "en"}, "language en"),
        ("remote:GB", {"mode": Mode.REMOTE, "remote_countries": ("DE", "GB")},
         "remote from GB, DE"),
        ("remote:GB", {"mode": Mode.REMOTE}, "remote, countries not stated"),
        ("remote:GB", {"mode": Mode.ONSITE}, "mode onsite"),
        ("remote:any", {}, "mode not stated"),
        ("pay>=70k", {"pay_annual": pay(70_000, 90_000),
                      "pay": Money(min=35, max=45.0, currency="GBP", period="hour")},
         "pay 35–45 GBP an hour"),
        ("pay>=70k", {"pay_annual": pay(None, 90_000)}, "pay up to 90,000 USD a year"),
        ("pay>=70k", {"pay_annual": pay(90_000, None)}, "pay from 90,000 USD a year"),
        ("pay>=70k", {"pay_annual": pay(90_000, 90_000)}, "pay 90,000 USD a year"),
        ("pay>=70k", {}, "pay not stated"),
        ("posted<7d", {"posted_at": NOW - timedelta(days=3)}, "posted 3 days ago"),
        ("posted<7d", {"posted_at": NOW + timedelta(days=3)}, "posted 0 hours ago"),
        ("first_seen<7d", {"first_seen_at": NOW - timedelta(hours=1)},
         "first seen 1 hour ago"),
    ],
)  # fmt: skip
def test_facts_are_said(query: str, facts: dict[str, object], value: str) -> None:
    assert only(query, **facts).value == value


@pytest.mark.parametrize(
    ("query", "towns", "value"),
    [
        ("near:Leeds<40km", ("Paris, FR", "York, GB"), "near Leeds (35 km)"),
        ("near:Leeds<30km", ("York, GB",), "York is 35 km from Leeds"),
        ("near:Leeds<30km", ("York, GB", "Leeds, GB"), "in Leeds"),
        ("near:Leeds<30km", ("England, GB",), "no town stated, only England"),
        ("near:Leeds<30km", (), "place not stated"),
        ('place:"United Kingdom"', ("Paris, FR", "York, GB"), "in York"),
        ("place:Germany", ("Paris, FR", "York, GB"), "in Paris, York"),
        ("place:Germany", (), "place not stated"),
    ],
)
def test_places_are_said(query: str, towns: tuple[str, ...], value: str) -> None:
    assert only(query, places=tuple(map(place, towns))).value == value


def test_evidence_of_the_deciding_fact_is_shown() -> None:
    quote = "Sponsorship is not available"
    said = only(
        "visa:refused", visa=Visa.REFUSED, evidence={"visa": evidence("description", 4, quote)}
    )
    assert (said.field, said.start, said.end, said.text) == ("description", 4, 32, quote)

    listed = only("company:@watched", company="Acme Inc.")
    assert (listed.field, listed.start, listed.end, listed.text) == ("company", 0, 9, "Acme Inc.")

    both = {"skills": evidence("title", 0, "py") + evidence("description", 9, "sql")}
    sql = only("skill:sql", skills=("Python", "SQL"), evidence=both)
    assert (sql.field, sql.text) == ("description", "sql")

    towns = {"places": evidence("location", 0, "Paris or York")}
    york = only("near:Leeds", places=tuple(map(place, ("Paris, FR", "York, GB"))), evidence=towns)
    assert york.text == "Paris or York"


def test_a_clause_shows_the_alternative_that_decided() -> None:
    facts = {"places": (place("Paris, FR"),), "mode": Mode.REMOTE, "remote_countries": ("GB",)}
    assert only("(near:Leeds<40km OR remote:GB)", **facts).value == "remote from GB"
    nested = only("x OR (level:senior mode:onsite)", level=Level.SENIOR, mode=Mode.REMOTE)
    assert nested.outcome is Outcome.FALSE
    inner = only("-(level:senior mode:onsite)", level=Level.SENIOR, mode=Mode.REMOTE)
    assert (inner.outcome, inner.value) == (Outcome.TRUE, "mode remote")


def test_a_near_miss_is_exactly_one_failed_clause_of_several() -> None:
    facts = {"title": "Data Engineer", "level": Level.JUNIOR}
    assert explained("data level:senior", **facts).near_miss == "level:senior"
    assert explained("java level:senior", **facts).near_miss is None
    assert explained("level:senior", **facts).near_miss is None
    assert explained("data pay>=70k", PASS, **facts).near_miss is None
    dropped = explained("data pay>=70k", DROP, **facts)
    assert (dropped.matched, dropped.near_miss) == (False, "pay>=70000USD/year")


def test_one_line_for_people() -> None:
    facts = {
        "title": "Data Engineer",
        "level": Level.SENIOR,
        "places": (place("York, GB"),),
    }
    matched = explained(
        'title:"data engineer" pay>=70k level:senior -php -mode:onsite near:Leeds', **facts
    )
    assert one_line(matched) == (
        "title says “Data Engineer”; level senior; near Leeds (35 km); pay not stated"
    )
    assert one_line(explained("data level:junior", **facts)) == "failed only on level:junior"
    assert one_line(explained("java level:junior", **facts)) == "failed on java, level:junior"
    assert one_line(explained("mode:remote lang:en", DROP)) == "failed on mode:remote, lang:en"
    assert one_line(explained("-php")) == "it has nothing that you excluded"


@given(normal_trees, st.sampled_from(UnknownPolicy), subjects())
def test_explanations_agree_with_the_oracle(
    criteria: Criteria, policy: UnknownPolicy, subject: Subject
) -> None:
    explanation = explain(criteria, policy, subject, NOW)
    assert explanation.matched is holds(criteria, policy, subject, NOW)
    items = criteria.items if isinstance(criteria, And) else (criteria,)
    for item, clause in zip(items, explanation.clauses, strict=True):
        assert clause.outcome is evaluate(item, subject, NOW)
        assert parse(clause.clause, LISTS).criteria == item
        if clause.field in TEXT_FIELDS:
            assert clause.text == subject.texts[clause.field].text[clause.start : clause.end]
    if explanation.near_miss is not None:
        assert not explanation.matched
        rest = [item for item in items if parse(explanation.near_miss, LISTS).criteria != item]
        assert all(holds(item, policy, subject, NOW) for item in rest)
        assert len(rest) == len(items) - 1
    assert one_line(explanation)
