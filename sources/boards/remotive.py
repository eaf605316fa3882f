"""Remotive's public API of remote jobs: one answer has all, or those of a category or a search.

Its terms: at most four fetches a day, a link back, and the postings are not given on to others.
https://github.com/remotive-com/remote-jobs-api
"""

import html
from urllib.parse import urlencode

from models.posting import Mode
from sources import facts
from sources.addresses import Address, taken_apart, token_in
from sources.boards.eligibility import eligible_countries
from sources.formats.json_page import Item, identity, page_of, text, texts
from sources.platform import Board, Page, Platform, Reader, Request, Terms, WholeReader
from sources.validation import Fields

NAME, TITLE = "remotive", "Remotive"
EVERYTHING = "all"
"""The token of the whole list; others are the query of a part of it."""

_HOST = "remotive.com"
_HOSTS = {_HOST, f"www.{_HOST}", "remotive.io", "www.remotive.io"}
_FILTERS = ("category", "company_name", "search")


def recognise(url: str) -> Board | None:
    """The list, a category, a job of it, and the API with its filters."""
    address = taken_apart(url)
    if address is None or address.host not in _HOSTS:
        return None
    if address.path in ((), ("remote-jobs",), ("api", "remote-jobs")):
        token = _filtered(address)
    elif address.path[:1] == ("remote-jobs",):
        category = token_in(address.path, 1)
        token = urlencode({"category": category}) if category else EVERYTHING
    else:
        return None
    return Board(NAME, token, _HOST, "")


def _filtered(address: Address) -> str:
    stated = {name: address.query[name] for name in _FILTERS if address.query.get(name)}
    return urlencode(stated) or EVERYTHING


def start(board: Board) -> Request:
    query = "" if board.token == EVERYTHING else f"?{board.token}"
    return Request(f"https://{board.host}/api/remote-jobs{query}")


def reader(board: Board, request: Request) -> Reader:
    return WholeReader(_page)


def _page(body: bytes) -> Page:
    return page_of(body, TITLE, "jobs", read=_fields)


def _fields(job: Item) -> Fields:
    where, pay = text(job, "candidate_required_location"), text(job, "salary")
    salary = f"<p>Salary: {html.escape(pay)}</p>" if pay else None
    return {
        "title": facts.one_line(text(job, "title")) or None,
        "company": facts.name(text(job, "company_name")),
        "description": facts.sections((None, salary), (None, text(job, "description"))),
        "locations": facts.places(where),
        "mode": Mode.REMOTE,
        "remote_countries": eligible_countries(where.split(",")) if where else (),
        "employment_type": facts.employment_type((text(job, "job_type") or "").replace("_", " ")),
        "skills": facts.known_skills(texts(job, "tags")),
        "category": facts.name(text(job, "category")),
        "url": facts.address(text(job, "url")),
        "external_id": facts.external_id(identity(job, "id")),
        "posted_at": facts.moment(text(job, "publication_date")),
    }


PLATFORM = Platform(
    name=NAME,
    title=TITLE,
    terms=Terms(interval_s=6 * 3600, concurrency=1, attribution=TITLE, republish=False),
    listing="window",
    recognise=recognise,
    start=start,
    reader=reader,
)
