"""What a feed said of each posting, so that only what is new or says something else is submitted.

An item is written when it says something new, when it is missed, and when it is seen again: a feed
that says what it said costs reads only. A posting is submitted before its item is written, so a
poller that dies in between submits it again, which changes nothing.

Who is missing is judged at the end of a whole round: once missed is suspect, twice in a row is
closed, seen again is submitted again, which reopens it.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import orjson

from backends.documents import scan
from backends.documents.base import Document, Insert
from backends.documents.collections import FEED_ITEMS
from backends.documents.filters import And, Eq, Gt
from models.base import derived_id
from models.errors import NotFound, VersionConflict
from models.feed import Feed, FeedItem
from models.posting import Given
from services.intake import closing, imports, postings
from services.polling.answers import Records
from services.ports import Ports
from sources.platform import Pending

BATCH = imports.BATCH
MISSES_TO_CLOSE = 2
"""Whole rounds in a row without a posting after which it is closed."""


@dataclass(frozen=True, slots=True)
class _Said:
    """One posting as the feed has it now; `mark` where it has a page of its own."""

    given: Given
    external_id: str
    digest: str
    mark: str | None


class Ledger:
    """The items of one feed during one round. `submitted` counts postings that were sent on,
    `closed` those that were closed."""

    def __init__(self, ports: Ports, feed: Feed) -> None:
        self._ports, self._feed = ports, feed
        self._batch: list[_Said] = []
        self._pages: list[FeedItem] = []
        self._seen: set[str] = set()
        self.submitted = self.closed = 0

    async def fresh(self, pending: Sequence[Pending]) -> list[Pending]:
        """Those whose page has to be read: new, changed, or closed by now. The others, and what
        stands on their pages, are seen."""
        ids = [each.external_id for each in pending]
        items = await self._items([*ids, *map(_page_name, ids)])
        found: list[Pending] = []
        seen: list[str] = []
        for each in pending:
            known = (items.get(name) for name in (each.external_id, _page_name(each.external_id)))
            same = next((i for i in known if i and not i.closed and i.mark == each.mark), None)
            if same is None:
                found.append(each)
            else:
                seen += [same.external_id, *same.holds]
        self._seen.update(seen)
        again = await self._items(seen)
        await self._write(
            [item.model_copy(update={"missed": 0}) for item in again.values() if item.missed]
        )
        return found

    async def take(self, records: Records) -> None:
        """Submit what is new in these records, in batches; faulty ones are passed over."""
        said = [_said(parsed.given, records.of) for parsed in records.parsed if parsed.given]
        for each in said:
            if each.external_id not in self._seen:
                self._seen.add(each.external_id)
                self._batch.append(each)
                if len(self._batch) >= BATCH:
                    await self.flush()
        if records.of is not None and [each.external_id for each in said] != [
            records.of.external_id
        ]:
            self._pages.append(self._page(records.of, said))

    async def flush(self) -> None:
        """Submit and remember what was taken so far."""
        batch, self._batch = self._batch, []
        pages, self._pages = self._pages, []
        items = await self._items([each.external_id for each in batch])
        changed = [each for each in batch if _is_news(each, items.get(each.external_id))]
        ids: dict[str, str | None] = {name: item.posting_id for name, item in items.items()}
        if changed:
            stored = await postings.submit_many(
                self._ports,
                owner_id=self._feed.owner_id,
                givens=[each.given for each in changed],
                source=self._feed.id,
            )
            self.submitted += len(stored)
            ids |= {c.external_id: p.id for c, p in zip(changed, stored, strict=True)}
        now = [self._item(each, ids.get(each.external_id)) for each in batch]
        await self._write([item for item in now if _differs(item, items.get(item.external_id))])
        self._seen.update(page.external_id for page in pages)
        await self._write(pages)

    async def judge(self, *, may_close: bool) -> None:
        """After a whole round: count a miss for each open item that was not seen, and close the
        postings of those that were missed too often, unless the round is doubted."""
        open_items = And((Eq("feed_id", self._feed.id), Eq("closed", False)))
        if await self._ports.documents.count(FEED_ITEMS, open_items) == len(self._seen):
            return
        async for items in self._pages_of(open_items):
            await self._miss([i for i in items if i.external_id not in self._seen], may_close)

    async def judge_again(self, *, may_close: bool) -> None:
        """The same, after a round that said exactly what the last one said."""
        missed = And((Eq("feed_id", self._feed.id), Eq("closed", False), Gt("missed", 0)))
        async for items in self._pages_of(missed):
            await self._miss(items, may_close)

    async def _pages_of(self, filter: And) -> AsyncIterator[list[FeedItem]]:
        async for page in scan.pages(self._ports.documents, FEED_ITEMS, filter):
            yield [FeedItem.model_validate(document.body) for document in page]

    async def _miss(self, items: Sequence[FeedItem], may_close: bool) -> None:
        missed = [item.model_copy(update={"missed": item.missed + 1}) for item in items]
        if not may_close:
            suspect = [item for item in missed if item.missed < MISSES_TO_CLOSE]
            await self._write(suspect)
            return
        over = [item for item in missed if item.missed >= MISSES_TO_CLOSE]
        ids = [item.posting_id for item in over if item.posting_id is not None]
        self.closed += await closing.close_all(self._ports, ids, closing.MISSING)
        await self._write(
            [item.model_copy(update={"closed": item.missed >= MISSES_TO_CLOSE}) for item in missed]
        )

    def _item(self, said: _Said, posting_id: str | None) -> FeedItem:
        return FeedItem(
            id=_id_of(self._feed, said.external_id),
            feed_id=self._feed.id,
            external_id=said.external_id,
            digest=said.digest,
            mark=said.mark,
            posting_id=posting_id,
            updated_at=self._ports.clock(),
        )

    def _page(self, pending: Pending, said: Sequence[_Said]) -> FeedItem:
        """The item of a page that is not one posting: it has several, others, or none."""
        name = _page_name(pending.external_id)
        return FeedItem(
            id=_id_of(self._feed, name),
            feed_id=self._feed.id,
            external_id=name,
            mark=pending.mark,
            holds=tuple(each.external_id for each in said),
            updated_at=self._ports.clock(),
        )

    async def _items(self, external_ids: Sequence[str]) -> dict[str, FeedItem]:
        if not external_ids:
            return {}
        ids = [_id_of(self._feed, external_id) for external_id in external_ids]
        found = await self._ports.documents.get_many(FEED_ITEMS, ids)
        items = (FeedItem.model_validate(document.body) for document in found.values())
        return {item.external_id: item for item in items}

    async def _write(self, items: Sequence[FeedItem]) -> None:
        """Insert or replace. What another poller wrote meanwhile stays: it polled later."""
        inserts = [Insert(item.id, item.model_dump(mode="json")) for item in items]
        if not inserts:
            return
        documents = self._ports.documents
        new = set(await documents.insert_absent(FEED_ITEMS, inserts))
        there = {item.id: item for item in items if item.id not in new}
        stored = await documents.get_many(FEED_ITEMS, list(there)) if there else {}
        await asyncio.gather(*(self._replace(stored[id_], there[id_]) for id_ in stored))

    async def _replace(self, stored: Document, item: FeedItem) -> None:
        body = item.model_dump(mode="json")
        try:
            await self._ports.documents.replace(
                FEED_ITEMS, item.id, body, expected_version=stored.version
            )
        except (VersionConflict, NotFound):
            return


def _id_of(feed: Feed, external_id: str) -> str:
    return derived_id("feed item", feed.id, external_id)


def _page_name(external_id: str) -> str:
    """What the item of a page is called, beside that of a posting with the page's own id."""
    return f"page {external_id}"


def _said(given: Given, of: Pending | None) -> _Said:
    given = imports.identified(given)
    external_id = given.external_id or ""
    content = orjson.dumps(given.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)
    mark = of.mark if of is not None and of.external_id == external_id else None
    return _Said(given, external_id, hashlib.sha256(content).hexdigest(), mark)


def _is_news(said: _Said, item: FeedItem | None) -> bool:
    """Whether it has to be submitted: it is new, says something else, or is back."""
    return item is None or item.closed or item.digest != said.digest


def _differs(now: FeedItem, stored: FeedItem | None) -> bool:
    return stored is None or now.model_copy(update={"updated_at": stored.updated_at}) != stored
