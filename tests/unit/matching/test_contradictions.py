"""Which clauses exclude each other, and that nothing is refused that a posting could meet."""

import random
import time
from collections.abc import Sequence
from itertools import combinations, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.contradictions import contradiction
from matching.evaluate import evaluate, holds
from matching.implications import implies
from matching.language import normalise, parse
from matching.lists import NamedList
from matching.printer import printed_item
from matching.subject import Subject
from models.criteria import (
    And,
    CategoryIn,
    ClearanceIs,
    Criteria,
    EmploymentIn,
    Experience,
    HasSkill,
    In,
    InList,
    LanguageIn,
    Leaf,
    LevelIn,
    ModeIn,
    Near,
    Not,
    Or,
    Outcome,
    Pay,
    PostedWithin,
    RemoteFrom,
    SourceIn,
    UnknownPolicy,
    VisaIs,
    Words,
)
from models.money import Period
from models.posting import Clearance, EmploymentType, Level, Mode
from tests.examples import examples
from tests.worlds import (
    LISTS,
    NOW,
    all_places,
    cities,
    normal_trees,
    pay,
    some_posting,
    subject,
)

GO = {"go": NamedList("skill", ("Go",))}


def refused(text: str) -> list[str]:
    found = contradiction(parse(text, {**LISTS, **GO}).criteria)
    return [printed_item(clause) for clause in found.clauses] if found else []


@pytest.mark.parametrize(
    "text",
    [
        # its own negation, also derived
        "python -python",
        "-title:python -sql title:python",
        "title:engineer -engineer",
        '"senior data engineer" -"data engineer"',
        '"data engineer" -engineer',
        '"data engineer" -text:"data engineer"',
        "engineering* -engin*",
        "engineers -engineer",
        "cities -city",
        "engineer -engineer*",
        '"data engineers" -engineer*',
        "skill:python -skill:python!",
        "skill:python! -skill:python",
        "skill:python -python",
        "skill:python -skill:@stack",
        "skill:@go -skill:go",
        "skill:@go -go",
        "company:@agencies -company:@agencies",
        "source:api -source:api,import",
        "source:boards.greenhouse.io,api -source:greenhouse.io,api",
        "place:Leeds -place:GB",
        'place:"England, GB" -place:"United Kingdom"',
        "near:Leeds<20km -near:Leeds<30km",
        'near:"Leeds, GB"<40km -place:GB',
        'near:"Leeds, GB"<40km -place:"England, GB"',
        "near:Longyearbyen<5km -place:Longyearbyen",
        "pay>=90k -pay>=80k",
        "pay<=50k -pay<=600USD/week -pay<=80k",
        "experience<=2 -experience<=3",
        "experience:2..5 -experience>=1",
        "experience>=5 experience<=2",
        # a fact of one value
        "level:junior level:senior",
        "level<=mid level>=staff",
        "level:junior..senior -level:intern..staff",
        "employment:contract employment:full_time",
        "mode:onsite mode:remote,hybrid",
        "mode:remote,hybrid mode:hybrid,onsite -mode:hybrid",
        "mode:!onsite mode:!hybrid mode:!remote",
        "lang:en lang:de",
        "lang:en,de -lang:en -lang:de!",
        "category:data category:design",
        "category:data -category:data,design",
        "clearance:required clearance:not_required",
        "visa:offered visa:refused",
        "visa:!offered visa:!refused",
        # remote from somewhere is remote
        "remote:GB mode:onsite",
        "mode:onsite,hybrid remote:any",
        "remote:GB -remote:any",
        "remote:GB -mode:remote",
        "mode:remote -remote:any",
        # ages
        "posted<7d posted>30d",
        "first_seen<1d first_seen>=24h",
        # refused by decision
        "pay>100 pay<50",
        "pay>=100kGBP pay<=100kUSD",
        "pay>=50GBP/hour pay<=50kGBP",
        "pay:90k..120k pay<=80k",
        "place:Germany remote:GB",
        'near:"Leeds, GB" remote:DE',
        "place:Leeds remote:DACH",
        "place:Germany,France remote:GB,US",
        # choices
        "(level:junior OR level:mid) (level:senior OR level:staff)",
        "level:senior (level:junior OR (sql level:mid))",
        "mode:onsite (remote:GB OR (remote:any sql))",
        "python -(java OR python)",
        "java python -(java python)",
        "(a b -a) OR (level:junior level:senior)",
        "(a OR b) (-a OR c) -b -c",
        "-level:intern..executive",
    ],
)
def test_contradictions_are_found(text: str) -> None:
    assert refused(text)


