"""The one writer thread of a process: group commit, savepoints, and turns between processes.

Callers queue a callable. The thread takes the file lock, then everything that queued meanwhile,
and runs it in one `BEGIN IMMEDIATE` transaction, each callable inside a savepoint of its own: one
that raises is rolled back alone and its neighbours stay. After the commit every caller gets its own
result or exception; no one is answered before the commit is durable. The more callers wait, the
larger the group, so the cost of the disk's flush is shared.

SQLite lets processes race for its write lock with sleeps, which starves some for a second and
more. So a process first takes a `flock` on a side file. Two such files make a turnstile: who waits
for the write lock holds the turn, and who has just written must queue for the turn again.
"""

import asyncio
import fcntl
import os
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

import structlog

from models.base import Clock
from models.errors import Unavailable

log = structlog.get_logger(__name__)

T = TypeVar("T")

BATCH_MAX = 512
"""Callables in one transaction: bounds the time that other processes wait for their turn."""

LOCK_WAIT_S = 5.0
"""A process that is stopped in the middle of a write must not hang the callers of the others."""


class Connection(Protocol):
    """What the writer needs of `sqlite.Sql`."""

    def rows(self, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]: ...

    def row(self, statement: str, parameters: Sequence[Any] = ()) -> tuple[Any, ...] | None: ...

    def run(self, statement: str, parameters: Sequence[Any] = ()) -> int: ...

    @property
    def in_transaction(self) -> bool: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Transaction:
    """The open transaction, as a queued callable sees it. `now` is its time in seconds since the
    epoch; topics put into `announced` are nudged after the commit."""

    sql: Connection
    now: float
    announced: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Job:
    work: Callable[[Transaction], Any]
    future: asyncio.Future[Any]
    result: Any = None
    error: Exception | None = None


