"""Every document of a collection, page by page: the one loop over `Documents.find`.

The next page is read while the caller works on the one it has, so that store and caller wait for
each other only where one of them is slower. Like pages, a scan neither repeats nor skips a document
that stays unchanged meanwhile; what is written during it may or may not be seen.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from backends.documents.base import Document, Documents, Page, Sort
from backends.documents.collections import Collection
from backends.documents.filters import Filter

PAGE = 100
"""Documents of one query: measured best for bodies of 1 KB. A query costs as much as some dozen
rows; pages of thousands leave the processor's caches and take twice as long a document."""


async def pages(
    documents: Documents,
    collection: Collection,
    filter: Filter | None = None,
    *,
    sort: Sort | None = None,
    size: int = PAGE,
) -> AsyncGenerator[tuple[Document, ...], None]:
    """The documents that match, `size` at a time, by `sort` (default: by id); no page is empty.
    Raises Unavailable."""

    def read(after: str | None) -> asyncio.Task[Page]:
        found = documents.find(collection, filter, sort=sort, limit=size, after=after)
        return asyncio.get_running_loop().create_task(found)

    reading = read(None)
    try:
        while True:
            page = await reading
            if page.after is not None:
                reading = read(page.after)
            if page.items:
                yield page.items
            if page.after is None:
                return
    finally:
        # The caller may leave early: nobody waits for that page, or asks what became of it.
        reading.cancel()
        await asyncio.wait([reading])
        if not reading.cancelled():
            reading.exception()


async def every(
    documents: Documents,
    collection: Collection,
    filter: Filter | None = None,
    *,
    sort: Sort | None = None,
    size: int = PAGE,
) -> AsyncGenerator[Document, None]:
    """The same, one document at a time."""
    async with aclosing(pages(documents, collection, filter, sort=sort, size=size)) as found:
        async for page in found:
            for document in page:
                yield document
