"""Adzuna's search API: the newest adverts of one country, with an excerpt of their text.

A board is a country and a search ("gb", "gb?what=welder&where=Leeds"). Pay is for a year in the
country's currency; where `salary_is_predicted` it is Adzuna's own guess, so the pay is unknown. The
application's id and key are added to a request when it is made, and are in no address we keep.
https://developer.adzuna.com/docs/search
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from models.money import Money, Period
from models.posting import EmploymentType
from sources import facts
from sources.addresses import Address, taken_apart
from sources.boards import paging
from sources.formats.json_page import Item, flag, identity, list_in, number, records, text, whole
from sources.platform import Board, Page, Platform, Reader, Request, Terms, WholeReader
from sources.validation import Fields

NAME, TITLE = "adzuna", "Adzuna"
PAGES_MAX = 10
PAGE_SIZE = 50
_HOST = "api.adzuna.com"
_EURO = dict.fromkeys(("at", "be", "de", "es", "fr", "it", "nl"), "EUR")
_CURRENCIES = _EURO | {
    "au": "AUD",
    "br": "BRL",
    "ca": "CAD",
    "ch": "CHF",
    "gb": "GBP",
    "in": "INR",
    "mx": "MXN",
    "nz": "NZD",
    "pl": "PLN",
    "sg": "SGD",
    "us": "USD",
    "za": "ZAR",
}
"""The countries of the API, by their code, and in which currency each states pay."""
_SITES = {"com": "us", "co.uk": "gb"}
_FILTERS = ("what", "what_and", "what_or", "what_exclude", "where", "distance", "category")
_FILTERS_OF_SITE = {"q": "what", "w": "where"}
_MARKUP = re.compile(r"<[^<>]*>")
_AUTHORISED_BY = ("app_id", "app_key")


def recognise(url: str) -> Board | None:
    """A search of a country's site or of the API."""
    address = taken_apart(url)
    if address is None:
        return None
    if address.host == _HOST and address.path[:3] == ("v1", "api", "jobs"):
        return _board("".join(address.path[3:4]).lower(), _filters(address, {}))
    site = address.host.removeprefix("www.").partition(".")
    if site[0] != "adzuna" or address.path[:1] not in ((), ("search",), ("jobs",)):
        return None
    country = _SITES.get(site[2], site[2].rpartition(".")[2])
    return _board(country, _filters(address, _FILTERS_OF_SITE))


def _filters(address: Address, names: Mapping[str, str]) -> str:
    stated = {names.get(name, name): value for name, value in address.query.items() if value}
    return urlencode({name: stated[name] for name in _FILTERS if name in stated})


def _board(country: str, filters: str) -> Board | None:
    if country not in _CURRENCIES:
        return None
    return Board(NAME, f"{country}?{filters}" if filters else country, _HOST, "")


def start(board: Board) -> Request:
    return Request(_url(board, 1))


def _url(board: Board, page: int) -> str:
    country, _, filters = board.token.partition("?")
    rest = f"&{filters}" if filters else ""
    query = f"results_per_page={PAGE_SIZE}&sort_by=date{rest}"
    return f"https://{board.host}/v1/api/jobs/{country}/search/{page}?{query}"


def authorise(request: Request, secrets: Mapping[str, str]) -> Request:
    stated = urlencode({name: secrets[name] for name in _AUTHORISED_BY})
    return replace(request, url=f"{request.url}&{stated}")


def reader(board: Board, request: Request) -> Reader:
    return WholeReader(lambda body: _page(body, board, request))


def _page(body: bytes, board: Board, request: Request) -> Page:
    found = list_in(body, TITLE, "results")
    if isinstance(found, Page):
        return found
    answer, jobs = found
    ids = [identity(job, "id") for job in jobs]
    if not jobs or paging.repeats(request, ids):
        return Page()
    total, country = whole(answer, "count"), board.token.partition("?")[0]
    seen = request.page * PAGE_SIZE
    more = request.page < PAGES_MAX and len(jobs) >= PAGE_SIZE and (total is None or seen < total)
    further = paging.following(request, _url(board, request.page + 1), ids)
    return Page(
        records=records(jobs, lambda job: _fields(job, country)),
        next=(further,) if more else (),
        total=total,
    )


def _fields(job: Item, country: str) -> Fields:
    title = _MARKUP.sub("", text(job, "title") or "")
    return {
        "title": facts.one_line(title) or None,
        "company": facts.name(text(job, "company", "display_name")),
        "description": facts.sections((None, text(job, "description"))),
        "locations": facts.places(
            facts.with_country(text(job, "location", "display_name"), country.upper())
        ),
        "employment_type": _employment(job),
        "salary": _salary(job, country),
        "category": facts.name(text(job, "category", "label")),
        "url": facts.address(text(job, "redirect_url")),
        "external_id": facts.external_id(identity(job, "id")),
        "posted_at": facts.moment(text(job, "created")),
    }


def _employment(job: Item) -> EmploymentType | None:
    """ "contract" is what the contract is; "permanent" says nothing of the hours."""
    if text(job, "contract_type") == "contract":
        return EmploymentType.CONTRACT
    times = {"full_time": EmploymentType.FULL_TIME, "part_time": EmploymentType.PART_TIME}
    return times.get(text(job, "contract_time") or "")


def _salary(job: Item, country: str) -> Money | None:
    if identity(job, "salary_is_predicted") == "1" or flag(job, "salary_is_predicted"):
        return None
    low, high = number(job, "salary_min"), number(job, "salary_max")
    return facts.salary(low, high, _CURRENCIES.get(country), Period.YEAR)


PLATFORM = Platform(
    name=NAME,
    title=TITLE,
    terms=Terms(interval_s=6 * 3600, concurrency=1, attribution="Jobs by Adzuna", republish=False),
    listing="window",
    recognise=recognise,
    start=start,
    reader=reader,
    secrets=_AUTHORISED_BY,
    authorise=authorise,
)
