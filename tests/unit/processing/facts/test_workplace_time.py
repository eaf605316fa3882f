"""How much of a week an expression tells."""

import pytest

from processing.facts.workplace_time import DAYS, DAYS_OF_MANY, covers_the_week


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("monday to friday", True),
        ("tues-sat", True),
        ("monday through thursday", False),
        ("five days a week", True),
        ("all duties are performed here", True),
        ("de segunda a sexta", True),
        ("du mardi au samedi", True),
        ("dienstags bis samstags", True),
        ("maandag tot en met vrijdag", True),
        ("tuesdays and thursdays", False),
    ],
)
def test_the_whole_week(clause, expected):
    assert covers_the_week(clause) is expected


@pytest.mark.parametrize(
    "clause",
    ["two days a week", "a day or two each week", "zwei bis drei tage", "un par de días"],
)
def test_some_days(clause):
    assert DAYS.search(clause) is not None


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("eight days a month", True),
        ("nine days a fortnight", True),
        ("one day a month", False),
        ("forty days a year", False),
    ],
)
def test_days_of_a_month_or_a_fortnight(clause, expected):
    assert (DAYS_OF_MANY.search(clause) is not None) is expected
