"""Indeed-style XML: `<source><publisher/>…<job>…</job></source>`, values mostly in CDATA.

The list is complete: a job that is no longer in it is closed. Files of hundreds of megabytes are
usual, so it is read as a stream.

Format: https://docs.indeed.com/indeed-apply/xml-feed. The pay is free text, so it is put before
the description, where processing reads and quotes it.
"""

import html
import re
from collections.abc import Mapping
from functools import partial
from xml.etree.ElementTree import Element

from sources import facts
from sources.boards.feed_address import board_at, file_of
from sources.formats.xml_records import XmlParser, markup
from sources.platform import Board, Platform, Reader, Request, StreamReader, Terms
from sources.validation import Fields

NAME, TITLE = "indeed", "Indeed XML"

_FEED = re.compile(r"indeed[^?]*\.xml\b|/indeed(?:[-_]?(?:feed|jobs|xml))?/?$")


def recognise(url: str) -> Board | None:
    """An XML file that is named after it; what other files hold only their content tells."""
    board = board_at(NAME, url)
    return board if board and _FEED.search(file_of(board)) else None


def start(board: Board) -> Request:
    return Request(board.token)


def reader(board: Board, request: Request) -> Reader:
    return StreamReader(xml_parser(board.company, request.charset))


def xml_parser(company: str = "", charset: str | None = None) -> XmlParser:
    """`company` is whose the jobs are that name neither a company nor a publisher."""
    return XmlParser(
        roots=frozenset({"source", "jobs"}),
        records=frozenset({"job"}),
        expected="Indeed XML: <source> with <job> elements",
        read=partial(fields_of, of=company),
        charset=charset,
    )


def fields_of(job: Element, head: Mapping[str, str], of: str = "") -> Fields:
    """A job without a company of its own is that of the board, else its publisher's."""
    text = {child.tag.lower(): markup(child).strip() for child in job}
    company = text.get("company") or text.get("sourcename") or of or head.get("publisher", "")
    place = ", ".join(text[part] for part in ("city", "state", "country") if text.get(part))
    return {
        "title": facts.one_line(text.get("title")) or None,
        "company": facts.one_line(company) or None,
        "description": _description(text),
        "locations": facts.places(place),
        "mode": facts.mode(text.get("remotetype")),
        "employment_type": facts.employment_type(text.get("jobtype")),
        "category": facts.name(text.get("category")),
        "url": facts.address(text.get("url")),
        "external_id": facts.external_id(text.get("referencenumber") or text.get("requisitionid")),
        "posted_at": facts.moment(text.get("date")),
        "closes_at": facts.last_moment(text.get("expirationdate")),
    }


def _description(text: Mapping[str, str]) -> str:
    salary, description = facts.one_line(text.get("salary")), text.get("description", "")
    if not salary or salary in description:
        return description
    return f"<p>Salary: {html.escape(salary)}</p>\n{description}"


PLATFORM = Platform(
    name=NAME,
    title=TITLE,
    terms=Terms(interval_s=3600, timeout_s=600.0, concurrency=1),
    listing="complete",
    recognise=recognise,
    start=start,
    reader=reader,
)
