"""Arbeitnow: addresses, fields, and pages that are counted until they end."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from models.posting import EmploymentType, Given, Mode
from sources.boards.arbeitnow import PAGES_MAX, PLATFORM
from sources.platform import Board, Page, Request
from tests.unit.sources.mangled import feed, postings, read

FEED = feed("arbeitnow.json")
BOARD = Board("arbeitnow", "all", "www.arbeitnow.com", "")


@pytest.mark.parametrize(
    "url",
    [
        "https://www.arbeitnow.com/api/job-board-api?page=7",
        "arbeitnow.com",
        "https://www.arbeitnow.com/jobs/companies/bergblick/backend-204418",
    ],
)
def test_addresses_of_the_board(url: str) -> None:
    assert PLATFORM.recognise(url) == BOARD


@pytest.mark.parametrize("url", ["https://www.arbeitnow.com/blog/a", "https://arbeitnow.de"])
def test_addresses_of_no_board(url: str) -> None:
    assert PLATFORM.recognise(url) is None


def test_jobs() -> None:
    first, second = postings(PLATFORM, BOARD, FEED)
    assert first == Given(
        title="Backend Entwickler (m/w/d)",
        company="Bergblick GmbH",
        description="<p>Wir bauen Karten.</p>",
        locations=("Berlin",),
        employment_type=EmploymentType.FULL_TIME,
        skills=("Java",),
        category="Software Development",
        url="https://www.arbeitnow.com/jobs/companies/bergblick/backend-entwickler-berlin-204418",
        external_id="backend-entwickler-bergblick-berlin-204418",
        posted_at=datetime.fromtimestamp(1795084215, UTC),
    )
    assert second.mode is Mode.REMOTE
    assert second.employment_type is EmploymentType.PART_TIME


def page_of(*slugs: str) -> bytes:
    jobs: list[dict[str, Any]] = [{"slug": s, "title": s, "company_name": "Acme"} for s in slugs]
    return orjson.dumps({"data": jobs, "links": {"next": "https://elsewhere.example/?page=9"}})


def walked(answer: list[bytes]) -> list[tuple[int, Page]]:
    """Each page that is asked for while `answer` goes on; its last element is given for ever."""
    waiting: list[Request] = [PLATFORM.start(BOARD)]
    found = []
    while waiting:
        request = waiting.pop()
        body = answer[min(request.page, len(answer)) - 1]
        _, rest = read(PLATFORM, BOARD, body, request)
        found.append((request.page, rest))
        waiting += rest.next
    return found


def test_pages_are_counted_and_not_followed() -> None:
    assert PLATFORM.start(BOARD).url == "https://www.arbeitnow.com/api/job-board-api?page=1"
    _, rest = read(PLATFORM, BOARD, FEED)
    assert [(r.url, r.page) for r in rest.next] == [
        ("https://www.arbeitnow.com/api/job-board-api?page=2", 2)
    ]


def test_an_empty_page_is_the_last() -> None:
    pages = walked([page_of("a", "b"), page_of("c"), page_of()])
    assert [(number, len(page.records)) for number, page in pages] == [(1, 2), (2, 1), (3, 0)]


def test_a_page_that_repeats_the_one_before_is_the_last_and_counts_once() -> None:
    pages = walked([page_of("a"), page_of("b", "c")])
    assert [(number, len(page.records)) for number, page in pages] == [(1, 1), (2, 2), (3, 0)]


def test_pages_that_never_end_are_left_at_the_cap() -> None:
    pages = walked([page_of(f"job-{number}") for number in range(PAGES_MAX + 5)])
    assert [number for number, _ in pages] == list(range(1, PAGES_MAX + 1))


def test_a_limit_in_place_of_a_page_is_an_error() -> None:
    (found,), rest = read(PLATFORM, BOARD, b'{"message": "Too Many Attempts."}')
    assert (found.broken, rest.next) == (True, ())
