"""Lever's postings API: a bare array, read by `skip` and `limit` until a page is not full.

A posting's text is in pieces: an opening, the body, lists whose content is bare `<li>`s under a
heading, and closing remarks. The body usually begins with the opening again, which is then told
once. `createdAt` is in milliseconds.

https://github.com/lever/postings-api
"""

import re
from collections.abc import Iterator

from models.money import Money, Period
from models.posting import Mode
from sources import facts
from sources.addresses import company_of, taken_apart, token_in
from sources.base import broken
from sources.boards.paging import following, repeats
from sources.formats.json_page import (
    Item,
    array_of,
    identity,
    number,
    objects,
    records,
    text,
    texts,
    unreadable,
)
from sources.platform import Board, Page, Platform, Reader, Request, Terms, WholeReader
from sources.validation import Fields

NAME, TITLE = "lever", "Lever"
_API_OF = {"jobs.lever.co": "api.lever.co", "jobs.eu.lever.co": "api.eu.lever.co"}
_PER_PAGE = 100
_PAGES_MAX = 100

_MODES = {
    "remote": Mode.REMOTE,
    "hybrid": Mode.HYBRID,
    "on-site": Mode.ONSITE,
    "onsite": Mode.ONSITE,
}
_PERIODS = {
    "per-hour-wage": Period.HOUR,
    "per-day-wage": Period.DAY,
    "per-week-salary": Period.WEEK,
    "per-month-salary": Period.MONTH,
    "per-year-salary": Period.YEAR,
}
"""Two-weekly and half-monthly pay and single payments have no period of ours."""
_TAG = re.compile(r"<[^<>]*>")


def recognise(url: str) -> Board | None:
    """jobs.lever.co/acme, its postings, and the API; the same of the European Union's host."""
    address = taken_apart(url)
    if address is None:
        return None
    if address.host in _API_OF:
        host, token = _API_OF[address.host], token_in(address.path)
    elif address.host in _API_OF.values() and address.path[:2] == ("v0", "postings"):
        host, token = address.host, token_in(address.path, 2)
    else:
        return None
    return Board(NAME, token, host, company_of(token)) if token else None


def start(board: Board) -> Request:
    return Request(_url(board, 1))


def _url(board: Board, page: int) -> str:
    skip = (page - 1) * _PER_PAGE
    return f"https://{board.host}/v0/postings/{board.token}?mode=json&skip={skip}&limit={_PER_PAGE}"


def reader(board: Board, request: Request) -> Reader:
    return WholeReader(lambda body: _page(body, board, request))


def _page(body: bytes, board: Board, request: Request) -> Page:
    postings = array_of(body, TITLE)
    if isinstance(postings, Page):
        return postings
    ids = [identity(posting, "id") for posting in postings]
    if repeats(request, ids):
        return unreadable(f"page {request.page} of the postings", "the page before it again")
    found = records(postings, lambda posting: _fields(posting, board))
    if len(postings) < _PER_PAGE:
        return Page(records=found)
    if request.page >= _PAGES_MAX:
        fault = broken(len(postings) + 1, f"at most {_PAGES_MAX} pages", "another full one")
        return Page(records=(*found, fault))
    return Page(records=found, next=(following(request, _url(board, request.page + 1), ids),))


def _fields(posting: Item, board: Board) -> Fields:
    line, country = text(posting, "categories", "location"), text(posting, "country")
    every = texts(posting, "categories", "allLocations")
    others = (place for place in every if place.strip() != line)
    category = text(posting, "categories", "department") or text(posting, "categories", "team")
    created = number(posting, "createdAt")
    return {
        "title": facts.one_line(text(posting, "text")) or None,
        "description": _description(posting),
        "company": board.company,
        "locations": facts.places(facts.with_country(line, country), *others),
        "mode": _MODES.get((text(posting, "workplaceType") or "").lower()),
        "employment_type": facts.employment_type(text(posting, "categories", "commitment")),
        "salary": _salary(posting),
        "category": facts.name(category),
        "url": facts.address(text(posting, "hostedUrl")),
        "apply_url": facts.address(text(posting, "applyUrl")),
        "external_id": facts.external_id(identity(posting, "id")),
        "posted_at": facts.since_epoch(None if created is None else created / 1000),
    }


def _description(posting: Item) -> str:
    opening = text(posting, "opening") or facts.paragraphs(text(posting, "openingPlain"))
    body = text(posting, "description") or facts.paragraphs(text(posting, "descriptionPlain"))
    if _words(body).startswith(_words(opening)):
        opening = ""
    closing = text(posting, "additional") or facts.paragraphs(text(posting, "additionalPlain"))
    pay = text(posting, "salaryDescription")
    return facts.sections(
        (None, opening), (None, body), *_lists(posting), (None, closing), (None, pay)
    )


def _lists(posting: Item) -> Iterator[tuple[str | None, str]]:
    for part in objects(posting, "lists"):
        if content := text(part, "content"):
            yield text(part, "text"), f"<ul>{content}</ul>"


def _words(html: str) -> str:
    return facts.one_line(_TAG.sub(" ", html))


def _salary(posting: Item) -> Money | None:
    return facts.salary(
        number(posting, "salaryRange", "min"),
        number(posting, "salaryRange", "max"),
        text(posting, "salaryRange", "currency"),
        _PERIODS.get(text(posting, "salaryRange", "interval") or ""),
    )


PLATFORM = Platform(
    name=NAME,
    title=TITLE,
    terms=Terms(interval_s=600),
    listing="complete",
    recognise=recognise,
    start=start,
    reader=reader,
)
