"""schema.org: sitemaps to pages, pages to jobs, and the fields of a JobPosting."""

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.money import Money, Period
from models.posting import EmploymentType, Given, Mode
from reference.countries import countries_of
from sources.base import Parsed
from sources.boards.schema_org import PLATFORM
from sources.formats import sitemap
from sources.platform import Board, Page, Pending, Request
from tests.examples import examples
from tests.unit.sources.mangled import answers, feed, read

SITEMAP, INDEX, PAGE = (
    feed(f"schema_org_{name}") for name in ("sitemap.xml", "index.xml", "page.html")
)
SITE = "https://www.kestrel.example"
DAY_S = 24 * 3600
BOARD = Board("schema_org", f"{SITE}/sitemap.xml", "www.kestrel.example", "Kestrel")
JOB_PAGE = Request(f"{SITE}/careers/backend-engineer?id=1&lang=en", step="page")


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.example/sitemap.xml",
        "acme.example/jobs/sitemap-jobs.xml.gz",
        "https://acme.example/job_sitemap_2.xml?x=1",
        "http://127.0.0.1:8080/sitemap_index.xml",
    ],
)
def test_addresses_of_a_sitemap(url: str) -> None:
    board = PLATFORM.recognise(url)
    assert board is not None
    assert (board.platform, board.token.endswith(url.removeprefix("https://"))) == (
        "schema_org",
        True,
    )


@pytest.mark.parametrize(
    "url", ["https://acme.example/careers", "https://acme.example/feed.xml", ""]
)
def test_addresses_that_do_not_tell(url: str) -> None:
    assert PLATFORM.recognise(url) is None


def test_robots_are_obeyed_and_the_list_is_whole() -> None:
    assert (PLATFORM.terms.robots, PLATFORM.listing) == (True, "complete")


@pytest.mark.parametrize("piece", [1, 700, 1 << 16])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_sitemap_leads_to_its_own_job_pages_once_each(piece: int, pack: Any) -> None:
    found, rest = read(PLATFORM, BOARD, pack(SITEMAP), piece=piece)
    assert (found, rest.next) == ([], ())
    accountant = "https://kestrel.example/careers/accountant"
    assert rest.pending == (
        Pending(JOB_PAGE.url, "2026-11-19T10:00:00+00:00", JOB_PAGE, believed_s=14 * DAY_S),
        Pending(accountant, accountant, Request(accountant, step="page"), believed_s=3 * DAY_S),
    )


@pytest.mark.parametrize(
    "said, believed_s",
    [
        ("", 3 * DAY_S),
        ("<changefreq>hourly</changefreq>", DAY_S),
        ("<changefreq>Daily</changefreq>", DAY_S),
        ("<changefreq>weekly</changefreq>", 3 * DAY_S),
        ("<changefreq>never</changefreq>", 7 * DAY_S),
        ("<changefreq>sometimes</changefreq>", 3 * DAY_S),
        ("<changefreq>hourly</changefreq><lastmod>2026-11-01</lastmod>", 14 * DAY_S),
    ],
)
def test_how_long_a_page_is_taken_to_be_as_it_was(said: str, believed_s: int) -> None:
    body = f"<urlset><url><loc>/jobs/1</loc>{said}</url></urlset>".encode()
    _, rest = read(PLATFORM, BOARD, body)
    assert [page.believed_s for page in rest.pending] == [believed_s]


def test_a_sitemap_whose_addresses_do_not_tell_is_asked_for_whole() -> None:
    body = b"<urlset><url><loc>/a</loc></url><url><loc>/b</loc></url></urlset>"
    _, rest = read(PLATFORM, BOARD, body)
    assert [p.request.url for p in rest.pending] == [f"{SITE}/a", f"{SITE}/b"]


def test_a_sitemap_without_a_declaration_and_with_a_prefix_is_one() -> None:
    body = b"<s:urlset xmlns:s='x'><s:url><s:loc>/jobs/1</s:loc></s:url></s:urlset>"
    _, rest = read(PLATFORM, BOARD, body)
    assert [p.external_id for p in rest.pending] == [f"{SITE}/jobs/1"]


def test_other_xml_is_an_error_that_names_it() -> None:
    (found,), _ = read(PLATFORM, BOARD, b"<?xml version='1.0'?><rss/>")
    assert (found.broken, found.errors[0].got) == (True, "<rss>")


def test_an_index_leads_to_its_sitemaps_of_jobs() -> None:
    found, rest = read(PLATFORM, BOARD, INDEX)
    assert found == []
    assert [r.url for r in rest.next] == [
        f"{SITE}/job_listing-sitemap.xml",
        f"{SITE}/job_listing-sitemap2.xml.gz",
    ]
    _, below = read(PLATFORM, BOARD, gzip.compress(SITEMAP), rest.next[1])
    assert len(below.pending) == 2


