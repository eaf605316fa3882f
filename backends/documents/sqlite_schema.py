"""The tables and indexes of a collection in the SQLite file, made from its declaration.

Each collection is one table (id, version, body as JSON text). A declared index is an expression
index over its fields; a unique one leaves out the documents in which a field is null (sparse), any
other ends in the id, so that it serves keyset pages. An array index is a side table (value, id)
that triggers keep. An index whose declaration changed is dropped and made anew.
"""

# ruff: noqa: S608 - names of tables and columns are ours; values are always parameters

from backends.documents.collections import Collection, Index
from backends.documents.sqlite_fields import element, json_path, scalar
from backends.writer import Connection


def table_of(collection: Collection) -> str:
    return f"doc_{collection.name}"


def side_table_of(index: Index) -> str:
    return f"array_{index.name}"


def create(sql: Connection, collection: Collection) -> None:
    """Make what is missing, drop what is not declared any more. Idempotent."""
    table = table_of(collection)
    sql.run(
        f'CREATE TABLE IF NOT EXISTS "{table}"'
        " (id TEXT PRIMARY KEY NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL)"
    )
    plain = {index.name: _index(table, index) for index in collection.indexes if not index.array}
    found = sql.rows(
        "SELECT name, sql FROM sqlite_schema"
        " WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
        (table,),
    )
    present = {name for name, statement in found if plain.get(name) == statement}
    for name, _ in found:
        if name not in present:
            sql.run(f'DROP INDEX "{name}"')
    for name, statement in plain.items():
        if name not in present:
            sql.run(statement)
    for index in collection.indexes:
        if index.array:
            _create_side_table(sql, table, index)


def _index(table: str, index: Index) -> str:
    fields = [scalar(field) for field in index.fields]
    if not index.unique:
        return f'CREATE INDEX "{index.name}" ON "{table}" ({", ".join([*fields, "id"])})'
    sparse = " AND ".join(f"{field} IS NOT NULL" for field in fields)
    return f'CREATE UNIQUE INDEX "{index.name}" ON "{table}" ({", ".join(fields)}) WHERE {sparse}'


def _create_side_table(sql: Connection, table: str, index: Index) -> None:
    side, (field,) = side_table_of(index), index.fields
    if sql.row("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", (side,)):
        return
    sql.run(
        f'CREATE TABLE "{side}" (value NOT NULL, id TEXT NOT NULL, PRIMARY KEY (value, id))'
        " WITHOUT ROWID"
    )
    sql.run(f'CREATE INDEX "{side}_id" ON "{side}" (id)')
    add, remove = _add(side, field, "NEW"), f'DELETE FROM "{side}" WHERE id = OLD.id;'
    for when, action in (("INSERT", add), ("DELETE", remove), ("UPDATE", remove + add)):
        sql.run(
            f'CREATE TRIGGER "{side}_{when.lower()}" AFTER {when} ON "{table}" BEGIN {action} END'
        )
    sql.run(_add(side, field, "doc", f'"{table}" AS doc, '))


def _add(side: str, field: str, row: str, source: str = "") -> str:
    path = json_path(field)
    return (
        f'INSERT OR IGNORE INTO "{side}" (value, id) SELECT {element("item")}, {row}.id'
        f" FROM {source}json_each({row}.body, {path}) AS item"
        f" WHERE json_type({row}.body, {path}) = 'array' AND {element('item')} IS NOT NULL;"
    )
