"""The documents in one SQLite file; events go to the stream's table in the same transaction.

How fields, indexes and pages become SQL is told in `sqlite_fields`, `sqlite_schema` and
`sqlite_pages`; durability, group commit and threads in `backends.sqlite`.
"""

# ruff: noqa: S608 - names of tables and columns are ours; values are always parameters

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import orjson

from backends.documents.base import Body, Document, Fence, Insert, Measure, Outgoing, Page, Sort
from backends.documents.collections import COLLECTIONS, EPOCHS, Collection
from backends.documents.cursors import Keyset, read_cursor, write_cursor
from backends.documents.filters import Filter
from backends.documents.sqlite_fields import Condition, FilterCompiler, decode, kind, scalar
from backends.documents.sqlite_pages import runs
from backends.documents.sqlite_schema import create, side_table_of, table_of
from backends.sqlite import Database, Sql, UniqueViolation
from backends.stream.sqlite_log import Entry, append, entry
from backends.writer import Connection, Transaction
from models.errors import DuplicateKey, Fenced, InvalidInput, NotFound, VersionConflict
from models.events import Event

T = TypeVar("T")

GET_HERE = 8
"""Documents that are read on the caller's thread: fewer microseconds than the way to another."""
GET_MANY_STEP = 500
"""Ids in one statement: SQLite bounds the parameters of a statement."""


@dataclass(frozen=True)
class _Table:
    """What the statements need of one collection."""

    collection: Collection

    @cached_property
    def name(self) -> str:
        return f'"{table_of(self.collection)}"'

    @cached_property
    def filters(self) -> FilterCompiler:
        return FilterCompiler(
            {i.fields[0]: side_table_of(i) for i in self.collection.indexes if i.array}
        )


class SqliteDocuments:
    """The Documents port on a `Database`; `collections` are made when it opens."""

    def __init__(self, database: Database, collections: Sequence[Collection] = COLLECTIONS) -> None:
        self._database = database
        self._tables = {c.name: _Table(c) for c in (*collections, EPOCHS)}

    async def open(self) -> None:
        await self._database.open(self)
        tables = list(self._tables.values())

        def create_all(transaction: Transaction) -> None:
            for table in tables:
                create(transaction.sql, table.collection)

        await self._database.write(create_all)

    async def close(self) -> None:
        await self._database.close(self)

    async def get(self, collection: Collection, id: str) -> Document:
        found = await self.get_many(collection, [id])
        if id not in found:
            raise NotFound(f"there is no {id} in {collection.name}")
        return found[id]

    async def get_many(self, collection: Collection, ids: Sequence[str]) -> dict[str, Document]:
        table = self._table(collection)
        wanted = list(dict.fromkeys(ids))
        steps = [wanted[i : i + GET_MANY_STEP] for i in range(0, len(wanted), GET_MANY_STEP)]

        def query(sql: Sql) -> list[tuple[Any, ...]]:
            return [row for step in steps for row in _rows_of(sql, table, step)]

        if len(wanted) <= GET_HERE:
            rows = self._database.read_here(query)
        else:
            rows = await self._database.read(query)
        return {id_: Document(id_, version, orjson.loads(body)) for id_, version, body in rows}

    async def insert(
        self,
        collection: Collection,
        id: str,
        body: Body,
        *,
        events: Sequence[Outgoing] = (),
        fence: Fence | None = None,
    ) -> Document:
        table, text, entries = self._table(collection), _text_of(body), _entries(events)

        def work(transaction: Transaction) -> None:
            _check(transaction.sql, fence)
            transaction.sql.run(
                f"INSERT INTO {table.name} (id, version, body) VALUES (?, 1, ?)",
                (id, text),
            )
            append(transaction, entries)

        await self._write(work)
        return Document(id, 1, orjson.loads(text))

    async def replace(
        self,
        collection: Collection,
        id: str,
        body: Body,
        *,
        expected_version: int,
        events: Sequence[Outgoing] = (),
        fence: Fence | None = None,
    ) -> Document:
        table, text, entries = self._table(collection), _text_of(body), _entries(events)

        def work(transaction: Transaction) -> None:
            _check(transaction.sql, fence)
            changed = transaction.sql.run(
                f"UPDATE {table.name} SET body = ?, version = version + 1"
                " WHERE id = ? AND version = ?",
                (text, id, expected_version),
            )
            if not changed:
                raise _missed(transaction.sql, table, id, expected_version)
            append(transaction, entries)

        await self._write(work)
        return Document(id, expected_version + 1, orjson.loads(text))

    async def delete(
        self,
        collection: Collection,
        id: str,
        *,
        expected_version: int | None = None,
        events: Sequence[Outgoing] = (),
        fence: Fence | None = None,
    ) -> None:
        table, entries = self._table(collection), _entries(events)

        def work(transaction: Transaction) -> None:
            _check(transaction.sql, fence)
            changed = transaction.sql.run(
                f"DELETE FROM {table.name} WHERE id = ?1 AND version = coalesce(?2, version)",
                (id, expected_version),
            )
            if not changed:
                raise _missed(transaction.sql, table, id, expected_version)
            append(transaction, entries)

        await self._write(work)

    async def insert_absent(
        self, collection: Collection, inserts: Sequence[Insert], *, fence: Fence | None = None
    ) -> list[str]:
        table = self._table(collection)
        ready = [(new.id, _text_of(new.body), _entries(new.events)) for new in inserts]

        def work(transaction: Transaction) -> list[str]:
            _check(transaction.sql, fence)
            inserted = []
            for id_, text, entries in ready:
                added = transaction.sql.run(
                    f"INSERT INTO {table.name} (id, version, body) VALUES (?, 1, ?)"
                    " ON CONFLICT DO NOTHING",
                    (id_, text),
                )
                if added:
                    append(transaction, entries)
                    inserted.append(id_)
            return inserted

        return await self._write(work) if ready else []

    async def find(
        self,
        collection: Collection,
        filter: Filter | None = None,
        *,
        sort: Sort | None = None,
        limit: int = 100,
        after: str | None = None,
    ) -> Page:
        if limit < 1:
            raise ValueError("a page holds at least one document")
        table = self._table(collection)
        condition = table.filters.compile(filter)
        start = read_cursor(collection, sort, after) if after is not None else None

        def query(sql: Sql) -> list[tuple[Any, ...]]:
            return _page(sql, table, condition, sort, start, limit + 1)

        rows = await self._database.read(query)
        items = tuple(Document(id_, n, orjson.loads(body)) for id_, n, body, _ in rows[:limit])
        if len(rows) <= limit:
            return Page(items, None)
        last = rows[limit - 1]
        return Page(items, write_cursor(collection, sort, Keyset(decode(last[3]), last[0])))

    async def count(self, collection: Collection, filter: Filter | None = None) -> int:
        table = self._table(collection)
        condition, values = table.filters.compile(filter)
        statement = f"SELECT count(*) FROM {table.name} WHERE {condition}"
        rows = await self._database.read(lambda sql: sql.rows(statement, values))
        return int(rows[0][0])

    async def group(
        self,
        collection: Collection,
        filter: Filter | None,
        *,
        by: Sequence[str],
        measures: Sequence[Measure],
    ) -> list[Body]:
        table = self._table(collection)
        condition, values = table.filters.compile(filter)
        fields = [scalar(field) for field in by]
        columns = ", ".join([*fields, *map(_measured, measures)]) or "1"
        # Without fields SQLite would give one row even where no document matches.
        grouping = f" GROUP BY {', '.join(fields)}" if fields else " HAVING count(*) > 0"
        statement = f"SELECT {columns} FROM {table.name} WHERE {condition}{grouping}"
        names = [*by, *(measure.name for measure in measures)]
        rows = await self._database.read(lambda sql: sql.rows(statement, values))
        return [dict(zip(names, map(decode, row), strict=False)) for row in rows]

    async def take_epoch(self, name: str) -> Fence:
        table = self._tables[EPOCHS.name]

        def work(transaction: Transaction) -> int:
            row = transaction.sql.row(
                f"INSERT INTO {table.name} (id, version, body) VALUES (?, 1, '{{}}')"
                " ON CONFLICT (id) DO UPDATE SET version = version + 1 RETURNING version",
                (name,),
            )
            assert row is not None
            return int(row[0])

        return Fence(name, await self._database.write(work))

    async def relay(self, *, older_than_s: float = 1.0) -> int:
        """Nothing ever waits: a document and its events are one transaction."""
        return 0

    async def waiting(self, collection: Collection) -> list[Event]:
        """Empty: a document and its events are one transaction."""
        return []

    async def _write(self, work: Callable[[Transaction], T]) -> T:
        try:
            return await self._database.write(work)
        except UniqueViolation as error:
            raise DuplicateKey(error.index) from error

    def _table(self, collection: Collection) -> _Table:
        return self._tables[collection.name]


