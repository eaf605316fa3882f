"""The oracle, fact by fact, and the laws of its three values."""

from datetime import timedelta

import pytest
from hypothesis import given

from matching.evaluate import evaluate, holds, negated
from matching.language import normalise, parse
from matching.subject import Subject
from models.criteria import (
    And,
    Criteria,
    InList,
    Not,
    Or,
    Outcome,
    Pay,
    SourceIn,
    UnknownPolicy,
    Words,
)
from models.money import Period
from models.posting import Clearance, EmploymentType, Level, Mode, Source, Visa
from tests.worlds import NOW, pay, place, subject, subjects, trees, wild_trees

TRUE, FALSE, UNKNOWN = Outcome.TRUE, Outcome.FALSE, Outcome.UNKNOWN
PASS, DROP = UnknownPolicy.PASS, UnknownPolicy.DROP


def outcome(query: str, **facts: object) -> Outcome:
    return evaluate(parse(query).criteria, subject(**facts), NOW)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("python", TRUE),
        ("PYTHON", TRUE),
        ("java", FALSE),
        ("c++", TRUE),
        ("c", FALSE),
        ("title:python", FALSE),
        ("description:python", TRUE),
        ('"data engineer"', TRUE),
        ('"engineer data"', FALSE),
        ('"engineer acme"', FALSE),
        ("engin*", TRUE),
        ("title:pyth*", FALSE),
        ("company:acme", TRUE),
        ("sql", TRUE),
        ("title:sql", FALSE),
        ("full-time", TRUE),
        ("-java", TRUE),
        ("java OR python", TRUE),
        ("java python", FALSE),
    ],
)
def test_words(query: str, expected: Outcome) -> None:
    text = "Full time with Python and C++."
    found = outcome(query, title="Data Engineer", text=text, company="Acme", skills=("SQL",))
    assert found is expected


@pytest.mark.parametrize(
    ("query", "facts", "expected"),
    [
        ("skill:python", {"skills": ("Python",)}, TRUE),
        ("skill:sql", {"skills": ("Python",)}, FALSE),
        ("skill:sql", {}, UNKNOWN),
        ("level:senior..staff", {"level": Level.STAFF}, TRUE),
        ("level:senior..staff", {"level": Level.PRINCIPAL}, FALSE),
        ("level>=senior", {"level": Level.EXECUTIVE}, TRUE),
        ("level<senior", {"level": Level.SENIOR}, FALSE),
        ("level:senior", {}, UNKNOWN),
        ("experience<=3", {"experience_years": 3.0}, TRUE),
        ("experience<=3", {"experience_years": 3.5}, FALSE),
        ("experience>=2", {"experience_years": 2.0}, TRUE),
        ("experience>=2", {"experience_years": 0.0}, FALSE),
        ("experience:2..5", {"experience_years": 5.0}, TRUE),
        ("experience:2..5", {"experience_years": 5.01}, FALSE),
        ("experience:2..5", {}, UNKNOWN),
        ("employment:contract", {"employment_type": EmploymentType.CONTRACT}, TRUE),
        ("employment:contract", {"employment_type": EmploymentType.FULL_TIME}, FALSE),
        ("employment:contract", {}, UNKNOWN),
        ("mode:remote,hybrid", {"mode": Mode.HYBRID}, TRUE),
        ("mode:remote", {"mode": Mode.ONSITE}, FALSE),
        ("mode:remote", {}, UNKNOWN),
        ("visa:offered", {"visa": Visa.OFFERED}, TRUE),
        ("visa:offered", {"visa": Visa.REFUSED}, FALSE),
        ("visa:!refused", {"visa": Visa.REFUSED}, FALSE),
        ("visa:!refused", {}, UNKNOWN),
        ("clearance:required", {"clearance": Clearance.REQUIRED}, TRUE),
        ("clearance:required", {"clearance": Clearance.NOT_REQUIRED}, FALSE),
        ("clearance:required", {}, UNKNOWN),
        ("category:data,design", {"category": "design"}, TRUE),
        ("category:data,design", {"category": "engineering"}, FALSE),
        ("category:data", {}, UNKNOWN),
        ("lang:en,de", {"language": "de"}, TRUE),
        ("lang:en,de", {"language": "fr"}, FALSE),
        ("lang:en", {}, UNKNOWN),
        ("remote:GB", {"mode": Mode.REMOTE, "remote_countries": ("GB", "DE")}, TRUE),
        ("remote:FR", {"mode": Mode.REMOTE, "remote_countries": ("GB", "DE")}, FALSE),
        ("remote:GB", {"mode": Mode.REMOTE}, UNKNOWN),
        ("remote:GB", {"mode": Mode.HYBRID, "remote_countries": ("GB",)}, FALSE),
        ("remote:GB", {"remote_countries": ("GB",)}, UNKNOWN),
        ("remote:any", {"mode": Mode.REMOTE}, TRUE),
        ("remote:any", {"mode": Mode.ONSITE}, FALSE),
        ("remote:any", {}, UNKNOWN),
        ("remote:EU", {"mode": Mode.REMOTE, "remote_countries": ("DE",)}, TRUE),
    ],
)
def test_facts(query: str, facts: dict[str, object], expected: Outcome) -> None:
    assert outcome(query, **facts) is expected
    hard = outcome(f"{query}!", **facts)
    if query.startswith("visa:!"):
        assert hard is (TRUE if expected is UNKNOWN else expected)
    else:
        assert hard is (FALSE if expected is UNKNOWN else expected)


