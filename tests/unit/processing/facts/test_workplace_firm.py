"""The habits of a whole firm, as a clause tells them."""

import pytest

from models.posting import Mode
from processing.facts.workplace_firm import comes_in_as_liked, habit_of_firm


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("we have a 'remote by default' culture", Mode.REMOTE),
        ("we are an office-optional company", Mode.REMOTE),
        ("as a remote company, we have people in 14 countries", Mode.REMOTE),
        ("we are not a remote-first company", None),
        ("our team is co-located in ghent", Mode.ONSITE),
        ("an office-first company", Mode.ONSITE),
        ("we make chairs", None),
    ],
)
def test_where_its_people_work(clause, expected):
    assert habit_of_firm(clause) is expected


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("office attendance is entirely optional", True),
        ("nobody has to come in", True),
        ("the breakfast is optional", False),
        ("you come to the office on tuesdays", False),
    ],
)
def test_whether_one_comes_in_as_one_likes(clause, expected):
    assert comes_in_as_liked(clause) is expected
