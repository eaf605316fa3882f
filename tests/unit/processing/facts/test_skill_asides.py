"""Headings under which nothing is asked for, and those under which something is."""

import pytest

from processing.facts.skill_asides import is_aside


@pytest.mark.parametrize(
    "heading",
    [
        "Benefits",
        "What you'll get:",
        "About us",
        "About Acme",
        "How to apply",
        "Wir bieten",
        "Ce qu’on te propose",
        "Qué ofrecemos",
        "Wat bieden wij?",
        "Conditions",
        "Contact",
        "Your contact:",
        "Contact person",
        "Kontakt und Bewerbung",
    ],
)
def test_a_part_begins_in_which_nothing_is_asked_for(heading):
    assert is_aside(heading, False)


@pytest.mark.parametrize(
    "heading",
    [
        "Requirements",
        "What you'll get to do:",
        "About you",
        "About the role",
        "Dein Profil",
        "Qué buscamos",
        "Was Du machst",
        "Vos compétences",
        "What's in it for you to build",
        "Asset",
        "Conditions of employment; requirements",
    ],
)
def test_a_part_begins_in_which_something_is(heading):
    assert not is_aside(heading, True)


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize(
    "line",
    [
        "registration without conditions",
        "Salary: up to 46k",
        "We offer training, tools and time.",
        "Selection process number: 26-LWC",
        "Python and a bit of patience",
        "Be first point of contact for 200 users",
        "Je houdt contact met klanten over levertijden",
        "Kontakt zu Behörden und Firmen",
        "",
    ],
)
def test_a_line_that_is_no_heading_changes_nothing(line, before):
    assert is_aside(line, before) is before


@pytest.mark.parametrize("heading", ["What will the first year look like?", "Who should apply?"])
def test_a_question_that_is_no_known_heading_ends_an_aside(heading):
    assert not is_aside(heading, True)
    assert not is_aside(heading, False)
