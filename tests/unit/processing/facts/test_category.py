"""The category: as the source states it, else by a role that can mean only one."""

import pytest

from models.posting import Given
from processing.evidence import Passage
from processing.facts.category import category
from processing.facts.roles import roles


def read(title="Mercurial", stated=None):
    given = Given(title=title, company="Acme", category=stated)
    return category(given, roles(Passage("title", title)))


@pytest.mark.parametrize(
    "stated, expected",
    [
        ("Engineering", "engineering"),
        (" engineering ", "engineering"),
        ("Information Technology and Applications", "it"),
        ("Accounting / Finance", "finance"),
        ("Human Resources/Benefits/Comp/Wellness", "hr"),
        ("Manufacturing (MFG)", "manufacturing"),
        ("Vertrieb & Verkauf", "sales"),
        ("Forschung und Entwicklung", "science"),
        ("Engineering - Core Payments", "engineering"),
        ("Public Sector & Utilities (Ireland)", None),
        ("Marketing / Finance", None),
        ("Management", None),
        ("Other", None),
        ("Presta", None),
        ("(", None),
    ],
)
def test_what_the_source_calls_it(stated, expected):
    found = read(stated=stated)
    assert (found and found[0]) == expected


def test_the_stated_name_is_the_evidence():
    _, evidence = read("Data Engineer", "People & Culture")
    assert (evidence.field, evidence.text, evidence.by) == (
        "category",
        "People & Culture",
        "category@1",
    )


@pytest.mark.parametrize(
    "title, expected",
    [
        ("Senior Data Engineer", "data"),
        ("Staff Nurse, Night Shift", "healthcare"),
        ("Account Executive - LATAM", "sales"),
        ("Corporate Accounting", "finance"),
        ("Cook / Waiter", "hospitality"),
        ("Product Manager / UX Designer", None),
        ("Consultant", None),
        ("Technician", None),
        ("Mercurial", None),
    ],
)
def test_else_a_role_that_belongs_to_one_category(title, expected):
    found = read(title)
    assert (found and found[0]) == expected


def test_an_unknown_name_leaves_it_to_the_title():
    found, evidence = read("Senior Data Engineer", "Team Rocket")
    assert found == "data"
    assert (evidence.field, evidence.text, evidence.by) == ("title", "Data Engineer", "category@1")


def test_two_names_leave_it_to_the_title():
    assert read("Cook", "Marketing / Finance")[0] == "hospitality"
