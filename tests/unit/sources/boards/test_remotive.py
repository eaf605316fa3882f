"""Remotive: addresses, terms, fields, and who may apply from where."""

from datetime import UTC, datetime

import pytest

from models.posting import EmploymentType, Given, Mode
from reference.countries import countries_of
from sources.boards.remotive import PLATFORM
from sources.platform import Board
from tests.unit.sources.mangled import feed, postings, read

FEED = feed("remotive.json")
BOARD = Board("remotive", "all", "remotive.com", "")


@pytest.mark.parametrize(
    "url, token",
    [
        ("https://remotive.com", "all"),
        ("remotive.io/remote-jobs", "all"),
        ("https://REMOTIVE.com/api/remote-jobs?limit=5", "all"),
        ("https://remotive.com/api/remote-jobs?search=go%20lang&limit=5", "search=go+lang"),
        ("https://remotive.com/remote-jobs/software-dev", "category=software-dev"),
        ("https://remotive.com/remote-jobs/software-dev/engineer-19", "category=software-dev"),
        ("https://remotive.com/api/remote-jobs?category=a&company_name=b%26c=d",
         "category=a&company_name=b%26c%3Dd"),
    ],
)  # fmt: skip
def test_addresses_of_a_board(url: str, token: str) -> None:
    assert PLATFORM.recognise(url) == Board("remotive", token, "remotive.com", "")


@pytest.mark.parametrize("url", ["https://remotive.com/employers", "https://remotive.org/", ""])
def test_addresses_of_no_board(url: str) -> None:
    assert PLATFORM.recognise(url) is None


def test_the_terms() -> None:
    terms = PLATFORM.terms
    assert terms.interval_s >= 6 * 3600
    assert (terms.attribution, terms.republish, PLATFORM.listing) == ("Remotive", False, "window")


def test_requests() -> None:
    assert PLATFORM.start(BOARD).url == "https://remotive.com/api/remote-jobs"
    part = Board("remotive", "category=design", "remotive.com", "")
    assert PLATFORM.start(part).url == "https://remotive.com/api/remote-jobs?category=design"


def test_jobs() -> None:
    first, second, third = postings(PLATFORM, BOARD, FEED)
    assert first == Given(
        title="Senior Backend Engineer",
        company="Kestrel Ledger",
        description="<p>Salary: $120k - $150k</p>\n<p>Kestrel Ledger keeps books.</p>",
        locations=("USA, Canada",),
        mode=Mode.REMOTE,
        remote_countries=("CA", "US"),
        employment_type=EmploymentType.FULL_TIME,
        skills=first.skills,
        category="Software Development",
        url="https://remotive.com/remote-jobs/software-dev/senior-backend-engineer-1918273",
        external_id="1918273",
        posted_at=datetime(2026, 11, 18, 9, 30, 12, tzinfo=UTC),
    )
    assert {skill.lower() for skill in first.skills} == {"python", "postgresql"}
    assert (second.title, second.company) == ("Product Designer", "Moss & Fern")
    assert (second.employment_type, second.remote_countries) == (EmploymentType.CONTRACT, ())
    assert second.locations == ("Worldwide",)
    assert second.description == "<p>Design plants.</p>"
    assert set(third.remote_countries) == countries_of("Europe")
    assert third.employment_type is EmploymentType.PART_TIME


@pytest.mark.parametrize("body, got", [(b"<html>", "an HTML page"), (b"", "an empty answer")])
def test_an_error_is_no_empty_list(body: bytes, got: str) -> None:
    (found,), _ = read(PLATFORM, BOARD, body)
    assert (found.broken, found.errors[0].got) == (True, got)
