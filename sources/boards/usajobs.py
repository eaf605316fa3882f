"""USAJobs' search API: the job announcements of the United States' government, in pages of 500.

A board is a search, written as its criteria (`Keyword=nurse&LocationName=Denver`); it gives at most
10,000 announcements, so what is not in it may still be open: each states when it closes. Every
request carries the key and the e-mail address that the key was given to. Amounts are texts in US
dollars; `PA` is per annum.

https://developer.usajobs.gov/api-reference/get-api-search
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from models.money import Money, Period
from models.posting import EmploymentType, Mode
from sources import facts
from sources.addresses import taken_apart
from sources.base import broken
from sources.boards.paging import following, repeats
from sources.formats.json_page import (
    Item,
    flag,
    identity,
    list_in,
    number,
    objects,
    records,
    text,
    texts,
    unreadable,
    whole,
)
from sources.platform import Board, Page, Platform, Reader, Request, Terms, WholeReader
from sources.validation import Fields

NAME, TITLE = "usajobs", "USAJobs"
_API = "data.usajobs.gov"
_SITES = {"usajobs.gov", "www.usajobs.gov"}
_EVERYTHING = "all"
_PER_PAGE = 500
_PAGES_MAX = 20
_VALUE_MAX = 200

_CRITERIA = (
    "Keyword",
    "PositionTitle",
    "LocationName",
    "Radius",
    "Organization",
    "JobCategoryCode",
    "HiringPath",
    "PayGradeLow",
    "PayGradeHigh",
    "PositionScheduleTypeCode",
    "RemoteIndicator",
    "DatePosted",
)
_BY_PARAMETER = {name.lower(): name for name in _CRITERIA} | {
    "k": "Keyword",
    "l": "LocationName",
    "r": "Radius",
    "a": "Organization",
    "j": "JobCategoryCode",
    "hp": "HiringPath",
    "rmi": "RemoteIndicator",
}
"""The names of the API, and those of the search page for people."""
_PERIODS = {
    "PH": Period.HOUR,
    "PD": Period.DAY,
    "PW": Period.WEEK,
    "PM": Period.MONTH,
    "PA": Period.YEAR,
}
"""Two-weekly pay, school years, fees and piece work have no period of ours."""
_ANYWHERE = "anywhere in the u.s."
_CLOSES_AFTER_S = (24 + 5) * 3600 - 1
"""From midnight in UTC to the last second of that day in Washington, as its winter time has it."""


def recognise(url: str) -> Board | None:
    """A search on usajobs.gov or on the API; a single announcement is no board."""
    address = taken_apart(url)
    if address is None:
        return None
    path = tuple(segment.lower() for segment in address.path)
    searched = address.host in _SITES and (not path or path[0] == "search")
    if not searched and not (address.host == _API and path == ("api", "search")):
        return None
    found = {
        _BY_PARAMETER[name]: " ".join(value.split())[:_VALUE_MAX]
        for name, value in address.query.items()
        if name in _BY_PARAMETER and value.strip()
    }
    criteria = [(name, found[name]) for name in _CRITERIA if name in found]
    return Board(NAME, urlencode(criteria) or _EVERYTHING, _API, TITLE)


def start(board: Board) -> Request:
    return Request(_url(board, 1))


def _url(board: Board, page: int) -> str:
    criteria = [] if board.token == _EVERYTHING else parse_qsl(board.token)
    paging = [("ResultsPerPage", str(_PER_PAGE)), ("Page", str(page))]
    return f"https://{board.host}/api/Search?{urlencode(criteria + paging)}"


def authorise(request: Request, secrets: Mapping[str, str]) -> Request:
    """The request with the two headers that the API asks for; the third, Host, is HTTP's own."""
    added = {"User-Agent": secrets["email"], "Authorization-Key": secrets["key"]}
    return replace(request, headers={**request.headers, **added})


def reader(board: Board, request: Request) -> Reader:
    return WholeReader(lambda body: _page(body, board, request))


