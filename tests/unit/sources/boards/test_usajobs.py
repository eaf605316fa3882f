"""USAJobs: searches, the key, fields, paging and the traps of its API."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from models.money import Money, Period
from models.posting import EmploymentType, Given, Mode
from sources.boards.usajobs import PLATFORM
from sources.platform import Board, Request
from tests.unit.sources.mangled import check, feed, postings, read

FEED = feed("usajobs.json")
BOARD = Board("usajobs", "Keyword=nurse&LocationName=Denver", "data.usajobs.gov", "USAJobs")


def one(**changed: Any) -> Given:
    item = orjson.loads(FEED)["SearchResult"]["SearchResultItems"][0]
    item["MatchedObjectDescriptor"] |= changed
    (found,) = postings(PLATFORM, BOARD, answer([item], 1))
    return found


def answer(items: list[Any], total: int | None) -> bytes:
    result = {"SearchResultItems": items, "SearchResultCountAll": total}
    return orjson.dumps({"SearchResult": result})


@pytest.mark.parametrize(
    "url, token",
    [
        ("https://www.usajobs.gov/search/results/?l=Denver&k=nurse&p=2", BOARD.token),
        ("https://WWW.USAJOBS.gov/Search/Results?k=nurse&l=Denver", BOARD.token),
        ("https://data.usajobs.gov/api/search?LocationName=Denver&keyword=nurse", BOARD.token),
        ("https://data.usajobs.gov/api/Search?Keyword=a%20%26b&Page=3", "Keyword=a+%26b"),
        ("https://www.usajobs.gov/", "all"),
        ("usajobs.gov/search/results/?s=startdate", "all"),
    ],
)
def test_a_board_is_a_search(url: str, token: str) -> None:
    board = PLATFORM.recognise(url)
    assert board == Board("usajobs", token, "data.usajobs.gov", "USAJobs")
    assert PLATFORM.recognise(PLATFORM.start(board).url) == board


@pytest.mark.parametrize(
    "url",
    [
        "https://www.usajobs.gov/job/800100200",
        "https://www.usajobs.gov/help/faq",
        "https://developer.usajobs.gov/api/search",
        "https://data.usajobs.gov/api/codelist",
    ],
)
def test_addresses_of_no_board(url: str) -> None:
    assert PLATFORM.recognise(url) is None


def test_the_key_is_in_headers_of_the_request_that_is_sent_only() -> None:
    request = PLATFORM.start(BOARD)
    assert request.url == (
        "https://data.usajobs.gov/api/Search"
        "?Keyword=nurse&LocationName=Denver&ResultsPerPage=500&Page=1"
    )
    assert (request.headers, PLATFORM.secrets) == ({}, ("email", "key"))
    assert PLATFORM.authorise is not None
    sent = PLATFORM.authorise(request, {"email": "robin@example.com", "key": "k1"})
    assert sent.headers == {"User-Agent": "robin@example.com", "Authorization-Key": "k1"}
    assert (sent.url, request.headers) == (request.url, {})


def test_an_announcement_with_everything() -> None:
    first, _ = postings(PLATFORM, BOARD, FEED)
    assert first == Given(
        title="Registered Nurse",
        description="<h3>Summary</h3>\n<p>You care for patients.</p>"
        "\n<h3>Qualifications</h3>\n<p>A licence &amp; one year.</p>\n<p>Evening shifts.</p>",
        company="Example Hospital Service",
        locations=("Denver, Colorado, United States", "Ramstein, Germany"),
        employment_type=EmploymentType.FULL_TIME,
        salary=Money(min=72000, max=98500, currency="USD", period=Period.YEAR),
        category="Nurse",
        url="https://www.usajobs.gov/GetJob/ViewDetails/800100200",
        apply_url="https://www.usajobs.gov/GetJob/ViewDetails/800100200?PostingChannelID=",
        external_id="800100200",
        posted_at=datetime(2026, 11, 2, tzinfo=UTC),
        closes_at=datetime(2026, 12, 1, 4, 59, 59, tzinfo=UTC),
    )


def test_a_remote_job_is_open_to_the_whole_country() -> None:
    _, second = postings(PLATFORM, BOARD, FEED)
    assert (second.mode, second.remote_countries) == (Mode.REMOTE, ("US",))
    assert second.salary == Money(min=31.5, max=40, currency="USD", period=Period.HOUR)
    assert (second.employment_type, second.apply_url) == (None, None)


def test_a_date_alone_closes_at_the_end_of_that_day() -> None:
    _, second = postings(PLATFORM, BOARD, FEED)
    assert second.closes_at == datetime(2026, 11, 21, 4, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("date", ["9999-12-31T23:59:59", "soon", "", None, 5, "0001-01-01"])
def test_a_closing_date_that_cannot_be_is_left_out(date: object) -> None:
    assert one(ApplicationCloseDate=date).closes_at is None


@pytest.mark.parametrize(
    "pay",
    [
        {"MinimumRange": "0.0", "MaximumRange": "0.0", "RateIntervalCode": "WC"},
        {"MinimumRange": "2000", "MaximumRange": "3000", "RateIntervalCode": "BW"},
        {"MinimumRange": "x", "MaximumRange": None, "RateIntervalCode": "PA"},
        {"MinimumRange": "1", "MaximumRange": "2", "RateIntervalCode": "PA"},
        {"MinimumRange": "nan", "MaximumRange": "inf", "RateIntervalCode": "PA"},
    ],
)
def test_pay_that_is_not_clear_is_left_out(pay: dict[str, object]) -> None:
    assert one(PositionRemuneration=[pay]).salary is None


def test_pages_are_asked_for_until_the_total() -> None:
    item = orjson.loads(FEED)["SearchResult"]["SearchResultItems"][0]
    found, rest = read(PLATFORM, BOARD, answer([item] * 500, 501))
    (second,) = rest.next
    assert (len(found), rest.total, second.page) == (500, 501, 2)
    assert second.url.endswith("ResultsPerPage=500&Page=2")
    assert read(PLATFORM, BOARD, answer([item], 501), second)[1].next == ()


def test_a_server_that_repeats_a_page_is_broken() -> None:
    (second,) = read(PLATFORM, BOARD, answer([{}] * 500, 900))[1].next
    (fault,) = check(PLATFORM, BOARD, answer([{}] * 500, 900), second)
    assert (fault.broken, fault.errors[0].got) == (True, "the page before it again")


@pytest.mark.parametrize(
    "size, total, more", [(500, 500, False), (500, None, True), (2, None, False), (0, 900, False)]
)
def test_where_the_search_ends(size: int, total: int | None, more: bool) -> None:
    assert bool(read(PLATFORM, BOARD, answer([{}] * size, total))[1].next) is more


def test_a_search_that_never_ends_is_left() -> None:
    last = Request(PLATFORM.start(BOARD).url, page=20)
    found, rest = read(PLATFORM, BOARD, answer([{}] * 500, 10**6), last)
    assert (found[-1].broken, rest.next) == (True, ())


def test_a_refused_key_is_no_empty_search() -> None:
    (fault,) = check(PLATFORM, BOARD, b'{"Message": "Authorization failed"}')
    assert fault.broken
    assert fault.errors[0].got == '{"Message":"Authorization failed"}'
