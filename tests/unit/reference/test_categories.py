"""Categories: every name means one category; what departments write is understood."""

import pytest

from reference import categories


def test_every_name_belongs_to_one_category():
    names = [
        (categories._key(other), name)
        for name, others in categories.CATEGORIES.items()
        for other in {name, *others}
    ]
    assert len({key for key, _ in names}) == len(names)
    assert all(key for key, _ in names)


def test_canonical_names_are_words_of_the_alert_language():
    assert all(name == name.casefold() and " " not in name for name in categories.CATEGORIES)
    assert {"engineering", "data", "hr", "customer-success"} <= categories.CATEGORIES.keys()


@pytest.mark.parametrize(
    "text, expected",
    [
        ("engineering", "engineering"),
        ("  Software   ENGINEERING ", "engineering"),
        ("R&D", "science"),
        ("FP&A", "finance"),
        ("Customer Success", "customer-success"),
        ("customer-success", "customer-success"),
        ("Human Resources", "hr"),
        ("Büro & Verwaltung", "administration"),
        ("Einkauf", "logistics"),
        ("Engineering Recruiting", None),
        ("", None),
    ],
)
def test_names(text, expected):
    assert categories.canonical(text) == expected


@pytest.mark.parametrize(
    "text, expected",
    [("enginering", "engineering"), ("helthcare", "healthcare"), ("Vertreib", "sales")],
)
def test_near_misses(text, expected):
    assert categories.near_misses(text)[0] == expected


def test_nothing_is_near_to_nonsense():
    assert categories.near_misses("qqqq") == []
    assert len(categories.near_misses("x" * 100_000)) <= 3
