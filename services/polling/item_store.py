"""The items of one feed in the store: read and written in batches, found where they are open."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any

from backends.documents import scan
from backends.documents.base import Document, Insert
from backends.documents.collections import FEED_ITEMS
from backends.documents.filters import And, Eq, Gt, Lte
from models.base import derived_id
from models.errors import NotFound, VersionConflict
from models.feed import Feed, FeedItem
from services.ports import Ports

Condition = Eq | Gt | Lte


class ItemStore:
    """One round's way to what its feed said before."""

    def __init__(self, ports: Ports, feed: Feed) -> None:
        self._ports, self._feed = ports, feed

    def item(self, external_id: str, **fields: Any) -> FeedItem:
        """A new item of this feed, as of now."""
        return FeedItem(
            id=derived_id("feed item", self._feed.id, external_id),
            feed_id=self._feed.id,
            external_id=external_id,
            updated_at=self._ports.clock(),
            **fields,
        )

    async def read(self, external_ids: Iterable[str]) -> dict[str, FeedItem]:
        """Those there are, closed ones too, by the feed's own ids."""
        ids = [derived_id("feed item", self._feed.id, name) for name in dict.fromkeys(external_ids)]
        found = await self._ports.documents.get_many(FEED_ITEMS, ids) if ids else {}
        items = (FeedItem.from_store(document.body) for document in found.values())
        return {item.external_id: item for item in items}

    async def count_open(self, *conditions: Condition) -> int:
        return await self._ports.documents.count(FEED_ITEMS, self._open(conditions))

    async def open_pages(self, *conditions: Condition) -> AsyncIterator[list[FeedItem]]:
        """The open items that meet these conditions, page by page."""
        found = scan.pages(self._ports.documents, FEED_ITEMS, self._open(conditions))
        async for page in found:
            yield [FeedItem.from_store(document.body) for document in page]

    def _open(self, conditions: Sequence[Condition]) -> And:
        return And((Eq("feed_id", self._feed.id), Eq("closed", False), *conditions))

    async def write(self, items: Sequence[FeedItem]) -> None:
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
