"""One SQLite file for documents and stream: durable group commit and several processes at once.

Mechanism. The file is in WAL mode with `synchronous=FULL`, so a commit that returned survives
SIGKILL and power loss. All writes of a process go through one writer thread (see `writer.py`);
reads run on a few reader threads, each with its own connection, and see every write that was
acknowledged. `apsw` brings its own SQLite (3.51.3 or later, without the WAL-reset fault of older
ones); no file may be opened by `apsw` and the standard library's `sqlite3` in one process, and
this is the only file of the program that imports either.

The schema has a number, kept in the file's `user_version`; `MIGRATIONS` lifts an older file step by
step. A file of a newer program is refused. Tables of collections are not migrated here: the
documents adapter makes them from their declarations.
"""

import asyncio
import os
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

import apsw

from backends.nudge import Nudge
from backends.writer import FileLock, Transaction, Writer
from models.base import Clock, utc_now
from models.errors import Unavailable

T = TypeVar("T")
Row = tuple[Any, ...]

MIGRATIONS = (
    """
    CREATE TABLE stream_events (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        topic TEXT NOT NULL,
        partition INTEGER NOT NULL,
        key TEXT NOT NULL,
        id TEXT NOT NULL,
        published_at REAL NOT NULL,
        body TEXT NOT NULL
    );
    CREATE UNIQUE INDEX stream_event_id ON stream_events (topic, id);
    CREATE INDEX stream_event_order ON stream_events (topic);
    CREATE INDEX stream_event_partition ON stream_events (topic, partition);
    CREATE INDEX stream_event_key ON stream_events (topic, key);
    CREATE TABLE stream_subscriptions (
        topic TEXT NOT NULL,
        name TEXT NOT NULL,
        mode TEXT NOT NULL,
        position INTEGER NOT NULL,
        PRIMARY KEY (topic, name)
    ) WITHOUT ROWID;
    CREATE TABLE stream_partitions (
        topic TEXT NOT NULL,
        name TEXT NOT NULL,
        partition INTEGER NOT NULL,
        position INTEGER NOT NULL,
        owner TEXT,
        leased_until REAL NOT NULL DEFAULT 0,
        PRIMARY KEY (topic, name, partition)
    ) WITHOUT ROWID;
    CREATE TABLE stream_members (
        topic TEXT NOT NULL,
        name TEXT NOT NULL,
        consumer TEXT NOT NULL,
        alive_until REAL NOT NULL,
        PRIMARY KEY (topic, name, consumer)
    ) WITHOUT ROWID;
    CREATE TABLE stream_shared (
        topic TEXT NOT NULL,
        name TEXT NOT NULL,
        seq INTEGER NOT NULL,
        owner TEXT,
        until REAL NOT NULL,
        attempt INTEGER NOT NULL,
        PRIMARY KEY (topic, name, seq)
    ) WITHOUT ROWID;
    CREATE INDEX stream_shared_due ON stream_shared (topic, name, until);
    """,
    """
    CREATE TABLE stream_swept (topic TEXT PRIMARY KEY NOT NULL, seq INTEGER NOT NULL) WITHOUT ROWID;
    """,
    """
    ALTER TABLE stream_subscriptions ADD COLUMN id TEXT NOT NULL DEFAULT '';
    ALTER TABLE stream_subscriptions ADD COLUMN begins TEXT;
    """,
)

_CANNOT_NOW = (
    apsw.BusyError,
    apsw.LockedError,
    apsw.IOError,
    apsw.FullError,
    apsw.CantOpenError,
    apsw.NoMemError,
    apsw.ProtocolError,
    apsw.InterruptError,
    apsw.ReadOnlyError,
)
_BROKEN_INDEX = re.compile(
    r"UNIQUE constraint failed: (?:index '(?P<index>[^']+)'|\w+\.(?P<id>id))"
)
_BUSY_MS = 5_000
_RETRY_AFTER_S = 1.0


class NewerSchema(RuntimeError):
    """The file was written by a newer version of the program; this one must not touch it."""


class UniqueViolation(Exception):
    """A write broke the unique index named `index` ("id" for the primary key)."""

    def __init__(self, index: str) -> None:
        super().__init__(index)
        self.index = index


class Sql:
    """One connection. Every verb raises `Unavailable` when the file is busy, full or unreadable,
    and `UniqueViolation` when a unique index refuses the write."""

    def __init__(self, path: Path) -> None:
        try:
            self._connection = apsw.Connection(str(path))
        except _CANNOT_NOW as error:
            raise _unavailable(error) from error
        self._connection.set_busy_timeout(_BUSY_MS)

    def configure(self) -> None:
        """Durability and sizes. The journal mode is a property of the file, the rest of the
        connection. 64 MiB bounds the log that stays on disk, 16 MiB the page cache."""
        self.rows("PRAGMA journal_mode=WAL")
        self.rows("PRAGMA synchronous=FULL")
        self.rows("PRAGMA journal_size_limit=67108864")
        self.rows("PRAGMA cache_size=-16384")

    def rows(self, statement: str, parameters: Sequence[Any] = ()) -> list[Row]:
        try:
            return self._connection.execute(statement, tuple(parameters)).fetchall()
        except _CANNOT_NOW as error:
            raise _unavailable(error) from error
        except apsw.ConstraintError as error:
            broken = _BROKEN_INDEX.search(str(error))
            if broken is None:
                raise
            raise UniqueViolation(broken["index"] or "id") from error

    def row(self, statement: str, parameters: Sequence[Any] = ()) -> Row | None:
        rows = self.rows(statement, parameters)
        return rows[0] if rows else None

    def run(self, statement: str, parameters: Sequence[Any] = ()) -> int:
        """Execute a writing statement; returns how many rows it changed."""
        self.rows(statement, parameters)
        return self._connection.changes()

    @property
    def in_transaction(self) -> bool:
        return self._connection.in_transaction

    def close(self) -> None:
        self._connection.close()


