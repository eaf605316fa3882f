"""The alert language: what a text means, and back to the same text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.language import Query, normalise, parse, to_text
from matching.lists import NamedList
from models.criteria import (
    And,
    CategoryIn,
    ClearanceIs,
    Criteria,
    EmploymentIn,
    HasSkill,
    InList,
    LevelIn,
    Near,
    Not,
    Or,
    Pay,
    PostedWithin,
    RemoteFrom,
    SourceIn,
    UnknownPolicy,
    VisaIs,
    Words,
)
from models.errors import InvalidQuery
from models.posting import Clearance, EmploymentType, Level
from processing.evidence import Passage
from processing.facts.pay import pay as pay_of
from reference.places import countries_of
from tests.worlds import LISTS, normal_trees, place, trees

DOCUMENTED = (
    'title:("data engineer" OR mle) skill:(python AND NOT php) level:senior..staff\n'
    '(near:"Leeds, GB"<40km OR remote:GB) pay>=70000GBP/year visa:!refused\n'
    "-company:@agencies -title:intern posted<7d"
)
STACK = InList(field="skill", name="stack", items=("Python", "C++"))
WATCHED = InList(field="company", name="watched", items=("Acme GmbH", "data engineers"))
AGENCIES = InList(field="company", name="agencies")


def test_the_documented_example() -> None:
    def title(text: str, kind: str = "word") -> Words:
        return Words.model_validate({"field": "title", "kind": kind, "text": text})

    near = Near(place=place("Leeds, GB"), km=40)
    assert parse(DOCUMENTED) == Query(
        And(
            items=(
                Or(items=(title("data engineer", "phrase"), title("mle"))),
                HasSkill(skill="Python"),
                Not(item=HasSkill(skill="PHP")),
                LevelIn(min=Level.SENIOR, max=Level.STAFF),
                Or(items=(near, RemoteFrom(country="GB"))),
                Pay(min=70_000, currency="GBP"),
                Not(item=VisaIs(value="refused")),
                Not(item=AGENCIES),
                Not(item=title("intern")),
                PostedWithin(hours=168),
            )
        )
    )


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("Data AND Engineer", "data engineer"),
        ("a b OR c", "(a b) OR c"),
        ("a (b OR c)", "a (b OR c)"),
        ("(a (b (c)))", "a b c"),
        ("a a OR a", "a"),
        ("NOT NOT a", "a"),
        ("--a", "a"),
        ("NOT (a b) -(c OR d)", "-(a b) -(c OR d)"),
        ("a - b", None),
        ("full-time C++ Node.js .NET R&D", '"full time" c++ node.js .net r&d'),
        ("“data engineer” python, sql", '"data engineer" python sql'),
        ("python,sql", "python OR sql"),
        ("engin*", "engin*"),
        ("or and not", "or and not"),
        ("OR*", "or*"),
        ("title:(a OR (b -c))", "title:(a OR (b -c))"),
        ("title:(a b)", "title:a title:b"),
        ("-title:(a OR b)", "-title:(a OR b)"),
        ("text:a company:b", "a company:b"),
        ("TITLE:a", "title:a"),
        ('skill:python,"machine learning"', 'skill:Python,"Machine Learning"'),
        ("skill:(python OR sql) OR a", "skill:Python,SQL OR a"),
        ("skill:python! OR skill:sql", "skill:Python! OR skill:SQL"),
        ("skill:golang", "skill:Go"),
        ("level>mid level<=staff", "level>=senior level<=staff"),
        ("level:intern..executive", "level:intern..executive"),
        ("employment:Full-Time,contract", "employment:full_time,contract"),
        ("mode:!onsite", "-mode:onsite"),
        ("near:Porto,Leeds", 'near:"Porto, PT"<50km OR near:"Leeds, GB"<50km'),
        ("near:Porto,Leeds<30km", 'near:"Porto, PT"<30km OR near:"Leeds, GB"<30km'),
        ("near:Porto<9km,Leeds≤30km", 'near:"Porto, PT"<9km OR near:"Leeds, GB"<30km'),
        ("near:Leeds<25miles", 'near:"Leeds, GB"<40.23km'),
        ("near:Leeds<25mi!", 'near:"Leeds, GB"<40.23km!'),
        ('place:Porto,"Paris, TX"!', 'place:"Porto, PT","Paris, Texas, US"!'),
        ("place:Germany", 'place:"Germany"'),
        ("place:#2644688", 'place:"Leeds, GB"'),
        ("remote:eu", "remote:EU"),
        ("remote:EU,US OR remote:any", "remote:EU,US,any"),
        ("remote:AT,BE", "remote:AT,BE"),
        ("remote:Germany!", "remote:DE!"),
        ("remote:Namibia", "remote:Namibia"),
        ("pay>=£70k", "pay>=70000GBP/year"),
        ("pay>$50.5/hour", "pay>=50.5USD/hour"),
        ("pay:70..90kEUR!", "pay:70000..90000EUR/year!"),
        ("pay:70000..90kEUR", "pay:70000..90000EUR/year"),
        ("pay<=90krw/Month", "pay<=90KRW/month"),
        ("pay>70k pay<€90k", "pay>=70000USD/year pay<=90000EUR/year"),
        ("experience<=3", "experience<=3"),
        ("experience<3years!", "experience<=3!"),
        ("experience>=2.50 Experience:0..5y", "experience>=2.5 experience:0..5"),
        ("-experience>5", "-experience>=5"),
        ("lang:EN,de", "lang:en,de"),
        ("lang:German,english,français", "lang:de,en,fr"),
        ("category:Data,data", "category:data"),
        ('category:engineering,"Data Science"!', "category:engineering,data!"),
        ("category:!data", "-category:data"),
        ("clearance:required", "clearance:required"),
        ("clearance:Not-Required!", "clearance:not_required!"),
        ("clearance:!required", "-clearance:required"),
        ("source:Greenhouse.IO,api", "source:greenhouse.io,api"),
        ('source:"my feed"', 'source:"my feed"'),
        ("posted>=2w", "-posted<14d"),
        ("posted:3d first_seen<=1h", "posted<3d first_seen<1h"),
        ("posted<2w first_seen<36h", "posted<14d first_seen<36h"),
        ("a posted>30d", "a -posted<30d"),
        ("posted<7days first_seen<2Hours", "posted<7d first_seen<2h"),
        ("posted:<1week", "posted<7d"),
        ("level≥senior level:<=staff", "level>=senior level<=staff"),
        ("level=senior pay≤90k", "level:senior pay<=90000USD/year"),
        ('title="data engineer" e=mc2', 'title:"data engineer" "e mc2"'),
        ("python –php −perl", "python -php -perl"),
        ("unknown=drop a", "a unknown:drop"),
        ("unknown:drop a OR b", "(a OR b) unknown:drop"),
        ("a unknown:PASS", "a unknown:pass"),
    ],
)
def test_normal_forms(text: str, normal: str | None) -> None:
    if normal is None:
        with pytest.raises(InvalidQuery):
            parse(text)
        return
    query = parse(text)
    assert to_text(query.criteria, query.unknown) == normal
    assert parse(normal) == query


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("company:@agencies", "company:@agencies"),
        ("-company:@Agencies", "-company:@agencies"),
        ("company:!@agencies", "-company:@agencies"),
        ("company:@agencies,@watched", "company:(@agencies OR @watched)"),
        ("company:acme,@agencies", "company:(acme OR @agencies)"),
        ("company:(acme OR -@agencies)", "company:(acme OR -@agencies)"),
        ("company:(hays -@watched) sql", "company:hays -company:@watched sql"),
        ("company:@watched OR sql", "company:@watched OR sql"),
        ("skill:@stack", "skill:@stack"),
        ("skill:@stack!", "skill:@stack!"),
        ("skill:sql,@stack!", "skill:SQL,@stack!"),
        ("skill:(sql OR (@stack -python))", "skill:SQL OR (skill:@stack -skill:Python)"),
        ("NOT skill:@stack", "-skill:@stack"),
        ('company:"@acme"', "company:acme"),
        ("@home office", "home office"),
    ],
)
def test_normal_forms_of_lists(text: str, normal: str) -> None:
    query = parse(text, LISTS)
    assert to_text(query.criteria) == normal
    assert parse(normal, LISTS) == query


def test_lists_hold_what_they_hold_when_they_are_read() -> None:
    assert parse("skill:@STACK!", LISTS).criteria == STACK.model_copy(update={"hard": True})
    assert parse("company:@watched", LISTS).criteria == WATCHED
    later = {"stack": NamedList("skill", ("Go",))}
    assert parse("skill:@stack", later).criteria == STACK.model_copy(update={"items": ("Go",)})


def test_new_facts_are_tests_of_their_own() -> None:
    assert parse("category:data! clearance:required source:API").criteria == And(
        items=(
            CategoryIn(values=("data",), hard=True),
            ClearanceIs(value=Clearance.REQUIRED),
            SourceIn(values=("api",)),
        )
    )


def test_positions_tell_where_a_test_was_written() -> None:
    query = parse('python (near:"Leeds, GB"<40km OR -skill:sql,go) python')
    assert {to_text(test): at for test, at in query.positions.items()} == {
        "python": 48,
        'near:"Leeds, GB"<40km': 8,
        "skill:SQL": 34,
        "skill:Go": 34,
    }


def test_a_region_is_an_or_of_its_countries() -> None:
    tree = parse("remote:EU").criteria
    assert isinstance(tree, Or)
    assert tuple(sorted(countries_of("EU") or ())) == tuple(
        item.country for item in tree.items if isinstance(item, RemoteFrom)
    )


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("70,000", 70_000),
        ("70.000", 70_000),
        ("70'000", 70_000),
        ("70’000", 70_000),
        ("1,250,000", 1_250_000),
        ("12,00,000", 1_200_000),
        ("70,000.50", 70_000.5),
        ("70.000,50", 70_000.5),
        ("70000.5", 70_000.5),
        ("600,50", 600.5),
    ],
)
def test_amounts_are_read_as_in_adverts(written: str, amount: float) -> None:
    assert parse(f"pay>={written}INR").criteria == Pay(min=amount, currency="INR")
    text = f"The salary is {written} INR per day."
    found = pay_of(Passage("description", text), frozenset())
    assert found is not None
    assert found[0].min == amount


def test_places_print_as_text_that_means_them_again() -> None:
    for text in ("Paris, TX", "Paris, FR", "Georgia, US", "GE", "New York", "California"):
        tree = parse(f'place:"{text}"').criteria
        assert parse(to_text(tree)).criteria == tree


def test_values_may_contain_what_separates_elsewhere() -> None:
    with pytest.raises(InvalidQuery) as refused:
        parse(r'place:"a \"quoted\" \\ place"')
    assert refused.value.errors[0].got == r'a "quoted" \ place'


def test_normalise_refuses_texts_without_words() -> None:
    with pytest.raises(InvalidQuery, match="letters or digits"):
        normalise(Words(text="&"))
    with pytest.raises(InvalidQuery, match="one word"):
        normalise(Words(kind="prefix", text="full ti"))


def test_normalise_makes_kinds_fit_texts() -> None:
    assert normalise(Words(text="Full-Time")) == Words(kind="phrase", text="full time")
    assert normalise(Words(kind="phrase", text="Data")) == Words(text="data")
    twice = EmploymentIn(values=(EmploymentType.CONTRACT, EmploymentType.CONTRACT))
    assert normalise(twice) == EmploymentIn(values=(EmploymentType.CONTRACT,))


@given(trees)
def test_normalising_twice_changes_nothing(criteria: Criteria) -> None:
    assert normalise(normalise(criteria)) == normalise(criteria)


@given(normal_trees, st.none() | st.sampled_from(UnknownPolicy))
def test_what_is_printed_parses_to_the_same(
    criteria: Criteria, unknown: UnknownPolicy | None
) -> None:
    text = to_text(criteria, unknown)
    assert parse(text, LISTS) == Query(criteria, unknown)
    assert to_text(parse(text, LISTS).criteria, unknown) == text


@given(trees)
def test_a_tree_and_its_normal_form_are_one_text(criteria: Criteria) -> None:
    assert parse(to_text(criteria), LISTS).criteria == normalise(criteria)