def test_an_index_in_an_index_leads_nowhere() -> None:
    _, rest = read(PLATFORM, BOARD, INDEX)
    (found,), below = read(PLATFORM, BOARD, INDEX, rest.next[0])
    assert (found.broken, below.next) == (True, ())


@pytest.mark.parametrize("what, order", [("url", "87651234"), ("sitemap", "12345678")])
def test_pages_come_the_newest_first_and_sitemaps_in_their_own_order(what: str, order: str) -> None:
    root = "urlset" if what == "url" else "sitemapindex"
    dates = {n: f"<lastmod>2026-11-0{n}</lastmod>" for n in range(5, 9)}
    entries = "".join(
        f"<{what}><loc>/jobs/{n}</loc>{dates.get(n, '')}</{what}>" for n in range(1, 9)
    )
    found, rest = read(PLATFORM, BOARD, f"<{root}>{entries}</{root}>".encode())
    asked = [*rest.next, *(pending.request for pending in rest.pending)]
    assert (found, rest.cut) == ([], None)
    assert "".join(request.url[-1] for request in asked) == order


def test_what_is_beyond_a_sitemaps_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "ENTRIES_MAX", 3)
    entries = "".join(f"<url><loc>/jobs/{n}</loc></url>" for n in range(8))
    found, rest = read(PLATFORM, BOARD, f"<urlset>{entries}</urlset>".encode())
    assert (found, len(rest.pending)) == ([], 3)
    assert rest.cut == "a sitemap has 5 addresses too many"


def test_a_sitemap_of_thousands_is_listed_whole() -> None:
    entries = "".join(f"<url><loc>/jobs/{n}</loc></url>" for n in range(12_000))
    found, rest = read(PLATFORM, BOARD, f"<urlset>{entries}</urlset>".encode())
    assert (found, len(rest.pending), rest.cut) == ([], 12_000, None)


def test_a_cut_sitemap_is_broken_and_what_it_has_is_taken() -> None:
    (found,), rest = read(PLATFORM, BOARD, SITEMAP[: SITEMAP.index(b"<url><loc>https://elsewhere")])
    assert (found.broken, len(rest.pending)) == (True, 2)


def test_a_packed_sitemap_without_its_end_is_broken() -> None:
    (found,), rest = read(PLATFORM, BOARD, gzip.compress(SITEMAP)[:-20])
    assert (found.broken, rest) == (True, Page())


def test_a_page() -> None:
    (found,), _ = read(PLATFORM, BOARD, PAGE, JOB_PAGE)
    assert found.given == Given(
        title="Backend Engineer",
        company="Kestrel Ledger Ltd",
        description="<p>Keep books &amp; balance them.</p>",
        locations=("Leeds, England, United Kingdom", "Porto, Portugal"),
        mode=Mode.REMOTE,
        remote_countries=("GB", "PT"),
        employment_type=EmploymentType.FULL_TIME,
        salary=Money(min=60_000, max=75_000, currency="GBP"),
        skills=("Python", "PostgreSQL"),
        category="Software Developers",
        url=JOB_PAGE.url,
        apply_url=JOB_PAGE.url,
        external_id=JOB_PAGE.url,
        posted_at=datetime(2026, 11, 10, tzinfo=UTC),
        closes_at=datetime(2027, 1, 1, tzinfo=UTC),
    )


def test_a_single_page_is_a_board_as_well() -> None:
    board = Board("schema_org", JOB_PAGE.url, "www.kestrel.example", "")
    (found,), rest = read(PLATFORM, board, PAGE)
    assert found.given is not None
    assert (found.given.external_id, rest.pending) == (JOB_PAGE.url, ())


@pytest.mark.parametrize(
    "body", [b"", b"<html><body>Gone", b"<?xml version='1.0'?><html><p/></html>"]
)
def test_a_page_without_a_job(body: bytes) -> None:
    """Not every page of a sitemap has one; a board that is a page must."""
    assert read(PLATFORM, BOARD, body, JOB_PAGE) == ([], Page())
    (found,), _ = read(PLATFORM, BOARD, body)
    assert found.broken


def test_data_that_cannot_be_read_is_told() -> None:
    body = b'<script type="application/ld+json">{"@type": "JobPosting", }</script>'
    (found,), _ = read(PLATFORM, BOARD, body, JOB_PAGE)
    assert (found.given, found.broken, found.errors[0].expected) == (None, False, "JSON-LD")