@pytest.mark.parametrize(
    "text",
    [
        "python -php",
        "engineer -engineering",
        "engineering -engineer",
        "engineer -title:engineer",
        "engineer -engineers*",
        "engineers -engineers*",  # the singular
        'near:"Dover, GB"<60km -place:GB',  # Calais
        'near:"Leeds, GB"<40km -place:"York, GB"',
        "near:Leeds<101km -place:GB",  # not looked at
        "source:greenhouse.io -source:boards.greenhouse.io",
        "source:api -source:pi",
        "Ingenieure -Ingenieur",  # two words in an English posting
        '"data engineer" -"engineer data"',
        "engin* -engineering*",
        "python -skill:python",
        "company:hays -company:@agencies",
        "skill:@stack -skill:python",
        "place:GB -place:Leeds",
        "near:Leeds<30km -near:Leeds<20km",
        "pay>=80k -pay>=90k",
        "pay>=50k pay<=100k",
        "experience<=3 experience>=3",
        "experience<=3 -experience<=2",
        "experience:2..5 -experience:3..6",
        "pay>=100kUSD pay<=100kGBP",
        "-pay>=100k -pay<=50k",
        "level>=mid level<=staff",
        "skill:python skill:sql -skill:go",
        "lang:en,de -lang:en",
        "-lang:en -lang:de -lang:fr",
        "-category:data -category:design",
        "visa:!offered! visa:!refused!",
        "mode:remote,hybrid mode:remote",
        "remote:GB mode:remote,onsite",
        "-remote:GB mode:remote",
        "remote:GB remote:DE",
        "posted<30d posted>7d",
        "posted<7d first_seen>30d",
        "source:api source:greenhouse.io",
        "source:api,import -source:api",
        "place:Germany remote:any",
        "place:Germany remote:EU",
        "place:Germany remote:GB,DE",
        "place:Germany,France remote:GB,DE",
        'place:Germany OR remote:GB near:"Leeds, GB"',
        "place:Germany -remote:GB",
        "place:Germany (remote:GB OR python)",
        "sql OR (python -python)",
        "sql -(python -python)",
        "python -(java python)",
        "(a OR b) (-a OR c) -b",
    ],
)
def test_what_can_be_met_is_left(text: str) -> None:
    assert refused(text) == []


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("pay>=90k pay<=60k", {"pay_annual": pay(50_000, 100_000)}),
        (
            "place:Leeds remote:DE",
            {"places": cities()[:1], "mode": Mode.REMOTE, "remote_countries": ("DE", "GB")},
        ),
    ],
)
def test_two_refusals_are_decisions(text: str, facts: dict[str, Any]) -> None:
    """A posting could meet them, and the documentation says so."""
    assert holds(parse(text).criteria, UnknownPolicy.DROP, subject(**facts), NOW)
    assert len(refused(text)) == 2


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("sql python -sql -php", ["sql", "-sql"]),
        ("a level:junior b -level:junior,mid c", ["level:junior", "-(level:junior OR level:mid)"]),
        (
            "mode:remote,hybrid sql mode:hybrid,onsite -mode:hybrid level:mid",
            ["mode:remote,hybrid", "mode:hybrid,onsite", "-mode:hybrid"],
        ),
        ("(a OR b) -c -b d -a", ["(a OR b)", "-b", "-a"]),
        ("d (a OR b) (-a OR c) -b -c", ["(a OR b)", "(-a OR c)", "-b", "-c"]),
        ("place:Germany sql remote:GB,US", ['place:"Germany"', "remote:GB,US"]),
        (
            "x (level:junior OR level:mid) y (level:senior OR level:staff)",
            ["(level:junior OR level:mid)", "(level:senior OR level:staff)"],
        ),
    ],
)
def test_the_clauses_are_those_that_exclude_each_other(text: str, clauses: list[str]) -> None:
    assert refused(text) == clauses


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("level:senior level:junior", "senior is above junior"),
        ("level:mid..staff level:intern", "mid is above intern"),
        ("mode:onsite remote:GB", "one mode, and none is left: remote means mode:remote"),
        ("lang:en lang:de", "a posting has one language, and none is left"),
        ("-pay>=0", "no pay is below 0"),
        ("place:Leeds -place:GB", "Leeds lies in United Kingdom"),
        ("near:Leeds<20km -place:GB", "all within 20 km of Leeds lies in United Kingdom"),
        ("place:Germany remote:GB", "Germany lies outside of United Kingdom"),
        ("remote:FR near:Leeds", "Leeds lies outside of France"),
        ("pay>=50GBP/hour pay<=50kGBP", "50 GBP an hour is 104,000 GBP a year, and that is above"),
        ("pay<=600/week pay>=90k", "90,000 USD a year, and that is above 31,200 (600 USD a week)"),
        ("pay:90k..99k pay:10k..20k", "90,000 USD a year, and that is above 20,000"),
        ("pay>=90kGBP pay<=50k", "90,000 GBP a year is 1"),
        ("experience:5..9 experience<=2", "5 years are more than 2"),
        ("experience<=2 experience>=2.5", "2.5 years are more than 2"),
        ("experience<=2 -experience<=5", "whatever meets experience<=2 meets experience<=5"),
        ("python -python", "the one asks for what the other excludes"),
        ("engineers -engineer", "engineers finds engineer too: they are forms of one word"),
        ("skill:python -python", "skills are searched as text too"),
        ("posted<7d posted>30d", "whatever meets posted<7d meets posted<30d"),
    ],
)
def test_the_reason_is_told(text: str, reason: str) -> None:
    found = contradiction(parse(text, LISTS).criteria)
    assert found is not None
    assert reason in found.reasons[0]


