"""The SQLite file itself: schema numbers, group commit, caps, locks, what a full disk does."""

import asyncio
import errno
import fcntl
import itertools
import stat
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backends.documents.base import Sort
from backends.documents.collections import COLLECTIONS, Collection, Index
from backends.documents.cursors import Keyset
from backends.documents.filters import And, Contains, Eq, Gt
from backends.documents.sqlite import SqliteDocuments
from backends.documents.sqlite_fields import FilterCompiler
from backends.documents.sqlite_pages import runs
from backends.sqlite import MIGRATIONS, Database, NewerSchema, Sql, UniqueViolation, migrate
from backends.stream.base import PARTITIONS, PositionLost
from backends.stream.sqlite import SqliteStream
from backends.writer import FileLock, Transaction
from models.errors import Unavailable
from models.events import Event
from models.shards import bucket_of
from tests.contract.adapters import THINGS

TABLE = "CREATE TABLE IF NOT EXISTS t (id TEXT PRIMARY KEY, filler TEXT)"


def put(key: str, filler: str = "") -> Callable[[Transaction], int]:
    return lambda t: t.sql.run("INSERT INTO t (id, filler) VALUES (?, ?)", (key, filler))


@asynccontextmanager
async def opened(path: Path, queue_limit: int = 10_000) -> AsyncIterator[Database]:
    database = Database(path / "jobray.db", queue_limit=queue_limit)
    await database.open()
    await database.write(lambda t: t.sql.run(TABLE))
    yield database
    await database.close()


def list_folder(path: Path) -> list[Path]:
    return list(path.iterdir())


async def keys(database: Database) -> list[str]:
    return [row[0] for row in await database.read(lambda sql: sql.rows("SELECT id FROM t"))]


async def test_one_that_fails_does_not_spoil_its_group(tmp_path: Path) -> None:
    def half(transaction: Transaction) -> None:
        put("half")(transaction)
        raise ValueError("on purpose")

    async with opened(tmp_path) as database:
        with FileLock(database.path).held():
            # Nothing runs while the lock is ours, so all of these become one group.
            work = [put("a"), half, put("a"), put("b")]
            writing = [asyncio.create_task(database.write(each)) for each in work]
            await asyncio.sleep(0.05)
        results = await asyncio.gather(*writing, return_exceptions=True)
        assert results[0] == results[3] == 1
        assert isinstance(results[1], ValueError)
        assert isinstance(results[2], UniqueViolation)
        assert await keys(database) == ["a", "b"]


async def test_the_queue_is_bounded(tmp_path: Path) -> None:
    async with opened(tmp_path, queue_limit=3) as database:
        with FileLock(database.path).held():
            writing = [asyncio.create_task(database.write(put(f"{n}"))) for n in range(5)]
            await asyncio.sleep(0.05)
            refused = [task for task in writing if task.done()]
            assert len(refused) == 2
            for task in refused:
                with pytest.raises(Unavailable) as error:
                    await task
                assert error.value.retry_after_s == 1.0
        await asyncio.gather(*(task for task in writing if task not in refused))
        assert len(await keys(database)) == 3


def _no_lock(*args: object) -> None:
    raise OSError(errno.ENOLCK, "no locks available")


def _broken(*args: object) -> None:
    raise RuntimeError("on purpose")


@contextmanager
def _held_but_not_released(lock: FileLock) -> Iterator[None]:
    yield
    raise OSError(errno.EIO, "input/output error")


@pytest.mark.parametrize(
    "what,fault", [("fcntl.flock", _no_lock), ("backends.writer.FileLock.held", _broken)]
)
async def test_a_lock_that_cannot_be_had_fails_the_write_and_not_the_writer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str, fault: Callable[..., None]
) -> None:
    async with opened(tmp_path) as database, asyncio.timeout(5):
        with monkeypatch.context() as patch:
            patch.setattr(what, fault)
            with pytest.raises(Unavailable):
                await database.write(put("a"))
        await database.write(put("b"))
        assert await keys(database) == ["b"]


