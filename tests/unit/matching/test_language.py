"""The alert language: what a text means, what is refused where, and back to the same text."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matching.bounds import DEPTH_MAX, TESTS_MAX, TEXT_MAX
from matching.language import Query, normalise, parse, to_text
from models.criteria import (
    And,
    Criteria,
    EmploymentIn,
    HasSkill,
    LevelIn,
    Near,
    Not,
    Or,
    Pay,
    PostedWithin,
    RemoteFrom,
    UnknownPolicy,
    VisaIs,
    Words,
)
from models.errors import InvalidQuery
from models.posting import EmploymentType, Level
from reference.places import countries_of
from tests.unit.matching.worlds import normal_trees, place, trees

DOCUMENTED = (
    'title:("data engineer" OR mle) skill:(python AND NOT php) level:senior..staff '
    '(near:"Leeds, GB"<40km OR remote:GB) pay>=70000GBP/year visa:!refused '
    "-title:intern posted<7d"
)


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
        ("near:Porto,Leeds<30km", 'near:"Porto, PT"<50km OR near:"Leeds, GB"<30km'),
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
        ("lang:EN,de", "lang:en,de"),
        ("posted<2w first_seen<36h", "posted<14d first_seen<36h"),
        ("a posted>30d", "a -posted<30d"),
        ("posted<7d!", "posted<7d"),
        ("python!", "python"),
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
        ("a & b", 2, "a word with letters or digits", "&"),
        ('a ""', 2, "a word with letters or digits", ""),
        ("a e*", 2, "at least 2 letters before the *", "e"),
        ("a full-ti*", 2, "one word before the *", "full-ti"),
        ("a*b", 0, "a * only at the end of a word", "a*b"),
        ("salary>=10", 0, "did you mean pay?", "salary"),
        ("skils:a", 0, "did you mean skill?", "skils"),
        ("source:acme", 0, "not available yet", "source"),
        ("https://example.org", 0, "one of the fields", "https"),
        ("title: a", 6, "a value of title right here", "a space"),
        ("title>=a", 5, ": after title", ">="),
        ("title:(a skill:b)", 9, "a value of title, without another field", "skill:b"),
        ("title:a,", 8, "a value of title right here", "the end"),
        ("company:@agencies", 8, "not available yet", "@agencies"),
        ("skill:pythn", 6, "did you mean Python?", "pythn"),
        ("level:senor", 6, "did you mean senior?", "senor"),
        ("level:staff..senior", 6, "the lower level first", "staff..senior"),
        ("level>executive", 6, "a level that has levels", "executive"),
        ("mode:remot", 5, "did you mean remote?", "remot"),
        ("employment:contrat,full_time", 11, "did you mean contract?", "contrat"),
        ("employment:contract,ful_time", 20, "did you mean full_time?", "ful_time"),
        ("near:Germany", 5, "for a region or country use place:", "Germany"),
        ("near:Leeds<40", 11, "a distance, as 40km", "40"),
        ("near:Leeds<0km", 11, "a distance between", "0km"),
        ("near:Leeds<99999km", 11, "a distance between", "99999km"),
        ("near:Cambridge", 5, '"Cambridge, GB"', "Cambridge"),
        ("place:Xyzzyx", 6, "the name of a place", "Xyzzyx"),
        ("place:#1", 6, "the GeoNames id of a place", "#1"),
        ("remote:XX", 7, "a country (GB), a region", "XX"),
        ("remote:NA", 7, '"North America"', "NA"),
        ("pay>=70,000", 7, "one value of pay, without a comma", ","),
        ("pay>=70kGBX", 5, "a currency code", "GBX"),
        ("pay>=70k/decade", 5, "a period", "decade"),
        ("pay>=lots", 5, "an amount", "lots"),
        ("pay:70k", 4, "pay>=AMOUNT", "pay:70k"),
        ("pay>=9999999m", 5, "an amount of at most", "9999999m"),
        ("pay:90k..70k", 4, "the lower amount first", "90000..70000"),
        ("visa:maybe", 5, "what is said about visas", "maybe"),
        ("lang:xx", 5, "a language code", "xx"),
        ("posted<7", 7, "a duration, as 24h", "7"),
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
    assert parse(to_text(criteria, unknown)) == Query(criteria, unknown)


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
        *("title:", "skill:", "near:", "place:", "remote:", "pay>=", "level:", "posted<", "lang:"),
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
        ),
        *("senior", "visa:", "refused", "é", "\x00", "\u200d", "²", "١", "#²", "\ud800", "C++"),
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(_pieces, max_size=25).map("".join)))
@example("pay>=٧0k")
@example("place:#²")
def test_no_text_raises_anything_but_invalid_query(text: str) -> None:
    try:
        query = parse(text)
    except InvalidQuery as refused:
        (error,) = refused.errors
        assert error.position is not None
        assert 0 <= error.position <= len(text)
    else:
        assert parse(to_text(query.criteria, query.unknown)) == query
