"""The pages of single postings, for boards whose list has no text: which are asked for, and what
becomes of those that cannot be read.

New and changed ones come first, then those that failed or were not looked at for long, the longest
first and few a round, so that all come round. One that cannot be read costs only itself: it is told
as `failed`, what is known of it stays, and it is asked for again, less often each time. Only where
the failing is systematic does the round fail: several in a row from one host, the greater part of
those tried, or a host that wants to be left alone. Pages that failed the last time are no evidence
of that, or a few that are broken for good would one day be all that is tried. A known page that
suddenly shows no posting is: a site under maintenance may say so with status 200.

A known page that is gone (404, 410) is believed only while the site has not lost the greater part
of what it lists: where more of them are gone than were read, some that nothing calls for are looked
at to compare, and if most of those are gone too, the round fails. A known page that robots.txt
closes to us was not asked for, so it says nothing: it is as one that cannot be read, but no sign of
a fault.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from backends.fetch.base import Disallowed, FetchFailed, NotAsked
from services.polling.outside import Outside
from services.polling.reading import fault_of, reader_of, records_of
from sources.base import Parsed
from sources.platform import Board, Pending, Platform

_LISTED_AT_ONCE = 250
_ASKED_AT_ONCE = 8
_FAULTS_IN_ROW_MAX = 5
"""Pages of one host that fail one after the other: then it is not they that are at fault."""
_FAULTS_BY_CHANCE = 2
"""So many may fail even where they are the greater part of those tried."""
_COMPARED_MIN = 3
"""Pages that nothing calls for which are looked at, where one is gone and nothing else is tried."""
_GONE = frozenset({404, 410})

Fate = Literal["read", "gone", "failed", "left"]
"""What became of a page: read, no more there, not readable this time, not asked for this time."""


@dataclass(frozen=True, slots=True)
class Records:
    """Records of one answer: of the list, or of the page of one posting that it named (`of`)."""

    parsed: tuple[Parsed, ...] = ()
    of: Pending | None = None
    fate: Fate = "read"


@dataclass(frozen=True, slots=True)
class Due:
    """A listed posting whose page is to be asked for. `known`: some posting is known to be on it.
    `failing`: the last look at it was in vain, and while it `waits` it is left alone. `asked_at`:
    it has been asked for then, and nothing says that the answer is another one now. `rests`: a
    known one that nothing calls for, which is asked for only to compare others with it."""

    pending: Pending
    known: bool = False
    failing: bool = False
    waits: bool = False
    asked_at: datetime | None = None
    rests: bool = False


Fresh = Callable[[Sequence[Pending]], Awaitable[Sequence[Due]]]
"""Those of the listed postings whose page is to be asked for, and those that rest."""


class SinglePostings:
    """`records` is run once; the rest can be read then. At most `most` pages are asked for, among
    them `again` that are only looked at again. `not_asked`: it failed because the host still wants
    to be left alone."""

    def __init__(
        self, outside: Outside, platform: Platform, board: Board, *, most: int, again: int
    ) -> None:
        self._outside, self._platform, self._board = outside, platform, board
        self._left, self._again = most, again
        self._asked = self._tried = self._suspicious = self._over = 0
        self._well = self._lost = 0
        self._in_row: Counter[str] = Counter()
        self._unread: list[Due] = []
        self._why: str | None = None
        self.rejected = 0
        self.failed: str | None = None
        self.not_asked = False
        self.retry_after_s: float | None = None

    @property
    def are_due(self) -> bool:
        """Whether the next round may have to look at some of them again."""
        return bool(self._asked or self._over or self._unread)

    @property
    def notice(self) -> str | None:
        """What was not read, for a person; None where all was."""
        said = []
        if self._over:
            said.append(f"{self._over} of the single postings are left for the next rounds")
        if self._unread:
            why = f": {self._why}" if self._why else ""
            said.append(f"{len(self._unread)} of the single postings could not be read{why}")
        return "; ".join(said) or None

    async def records(
        self, listed: Sequence[Pending], fresh: Fresh
    ) -> AsyncGenerator[Records, None]:
        """What became of those that are due; nothing of those that are not. Where it fails, of
        those that could not be read nothing."""
        again: list[Due] = []
        resting: list[Due] = []
        for start in range(0, len(listed), _LISTED_AT_ONCE):
            due = await fresh(listed[start : start + _LISTED_AT_ONCE])
            self._unread += [each for each in due if each.waits]
            resting += [each for each in due if each.rests][: self._again - len(resting)]
            again += [each for each in due if each.asked_at is not None and not each.waits]
            new = [each for each in due if each.asked_at is None and not each.rests]
            async for records in self._ask(new):
                yield records
            if self.failed is not None:
                return
        again.sort(key=lambda each: (each.asked_at, each.pending.external_id))
        async for records in self._ask(again[: self._again]):
            yield records
        async for records in self._ask(self._to_compare(resting)):
            yield records
        if self.failed is None:
            self._judge()
        if self.failed is None:
            for each in again[self._again :]:
                yield Records(of=each.pending, fate="left")
            for each in self._unread:
                yield Records(of=each.pending, fate="left" if each.waits else "failed")

    async def _ask(self, wanted: Sequence[Due]) -> AsyncGenerator[Records, None]:
        now, later = wanted[: self._left], wanted[self._left :]
        self._left -= len(now)
        self._asked += len(now)
        self._over += sum(each.asked_at is None for each in later)
        for start in range(0, len(now), _ASKED_AT_ONCE):
            found = await asyncio.gather(*map(self._one, now[start : start + _ASKED_AT_ONCE]))
            for records in found:
                if records.fate != "failed":
                    yield records
            yield Records()  # however little came of them: who listens keeps a lease
            if self.failed is not None:
                return
        for each in later:
            if each.known or each.failing:
                yield Records(of=each.pending, fate="left")

    def _to_compare(self, resting: Sequence[Due]) -> Sequence[Due]:
        """So many of them as can tell that the site still has its pages; none where they cannot."""
        lacking, there = self._lost - self._well, min(len(resting), self._left)
        if self.failed is not None or not 0 < lacking <= max(there, _FAULTS_BY_CHANCE):
            return ()
        return resting[: min(there, max(lacking, _COMPARED_MIN))]

    async def _one(self, due: Due) -> Records:
        pending = due.pending
        try:
            wanted = self._outside.wanted(self._platform, pending.request)
            async with self._outside.fetcher.stream(wanted) as answer:
                reader = reader_of(self._platform, self._board, pending.request, answer)
                found = [p async for parsed in records_of(reader, answer.chunks) for p in parsed]
        except Disallowed as refused:
            return self._disallowed(due, refused.detail)
        except FetchFailed as failed:
            if failed.answered in _GONE:
                self._tried += not due.failing
                self._lost += due.known
                return Records(of=pending, fate="gone")
            not_asked = isinstance(failed, NotAsked)
            return self._fault(due, failed.detail, failed.retry_after_s, not_asked=not_asked)
        broken = next((record for record in found if record.broken), None)
        if broken is not None:
            return self._fault(due, fault_of(broken))
        self._in_row[_host_of(pending)] = 0
        self._tried += not due.failing
        self._well += bool(found)
        self._suspicious += due.known and not due.failing and not found
        self.rejected += sum(record.given is None for record in found)
        return Records(tuple(found), pending)

    def _disallowed(self, due: Due, why: str) -> Records:
        """A posting that is known stays as it was; of others nothing is to be known."""
        if not due.known:
            return Records(of=due.pending, fate="gone")
        self._unread.append(due)
        self._why = self._why or why
        return Records(of=due.pending, fate="failed")

    def _fault(
        self, due: Due, why: str, retry_after_s: float | None = None, *, not_asked: bool = False
    ) -> Records:
        self._unread.append(due)
        self._why = self._why or why
        host = _host_of(due.pending)
        self._in_row[host] += not due.failing
        self._tried += not due.failing
        self._suspicious += not due.failing
        if retry_after_s is not None:
            self.retry_after_s = max(retry_after_s, self.retry_after_s or 0.0)
        if retry_after_s is not None or self._in_row[host] >= _FAULTS_IN_ROW_MAX:
            self.not_asked = not_asked if self.failed is None else self.not_asked
            self.failed = self.failed or f"single postings: {why}"
        return Records(of=due.pending, fate="failed")

    def _judge(self) -> None:
        if self._suspicious > max(_FAULTS_BY_CHANCE, self._tried / 2):
            why = self._why or "there is none on their pages any more"
            self.failed = f"{self._suspicious} of {self._tried} single postings: {why}"
        elif self._lost > max(_FAULTS_BY_CHANCE, self._well):
            tried = self._lost + self._well
            self.failed = f"{self._lost} of {tried} single postings: their pages are gone"


def _host_of(pending: Pending) -> str:
    return urlsplit(pending.request.url).netloc