def test_of_several_reasons_few_are_told() -> None:
    found = contradiction(
        parse("level:senior (level:junior OR level:mid OR level:intern)").criteria
    )
    assert found is not None
    assert found.reasons == ("senior is above junior", "senior is above mid")


def _hard_too(*tests: Leaf) -> list[Leaf]:
    return [test.model_copy(update={"hard": hard}) for test in tests for hard in (False, True)]


TEXTS: list[Leaf] = [
    *(
        Words(field=field, kind="phrase" if " " in text else "word", text=text)
        for field in ("any", "title", "company")
        for text in (
            "engineer",
            "engineers",
            "ingenieure",
            "data engineer",
            "data",
            "python",
            "c++",
        )
    ),
    *(
        Words(field=field, kind="prefix", text=text)
        for field in ("any", "title")
        for text in ("engin", "engineers", "pyth", "py")
    ),
    *_hard_too(HasSkill(skill="Python"), HasSkill(skill="C++"), HasSkill(skill="SQL")),
    *_hard_too(
        InList(field="skill", name="stack", items=("Python", "C++")),
        InList(field="skill", name="all", items=("Python", "C++", "SQL")),
    ),
    InList(field="company", name="watched", items=("Acme GmbH",)),
    InList(field="company", name="agencies"),
]
PLACES: list[Leaf] = _hard_too(*(In(place=place) for place in all_places())) + _hard_too(
    *(Near(place=city, km=km) for city in cities() for km in (0.5, 36.0, 500.0))
)
REMOTE: list[Leaf] = [
    *_hard_too(*(RemoteFrom(country=country) for country in (None, "GB", "DE"))),
    *_hard_too(*(ModeIn(values=modes) for size in (1, 2) for modes in combinations(Mode, size))),
]
LEVELS: list[Leaf] = _hard_too(
    *(LevelIn(min=low, max=high) for low, high in combinations(list(Level)[1:5], 2)),
    *(LevelIn(min=level, max=level) for level in list(Level)[:4]),
)
YEARS: list[Leaf] = _hard_too(
    *(Experience(min=years) for years in (0.5, 2.0, 5.0)),
    *(Experience(max=years) for years in (0.0, 2.0, 4.0)),
    Experience(min=0.0, max=2.0),
    Experience(min=2.0, max=5.0),
)
SAID: list[Leaf] = [
    *_hard_too(*(VisaIs(value=value) for value in ("offered", "refused"))),
    *_hard_too(*(ClearanceIs(value=value) for value in Clearance)),
]
NAMES: list[Leaf] = [
    *_hard_too(*(LanguageIn(values=codes) for codes in (("en",), ("de",), ("en", "de")))),
    *_hard_too(*(CategoryIn(values=some) for some in (("data",), ("design",), ("data", "design")))),
    *_hard_too(*(EmploymentIn(values=some) for some in combinations(EmploymentType, 2))),
    *(SourceIn(values=names) for names in (("api",), ("api", "import"), ("greenhouse.io",))),
]
AGES: list[Leaf] = [
    PostedWithin(field=field, hours=hours)
    for field in ("posted", "first_seen")
    for hours in (1.0, 24.0, 200.0)
]
PAYS: list[Leaf] = _hard_too(
    *(Pay(min=amount, currency="USD") for amount in (0.0, 50_000.0, 70_000.0, 90_000.0)),
    *(Pay(max=amount, currency="USD") for amount in (0.0, 50_000.0, 70_000.0, 90_000.0)),
    Pay(min=50_000.0, max=70_000.0, currency="USD"),
    Pay(min=50_000.0, max=90_000.0, currency="USD"),
    Pay(min=30.0, currency="GBP", period=Period.HOUR),
)
FLOORS: list[Leaf] = [test for test in PAYS if isinstance(test, Pay) and test.max is None]
EVERYTHING = [*TEXTS, *PLACES, *REMOTE, *LEVELS, *YEARS, *SAID, *NAMES, *AGES, *PAYS]
SUBJECTS = [Subject.of(some_posting(random.Random(seed))) for seed in range(400)]