class FileLock:
    """One writer at a time over all processes, in fair turns. Each object counts as a process."""

    def __init__(self, database: Path, wait_s: float = LOCK_WAIT_S) -> None:
        self._wait_s = wait_s
        self._turn = _open_side_file(database, "-turn")
        self._lock = _open_side_file(database, "-lock")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock. Raises Unavailable after `wait_s` seconds in vain, or where the system
        gives none."""
        deadline = time.monotonic() + self._wait_s
        _lock_until(self._turn, deadline)
        try:
            _lock_until(self._lock, deadline)
        finally:
            fcntl.flock(self._turn, fcntl.LOCK_UN)
        try:
            yield
        finally:
            fcntl.flock(self._lock, fcntl.LOCK_UN)

    def close(self) -> None:
        os.close(self._turn)
        os.close(self._lock)


def _open_side_file(database: Path, suffix: str) -> int:
    side = database.with_name(database.name + suffix)
    try:
        return os.open(side, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise Unavailable("the lock file of the database cannot be opened") from error


def _lock_until(descriptor: int, deadline: float) -> None:
    # flock knows no timeout, so waiting is a short sleep between tries; the jitter keeps several
    # waiters from trying in step.
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise Unavailable("another process holds the database") from None
        except OSError as error:  # the kernel has no lock to give: ENOLCK
            raise Unavailable("the database cannot be locked") from error
        time.sleep(random.uniform(0.0001, 0.0004))  # noqa: S311 - spreads waiters, no secret


class Writer:
    """Owns the writing connection and its thread. `announce(topics)` is called on that thread after
    a commit that published."""

    def __init__(
        self,
        connection: Connection,
        lock: FileLock,
        clock: Clock,
        announce: Callable[[set[str]], None],
        *,
        queue_limit: int,
    ) -> None:
        self._connection = connection
        self._lock = lock
        self._clock = clock
        self._announce = announce
        self._queue_limit = queue_limit
        self._queue: deque[_Job] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="sqlite-writer", daemon=True)
        self._thread.start()

    async def submit(self, work: Callable[[Transaction], T]) -> T:
        """Queue `work` and wait for its commit. Raises what it raises; Unavailable at the cap."""
        job = _Job(work, asyncio.get_running_loop().create_future())
        with self._changed:
            if self._closing:
                raise Unavailable("the database is closing")
            if len(self._queue) >= self._queue_limit:
                raise Unavailable("too many writes are waiting", retry_after_s=1.0)
            self._queue.append(job)
            self._changed.notify()
        result: T = await job.future
        return result

    def close(self) -> None:
        """Finish what is queued, then release the connection. Blocks."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()
        self._connection.close()
        self._lock.close()

    def _run(self) -> None:
        while self._wait_for_work():
            jobs, announced = self._run_group()
            _settle(jobs)
            if announced:
                self._nudge(announced)

    def _run_group(self) -> tuple[list[_Job], set[str]]:
        """Take a group and run it; returns it with the topics published to. Raises nothing: once
        this thread ended, every later write would wait for ever."""
        jobs, announced = list[_Job](), set[str]()
        try:
            with self._lock.held():
                jobs = self._take()
                announced = self._commit(jobs)
        except Exception as error:
            if not isinstance(error, Unavailable):
                log.exception("write lock failed")
            if not jobs:
                jobs = self._take()
                _fail(jobs, _as_unavailable(error))
        return jobs, announced

    def _nudge(self, announced: set[str]) -> None:
        try:
            self._announce(announced)
        except Exception:
            # The events are durable, and who waits for them also looks by itself.
            log.exception("nudge failed")

    def _wait_for_work(self) -> bool:
        with self._changed:
            while not self._queue and not self._closing:
                self._changed.wait()
            return bool(self._queue)

    def _take(self) -> list[_Job]:
        with self._changed:
            return [self._queue.popleft() for _ in range(min(len(self._queue), BATCH_MAX))]

    def _commit(self, jobs: list[_Job]) -> set[str]:
        """Run the jobs in one transaction; returns the topics published to. Raises nothing: a
        transaction that fails as a whole becomes the error of each of its jobs."""
        try:
            transaction = Transaction(self._connection, self._clock().timestamp())
            self._rollback()
            self._connection.run("BEGIN IMMEDIATE")
            for job in jobs:
                self._attempt(job, transaction)
            self._connection.run("COMMIT")
        except Exception as error:
            _fail(jobs, error)
            # Where even the rollback fails, the next group begins with another try at it.
            with suppress(Exception):
                self._rollback()
            return set()
        return transaction.announced

    def _rollback(self) -> None:
        if self._connection.in_transaction:
            self._connection.run("ROLLBACK")

    def _attempt(self, job: _Job, transaction: Transaction) -> None:
        self._connection.run("SAVEPOINT job")
        try:
            job.result = job.work(transaction)
        except Exception as error:
            if not self._connection.in_transaction:
                # A full disk or an I/O error rolls back the whole transaction, the earlier
                # jobs of this group with it.
                raise
            self._connection.run("ROLLBACK TO job")
            job.error = error
        self._connection.run("RELEASE job")


def _as_unavailable(error: Exception) -> Unavailable:
    if isinstance(error, Unavailable):
        return error
    made = Unavailable("the database cannot be written now")
    made.__cause__ = error
    return made


def _fail(jobs: list[_Job], error: Exception) -> None:
    for job in jobs:
        job.result, job.error = None, error


def _settle(jobs: list[_Job]) -> None:
    """Hand each caller its outcome: one wake-up for each event loop, not for each caller."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
    for job in jobs:
        by_loop.setdefault(job.future.get_loop(), []).append(job)
    for loop, waiting in by_loop.items():
        # A loop that closed meanwhile has no one waiting any more.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(_deliver, waiting)


def _deliver(jobs: list[_Job]) -> None:
    for job in jobs:
        if job.future.done():
            continue
        if job.error is not None:
            job.future.set_exception(job.error)
        else:
            job.future.set_result(job.result)
