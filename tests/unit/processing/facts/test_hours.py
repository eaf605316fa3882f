"""Hours of this job, and of others; where they stand."""

import pytest

from models.posting import EmploymentType
from processing.evidence import Passage
from processing.facts.hours import by_hours, by_title

FULL, PART = EmploymentType.FULL_TIME, EmploymentType.PART_TIME


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("We close at six.\nThis is a full-time job.", FULL, "full-time"),
        ("Our full-time staff say so. You work part time.", PART, "part time"),
        ("Anstellung: 0,6 FTE", PART, "0,6 FTE"),
        ("You work 24 to 28 hours per week.", PART, "24 to 28 hours per week"),
        ("60 hours per fortnight, full time", FULL, "full time"),
        ("Permanent, 40 h/week.", FULL, "40 h/week"),
        ("38-Stunden-Woche mit Gleitzeit", FULL, "38-Stunden-Woche"),
    ],
)
def test_the_first_words_that_speak_of_this_job(
    text: str, kind: EmploymentType, words: str
) -> None:
    found = by_hours(Passage("description", text), "hours@1")
    assert found is not None
    assert (found[0], found[1].text, found[1].by) == (kind, words, "hours@1")
    assert text[found[1].start : found[1].end] == words


@pytest.mark.parametrize(
    ("title", "words"),
    [("Clerk (24-32 uur)", "24-32 uur"), ("Clerk, 20h", "20h"), ("Clerk 0.5 FTE", "0.5 FTE")],
)
def test_hours_of_a_title_are_those_of_a_week(title: str, words: str) -> None:
    found = by_title(Passage("title", title), "hours@1")
    assert found is not None
    assert (found[0], found[1].text) == (PART, words)


@pytest.mark.parametrize("title", ["Nurse, 12h shift", "24h Notdienst", "Clerk 36-40 uur", "Clerk"])
def test_titles_without_few_hours(title: str) -> None:
    assert by_title(Passage("title", title), "hours@1") is None
