"""Discovering: which boards a careers page shows, in which order, and whose they are."""

import gzip
import time

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.discover import boards_in
from sources.formats.page import PAGE_MAX_BYTES
from sources.platform import Board
from tests.examples import examples
from tests.unit.sources.mangled import feed

URL = "https://www.kestrel.example/careers/"
HOST = "www.kestrel.example"
SIZE = PAGE_MAX_BYTES // 8


def shown(text: str | bytes, url: str = URL) -> list[tuple[str, str]]:
    body = text.encode() if isinstance(text, str) else text
    return [(board.platform, board.token) for board in boards_in(body, url, "text/html")]


def test_a_careers_page() -> None:
    assert boards_in(feed("careers.html"), URL, "text/html") == (
        Board("greenhouse", "kestrelledger", "boards-api.greenhouse.io", "Kestrel Ledger"),
        Board("rss", f"{URL}jobs.rss", HOST, "Kestrel Ledger"),
        Board("rss", f"https://{HOST}/feed/", HOST, "Kestrel Ledger"),
        Board("schema_org", f"https://{HOST}/sitemap.xml", HOST, "Kestrel Ledger"),
    )


@pytest.mark.parametrize(
    "markup, board",
    [
        ('<iframe src="https://boards.greenhouse.io/embed/job_board?for=acme&amp;b=x">',
         ("greenhouse", "acme")),
        ("<iframe data-src=//job-boards.eu.greenhouse.io/embed/job_board?for=acme>",
         ("greenhouse", "acme")),
        ("<script>fetch('https://boards-api.greenhouse.io/v1/boards/acme/jobs')</script>",
         ("greenhouse", "acme")),
        ("<a href=https://jobs.eu.lever.co/acme/1-2>Cook</a>", ("lever", "acme")),
        (r'<script>{"u": "https:\/\/jobs.lever.co\/acme\/1"}</script>', ("lever", "acme")),
        ("<script>window.leverJobsOptions = {accountName: 'acme'}</script>", ("lever", "acme")),
        ("<script src='https://jobs.ashbyhq.com/acme/embed?v=2'></script>", ("ashby", "acme")),
        ("<a href='https://apply.workable.com/acme/#jobs'>Jobs</a>", ("workable", "acme")),
        ("<script src=//static.smartrecruiters.com/job-widget/w.js></script>"
         '<script>widget({"company_code": "Acme1"})</script>', ("smartrecruiters", "Acme1")),
        ("<a href=https://careers.smartrecruiters.com/Acme1>", ("smartrecruiters", "Acme1")),
        ("<a href=https://acme.recruitee.com/o/cook>", ("recruitee", "acme")),
        ("<link rel=stylesheet href=https://careers.recruiteecdn.com/a.css>", ("recruitee", HOST)),
        ("<iframe src=https://acme.jobs.personio.de/?language=de>", ("personio", "acme")),
        ("<a href=https://acme.teamtailor.com/jobs>", ("rss", "https://acme.teamtailor.com/jobs.rss")),
        ("<link rel='alternate feed' type='Application/Atom+XML' href=/jobs.atom>",
         ("rss", f"https://{HOST}/jobs.atom")),
        ("<script type=application/ld+json>{\"@type\": \"JobPosting\"}</script>",
         ("schema_org", URL)),
    ],
)  # fmt: skip
def test_what_pages_embed_and_link(markup: str, board: tuple[str, str]) -> None:
    assert shown(f"<!doctype html><body>{markup}") == [board]


@pytest.mark.parametrize(
    "markup",
    [
        "<a href=https://www.lever.co/pricing>",
        "<a href=https://www.greenhouse.com/>",
        "<a href=https://www.teamtailor.com/?utm=career>",
        "<a href=https://www.ashbyhq.com>",
        "<link rel=preconnect href=https://boards.greenhouse.io>",
        "<!-- <a href=https://jobs.lever.co/acme> -->",
        "<a href=https://remoteok.com>",
        "<a href=mailto:jobs@jobs.lever.co/acme>",
        "<link rel=alternate type=application/rss+xml href=/comments/feed/>",
        "<link rel=alternate hreflang=de href=/de/jobs.rss>",
        "<script type=application/ld+json>{\"@type\": \"Organization\"}</script>",
        "<script type=application/ld+json>JobPosting</script>",
        "https://jobs.lever.co/acme in a text",
        '<script>{"company_code": "Acme1", "accountName": "acme"}</script>',
    ],
)  # fmt: skip
def test_what_is_no_board(markup: str) -> None:
    assert shown(f"<!doctype html><body>{markup}") == []


