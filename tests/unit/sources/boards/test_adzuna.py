"""Adzuna: countries and searches, paging, predicted pay, and secrets that no address keeps."""

from datetime import UTC, datetime

import orjson
import pytest

from models.money import Money
from models.posting import EmploymentType, Given
from sources.boards.adzuna import PAGE_SIZE, PAGES_MAX, PLATFORM
from sources.platform import Board, Request
from tests.unit.sources.mangled import feed, postings, read

FEED = feed("adzuna.json")
BOARD = Board("adzuna", "gb?what=welder&where=Leeds", "api.adzuna.com", "")


@pytest.mark.parametrize(
    "url, token",
    [
        ("https://www.adzuna.co.uk/search?q=welder&w=Leeds&p=3", "gb?what=welder&where=Leeds"),
        ("https://www.adzuna.com/", "us"),
        ("adzuna.de/search?q=K%C3%B6chin", "de?what=K%C3%B6chin"),
        ("https://www.adzuna.com.au/search?w=Perth%26x=1", "au?where=Perth%26x%3D1"),
        (
            "https://api.adzuna.com/v1/api/jobs/GB/search/4?app_id=i&app_key=k&what=a",
            "gb?what=a",
        ),
    ],
)
def test_addresses_of_a_board(url: str, token: str) -> None:
    assert PLATFORM.recognise(url) == Board("adzuna", token, "api.adzuna.com", "")


@pytest.mark.parametrize(
    "url",
    [
        "https://developer.adzuna.com/docs",
        "https://www.adzuna.co.uk/land/ad/4910283746",
        "https://www.adzuna.example/search",
        "https://api.adzuna.com/v1/api/jobs/..%2f/search/1",
        "https://api.adzuna.com/v1/api/version",
    ],
)
def test_addresses_of_no_board(url: str) -> None:
    assert PLATFORM.recognise(url) is None


def test_the_secrets_are_added_when_it_is_asked_and_never_before() -> None:
    request = PLATFORM.start(BOARD)
    assert request.url == (
        "https://api.adzuna.com/v1/api/jobs/gb/search/1"
        "?results_per_page=50&sort_by=date&what=welder&where=Leeds"
    )
    assert PLATFORM.secrets == ("app_id", "app_key")
    assert PLATFORM.authorise is not None
    asked = PLATFORM.authorise(request, {"app_id": "me", "app_key": "a&b", "other": "x"})
    assert asked.url == f"{request.url}&app_id=me&app_key=a%26b"


def test_jobs() -> None:
    found, rest = read(PLATFORM, BOARD, FEED)
    first, second = (parsed.given for parsed in found[:2])
    assert first == Given(
        title="Welder / Fabricator",
        company="Hallam Steelworks",
        description=(
            "Hallam Steelworks seeks a welder for its workshop in Leeds."
            " You will read drawings, set up …"
        ),
        locations=("Leeds, West Yorkshire, United Kingdom",),
        employment_type=EmploymentType.FULL_TIME,
        salary=Money(min=32_000, max=36_000, currency="GBP"),
        category="Trade & Construction Jobs",
        url="https://www.adzuna.co.uk/jobs/land/ad/4910283746?se=x",
        external_id="4910283746",
        posted_at=datetime(2026, 11, 19, 8, 12, 44, tzinfo=UTC),
    )
    assert second is not None
    assert second.employment_type is EmploymentType.PART_TIME
    assert (rest.total, rest.next) == (3, ())


@pytest.mark.parametrize(
    "predicted, known", [("1", False), (1, False), (True, False), ("0", True), (0, True)]
)
def test_predicted_pay_is_unknown_pay(predicted: object, known: bool) -> None:
    answer = orjson.loads(FEED)
    answer["results"] = [{**answer["results"][0], "salary_is_predicted": predicted}]
    (found,) = postings(PLATFORM, BOARD, orjson.dumps(answer))
    assert (found.salary is not None) is known


def test_a_job_of_nobody_is_rejected_and_its_neighbours_pass() -> None:
    found, _ = read(PLATFORM, BOARD, FEED)
    assert [(p.line, p.given is not None) for p in found] == [(1, True), (2, True), (3, False)]
    assert [e.pointer for e in found[2].errors] == ["/company"]


def test_a_contract_is_what_it_is() -> None:
    answer = orjson.loads(FEED)
    answer["results"] = [{**answer["results"][0], "contract_type": "contract"}]
    (found,) = postings(PLATFORM, BOARD, orjson.dumps(answer))
    assert found.employment_type is EmploymentType.CONTRACT


def full_page(first: int, count: int) -> bytes:
    jobs = [{"id": str(first + n), "title": "Cook"} for n in range(PAGE_SIZE)]
    return orjson.dumps({"count": count, "results": jobs})


def further(request: Request, body: bytes) -> tuple[Request, ...]:
    return read(PLATFORM, BOARD, body, request)[1].next


def test_full_pages_have_a_next_one_until_the_count_is_reached() -> None:
    (second,) = further(PLATFORM.start(BOARD), full_page(0, 120))
    assert (second.page, "/search/2?" in second.url) == (2, True)
    (third,) = further(second, full_page(PAGE_SIZE, 120))
    assert further(third, full_page(2 * PAGE_SIZE, 120)) == ()


def test_a_page_that_repeats_the_one_before_is_the_last() -> None:
    (second,) = further(PLATFORM.start(BOARD), full_page(0, 10_000))
    found, rest = read(PLATFORM, BOARD, full_page(0, 10_000), second)
    assert (found, rest.next) == ([], ())


def test_pages_that_never_end_are_left_at_the_cap() -> None:
    waiting, pages = [PLATFORM.start(BOARD)], 0
    while waiting:
        request = waiting.pop()
        pages += 1
        waiting += further(request, full_page(request.page * PAGE_SIZE, 10**9))
    assert pages == PAGES_MAX