def _unavailable(error: Exception) -> Unavailable:
    return Unavailable(
        f"the database file cannot be used now ({type(error).__name__})",
        retry_after_s=_RETRY_AFTER_S,
    )


class Database:
    """The file at `path`, shared by the adapters of one process.

    `queue_limit` bounds the writes, and separately the reads, that wait at one time; over it the
    verbs raise `Unavailable`. `readers` is the number of reader threads.
    """

    def __init__(
        self,
        path: Path,
        *,
        clock: Clock = utc_now,
        queue_limit: int = 10_000,
        readers: int = 2,
    ) -> None:
        self.path = path
        self.clock = clock
        self.nudge = Nudge(path)
        self._queue_limit = queue_limit
        self._readers = readers
        self._holders: set[object] = set()
        self._opening = asyncio.Lock()
        self._writer: Writer | None = None
        self._pool: ThreadPoolExecutor | None = None
        self._idle: SimpleQueue[Sql] = SimpleQueue()
        self._here: Sql | None = None
        self._reading = 0

    async def open(self, holder: object = None) -> None:
        """Open the file for `holder` (an adapter that shares it; default: the caller at large).
        Idempotent. Raises Unavailable, NewerSchema."""
        async with self._opening:
            if self._writer is None:
                await asyncio.to_thread(self._open_files)
            self._holders.add(holder)

    async def close(self, holder: object = None) -> None:
        """Release the file for `holder`; the last one finishes the accepted writes and closes it.
        Idempotent."""
        async with self._opening:
            self._holders.discard(holder)
            if self._holders or self._writer is None:
                return
            writer, self._writer = self._writer, None
            pool, self._pool = self._pool, None
            await asyncio.to_thread(writer.close)
            self.nudge.close()
            if pool is not None:
                await asyncio.to_thread(pool.shutdown)
            while not self._idle.empty():
                self._idle.get().close()
            if self._here is not None:
                self._here.close()
                self._here = None

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in the writer's next transaction; returns its result when that is durable.

        `work` runs on the writer thread and must not block. What it raises is raised here, and
        nothing of it is kept. Raises Unavailable when the file cannot be written or the queue is
        full; nothing was written then.
        """
        if self._writer is None:
            raise Unavailable("the database is not open")
        return await self._writer.submit(work)

    async def read(self, query: Callable[[Sql], T]) -> T:
        """Run `query` on a reader thread. Raises Unavailable."""
        if self._pool is None:
            raise Unavailable("the database is not open")
        if self._reading >= self._queue_limit:
            raise Unavailable("too many reads are waiting", retry_after_s=_RETRY_AFTER_S)
        self._reading += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, self._query, query)
        finally:
            self._reading -= 1

    def read_here(self, query: Callable[[Sql], T]) -> T:
        """Run `query` on the calling thread: for a few rows by their key, which take some 20 µs
        where the way to a reader thread and back takes 100. Raises Unavailable."""
        if self._here is None:
            raise Unavailable("the database is not open")
        return query(self._here)

    def _query(self, query: Callable[[Sql], T]) -> T:
        connection = self._idle.get()
        try:
            return query(connection)
        finally:
            self._idle.put(connection)

    def _open_files(self) -> None:
        _make_private_file(self.path)
        lock = FileLock(self.path)
        with lock.held():
            connection = Sql(self.path)
            connection.configure()
            migrate(connection)
        for _ in range(self._readers):
            self._idle.put(self._reader())
        self._here = self._reader()
        self._pool = ThreadPoolExecutor(self._readers, thread_name_prefix="sqlite-reader")
        self._writer = Writer(
            connection, lock, self.clock, self.nudge.send, queue_limit=self._queue_limit
        )

    def _reader(self) -> Sql:
        reader = Sql(self.path)
        reader.configure()
        return reader


def _make_private_file(path: Path) -> None:
    # SQLite gives its side files the mode of the database: accounts live here, so owner only.
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise Unavailable(f"the database file cannot be made ({error.strerror})") from error


def migrate(connection: Sql, migrations: Sequence[str] = MIGRATIONS) -> None:
    """Lift the file to the newest schema in one transaction. Raises NewerSchema."""
    connection.run("BEGIN IMMEDIATE")
    try:
        found = connection.rows("PRAGMA user_version")[0][0]
        if found > len(migrations):
            raise NewerSchema(
                f"the database has schema {found}, this program knows {len(migrations)}:"
                " start the newer program, or restore the file of before"
            )
        for number, step in enumerate(migrations[found:], start=found + 1):
            connection.run(step)
            connection.run(f"PRAGMA user_version={number}")
    except BaseException:
        connection.run("ROLLBACK")
        raise
    connection.run("COMMIT")