def on_page(*jobs: dict[str, Any], company: str = "Kestrel") -> list[Parsed]:
    scripts = (
        f'<script type="application/ld+json">{json.dumps({"@type": "JobPosting", **job})}</script>'
        for job in jobs
    )
    board = Board("schema_org", BOARD.token, BOARD.host, company)
    return read(PLATFORM, board, "".join(scripts).encode(), JOB_PAGE)[0]


def one(**job: Any) -> Given:
    (found,) = on_page({"title": "Cook", **job})
    assert found.given is not None, found.errors
    return found.given


def test_several_jobs_on_a_page_have_identities_of_their_own() -> None:
    found = on_page(
        {"title": "A", "identifier": {"value": 7}},
        {"title": "B", "url": "/careers/b"},
        {"title": "C"},
        {"title": 5},
    )
    assert [p.given.external_id for p in found if p.given] == [
        f"{JOB_PAGE.url}#7",
        f"{JOB_PAGE.url}#/careers/b",
        f"{JOB_PAGE.url}#C",
    ]
    assert [p.line for p in found] == [1, 2, 3, 4]
    assert [e.pointer for e in found[3].errors] == ["/title"]
    assert found[1].given is not None
    assert found[1].given.url == f"{SITE}/careers/b"


@pytest.mark.parametrize(
    "organization, company",
    [
        ({"name": "Acme"}, "Acme"),
        ("Acme &amp; Sons", "Acme & Sons"),
        ([{"legalName": "Acme Ltd"}], "Acme Ltd"),
        (None, "Kestrel"),
        ({"name": 7}, "Kestrel"),
    ],
)
def test_companies(organization: Any, company: str) -> None:
    assert one(hiringOrganization=organization).company == company


@pytest.mark.parametrize(
    "place, locations",
    [
        (
            {"address": {"addressLocality": "Leeds", "addressCountry": "GB"}},
            ("Leeds, United Kingdom",),
        ),
        ({"Address": {"AddressLocality": "Leeds"}}, ("Leeds",)),
        ({"address": "Leeds, UK"}, ("Leeds, UK",)),
        ({"address": {"addressLocality": "Berlin", "addressRegion": "Berlin"}}, ("Berlin",)),
        ({"address": {"addressCountry": {"name": "DEU"}}}, ("Germany",)),
        (
            {"address": [{"addressLocality": "Leeds"}, {"addressLocality": "York"}]},
            ("Leeds", "York"),
        ),
        ({"name": "Leeds"}, ("Leeds",)),
        ("Leeds", ("Leeds",)),
        ([{"address": {"addressLocality": "Leeds"}}, 7, "York"], ("Leeds", "York")),
        ({"addressLocality": "Leeds"}, ("Leeds",)),
        ({"address": {"addressLocality": "N/A"}}, ()),
        (None, ()),
    ],
)
def test_places(place: Any, locations: tuple[str, ...]) -> None:
    assert one(jobLocation=place).locations == locations


@pytest.mark.parametrize(
    "required, codes",
    [
        ({"@type": "Country", "name": "USA"}, {"US"}),
        ([{"@type": "Country", "name": "France"}, {"name": "DE"}], {"FR", "DE"}),
        ({"@type": "State", "name": "Oregon, USA"}, {"US"}),
        ("Europe", countries_of("Europe")),
        ([{"name": "France"}, {"name": "Middle-earth"}], set()),
        (None, set()),
    ],
)
def test_where_a_remote_job_may_be_done_from(required: Any, codes: set[str]) -> None:
    found = one(jobLocationType="telecommute", applicantLocationRequirements=required)
    assert (found.mode, set(found.remote_countries)) == (Mode.REMOTE, codes)
    onsite = one(applicantLocationRequirements=required)
    assert (onsite.mode, onsite.remote_countries, onsite.locations) == (None, (), ())


@pytest.mark.parametrize(
    "kind, mode", [("Hybrid", Mode.HYBRID), (["x", "ONSITE"], Mode.ONSITE), (7, None), ("x", None)]
)
def test_modes_beyond_the_documented_one(kind: Any, mode: Mode | None) -> None:
    assert one(jobLocationType=kind).mode is mode


def test_a_remote_job_without_a_place_is_where_its_people_are() -> None:
    found = one(
        jobLocationType=["TELECOMMUTE"],
        applicantLocationRequirements={"@type": "State", "name": "Oregon, USA"},
    )
    assert found.locations == ("Oregon, USA",)


def pay(value: Any, currency: Any = "EUR", **more: Any) -> dict[str, Any]:
    return {"baseSalary": {"currency": currency, "value": value, **more}}