def test_what_a_test_implies_is_true_with_it() -> None:
    met = {
        test: {at for at, one in enumerate(SUBJECTS) if evaluate(test, one, NOW) is Outcome.TRUE}
        for test in EVERYTHING
    }
    assert sum(map(bool, met.values())) > 0.9 * len(met)
    wrong = [
        (test, wider)
        for test, wider in product(EVERYTHING, repeat=2)
        if implies(test, wider) and not met[test] <= met[wider]
    ]
    assert wrong == []


def _trees(of: Sequence[Leaf]) -> st.SearchStrategy[Criteria]:
    """Trees of tests that speak of the same facts, so that many are contradictions."""

    def joined(inner: st.SearchStrategy[Criteria]) -> st.SearchStrategy[Criteria]:
        items = st.lists(inner, min_size=2, max_size=4).map(tuple)
        return st.one_of(
            st.builds(Not, item=inner), st.builds(And, items=items), st.builds(Or, items=items)
        )

    test = st.sampled_from(of)
    some = st.recursive(test | st.builds(Not, item=test), joined, max_leaves=8)
    return st.lists(some, min_size=2, max_size=4).map(lambda items: normalise(And(items=items)))


THEMES: tuple[list[Leaf], ...] = (TEXTS, PLACES, REMOTE, LEVELS, YEARS, SAID, NAMES, AGES, FLOORS)
undecided = st.one_of(*(_trees(theme) for theme in THEMES))
"""Trees that ask for nothing which the product has decided to refuse."""


@settings(max_examples=examples(500))
@given(undecided)
def test_what_is_refused_is_met_by_no_posting(tree: Criteria) -> None:
    if contradiction(tree):
        assert not any(holds(tree, UnknownPolicy.DROP, one, NOW) for one in SUBJECTS)


def test_many_of_those_trees_are_contradictions() -> None:
    """Else the property above would show nothing."""
    found: list[bool] = []

    @settings(max_examples=examples(200), database=None)
    @given(undecided)
    def count(tree: Criteria) -> None:
        found.append(bool(contradiction(tree)))

    count()
    assert sum(found) > len(found) / 10


@settings(max_examples=examples(300))
@given(undecided)
def test_the_clauses_named_are_a_contradiction_by_themselves(tree: Criteria) -> None:
    found = contradiction(tree)
    if found and len(found.clauses) > 1:
        again = contradiction(And(items=found.clauses))
        assert again is not None
        assert again.clauses == found.clauses


@given(normal_trees)
def test_every_tree_excludes_its_own_negation(tree: Criteria) -> None:
    assert contradiction(normalise(And(items=(tree, Not(item=tree)))))


@pytest.mark.parametrize(
    "text",
    [
        " ".join(f"(a{i} OR b{i})" for i in range(100)),
        " ".join(f"(a{i} OR -a{i + 1})" for i in range(100)),
        " ".join(f"-(a{i} a{i + 1} a{i + 2})" for i in range(60)) + " x",
        " ".join(f"(a{i} OR b{j})" for i in range(10) for j in range(10)),
        " ".join(f"(a{i} OR -b{j})" for i in range(9) for j in range(9)),
        " ".join(f"w{i}" for i in range(100)) + " " + " ".join(f"-v{i}" for i in range(100)),
        "(" * 15 + "a" + "".join(f" OR b{i}) c{i}" for i in range(15)),
        " ".join(f"(remote:EMEA OR w{i})" for i in range(7)) + " place:Leeds -remote:any",
    ],
)
def test_the_search_is_bounded(text: str) -> None:
    tree = parse(text).criteria
    began = time.process_time()
    contradiction(tree)
    contradiction(normalise(Not(item=tree)))
    assert time.process_time() - began < 0.5


def test_a_plain_contradiction_is_found_in_the_largest_query() -> None:
    many = " ".join(f"(a{i} OR b{i})" for i in range(98))
    assert refused(f"{many} level:junior sql -sql") == ["sql", "-sql"]
    assert refused(f"level:junior {many} level:senior") == ["level:junior", "level:senior"]
