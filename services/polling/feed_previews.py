"""From a pasted address to a board: recognise it or find one on the page, and try it.

Trying is a first round that stores nothing: how many postings, a few of them, what could not be
read, and the platform's terms. How often a board is tried `services.polling.board_tries` decides:
what is shown may be some time old, and says so. What cannot be tried is refused, and the refusal
says what was found instead.
"""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from backends.fetch.base import FetchFailed, Wanted, fetch
from backends.fetch.hosts import QUIET_MAX
from models.errors import FieldError, InvalidInput
from services.polling import board_tries, quiet_hosts
from services.polling.answers import Caps, Walk
from services.polling.board_tries import EXAMPLES, Example, Tried
from services.polling.outside import Outside
from services.polling.single_postings import Due
from services.ports import Ports
from sources.formats.page import web_page
from sources.platform import Board, Pending, Platform, Terms

FAULTS_SHOWN = 5
PREVIEW_CAPS = Caps(pages=2, items=1_000, details=EXAMPLES)
PREVIEW_TIME_S = 25.0
"""A person waits, and a request with an Idempotency-Key is taken for dead after 30 s; answers
of some platforms take ten."""
_PAGE_BYTES = 8 * 1024 * 1024
_NO_END = f"no end within {PREVIEW_TIME_S:g} s"
_EXPECTED = "a job board, a feed, or a page that shows one"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a first round of a board would bring, as it was at `as_of`, so many seconds ago. `count`
    is what the board says it has, else what was read; `is_all` tells whether it has no more.
    `others` are further boards of that page."""

    board: Board
    platform: Platform
    as_of: datetime
    age_s: int
    count: int
    is_all: bool
    examples: tuple[Example, ...]
    faults: tuple[FieldError, ...]
    fault_count: int
    others: tuple[Board, ...] = ()

    @property
    def terms(self) -> Terms:
        return self.platform.terms


async def preview(
    ports: Ports, outside: Outside, url: str, *, company: str | None = None, person: str | None
) -> Preview:
    """Find the board that this address means and try it for this person (None: the operator), for
    PREVIEW_TIME_S at most. Raises InvalidInput, which says what was found instead; TooManyRequests;
    Conflict while somebody else has it tried."""
    await board_tries.within_budget(ports, person)
    deadline = asyncio.get_running_loop().time() + PREVIEW_TIME_S
    board, *others = await _boards(ports, outside, with_scheme(url), deadline)
    whose = None if board.company else company or ""
    if company is not None:
        board = replace(board, company=company)
    platform = outside.platforms[board.platform]
    if lacking := outside.lacking(platform):
        settings = " and ".join(lacking)
        raise _refused(f"a platform that is set up; {platform.title} needs {settings}", url)

    async def ask() -> Tried:
        return await _ask(ports, outside, platform, board, deadline)

    tried = await board_tries.tried(ports, platform, board, ask, whose=whose)
    return _preview(ports, platform, board, tuple(others), tried)


def _preview(
    ports: Ports, platform: Platform, board: Board, others: tuple[Board, ...], tried: Tried
) -> Preview:
    age_s = max(0, round((ports.clock() - tried.at).total_seconds()))
    if tried.refused is not None:
        left_s = round((board_tries.again_at(platform, tried) - ports.clock()).total_seconds())
        again = f", {age_s} s ago; it may be asked again in {left_s} s" if age_s else ""
        raise _refused(f"a board of {platform.title} that can be read", tried.refused + again)
    return Preview(
        board=board,
        platform=platform,
        as_of=tried.at,
        age_s=age_s,
        count=tried.count,
        is_all=tried.is_all,
        examples=tuple(_renamed(each, tried.company, board.company) for each in tried.examples),
        faults=tried.faults,
        fault_count=tried.fault_count,
        others=others,
    )


def _renamed(example: Example, before: str, now: str) -> Example:
    """As this person says whose the board is that says so itself."""
    if example.company != before or not now:
        return example
    return example.model_copy(update={"company": now})


def with_scheme(url: str) -> str:
    """The address with its scheme: people paste what they see."""
    url = url.strip()
    return url if "://" in url else f"https://{url}"


async def _boards(ports: Ports, outside: Outside, url: str, deadline: float) -> Sequence[Board]:
    known = outside.recognise(url)
    if known is not None:
        return (known,)
    await quiet_hosts.refuse(ports, urlsplit(url).netloc.lower())
    try:
        async with asyncio.timeout_at(deadline):
            page = await fetch(outside.fetcher, Wanted(url, size=_PAGE_BYTES))
    except TimeoutError as error:
        raise _refused(_EXPECTED, _NO_END) from error
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


async def _ask(
    ports: Ports, outside: Outside, platform: Platform, board: Board, deadline: float
) -> Tried:
    """A first round, or why there was none."""
    walk = Walk(outside, platform, board, caps=PREVIEW_CAPS)
    examples: list[Example] = []
    faults: list[FieldError] = []
    at, refused = ports.clock(), None
    try:
        async with asyncio.timeout_at(deadline), aclosing(walk.records(_first)) as found:
            async for records in found:
                givens = [parsed.given for parsed in records.parsed if parsed.given is not None]
                examples += map(Example.of, givens[: EXAMPLES - len(examples)])
                faults += [error for parsed in records.parsed for error in parsed.errors]
    except TimeoutError:
        refused = _NO_END
    return Tried(
        at=at,
        company=board.company,
        refused=refused or walk.failed,
        quiet_until=_quiet_until(ports, walk.retry_after_s),
        count=max(walk.items, walk.total or 0),
        is_all=walk.is_whole,
        examples=tuple(examples),
        faults=tuple(faults[:FAULTS_SHOWN]),
        fault_count=walk.rejected,
    )


def _quiet_until(ports: Ports, retry_after_s: float | None) -> datetime | None:
    if not retry_after_s:
        return None
    return ports.clock() + min(timedelta(seconds=retry_after_s), QUIET_MAX)


async def _first(pending: Sequence[Pending]) -> Sequence[Due]:
    """Single postings are asked for only as far as they are shown."""
    return [Due(each) for each in pending[:EXAMPLES]]


def _refused(expected: str, got: str) -> InvalidInput:
    return InvalidInput(
        f"expected {expected}, got {got}"[:500],
        errors=[FieldError(pointer="/url", expected=expected, got=got[:300])],
    )
