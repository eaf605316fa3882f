"""The alert language: what a text means, what is refused where, and back to the same text."""

import time
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matching.bounds import DEPTH_MAX, TESTS_MAX, TEXT_MAX
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
from processing.pay import pay as pay_of
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
    ("text", "position", "expected", "got"),
    [
        ("", 0, "a word, a test or a group", "the end"),
        ("   ", 3, "a word, a test or a group", "the end"),
        ("a AND", 5, "a word, a test or a group", "the end"),
        ("OR a", 0, "a word, a test or a group", "OR"),
        ("a OR OR b", 5, "a word, a test or a group", "OR"),
        ("a NOT", 5, "a word, a test or a group", "the end"),
        ("AND a", 0, "a word, a test or a group", "AND"),
        ("a (b", 2, "a ) for this (", "("),
        ("a) b", 1, "the end, or a ( before this )", ")"),
        ("()", 1, "a word, a test or a group", ")"),
        ('a "b', 2, "a closing quote", '"b'),
        ("a & b", 2, "AND or only a space", "&"),
        ("a && b", 2, "AND or only a space", "&&"),
        ("a&&b", 0, "AND or only a space between words", "a&&b"),
        ("a | b", 2, "OR between alternatives", "|"),
        ("a || b", 2, "OR between alternatives", "||"),
        ("a|b", 0, "did you mean a,b?", "a|b"),
        ("a , b", 2, "a comma right behind a word", ","),
        ("!python", 0, "did you mean -python?", "!python"),
        ("a !level:senior", 2, "did you mean -level:senior?", "!level:senior"),
        ('a !"b c"', 2, 'did you mean -"b c"?', '!"b c"'),
        ("a !(b c)", 2, "a - or NOT before", "!"),
        ("a,!b", 2, "did you mean -b?", "!b"),
        ("level!=senior", 0, "did you mean -level:senior?", "level!=senior"),
        ("python!", 0, "no ! behind what every posting states (did you mean python?)", "python!"),
        ('a "b c"!', 2, 'did you mean "b c"?', '"b c"!'),
        ("company:@agencies!", 0, "did you mean company:@agencies?", "company:@"),
        ("source:api!", 0, "did you mean source:api?", "source"),
        ("posted<7d!", 0, "did you mean posted<7d?", "posted"),
        ('"data eng*"', 0, "a prefix is one word (did you mean data eng*?)", "data eng*"),
        ('"da*ta"', 0, "no * within quotes: a prefix is one word", "da*ta"),
        ("pay >= 70k", 0, "no spaces within a test (did you mean pay>=70k?)", "pay >="),
        ('near : "Leeds, GB"', 0, 'did you mean near:"Leeds, GB"?', "near :"),
        ("a < b", 2, "a field before this", "<"),
        ("pay= 70k", 4, "a value of pay right here", "a space"),
        ("level:..senior", 6, "did you mean level<=senior?", "..senior"),
        ("level:senior..", 6, "did you mean level>=senior?", "senior.."),
        ("level:..", 6, "a level on both sides of ..", ".."),
        ("level:mid-senior", 6, "did you mean level:mid..senior?", "mid-senior"),
        ("desc:a", 0, "did you mean description?", "desc"),
        ("near:Leeds<9km,Porto,Paris", 15, "a distance behind every place, or", "Porto"),
        ("near:Leeds,Porto<9km,Paris<9km", 5, "a distance behind every place, or", "Leeds"),
        ('a ""', 2, "a word with letters or digits", ""),
        ("a e*", 2, "at least 2 letters before the *", "e"),
        ("a full-ti*", 2, "one word before the *", "full-ti"),
        ("a*b", 0, "a * only at the end of a word", "a*b"),
        ("salary>=10", 0, "did you mean pay?", "salary"),
        ("skils:a", 0, "did you mean skill?", "skils"),
        ("titel:a", 0, "did you mean title?", "titel"),
        ("radius<40km", 0, "did you mean near?", "radius"),
        ("board:api", 0, "did you mean source?", "board"),
        ("source:https://boards.greenhouse.io/acme", 7, "mean boards.greenhouse.io?", "https"),
        ('source:" "', 7, "a source's name or a host", " "),
        (f"source:{'a' * 201}", 7, "at most 200 characters", "aaa"),
        ("category:enginering", 9, "did you mean engineering", "enginering"),
        ("clearance:needed", 10, "required, not_required", "needed"),
        ("clearance:requird", 10, "did you mean required", "requird"),
        ("https://example.org", 0, "one of the fields", "https"),
        ("title: a", 6, "a value of title right here", "a space"),
        ("title>=a", 5, ": after title", ">="),
        ("title:(a skill:b)", 9, "a value of title, without another field", "skill:b"),
        ("title:a,", 8, "a value of title right here", "the end"),
        ("company:@agency", 8, "did you mean @agencies?", "@agency"),
        ("company:acme,@agency", 13, "did you mean @agencies?", "@agency"),
        ("company:(acme OR @agency)", 17, "did you mean @agencies?", "@agency"),
        ("company:@", 8, "the name of a list", ""),
        ("company:@a.b", 8, "at most 40 of a-z", "a.b"),
        ("skill:@agencies", 6, "did you mean company:@agencies?", "@agencies"),
        ("title:@agencies", 6, "did you mean company:@agencies?", "@agencies"),
        ("sql @agencies", 4, "did you mean company:@agencies?", "@agencies"),
        ("skill:@stack", 6, "the name of a skill list", "@stack"),
        ("skill:pythn", 6, "did you mean Python?", "pythn"),
        ("level:senor", 6, "did you mean senior?", "senor"),
        ("level:staff..senior", 6, "the lower level first", "staff..senior"),
        ("level>executive", 6, "a level that has levels", "executive"),
        ("level:lead", 6, "did you mean senior?", "lead"),
        ("level:entry..mid", 6, "did you mean junior?", "entry"),
        ("employment:Freelance", 11, "did you mean contract?", "Freelance"),
        ("mode:home-office", 5, "did you mean remote?", "home-office"),
        ("mode:remot", 5, "did you mean remote?", "remot"),
        ("employment:contrat,full_time", 11, "did you mean contract?", "contrat"),
        ("employment:contract,ful_time", 20, "did you mean full_time?", "ful_time"),
        ("near:Germany", 5, "for a region or country use place:", "Germany"),
        ("near:Leeds<40", 11, "a distance, as 40km or 25mi (did you mean 40km?)", "40"),
        ("near:Leeds<0km", 11, "a distance between", "0km"),
        ("near:Leeds<99999km", 11, "a distance between", "99999km"),
        ("near:Cambridge", 5, '"Cambridge, GB"', "Cambridge"),
        ("place:Xyzzyx", 6, "the name of a place", "Xyzzyx"),
        ("place:Lodnon", 6, 'did you mean "London, GB"', "Lodnon"),
        ('near:"Manchster, GB"<40km', 5, 'mean "Manchester, GB"?', "Manchster, GB"),
        ('place:"Leeds, Englnd"', 6, 'did you mean "Leeds, GB"', "Leeds, Englnd"),
        ("place:Germny", 6, 'did you mean "Germany"', "Germny"),
        ("place:Californa", 6, 'did you mean "California, US"', "Californa"),
        ('near:"San Francsico"', 5, 'mean "San Francisco, US"', "San Francsico"),
        ("place:#1", 6, "the GeoNames id of a place", "#1"),
        ("remote:Germny", 7, "did you mean Germany", "Germny"),
        ('remote:"United Kingdm"', 7, 'did you mean "United Kingdom"', "United Kingdm"),
        ("remote:EMAE", 7, "did you mean EMEA", "EMAE"),
        ("remote:XX", 7, "a country (GB), a region", "XX"),
        ("remote:NA", 7, '"North America"', "NA"),
        ("pay>=70k,90k", 8, "one value of pay, without a comma", ","),
        ("pay=70k", 4, "did you mean pay>=70k or pay<=70k?", "pay"),
        ("pay>=70k..90k", 5, "did you mean pay:70k..90k?", "pay"),
        ("pay:70k-90k", 4, "did you mean pay:70k..90k?", "70k-90k"),
        ("pay>=70k+", 5, "did you mean pay>=70k?", "70k+"),
        ("pay:70k..", 4, "did you mean pay>=70k?", "70k.."),
        ("pay:..70k", 4, "did you mean pay<=70k?", "..70k"),
        ("pay>=1.250k", 5, "either thousands or k", "1.250k"),
        ("pay>=0.125", 5, "an amount as 70000, 70,000", "0.125"),
        ("pay>=70.0000", 5, "an amount as 70000, 70,000", "70.0000"),
        ("pay>=7.000.50", 5, "an amount as 70000, 70,000", "7.000.50"),
        ("pay>=€70kUSD", 5, "one currency", "€70kUSD"),
        ("pay:€70k..£90k", 4, "one currency", "€70k..£90k"),
        ("pay>=£600/d", 5, "did you mean day?", "d"),
        ("pay>=70kGBX", 5, "did you mean GBP", "GBX"),
        ("pay>=70k/decade", 5, "a period", "decade"),
        ("pay>=lots", 5, "an amount", "lots"),
        ("pay:70k", 4, "pay>=AMOUNT", "pay:70k"),
        ("pay>=9999999m", 5, "an amount of at most", "9999999m"),
        ("pay:90k..70k", 4, "the lower amount first", "90000..70000"),
        ("visa:maybe", 5, "what is said about visas", "maybe"),
        ("lang:xx", 5, "a language code", "xx"),
        ("lang:germen", 5, "did you mean de", "germen"),
        ("posted<2026-11-01", 7, "a duration, as 24h", "2026-11-01"),
        ("posted<7", 7, "did you mean 7d?", "7"),
        ("posted<7 days", 7, "did you mean 7d?", "7"),
        ("posted<2months", 7, "did you mean 60d?", "2months"),
        ("posted<0d", 7, "a duration between", "0d"),
        ("unknown:drop", 12, "a word, a test or a group", "the end"),
        ("a (unknown:drop)", 3, "outside of groups", "unknown:drop"),
        ("a NOT unknown:drop", 6, "outside of groups", "unknown:drop"),
        ("a unknown:keep", 10, "pass or drop", "keep"),
        ("a unknown:pass unknown:drop", 15, "once", "unknown:drop"),
        ('a"b"', 1, "a space", '"'),
        ("skill:(python OR sql)!", 21, "a space after a group", "!"),
        ("a \ud800", 2, "Unicode text", "\\ud800"),
    ],
)
def test_faults_name_position_expectation_and_find(
    text: str, position: int, expected: str, got: str
) -> None:
    with pytest.raises(InvalidQuery) as refused:
        parse(text)
    (error,) = refused.value.errors
    assert error.position == position
    assert expected in error.expected
    assert error.got.startswith(got[:3])
    assert error.expected in refused.value.detail