async def test_a_nudge_that_fails_does_not_end_the_writer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def publish(transaction: Transaction) -> None:
        transaction.announced.add("jobs")

    monkeypatch.setattr("backends.nudge.Nudge.send", _broken)
    async with opened(tmp_path) as database, asyncio.timeout(5):
        for _ in range(2):
            await database.write(publish)


async def test_a_lock_that_cannot_be_given_back_keeps_what_was_committed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path) as database, asyncio.timeout(5):
        with monkeypatch.context() as patch:
            patch.setattr(FileLock, "held", _held_but_not_released)
            assert await database.write(put("a")) == 1
        await database.write(put("b"))
        assert await keys(database) == ["a", "b"]


async def test_a_lock_that_is_never_given_back_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "jobray.db"
    with FileLock(path).held():
        begun = time.monotonic()
        with pytest.raises(Unavailable), FileLock(path, wait_s=0.1).held():
            pytest.fail("two hold the lock")
        assert 0.1 <= time.monotonic() - begun < 2
    with FileLock(path, wait_s=0.1).held():
        pass


def test_who_has_just_written_queues_behind_who_waits(tmp_path: Path) -> None:
    path, turns = tmp_path / "jobray.db", list[str]()
    first, second = FileLock(path), FileLock(path)

    def wait_and_write() -> None:
        with second.held():
            turns.append("second")

    waiter = threading.Thread(target=wait_and_write)
    with first.held():
        waiter.start()
        while not _is_locked(tmp_path / "jobray.db-turn"):
            time.sleep(0.001)
    # The lock is free and the waiter may be asleep; it has its turn all the same.
    with first.held():
        turns.append("first")
    waiter.join()
    assert turns == ["second", "first"]
    first.close()
    second.close()


def _is_locked(path: Path) -> bool:
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


async def test_a_full_disk_is_unavailable_and_passes(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        await database.write(put("before"))
        (pages,) = await database.write(lambda t: t.sql.row("PRAGMA page_count") or ())
        await database.write(lambda t: t.sql.rows(f"PRAGMA max_page_count={pages + 5}"))
        writing = [put("small"), put("big", "x" * 1_000_000), put("other")]
        results = await asyncio.gather(*map(database.write, writing), return_exceptions=True)
        assert isinstance(results[1], Unavailable)
        kept = {"small", "other"} if results[0] == results[2] == 1 else set()
        assert set(await keys(database)) == {"before", *kept}
        await database.write(lambda t: t.sql.rows("PRAGMA max_page_count=1000000"))
        await database.write(put("big", "x" * 1_000_000))
        assert "big" in await keys(database)


async def test_two_of_one_file_in_one_process(tmp_path: Path) -> None:
    async with opened(tmp_path) as one, opened(tmp_path) as two:
        await asyncio.gather(
            *(
                each.write(put(f"{name}{n}"))
                for n in range(50)
                for name, each in zip("ab", (one, two), strict=True)
            )
        )
        assert len(await keys(one)) == len(await keys(two)) == 100


async def test_the_last_holder_closes_the_file(tmp_path: Path) -> None:
    database = Database(tmp_path / "jobray.db")
    documents, stream = SqliteDocuments(database, [THINGS]), SqliteStream(database)
    await documents.open()
    await stream.open()
    await documents.close()
    await stream.publish("job-events", [Event(type="t", subject="s", key="k")])
    await stream.close()
    with pytest.raises(Unavailable):
        await stream.end("job-events")
    with pytest.raises(Unavailable):
        await documents.insert(THINGS, "a", {})


async def test_a_folder_that_cannot_be_used_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable):
        await Database(tmp_path / "file" / "jobray.db").open()


