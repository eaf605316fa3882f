"""From a pasted address to a board: recognise it or find one on the page, and try it.

Trying is a first round that stores nothing: how many postings, a few of them, what could not be
read, and the platform's terms. What cannot be tried is refused, and the refusal says what was found
instead.
"""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

from backends.fetch.base import FetchFailed, Wanted, fetch
from models.errors import FieldError, InvalidInput
from models.money import Money
from services.polling.answers import Caps, Walk
from services.polling.outside import Outside
from sources.base import Parsed
from sources.formats.page import web_page
from sources.platform import Board, Pending, Platform, Terms

EXAMPLES = 3
FAULTS_SHOWN = 5
PREVIEW_CAPS = Caps(pages=2, items=1_000, details=EXAMPLES)
PREVIEW_TIME_S = 25.0
"""A person waits, and a request with an Idempotency-Key is taken for dead after 30 s; answers
of some platforms take ten."""
_PAGE_BYTES = 8 * 1024 * 1024
_EXPECTED = "a job board, a feed, or a page that shows one"


@dataclass(frozen=True, slots=True)
class Example:
    """One posting of a board, as it states it."""

    title: str
    company: str
    places: tuple[str, ...]
    pay: Money | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What a first round of a board would bring. `count` is what the board says it has, else what
    was read; `is_all` tells whether it has no more. `others` are further boards of that page."""

    board: Board
    platform: Platform
    count: int
    is_all: bool
    examples: tuple[Example, ...]
    faults: tuple[FieldError, ...]
    fault_count: int
    others: tuple[Board, ...] = ()

    @property
    def terms(self) -> Terms:
        return self.platform.terms


async def preview(outside: Outside, url: str, *, company: str | None = None) -> Preview:
    """Find the board that this address means and try it, for PREVIEW_TIME_S at most. Raises
    InvalidInput, which says what was found instead."""
    try:
        async with asyncio.timeout(PREVIEW_TIME_S):
            return await _found(outside, url, company)
    except TimeoutError as error:
        expected = f"an address that can be tried in {PREVIEW_TIME_S:g} s"
        raise _refused(expected, "no end by then") from error


async def _found(outside: Outside, url: str, company: str | None) -> Preview:
    board, *others = await _boards(outside, with_scheme(url))
    if company is not None:
        board = Board(board.platform, board.token, board.host, company)
    platform = outside.platforms[board.platform]
    if lacking := outside.lacking(platform):
        settings = " and ".join(lacking)
        raise _refused(f"a platform that is set up; {platform.title} needs {settings}", url)
    return await _tried(outside, platform, board, tuple(others))


def with_scheme(url: str) -> str:
    """The address with its scheme: people paste what they see."""
    url = url.strip()
    return url if "://" in url else f"https://{url}"


async def _boards(outside: Outside, url: str) -> Sequence[Board]:
    known = outside.recognise(url)
    if known is not None:
        return (known,)
    try:
        page = await fetch(outside.fetcher, Wanted(url, size=_PAGE_BYTES))
    except FetchFailed as failed:
        raise _refused(_EXPECTED, failed.detail) from failed
    found = outside.discover(page.body, page.url, page.content_type)
    if not found:
        raise _refused(_EXPECTED, _described(page.body, page.url, page.content_type))
    return found


def _described(body: bytes, url: str, content_type: str | None) -> str:
    """What an address gave that shows no board, for a person."""
    if not body.strip():
        return "an empty answer"
    title = web_page(body, url, content_type).title
    if title:
        return f'the page "{title[:80]}", which shows none'
    kind = (content_type or "").partition(";")[0].strip()
    return f"an answer of type {kind[:80]}" if kind else "an answer of no known type"


async def _tried(
    outside: Outside, platform: Platform, board: Board, others: tuple[Board, ...]
) -> Preview:
    walk = Walk(outside, platform, board, caps=PREVIEW_CAPS)
    examples: list[Example] = []
    faults: list[FieldError] = []
    async with aclosing(walk.records(_first)) as found:
        async for records in found:
            examples += map(_example, _read(records.parsed)[: EXAMPLES - len(examples)])
            faults += [error for p in records.parsed for error in p.errors]
    if walk.failed is not None:
        raise _refused(f"a board of {platform.title} that can be read", walk.failed)
    return Preview(
        board=board,
        platform=platform,
        count=max(walk.items, walk.total or 0),
        is_all=walk.is_whole,
        examples=tuple(examples),
        faults=tuple(faults[:FAULTS_SHOWN]),
        fault_count=walk.rejected,
        others=others,
    )


async def _first(pending: Sequence[Pending]) -> Sequence[Pending]:
    """Single postings are asked for only as far as they are shown."""
    return pending[:EXAMPLES]


def _read(parsed: Sequence[Parsed]) -> list[Parsed]:
    return [record for record in parsed if record.given is not None]


def _example(record: Parsed) -> Example:
    given = record.given
    assert given is not None, "those that could not be read are left out"
    return Example(given.title, given.company, given.locations, given.salary)


def _refused(expected: str, got: str) -> InvalidInput:
    return InvalidInput(
        f"expected {expected}, got {got}"[:500],
        errors=[FieldError(pointer="/url", expected=expected, got=got[:300])],
    )
