"""What a title says of others is blanked out, and the rest stays where it stood."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processing.facts.offices import INTERN, without_other_senses
from reference.text import lowered


@pytest.mark.parametrize(
    ("title", "left"),
    [
        ("Senior Internship Coordinator", "Senior"),
        ("Director's Assistant, Senior", ", Senior"),
        ("Senior Assistant to the CEO", "Senior"),
        ("Lead Generation Manager", "Manager"),
        ("XX_Senior_Engineer", "XX Senior Engineer"),
        ("Senior Engineer", "Senior Engineer"),
        ("Head of Internships", "Head of"),
        ("Director, Internship Programs", "Director,"),
        ("Recruiter - Internships & Early Careers", "Recruiter -             & Early Careers"),
        ("Summer Internships 2026", "Summer Internships 2026"),
        ("Recruiter - Internship", "Recruiter - Internship"),
    ],
)
def test_what_is_left_of_a_title(title: str, left: str) -> None:
    assert without_other_senses(title.lower()).strip() == left.lower()


WORDS = st.sampled_from(
    (
        *("Senior", "Lead", "Generation", "Living", "Intern", "Coordinator", "Chief of Staff"),
        *("to the", "CEO", "Director's", "Assistant", "Graduate", "Admissions", "Staff", "_", "İ"),
    )
)


@given(st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=10).map(" ".join)))
def test_nothing_is_moved(title: str) -> None:
    small = lowered(title)
    shown = without_other_senses(small)
    assert len(shown) == len(title)
    assert all(a in (b, " ") for a, b in zip(shown, small, strict=True))


@pytest.mark.parametrize("title", ["Stage - Marketing", "Prácticas en marketing", "Co-op, Finance"])
def test_who_is_an_intern(title: str) -> None:
    assert re.search(INTERN, title, re.IGNORECASE)


@pytest.mark.parametrize("title", ["Early-Stage Investor", "Internal Auditor", "Stage Technician"])
def test_who_is_none(title: str) -> None:
    assert not re.search(INTERN, title, re.IGNORECASE)
