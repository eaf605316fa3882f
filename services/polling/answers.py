"""One way through a board: its list page by page, then the single postings that have more to say.

Nothing is stored here. Records are given out while answers arrive; whether they are the whole list
is known only at the end: `failed` tells why the round is not to be trusted, `cut` why it is sound
but not all. An answer that is the same as the last one (304, or the same bytes, for few boards
honour conditional requests) is not parsed: `unchanged`.
"""

import asyncio
import hashlib
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from backends.fetch.base import Answer, Disallowed, FetchFailed
from services.polling.outside import Outside
from sources.base import Parsed
from sources.platform import Board, Pending, Platform, Reader, Request

_KEPT_BYTES = 4 * 1024 * 1024
"""The longest answer that is compared with the last one before it is parsed."""
_PIECE = 1 << 16
_LISTED_AT_ONCE = 250
_DETAILS_AT_ONCE = 8
_DETAIL_FAULTS_MAX = 3
"""Single postings in a row that could not be read: then it is not they that are at fault."""
_GONE = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class Caps:
    """How much of a board one round takes: answers of its list, postings, and single postings."""

    pages: int = 1_000
    items: int = 200_000
    details: int = 1_000


CAPS = Caps()


@dataclass(frozen=True, slots=True)
class Validators:
    """What tells that an answer is the same as the last one."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None


NONE = Validators()


@dataclass(frozen=True, slots=True)
class Records:
    """Records of one answer: of the list, or of the page of one posting that it named."""

    parsed: tuple[Parsed, ...]
    of: Pending | None = None


Fresh = Callable[[Sequence[Pending]], Awaitable[Sequence[Pending]]]
"""Those of the listed postings that are new or have changed."""


class Walk:
    """`records` is run once; the rest can be read then."""

    def __init__(
        self,
        outside: Outside,
        platform: Platform,
        board: Board,
        *,
        before: Validators = NONE,
        caps: Caps = CAPS,
    ) -> None:
        self._outside, self._platform, self._board = outside, platform, board
        self._before, self._caps = before, caps
        self._queue = deque([platform.start(board)])
        self._asked = {request.url for request in self._queue}
        self._met: set[str] = set()
        self._pages = self._details = self._faults_in_row = 0
        self.rejected = 0
        self.total: int | None = None
        self.failed: str | None = None
        self.retry_after_s: float | None = None
        self.cut: str | None = None
        self.unchanged = False
        self.after = before

    @property
    def items(self) -> int:
        """Postings that were listed, those that could not be read among them."""
        return len(self._met) + self.rejected

    @property
    def is_whole(self) -> bool:
        return self.failed is None and self.cut is None

    async def records(self, fresh: Fresh) -> AsyncGenerator[Records, None]:
        """The records as they come, faulty ones too; broken answers end it and are told by
        `failed`."""
        pending: list[Pending] = []
        while self._queue and self._goes_on:
            if self._pages == self._caps.pages:
                self._cut(f"only {self._caps.pages} pages are read at once")
                break
            request = self._queue.popleft()
            self._pages += 1
            reader = self._platform.reader(self._board, request)
            met_before, rejected_before = len(self._met), self.rejected
            async with aclosing(self._listed(request, reader)) as listed:
                async for records in listed:
                    yield records
            rest = reader.rest
            self._met.update(each.external_id for each in rest.pending)
            pending += rest.pending
            if self.items > self._caps.items:
                self._cut(f"only {self._caps.items} postings are read at once")
            said = bool(rest.pending) or len(self._met) > met_before
            if request.page > 1 and rest.next and not said and self.rejected == rejected_before:
                self._fail(f"page {request.page} says what the pages before it said")
            self.total = rest.total if rest.total is not None else self.total
            self._follow(request, rest.next)
            yield Records(())  # however little it said: who listens keeps a lease
        if self._goes_on or self.cut:
            async for records in self._single(pending, fresh):
                yield records
        self._close()

    @property
    def _goes_on(self) -> bool:
        return self.failed is None and self.cut is None and not self.unchanged

    async def _listed(self, request: Request, reader: Reader) -> AsyncGenerator[Records, None]:
        """One answer of the list. Of the first one it is told whether it is the last one again."""
        first = self._pages == 1
        before = self._before if first else NONE
        wanted = self._outside.wanted(
            self._platform, request, etag=before.etag, last_modified=before.last_modified
        )
        try:
            async with self._outside.fetcher.stream(wanted) as answer:
                if answer.not_modified and before == NONE:
                    self._fail("the answer is that nothing has changed, though nobody asked that")
                    return
                chunks, digest = await _kept(answer) if first else (answer.chunks, None)
                self.unchanged = answer.not_modified or (
                    digest is not None and digest == before.body_hash
                )
                self.after = _validators(answer, digest, before)
                if not self.unchanged:
                    async for parsed in _read(reader, chunks):
                        if records := self._counted(parsed):
                            yield Records(records)
                        if not self._goes_on:
                            return
        except FetchFailed as failed:
            self._fail(failed.detail, failed.retry_after_s)

    def _counted(self, parsed: Sequence[Parsed]) -> tuple[Parsed, ...]:
        kept = []
        for record in parsed:
            if record.broken:
                self._fail(_fault(record))
                break
            if self.items >= self._caps.items:
                self._cut(f"only {self._caps.items} postings are read at once")
                break
            if record.given is None:
                self.rejected += 1
            else:
                self._met.add(record.given.external_id or f"#{len(self._met)}")
            kept.append(record)
        return tuple(kept)

    def _follow(self, answered: Request, further: Sequence[Request]) -> None:
        """Pages that lead back to one that was read have no end, so what they say is not the whole;
        a first answer that names the same further list twice has merely said so twice."""
        for request in further:
            if request.url not in self._asked:
                self._asked.add(request.url)
                self._queue.append(request)
            elif max(answered.page, request.page) > 1:
                self._fail(f"page {answered.page} leads back to one that was read before")

    async def _single(self, pending: list[Pending], fresh: Fresh) -> AsyncIterator[Records]:
        for start in range(0, len(pending), _LISTED_AT_ONCE):
            wanted = list(await fresh(pending[start : start + _LISTED_AT_ONCE]))
            left = self._caps.details - self._details
            if len(wanted) > left:
                self._cut("more single postings are new than are read at once")
            for first in range(0, min(left, len(wanted)), _DETAILS_AT_ONCE):
                chunk = wanted[first : min(left, first + _DETAILS_AT_ONCE)]
                self._details += len(chunk)
                found = await asyncio.gather(*map(self._detail, chunk))
                for each, parsed in zip(chunk, found, strict=True):
                    if parsed is not None:
                        self.rejected += sum(record.given is None for record in parsed)
                        yield Records(parsed, each)
                if self._details_fail:
                    return

    @property
    def _details_fail(self) -> bool:
        return self._faults_in_row >= _DETAIL_FAULTS_MAX or self.retry_after_s is not None

    async def _detail(self, pending: Pending) -> tuple[Parsed, ...] | None:
        """The records of a single posting's page; None where it could not be read, or is gone."""
        reader = self._platform.reader(self._board, pending.request)
        try:
            wanted = self._outside.wanted(self._platform, pending.request)
            async with self._outside.fetcher.stream(wanted) as answer:
                found = [p async for parsed in _read(reader, answer.chunks) for p in parsed]
        except Disallowed:
            return None
        except FetchFailed as failed:
            if failed.answered not in _GONE:
                self._faults_in_row += 1
                self._fail(f"a single posting: {failed.detail}", failed.retry_after_s)
            return None
        broken = next((record for record in found if record.broken), None)
        if broken is not None:
            self._faults_in_row += 1
            self._fail(f"a single posting: {_fault(broken)}")
            return None
        self._faults_in_row = 0
        return tuple(found)

    def _close(self) -> None:
        complete = self._platform.listing == "complete" and not self.unchanged
        if complete and self.total is not None and self.items < self.total:
            self._cut(f"{self.items} of {self.total} postings came")
        if not self.is_whole or self._pages > 1:
            self.after = NONE

    def _fail(self, why: str, retry_after_s: float | None = None) -> None:
        """The first reason is kept, and the longest wish to be left alone."""
        self.failed = self.failed or why
        if retry_after_s is not None:
            self.retry_after_s = max(retry_after_s, self.retry_after_s or 0.0)

    def _cut(self, why: str) -> None:
        self.cut = self.cut or why