def _page(body: bytes, board: Board, request: Request) -> Page:
    found = list_in(body, TITLE, "SearchResult", "SearchResultItems")
    if isinstance(found, Page):
        return found
    answer, items = found
    total = whole(answer, "SearchResult", "SearchResultCountAll")
    ids = [_identity(item) for item in items]
    if items and repeats(request, ids):
        return unreadable(f"page {request.page} of the search", "the page before it again")
    announcements = records(items, lambda item: _fields(item, board))
    read = (request.page - 1) * _PER_PAGE + len(items)
    if not items or (len(items) < _PER_PAGE if total is None else read >= total):
        return Page(records=announcements, total=total)
    if request.page >= _PAGES_MAX:
        fault = broken(len(items) + 1, f"at most {_PAGES_MAX} pages", "another full one")
        return Page(records=(*announcements, fault), total=total)
    after = following(request, _url(board, request.page + 1), ids)
    return Page(records=announcements, next=(after,), total=total)


def _identity(item: object) -> str | None:
    return identity(item, "MatchedObjectId") or text(item, "MatchedObjectDescriptor", "PositionID")


def _fields(item: Item, board: Board) -> Fields:
    post = item.get("MatchedObjectDescriptor")
    anywhere, apply_urls = _is_anywhere(post), texts(post, "ApplyURI")
    company = text(post, "OrganizationName") or text(post, "DepartmentName")
    return {
        "title": facts.one_line(text(post, "PositionTitle")) or None,
        "description": facts.sections(*_sections(post)),
        "company": facts.name(company) or board.company,
        "locations": facts.places(*_places(post)),
        "mode": Mode.REMOTE if anywhere or _is_remote(post) else None,
        "remote_countries": ("US",) if anywhere else (),
        "employment_type": _employment(post),
        "salary": facts.widest(_pay(post)),
        "category": next((facts.name(text(c, "Name")) for c in objects(post, "JobCategory")), None),
        "url": _address(text(post, "PositionURI")),
        "apply_url": _address(apply_urls[0] if apply_urls else None),
        "external_id": facts.external_id(_identity(item)),
        "posted_at": facts.moment(text(post, "PublicationStartDate")),
        "closes_at": _closing(text(post, "ApplicationCloseDate")),
    }


def _sections(post: object) -> Iterator[tuple[str, str]]:
    details = ("UserArea", "Details")
    yield "Summary", facts.paragraphs(text(post, *details, "JobSummary"))
    duties = texts(post, *details, "MajorDuties")
    yield "Duties", facts.paragraphs("\n\n".join(duties))
    yield "Qualifications", facts.paragraphs(text(post, "QualificationSummary"))


def _places(post: object) -> Iterator[str]:
    locations = objects(post, "PositionLocation")
    for location in locations:
        line = text(location, "LocationName") or text(location, "CityName")
        yield facts.with_country(line, text(location, "CountryCode"))
    if not locations:
        yield text(post, "PositionLocationDisplay") or ""


def _is_anywhere(post: object) -> bool:
    names = [text(location, "LocationName") for location in objects(post, "PositionLocation")]
    names.append(text(post, "PositionLocationDisplay"))
    return any(_ANYWHERE in (name or "").lower() for name in names)


def _is_remote(post: object) -> bool:
    """Being eligible for telework now and then is not remote work."""
    stated = ("UserArea", "Details", "RemoteIndicator")
    return flag(post, *stated) is True or (text(post, *stated) or "").lower() == "true"


def _employment(post: object) -> EmploymentType | None:
    """The schedule, where there is one only."""
    names = {text(schedule, "Name") for schedule in objects(post, "PositionSchedule")}
    return facts.employment_type(names.pop()) if len(names) == 1 else None


def _pay(post: object) -> Iterator[Money | None]:
    for stated in objects(post, "PositionRemuneration"):
        low, high = number(stated, "MinimumRange"), number(stated, "MaximumRange")
        period = _PERIODS.get((text(stated, "RateIntervalCode") or "").upper())
        yield facts.salary(low, high, "USD", period)


def _address(url: str | None) -> str | None:
    """The API writes the port of HTTPS into its addresses."""
    return facts.address(url.replace(".gov:443/", ".gov/", 1) if url else None)


def _closing(date: str | None) -> datetime | None:
    """The end of the day that is stated; the hour beside it is always the last one."""
    found = facts.moment((date or "")[: len("2026-01-01")])
    return facts.since_epoch(found.timestamp() + _CLOSES_AFTER_S) if found else None


PLATFORM = Platform(
    name=NAME,
    title=TITLE,
    terms=Terms(interval_s=3600, attribution="USAJOBS, www.usajobs.gov"),
    listing="window",
    recognise=recognise,
    start=start,
    reader=reader,
    secrets=("email", "key"),
    authorise=authorise,
)
