"""RSS, Atom and Indeed XML as platforms: which addresses are theirs, and whose the jobs are.

Their fields and faults are in test_xml.py.
"""

import tracemalloc
from collections.abc import Iterator

import pytest

from models.posting import Given, Mode
from sources.formats import indeed, rss
from sources.platform import Board, Page, Platform
from tests.unit.sources.mangled import feed, postings, read

RSS, INDEED = feed("rss.xml"), feed("indeed.xml")
TEAMTAILOR = Board("rss", "https://moss.teamtailor.com/jobs.rss", "moss.teamtailor.com", "Moss")
JOBS_XML = Board("indeed", "https://jobs.hallam.example/indeed.xml", "jobs.hallam.example", "")


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.example/jobs.rss",
        "https://acme.example/jobs/feed/",
        "https://acme.example/feed?category=jobs",
        "https://acme.example/feed.xml",
        "https://acme.example/jobs-rss.xml",
        "https://acme.example/careers.ATOM?x=1",
        "https://acme.example/?feed=rss2",
        "acme.example/rss",
        "http://127.0.0.1:8080/jobs.rss",
    ],
)
def test_addresses_of_a_feed(url: str) -> None:
    board = rss.PLATFORM.recognise(url)
    assert board is not None
    assert (board.platform, board.company) == ("rss", "")
    assert rss.PLATFORM.start(board).url == board.token


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.example/jobs",
        "https://acme.example/jobs.xml",
        "https://acme.example/feedback",
        "https://acme.example/press/",
        "https://acme.example/rss-news.html",
        "https://acme.example/press.xml",
        "https://acme.example/jobs.rss.html",
        "https://www.teamtailor.com/pricing",
        "https://support.teamtailor.com/",
        "",
    ],
)
def test_addresses_of_no_feed(url: str) -> None:
    assert rss.PLATFORM.recognise(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "https://moss.teamtailor.com",
        "moss.teamtailor.com/jobs/7001-embedded-engineer?utm=x",
        "https://MOSS.teamtailor.com/jobs.rss",
    ],
)
def test_teamtailor(url: str) -> None:
    board = rss.PLATFORM.recognise(url)
    assert board is not None
    assert board.token == TEAMTAILOR.token


def test_teamtailor_s_items() -> None:
    first, second = postings(rss.PLATFORM, TEAMTAILOR, RSS)
    assert (first.title, first.company, first.mode) == ("Embedded Engineer", "Moss", Mode.HYBRID)
    assert (first.locations, first.category) == (("Malmö, Sweden",), "Engineering")
    assert (second.title, second.company) == ("Gardener at heart", "Moss")


@pytest.mark.parametrize("company, expected", [("Moss AB", "Moss AB"), ("", "Moss Robotics")])
def test_items_that_name_no_company_are_the_board_s_or_else_the_feed_s(
    company: str, expected: str
) -> None:
    board = Board("rss", "https://moss.example/jobs.rss", "moss.example", company)
    assert {p.company for p in postings(rss.PLATFORM, board, RSS)} == {expected}


def test_a_feed_is_a_window() -> None:
    assert (rss.PLATFORM.listing, indeed.PLATFORM.listing) == ("window", "complete")
    assert read(rss.PLATFORM, TEAMTAILOR, RSS)[1] == Page()


@pytest.mark.parametrize("platform", [rss.PLATFORM, indeed.PLATFORM])
def test_a_feed_that_was_switched_off_is_an_error(platform: Platform) -> None:
    (found,), _ = read(platform, TEAMTAILOR, b"<!DOCTYPE html><html><body>Gone</body></html>")
    assert (found.broken, found.errors[0].got) == (True, "an HTML page")


@pytest.mark.parametrize(
    "url",
    [
        "https://jobs.hallam.example/indeed.xml",
        "https://acme.example/feeds/indeed-jobs.xml?key=1",
        "https://acme.example/xml/indeed/",
    ],
)
def test_addresses_of_indeed_xml(url: str) -> None:
    board = indeed.PLATFORM.recognise(url)
    assert board is not None
    assert (board.platform, board.token) == ("indeed", url)


@pytest.mark.parametrize("url", ["https://www.indeed.com/jobs", "https://acme.example/jobs.xml"])
def test_addresses_that_do_not_tell(url: str) -> None:
    assert indeed.PLATFORM.recognise(url) is None


@pytest.mark.parametrize("company, second", [("Hallam", "Hallam"), ("", "Hallam Group")])
def test_jobs_of_indeed_xml(company: str, second: str) -> None:
    board = Board("indeed", JOBS_XML.token, JOBS_XML.host, company)
    found = postings(indeed.PLATFORM, board, INDEED)
    assert [(p.external_id, p.company) for p in found] == [
        ("HG-1001", "Hallam Steelworks"),
        ("HG-1002", second),
    ]
    assert found[1] == Given(
        title="Accountant",
        company=second,
        description="<p>Count things.</p>",
        locations=("York, GB",),
        mode=Mode.REMOTE,
        url="https://jobs.hallam.example/1002",
        external_id="HG-1002",
    )


JOB = b"<job><title>Cook</title><description>" + b"x " * 8_000 + b"</description></job>"


def pieces(size: int) -> Iterator[bytes]:
    """A file of jobs of that many bytes, as it would arrive."""
    yield b"<source><publisher>Acme</publisher>"
    for _ in range(size // (4 * len(JOB))):
        yield JOB * 4
    yield b"</source>"


def test_a_long_file_is_read_in_little_memory() -> None:
    reader, count = indeed.PLATFORM.reader(JOBS_XML, indeed.PLATFORM.start(JOBS_XML)), 0
    tracemalloc.start()
    for piece in pieces(16 << 20):
        count += sum(parsed.given is not None for parsed in reader.feed(piece))
    last, (_, peak) = reader.close(), tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert last == []
    assert count == (16 << 20) // len(JOB) // 4 * 4
    assert peak < 4 << 20
