"""Sitemaps: their entries, and what a hostile or broken one does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.formats import sitemap
from sources.formats.sitemap import Entry, Sitemap
from tests.examples import examples
from tests.unit.sources.mangled import feed

SITEMAP = feed("schema_org_sitemap.xml")


def read(body: bytes, piece: int = 1 << 16) -> Sitemap:
    found = Sitemap()
    for at in range(0, len(body), piece):
        found.feed(body[at : at + piece])
    found.close()
    return found


@pytest.mark.parametrize("piece", [1, 7, 1 << 16])
def test_entries(piece: int) -> None:
    found = read(SITEMAP, piece)
    assert (found.fault, found.is_index, len(found.entries)) == (None, False, 7)
    assert found.entries[0] == Entry("https://www.kestrel.example/", "2026-11-20")
    assert found.entries[2] == Entry(
        "https://www.kestrel.example/careers/backend-engineer?id=1&lang=en",
        "2026-11-19T10:00:00+00:00",
    )


@pytest.mark.parametrize(
    "body",
    [
        b"<urlset><url><loc>a</loc></url></urlset>",
        b"\n <urlset xmlns='http://www.google.com/schemas/sitemap/0.84'><url><loc>a</loc></url></urlset>",
        b"<s:urlset xmlns:s='x'><s:url><s:loc><![CDATA[a]]></s:loc></s:url></s:urlset>",
        b"<urlset><url><loc> </loc></url><url><loc>a</loc></url><url/></urlset>",
    ],
)
def test_forms(body: bytes) -> None:
    assert read(body).entries == [Entry("a", "")]


def test_what_an_entry_says_of_its_changes() -> None:
    said = b"<url><loc>a</loc><lastmod> 2026-11-01 </lastmod><changefreq>Daily</changefreq></url>"
    assert read(b"<urlset>" + said + b"</urlset>").entries == [Entry("a", "2026-11-01", "Daily")]


def test_an_index() -> None:
    found = read(feed("schema_org_index.xml"))
    assert (found.is_index, len(found.entries), found.fault) == (True, 4, None)


@pytest.mark.parametrize(
    "body, got",
    [
        (b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]><urlset/>", "a document type declaration"),
        (b"<rss/>", "<rss>"),
        (b"<html>", "an HTML page"),
        (b"", "no element found"),
        (b"<urlset><url>", "no element found"),
        (b"<urlset>" + b"<a>" * 40, "elements nested more than 32 deep"),
        (b"<urlset a='" + b"x" * (3 << 20), "a tag without an end"),
        (b"<urlset><url><loc>&a;</loc></url></urlset>", "undefined entity"),
    ],
)
def test_what_is_not_read(body: bytes, got: str) -> None:
    fault = read(body).fault
    assert fault is not None
    assert (fault.broken, fault.errors[0].got) == (True, got)


def test_a_cut_one_keeps_what_came_before() -> None:
    found = read(SITEMAP[: SITEMAP.index(b"accountant")])
    assert len(found.entries) == 3
    assert found.fault is not None


def test_a_long_one_is_read_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "ENTRIES_MAX", 10)
    found = read(b"<urlset>" + b"<url><loc>a</loc></url>" * 30 + b"</urlset>")
    assert (len(found.entries), found.beyond, found.fault) == (10, 20, None)


def test_an_address_too_long_to_ask_for_is_passed_over() -> None:
    long = b"https://a.example/" + b"x" * 3000
    found = read(b"<urlset><url><loc>" + long + b"</loc></url><url><loc>b</loc></url></urlset>")
    assert [entry.url for entry in found.entries] == ["b"]


@given(st.data())
@settings(max_examples=examples(200), deadline=None)
def test_any_damage_is_a_fault_or_none(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(SITEMAP)))
    body = SITEMAP[:at] + data.draw(st.binary(max_size=8)) + SITEMAP[at + 3 :]
    whole, pieces = read(body), read(body, 13)
    assert (whole.entries, whole.fault is None) == (pieces.entries, pieces.fault is None)