def _text_of(body: Body) -> str:
    try:
        return orjson.dumps(body).decode()
    except orjson.JSONEncodeError as error:
        raise InvalidInput(f"the document cannot be stored as JSON: {error}") from error


def _entries(events: Sequence[Outgoing]) -> list[Entry]:
    return [entry(topic, event) for topic, event in events]


def _check(sql: Connection, fence: Fence | None) -> None:
    if fence is None:
        return
    row = sql.row(f'SELECT version FROM "{table_of(EPOCHS)}" WHERE id = ?', (fence.name,))
    if row is None or row[0] != fence.epoch:
        raise Fenced(f"epoch {fence.epoch} of {fence.name} is over")


def _missed(
    sql: Connection, table: _Table, id_: str, expected: int | None
) -> NotFound | VersionConflict:
    row = sql.row(f"SELECT version FROM {table.name} WHERE id = ?", (id_,))
    if row is None:
        return NotFound(f"there is no {id_} in {table.collection.name}")
    return VersionConflict(f"{id_} is at version {row[0]}, not {expected}")


def _rows_of(sql: Sql, table: _Table, ids: list[str]) -> list[tuple[Any, ...]]:
    marks = ",".join("?" * len(ids))
    return sql.rows(f"SELECT id, version, body FROM {table.name} WHERE id IN ({marks})", ids)


def _page(
    sql: Sql,
    table: _Table,
    condition: Condition,
    sort: Sort | None,
    start: Keyset | None,
    limit: int,
) -> list[tuple[Any, ...]]:
    """Rows (id, version, body, sort value), run by run until `limit` are found."""
    wanted, values = condition
    sort_value = scalar(sort.field) if sort else "NULL"
    rows: list[tuple[Any, ...]] = []
    for run in runs(sort, start):
        rows += sql.rows(
            f"SELECT id, version, body, {sort_value} FROM {table.name}"
            f" WHERE {wanted} AND {run.condition} ORDER BY {run.order} LIMIT ?",
            [*values, *run.values, limit - len(rows)],
        )
        if len(rows) >= limit:
            break
    return rows


def _measured(measure: Measure) -> str:
    if measure.kind == "count" or measure.field is None:
        return "count(*)"
    number = (
        f"CASE WHEN {kind(measure.field)} IN ('integer','real') THEN {scalar(measure.field)} END"
    )
    return f"coalesce(sum({number}), 0)" if measure.kind == "sum" else f"{measure.kind}({number})"
