"""Ashby: addresses, fields and the traps of its posting API."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from models.money import Money, Period
from models.posting import EmploymentType, Given, Mode
from sources.boards.ashby import PLATFORM
from sources.platform import Board
from tests.unit.sources.mangled import feed, postings, read

FEED = feed("ashby.json")
BOARD = Board("ashby", "Cobalt Kite", "api.ashbyhq.com", "Cobalt Kite")


def one(**changed: Any) -> Given:
    job = orjson.loads(FEED)["jobs"][0] | changed
    (found,) = postings(PLATFORM, BOARD, orjson.dumps({"jobs": [job]}))
    return found


@pytest.mark.parametrize(
    "url, token",
    [
        ("jobs.ashbyhq.com/acme", "acme"),
        ("https://jobs.ashbyhq.com/Acme%20Inc/b3b1c0de-0000/application?utm=1", "Acme Inc"),
        ("https://jobs.ashbyhq.com/Caf%C3%A9.io", "Café.io"),
        ("https://api.ashbyhq.com/posting-api/job-board/acme?includeCompensation=true", "acme"),
    ],
)
def test_addresses_of_a_board(url: str, token: str) -> None:
    board = PLATFORM.recognise(url)
    assert board is not None
    assert (board.platform, board.token, board.host) == ("ashby", token, "api.ashbyhq.com")


@pytest.mark.parametrize(
    "url",
    [
        "https://www.ashbyhq.com/pricing",
        "https://jobs.ashbyhq.com/",
        "https://jobs.ashbyhq.com/%2e%2e",
        "https://jobs.ashbyhq.com/a%2fb",
        "https://jobs.ashbyhq.com/a%3fb%3d",
        "https://jobs.ashbyhq.com/a%0d%0ab",
        "https://jobs.ashbyhq.com/%20acme",
        "https://api.ashbyhq.com/posting-api/job-board",
    ],
)
def test_addresses_of_no_board(url: str) -> None:
    assert PLATFORM.recognise(url) is None


def test_the_name_is_escaped_in_the_request() -> None:
    url = "https://api.ashbyhq.com/posting-api/job-board/Cobalt%20Kite?includeCompensation=true"
    assert PLATFORM.start(BOARD).url == url


def test_slow_answers_are_waited_for() -> None:
    assert PLATFORM.terms.timeout_s == 30


def test_a_job_with_everything() -> None:
    first, _ = postings(PLATFORM, BOARD, FEED)
    board = "https://jobs.ashbyhq.com/Cobalt%20Kite/b3b1c0de-0000-4000-8000-000000000001"
    assert first == Given(
        title="Product Designer",
        description="<p>You shape the <em>first</em> minute.</p>",
        company="Cobalt Kite",
        locations=(
            "HQ",
            "San Francisco, California, United States",
            "London, United Kingdom",
            "Remote - Spain",
        ),
        mode=Mode.HYBRID,
        employment_type=EmploymentType.FULL_TIME,
        salary=Money(min=150000, max=185000, currency="USD", period=Period.YEAR),
        category="Design",
        url=board,
        apply_url=f"{board}/application",
        external_id="b3b1c0de-0000-4000-8000-000000000001",
        posted_at=datetime(2026, 10, 30, 16, 21, 55, 393000, tzinfo=UTC),
    )


def test_an_unlisted_job_is_passed_over() -> None:
    found, _ = read(PLATFORM, BOARD, FEED)
    assert [parsed.line for parsed in found] == [1, 3]


def test_plain_text_and_remote_without_a_workplace_type() -> None:
    _, second = postings(PLATFORM, BOARD, FEED)
    assert second.description == "<p>You edit.</p>\n<p>Short texts.</p>"
    assert (second.mode, second.locations) == (Mode.REMOTE, ("Berlin, Germany",))
    assert second.salary == Money(min=45, currency="EUR", period=Period.HOUR)


@pytest.mark.parametrize(
    "workplace, remote, mode",
    [
        ("OnSite", True, Mode.ONSITE),
        ("Hybrid", True, Mode.HYBRID),
        ("Remote", False, Mode.REMOTE),
        (None, True, Mode.REMOTE),
        (None, False, None),
        (None, "yes", None),
    ],
)
def test_the_workplace_type_wins(workplace: str | None, remote: object, mode: Mode | None) -> None:
    assert one(workplaceType=workplace, isRemote=remote).mode is mode


@pytest.mark.parametrize("interval", ["NONE", "1 TIME", "2 WEEK", "6 MONTH", None])
def test_an_interval_that_is_no_period_gives_no_pay(interval: str | None) -> None:
    part: dict[str, object] = {
        "compensationType": "Salary",
        "interval": interval,
        "currencyCode": "USD",
    }
    part |= {"minValue": 90000, "maxValue": 100000}
    assert one(compensation={"summaryComponents": [part]}).salary is None


def test_equity_and_bonus_are_no_salary() -> None:
    parts = [
        {"compensationType": kind, "interval": "1 YEAR", "currencyCode": "USD", "minValue": 90000}
        for kind in ("EquityCashValue", "Commission", "Bonus")
    ]
    assert one(compensation={"summaryComponents": parts}).salary is None


def test_pay_that_is_not_to_be_shown_is_not_taken() -> None:
    assert one(shouldDisplayCompensationOnJobPostings=False).salary is None
