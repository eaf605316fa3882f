"""What is refused before it is saved, and criteria as JSON."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.bounds import COUNTRIES_MAX, DEPTH_MAX, TESTS_MAX, TEXT_MAX, depth, size
from matching.check import check, from_json
from matching.contradictions import contradiction
from matching.evaluate import holds
from matching.language import normalise, parse, to_text
from matching.subject import Subject
from models.criteria import (
    And,
    CategoryIn,
    Criteria,
    Experience,
    In,
    InList,
    LevelIn,
    Not,
    Or,
    Pay,
    SourceIn,
    UnknownPolicy,
    Words,
)
from models.errors import FieldError, InvalidQuery
from models.posting import Level
from tests.worlds import LISTS, NOW, normal_trees, place, subjects, trees

PYTHON = {"op": "words", "text": "python"}
SQL = {"op": "words", "text": "sql"}
LEEDS = place("Leeds, GB").model_dump(mode="json")


@pytest.mark.parametrize(
    "text",
    [
        "python",
        "python -php",
        "level:senior posted<7d",
        "remote:any",
        "python -title:intern",
        "title:python -description:python",
        "pay>=60k pay<=90k",
        "sql OR (python -python)",
        "sql -(python -python)",
        "company:@agencies title:engineer",
        "-company:@agencies category:data",
        "source:greenhouse.io",
        "clearance:not_required",
        "experience<=3",
        "level:junior..senior level>=mid",
        "mode:remote,hybrid mode:remote",
        "remote:GB mode:remote,onsite",
        "posted<7d python -posted<1d",
        "c -(c b)",
        "the python",
        "title:the",
        "com*",
    ],
)
def test_sensible_alerts_pass(text: str) -> None:
    check(parse(text).criteria)


@pytest.mark.parametrize(
    "text",
    [
        "-php",
        "posted<7d",
        "-php -java first_seen<1d",
        "-(php java)",
        "NOT posted<7d",
        "python OR -php",
        "python OR posted<7d",
        "(python OR -php) -java",
        "the",
        "in*",
        "python OR description:with",
    ],
)
def test_what_would_match_nearly_everything_is_refused(text: str) -> None:
    with pytest.raises(InvalidQuery, match="something the posting must have") as refused:
        check(parse(text).criteria)
    assert refused.value.errors


@pytest.mark.parametrize(
    "text",
    [
        "python OR -python",
        "level<=mid OR level>mid",
        "level:intern..executive",
        "mode:onsite,remote,hybrid",
        "visa:offered OR visa:refused",
        "clearance:required,not_required",
        "python OR level<=mid OR level>mid",
        "pay>=0",
        "pay>=0 mode:onsite,remote,hybrid",
        "sql OR -(sql java)",
    ],
)
def test_what_cannot_be_false_is_refused(text: str) -> None:
    with pytest.raises(InvalidQuery, match="something the posting must have"):
        check(parse(text).criteria)


@given(trees, subjects())
def test_what_is_refused_as_too_wide_is_met_by_every_posting(tree: Criteria, one: Subject) -> None:
    if contradiction(normalise(Not(item=tree))):
        assert holds(tree, UnknownPolicy.PASS, one, NOW)


def test_the_clauses_that_exclude_each_other_are_told_with_the_place_of_the_later() -> None:
    query = parse("sql level:junior near:Leeds python level:senior")
    with pytest.raises(InvalidQuery, match="level:junior level:senior") as refused:
        check(query.criteria, query.positions)
    (error,) = refused.value.errors
    assert error.position == len("sql level:junior near:Leeds python ")
    assert error.expected == "clauses that one posting can state together (senior is above junior)"
    assert error.got == "level:junior level:senior"


def test_of_long_clauses_each_is_told() -> None:
    words = " OR ".join(f"title:w{i}" for i in range(50))
    with pytest.raises(InvalidQuery) as refused:
        check(parse(f"({words}) -({words})").criteria)
    one, other = refused.value.errors[0].got.split("… ")
    assert one.startswith("title:(w0 OR")
    assert other.startswith("-title:(w0 OR")


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (LevelIn(min=Level.STAFF, max=Level.JUNIOR), "the lower level first"),
        (Pay(min=2, max=1, currency="USD"), "the lower amount first"),
        (Pay(currency="USD"), "a floor or a ceiling"),
        (Pay(min=float("nan"), currency="USD"), "amounts from 0"),
        (Pay(min=float("inf"), currency="USD"), "amounts from 0"),
        (Pay(max=-1, currency="USD"), "amounts from 0"),
        (Pay(min=1, currency="XXX"), "a currency code"),
        (Experience(), "a least or a most of years"),
        (Experience(min=0), "nobody asks for less"),
        (Experience(max=float("nan")), "years from 0 to 60"),
        (Experience(min=3, max=2), "the fewer years first"),
        (Words(text="&"), "letters or digits"),
        (CategoryIn(values=("sorcery",)), "a category of jobs"),
        (SourceIn(values=("https://example.org/",)), "did you mean example.org?"),
        (InList(field="company", name="?"), "the name of a list"),
    ],
)
def test_impossible_values_are_refused(tree: Criteria, expected: str) -> None:
    with pytest.raises(InvalidQuery, match=expected):
        check(tree)


def test_trees_are_bounded() -> None:
    words = [Words(text=f"w{i}") for i in range(TESTS_MAX + 1)]
    check(And(items=tuple(words[:-1])))
    with pytest.raises(InvalidQuery, match=f"at most {TESTS_MAX} tests"):
        check(And(items=tuple(words)))
    deep: Criteria = words[0]
    for i in range(DEPTH_MAX + 1):
        join = Or if i % 2 else And
        deep = join(items=(deep, words[i + 1]))
    with pytest.raises(InvalidQuery, match=f"at most {DEPTH_MAX} nested"):
        check(deep)


def test_a_tree_that_would_not_parse_back_is_refused() -> None:
    long_words = tuple(Words(text=f"{'x' * 40}{i}") for i in range(TEXT_MAX // 40))
    with pytest.raises(InvalidQuery, match=f"at most {TEXT_MAX} bytes in normal form"):
        check(And(items=long_words))


def test_criteria_from_json_are_normal_and_canonical() -> None:
    leeds = place("Leeds, GB")
    forged = leeds.model_dump(mode="json") | {"lat": 0.0, "name": "Nowhere"}
    tree = from_json(
        {
            "op": "and",
            "items": [
                {"op": "words", "text": "Data Engineer"},
                {"op": "and", "items": [{"op": "skill", "skill": "golang"}, SQL]},
                {"op": "not", "item": {"op": "not", "item": PYTHON}},
                {"op": "place", "place": forged, "hard": True},
                {"op": "near", "place": forged, "km": 10},
            ],
        }
    )
    assert to_text(tree) == (
        '"data engineer" skill:Go sql python place:"Leeds, GB"! near:"Leeds, GB"<10km'
    )
    assert In(place=leeds, hard=True) in getattr(tree, "items", ())


@pytest.mark.parametrize(
    ("body", "pointer", "expected"),
    [
        (None, "/criteria", 'an object with "op"'),
        ([PYTHON], "/criteria", 'an object with "op"'),
        ({}, "/criteria/op", "one of and, or, not, words"),
        ({"op": {"$gt": ""}}, "/criteria/op", "one of and, or, not, words"),
        ({"op": "all"}, "/criteria/op", "one of"),
        ({"op": "and", "items": [PYTHON]}, "/criteria/items", "at least two items"),
        ({"op": "or", "items": {"0": PYTHON}}, "/criteria/items", "at least two items"),
        ({"op": "and", "items": [PYTHON, 7]}, "/criteria/items/1", "an object"),
        ({"op": "not", "item": PYTHON, "x": 1}, "/criteria", "only item and op"),
        ({"op": "words", "text": {"$gt": ""}}, "/criteria/text", "valid string"),
        ({"op": "words", "text": "a", "regex": "."}, "/criteria/regex", "no field of this"),
        ({"op": "words", "text": "&"}, "/criteria/text", "letters or digits"),
        ({"op": "words", "text": "a", "a/b~c": 1}, "/criteria/a~1b~0c", "no field of this"),
        ({"op": "skill", "skill": "pythn"}, "/criteria/skill", "did you mean Python?"),
        ({"op": "level", "min": "staff", "max": "mid"}, "/criteria/max", "lower level first"),
        ({"op": "pay", "currency": "USD"}, "/criteria/min", "a floor or a ceiling"),
        ({"op": "pay", "currency": "XXX", "min": 1}, "/criteria/currency", "a currency code"),
        ({"op": "experience", "min": 5, "max": 2}, "/criteria/min", "the fewer years first"),
        ({"op": "experience", "max": "3"}, "/criteria/max", "number"),
        ({"op": "remote", "country": "XX"}, "/criteria/country", "ISO 3166-1"),
        ({"op": "language", "values": ["xx"]}, "/criteria/values", "a language code"),
        ({"op": "category", "values": ["desgin"]}, "/criteria/values", "did you mean design?"),
        ({"op": "source", "values": [" "]}, "/criteria/values", "a source's name"),
        ({"op": "clearance", "value": "x"}, "/criteria/value", "'required' or 'not_required'"),
        ({"op": "list", "field": "company", "name": "agency"}, "/criteria/name", "@agencies?"),
        ({"op": "list", "field": "skill", "name": "agencies"}, "/criteria/name", "company:@ag"),
        ({"op": "list", "field": "title", "name": "a"}, "/criteria/field", "'company' or 'skill'"),
        ({"op": "list", "field": "company"}, "/criteria/name", "a value"),
        ({"op": "and", "items": [PYTHON, {"op": "mode", "values": ["x"]}]},
         "/criteria/items/1/values/0", "'onsite'"),
        ({"op": "not", "item": PYTHON}, "/criteria", "something the posting must have"),
        (PYTHON | {"hard": "yes"}, "/criteria/hard", "valid boolean"),
        (PYTHON | {"hard": 1}, "/criteria/hard", "valid boolean"),
        (PYTHON | {"text": 7}, "/criteria/text", "valid string"),
        ({"op": "pay", "currency": "USD", "min": "70000"}, "/criteria/min", "valid number"),
        ({"op": "pay", "currency": "USD", "min": True}, "/criteria/min", "valid number"),
        ({"op": "pay", "currency": "USD", "max": "1e5"}, "/criteria/max", "valid number"),
        ({"op": "age", "hours": "24"}, "/criteria/hours", "valid number"),
        ({"op": "age", "hours": True}, "/criteria/hours", "valid number"),
        ({"op": "near", "place": LEEDS, "km": "10"}, "/criteria/km", "valid number"),
        ({"op": "near", "place": LEEDS | {"id": str(LEEDS["id"])}, "km": 10},
         "/criteria/place/id", "valid integer"),
        ({"op": "place", "place": LEEDS | {"id": float(LEEDS["id"])}},
         "/criteria/place/id", "valid integer"),
        ({"op": "place", "place": LEEDS | {"lat": "53.8"}}, "/criteria/place/lat", "valid number"),
        ({"op": "near", "place": "Leeds", "km": 40}, "/criteria/place", "an object with the Geo"),
        ({"op": "near", "km": 40}, "/criteria/place", 'as {"id": 2644688}'),
        ({"op": "place", "place": {"id": 1}}, "/criteria/place/id", "GeoNames id of a known"),
        ({"op": "place", "place": {"id": True}}, "/criteria/place/id", "valid integer"),
        ({"op": "place", "place": {"id": 1, "x": 1}}, "/criteria/place/name", "a value"),
        ({"op": "level", "min": "senior"}, "/criteria/max", "a value"),
        ({"op": "mode", "values": "remote"}, "/criteria/values", "an array"),
        ({"op": "mode", "values": []}, "/criteria/values", "an array of at least 1"),
        ({"op": "near", "place": LEEDS, "km": 0}, "/criteria/km", "a number greater than 0"),
        ({"op": "near", "place": LEEDS, "km": 0.12345678}, "/criteria/km", "at most 6 decimals"),
        ({"op": "age", "hours": 0.33333}, "/criteria/hours", "at most 4 decimals"),
        ({"op": "pay", "currency": "usd", "min": 1}, "/criteria/currency", "a string that match"),
        ({"op": "pay", "currency": "USD", "min": 0.125}, "/criteria/min", "at most 2 decimals"),
        ({"op": "remote", "country": "EU"}, "/criteria/country", "an or of its countries"),
        ({"op": "words", "kind": "phrase", "text": "a b*"}, "/criteria/text", "no * within"),
    ],
)  # fmt: skip
def test_faults_of_json_carry_pointers(body: Any, pointer: str, expected: str) -> None:
    with pytest.raises(InvalidQuery) as refused:
        from_json(body)
    error = refused.value.errors[0]
    assert error.pointer == pointer
    assert expected in error.expected


@pytest.mark.parametrize("items", [["Forged"], "x", 7, None])
def test_the_items_of_a_list_are_ours(items: Any) -> None:
    body = {"op": "list", "field": "skill", "name": "STACK", "items": items, "hard": True}
    tree = from_json(body, lists=LISTS)
    assert tree == InList(field="skill", name="stack", items=LISTS["stack"].items, hard=True)


@pytest.mark.parametrize("amount", [70000, 70000.0, 70000.5])
def test_a_whole_number_is_a_number(amount: float) -> None:
    tree = from_json({"op": "pay", "currency": "USD", "min": amount})
    assert tree == Pay(currency="USD", min=float(amount))


@pytest.mark.parametrize(
    ("op", "got"),
    [(None, "null"), (True, "true"), (7, "7"), ([], "an array"), ({}, "an object")],
)
def test_what_was_got_is_told_in_the_terms_of_json(op: Any, got: str) -> None:
    with pytest.raises(InvalidQuery) as refused:
        from_json({"op": op})
    assert refused.value.errors[0].got == got


@pytest.mark.parametrize("op", ["near", "place"])
def test_of_a_place_the_id_is_enough(op: str) -> None:
    more = {"km": 40.5} if op == "near" else {}
    whole = from_json({"op": op, "place": LEEDS, **more})
    assert from_json({"op": op, "place": {"id": LEEDS["id"]}, **more}) == whole


@pytest.mark.parametrize(
    "body",
    [
        {"op": "level", "min": "senior"},
        {"op": "mode", "values": "remote"},
        {"op": "pay", "currency": "usd", "min": 1},
        {"op": "skill", "skill": None},
        {"op": "skill", "skill": "Go", "x": 1},
        {"op": "near", "place": [], "km": 1},
        {"op": "place", "place": {}},
    ],
)
def test_faults_speak_of_json_and_not_of_python(body: Any) -> None:
    with pytest.raises(InvalidQuery) as refused:
        from_json(body)
    (error, *_) = refused.value.errors
    assert refused.value.detail == f"at {error.pointer}: expected {error.expected}, got {error.got}"
    for word in ("Input", "String", "tuple", "dictionary", "instance", "Field", "Extra"):
        assert word not in refused.value.detail


def test_places_of_json_must_exist() -> None:
    germany = place("Germany").model_dump(mode="json")
    nowhere = {"op": "place", "place": germany | {"id": 1}}
    with pytest.raises(InvalidQuery, match="GeoNames id"):
        from_json(nowhere)
    with pytest.raises(InvalidQuery, match="GeoNames id"):
        from_json({"op": "place", "place": germany | {"id": -(2**80)}})
    with pytest.raises(InvalidQuery, match="a town or city"):
        from_json({"op": "near", "place": germany, "km": 10})


def test_depth_of_json_is_bounded_before_anything_is_built() -> None:
    body: Any = PYTHON
    for _ in range(100_000):
        body = {"op": "not", "item": body}
    with pytest.raises(InvalidQuery, match=f"at most {DEPTH_MAX} nested") as refused:
        from_json(body)
    assert refused.value.errors[0].pointer == "/criteria" + "/item" * (DEPTH_MAX + 1)
    while isinstance(body, dict):  # taken apart by hand: freeing it at once would recurse
        body = body.pop("item", None)


def test_a_deep_value_where_a_text_belongs_is_not_shown() -> None:
    body: Any = []
    for _ in range(900):
        body = [body]
    with pytest.raises(InvalidQuery) as refused:
        from_json({"op": "words", "text": body})
    assert refused.value.errors[0].got == "an array"


def test_count_of_json_is_bounded_while_it_is_read() -> None:
    with pytest.raises(InvalidQuery, match=f"at most {TESTS_MAX} tests") as refused:
        from_json({"op": "and", "items": [{"op": "words", "text": f"w{i}"} for i in range(5000)]})
    assert refused.value.errors[0].pointer == f"/criteria/items/{TESTS_MAX + COUNTRIES_MAX}"
    with pytest.raises(InvalidQuery, match=f"at most {TESTS_MAX} tests"):
        from_json({"op": "and", "items": [{"op": "words", "text": f"w{i}"} for i in range(201)]})


def test_size_counts_a_region_once() -> None:
    tree = parse("remote:EU OR python OR (remote:GB sql)").criteria
    assert size(tree) == (4, 28)
    assert depth(tree) == 2
    assert depth(Not(item=Words(text="a"))) == 1


@given(normal_trees)
def test_json_is_read_as_text_is(criteria: Criteria) -> None:
    body = criteria.model_dump(mode="json")
    try:
        check(criteria)
    except InvalidQuery:
        with pytest.raises(InvalidQuery):
            from_json(body, lists=LISTS)
    else:
        assert from_json(body, lists=LISTS) == criteria
        assert parse(to_text(criteria), LISTS).criteria == criteria == normalise(criteria)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["op", "items", "item", "text", "place", "min", "values", "\ud800"]),
            inner | st.sampled_from(["and", "or", "not", "words", "near", "pay", "level"]),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(_json)
def test_no_json_raises_anything_but_invalid_query(body: Any) -> None:
    errors, tree = _read(body)
    assert (tree is None) == bool(errors)
    assert all((error.pointer or "").startswith("/criteria") for error in errors)
    assert tree is None or parse(to_text(tree)).criteria == tree


def _read(body: Any) -> tuple[tuple[FieldError, ...], Criteria | None]:
    try:
        return (), from_json(body)
    except InvalidQuery as refused:
        return refused.errors, None
