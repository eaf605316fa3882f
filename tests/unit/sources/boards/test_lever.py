"""Lever: addresses, fields, paging and the traps of its postings API."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from models.money import Money, Period
from models.posting import EmploymentType, Given, Mode
from sources.boards.lever import PLATFORM
from sources.platform import Board, Request
from tests.unit.sources.mangled import check, feed, postings, read

FEED = feed("lever.json")
BOARD = Board("lever", "bluefinch", "api.lever.co", "Bluefinch")


def one(**changed: Any) -> Given:
    posting = orjson.loads(FEED)[0] | changed
    (found,) = postings(PLATFORM, BOARD, orjson.dumps([posting]))
    return found


@pytest.mark.parametrize(
    "url, host",
    [
        ("jobs.lever.co/acme", "api.lever.co"),
        ("https://jobs.lever.co/acme/6f2d1f7e-0c2b/apply?lever-source=x", "api.lever.co"),
        ("http://JOBS.EU.LEVER.CO/acme", "api.eu.lever.co"),
        ("https://api.lever.co/v0/postings/acme?mode=json", "api.lever.co"),
        ("https://api.eu.lever.co/v0/postings/acme", "api.eu.lever.co"),
    ],
)
def test_addresses_of_a_board(url: str, host: str) -> None:
    assert PLATFORM.recognise(url) == Board("lever", "acme", host, "Acme")


@pytest.mark.parametrize(
    "url",
    [
        "https://www.lever.co/pricing",
        "https://jobs.lever.co",
        "https://jobs.lever.co/..%2f..%2fv1",
        "https://api.lever.co/v1/postings/acme",
        "https://hire.lever.co/acme",
        "https://notlever.co/acme",
    ],
)
def test_addresses_of_no_board(url: str) -> None:
    assert PLATFORM.recognise(url) is None


def test_a_posting_with_everything() -> None:
    first, second = postings(PLATFORM, BOARD, FEED)
    assert first == Given(
        title="Staff Backend Engineer",
        description="<p>Bluefinch moves money.</p>\n"
        "<p>You own the ledger:<br>Go &amp; Postgres.</p>"
        "\n<h3>You bring</h3>\n<ul><li>Go</li><li>Patience</li></ul>"
        "\n<p>We hire people of all ages &amp; backgrounds.</p>",
        company="Bluefinch",
        locations=("Toronto, Ontario, Canada", "Montréal, Quebec"),
        mode=Mode.HYBRID,
        employment_type=EmploymentType.FULL_TIME,
        salary=Money(min=140000, max=175000, currency="CAD", period=Period.YEAR),
        category="Engineering",
        url="https://jobs.lever.co/bluefinch/6f2d1f7e-0c2b-4a51-9a0e-1f1a5a0c0001",
        apply_url="https://jobs.lever.co/bluefinch/6f2d1f7e-0c2b-4a51-9a0e-1f1a5a0c0001/apply",
        external_id="6f2d1f7e-0c2b-4a51-9a0e-1f1a5a0c0001",
        posted_at=datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC),
    )
    assert (second.locations, second.mode, second.category) == (("Remote",), None, "Support")
    assert (second.employment_type, second.salary) == (EmploymentType.PART_TIME, None)


def test_an_opening_that_the_body_does_not_repeat_stands_before_it() -> None:
    found = one(
        opening="<p>Hello.</p>", descriptionPlain="You own it.", lists=[], additionalPlain=""
    )
    assert found.description == "<p>Hello.</p>\n<p>You own it.</p>"


@pytest.mark.parametrize(
    "stated, mode",
    [
        ("remote", Mode.REMOTE),
        ("on-site", Mode.ONSITE),
        ("onsite", Mode.ONSITE),
        ("Hybrid", Mode.HYBRID),
        ("unspecified", None),
        (None, None),
        (7, None),
    ],
)
def test_the_mode_is_what_is_stated(stated: object, mode: Mode | None) -> None:
    assert one(workplaceType=stated).mode is mode


@pytest.mark.parametrize(
    "line, country, place",
    [
        ("Berlin", "DE", "Berlin, Germany"),
        ("Cardiff, London or Remote (UK)", "GB", "Cardiff, London or Remote (UK)"),
        ("Remote - US", "US", "Remote - US"),
        ("San Francisco, CA", "US", "San Francisco, CA, United States"),
        ("Atlanta, Georgia", "US", "Atlanta, Georgia, United States"),
        ("Tbilisi, Georgia", "GE", "Tbilisi, Georgia"),
        ("Paris, France", "US", "Paris, France"),
        ("Berlin", None, "Berlin"),
        ("Berlin", "??", "Berlin"),
    ],
)
def test_the_country_stands_behind_a_line_that_names_none(
    line: str, country: str | None, place: str
) -> None:
    assert one(categories={"location": line}, country=country).locations == (place,)


@pytest.mark.parametrize(
    "interval, period",
    [
        ("per-hour-wage", Period.HOUR),
        ("per-month-salary", Period.MONTH),
        ("bi-week-salary", None),
        ("one-time", None),
        (None, None),
    ],
)
def test_the_interval_is_not_guessed(interval: str | None, period: Period | None) -> None:
    amounts = {Period.HOUR: (30, 40), Period.MONTH: (4000, 5000), None: (4000, 5000)}
    low, high = amounts[period]
    pay = one(salaryRange={"currency": "EUR", "interval": interval, "min": low, "max": high}).salary
    assert (pay and (pay.min, pay.max, pay.period)) == (period and (low, high, period))


def test_pay_written_in_thousands_is_left_out() -> None:
    stated = {"min": 100, "max": 130, "currency": "CAD", "interval": "per-year-salary"}
    assert one(salaryRange=stated).salary is None


@pytest.mark.parametrize("created", [None, "x", -1, 0, 10**18, 1790000000, True])
def test_a_date_that_cannot_be_is_left_out(created: object) -> None:
    assert one(createdAt=created).posted_at is None


def full(size: int) -> bytes:
    posting = orjson.loads(FEED)[0]
    return orjson.dumps([posting | {"id": str(n)} for n in range(size)])


def test_pages_are_asked_for_until_one_is_not_full() -> None:
    first = PLATFORM.start(BOARD)
    assert first.url == "https://api.lever.co/v0/postings/bluefinch?mode=json&skip=0&limit=100"
    found, rest = read(PLATFORM, BOARD, full(100), first)
    (second,) = rest.next
    assert (len(found), second.page) == (100, 2)
    assert second.url.endswith("skip=100&limit=100")
    found, rest = read(PLATFORM, BOARD, full(99), second)
    assert (len(found), rest.next) == (99, ())
    assert read(PLATFORM, BOARD, b"[]", second)[1].next == ()


def test_a_server_that_takes_no_skip_is_broken() -> None:
    (second,) = read(PLATFORM, BOARD, full(100))[1].next
    (fault,) = check(PLATFORM, BOARD, full(100), second)
    assert fault.broken
    assert fault.errors[0].expected == "page 2 of the postings"


def test_a_server_that_never_ends_is_left_and_the_list_is_not_taken_for_whole() -> None:
    found, rest = read(PLATFORM, BOARD, full(100), Request("https://api.lever.co/", page=100))
    assert (found[-1].broken, len(found), rest.next) == (True, 101, ())


def test_a_missing_board_is_broken() -> None:
    (fault,) = check(PLATFORM, BOARD, b'{"ok": false, "error": "Document not found"}')
    assert fault.broken
    assert fault.errors[0].expected == "Lever's JSON array"
    assert fault.errors[0].got == '{"ok":false,"error":"Document not found"}'
