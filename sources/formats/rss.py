"""RSS 2.0, RSS 1.0 (RDF) and Atom, with the elements that Teamtailor adds.

A general feed has no field for the company. It is looked for in this order: an element of that
name; "Role — Company" and "Role at Company" in the title; the board's; the name of the feed. A
description "Company · Place · platform" is taken apart when its company closes the title as well.

RSS: https://www.rssboard.org/rss-specification; Atom: RFC 4287.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from xml.etree.ElementTree import Element

from sources import facts
from sources.addresses import company_of, slug_before, taken_apart
from sources.boards.feed_address import board_at, file_of
from sources.formats.xml_records import XmlParser, markup
from sources.platform import Board, Platform, Reader, Request, StreamReader, Terms
from sources.validation import Fields

NAME, TITLE = "rss", "RSS or Atom"
ATOM = "{http://www.w3.org/2005/Atom}"
RSS1 = "{http://purl.org/rss/1.0/}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
TEAMTAILOR = "{https://teamtailor.com/locations}"

_FEED = re.compile(
    r"\.(?:rss|atom|rdf)/?(?:\?|$)|/(?:rss|atom|feed)s?(?:\.xml)?/?(?:\?|$)"
    r"|(?<![a-z])rss(?![a-z])[^/?]*\.xml(?:\?|$)|[?&](?:feed|format|type)=(?:rss2?|atom)\b"
)
_TEAMTAILOR_HOSTS = ("teamtailor.com", "na.teamtailor.com")
_TEAMTAILOR_ITS_OWN = re.compile(
    r"www|app|api|career|careers|support|help|docs|blog|status|go|login|na|assets|partners?"
)
_FORMS = re.compile(r"(?P<role>.+)(?:\s+—\s*|\s+at\s+)(?P<company>\S.*)", re.DOTALL)
_FEED_BEFORE = re.compile(
    r"^(?:jobs|careers|vacancies|open positions)\s+(?:at|with|-|–|—)\s+", re.I
)
_FEED_AFTER = re.compile(
    r"(?:['’]s)?(?:\s*[-–—|:])?\s+(?:rss feed|rss|feed|jobs|careers|vacancies|open positions)$",
    re.I,
)


def recognise(url: str) -> Board | None:
    """A career site on Teamtailor's host, or an address that ends as those of feeds do."""
    board = board_at(NAME, url)
    is_feed = board is not None and _FEED.search(file_of(board)) is not None
    return board if is_feed else teamtailor(url)


def teamtailor(url: str) -> Board | None:
    """The feed of a career site on Teamtailor's host; None for its own pages and other hosts."""
    address = taken_apart(url)
    if address is None:
        return None
    for domain in _TEAMTAILOR_HOSTS:
        slug = slug_before(address.host, domain)
        if slug and not _TEAMTAILOR_ITS_OWN.fullmatch(slug):
            return board_at(NAME, f"https://{address.host}/jobs.rss", company_of(slug))
    return None


def start(board: Board) -> Request:
    return Request(board.token)


def reader(board: Board, request: Request) -> Reader:
    return StreamReader(xml_parser(board.company, request.charset))


def xml_parser(company: str = "", charset: str | None = None) -> XmlParser:
    """`company` is whose the items are that name none."""
    return XmlParser(
        roots=frozenset({"rss", f"{ATOM}feed", f"{RDF}RDF"}),
        records=frozenset({"item", f"{ATOM}entry", f"{RSS1}item"}),
        expected="an RSS or Atom feed",
        read=partial(fields_of, of=company),
        charset=charset,
    )


@dataclass(frozen=True, slots=True)
class _Named:
    """What title and description say together; `description` None: it is used up."""

    title: str
    company: str
    place: str
    description: str | None


def fields_of(item: Element, head: Mapping[str, str], of: str = "") -> Fields:
    """`guid`, else the link, is the item's identity."""
    named = _named(item, of or _feed_company(head))
    link = _link(item)
    return {
        "title": named.title or None,
        "company": named.company or None,
        "description": named.description or "",
        "locations": facts.places(named.place, *_teamtailor_places(item)),
        "mode": facts.mode(_text(item, "remoteStatus")),
        "category": facts.name(_text(item, f"{TEAMTAILOR}department")),
        "url": facts.address(link),
        "external_id": facts.external_id(_text(item, "guid", f"{ATOM}id") or link),
        "posted_at": facts.moment(
            _text(item, "pubDate", f"{ATOM}published", f"{ATOM}updated", f"{DUBLIN_CORE}date")
        ),
    }


def _named(item: Element, of: str) -> _Named:
    title = facts.one_line(_text(item, "title", f"{ATOM}title", f"{RSS1}title"))
    description = _description(item)
    stated = facts.one_line(_text(item, "company", "company_name", "companyName"))
    place = _text(item, "location") or ""
    company, *middle = description.split(" · ")
    if len(middle) >= 2 and title.endswith(f" — {company}"):
        role = title.removesuffix(f" — {company}").rstrip()
        return _Named(role, company, place or " · ".join(middle[:-1]), None)
    if stated:
        return _Named(title, stated, place, description)
    # Teamtailor's feeds are of one company, and their titles are only roles.
    form = None if item.find(f"{TEAMTAILOR}locations") is not None else _FORMS.fullmatch(title)
    if form:
        return _Named(form["role"], form["company"], place, description)
    return _Named(title, of, place, description)


def _feed_company(head: Mapping[str, str]) -> str:
    names = (f"{space}title" for space in ("", ATOM, RSS1))
    return company_named(facts.one_line(next(filter(None, map(head.get, names)), "")))


def company_named(name: str) -> str:
    """Whose a feed or page of that name is. "Jobs at Acme", "Acme's RSS feed", "Acme - Careers":
    Acme."""
    return _FEED_AFTER.sub("", _FEED_BEFORE.sub("", name)).strip()


def _description(item: Element) -> str:
    names = (f"{CONTENT}encoded", "description", f"{ATOM}content", f"{ATOM}summary")
    for name in (*names, f"{RSS1}description"):
        child = item.find(name)
        if child is not None and (text := markup(child).strip()):
            return text
    return ""


def _link(item: Element) -> str | None:
    for link in item.findall(f"{ATOM}link"):
        if link.get("rel", "alternate") == "alternate" and link.get("href"):
            return link.get("href")
    return _text(item, "link", f"{RSS1}link")


def _teamtailor_places(item: Element) -> list[str]:
    found = []
    for location in item.iterfind(f"{TEAMTAILOR}locations/{TEAMTAILOR}location"):
        city, country = (
            _text(location, f"{TEAMTAILOR}city"),
            _text(location, f"{TEAMTAILOR}country"),
        )
        place = ", ".join(part for part in (city, country) if part)
        found.append(place or _text(location, f"{TEAMTAILOR}name") or "")
    return found


def _text(element: Element, *names: str) -> str | None:
    """The first of the named children that has text."""
    texts = ((element.findtext(name) or "").strip() for name in names)
    return next((text for text in texts if text), None)


PLATFORM = Platform(
    name=NAME,
    title=TITLE,
    terms=Terms(interval_s=300),
    listing="window",
    recognise=recognise,
    start=start,
    reader=reader,
)
