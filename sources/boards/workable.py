"""Workable's widget API: one answer has the whole account, and answers 429 to two requests at once.

A job with several places is listed once for each, under one `shortcode`: such rows are one posting
in all of their places. `telecommuting` false is no statement of the mode, as hybrid jobs have it.

https://help.workable.com/hc/en-us/articles/115012801727
"""

from collections.abc import Iterable, Iterator, Sequence

from models.posting import Mode
from sources import facts
from sources.addresses import company_of, slug_before, taken_apart, token_in
from sources.formats.json_page import Item, flag, list_in, objects, records, text
from sources.platform import Board, Page, Platform, Reader, Request, Terms, WholeReader
from sources.validation import Fields

NAME, TITLE = "workable", "Workable"
_API = "apply.workable.com"
_WIDGETS = (
    ("api", "v1", "widget", "accounts"),
    ("api", "v1", "accounts"),
    ("api", "v3", "accounts"),
)
_NO_TOKENS = {"api", "j", "jobs", "static", "assets"}
_OWN = {"www", "apply", "jobs", "help", "resources", "get", "app", "api", "developers", "careers"}
"""Workable's own names: pages for readers and customers, and its search over all accounts."""


def recognise(url: str) -> Board | None:
    """apply.workable.com/acme, its jobs, the widget API, and acme.workable.com."""
    address = taken_apart(url)
    if address is None:
        return None
    if address.host == _API:
        api = next((way for way in _WIDGETS if address.path[: len(way)] == way), ())
        token = token_in(address.path, len(api))
    else:
        token = slug_before(address.host, "workable.com")
        token = None if token in _OWN else token
    if token is None or token in _NO_TOKENS:
        return None
    return Board(NAME, token, _API, company_of(token))


def start(board: Board) -> Request:
    return Request(f"https://{board.host}/api/v1/widget/accounts/{board.token}?details=true")


def reader(board: Board, request: Request) -> Reader:
    return WholeReader(lambda body: _page(body, board))


def _page(body: bytes, board: Board) -> Page:
    found = list_in(body, TITLE, "jobs")
    if isinstance(found, Page):
        return found
    account, rows = found
    company = facts.name(text(account, "name")) or board.company
    places = _places_by_shortcode(rows)
    seen: set[str] = set()

    def fields(job: Item) -> Fields | None:
        shortcode = text(job, "shortcode")
        if shortcode in seen:
            return None
        if shortcode is None:
            return _fields(job, company, _places(job))
        seen.add(shortcode)
        return _fields(job, company, places[shortcode])

    return Page(records=records(rows, fields))


def _places_by_shortcode(rows: Sequence[object]) -> dict[str, list[str]]:
    places: dict[str, list[str]] = {}
    for row in rows:
        if isinstance(row, dict) and (shortcode := text(row, "shortcode")):
            places.setdefault(shortcode, []).extend(_places(row))
    return places


def _places(job: Item) -> Iterator[str]:
    yield facts.place(text(job, "city"), text(job, "state"), text(job, "country"))
    for location in objects(job, "locations"):
        if flag(location, "hidden") is not True:
            country = text(location, "country") or text(location, "countryCode")
            yield facts.place(text(location, "city"), text(location, "region"), country)


def _fields(job: Item, company: str, places: Iterable[str]) -> Fields:
    return {
        "title": facts.one_line(text(job, "title")) or None,
        "description": facts.sections(
            (None, text(job, "description")),
            ("Requirements", text(job, "requirements")),
            ("Benefits", text(job, "benefits")),
        ),
        "company": company,
        "locations": facts.places(*places),
        "mode": Mode.REMOTE if flag(job, "telecommuting") is True else None,
        "employment_type": facts.employment_type(text(job, "employment_type")),
        "category": facts.name(text(job, "department")),
        "url": facts.address(text(job, "url") or text(job, "shortlink")),
        "apply_url": facts.address(text(job, "application_url")),
        "external_id": facts.external_id(text(job, "shortcode") or text(job, "url")),
        "posted_at": facts.moment(text(job, "published_on") or text(job, "created_at")),
    }


PLATFORM = Platform(
    name=NAME,
    title=TITLE,
    terms=Terms(interval_s=1800, concurrency=1),
    listing="complete",
    recognise=recognise,
    start=start,
    reader=reader,
)
