"""Hacker News "Ask HN: Who is hiring?": each month one thread, each top-level comment an advert.

The newest thread is searched for, or the address names one; the thread comes whole. Answers to
adverts stand below them and are not read; deleted comments and those that are no adverts are passed
over. API: https://hn.algolia.com/api
"""

import re
from collections.abc import Iterator

from sources import facts
from sources.addresses import taken_apart
from sources.base import Parsed, rejected
from sources.boards.hiring_comment import Advert, advert
from sources.formats.json_page import Item, identity, list_in, text, unreadable
from sources.platform import Board, Page, Platform, Request, Terms, WholeReader
from sources.validation import Fields, parsed, shown

API = "https://hn.algolia.com/api/v1"
TITLE = "Hacker News"
NEWEST = "whoishiring"
"""The token of the board that is always the newest thread; others are the number of a thread."""

_THREAD = re.compile(r"ask hn: who is hiring\?", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,12}")


def recognise(url: str) -> Board | None:
    """A thread, the account that asks, or the API's addresses of these."""
    address = taken_apart(url)
    if address is None:
        return None
    token = None
    if address.host == "news.ycombinator.com" and address.path == ("item",):
        token = address.query.get("id", "")
    elif address.host == "news.ycombinator.com" and address.path in (("user",), ("submitted",)):
        return _board(NEWEST) if address.query.get("id") == NEWEST else None
    elif address.host == "hn.algolia.com" and address.path[:3] == ("api", "v1", "items"):
        token = "".join(address.path[3:4])
    elif address.host == "hn.algolia.com" and "author_whoishiring" in address.query.get("tags", ""):
        return _board(NEWEST)
    return _board(token) if token and _NUMBER.fullmatch(token) else None


def _board(token: str) -> Board:
    return Board("hackernews", token, "hn.algolia.com", "")


def start(board: Board) -> Request:
    if board.token != NEWEST:
        return _thread(board.token)
    return Request(
        f"{API}/search_by_date?tags=story,author_whoishiring&hitsPerPage=5", step="search"
    )


def _thread(number: str, page: int = 1) -> Request:
    return Request(f"{API}/items/{number}", step="thread", page=page)


def reader(board: Board, request: Request) -> WholeReader:
    return WholeReader(_read_search if request.step == "search" else _read_thread)


def _read_search(body: bytes) -> Page:
    """The account asks three questions a month; the newest of the right one counts."""
    found = list_in(body, TITLE, "hits")
    if isinstance(found, Page):
        return found
    threads = [
        int(number)
        for hit in found[1]
        if _THREAD.match(text(hit, "title") or "")
        and _NUMBER.fullmatch(number := identity(hit, "objectID") or "")
    ]
    if not threads:
        return unreadable('a story "Ask HN: Who is hiring?"', "none")
    return Page(next=(_thread(str(max(threads)), page=2),))


def _read_thread(body: bytes) -> Page:
    found = list_in(body, TITLE, "children")
    if isinstance(found, Page):
        return found
    thread, comments = found
    title = text(thread, "title") or ""
    if not _THREAD.match(title):
        return unreadable('a thread "Ask HN: Who is hiring?"', shown(title))
    return Page(records=tuple(_records(comments)))


def _records(comments: list[object]) -> Iterator[Parsed]:
    for place, comment in enumerate(comments, start=1):
        if not isinstance(comment, dict):
            yield rejected(place, "", "a JSON object", shown(comment))
        elif (found := advert(text(comment, "text") or "")) is not None:
            for fields in _fields(comment, found):
                yield parsed(place, fields)


def _fields(comment: Item, found: Advert) -> Iterator[Fields]:
    """One job a role. With one role the comment's number is its identity, so that a reworded title
    is a change; of several each has its own."""
    number = identity(comment, "id")
    url = f"https://news.ycombinator.com/item?id={number}" if number else None
    for role in found.roles:
        which = "" if len(found.roles) == 1 else f":{'-'.join(role.casefold().split())}"
        yield {
            "title": facts.one_line(role),
            "company": facts.name(found.company),
            "description": facts.sections((None, text(comment, "text"))),
            "locations": found.locations,
            "mode": found.mode,
            "employment_type": found.employment_type,
            "url": url,
            "apply_url": found.apply_url,
            "external_id": facts.external_id(f"{number}{which}") if number else None,
            "posted_at": facts.moment(text(comment, "created_at")),
        }


PLATFORM = Platform(
    name="hackernews",
    title=TITLE,
    terms=Terms(interval_s=900, concurrency=1, attribution="Hacker News"),
    listing="window",
    recognise=recognise,
    start=start,
    reader=reader,
)
