"""One way through a board: its list page by page, then the single postings that have more to say.

Nothing is stored here. Records are given out while answers arrive; whether they are the whole list
is known only at the end: `failed` tells why the round is not to be trusted, `cut` why it is sound
but not all. An answer that is the same as the last one is not parsed: `unchanged`. Where a first
answer leads to more of them than one round may read (an index of sitemaps), the next round goes on
where this one ended: `position`.
"""

from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from backends.fetch.base import FetchFailed, NotAsked
from services.polling.outside import Outside
from services.polling.reading import (
    NONE,
    Validators,
    fault_of,
    kept,
    reader_of,
    records_of,
    validators,
)
from services.polling.single_postings import Fresh, Records, SinglePostings
from sources.base import Parsed
from sources.platform import Board, Page, Pending, Platform, Request


@dataclass(frozen=True, slots=True)
class Caps:
    """How much of a board one round takes, if its terms do not say less: answers of its list,
    postings, and single postings, among them those that are only looked at again."""

    pages: int = 1_000
    items: int = 200_000
    details: int = 1_000
    again: int = 50


CAPS = Caps()


class Walk:
    """`records` is run once; the rest can be read then. `position` is where the last one ended.
    `not_asked`: it failed because the host still wants to be left alone."""

    def __init__(
        self,
        outside: Outside,
        platform: Platform,
        board: Board,
        *,
        before: Validators = NONE,
        position: int = 0,
        caps: Caps = CAPS,
    ) -> None:
        self._outside, self._platform, self._board = outside, platform, board
        self._before, self._caps = before, caps
        self._pages_max = min(caps.pages, platform.terms.pages or caps.pages)
        most = min(caps.details, platform.terms.details or caps.details)
        self._single = SinglePostings(outside, platform, board, most=most, again=caps.again)
        self._queue = deque([platform.start(board)])
        self._asked = {request.url for request in self._queue}
        self._met: set[str] = set()
        self._pages = self._rejected = self._siblings = 0
        self._partial: str | None = None
        self.position = position
        self.nameless = 0
        self.total: int | None = None
        self.failed: str | None = None
        self.not_asked = False
        self.retry_after_s: float | None = None
        self.cut: str | None = None
        self.unchanged = False
        self.after = before

    @property
    def items(self) -> int:
        """Postings that were listed, those that could not be read among them."""
        return len(self._met) + self.nameless

    @property
    def rejected(self) -> int:
        """Records that could not be read; of `nameless` of them not even whose they are."""
        return self._rejected + self._single.rejected

    @property
    def is_whole(self) -> bool:
        """Whether all that is listed was seen; some single postings may be unread."""
        return self.failed is None and self.cut is None

    @property
    def notice(self) -> str | None:
        """What was not read, for a person."""
        return "; ".join(filter(None, (self.cut, self._single.notice))) or None

    async def records(self, fresh: Fresh) -> AsyncGenerator[Records, None]:
        """The records as they come, faulty ones too; broken answers end it and are told by
        `failed`."""
        pending: list[Pending] = []
        while self._queue and self._goes_on:
            if self._pages == self._pages_max:
                self._cut(f"only {self._pages_max} pages are read at once")
                break
            request = self._queue.popleft()
            self._pages += 1
            met_before, rejected_before = len(self._met), self._rejected
            async with aclosing(self._listed(request)) as listed:
                async for records in listed:
                    yield records
            rest = self._rest
            self._met.update(each.external_id for each in rest.pending)
            pending += rest.pending
            if self.items > self._caps.items:
                self._cut(f"only {self._caps.items} postings are read at once")
            said = bool(rest.pending) or len(self._met) > met_before
            if request.page > 1 and rest.next and not said and self._rejected == rejected_before:
                self._fail(f"page {request.page} says what the pages before it said")
            self.total = rest.total if rest.total is not None else self.total
            self._follow(request, rest.next)
            self._partial = self._partial or rest.cut
            yield Records()  # however little it said: who listens keeps a lease
        if self._goes_on or self.cut:
            async with aclosing(self._single.records(pending, fresh)) as single:
                async for records in single:
                    yield records
            if self._single.failed is not None:
                self._fail(
                    self._single.failed,
                    self._single.retry_after_s,
                    not_asked=self._single.not_asked,
                )
        self._close(pending)

    @property
    def _goes_on(self) -> bool:
        return self.failed is None and self.cut is None and not self.unchanged

    async def _listed(self, request: Request) -> AsyncGenerator[Records, None]:
        """One answer of the list. Of the first one it is told whether it is the last one again."""
        first = self._pages == 1
        before = self._before if first else NONE
        self._rest = Page()
        wanted = self._outside.wanted(
            self._platform, request, etag=before.etag, last_modified=before.last_modified
        )
        try:
            async with self._outside.fetcher.stream(wanted) as answer:
                if answer.not_modified and before == NONE:
                    self._fail("the answer is that nothing has changed, though nobody asked that")
                    return
                chunks, digest = await kept(answer) if first else (answer.chunks, None)
                self.unchanged = answer.not_modified or (
                    digest is not None and digest == before.body_hash
                )
                self.after = validators(answer, digest, before)
                if not self.unchanged:
                    reader = reader_of(self._platform, self._board, request, answer)
                    try:
                        async for parsed in records_of(reader, chunks):
                            if records := self._counted(parsed):
                                yield Records(records)
                            if not self._goes_on:
                                return
                    finally:
                        self._rest = reader.rest
        except FetchFailed as failed:
            not_asked = isinstance(failed, NotAsked)
            self._fail(failed.detail, failed.retry_after_s, not_asked=not_asked)

    def _counted(self, parsed: Sequence[Parsed]) -> tuple[Parsed, ...]:
        counted = []
        for record in parsed:
            if record.broken:
                self._fail(fault_of(record))
                break
            if self.items >= self._caps.items:
                self._cut(f"only {self._caps.items} postings are read at once")
                break
            self._rejected += record.given is None
            if record.given is not None:
                self._met.add(record.given.external_id or f"#{len(self._met)}")
            elif record.external_id is not None:
                self._met.add(record.external_id)
            else:
                self.nameless += 1
            counted.append(record)
        return tuple(counted)

    def _follow(self, answered: Request, further: Sequence[Request]) -> None:
        """Pages that lead back to one that was read have no end, so what they say is not the whole;
        a first answer that names the same further list twice has merely said so twice."""
        for request in further:
            if request.url not in self._asked:
                self._asked.add(request.url)
                self._queue.append(request)
            elif max(answered.page, request.page) > 1:
                self._fail(f"page {answered.page} leads back to one that was read before")
        if answered.page == 1 and len(self._queue) > 1:
            self._siblings = len(self._queue)
            self.position %= self._siblings
            self._queue.rotate(-self.position)

    def _close(self, pending: Sequence[Pending]) -> None:
        read, is_left = self._siblings - len(self._queue), self._siblings and self._queue
        self.position = (self.position + read) % self._siblings if is_left else 0
        if self._partial is not None:
            self._cut(self._partial)
        complete = self._platform.listing == "complete" and not self.unchanged
        if complete and self.total is not None and self.items < self.total:
            self._cut(f"{self.items} of {self.total} postings came")
        # Which single postings are due then only the list tells, so it has to be read again.
        are_due = self._single.are_due or any(each.believed_s is not None for each in pending)
        if not self.is_whole or self._pages > 1 or are_due:
            self.after = NONE

    def _fail(
        self, why: str, retry_after_s: float | None = None, *, not_asked: bool = False
    ) -> None:
        """The first reason is kept, and the longest wish to be left alone."""
        self.not_asked = not_asked if self.failed is None else self.not_asked
        self.failed = self.failed or why
        if retry_after_s is not None:
            self.retry_after_s = max(retry_after_s, self.retry_after_s or 0.0)

    def _cut(self, why: str) -> None:
        self.cut = self.cut or why
