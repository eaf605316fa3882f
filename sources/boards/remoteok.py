"""Remote OK's public API: an array of remote jobs, whose first element is a legal notice.

Its terms: Remote OK is named as the source, with a link to the job's page there that search engines
may follow. Pay is in US dollars a year; 0 is none.
"""

import re

from models.money import Period
from models.posting import Mode
from sources import facts
from sources.addresses import taken_apart
from sources.formats.json_page import Item, array_of, identity, number, records, text, texts
from sources.platform import Board, Page, Platform, Reader, Request, Terms, WholeReader
from sources.validation import Fields

NAME, TITLE = "remoteok", "Remote OK"
_HOST = "remoteok.com"
_HOSTS = {_HOST, f"www.{_HOST}", "remoteok.io", "www.remoteok.io"}
_LISTS = re.compile(r"api|remote-jobs|remote-[a-z0-9+-]+-jobs")


def recognise(url: str) -> Board | None:
    """The site's lists and jobs, and the API; all of them are one board."""
    address = taken_apart(url)
    if address is None or address.host not in _HOSTS:
        return None
    if address.path and not _LISTS.fullmatch(address.path[0].lower()):
        return None
    return Board(NAME, "all", _HOST, "")


def start(board: Board) -> Request:
    return Request(f"https://{board.host}/api")


def reader(board: Board, request: Request) -> Reader:
    return WholeReader(_page)


def _page(body: bytes) -> Page:
    found = array_of(body, TITLE)
    return found if isinstance(found, Page) else Page(records=records(found, _fields))


def _fields(job: Item) -> Fields | None:
    if "legal" in job and "position" not in job:
        return None
    low, high = number(job, "salary_min"), number(job, "salary_max")
    return {
        "title": facts.one_line(text(job, "position")) or None,
        "company": facts.name(text(job, "company")),
        "description": facts.sections((None, text(job, "description"))),
        "locations": facts.places(text(job, "location")),
        "mode": Mode.REMOTE,
        "salary": facts.salary(low, high, "USD", Period.YEAR),
        "skills": facts.known_skills(texts(job, "tags")),
        "url": facts.address(text(job, "url")),
        "apply_url": facts.address(text(job, "apply_url")),
        "external_id": facts.external_id(identity(job, "id") or text(job, "slug")),
        "posted_at": facts.moment(text(job, "date")) or facts.since_epoch(number(job, "epoch")),
    }


PLATFORM = Platform(
    name=NAME,
    title=TITLE,
    terms=Terms(interval_s=3600, concurrency=1, attribution=TITLE),
    listing="window",
    recognise=recognise,
    start=start,
    reader=reader,
)
