"""Titles by what they name: however they are written, and never two ranks as one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processing.copies.titles import title_key, title_terms


def named(title: str, *places: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found = title_terms(title, company="Acme", places=places)
    return found.terms, found.ranks


@pytest.mark.parametrize(
    "other",
    [
        "Sr. Backend Engineer",
        "Engineer, Backend (Senior)",
        "Senior Back-End Engineer (m/f/d)",
        "SENIOR BACK END ENGINEER",
        "Senior Backend Engineer - London",
        "Senior Backend Engineer, London, UK",
        "Senior Backend Engineer (Remote)",
        "Senior Backend Engineer - Hybrid - Full-time",
        "Senior Backend Engineers at Acme",
        "Senior Backend Engineer | Acme",
        "Senior Backend Engineer (R-12345)",
        "Senior Backend Engineer #4711",
        "Senior Backend Engineer - Req ID: 20931",
        "Job opening: Senior Backend Engineer",
        "Urgent! Now hiring: Snr Backend Eng",
    ],
)
def test_one_title_in_many_spellings(other: str) -> None:
    assert named(other, "London", "UK") == (("backend", "engineer"), ("senior",))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Engineer", "Senior Engineer"),
        ("Engineer I", "Engineer II"),
        ("Engineer 2", "Engineer 3"),
        ("Lead Engineer", "Engineer"),
        ("Engineer", "Engineering Intern"),
        ("Account Executive, Commercial", "Account Executive, Enterprise"),
        ("C Developer", "C++ Developer"),
        ("New Business Manager", "Business Manager"),
        ("Data Engineer - Berlin", "Data Engineer - Lyon"),
        ("Crew Member - Store #1204", "Crew Member - Store #1377"),
        ("Crew Member, Store No. 10245", "Crew Member, Store No. 10377"),
        ("Nurse (Ward 5)", "Nurse (Ward 7)"),
        ("!!!", "???"),
        ("The", "And"),
    ],
)
def test_different_titles_stay_different(one: str, other: str) -> None:
    assert named(one, "New York") != named(other, "New York")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Engineer II", "Engineer 2"),
        ("Verkäufer:in (w/m/d)", "Verkäufer (m/w/d)"),
        ("Full Stack Developer", "Fullstack-Dev"),
        ("Sales & Marketing Mgr", "Sales and Marketing Manager"),
        ("VP, Finance", "Finance Vice President"),
    ],
)
def test_the_usual_abbreviations_are_written_out(one: str, other: str) -> None:
    assert named(one) == named(other)


@pytest.mark.parametrize("title", ["London", "Acme", "Remote", "Full-time", "Senior", "(m/f/d)"])
def test_a_title_of_nothing_else_is_kept(title: str) -> None:
    assert any(named(title, "London"))


@given(st.text(max_size=300), st.text(max_size=50), st.lists(st.text(max_size=50), max_size=3))
def test_no_text_is_too_odd(title: str, company: str, places: list[str]) -> None:
    found = title_terms(title, company=company, places=places)
    assert found == title_terms(title, company=company, places=places)
    assert list(found.terms) == sorted(set(found.terms))


def test_title_key() -> None:
    assert title_key("Entwickler:in (w/m/div.)") == title_key("Entwickler:in (f/m/x)")
    assert title_key("!!!") == "!!!"