async def test_the_file_is_private(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        await database.write(put("a"))
        modes = {f.name: stat.S_IMODE(f.stat().st_mode) for f in list_folder(tmp_path)}
    assert set(modes) >= {"jobray.db", "jobray.db-wal"}
    assert set(modes.values()) == {0o600}


def test_migrations_lift_step_by_step(tmp_path: Path) -> None:
    sql = Sql(tmp_path / "a.db")
    steps = ["CREATE TABLE a (x)", "ALTER TABLE a ADD COLUMN y; INSERT INTO a VALUES (1, 2)"]
    migrate(sql, steps[:1])
    migrate(sql, steps)
    migrate(sql, steps)
    assert sql.rows("SELECT * FROM a") == [(1, 2)]
    with pytest.raises(NewerSchema, match="schema 2, this program knows 1"):
        migrate(sql, steps[:1])
    assert not sql.in_transaction


async def test_a_newer_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        newer = len(MIGRATIONS) + 1
        await database.write(lambda t: t.sql.rows(f"PRAGMA user_version={newer}"))
    with pytest.raises(NewerSchema):
        await Database(tmp_path / "jobray.db").open()


async def test_a_changed_index_is_made_anew(tmp_path: Path) -> None:
    async def reopened(*indexes: Index) -> dict[str, str]:
        documents = SqliteDocuments(database, [Collection("things", indexes)])
        await documents.open()
        rows = await database.read(
            lambda sql: sql.rows(
                "SELECT name, sql FROM sqlite_schema"
                " WHERE type = 'index' AND tbl_name = 'doc_things' AND sql IS NOT NULL"
            )
        )
        await documents.close()
        return dict(rows)

    async with opened(tmp_path) as database:
        first = await reopened(Index("one", ("a",)), Index("two", ("b",)))
        second = await reopened(Index("one", ("a", "c")), Index("two", ("b",)))
        assert set(first) == set(second) == {"one", "two"}
        assert first["two"] == second["two"]
        assert first["one"] != second["one"]
        assert set(await reopened(Index("two", ("b",)))) == {"two"}


async def test_an_array_index_lists_what_was_there_before(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        for indexes in ((), (Index("tags", ("tags",), array=True),)):
            collection = Collection("things", indexes)
            documents = SqliteDocuments(database, [collection])
            await documents.open()
            if not indexes:
                await documents.insert(collection, "a", {"tags": ["x"]})
        found = await documents.find(collection, Contains("tags", "x"))
        assert [document.id for document in found.items] == ["a"]
        await documents.close()


def plans(sql: Sql, collection: Collection, index: Index) -> Iterator[str]:
    """The plan of each run of each page over an index: equal on all fields but the last, sorted by
    the last, first page and later ones."""
    condition, values = FilterCompiler({}).compile(
        And(tuple(Eq(f, "x") for f in index.fields[:-1]))
    )
    for descending, start in itertools.product(
        (False, True), (None, Keyset("m", "i"), Keyset(None, "i"))
    ):
        sort = Sort(index.fields[-1], descending)
        for run in runs(sort, start):
            rows = sql.rows(
                f'EXPLAIN QUERY PLAN SELECT id FROM "doc_{collection.name}"'
                f" WHERE {condition} AND {run.condition} ORDER BY {run.order} LIMIT 10",
                [*values, *run.values],
            )
            yield " / ".join(row[3] for row in rows)


async def test_declared_indexes_serve_their_pages_without_sorting(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        documents = SqliteDocuments(database)
        await documents.open()
        seen = 0
        for collection in COLLECTIONS:
            for index in collection.indexes:
                if index.unique or index.array:
                    continue
                for plan in await database.read(
                    lambda sql, c=collection, i=index: list(plans(sql, c, i))
                ):
                    assert f"USING COVERING INDEX {index.name}" in plan, plan
                    assert "TEMP B-TREE" not in plan, plan
                    seen += 1
        assert seen > 100
        await documents.close()


async def test_a_unique_index_serves_its_look_up(tmp_path: Path) -> None:
    async with opened(tmp_path) as database:
        documents = SqliteDocuments(database, [THINGS])
        await documents.open()
        filter_ = And((Eq("owner", "o"), Eq("mail", "m"), Gt("rank", 3)))
        condition, values = FilterCompiler({}).compile(filter_)
        (row,) = await database.read(
            lambda sql: sql.rows(
                f"EXPLAIN QUERY PLAN SELECT body FROM doc_things WHERE {condition}", values
            )
        )
        assert "USING INDEX thing_mail (<expr>=? AND <expr>=?)" in row[3]
        await documents.close()


async def test_the_sweep_takes_what_no_subscription_claims(tmp_path: Path) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    database = Database(tmp_path / "jobray.db", clock=lambda: now)
    stream = SqliteStream(database, retention_s=100, lease_s=1e9)
    await stream.open()
    event = Event(id="a", type="t", subject="s", key="k")
    partition = bucket_of(event.key) % PARTITIONS
    others = [number for number in range(PARTITIONS) if number != partition]
    notifier = await stream.subscribe("t", "notifier:0", "ordered", partitions=others)
    await stream.publish("t", [event])
    now += timedelta(seconds=101)
    assert await stream.sweep() == 1
    await notifier.close()
    await stream.close()


async def test_the_sweep_keeps_what_is_young_or_wanted(tmp_path: Path) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    database = Database(tmp_path / "jobray.db", clock=lambda: now)
    stream = SqliteStream(database, retention_s=100, lease_s=1e9)
    await stream.open()

    async def publish(*names: str) -> None:
        await stream.publish("t", [Event(id=n, type="t", subject="s", key="k") for n in names])

    async def left() -> list[str]:
        return [delivery.event.id async for delivery in stream.read("t")]

    ordered = await stream.subscribe("t", "ordered", "ordered")
    shared = await stream.subscribe("t", "shared", "shared")
    await publish("a", "b", "c")
    now += timedelta(seconds=90)
    await publish("d")
    now += timedelta(seconds=20)
    assert await stream.sweep() == 0
    received = await ordered.receive(4, 1)
    await ordered.ack(received[:2])
    taken = await shared.receive(4, 1)
    await shared.ack([taken[0], taken[2], taken[3]])
    # "b" is unfinished in shared, "c" in ordered, "d" is young.
    assert await stream.sweep() == 1
    assert await left() == ["b", "c", "d"]
    await shared.ack([taken[1]])
    assert await stream.sweep() == 1
    await ordered.ack(received)
    assert await stream.sweep() == 1
    assert await left() == ["d"]
    now += timedelta(seconds=90)
    assert await stream.sweep() == 1
    end = await stream.end("t")
    await publish("e")
    assert [d.event.id async for d in stream.read("t", from_position=end)] == ["e"]
    await ordered.close()
    await shared.close()
    await stream.close()


async def test_who_read_less_than_was_swept_is_told_so(tmp_path: Path) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    database = Database(tmp_path / "jobray.db", clock=lambda: now)
    stream = SqliteStream(database, retention_s=100, lease_s=1e9)
    await stream.open()

    async def read_on(position: str) -> list[str]:
        return [d.event.id async for d in stream.read("t", from_position=position)]

    for topic, id_ in (("t", "a"), ("t", "b"), ("other", "c")):
        await stream.publish(topic, [Event(id=id_, type="t", subject="s", key="k")])
    first, last = [delivery.position async for delivery in stream.read("t")]
    now += timedelta(seconds=101)
    assert await stream.sweep() == 3
    await stream.publish("t", [Event(id="d", type="t", subject="s", key="k")])
    assert await read_on(last) == ["d"]
    with pytest.raises(PositionLost):
        await read_on(first)
    assert [d.event.id async for d in stream.read("t")] == ["d"]
    await stream.close()
