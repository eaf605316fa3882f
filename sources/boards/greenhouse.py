"""Greenhouse's job board API: one answer has the whole board.

`content` is HTML escaped as a whole. A posting with no `internal_job_id` is a *prospect post*: a
form for people whom no job fits, so it is passed over. `location.name` may say only "Hybrid"; the
places are then those of the offices. Pay ranges state no period: it is told by the words beside the
amount, else by its size, and where both could be meant the pay is left to be read from the text.

https://developers.greenhouse.io/job-board.html
"""

import re
from collections.abc import Iterator

from models.money import Money, Period
from models.posting import EmploymentType, Mode
from processing.facts.pay import period_by_size
from sources import facts
from sources.addresses import company_of, taken_apart, token_in
from sources.formats.json_page import Item, identity, list_in, number, objects, records, text, whole
from sources.platform import Board, Page, Platform, Reader, Request, Terms, WholeReader
from sources.validation import Fields

NAME, TITLE = "greenhouse", "Greenhouse"
_API = "boards-api.greenhouse.io"
_BOARDS = {f"{kind}.{where}" for kind in ("boards", "job-boards") for where in (
    "greenhouse.io", "eu.greenhouse.io")}  # fmt: skip
_APIS = {_API, "boards-api.eu.greenhouse.io", "api.greenhouse.io"}
_EMBED = "embed"

_MODE_ONLY = re.compile(
    r"(?:hybrid|remote|on[- ]?site|in[- ]office|office|flexible|multiple locations|various|n/a"
    r"|[\s,/()&|-]|\bor\b|work)*",
    re.IGNORECASE,
)
_MODES = (
    (re.compile("remote", re.IGNORECASE), Mode.REMOTE),
    (re.compile("hybrid", re.IGNORECASE), Mode.HYBRID),
    (re.compile("on[- ]?site|in[- ]office", re.IGNORECASE), Mode.ONSITE),
)
_HOURLY = re.compile(r"\bhour|/\s*hr\b", re.IGNORECASE)
_YEARLY = re.compile(r"\bannual|\byear|\bsalary\b|/\s*yr\b", re.IGNORECASE)
_NOT_WAGES = re.compile(r"\bOTE\b|on[- ]target|commission|bonus|equity|\bRSU", re.IGNORECASE)
_EMPLOYMENT_FIELDS = {"employment type", "time type", "job type", "worker type", "commitment"}
_MODE_FIELDS = {"workplace type", "location type", "remote type", "work arrangement", "workplace"}
_NO_DEPARTMENT = {"no department", "none", "n/a"}


def recognise(url: str) -> Board | None:
    """Boards, jobs, embedded boards (`?for=acme`) and the API, in both regions: one API has all."""
    address = taken_apart(url)
    if address is None:
        return None
    if address.host in _BOARDS and address.path[:1] == (_EMBED,):
        token = token_in((address.query.get("for", ""),))
    elif address.host in _BOARDS:
        token = token_in(address.path)
    elif address.host in _APIS and address.path[:2] == ("v1", "boards"):
        token = token_in(address.path, 2)
    else:
        token = None
    return Board(NAME, token, _API, company_of(token)) if token else None


def start(board: Board) -> Request:
    return Request(
        f"https://{board.host}/v1/boards/{board.token}/jobs?content=true&pay_transparency=true"
    )


def reader(board: Board, request: Request) -> Reader:
    return WholeReader(lambda body: _page(body, board))


def _page(body: bytes, board: Board) -> Page:
    found = list_in(body, TITLE, "jobs")
    if isinstance(found, Page):
        return found
    answer, jobs = found
    total, prospects = whole(answer, "meta", "total"), sum(map(_is_prospect, jobs))
    return Page(
        records=records(jobs, lambda job: None if _is_prospect(job) else _fields(job, board)),
        total=None if total is None else max(0, total - prospects),
    )


def _is_prospect(job: object) -> bool:
    return isinstance(job, dict) and "internal_job_id" in job and job["internal_job_id"] is None


def _fields(job: Item, board: Board) -> Fields:
    line = facts.one_line(text(job, "location", "name"))
    only_mode = _MODE_ONLY.fullmatch(line) is not None
    return {
        "title": facts.one_line(text(job, "title")) or None,
        "description": facts.sections((None, facts.unescaped(text(job, "content")))),
        "company": facts.name(text(job, "company_name")) or board.company,
        "locations": _places(line, only_mode, job),
        "mode": _stated_mode(job) or (_mode_of(line) if only_mode else None),
        "employment_type": _employment(job),
        "salary": facts.widest(_pay(job)),
        "category": _category(job),
        "url": facts.address(text(job, "absolute_url")),
        "external_id": facts.external_id(identity(job, "id")),
        "posted_at": facts.moment(text(job, "first_published")),
    }


def _places(line: str, only_mode: bool, job: Item) -> tuple[str, ...]:
    """The line; beside a line that names no place the offices, of a remote job those that are
    remote themselves: where its other offices are says nothing about it."""
    if not only_mode:
        return facts.places(line)
    offices = [
        text(office, "location") or text(office, "name") for office in objects(job, "offices")
    ]
    if "remote" in line.lower():
        return facts.places(line, *(o for o in offices if o and "remote" in o.lower()))
    return facts.places(*offices)


def _metadata(job: Item, names: set[str]) -> Iterator[str]:
    for field in objects(job, "metadata"):
        value = text(field, "value")
        if value and (text(field, "name") or "").lower() in names:
            yield value


def _mode_of(line: str) -> Mode | None:
    """The one mode that the line names."""
    named = [mode for sign, mode in _MODES if sign.search(line)]
    return named[0] if len(named) == 1 else None


def _stated_mode(job: Item) -> Mode | None:
    return next(filter(None, map(facts.mode, _metadata(job, _MODE_FIELDS))), None)


def _employment(job: Item) -> EmploymentType | None:
    kinds = map(facts.employment_type, _metadata(job, _EMPLOYMENT_FIELDS))
    return next(filter(None, kinds), None)


def _category(job: Item) -> str | None:
    named = (facts.name(text(department, "name")) for department in objects(job, "departments"))
    return next((name for name in named if name and name.lower() not in _NO_DEPARTMENT), None)


def _pay(job: Item) -> Iterator[Money | None]:
    for stated in objects(job, "pay_input_ranges"):
        words = f"{text(stated, 'title') or ''} {text(stated, 'blurb') or ''}"
        if _NOT_WAGES.search(text(stated, "title") or ""):
            continue
        low, high = number(stated, "min_cents"), number(stated, "max_cents")
        currency = (text(stated, "currency_type") or "").upper()
        low, high = (None if cents is None else cents / 100 for cents in (low, high))
        yield facts.salary(low, high, currency, _period(words, low or high or 0.0, currency))


def _period(words: str, amount: float, currency: str) -> Period | None:
    hourly, yearly = _HOURLY.search(words), _YEARLY.search(words)
    if bool(hourly) != bool(yearly):
        return Period.HOUR if hourly else Period.YEAR
    return period_by_size(amount, currency)


PLATFORM = Platform(
    name=NAME,
    title=TITLE,
    terms=Terms(interval_s=600),
    listing="complete",
    recognise=recognise,
    start=start,
    reader=reader,
)
