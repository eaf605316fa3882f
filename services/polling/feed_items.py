"""What a feed said of each posting, so that only what is new or says something else is submitted.

An item is written when it says something new, when it is missed, and when it is seen again: a feed
that says what it said costs reads only. A posting is submitted before its item is written, so a
poller that dies in between submits it again, which changes nothing.

Who is missing is judged at the end of a whole round: once missed is suspect, twice in a row is
closed, seen again is submitted again, which reopens it. A record that cannot be read is seen all
the same where it says whose it is. Of those that do not (*nameless*) each may be any posting that
vanished when it appeared:

- Those that were there while no posting was missing are none of ours: *strangers*. Were they not
  told apart, one record that was never readable would keep everything open for ever. Where there
  are fewer nameless than before, it is strangers that went.
- Where there are more of them than in the last whole round, or more others than postings that are
  held to be *unread* already, all that are missing now may be unread: none of them is counted as
  missed, for nothing tells which.
- As long as there are others at all, what is held to be unread stays so, and what vanishes later,
  when no nameless record came with it, is missed as ever. When they are gone, so is the doubt,
  and after DOUBT_MAX those that are still there are taken for strangers.

A stranger that goes between the same two rounds in which a posting of ours becomes nameless cannot
be told from no change at all.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

import orjson

from backends.documents.filters import Eq, Gt, Lte
from models.base import timestamp
from models.feed import Feed, FeedItem
from models.posting import Given
from services.intake import closing, imports, postings
from services.polling.feed_pages import KnownPage, names_of, page_name
from services.polling.item_store import ItemStore
from services.polling.single_postings import Due, Records
from services.ports import Ports
from sources.base import Parsed
from sources.platform import Pending

BATCH = imports.BATCH
MISSES_TO_CLOSE = 2
"""Whole rounds in a row without a posting after which it is closed."""
DOUBT_MAX = timedelta(days=14)
"""How long a posting stays open only because it may be a record that does not say whose it is."""


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
        self._items = ItemStore(ports, feed)
        self._batch: list[_Said] = []
        self._unreadable: list[str] = []
        self._pages: list[Records] = []
        self._taken: set[str] = set()
        self._seen: set[str] = set()
        self.submitted = self.closed = 0

    async def fresh(self, listed: Sequence[Pending]) -> list[Due]:
        """Those whose page has to be asked for. The others, and what stands on their pages, are
        seen; those of them that are known rest."""
        items = await self._items.read(names_of(listed))
        now, interval = self._ports.clock(), timedelta(seconds=self._feed.interval_s)
        found: list[Due] = []
        seen: list[str] = []
        for each in listed:
            page = KnownPage.of(each, items)
            due = page.due(each, now, interval)
            if due is None:
                seen += page.names
                found += [Due(each, known=True, rests=True)] if page.postings else []
            else:
                found.append(due)
        await self._see(seen, items)
        return found

    async def take(self, records: Records) -> None:
        """Submit what is new in these records, in batches; of faulty ones only note that they are
        there."""
        for parsed in records.parsed:
            if parsed.given is not None:
                said = _said(parsed.given, records.of)
                if said.external_id not in self._taken:
                    self._taken.add(said.external_id)
                    self._batch.append(said)
            elif parsed.external_id is not None:
                self._unreadable.append(parsed.external_id)
            if len(self._batch) + len(self._unreadable) >= BATCH:
                await self.flush()
        if records.of is not None:
            self._pages.append(records)
            if len(self._pages) >= BATCH:
                await self.flush()

    async def flush(self) -> None:
        """Submit and remember what was taken so far."""
        pages, self._pages = self._pages, []
        listed = [records.of for records in pages if records.of is not None]
        before = await self._items.read(names_of(listed))
        await self._submit()
        unreadable, self._unreadable = self._unreadable, []
        await self._see(unreadable)
        await self._note(pages, before)

    async def _submit(self) -> None:
        batch, self._batch = self._batch, []
        items = await self._items.read(each.external_id for each in batch)
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
        await self._items.write([i for i in now if _differs(i, items.get(i.external_id))])
        self._seen.update(item.external_id for item in now)

    async def _note(self, pages: Sequence[Records], before: Mapping[str, FeedItem]) -> None:
        """Remember what became of these pages."""
        items: list[FeedItem] = []
        seen: list[str] = []
        for records in pages:
            if records.of is not None:
                known = KnownPage.of(records.of, before)
                if records.fate == "left":
                    seen += known.names
                elif (item := self._page(records, records.of, known)) is not None:
                    items.append(item)
        await self._items.write(items)
        still_open = [item for item in items if not item.closed]
        self._seen.update(item.external_id for item in still_open)
        await self._see([*seen, *(name for item in still_open for name in item.holds)])

    def _page(self, records: Records, of: Pending, known: KnownPage) -> FeedItem | None:
        """The item of a page, as it is now; None where it has none, or stays as it is."""
        there = [name for name in map(_name_in, records.parsed) if name is not None]
        if records.fate == "failed":
            return self._page_item(of, None, known.postings, faults=known.faults + 1)
        if records.fate == "gone":
            return None if known.postings else self._page_item(of, of.mark, ())
        if there == [of.external_id] and records.parsed[0].given is not None:
            return known.page and known.page.model_copy(update={"closed": True})
        if None in map(_name_in, records.parsed):
            there += known.postings
        is_less = not set(known.postings) <= set(there)
        return self._page_item(of, None if is_less else of.mark, tuple(dict.fromkeys(there)))

    def _page_item(
        self, of: Pending, mark: str | None, holds: tuple[str, ...], *, faults: int = 0
    ) -> FeedItem:
        return self._items.item(
            page_name(of.external_id),
            mark=mark,
            asked_at=self._ports.clock(),
            holds=holds,
            faults=faults,
        )

    async def _see(
        self, names: Collection[str], known: Mapping[str, FeedItem] = MappingProxyType({})
    ) -> None:
        """These are listed, whatever they say: those that are open are not missing. `known` are
        items that have just been read."""
        new = [name for name in names if name not in self._seen]
        items = await self._items.read(name for name in new if name not in known)
        items |= {name: known[name] for name in new if name in known}
        seen = [item for item in items.values() if not item.closed]
        self._seen.update(item.external_id for item in seen)
        again = [item for item in seen if item.missed or item.unread]
        await self._items.write([_missed(item, 0) for item in again])

    async def judge(self, *, may_close: bool, nameless: int) -> int:
        """After a whole round with so many nameless records: count a miss for each open item that
        was not seen, and close the postings of those that were missed too often, unless the round
        is doubted. Returns how many of the nameless are strangers."""
        if await self._items.count_open() == len(self._seen):
            return nameless
        strangers = await self._strangers(nameless)
        others = nameless - strangers
        unread = await self._items.count_open(Eq("unread", True)) if others else 0
        in_doubt = others > unread or (others and nameless > self._feed.nameless)
        async for items in self._items.open_pages():
            gone = [item for item in items if item.external_id not in self._seen]
            if in_doubt:
                await self._hold([item for item in gone if not item.unread])
            else:
                counted = [item for item in gone if not (others and item.unread)]
                await self._miss(counted, may_close)
        return strangers

    async def _strangers(self, nameless: int) -> int:
        """How many of the nameless cannot be what is missing."""
        since = timestamp(self._ports.clock() - DOUBT_MAX)
        if nameless and await self._items.count_open(Eq("unread", True), Lte("updated_at", since)):
            return nameless
        fewer = max(0, self._feed.nameless - nameless)
        return max(0, self._feed.strangers - fewer)

    async def _hold(self, items: Sequence[FeedItem]) -> None:
        """From now on it is not known whether these are missing."""
        now = {"missed": 0, "unread": True, "updated_at": self._ports.clock()}
        await self._items.write([item.model_copy(update=now) for item in items])

    async def judge_again(self, *, may_close: bool) -> None:
        """The same, after a round that said exactly what the last one said."""
        async for items in self._items.open_pages(Gt("missed", 0)):
            await self._miss(items, may_close)

    async def _miss(self, items: Sequence[FeedItem], may_close: bool) -> None:
        missed = [_missed(item, item.missed + 1) for item in items]
        if not may_close:
            await self._items.write([item for item in missed if item.missed < MISSES_TO_CLOSE])
            return
        over = [item for item in missed if item.missed >= MISSES_TO_CLOSE]
        ids = [item.posting_id for item in over if item.posting_id is not None]
        self.closed += await closing.close_all(self._ports, ids, closing.MISSING)
        await self._items.write(
            [item.model_copy(update={"closed": item.missed >= MISSES_TO_CLOSE}) for item in missed]
        )

    def _item(self, said: _Said, posting_id: str | None) -> FeedItem:
        return self._items.item(
            said.external_id,
            digest=said.digest,
            mark=said.mark,
            asked_at=None if said.mark is None else self._ports.clock(),
            posting_id=posting_id,
        )


def _missed(item: FeedItem, missed: int) -> FeedItem:
    return item.model_copy(update={"missed": missed, "unread": False})


def _name_in(parsed: Parsed) -> str | None:
    """Whose record it is; None where that could not be read."""
    if parsed.given is None:
        return parsed.external_id
    return imports.identified(parsed.given).external_id


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
