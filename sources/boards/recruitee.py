"""Recruitee's careers site API: one answer has all offers, on the company's own host as well.

A company may show its site under a domain of its own, where the same API answers: such a board is
known by its host. Offers may state `remote`, `hybrid` and `on_site` together; only one alone is a
statement of the mode. Tags are free words, of which those that are skills are kept.

https://docs.recruitee.com/reference/intro-to-careers-site-api
"""

from collections.abc import Iterator

from models.money import Money, Period
from models.posting import Mode
from sources import facts
from sources.addresses import company_of, slug_before, taken_apart
from sources.formats.json_page import Item, flag, identity, number, objects, page_of, text, texts
from sources.platform import Board, Page, Platform, Reader, Request, Terms, WholeReader
from sources.validation import Fields

NAME, TITLE = "recruitee", "Recruitee"
_DOMAIN = "recruitee.com"
_API = ("api", "offers")
_OWN = {
    "www",
    "app",
    "api",
    "docs",
    "help",
    "support",
    "status",
    "blog",
    "get",
    "go",
    "info",
    "auth",
}
"""Recruitee's own names."""

_MODES = (("remote", Mode.REMOTE), ("hybrid", Mode.HYBRID), ("on_site", Mode.ONSITE))
_PERIODS = {period.value: period for period in Period} | {
    "hourly": Period.HOUR,
    "daily": Period.DAY,
    "weekly": Period.WEEK,
    "monthly": Period.MONTH,
    "yearly": Period.YEAR,
    "annual": Period.YEAR,
}


def recognise(url: str) -> Board | None:
    """acme.recruitee.com and all below it; on any host the address of the API itself."""
    address = taken_apart(url)
    if address is None:
        return None
    slug = slug_before(address.host, _DOMAIN)
    if slug is not None:
        return Board(NAME, slug, address.host, company_of(slug)) if slug not in _OWN else None
    if address.path[:2] == _API and not address.host.endswith(_DOMAIN):
        return Board(NAME, address.host, address.host, _company_of_host(address.host))
    return None


def _company_of_host(host: str) -> str:
    """`acme` of careers.acme.com, as far as a name can tell: each offer states the company."""
    return company_of(host.rsplit(".", 2)[-2])


def start(board: Board) -> Request:
    return Request(f"https://{board.host}/api/offers/")


def reader(board: Board, request: Request) -> Reader:
    return WholeReader(lambda body: _page(body, board))


def _page(body: bytes, board: Board) -> Page:
    return page_of(body, TITLE, "offers", read=lambda offer: _fields(offer, board))


def _fields(offer: Item, board: Board) -> Fields | None:
    if text(offer, "status") not in (None, "published"):
        return None
    category = text(offer, "department") or (text(offer, "category_code") or "").replace("_", " ")
    return {
        "title": facts.one_line(text(offer, "title")) or None,
        "description": facts.sections(
            (None, text(offer, "description")), ("Requirements", text(offer, "requirements"))
        ),
        "company": facts.name(text(offer, "company_name")) or board.company,
        "locations": facts.places(*_places(offer)),
        "mode": _mode(offer),
        "employment_type": facts.employment_type(text(offer, "employment_type_code")),
        "salary": _salary(offer),
        "skills": facts.known_skills(texts(offer, "tags")),
        "category": facts.name(category),
        "url": facts.address(text(offer, "careers_url")),
        "apply_url": facts.address(text(offer, "careers_apply_url")),
        "external_id": facts.external_id(identity(offer, "id")),
        "posted_at": facts.moment(text(offer, "published_at")),
        "closes_at": facts.last_moment(text(offer, "close_at")),
    }


def _places(offer: Item) -> Iterator[str]:
    locations = objects(offer, "locations")
    for location in locations:
        country = text(location, "country") or text(location, "country_code")
        yield facts.place(text(location, "city"), text(location, "state"), country)
    if not locations:
        city, country = text(offer, "city"), text(offer, "country") or text(offer, "country_code")
        line = text(offer, "location")
        yield facts.with_country(line, country) if line else facts.place(city, None, country)


def _mode(offer: Item) -> Mode | None:
    stated = [mode for name, mode in _MODES if flag(offer, name) is True]
    return stated[0] if len(stated) == 1 else None


def _salary(offer: Item) -> Money | None:
    return facts.salary(
        number(offer, "salary", "min"),
        number(offer, "salary", "max"),
        text(offer, "salary", "currency"),
        _PERIODS.get((text(offer, "salary", "period") or "").lower()),
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