@pytest.mark.parametrize(
    ("text", "loose", "meant"),
    [
        ("pay>=70000 GBP python", "GBP", "pay>=70000GBP"),
        ("pay>=70000 €", "€", "pay>=70000€"),
        ("pay>=70000 euros", "euros", "pay>=70000EUR"),
        ("pay>=70000 gbp", "gbp", "pay>=70000GBP"),
        ("pay>=£600 per day", "per day", "pay>=£600/day"),
        ("pay>=£600 a day!", "a day", "pay>=£600/day"),
        ("pay>=£600 / day", "/ day", "pay>=£600/day"),
        ("pay>=£50 hourly", "hourly", "pay>=£50/hour"),
        ("pay>=70000 GBP per annum", "GBP per annum", "pay>=70000GBP/year"),
        ("pay>=70k! GBP", "GBP", "pay>=70kGBP!"),
        ("pay>=70 k", "k", "pay>=70k"),
        ("pay>=70 kEUR", "kEUR", "pay>=70kEUR"),
        ("pay>=70 000GBP", "000GBP", "pay>=70000GBP"),
        ("pay>=70k - 90k", "- 90k", "pay:70k..90k"),
        ("pay>=70k to 90kGBP", "to 90kGBP", "pay:70k..90kGBP"),
        ('near:"Leeds" <40km', "<40km", 'near:"Leeds"<40km'),
        ('near:"Leeds, GB"! < 40 km', "< 40 km", 'near:"Leeds, GB"<40km!'),
        ("(near:Leeds within 25 miles)", "within 25 miles", "near:Leeds<25mi"),
    ],
)
def test_what_belongs_to_a_test_is_not_searched_as_words(text: str, loose: str, meant: str) -> None:
    with pytest.raises(InvalidQuery) as refused:
        parse(text)
    (error,) = refused.value.errors
    assert error.position == text.index(loose, 5)
    assert error.expected == f"no space within a test (did you mean {meant}?)"
    assert error.got == loose
    assert parse(meant)


