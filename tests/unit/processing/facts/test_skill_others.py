"""Skills that colleagues, customers and rivals have, and not who is sought."""

import pytest

from processing.facts.skill_others import beside, have, next_door, sentence


def at(line: str, skill: str) -> tuple[str, int, int]:
    start = line.index(skill)
    return line, start, start + len(skill)


@pytest.mark.parametrize(
    ("line", "skill"),
    [
        ("Partner with our solutions engineers, who handle the Postgres questions", "Postgres"),
        ("Write the programme with planners who use Primavera", "Primavera"),
        ("Set up tracking with the Android team (they work on Kotlin)", "Kotlin"),
        ("The client's developers use Java all day", "Java"),
        ("We have a data scientist who builds the model in R", "R"),
        ("You'll run a squad: two engineers (React Native, Node) and a designer", "Node"),
        ("You can talk to hydrologists, and they use MATLAB", "MATLAB"),
        ("CAD helps (customers live in Revit)", "Revit"),
        ("Backend folks write Elixir, you won't have to.", "Elixir"),
        ("A service in Perl that someone else looks after", "Perl"),
        ("Rivals such as Stripe do the same", "Stripe"),
    ],
)
def test_others_have_it(line, skill):
    assert have(*at(line, skill))


@pytest.mark.parametrize(
    ("line", "skill"),
    [
        ("We are looking for engineers who write Go", "Go"),
        ("Join a team of developers who use Rust", "Rust"),
        ("Someone who writes Python", "Python"),
        ("You use Jira. They use email", "Jira"),
        ("Comfort reading HTML and CSS; you won't be asked to write it", "HTML"),
        ("Our stack (Kafka, Flink)", "Kafka"),
    ],
)
def test_who_is_sought_has_it(line, skill):
    assert not have(*at(line, skill))


@pytest.mark.parametrize(
    ("line", "skill"),
    [
        ("Pair with product designers and the Android team", "Android"),
        ("Prepare functional specs for the ABAP offshore team", "ABAP"),
        ("Mantener el sistema junto con los equipos de iOS y Android", "Android"),
    ],
)
def test_a_team_beside_one_has_the_technology(line, skill):
    assert beside(*at(line, skill))


@pytest.mark.parametrize(
    ("line", "skill"),
    [
        ("Join the Android team", "Android"),
        ("Work with Kafka and Flink", "Kafka"),
        ("Helping the DevOps group put scanning into the pipelines", "DevOps"),
    ],
)
def test_a_team_that_one_joins_has_none_but_the_own(line, skill):
    assert not beside(*at(line, skill))


@pytest.mark.parametrize(
    ("line", "field", "expected"),
    [
        ("Sit with supply chain and finance to learn what they want", "supply chain", True),
        ("Zusammenarbeit mit dem Aktuariat und der Schadenregulierung", "Aktuariat", True),
        ("Attribution together with demand generation", "demand generation", True),
        ("Support the payroll team", "payroll", True),
        ("Three years in supply chain and logistics", "supply chain", False),
        ("Work with payroll data every day", "payroll", False),
    ],
)
def test_the_field_of_a_department_that_one_works_with(line, field, expected):
    assert next_door(*at(line, field)) is expected


def test_a_sentence_ends_at_a_point_and_a_space():
    line = "We use v2.1 here. You know SQL! Why not? Because"
    left, right = sentence(line, line.index("SQL"))
    assert line[left:right] == " You know SQL"
