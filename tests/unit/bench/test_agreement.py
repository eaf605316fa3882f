"""Counting where labels and found facts agree."""

from datetime import date

import pytest

from bench.agreement import FACTS, Comparison, Tally, expanded
from models.posting import Given
from processing.derive import derive

LABEL = {
    "countries": ["GB"],
    "cities": [{"name": "Leeds", "country": "GB", "lat": 53.8, "lon": -1.5}],
    "mode": "remote",
    "remote_countries": ["GB"],
    "pay": {"min": 50_000, "max": 60_000, "currency": "GBP", "period": "year"},
    "level": "senior",
    "employment": None,
    "skills": ["Python", "Fencing"],
    "visa": "refused",
    "closes_on": "2027-01-15",
}


def compared(label: dict[str, object], **fields: object) -> Comparison:
    given = Given(**({"title": "Senior Clerk", "company": "Acme"} | fields))
    comparison = Comparison()
    comparison.add("one", label, derive(given, today=date(2026, 11, 21)).derived)
    return comparison


def test_facts_that_agree():
    text = "<p>£50,000 - £60,000 a year. Python.</p><p>No visa sponsorship.</p>"
    text += "<p>Apply by 15 January</p>"
    found = compared(LABEL, locations=("Leeds, UK", "Remote (UK)"), description=text)
    assert [one.fact for one in found.disagreements] == ["skills"]
    assert found.tallies["city"].recall == found.tallies["city"].precision == 1.0
    assert found.tallies["pay"].labelled_right == 1
    assert (found.tallies["skills"].precision, found.tallies["skills"].recall) == (1.0, 0.5)
    assert found.tallies["employment"].precision is None
    assert "clearance" not in found.tallies  # the label does not know of it


def test_a_city_of_the_same_name_elsewhere_is_wrong():
    found = compared(LABEL, locations=("Leeds, AL",))
    assert found.tallies["city"].found_right == found.tallies["country"].found_right == 0


def test_a_city_that_is_its_country_counts_as_the_country():
    label = LABEL | {"countries": ["SG"], "cities": []}
    found = compared(label, locations=("Singapore",))
    assert (found.tallies["city"].found, found.tallies["country"].found_right) == (0, 1)


def test_a_tally_counts_both_sides():
    tally = Tally()
    assert tally.add((1, 2), (2, 3), lambda one, other: one == other) is False
    assert tally.add((), (), lambda one, other: one == other) is True
    assert (tally.labelled, tally.labelled_right, tally.found, tally.found_right) == (2, 1, 2, 1)
    assert (tally.postings, tally.postings_equal) == (2, 1)


def test_groups_are_expanded():
    assert expanded(["DACH", "US"]) == ("AT", "CH", "DE", "US")
    assert len(expanded(["*"])) > 240
    with pytest.raises(ValueError, match="Atlantis"):
        expanded(["Atlantis"])


def test_every_goal_is_of_a_fact():
    assert {fact.name for fact in FACTS if fact.goal} >= {
        "country",
        "city",
        "pay",
        "skills",
        "visa",
    }
