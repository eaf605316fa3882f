"""Recruitee: addresses, fields and the traps of its careers site API."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from models.money import Money, Period
from models.posting import EmploymentType, Given, Mode
from sources.boards.recruitee import PLATFORM
from sources.platform import Board
from tests.unit.sources.mangled import feed, postings, read

FEED = feed("recruitee.json")
BOARD = Board("recruitee", "fernhill", "fernhill.recruitee.com", "Fernhill")


def one(**changed: Any) -> Given:
    offer = orjson.loads(FEED)["offers"][0] | changed
    (found,) = postings(PLATFORM, BOARD, orjson.dumps({"offers": [offer]}))
    return found


@pytest.mark.parametrize(
    "url",
    [
        "fernhill.recruitee.com",
        "https://Fernhill.Recruitee.com/o/devops-engineer?source=x",
        "http://fernhill.recruitee.com/api/offers/",
        "https://fernhill.recruitee.com./",
    ],
)
def test_addresses_of_a_board(url: str) -> None:
    assert PLATFORM.recognise(url) == BOARD


def test_a_board_on_a_domain_of_its_own() -> None:
    board = PLATFORM.recognise("https://jobs.fernhill.example/api/offers/")
    assert board == Board("recruitee", "jobs.fernhill.example", "jobs.fernhill.example", "Fernhill")
    assert PLATFORM.start(board).url == "https://jobs.fernhill.example/api/offers/"


@pytest.mark.parametrize(
    "url",
    [
        "https://recruitee.com",
        "https://www.recruitee.com/pricing",
        "https://docs.recruitee.com/reference",
        "https://app.recruitee.com/api/offers",
        "https://a.b.recruitee.com/api/offers",
        "https://recruitee.com/api/offers",
        "https://jobs.fernhill.example/o/cook",
        "http://127.0.0.1/api/offers",
        "http://localhost/api/offers",
        "https://fernhill.example:8443/api/offers",
    ],
)
def test_addresses_of_no_board(url: str) -> None:
    assert PLATFORM.recognise(url) is None


def test_an_offer_with_everything() -> None:
    first, _ = postings(PLATFORM, BOARD, FEED)
    assert first == Given(
        title="DevOps Engineer",
        description="<p>You keep it running.</p>\n<h3>Requirements</h3>\n<ul><li>Linux</li></ul>",
        company="Fernhill Labs",
        locations=("Utrecht, Netherlands", "Gdańsk, Poland"),
        mode=Mode.HYBRID,
        employment_type=EmploymentType.FULL_TIME,
        salary=Money(min=4500, max=6000, currency="EUR", period=Period.MONTH),
        skills=("Kubernetes", "Python"),
        category="Platform",
        url="https://fernhill.recruitee.com/o/devops-engineer",
        apply_url="https://fernhill.recruitee.com/o/devops-engineer/c/new",
        external_id="1700001",
        posted_at=datetime(2026, 9, 10, 7, 25, 25, tzinfo=UTC),
        closes_at=datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC),
    )


def test_an_offer_with_little() -> None:
    _, second = postings(PLATFORM, BOARD, FEED)
    assert (second.company, second.locations) == ("Fernhill", ("Ghent, Belgium",))
    assert (second.category, second.employment_type) == (
        "accounting finance",
        EmploymentType.PART_TIME,
    )
    assert (second.salary, second.skills, second.closes_at) == (None, (), None)


def test_a_draft_is_passed_over() -> None:
    found, _ = read(PLATFORM, BOARD, FEED)
    assert [parsed.line for parsed in found] == [1, 2]


@pytest.mark.parametrize(
    "flags, mode",
    [
        ({"remote": True}, Mode.REMOTE),
        ({"on_site": True}, Mode.ONSITE),
        ({"remote": True, "on_site": True}, None),
        ({"remote": True, "hybrid": True}, None),
        ({}, None),
        ({"remote": "true"}, None),
    ],
)
def test_one_flag_alone_states_the_mode(flags: dict[str, object], mode: Mode | None) -> None:
    unset: dict[str, object] = {"remote": False, "hybrid": False, "on_site": False}
    assert one(**unset | flags).mode is mode


@pytest.mark.parametrize(
    "salary",
    [
        {"min": 6000, "max": 4500, "currency": "EUR", "period": "month"},
        {"min": 4500, "max": 6000, "currency": "EURO", "period": "month"},
        {"min": 4500, "max": 6000, "currency": None, "period": "month"},
        {"min": 4500, "max": 6000, "currency": "EUR", "period": "sprint"},
        {"min": 4500, "max": 6000, "currency": "EUR"},
        {"min": 4500, "max": 6000, "currency": "EUR", "period": "hour"},
        {"min": -4500, "max": 6000, "currency": "EUR", "period": "month"},
        {"min": 1e300, "max": 1e301, "currency": "BTC", "period": "month"},
        {"min": 1e300, "max": 1e301, "currency": "AFN", "period": "month"},
        "competitive",
        None,
    ],
)
def test_pay_that_is_not_clear_is_left_out(salary: object) -> None:
    assert one(salary=salary).salary is None