@pytest.mark.parametrize(
    "job, salary",
    [
        (pay({"minValue": 20, "maxValue": "25.50", "unitText": "HOUR"}),
         Money(min=20, max=25.5, currency="EUR", period=Period.HOUR)),
        (pay({"value": "50,000.00", "unitText": "Yearly"}),
         Money(min=50000, max=50000, currency="EUR")),
        (pay(4000, unitText="MONTH"),
         Money(min=4000, max=4000, currency="EUR", period=Period.MONTH)),
        (pay({"minValue": 300, "unitText": "per day"}, currency="eur"),
         Money(min=300, currency="EUR", period=Period.DAY)),
        ({**pay({"value": 50000, "unitText": "YEAR"}, currency=None), "salaryCurrency": "GBP"},
         Money(min=50000, max=50000, currency="GBP")),
        (pay([{"minValue": 50000, "maxValue": 60000, "unitText": "YEAR"},
              {"minValue": 55000, "maxValue": 70000, "unitText": "YEAR"}]),
         Money(min=50000, max=70000, currency="EUR")),
        (pay({"value": 50000}), None),
        (pay({"value": 50000, "unitText": "PROJECT"}), None),
        (pay({"value": 50000, "unitText": "YEAR"}, currency="Euros"), None),
        (pay({"minValue": 0, "maxValue": 0, "unitText": "YEAR"}), None),
        (pay({"minValue": 60000, "maxValue": 50000, "unitText": "YEAR"}), None),
        (pay({"value": "competitive", "unitText": "YEAR"}), None),
        ({"baseSalary": "50000"}, None),
        ({"estimatedSalary": pay({"value": 50000, "unitText": "YEAR"})["baseSalary"]}, None),
    ],
)  # fmt: skip
def test_pay(job: dict[str, Any], salary: Money | None) -> None:
    assert one(**job).salary == salary


@pytest.mark.parametrize(
    "stated, kind",
    [
        ("PART_TIME", EmploymentType.PART_TIME),
        ("Intern", EmploymentType.INTERNSHIP),
        (["OTHER", "TEMPORARY"], EmploymentType.TEMPORARY),
        ("CONTRACTOR", EmploymentType.CONTRACT),
        ("PER_DIEM", EmploymentType.TEMPORARY),
        ([7, None], None),
    ],
)
def test_employment(stated: Any, kind: EmploymentType | None) -> None:
    assert one(employmentType=stated).employment_type is kind


@pytest.mark.parametrize(
    "valid_through, closes",
    [
        ("2026-12-01", datetime(2026, 12, 2, tzinfo=UTC)),
        ("2026-12-01T12:00:00+01:00", datetime(2026, 12, 1, 11, tzinfo=UTC)),
        ("9999-12-31", None),
        ("soon", None),
        (7, None),
    ],
)
def test_the_last_day_is_meant_whole(valid_through: Any, closes: datetime | None) -> None:
    assert one(validThrough=valid_through).closes_at == closes


@pytest.mark.parametrize(
    "description, kept",
    [
        ("<p>a &lt; b</p>", "<p>a &lt; b</p>"),
        ("&lt;p&gt;a&lt;/p&gt;", "<p>a</p>"),
        (["<p>a</p>", "b"], "<p>a</p>"),
        ({"a": 1}, ""),
    ],
)
def test_descriptions(description: Any, kept: str) -> None:
    assert one(description=description).description == kept


def linked_data() -> bytes:
    start = PAGE.index(b'{\n    "@context"')
    return PAGE[start : PAGE.index(b"</script>", start)]


@given(answers(linked_data()))
@settings(max_examples=examples(300), deadline=None)
def test_whatever_a_job_posting_is(document: bytes) -> None:
    body = b'<script type="application/ld+json">' + document + b"</script>"
    found, rest = read(PLATFORM, BOARD, body, JOB_PAGE)
    assert all((p.given is None) == bool(p.errors) for p in found)
    assert rest.records == tuple(found)
    assert (found, rest) == read(PLATFORM, BOARD, body, JOB_PAGE, piece=97)


@pytest.mark.parametrize(
    "document",
    [SITEMAP, INDEX, PAGE, gzip.compress(SITEMAP)],
    ids=["sitemap", "index", "page", "packed"],
)
@given(data=st.data())
@settings(max_examples=examples(150), deadline=None)
def test_whatever_arrives(document: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(document)))
    body = (
        document[:at]
        + data.draw(st.binary(max_size=9))
        + document[at + data.draw(st.integers(0, 99)) :]
    )
    found, rest = read(PLATFORM, BOARD, body)
    assert all((p.given is None) == bool(p.errors) for p in found)
    asked = [*rest.next, *(pending.request for pending in rest.pending)]
    assert all(r.url.removeprefix("https://").startswith(("www.kestrel", "kestrel")) for r in asked)