@pytest.mark.parametrize(
    ("query", "title", "english", "german"),
    [
        ("engineer", "Software Engineers", TRUE, TRUE),
        ("engineers", "Software Engineer", TRUE, TRUE),
        ("analysis", "Analyses", TRUE, FALSE),
        ("buses", "Bus driver", TRUE, TRUE),
        ("Haeuser", "Schöne Häuser", FALSE, TRUE),
        ("Prüfer", "Pruefern", FALSE, TRUE),
        ("nodejs", "Node.js developer", TRUE, TRUE),
        ("Node.js", "NodeJS developer", TRUE, TRUE),
        (".net", "C#/.NET8", TRUE, TRUE),
        ("Ingenieur", "Leitende Ingenieure", FALSE, TRUE),
        ("Ingenieuren", "Leitender Ingenieur", FALSE, TRUE),
        ('"software engineer"', "Software Engineers", TRUE, TRUE),
        ('"leitender ingenieur"', "Leitende Ingenieure", FALSE, TRUE),
        ("engineering", "Engineers", FALSE, FALSE),
        ("python", "Python", TRUE, TRUE),
        ("c++", "C++", TRUE, TRUE),
        ("bachelors", "Bachelor's degree", TRUE, TRUE),
        ("engineers*", "Engineer", FALSE, FALSE),
        ("engineer*", "Engineers", TRUE, TRUE),
        ("ingenieure*", "Ingenieure", TRUE, TRUE),
        ("de*", "Ingenieure", FALSE, FALSE),
        ("news", "New engineer", FALSE, FALSE),
    ],
)
def test_words_meet_by_their_stems_in_the_language_of_the_posting(
    query: str, title: str, english: Outcome, german: Outcome
) -> None:
    assert outcome(query, title=title, language="en") is english
    assert outcome(query, title=title) is english
    assert outcome(query, title=title, language="de") is german


def test_a_source_is_a_name_or_a_domain_and_never_unknown() -> None:
    seen = Source(name="Feed-7", url="https://boards.greenhouse.io/acme/1", seen_at=NOW)
    for value, expected in {
        "FEED-7": TRUE,
        "greenhouse.io": TRUE,
        "boards.greenhouse.io": TRUE,
        "house.io": FALSE,
        "io": FALSE,
        "api": FALSE,
    }.items():
        test = SourceIn(values=("nowhere", value))
        assert evaluate(test, subject(sources=(seen,)), NOW) is expected, value
    assert evaluate(SourceIn(values=("api",)), subject(), NOW) is FALSE


def test_a_company_list_is_by_the_whole_name_without_its_legal_form() -> None:
    own = InList(field="company", name="mine", items=("Acme GmbH", "R&D"))
    assert evaluate(own, subject(company="ACME, Inc."), NOW) is TRUE
    assert evaluate(own, subject(company="Acme Robotics"), NOW) is FALSE
    assert evaluate(own, subject(company="R & D Ltd"), NOW) is TRUE
    brought = InList(field="company", name="agencies")
    assert evaluate(brought, subject(company="Hays plc"), NOW) is TRUE
    assert evaluate(brought, subject(company="Acme"), NOW) is FALSE
    own_agencies = InList(field="company", name="agencies", items=("Acme",))
    assert evaluate(own_agencies, subject(company="Hays plc"), NOW) is FALSE
    assert evaluate(InList(field="company", name="nobody's"), subject(), NOW) is FALSE


def test_a_skill_list_is_unknown_without_skills() -> None:
    stack = InList(field="skill", name="stack", items=("Python", "Go"))
    assert evaluate(stack, subject(skills=("SQL", "Go")), NOW) is TRUE
    assert evaluate(stack, subject(skills=("SQL",)), NOW) is FALSE
    assert evaluate(stack, subject(), NOW) is UNKNOWN
    assert evaluate(stack.model_copy(update={"hard": True}), subject(), NOW) is FALSE


