"""Personio's XML feed of open positions: one answer has the whole board.

The feed names no addresses: a position's page is `https://{host}/job/{id}`. A feed that is switched
off answers 404, and an unknown company with Personio's own web page: that is broken, not empty.

https://developer.personio.de/docs/retrieving-open-job-positions
"""

import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from models.posting import EmploymentType, Level
from sources import facts
from sources.addresses import company_of, slug_before, taken_apart
from sources.formats.xml_records import XmlParser, markup
from sources.platform import Board, Platform, Reader, Request, StreamReader, Terms
from sources.validation import Fields

NAME, TITLE = "personio", "Personio"
_DOMAINS = ("jobs.personio.de", "jobs.personio.com")
_OWN = {"www", "api", "app"}
_ID = re.compile(r"[A-Za-z0-9-]{1,64}")

_EMPLOYMENT = {
    "intern": EmploymentType.INTERNSHIP,
    "trainee": EmploymentType.INTERNSHIP,
    "working_student": EmploymentType.INTERNSHIP,
    "freelance": EmploymentType.CONTRACT,
    "temporary": EmploymentType.TEMPORARY,
}
"""`permanent` says how long, not how much: then the schedule counts."""
_LEVELS = {
    "student": Level.INTERN,
    "entry-level": Level.JUNIOR,
    "executive": Level.EXECUTIVE,
}
"""`experienced` stands for more than one level of ours."""


def recognise(url: str) -> Board | None:
    """acme.jobs.personio.de and .com with all below them."""
    address = taken_apart(url)
    if address is None:
        return None
    for domain in _DOMAINS:
        slug = slug_before(address.host, domain)
        if slug is not None and slug not in _OWN:
            return Board(NAME, slug, address.host, company_of(slug))
    return None


def start(board: Board) -> Request:
    return Request(f"https://{board.host}/xml?language=en")


def reader(board: Board, request: Request) -> Reader:
    parser = XmlParser(
        roots=frozenset({"workzag-jobs"}),
        records=frozenset({"position"}),
        expected="Personio's XML: <workzag-jobs> with <position> elements",
        read=lambda position, head: _fields(position, head, board),
        charset=request.charset,
    )
    return StreamReader(parser)


def _fields(position: Element, head: Mapping[str, str], board: Board) -> Fields:
    """`head` is what stands outside the positions: nothing that the feed gives a meaning."""
    identity = _text(position, "id") or ""
    keywords = re.split(r"[,;]", _text(position, "keywords") or "")
    known = _ID.fullmatch(identity) is not None
    return {
        "title": facts.one_line(_text(position, "name")) or None,
        "description": facts.sections(*_sections(position)),
        "company": facts.name(_text(position, "subcompany")) or board.company,
        "locations": facts.places(*_offices(position)),
        "employment_type": _employment(position),
        "level": _LEVELS.get((_text(position, "seniority") or "").lower()),
        "skills": facts.known_skills(keywords),
        "category": _category(position),
        "url": f"https://{board.host}/job/{identity}" if known else None,
        "external_id": facts.external_id(identity),
        "posted_at": facts.moment(_text(position, "createdAt")),
    }


def _sections(position: Element) -> Iterator[tuple[str | None, str]]:
    for part in position.iterfind("jobDescriptions/jobDescription"):
        value = part.find("value")
        if value is not None:
            yield _text(part, "name"), markup(value)


def _offices(position: Element) -> Iterator[str]:
    yield _text(position, "office") or ""
    for office in position.iterfind("additionalOffices/office"):
        yield office.text or ""


def _employment(position: Element) -> EmploymentType | None:
    stated = _EMPLOYMENT.get((_text(position, "employmentType") or "").lower())
    return stated or facts.employment_type(_text(position, "schedule"))


def _category(position: Element) -> str | None:
    coded = (_text(position, "occupationCategory") or "").replace("_", " ")
    named = (_text(position, "department"), _text(position, "recruitingCategory"), coded)
    return next((name for name in map(facts.name, named) if name), None)


def _text(element: Element, name: str) -> str | None:
    return (element.findtext(name) or "").strip() or None


PLATFORM = Platform(
    name=NAME,
    title=TITLE,
    terms=Terms(interval_s=1800),
    listing="complete",
    recognise=recognise,
    start=start,
    reader=reader,
)