@pytest.mark.parametrize(
    "text",
    [
        "pay>=70k php",  # rather the language than the peso
        "pay>=70kEUR PHP developer",
        "pay>=70k try",
        "pay>=70k mode:remote",
        "pay>=70k a nice day",
        "pay>=70kGBP/year day shift",
        "pay>=70k (GBP OR python)",
        "near:Leeds<30km 40km",
        "near:Leeds 40 engineers",
    ],
)
def test_other_words_behind_a_test_are_words(text: str) -> None:
    assert len(getattr(parse(text).criteria, "items", ())) >= 2


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


def test_text_is_bounded_before_it_is_parsed() -> None:
    longest = "é " * (TEXT_MAX // 3)
    assert parse(longest)
    with pytest.raises(InvalidQuery, match=f"at most {TEXT_MAX} bytes"):
        parse(longest + "eee")


@pytest.mark.parametrize("opening", ["(", "-", "NOT ", "-("])
def test_depth_is_bounded(opening: str) -> None:
    closing = ")" if "(" in opening else ""
    levels = DEPTH_MAX // len(opening.replace("NOT ", "N"))
    assert parse(f"{opening * levels}a{closing * levels}")
    with pytest.raises(InvalidQuery, match=f"at most {DEPTH_MAX} nested"):
        parse(f"{opening * (levels + 1)}a{closing * (levels + 1)}")


def test_the_depth_of_the_tree_is_bounded_too() -> None:
    levels = DEPTH_MAX // 2 + 1
    with pytest.raises(InvalidQuery, match=f"at most {DEPTH_MAX} nested"):
        parse("(a OR b " * levels + "c" + ")" * levels)


def test_the_number_of_tests_is_bounded() -> None:
    words = [f"w{i}" for i in range(TESTS_MAX + 1)]
    assert parse(" ".join(words[:-1]))
    for joined in (" ".join(words), ",".join(words), " OR ".join(words[:-1]) + " x"):
        with pytest.raises(InvalidQuery, match=f"at most {TESTS_MAX} tests"):
            parse(joined)


def test_the_countries_of_a_region_are_one_test_and_bounded_by_themselves() -> None:
    words = " ".join(f"w{i}" for i in range(TESTS_MAX - 1))
    assert parse(f"remote:EMEA {words}")
    with pytest.raises(InvalidQuery, match="countries"):
        parse(" ".join(f"(w{i} OR remote:EMEA)" for i in range(20)))


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


_pieces = st.sampled_from(
    [
        *(
            "a",
            "OR",
            "AND",
            "NOT",
            "-",
            "(",
            ")",
            '"',
            "“",
            ",",
            "!",
            "*",
            ":",
            "<",
            ">=",
            "..",
            " ",
        ),
        *("≥", "=", "!=", "|", "&&", " GBP", " per day", " <40km", "70,000", "€", "–"),
        *("title:", "skill:", "near:", "place:", "remote:", "pay>=", "level:", "posted<", "lang:"),
        *("company:", "source:", "category:", "clearance:", "engineering", "not_required"),
        *(
            "unknown:",
            "70k",
            "GBP",
            "/year",
            "40km",
            "7d",
            "Leeds",
            "EU",
            "python",
            "\\",
            "#1",
            "£",
            "@agencies",
            "@stack",
            "@",
        ),
        *("senior", "visa:", "refused", "é", "\x00", "\u200d", "²", "١", "#²", "\ud800", "C++"),
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(_pieces, max_size=25).map("".join)))
@example("pay>=٧0k")
@example("place:#²")
def test_no_text_raises_anything_but_invalid_query(text: str) -> None:
    try:
        query = parse(text, LISTS)
    except InvalidQuery as refused:
        (error,) = refused.errors
        assert error.position is not None
        assert 0 <= error.position <= len(text)
    else:
        assert parse(to_text(query.criteria, query.unknown), LISTS) == query


@pytest.mark.parametrize(
    "text",
    [
        "remote:" + "EMEA," * 400 + "EMEA",
        "remote:EMEA " * 170,
        "(remote:EMEA OR a) " * 100,
        "(" * 2048,
        "-" * 2048,
        '"' * 2048,
        "a," * 1024,
        "place:" + ",".join(f"Lodnon{i}" for i in range(200)),
        "place:" + "a" * 2000,
        "skill:" + "pythn " * 300,
        "lang:" + "x" * 2000,
        "title:" * 300,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    parse("place:Leeds skill:python remote:EMEA")  # what is loaded once is not counted
    began = time.process_time()
    with suppress(InvalidQuery):
        parse(text)
    assert time.process_time() - began < 0.5
