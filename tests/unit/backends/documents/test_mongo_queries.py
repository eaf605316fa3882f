"""Fields become paths safely; rows of counts become groups."""

import pytest

from backends.documents.base import Measure
from backends.documents.filters import And, Contains, Eq, Exists, Gt, In, Lt, Or
from backends.documents.mongo_filters import EVERYTHING, NOTHING, compiled, path_of
from backends.documents.mongo_groups import fields_of, measured

NO_ARRAY = {"$not": {"$type": "array"}}


@pytest.mark.parametrize("field", ["", ".", "a.", ".a", "a..b", "$a", "a.$b", "a b", "1a", "a.0"])
def test_only_dotted_names_become_paths(field: str) -> None:
    with pytest.raises(ValueError, match="not a field name"):
        path_of(field)


def test_nothing_and_everything() -> None:
    assert compiled(None) == EVERYTHING
    assert compiled(And(())) == EVERYTHING
    for never in (Or(()), In("a", ()), Lt("a", True), Gt("a", False)):
        assert compiled(never) == NOTHING


def test_a_value_that_looks_like_an_operator_stays_a_value() -> None:
    assert compiled(Eq("a", "$where")) == {"body.a": {"$eq": "$where", **NO_ARRAY}}


def test_no_step_of_a_path_goes_through_an_array() -> None:
    guards = {"body.a": NO_ARRAY, "body.a.b": NO_ARRAY}
    assert compiled(Gt("a.b.c", 1)) == {**guards, "body.a.b.c": {"$gt": 1, **NO_ARRAY}}
    assert compiled(Contains("a.b.c", 1)) == {
        **guards,
        "body.a.b.c": {"$elemMatch": {"$eq": 1}},
    }
    through = [{"body.a": {"$type": "array"}}]
    absent = {"$or": [{"body.a": NO_ARRAY, "body.a.b": {"$eq": None, **NO_ARRAY}}, *through]}
    assert compiled(Eq("a.b", None)) == absent
    assert compiled(Exists("a.b")) == {"$nor": [absent]}


def test_counts_of_values_become_measures() -> None:
    by = ["owner", "on"]
    measures = [
        Measure("n", "count"),
        Measure("total", "sum", "rank"),
        Measure("low", "min", "rank"),
        Measure("high", "max", "rank"),
    ]
    assert fields_of(by, measures) == {
        "b0": "body.owner",
        "b1": "body.on",
        "m1": "body.rank",
        "m2": "body.rank",
        "m3": "body.rank",
    }

    def row(owner: object, on: object, rank: object, n: int) -> dict[str, object]:
        return {"_id": {"b0": owner, "b1": on, "m1": rank, "m2": rank, "m3": rank}, "n": n}

    rows = [
        row("o", True, 2, 3),
        row("o", True, "many", 1),
        row("o", True, 0.5, 2),
        row("o", True, True, 1),
        row("o", 1, None, 4),
        row([1], True, 7, 1),
        {"_id": {"b1": True}, "n": 1},
    ]
    assert measured(rows, by, measures) == [
        {"owner": "o", "on": True, "n": 7, "total": 7.0, "low": 0.5, "high": 2},
        {"owner": "o", "on": 1, "n": 4, "total": 0, "low": None, "high": None},
        {"owner": None, "on": True, "n": 2, "total": 7, "low": 7, "high": 7},
    ]


def test_a_group_of_all_has_no_fields() -> None:
    assert measured([], [], [Measure("n", "count")]) == []
    assert measured([{"_id": None, "n": 3}], [], [Measure("n", "count")]) == [{"n": 3}]
