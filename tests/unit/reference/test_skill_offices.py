"""Fields beside their offices, and tools that are a part of a title by themselves."""

import pytest

from reference.skill_mentions import in_title
from reference.skill_offices import begins_with_office, is_field, is_tool


def at(title: str, word: str) -> tuple[int, int]:
    start = title.index(word)
    return start, start + len(word)


@pytest.mark.parametrize(
    ("title", "word"),
    [
        ("Head of Security", "Security"),
        ("Senior Director, Risk - EMEA", "Risk"),
        ("VP People", "People"),
        ("Global Benefits Manager II", "Benefits"),
        ("Risk & Controls Lead", "Risk"),
        ("Mobile", "Mobile"),
    ],
)
def test_a_field_stands_beside_its_office(title, word):
    assert is_field(title, *at(title, word), technical=False)


@pytest.mark.parametrize(
    ("title", "word"),
    [
        ("Social Security Advisor", "Security"),
        ("Security Officer", "Security"),
        ("Mobile Mechanic", "Mobile"),
        ("Account Executive, Energy", "Energy"),
        ("Deal Strategy Manager", "Strategy"),
        ("Head of " + "very " * 50 + "Security", "Security"),
    ],
)
def test_a_part_of_another_field_is_none(title, word):
    assert not is_field(title, *at(title, word), technical=False)


def test_a_technology_is_a_field_in_a_part_of_its_own():
    title = "Partner Manager - Channels (UKI Security)"
    assert is_field(title, *at(title, "Security"), technical=True)
    assert not is_field(title, *at(title, "Security"), technical=False)


@pytest.mark.parametrize(
    ("title", "word"),
    [
        ("Staff Eng, Payments Infra (Rust)", "Rust"),
        ("Software Engineer, Go (Storage)", "Go"),
        ("Flight Software Engineer – Ada/C", "Ada"),
    ],
)
def test_a_tool_is_a_part_of_an_engineers_title(title, word):
    assert is_tool(title, *at(title, word))


@pytest.mark.parametrize(
    ("title", "word"),
    [
        ("Account Representative (Rust)", "Rust"),
        ("Software Engineer - Phoenix", "Phoenix"),
        ("Research Scientist (R&D)", "R"),
        ("Software Engineer, Go to Market", "Go"),
        ("Go Engineer", "Go"),
    ],
)
def test_a_word_of_a_title_is_no_tool(title, word):
    assert not is_tool(title, *at(title, word))


def test_an_office_before_its_field_is_told():
    assert begins_with_office("head of product")
    assert not begins_with_office("product head")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Software Engineer, Security", {"Cybersecurity"}),
        ("Security Officer", {"Security Guarding"}),
        ("VP, Finance", {"Financial Analysis"}),
        ("Associate, Risk", {"Risk Management"}),
        ("Senior Manager, People", {"Human Resources"}),
        ("Software Engineer, Mobile", {"Mobile Development"}),
        ("Mobile Mechanic", {"Automotive Repair"}),
        ("Chief of Staff to the COO", set()),
        ("DevSecOps Engineer (TS/SCI)", {"DevSecOps"}),
    ],
)
def test_fields_count_where_they_are_the_offices(title, expected):
    assert {name for name, _, _ in in_title(title)} == expected