def _fault(record: Parsed) -> str:
    fault = record.errors[0]
    return f"line {record.line}: expected {fault.expected}, got {fault.got}"


def _validators(answer: Answer, digest: str | None, before: Validators) -> Validators:
    """Those of this answer; a 304 may leave them out, and those of the full answer stay good."""
    if answer.not_modified:
        etag, modified = answer.etag or before.etag, answer.last_modified or before.last_modified
        return Validators(etag, modified, before.body_hash)
    return Validators(answer.etag, answer.last_modified, digest)


async def _kept(answer: Answer) -> tuple[AsyncIterator[bytes], str | None]:
    """The body, and its SHA-256 where it is short enough to be kept for a moment."""
    kept, size, ended = [], 0, True
    async for chunk in answer.chunks:
        kept.append(chunk)
        size += len(chunk)
        if size > _KEPT_BYTES:
            ended = False
            break

    async def chunks() -> AsyncIterator[bytes]:
        while kept:
            yield kept.pop(0)
        async for chunk in answer.chunks:
            yield chunk

    return chunks(), hashlib.sha256(b"".join(kept)).hexdigest() if ended else None


async def _read(reader: Reader, chunks: AsyncIterator[bytes]) -> AsyncIterator[list[Parsed]]:
    """The records of an answer while it arrives, letting others run in between. What is read only
    when it is whole is read in a thread: it may take seconds."""
    async for chunk in chunks:
        for start in range(0, len(chunk), _PIECE):
            if parsed := reader.feed(chunk[start : start + _PIECE]):
                yield parsed
            await asyncio.sleep(0)
    yield await asyncio.to_thread(reader.close)
