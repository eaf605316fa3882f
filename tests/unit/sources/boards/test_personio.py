"""Personio: addresses, fields and the traps of its XML feed."""

from datetime import UTC, datetime

import pytest

from models.posting import EmploymentType, Given, Level
from sources.boards.personio import PLATFORM
from sources.platform import Board
from tests.unit.sources.mangled import check, feed, postings, read

FEED = feed("personio.xml")
BOARD = Board("personio", "grauwald", "grauwald.jobs.personio.de", "Grauwald")


def one(before: str, after: str) -> Given:
    """The first position of the fixture with other text."""
    text = FEED.decode()
    assert before in text
    return postings(PLATFORM, BOARD, text.replace(before, after, 1).encode())[0]


@pytest.mark.parametrize(
    "url, host",
    [
        ("grauwald.jobs.personio.de", "grauwald.jobs.personio.de"),
        ("https://GRAUWALD.jobs.personio.com/job/123?language=de", "grauwald.jobs.personio.com"),
        ("https://grauwald.jobs.personio.de/xml?language=en", "grauwald.jobs.personio.de"),
    ],
)
def test_addresses_of_a_board(url: str, host: str) -> None:
    board = PLATFORM.recognise(url)
    assert board == Board("personio", "grauwald", host, "Grauwald")
    assert PLATFORM.start(board).url == f"https://{host}/xml?language=en"


@pytest.mark.parametrize(
    "url",
    [
        "https://www.personio.de/jobs",
        "https://personio.com/product",
        "https://jobs.personio.de",
        "https://www.jobs.personio.de",
        "https://a.b.jobs.personio.de",
        "https://grauwald.jobs.personio.de.evil.example",
    ],
)
def test_addresses_of_no_board(url: str) -> None:
    assert PLATFORM.recognise(url) is None


def test_a_position_with_everything() -> None:
    first, _ = postings(PLATFORM, BOARD, FEED)
    assert first == Given(
        title="Junior Data Analyst (m/w/d)",
        description="<h3>Your tasks</h3>\n<ul><li>Reports in SQL</li></ul>"
        "\n<h3>Your profile</h3>\n<p>Curious &amp; careful</p>",
        company="Grauwald Energie GmbH",
        locations=("Leipzig", "Halle (Saale)"),
        employment_type=EmploymentType.PART_TIME,
        level=Level.JUNIOR,
        skills=("SQL", "Tableau"),
        category="IT & Data",
        url="https://grauwald.jobs.personio.de/job/1234567",
        external_id="1234567",
        posted_at=datetime(2026, 10, 20, 10, tzinfo=UTC),
    )


def test_a_position_with_little() -> None:
    _, second = postings(PLATFORM, BOARD, FEED)
    assert (second.company, second.locations, second.description) == ("Grauwald", ("Remote",), "")
    assert (second.employment_type, second.level) == (EmploymentType.INTERNSHIP, Level.INTERN)
    assert second.category == "marketing and product"


@pytest.mark.parametrize(
    "employment, schedule, kind",
    [
        ("permanent", "full-time", EmploymentType.FULL_TIME),
        ("permanent", "full-or-part-time", None),
        ("intern", "full-time", EmploymentType.INTERNSHIP),
        ("freelance", "", EmploymentType.CONTRACT),
        ("temporary", "part-time", EmploymentType.TEMPORARY),
    ],
)
def test_the_kind_of_employment(
    employment: str, schedule: str, kind: EmploymentType | None
) -> None:
    before = "<employmentType>permanent</employmentType>\n    <seniority>entry-level</seniority>\n"
    before += "    <schedule>part-time</schedule>"
    after = f"<employmentType>{employment}</employmentType><schedule>{schedule}</schedule>"
    assert one(before, after).employment_type is kind


def test_a_level_that_means_several_is_left_out() -> None:
    assert one("entry-level", "experienced").level is None


def test_a_position_without_a_name_costs_itself_only() -> None:
    name = b"<name>Junior Data Analyst (m/w/d)</name>"
    found, _ = read(PLATFORM, BOARD, FEED.replace(name, b""))
    assert [[error.pointer for error in parsed.errors] for parsed in found] == [["/title"], []]


@pytest.mark.parametrize("identity", ["", "../../x", "1 2", "<!-- x -->"])
def test_an_id_that_is_none_gives_no_address(identity: str) -> None:
    assert one("<id>1234567</id>", f"<id>{identity}</id>").url is None


@pytest.mark.parametrize(
    "body, got",
    [
        (b"<!DOCTYPE html><html><body>Personio</body></html>", "an HTML page"),
        (b"<html>", "an HTML page"),
        (b"<rss/>", "<rss>"),
        (
            b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///x">]><workzag-jobs/>',
            "a document type declaration",
        ),
    ],
)
def test_what_is_not_the_feed_is_broken(body: bytes, got: str) -> None:
    (fault,) = check(PLATFORM, BOARD, body)
    assert (fault.broken, fault.errors[0].got) == (True, got)


def test_an_empty_feed_is_no_fault() -> None:
    assert read(PLATFORM, BOARD, b"<workzag-jobs>\n</workzag-jobs>")[0] == []
