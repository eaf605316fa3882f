"""Arbeitnow's public job board API: pages of a hundred jobs, the newest first.

The pages are counted here, for its `links.next` may name a page that does not exist, or the same
again. The last is one that is empty, one that repeats the one before, or the one of PAGES_MAX.
https://www.arbeitnow.com/blog/job-board-api
"""

from models.posting import EmploymentType, Mode
from sources import facts
from sources.addresses import taken_apart
from sources.boards import paging
from sources.formats.json_page import Item, flag, list_in, number, records, text, texts
from sources.platform import Board, Page, Platform, Reader, Request, Terms, WholeReader
from sources.validation import Fields

NAME, TITLE = "arbeitnow", "Arbeitnow"
PAGES_MAX = 30
_API_PATH = ("api", "job-board-api")
_HOST = "www.arbeitnow.com"
_LISTS = {"jobs", "remote-jobs", "visa-sponsorship-jobs", "english-speaking-jobs", "companies"}


def recognise(url: str) -> Board | None:
    """The site's lists and jobs, and the API; all of them are one board."""
    address = taken_apart(url)
    if address is None or f"www.{address.host.removeprefix('www.')}" != _HOST:
        return None
    if address.path and address.path[0] not in _LISTS and address.path[:2] != _API_PATH:
        return None
    return Board(NAME, "all", _HOST, "")


def start(board: Board) -> Request:
    return Request(_url(board, 1))


def _url(board: Board, page: int) -> str:
    return f"https://{board.host}/{'/'.join(_API_PATH)}?page={page}"


def reader(board: Board, request: Request) -> Reader:
    return WholeReader(lambda body: _page(body, board, request))


def _page(body: bytes, board: Board, request: Request) -> Page:
    found = list_in(body, TITLE, "data")
    if isinstance(found, Page):
        return found
    jobs = found[1]
    slugs = [text(job, "slug") for job in jobs]
    if not jobs or paging.repeats(request, slugs):
        return Page()
    more = request.page < PAGES_MAX
    further = paging.following(request, _url(board, request.page + 1), slugs)
    return Page(records=records(jobs, _fields), next=(further,) if more else ())


def _fields(job: Item) -> Fields:
    tags, slug = texts(job, "tags"), text(job, "slug")
    return {
        "title": facts.one_line(text(job, "title")) or None,
        "company": facts.name(text(job, "company_name")),
        "description": facts.sections((None, text(job, "description"))),
        "locations": facts.places(text(job, "location")),
        "mode": Mode.REMOTE if flag(job, "remote") else None,
        "employment_type": _employment(texts(job, "job_types")),
        "skills": facts.known_skills(tags),
        "category": _category(tags),
        "url": facts.address(text(job, "url")),
        "external_id": facts.external_id(slug),
        "posted_at": facts.since_epoch(number(job, "created_at")),
    }


def _category(tags: list[str]) -> str | None:
    names = (facts.name(tag) for tag in tags)
    return next((name for name in names if name and name.casefold() != "remote"), None)


def _employment(kinds: list[str]) -> EmploymentType | None:
    return next(filter(None, map(facts.employment_type, kinds)), None)


PLATFORM = Platform(
    name=NAME,
    title=TITLE,
    terms=Terms(interval_s=1800, concurrency=1, attribution=TITLE),
    listing="window",
    recognise=recognise,
    start=start,
    reader=reader,
)
