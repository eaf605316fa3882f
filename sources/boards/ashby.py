"""Ashby's public job posting API: one answer has the whole board, and it may take ten seconds.

`isListed` false is a posting that is reached by its link only: it is passed over. `workplaceType`
wins over `isRemote`, which is true of hybrid postings as well. A `location` is often an office's
own name ("HQ"): the address beside it then says where that is. Of the compensation only what is
called Salary is pay; equity, commission and bonuses stand beside it.

https://developers.ashbyhq.com/docs/public-job-posting-api
"""

import re
from collections.abc import Iterator
from urllib.parse import quote

from models.money import Money, Period
from models.posting import Mode
from sources import facts
from sources.addresses import company_of, taken_apart
from sources.formats.json_page import Item, flag, identity, number, objects, page_of, text
from sources.platform import Board, Page, Platform, Reader, Request, Terms, WholeReader
from sources.validation import Fields

NAME, TITLE = "ashby", "Ashby"
_API = "api.ashbyhq.com"
_TOKEN = re.compile(
    r"(?!\.{1,2}$)[^\x00-\x1f\x7f/\\?#%\s](?:[^\x00-\x1f\x7f/\\?#%]{0,98}[^\s/\\?#%])?"
)
_NO_TOKENS = {"api", "_next", "static"}

_MODES = {"remote": Mode.REMOTE, "hybrid": Mode.HYBRID, "onsite": Mode.ONSITE}
_PERIODS = {
    "1 HOUR": Period.HOUR,
    "1 DAY": Period.DAY,
    "1 WEEK": Period.WEEK,
    "1 MONTH": Period.MONTH,
    "1 YEAR": Period.YEAR,
}
"""`NONE`, `1 TIME` and multiples (`2 WEEK`) have no period of ours."""
_WORD = re.compile(r"\w{3,}")


def recognise(url: str) -> Board | None:
    """jobs.ashbyhq.com/Acme%20Inc, its postings, and the API. Names have spaces and dots."""
    address = taken_apart(url)
    if address is None:
        return None
    if address.host == "jobs.ashbyhq.com":
        token = address.path[0] if address.path else ""
    elif address.host == _API and address.path[:2] == ("posting-api", "job-board"):
        token = address.path[2] if len(address.path) > 2 else ""
    else:
        return None
    if token in _NO_TOKENS or _TOKEN.fullmatch(token) is None:
        return None
    return Board(NAME, token, _API, company_of(token))


def start(board: Board) -> Request:
    name = quote(board.token, safe="")
    return Request(f"https://{board.host}/posting-api/job-board/{name}?includeCompensation=true")


def reader(board: Board, request: Request) -> Reader:
    return WholeReader(lambda body: _page(body, board))


def _page(body: bytes, board: Board) -> Page:
    return page_of(body, TITLE, "jobs", read=lambda job: _fields(job, board))


def _fields(job: Item, board: Board) -> Fields | None:
    if flag(job, "isListed") is False:
        return None
    return {
        "title": facts.one_line(text(job, "title")) or None,
        "description": facts.sections(
            (None, text(job, "descriptionHtml") or facts.paragraphs(text(job, "descriptionPlain")))
        ),
        "company": board.company,
        "locations": facts.places(*_places(job)),
        "mode": _mode(job),
        "employment_type": facts.employment_type(text(job, "employmentType")),
        "salary": facts.widest(_pay(job)),
        "category": facts.name(text(job, "department") or text(job, "team")),
        "url": facts.address(text(job, "jobUrl")),
        "apply_url": facts.address(text(job, "applyUrl")),
        "external_id": facts.external_id(identity(job, "id") or text(job, "jobUrl")),
        "posted_at": facts.moment(text(job, "publishedAt")),
    }


def _mode(job: Item) -> Mode | None:
    stated = _MODES.get((text(job, "workplaceType") or "").lower())
    if stated is None and flag(job, "isRemote") is True:
        return Mode.REMOTE
    return stated


def _places(job: Item) -> Iterator[str]:
    yield from _named(job)
    for other in objects(job, "secondaryLocations"):
        yield from _named(other)


def _named(place: Item) -> Iterator[str]:
    """The line with its country, or the line and the address where they share no word. The address
    of a secondary location is not always inside `postalAddress`."""
    line, address = text(place, "location"), place.get("address")
    if isinstance(address, dict) and isinstance(address.get("postalAddress"), dict):
        address = address["postalAddress"]
    city, country = text(address, "addressLocality"), text(address, "addressCountry")
    whole = facts.place(city, text(address, "addressRegion"), country)
    remote = "remote" in (line or "").lower()
    if line is None or (city and not remote and not _words(line) & _words(whole)):
        yield from (line or "", whole)
    else:
        yield facts.with_country(line, country)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))


def _pay(job: Item) -> Iterator[Money | None]:
    if flag(job, "shouldDisplayCompensationOnJobPostings") is False:
        return
    compensation = job.get("compensation")
    for part in objects(compensation, "summaryComponents"):
        if text(part, "compensationType") == "Salary":
            yield facts.salary(
                number(part, "minValue"),
                number(part, "maxValue"),
                text(part, "currencyCode"),
                _PERIODS.get(text(part, "interval") or ""),
            )


PLATFORM = Platform(
    name=NAME,
    title=TITLE,
    terms=Terms(interval_s=600, timeout_s=30.0),
    listing="complete",
    recognise=recognise,
    start=start,
    reader=reader,
)