def test_the_most_certain_first_and_each_once() -> None:
    markup = (
        "<link rel=alternate type=application/rss+xml href=/news.rss>"
        "<link rel=alternate type=application/rss+xml href=/jobs.rss>"
        '<script type=application/ld+json>{"@type": "JobPosting"}</script>'
        "<a href=https://jobs.lever.co/once>"
        "<a href=https://jobs.lever.co/Twice/1><a href=https://jobs.lever.co/Twice/2>"
        "<iframe src=https://acme.jobs.personio.de></iframe>"
        "<a href=https://acme.jobs.personio.de/job/1>"
    )
    assert shown(markup) == [
        ("personio", "acme"),
        ("lever", "Twice"),
        ("lever", "once"),
        ("schema_org", URL),
        ("rss", f"https://{HOST}/jobs.rss"),
        ("rss", f"https://{HOST}/news.rss"),
    ]


@pytest.mark.parametrize(
    "head, company",
    [
        ("<meta property=og:site_name content='Acme Inc'><title>Jobs</title>", "Acme Inc"),
        ("<title>Careers | Acme</title>", "Acme"),
        ("<title>Acme – Open positions</title>", "Acme"),
        ("<title>Jobs at Acme</title>", "Acme"),
        ("<title>Acme Careers: Join us</title>", "Acme"),
        ("<meta property=og:site_name content=Careers><title>Acme</title>", "Acme"),
        ("<title>Join us</title>", "Acme Co"),
        ("", "Acme Co"),
    ],
)
def test_the_company_of_a_board_is_what_its_page_calls_itself(head: str, company: str) -> None:
    body = f"{head}<a href=https://jobs.lever.co/acme-co>".encode()
    (board,) = boards_in(body, URL, None)
    assert board.company == company


def test_a_page_with_the_boards_of_many_names_none_of_them() -> None:
    body = (
        b"<title>Big Fund</title><a href=https://jobs.lever.co/a1><a href=https://jobs.lever.co/b2>"
    )
    assert [board.company for board in boards_in(body, URL, None)] == ["A1", "B2"]


@pytest.mark.parametrize(
    "body, name",
    [
        (feed("rss.xml"), "rss"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'/>", "rss"),
        (feed("indeed.xml"), "indeed"),
        (feed("schema_org_sitemap.xml"), "schema_org"),
        (feed("schema_org_index.xml"), "schema_org"),
        (gzip.compress(feed("schema_org_sitemap.xml")), "schema_org"),
    ],
    ids=["rss", "atom", "indeed", "sitemap", "index", "packed"],
)
def test_an_answer_that_is_a_feed_itself(body: bytes, name: str) -> None:
    url = "https://acme.example/jobs.xml"
    assert boards_in(body, url, "text/html") == (Board(name, url, "acme.example", ""),)


def test_an_address_that_tells_comes_first_whatever_its_page_shows() -> None:
    url = "https://jobs.lever.co/acme"
    assert shown("<a href=https://jobs.lever.co/acme/1>", url) == [("lever", "acme")]
    other = "<iframe src=https://jobs.lever.co/other></iframe><a href=https://jobs.lever.co/acme>"
    assert shown(other, url) == [("lever", "acme"), ("lever", "other")]


def test_what_an_answer_is_outweighs_what_its_address_says() -> None:
    assert shown(feed("rss.xml"), "https://a.example/indeed.xml") == [
        ("rss", "https://a.example/indeed.xml")
    ]
    (board,) = boards_in(feed("rss.xml"), "https://moss.teamtailor.com/jobs.rss", None)
    assert (board.platform, board.company) == ("rss", "")


@pytest.mark.parametrize(
    "url, board",
    [
        ("https://api.lever.co/v0/postings/acme?mode=json", ("lever", "acme")),
        ("https://jobs.acme.example/api/offers/", ("recruitee", "jobs.acme.example")),
        ("https://acme.jobs.personio.de/xml", ("personio", "acme")),
    ],
)
def test_the_answer_of_an_api(url: str, board: tuple[str, str]) -> None:
    answer = orjson.dumps({"offers": ["<rss>", "<a href=https://jobs.lever.co/other>"]})
    assert shown(answer, url) == [board]


@pytest.mark.parametrize(
    "piece",
    [
        "<a href=https://jobs.lever.co/a>",
        "<link rel=alternate type=application/rss+xml href=x>",
        "<script>https://",
        "<a a",
        "<base href=x>",
        "<meta property=x>",
    ],
)
def test_hostile_pages_take_linear_time(piece: str) -> None:
    body = (piece * SIZE)[:SIZE].encode()
    begun = time.process_time()
    boards_in(body, URL, None)
    assert time.process_time() - begun < 5


@given(st.data())
@settings(max_examples=examples(200), deadline=None)
def test_any_page_is_read(data: st.DataObject) -> None:
    documents = [feed("careers.html"), feed("schema_org_page.html"), feed("rss.xml")]
    document = data.draw(st.sampled_from(documents))
    at = data.draw(st.integers(0, len(document)))
    damaged = document[:at] + data.draw(st.binary(max_size=9)) + document[at + 5 :]
    for body in (damaged, data.draw(st.binary(max_size=60))):
        found = boards_in(body, URL, data.draw(st.none() | st.text(max_size=9)))
        assert len(set(found)) == len(found)
