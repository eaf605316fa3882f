"""When two company names are one, and who is on the lists that we bring."""

import pytest

from reference import companies

AGENCIES = companies.LISTS["agencies"]


@pytest.mark.parametrize(
    "name",
    [
        "Hays",
        "Hays plc",
        "HAYS Recruitment",
        "Hays AG",
        "Randstad Digital",
        "Randstad Deutschland GmbH & Co. KG",
        "Robert Half International Inc.",
        "The Adecco Group",
        "Michael Page",
        "TEKsystems, Inc.",
        "Insight Global, LLC",
        "FERCHAU GmbH",
        "Amadeus FiRe AG",
        "Major, Lindsey & Africa",
        "Computer Futures",
        "TeamLease Services Limited",
        "Adéquat Intérim",
        "Tempo-Team",
    ],
)
def test_an_agency_is_known_by_its_usual_names(name):
    assert companies.key(name) in AGENCIES


@pytest.mark.parametrize(
    "name",
    [
        "Reed Smith LLP",
        "Hays County",
        "Progressive",
        "Brunel University",
        "Stripe",
        "Bosch Group",
        "",
    ],
)
def test_nobody_is_an_agency_for_a_part_of_his_name(name):
    assert companies.key(name) not in AGENCIES


def test_the_list_is_curated_and_in_normal_form():
    assert len(AGENCIES) > 400
    assert {companies.key(key) for key in AGENCIES} == AGENCIES
