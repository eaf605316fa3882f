"""The adapters that every contract suite runs on: another one joins by one entry.

A `Backend` is a documents adapter with the stream its events go to. `another()` gives a second pair
on the same data, as another process would have it.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from backends.cache.memory import MemoryCache
from backends.documents.base import Documents
from backends.documents.collections import COLLECTIONS, Collection, Index
from backends.documents.sqlite import SqliteDocuments
from backends.files.local import LocalFiles
from backends.sqlite import Database
from backends.stream.base import Stream
from backends.stream.sqlite import SqliteStream

LEASE_S = 0.6

THINGS = Collection(
    "things",
    (
        Index("thing_mail", ("owner", "mail"), unique=True),
        Index("thing_rank", ("owner", "rank")),
        Index("thing_tags", ("tags",), array=True),
    ),
)


@dataclass(frozen=True)
class Backend:
    documents: Documents
    stream: Stream
    another: Callable[[], AbstractAsyncContextManager["Backend"]]


@asynccontextmanager
async def sqlite_backend(folder: Path) -> AsyncIterator[Backend]:
    database = Database(folder / "jobray.db")
    documents = SqliteDocuments(database, (*COLLECTIONS, THINGS))
    stream = SqliteStream(database, lease_s=LEASE_S)
    async with AsyncExitStack() as stack:
        for port in (documents, stream):
            await port.open()
            stack.push_async_callback(port.close)
        yield Backend(documents, stream, lambda: sqlite_backend(folder))


BACKENDS = {"sqlite": sqlite_backend}
CACHES = {"memory": lambda clock: MemoryCache(clock)}
FILES = {"local": LocalFiles}


class ManualClock:
    """Monotonic seconds that only a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now
