"""What a query is refused for, where, and what was meant; no text raises anything else."""

import time
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matching.bounds import DEPTH_MAX, TESTS_MAX, TEXT_MAX
from matching.language import parse, to_text
from models.errors import InvalidQuery
from tests.worlds import LISTS


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
        ("experience:3", 11, "did you mean experience<=3 or experience>=3?", "experience:3"),
        ("experience<=2..5", 12, "did you mean experience:2..5?", "experience<=2..5"),
        ("experience:2-5", 11, "did you mean experience:2..5?", "2-5"),
        ("experience:3+", 11, "did you mean experience>=3?", "3+"),
        ("experience:5..2", 11, "the fewer years first", "5..2"),
        ("experience<=61", 12, "years from 0 to 60", "61"),
        ("experience>=0", 12, "nobody asks for less", "0"),
        ("experience<=some", 12, "years, as experience<=3", "some"),
        ("experience<=3,5", 13, "one value of experience, without a comma", ","),
        ("experience<=3 years", 14, "did you mean experience<=3years?", "years"),
        ("yoe<=3", 0, "did you mean experience?", "yoe"),
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
        *("experience<=", "experience:2..5", "years"),
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
