"""Workable: addresses, fields and the traps of its widget API."""

from datetime import UTC, datetime

import orjson
import pytest

from models.posting import EmploymentType, Given, Mode
from sources.boards.workable import PLATFORM
from sources.platform import Board
from tests.unit.sources.mangled import check, feed, postings, read

FEED = feed("workable.json")
BOARD = Board("workable", "dune-harbour", "apply.workable.com", "Dune Harbour")


@pytest.mark.parametrize(
    "url",
    [
        "apply.workable.com/acme-co",
        "https://apply.workable.com/acme-co/j/A1B2C3D4E5/apply/",
        "https://APPLY.workable.com/acme-co/?lng=en",
        "https://acme-co.workable.com/jobs/123",
        "http://Acme-Co.workable.com",
        "https://apply.workable.com/api/v1/widget/accounts/acme-co?details=true",
        "https://apply.workable.com/api/v3/accounts/acme-co/jobs",
    ],
)
def test_addresses_of_a_board(url: str) -> None:
    assert PLATFORM.recognise(url) == Board("workable", "acme-co", "apply.workable.com", "Acme Co")


@pytest.mark.parametrize(
    "url",
    [
        "https://www.workable.com/pricing",
        "https://jobs.workable.com/search",
        "https://help.workable.com/hc",
        "https://workable.com",
        "https://apply.workable.com/",
        "https://apply.workable.com/j/A1B2C3D4E5",
        "https://apply.workable.com/api/v1/widget/accounts",
        "https://apply.workable.com/..%2fapi",
        "https://a.b.workable.com/",
    ],
)
def test_addresses_of_no_board(url: str) -> None:
    assert PLATFORM.recognise(url) is None


def test_one_request_at_a_time() -> None:
    assert PLATFORM.terms.concurrency == 1
    assert PLATFORM.start(BOARD).url == (
        "https://apply.workable.com/api/v1/widget/accounts/dune-harbour?details=true"
    )


def test_a_job_listed_once_for_each_place_is_one_posting_in_all_of_them() -> None:
    found, _ = read(PLATFORM, BOARD, FEED)
    assert [parsed.line for parsed in found] == [1, 3]
    assert found[0].given == Given(
        title="Fleet Planner",
        description="<p>You plan the fleet.</p>",
        company="Dune & Harbour",
        locations=("Piraeus, Attica, Greece", "Limassol, Cyprus"),
        employment_type=EmploymentType.FULL_TIME,
        category="Operations",
        url="https://apply.workable.com/j/A1B2C3D4E5",
        apply_url="https://apply.workable.com/j/A1B2C3D4E5/apply",
        external_id="A1B2C3D4E5",
        posted_at=datetime(2026, 9, 22, tzinfo=UTC),
    )


def test_telecommuting_and_a_place_that_is_hidden() -> None:
    _, second = postings(PLATFORM, BOARD, FEED)
    assert (second.mode, second.locations) == (Mode.REMOTE, ("Porto, Portugal",))


def test_rows_without_a_shortcode_are_postings_of_their_own() -> None:
    row = {"title": "Cook", "city": "Athens", "country": "GR"}
    found = postings(PLATFORM, BOARD, orjson.dumps({"jobs": [row, row]}))
    assert [(one.company, one.locations) for one in found] == [
        ("Dune Harbour", ("Athens, Greece",)),
        ("Dune Harbour", ("Athens, Greece",)),
    ]


def test_an_error_is_no_empty_account() -> None:
    (fault,) = check(PLATFORM, BOARD, b'{"error": "Not found"}')
    assert fault.broken
    assert fault.errors[0].got == '{"error":"Not found"}'
