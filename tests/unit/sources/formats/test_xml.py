"""Indeed XML, RSS and Atom: their fields, and what a hostile or broken document does."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from models.posting import EmploymentType, Given, Mode
from sources.base import RECORD_MAX_BYTES, Parsed, Parser, parse
from sources.formats import indeed, rss

INDEED = b"""<?xml version="1.0" encoding="utf-8"?>
<source>
  <publisher>Example ATS</publisher>
  <lastBuildDate>Fri, 10 Dec 2026 22:49:39 GMT</lastBuildDate>
  <job>
    <title><![CDATA[Sales & Service Executive]]></title>
    <date><![CDATA[2026-10-19T22:49:39Z]]></date>
    <referencenumber><![CDATA[unique123]]></referencenumber>
    <requisitionid><![CDATA[req9]]></requisitionid>
    <url><![CDATA[https://ats.example/job?id=1&src=feed]]></url>
    <company><![CDATA[ABC Hospital]]></company>
    <city><![CDATA[Phoenix]]></city><state><![CDATA[AZ]]></state><country><![CDATA[US]]></country>
    <description><![CDATA[<p>Sell things.</p>]]></description>
    <salary><![CDATA[$50K per Year]]></salary>
    <jobtype><![CDATA[fulltime]]></jobtype>
    <category><![CDATA[Sales]]></category>
    <remotetype><![CDATA[Hybrid remote]]></remotetype>
    <expirationdate><![CDATA[2027-01-01]]></expirationdate>
  </job>
  <job><title>Cook</title><city>Reno</city></job>
</source>
"""
RSS = b"""<rss version="2.0"><channel><title>Jobs at Acme</title>
<item><title>Cook</title><link>https://a.example/1</link><guid>g1</guid></item>
<item><title>Waiter</title><link>https://a.example/2</link><guid>g2</guid></item>
</channel></rss>"""


def read(parser: Parser, document: bytes, piece: int = 1 << 20) -> list[Parsed]:
    return list(parse(parser, [document[i : i + piece] for i in range(0, len(document), piece)]))


def item(inner: str, head: str = "<title>Acme's RSS feed</title>") -> Given:
    spaces = (
        'xmlns:tt="https://teamtailor.com/locations" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    )
    document = f"<rss {spaces}><channel>{head}<item>{inner}</item></channel></rss>"
    (parsed,) = read(rss.xml_parser(), document.encode())
    assert parsed.given is not None, parsed.errors
    return parsed.given


@pytest.mark.parametrize("piece", [1, 7, 1 << 20])
def test_an_indeed_job(piece: int) -> None:
    first, second = read(indeed.xml_parser(), INDEED, piece)
    assert (first.line, second.line) == (5, 20)
    assert first.given == Given(
        title="Sales & Service Executive",
        description="<p>Salary: $50K per Year</p>\n<p>Sell things.</p>",
        company="ABC Hospital",
        locations=("Phoenix, AZ, US",),
        mode=Mode.HYBRID,
        employment_type=EmploymentType.FULL_TIME,
        category="Sales",
        url="https://ats.example/job?id=1&src=feed",
        external_id="unique123",
        posted_at=datetime(2026, 10, 19, 22, 49, 39, tzinfo=UTC),
        closes_at=datetime(2027, 1, 2, tzinfo=UTC),
    )
    assert second.given == Given(title="Cook", company="Example ATS", locations=("Reno",))


def test_a_description_in_elements_instead_of_cdata() -> None:
    document = INDEED.replace(
        b"<city>Reno", b"<description>1 &lt; <b>2</b> &amp; 3</description><city>Reno"
    )
    _, found = read(indeed.xml_parser(), document)
    assert found.given is not None
    assert found.given.description == "1 &lt; <b>2</b> &amp; 3"


def test_a_job_without_a_title_is_named() -> None:
    document = INDEED.replace(b"<title>Cook</title>", b"")
    _, bad = read(indeed.xml_parser(), document)
    assert (bad.line, bad.broken) == (20, False)
    assert [(e.pointer, e.got) for e in bad.errors] == [("/title", "null")]


@pytest.mark.parametrize(
    "title, role, company",
    [
        ("Cook — Blue Café", "Cook", "Blue Café"),
        ("Research Fellowship — APEX — Mercor", "Research Fellowship — APEX", "Mercor"),
        ("Cook at Blue Café", "Cook", "Blue Café"),
        ("Cook", "Cook", "Acme"),
        ("R&amp;amp;D   Cook", "R&D Cook", "Acme"),
    ],
)
def test_title_forms(title: str, role: str, company: str) -> None:
    found = item(f"<title>{title}</title>")
    assert (found.title, found.company) == (role, company)


@pytest.mark.parametrize(
    "name",
    ["Acme", "Jobs at Acme", "Acme's RSS feed", "Acme - Careers", "Acme | Jobs", "Acme jobs"],
)
def test_the_company_of_the_feed(name: str) -> None:
    assert item("<title>Cook</title>", f"<title>{name}</title>").company == "Acme"


def test_a_stated_company_wins() -> None:
    found = item("<title>Cook — Night</title><company>Blue Café</company>")
    assert (found.title, found.company) == ("Cook — Night", "Blue Café")


def test_company_place_and_platform_in_the_description() -> None:
    found = item(
        "<title>Cook  — Blue Café</title><description>Blue Café · York · UK · lever</description>"
    )
    assert (found.title, found.company, found.description) == ("Cook", "Blue Café", "")
    assert found.locations == ("York · UK",)


def test_a_teamtailor_item() -> None:
    found = item(
        "<title>Engineer at heart</title><guid>6d9e</guid><remoteStatus>fully</remoteStatus>"
        "<link>https://career.acme.example/jobs/1</link>"
        "<pubDate>Mon, 16 Nov 2026 10:00:00 +0100</pubDate>"
        "<description>&lt;p&gt;Hi&lt;/p&gt;</description>"
        "<tt:locations><tt:location><tt:name>HQ</tt:name><tt:city>Oslo</tt:city>"
        "<tt:country>Norway</tt:country></tt:location>"
        "<tt:location><tt:name>Malmö</tt:name></tt:location></tt:locations>"
        "<tt:department>Product</tt:department>"
    )
    assert found == Given(
        title="Engineer at heart",
        company="Acme",
        description="<p>Hi</p>",
        locations=("Oslo, Norway", "Malmö"),
        mode=Mode.REMOTE,
        category="Product",
        url="https://career.acme.example/jobs/1",
        external_id="6d9e",
        posted_at=datetime(2026, 11, 16, 9, tzinfo=UTC),
    )


def test_an_atom_entry() -> None:
    document = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Acme - Jobs</title>
    <entry><title>Cook</title><id>urn:1</id><updated>2026-11-16T10:00:00Z</updated>
    <link rel="self" href="https://a.example/self"/><link href="https://a.example/1"/>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Big <b>pots</b></p></div>
    </content></entry></feed>"""
    (found,) = read(rss.xml_parser(), document)
    assert found.line == 2
    assert found.given is not None
    assert found.given.description == "<div><p>Big <b>pots</b></p></div>"
    assert (found.given.url, found.given.external_id) == ("https://a.example/1", "urn:1")
    assert (found.given.company, found.given.posted_at) == (
        "Acme",
        datetime(2026, 11, 16, 10, tzinfo=UTC),
    )


def test_rdf() -> None:
    document = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    xmlns="http://purl.org/rss/1.0/"><channel><title>Acme</title></channel>
    <item><title>Cook</title><link>https://a.example/1</link></item></rdf:RDF>"""
    (found,) = read(rss.xml_parser(), document)
    assert found.given is not None
    assert (found.given.title, found.given.company) == ("Cook", "Acme")
    assert found.given.external_id == "https://a.example/1"


@pytest.mark.parametrize(
    "text, expected",
    [
        ("not a date", None),
        ("2026-13-45", None),
        ("", None),
        ("2026-11-16", datetime(2026, 11, 16, tzinfo=UTC)),
        ("Mon, 16 Nov 2026 10:00:00 -0000", datetime(2026, 11, 16, 10, tzinfo=UTC)),
        ("16 Nov 2026 10:00:00 EST", datetime(2026, 11, 16, 15, tzinfo=UTC)),
    ],
)
def test_a_date_that_cannot_be_read_is_left_out(text: str, expected: datetime | None) -> None:
    assert item(f"<title>Cook</title><pubDate>{text}</pubDate>").posted_at == expected


def test_a_guid_too_long_to_keep_stays_an_identity() -> None:
    long = item(f"<title>Cook</title><guid>{'g' * 500}</guid>").external_id
    other = item(f"<title>Cook</title><guid>{'h' * 500}</guid>").external_id
    assert long is not None
    assert len(long) == 36
    assert long != other


BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<rss><channel><item><title>&b;</title></item></channel></rss>"""
XXE = b"""<!DOCTYPE source [<!ENTITY x SYSTEM "file:///etc/hostname">]>
<source><job><title>&x;</title><company>A</company></job></source>"""
OUTER = b'<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd"><rss/>'
FAULTS = [
    (rss.xml_parser, BOMB, 2, "an RSS or Atom feed", "a document type declaration"),
    (rss.xml_parser, OUTER, 1, "an RSS or Atom feed", "a document type declaration"),
    (
        indeed.xml_parser,
        XXE,
        1,
        "Indeed XML: <source> with <job> elements",
        "a document type declaration",
    ),
    (rss.xml_parser, b"<!DOCTYPE html><html><body>Hi", 1, "an RSS or Atom feed", "an HTML page"),
    (rss.xml_parser, b"<HTML><body><p>Hi<br>", 1, "an RSS or Atom feed", "an HTML page"),
    (rss.xml_parser, b"<source><job/></source>", 1, "an RSS or Atom feed", "<source>"),
    (rss.xml_parser, b"Service unavailable", 1, "well-formed XML", "syntax error"),
    (rss.xml_parser, b"", 1, "well-formed XML", "no element found"),
]


@pytest.mark.parametrize("make, document, line, expected, got", FAULTS)
def test_a_document_that_is_not_read(
    make: Callable[[], Parser], document: bytes, line: int, expected: str, got: str
) -> None:
    parser = make()
    (found,) = read(parser, document)
    assert (found.broken, found.line) == (True, line)
    assert (found.errors[0].expected, found.errors[0].got) == (expected, got)
    assert parser.feed(RSS) == []


@pytest.mark.parametrize(
    "document, line, got",
    [
        (RSS[: RSS.index(b"Waiter")], 3, "no element found"),
        (RSS.replace(b"Waiter", b"Wait & see"), 3, "not well-formed (invalid token)"),
        (b"\n\n" + RSS.replace(b"Waiter", b"<b>x"), 5, "mismatched tag"),
    ],
)
def test_a_broken_document_keeps_what_came_before(document: bytes, line: int, got: str) -> None:
    first, last = read(rss.xml_parser(), document)
    assert first.given is not None
    assert first.given.title == "Cook"
    assert (last.broken, last.line, last.errors[0].got) == (True, line, got)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_encodings(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + RSS.decode().replace("Cook", "Köchin")
    first, _ = read(rss.xml_parser(), text.encode(encoding), piece=11)
    assert first.given is not None
    assert first.given.title == "Köchin"


def test_what_real_feeds_get_wrong_is_mended() -> None:
    document = (
        b"\r\n  " + b'<?xml version="1.0"?>' + RSS.replace(b"Cook", b"Chef&nbsp;de\x0b partie")
    )
    first, second = read(rss.xml_parser(), document)
    assert first.given is not None
    assert first.given.title == "Chef de partie"
    assert second.given is not None
    assert (first.line, second.line) == (3, 4)


def test_an_entity_nobody_knows_stays_as_it_is_written() -> None:
    first, _ = read(rss.xml_parser(), RSS.replace(b"Cook", b"Cook &nosuch; Chef"))
    assert first.given is not None
    assert first.given.title == "Cook &nosuch; Chef"


@pytest.mark.parametrize(
    "inner",
    [b"<description>" + b"x" * (2 * RECORD_MAX_BYTES) + b"</description>", b"<a></a>" * 20_000],
)
def test_an_item_that_is_too_large_is_named_and_costs_only_itself(inner: bytes) -> None:
    document = RSS.replace(b"<guid>g1", inner + b"<guid>g1")
    bad, good = read(rss.xml_parser(), document, 50_000)
    assert (bad.line, bad.given, bad.errors[0].got) == (2, None, "a longer one")
    assert (good.line, good.given is not None) == (3, True)


@pytest.mark.parametrize("begin", [b'<item a="', b"<!--", b"<item", b"<a:"])
def test_a_tag_without_an_end_is_not_gathered(begin: bytes) -> None:
    parser = rss.xml_parser()
    found = parser.feed(RSS[: RSS.index(b"<item><title>Waiter")] + begin)
    for _ in range(40):
        found += parser.feed(b"x" * 65_536)
    first, last = found + parser.close()
    assert first.given is not None
    assert (last.broken, last.line, last.errors[0].got) == (True, 3, "a longer one")


def test_a_description_beyond_what_is_kept_is_named() -> None:
    document = RSS.replace(
        b"<guid>g1", b"<description>" + b"x" * 100_001 + b"</description><guid>g1"
    )
    bad, _ = read(rss.xml_parser(), document)
    assert [e.pointer for e in bad.errors] == ["/description"]


@pytest.mark.parametrize(
    ("declaration", "encoding", "charset"),
    [
        ("", "iso-8859-1", "iso-8859-1"),
        ("", "windows-1252", "Windows-1252"),
        ('<?xml version="1.0"?>', "iso-8859-15", "iso-8859-15"),
        ('<?xml version="1.0" encoding="utf-8"?>', "utf-8", "iso-8859-1"),
        ('<?xml version="1.0" encoding="iso-8859-1"?>', "iso-8859-1", "utf-8"),
        ("\ufeff", "utf-8", "iso-8859-1"),
        ("", "utf-8", "shift_jis"),
        ("", "utf-8", "of-no-kind"),
        ("", "utf-8", None),
    ],
)
def test_the_answers_encoding_counts_where_the_document_says_none(
    declaration: str, encoding: str, charset: str | None
) -> None:
    item = "<item><title>Ingénieur at Acme</title></item>"
    document = f"{declaration}<rss><channel>{item}</channel></rss>".encode(encoding)
    (found,) = read(rss.xml_parser(charset=charset), document)
    assert found.given is not None
    assert found.given.title == "Ingénieur"
