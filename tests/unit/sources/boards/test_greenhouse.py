"""Greenhouse: addresses, fields and the traps of its board API."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from models.money import Money, Period
from models.posting import EmploymentType, Given, Mode
from sources.boards.greenhouse import PLATFORM
from sources.platform import Board
from tests.unit.sources.mangled import check, feed, postings, read

FEED = feed("greenhouse.json")
BOARD = Board("greenhouse", "amberline", "boards-api.greenhouse.io", "Amberline")


def one(**changed: Any) -> Given:
    """The first job of the fixture with other fields."""
    job = orjson.loads(FEED)["jobs"][0] | changed
    (found,) = postings(PLATFORM, BOARD, orjson.dumps({"jobs": [job]}))
    return found


@pytest.mark.parametrize(
    "url, token",
    [
        ("boards.greenhouse.io/acme", "acme"),
        ("https://boards.greenhouse.io/acme/jobs/123?gh_src=abc", "acme"),
        ("http://BOARDS.Greenhouse.io/acme-inc/", "acme-inc"),
        ("https://job-boards.greenhouse.io/acme/jobs/123#app", "acme"),
        ("https://job-boards.eu.greenhouse.io/acme", "acme"),
        ("https://boards.eu.greenhouse.io/acme", "acme"),
        ("https://boards.greenhouse.io/embed/job_board?for=acme&b=x", "acme"),
        ("https://boards.greenhouse.io/embed/job_board/js?for=acme", "acme"),
        ("https://job-boards.greenhouse.io/embed/job_app?token=1&for=acme", "acme"),
        ("https://boards-api.greenhouse.io/v1/boards/acme/jobs?content=true", "acme"),
    ],
)
def test_addresses_of_a_board(url: str, token: str) -> None:
    board = PLATFORM.recognise(url)
    assert board is not None
    assert (board.platform, board.token, board.host) == ("greenhouse", token, BOARD.host)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.greenhouse.io/pricing",
        "https://boards.greenhouse.io/",
        "https://boards.greenhouse.io/embed/job_board",
        "https://boards.greenhouse.io/embed/job_board?for=..%2F..%2Fother",
        "https://boards.greenhouse.io/%2e%2e/secret",
        "https://boards.greenhouse.io/a%2Fb",
        "https://boards.greenhouse.io/a%3Fb",
        "https://boards.greenhouse.io.evil.example/acme",
        "https://boards.greenhouse.io@evil.example/acme",
        "ftp://boards.greenhouse.io/acme",
        "",
    ],
)
def test_addresses_of_no_board(url: str) -> None:
    assert PLATFORM.recognise(url) is None


def test_the_request() -> None:
    request = PLATFORM.start(BOARD)
    assert request.url == (
        "https://boards-api.greenhouse.io/v1/boards/amberline/jobs"
        "?content=true&pay_transparency=true"
    )


def test_a_job_with_everything() -> None:
    first, _ = postings(PLATFORM, BOARD, FEED)
    assert first == Given(
        title="Senior Data Engineer",
        description="<p>You build pipelines for R&amp;D with <strong>Python</strong>.</p>"
        "<ul><li>Kafka &gt; Flink</li></ul>",
        company="Amberline Systems",
        locations=("Leeds, United Kingdom", "Remote - Ireland"),
        mode=Mode.HYBRID,
        employment_type=EmploymentType.FULL_TIME,
        salary=Money(min=60000, max=82000, currency="GBP", period=Period.YEAR),
        category="Data Platform",
        url="https://job-boards.greenhouse.io/amberline/jobs/4100001001",
        external_id="4100001001",
        posted_at=datetime(2026, 10, 5, 14, tzinfo=UTC),
    )


def test_a_line_that_says_only_hybrid_gives_way_to_the_offices() -> None:
    _, second = postings(PLATFORM, BOARD, FEED)
    assert second.locations == ("Reno, Nevada, United States", "Tucson, Arizona")
    assert (second.mode, second.category, second.company) == (Mode.HYBRID, None, "Amberline")


def test_an_amount_that_can_only_be_hourly() -> None:
    _, second = postings(PLATFORM, BOARD, FEED)
    assert second.salary == Money(min=21.5, max=26, currency="USD", period=Period.HOUR)


def test_the_offices_of_a_remote_job_are_not_its_places() -> None:
    offices = [{"name": "Oslo", "location": "Oslo, Norway"}, {"name": "Remote - Norway"}]
    found = one(location={"name": "Remote"}, offices=offices, metadata=[])
    assert (found.locations, found.mode) == (("Remote", "Remote - Norway"), Mode.REMOTE)


@pytest.mark.parametrize(
    "line, mode",
    [
        ("On-site", Mode.ONSITE),
        ("Hybrid or Remote", None),
        ("Multiple Locations", None),
        ("", None),
    ],
)
def test_the_mode_is_what_one_word_says(line: str, mode: Mode | None) -> None:
    assert one(location={"name": line}, metadata=[]).mode is mode


def test_a_prospect_post_is_no_vacancy_and_is_not_counted() -> None:
    found, rest = read(PLATFORM, BOARD, FEED)
    assert [parsed.line for parsed in found] == [1, 2]
    assert (rest.total, rest.next, rest.pending) == (2, (), ())


@pytest.mark.parametrize(
    "content, description",
    [
        ("&lt;p&gt;A &amp;amp; B&lt;/p&gt;", "<p>A &amp; B</p>"),
        ("&amp;lt;p&amp;gt;A&amp;lt;/p&amp;gt;", "<p>A</p>"),
        ("<p>How to write &amp;lt;b&amp;gt;</p>", "<p>How to write &amp;lt;b&amp;gt;</p>"),
        ("R&amp;amp;D and more", "R&amp;D and more"),
        (None, ""),
    ],
)
def test_content_is_unescaped_as_often_as_it_was_escaped(
    content: str | None, description: str
) -> None:
    assert one(content=content).description == description


@pytest.mark.parametrize(
    "stated, pay",
    [
        ({"min_cents": 250000, "max_cents": 300000, "currency_type": "USD"}, None),
        ({"min_cents": 9000000, "max_cents": 8000000, "currency_type": "USD"}, None),
        ({"min_cents": 9000000, "max_cents": None, "currency_type": "Dollars"}, None),
        ({"min_cents": 0, "max_cents": 0, "currency_type": "USD"}, None),
        ({"min_cents": "x", "max_cents": [], "currency_type": 5}, None),
        (
            {"min_cents": 9000, "max_cents": 11000, "currency_type": "USD", "title": "Hourly rate"},
            Money(min=90, max=110, currency="USD", period=Period.HOUR),
        ),
        (
            {"min_cents": 0, "max_cents": 11000000, "currency_type": "usd"},
            Money(max=110000, currency="USD", period=Period.YEAR),
        ),
    ],
)
def test_pay_that_is_not_clear_is_left_out(stated: dict[str, Any], pay: Money | None) -> None:
    assert one(pay_input_ranges=[stated]).salary == pay


def test_the_first_currency_counts() -> None:
    ranges = [
        {"min_cents": 9000000, "max_cents": 10000000, "currency_type": "CAD"},
        {"min_cents": 8000000, "max_cents": 12000000, "currency_type": "USD"},
    ]
    assert one(pay_input_ranges=ranges).salary == Money(min=90000, max=100000, currency="CAD")


def test_an_update_is_no_publication() -> None:
    assert one(first_published=None).posted_at is None


def test_a_faulty_job_costs_itself_only() -> None:
    board = orjson.loads(FEED)
    board["jobs"][1:1] = [{"internal_job_id": 1, "title": ["x"]}, "text"]
    found, _ = read(PLATFORM, BOARD, orjson.dumps(board))
    told = [(p.line, [(e.pointer, e.expected, e.got) for e in p.errors]) for p in found]
    assert told == [
        (1, []),
        (2, [("/title", "a valid string", "null")]),
        (3, [("", "a JSON object", "a string")]),
        (4, []),
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"absolute_url": "javascript:alert(1)"},
        {"absolute_url": "https://a.example/\x01"},
        {"company_name": "x" * 201},
        {"departments": [{"name": "x" * 201}]},
        {"offices": "none", "metadata": {"a": 1}, "location": None},
        {"location": {"name": ", ".join(["Springfield"] * 500)}},
        {"location": {"name": ";".join(f"Town {n}" for n in range(300))}},
        {"first_published": "soon", "pay_input_ranges": None},
        {"id": "x" * 300},
        {"title": "Data\u0000 Engineer\u0007"},
        {"content": "<p>" + "x" * 200_000},
    ],
)
def test_what_cannot_be_kept_does_not_cost_the_posting(changed: dict[str, Any]) -> None:
    assert one(**changed).title in ("Senior Data Engineer", "Data Engineer")


def test_a_very_long_description_is_cut_between_tags() -> None:
    text = one(content="<p>words</p><b class='x'>" * 5000).description
    assert 99_000 < len(text) <= 100_000
    assert text.endswith(">")


def test_half_an_emoji_costs_nothing() -> None:
    body = FEED.replace(b"Senior Data Engineer ", rb"Data Engineer \ud83d")
    first, _ = postings(PLATFORM, BOARD, body)
    assert first.title == "Data Engineer \ufffd"


@pytest.mark.parametrize(
    "body, expected, got",
    [
        (b"<!DOCTYPE html><html>", "Greenhouse's JSON", "an HTML page"),
        (b"\n <html lang=en>", "Greenhouse's JSON", "an HTML page"),
        (b"<?xml version='1.0'?>", "Greenhouse's JSON", "XML or HTML"),
        (b"", "Greenhouse's JSON", "an empty answer"),
        (b"[]", "Greenhouse's JSON object", "an array"),
        (b'{"jobs": {}}', "Greenhouse's JSON with an array jobs", "an object"),
        (b"{}", "Greenhouse's JSON with an array jobs", "an object"),
        (
            b'{"status": 404, "error": "Job not found"}',
            "Greenhouse's JSON with an array jobs",
            '{"status":404,"error":"Job not found"}',
        ),
        (b"[" * 1020 + b"]" * 1020, "Greenhouse's JSON object", "an array"),
    ],
)
def test_an_error_is_no_empty_list(body: bytes, expected: str, got: str) -> None:
    found, rest = read(PLATFORM, BOARD, body)
    (fault,) = found
    assert fault.broken
    assert [(error.expected, error.got) for error in fault.errors] == [(expected, got)]
    assert rest.total is None


def test_an_answer_in_another_encoding_is_broken() -> None:
    (fault,) = check(PLATFORM, BOARD, FEED.decode().replace("Leeds", "Köln").encode("latin-1"))
    assert fault.broken


def test_an_empty_board_is_no_fault() -> None:
    assert read(PLATFORM, BOARD, b'\xef\xbb\xbf{"jobs": [], "meta": {"total": 0}}')[0] == []
