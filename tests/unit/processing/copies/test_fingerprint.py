"""One vacancy, one cluster: copies agree whatever their source, other vacancies differ."""

from datetime import date

import pytest

from models.money import Money, Period
from models.posting import Given
from processing.copies.fingerprint import cluster_id
from processing.derive import derive
from reference.companies import key as company_key

TEXT = "<p>We build rockets and look for people who weld them together.</p>"


def cluster(**changes):
    fields = {"title": "Welder", "company": "Acme", "locations": ("Berlin",), "description": TEXT}
    given = Given(**(fields | changes))
    return cluster_id(given, derive(given, today=date(2026, 8, 22)).derived)


@pytest.mark.parametrize(
    "changes",
    [
        {"company": "ACME, Inc."},
        {"company": "Acme GmbH & Co. KG"},
        {"title": "  WELDER (m/w/d) "},
        {"title": "Welder (all genders)"},
        {"locations": ("Berlin, Germany",)},
        {"description": "<div>We build rockets  and look for people who weld them together</div>"},
        {"external_id": "77", "url": "https://other.example/77"},
    ],
)
def test_copies_share_a_cluster(changes):
    assert cluster(**changes) == cluster()


@pytest.mark.parametrize(
    "changes",
    [
        {"company": "Apex"},
        {"title": "Senior Welder"},
        {"locations": ("Munich",)},
        {"locations": ("Berlin", "Munich")},
        {"description": "<p>Another text about another vacancy altogether.</p>"},
        {"description": ""},
        {"locations": ("Hauptstraße 12, Berlin",)},
        {"salary": Money(min=30_000, currency="EUR", period=Period.YEAR)},
    ],
)
def test_other_vacancies_do_not(changes):
    assert cluster(**changes) != cluster()


def test_places_count_in_any_order():
    assert cluster(locations=("Berlin", "Munich")) == cluster(locations=("München; Berlin",))


def test_unknown_places_count_by_their_text():
    assert cluster(locations=("Moon Base",)) == cluster(locations=("moon  base",))
    assert cluster(locations=("Moon Base",)) != cluster(locations=("Mars Base",))


@pytest.mark.parametrize(
    "name, key",
    [
        ("Acme, Inc.", "acme"),
        ("ACME GmbH", "acme"),
        ("Acme Ltd", "acme"),
        ("Siemens AG", "siemens"),
        ("Café Noir S.A.S.", "cafe noir"),
        ("The Limited", "the"),
        ("Inc", "inc"),
        ("Incubator", "incubator"),
        ("智能", "智能"),
    ],
)
def test_company_key(name, key):
    assert company_key(name) == key