@pytest.mark.parametrize(
    ("query", "towns", "expected"),
    [
        ('near:"Leeds, GB"<40km', ("Leeds, GB",), TRUE),
        ('near:"Leeds, GB"<40km', ("York, GB",), TRUE),
        ('near:"Leeds, GB"<30km', ("York, GB",), FALSE),
        ('near:"Leeds, GB"<40km', ("Paris, FR", "York, GB"), TRUE),
        ('near:"Leeds, GB"<40km', ("England, GB",), FALSE),
        ('near:"Leeds, GB"<40km', (), UNKNOWN),
        ('place:"Leeds, GB"', ("Leeds, GB",), TRUE),
        ('place:"Leeds, GB"', ("York, GB",), FALSE),
        ('place:"England, GB"', ("York, GB",), TRUE),
        ('place:"United Kingdom"', ("York, GB",), TRUE),
        ('place:"United Kingdom"', ("United Kingdom",), TRUE),
        ('place:"York, GB"', ("United Kingdom",), FALSE),
        ('place:"Paris, FR"', ("Paris, Texas, US",), FALSE),
        ('place:"Leeds, GB"', (), UNKNOWN),
    ],
)
def test_places(query: str, towns: tuple[str, ...], expected: Outcome) -> None:
    found = outcome(query, places=tuple(map(place, towns)), mode=Mode.REMOTE)
    assert found is expected


@pytest.mark.parametrize(
    ("least", "most", "floor", "ceiling"),
    [
        (50_000.0, 70_000.0, TRUE, TRUE),
        (50_000.0, 69_999.99, FALSE, TRUE),
        (70_000.01, 90_000.0, TRUE, FALSE),
        (80_000.0, None, TRUE, FALSE),
        (50_000.0, None, UNKNOWN, TRUE),
        (None, 90_000.0, TRUE, UNKNOWN),
        (None, 60_000.0, FALSE, TRUE),
        (None, None, UNKNOWN, UNKNOWN),
    ],
)
def test_pay_ranges_overlap(
    least: float | None, most: float | None, floor: Outcome, ceiling: Outcome
) -> None:
    assert outcome("pay>=70k", pay_annual=pay(least, most)) is floor
    assert outcome("pay<=70k", pay_annual=pay(least, most)) is ceiling
    both = sorted([floor, ceiling], key=[FALSE, UNKNOWN, TRUE].index)[0]
    assert outcome("pay:70k..70k", pay_annual=pay(least, most)) is both


def test_pay_compares_currencies_and_periods() -> None:
    stated = pay(100_000.0, 100_000.0)
    assert outcome("pay>=40/hour", pay_annual=stated) is TRUE
    assert outcome("pay>=60/hour", pay_annual=stated) is FALSE
    assert outcome("pay>=100kJPY", pay_annual=stated) is TRUE
    unknown_currency = Pay(min=1.0, currency="XXX", period=Period.YEAR)
    assert evaluate(unknown_currency, subject(pay_annual=stated), NOW) is UNKNOWN


def test_ages_count_from_the_given_moment() -> None:
    facts = {"posted_at": NOW - timedelta(days=7), "first_seen_at": NOW - timedelta(hours=25)}
    assert outcome("posted<7d", **facts) is TRUE
    assert outcome("posted<167h", **facts) is FALSE
    assert outcome("first_seen<24h", **facts) is FALSE
    assert outcome("posted>2d", **facts) is TRUE
    assert outcome("posted<1h", posted_at=NOW + timedelta(days=1)) is TRUE


def test_policy_decides_what_is_unknown() -> None:
    criteria = parse("level:senior").criteria
    assert holds(criteria, PASS, subject(), NOW)
    assert not holds(criteria, DROP, subject(), NOW)
    hard = parse("level:senior!").criteria
    assert not holds(hard, PASS, subject(), NOW)


def test_a_text_without_terms_stands_nowhere() -> None:
    assert evaluate(Words(text="&"), subject(), NOW) is FALSE
    assert evaluate(Words(kind="prefix", text="a b"), subject(title="a b"), NOW) is FALSE


@given(wild_trees, wild_trees, subjects())
def test_kleene_laws(a: Criteria, b: Criteria, subject: Subject) -> None:
    def value(criteria: Criteria) -> Outcome:
        return evaluate(criteria, subject, NOW)

    assert value(Not(item=Not(item=a))) is value(a)
    assert value(And(items=(a, b))) is value(And(items=(b, a)))
    neither = And(items=(Not(item=a), Not(item=b)))
    assert value(Not(item=Or(items=(a, b)))) is value(neither)
    assert value(Or(items=(a, Not(item=a)))) is not FALSE
    assert value(Not(item=a)) is negated(value(a))


@given(trees, subjects())
def test_the_normal_form_means_the_same(criteria: Criteria, subject: Subject) -> None:
    assert evaluate(normalise(criteria), subject, NOW) is evaluate(criteria, subject, NOW)


@given(wild_trees, subjects())
def test_dropping_unknowns_never_matches_more(criteria: Criteria, subject: Subject) -> None:
    assert holds(criteria, PASS, subject, NOW) or not holds(criteria, DROP, subject, NOW)
