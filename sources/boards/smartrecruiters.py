"""SmartRecruiters' posting API: a list by `offset`, each posting's text in an answer of its own.

The list gives `Pending` postings, so that only those that are new or whose listing has changed are
asked for. It ends where `totalFound` is reached. An answer for another offset than the one that was
asked for, or with the same postings again, is broken: such a list would be read for ever. A company
that does not exist answers with an empty list and no error.

https://developers.smartrecruiters.com/docs/posting-api
"""

import hashlib
import json
import re
from urllib.parse import parse_qsl, urlsplit

from models.posting import Level, Mode
from sources import facts
from sources.addresses import company_of, taken_apart, token_in
from sources.base import Parsed, broken, rejected
from sources.boards.paging import following, repeats
from sources.formats.json_page import (
    Item,
    flag,
    identity,
    list_in,
    object_of,
    records,
    text,
    unreadable,
    whole,
)
from sources.platform import Board, Page, Pending, Platform, Reader, Request, Terms, WholeReader
from sources.validation import Fields, shown

NAME, TITLE = "smartrecruiters", "SmartRecruiters"
_API = "api.smartrecruiters.com"
_SITES = {"careers.smartrecruiters.com", "jobs.smartrecruiters.com"}
_POSTING = "posting"
_PER_PAGE = 100
_PAGES_MAX = 200
_ID = re.compile(r"[A-Za-z0-9-]{1,64}")

_LEVELS = {
    "internship": Level.INTERN,
    "entry_level": Level.JUNIOR,
    "director": Level.DIRECTOR,
    "executive": Level.EXECUTIVE,
}
"""`associate` and `mid_senior_level` stand for more than one level of ours."""
_SECTIONS = (
    ("companyDescription", "Company Description"),
    ("jobDescription", "Job Description"),
    ("qualifications", "Qualifications"),
    ("additionalInformation", "Additional Information"),
)


def recognise(url: str) -> Board | None:
    """careers. and jobs.smartrecruiters.com/Acme, the postings there, and the API."""
    address = taken_apart(url)
    if address is None:
        return None
    if address.host in _SITES and address.path[:2] == ("oneclick-ui", "company"):
        token = token_in(address.path, 2)
    elif address.host in _SITES and address.path[:1] != ("oneclick-ui",):
        token = token_in(address.path)
    elif address.host == _API and address.path[:2] == ("v1", "companies"):
        token = token_in(address.path, 2)
    else:
        return None
    return Board(NAME, token, _API, company_of(token)) if token else None


def start(board: Board) -> Request:
    return Request(_list_url(board, 0))


def _list_url(board: Board, offset: int) -> str:
    return f"{_postings(board)}?limit={_PER_PAGE}&offset={offset}"


def _postings(board: Board) -> str:
    return f"https://{board.host}/v1/companies/{board.token}/postings"


def reader(board: Board, request: Request) -> Reader:
    if request.step == _POSTING:
        return WholeReader(lambda body: _posting(body, board))
    return WholeReader(lambda body: _list(body, board, request))


def _list(body: bytes, board: Board, request: Request) -> Page:
    found = list_in(body, TITLE, "content")
    if isinstance(found, Page):
        return found
    answer, listed = found
    total, asked = whole(answer, "totalFound"), _offset(request)
    if (offset := whole(answer, "offset")) not in (None, asked):
        return unreadable(f"the postings from {asked} on", f"those from {offset}")
    ids = [identity(listing, "id") for listing in listed]
    if listed and repeats(request, ids):
        return unreadable(f"the postings from {asked} on", "those before them again")
    faults: list[Parsed] = []
    pending: list[Pending] = []
    for place, listing in enumerate(listed, start=1):
        one = _pending(board, place, listing)
        if isinstance(one, Pending):
            pending.append(one)
        else:
            faults.append(one)
    read = asked + len(listed)
    more = bool(listed) and (len(listed) >= _PER_PAGE if total is None else read < total)
    if more and request.page >= _PAGES_MAX:
        faults.append(broken(len(listed) + 1, f"at most {_PAGES_MAX} pages", "another full one"))
        more = False
    after = (following(request, _list_url(board, read), ids),) if more else ()
    return Page(tuple(faults), tuple(pending), after, total)


def _offset(request: Request) -> int:
    """The place of the first posting that was asked for, as the request says it."""
    return int(dict(parse_qsl(urlsplit(request.url).query)).get("offset", "0"))


def _pending(board: Board, place: int, listing: object) -> Pending | Parsed:
    """The mark changes with anything that the list says of the posting."""
    external_id = identity(listing, "id") or ""
    if _ID.fullmatch(external_id) is None:
        return rejected(place, "/id", "a posting's id", shown(external_id))
    try:
        said = json.dumps(listing, sort_keys=True)
    except RecursionError:
        return rejected(place, "", "a posting's listing", "one that is nested too deep")
    digest = hashlib.sha256(said.encode()).hexdigest()[:16]
    released = facts.moment(text(listing, "releasedDate"))
    mark = f"{released.isoformat()} {digest}" if released else digest
    return Pending(external_id, mark, Request(f"{_postings(board)}/{external_id}", step=_POSTING))


def _posting(body: bytes, board: Board) -> Page:
    posting = object_of(body, TITLE)
    if isinstance(posting, Page):
        return posting
    return Page(records=records([posting], lambda posting: _fields(posting, board)))


def _fields(posting: Item, board: Board) -> Fields:
    external_id = identity(posting, "id")
    company = text(posting, "company", "identifier") or board.token
    page = f"https://jobs.smartrecruiters.com/{company}/{external_id}" if external_id else None
    employment = text(posting, "typeOfEmployment", "label"), text(posting, "typeOfEmployment", "id")
    category = text(posting, "department", "label") or text(posting, "function", "label")
    return {
        "title": facts.one_line(text(posting, "name")) or None,
        "description": facts.sections(*(_section(posting, *names) for names in _SECTIONS)),
        "company": facts.name(text(posting, "company", "name")) or board.company,
        "locations": facts.places(_place(posting)),
        "mode": _mode(posting),
        "employment_type": next(filter(None, map(facts.employment_type, employment)), None),
        "level": _LEVELS.get(text(posting, "experienceLevel", "id") or ""),
        "category": facts.name(category),
        "url": facts.address(text(posting, "postingUrl") or page),
        "apply_url": facts.address(text(posting, "applyUrl")),
        "external_id": facts.external_id(external_id),
        "posted_at": facts.moment(text(posting, "releasedDate")),
    }


def _section(posting: Item, name: str, heading: str) -> tuple[str, str | None]:
    """A section under the heading that the company gave it."""
    section = ("jobAd", "sections", name)
    return text(posting, *section, "title") or heading, text(posting, *section, "text")


def _place(posting: Item) -> str:
    location = posting.get("location")
    city, region, country = (text(location, part) for part in ("city", "region", "country"))
    full = text(location, "fullLocation")
    return facts.with_country(full, country) if full else facts.place(city, region, country)


def _mode(posting: Item) -> Mode | None:
    """What is said; both at once, or neither, says nothing."""
    remote, hybrid = (flag(posting, "location", way) is True for way in ("remote", "hybrid"))
    if remote == hybrid:
        return None
    return Mode.REMOTE if remote else Mode.HYBRID


PLATFORM = Platform(
    name=NAME,
    title=TITLE,
    terms=Terms(interval_s=900),
    listing="complete",
    recognise=recognise,
    start=start,
    reader=reader,
)
