"""Keyset pages: where a page begins is the sort value and id of the last document before it.

A page is read in up to two runs, because null sorts below everything and a range over an index
cannot hold both: ascending, first the documents without the field, then the others; descending, the
other way round. Each run is one range of the index (the plain `>=` term makes it one).

A cursor is URL-safe base64 of JSON: what it was made for, the sort value, the id.
"""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import orjson

from backends.documents.base import Sort
from backends.documents.collections import Collection
from backends.documents.sqlite_fields import decode, encode, scalar
from models.errors import FieldError, InvalidInput


@dataclass(frozen=True, slots=True)
class Keyset:
    """The last document of a page: its sort value (as SQLite holds it) and id."""

    value: Any
    id: str


@dataclass(frozen=True, slots=True)
class Run:
    """One range of an index: an SQL condition, its parameters, and the order in it."""

    condition: str
    values: tuple[Any, ...]
    order: str


def write_cursor(collection: Collection, sort: Sort | None, last: Keyset) -> str:
    parts = [*_made_for(collection, sort), decode(last.value), last.id]
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def read_cursor(collection: Collection, sort: Sort | None, cursor: str) -> Keyset:
    """Raises InvalidInput (parameter "cursor") for one that was not made for this query."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        parts = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (UnicodeEncodeError, binascii.Error, orjson.JSONDecodeError) as error:
        raise _foreign(cursor) from error
    made_for = _made_for(collection, sort)
    if not isinstance(parts, list) or len(parts) != len(made_for) + 2:
        raise _foreign(cursor)
    *purpose, value, id_ = parts
    fits = isinstance(id_, str) and _can_be_held(value)
    if purpose != made_for or not fits or (sort is None and value is not None):
        raise _foreign(cursor)
    return Keyset(encode(value), id_)


def _can_be_held(value: Any) -> bool:
    """Whether SQLite can hold this JSON value as a sort value: its integers have 64 bits."""
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    return value is None or isinstance(value, str | float)


def _made_for(collection: Collection, sort: Sort | None) -> list[Any]:
    return [collection.name, sort.field if sort else None, bool(sort and sort.descending)]


def _foreign(cursor: str) -> InvalidInput:
    fault = FieldError(
        parameter="cursor", expected="a next_cursor of the same list", got=cursor[:40]
    )
    return InvalidInput("the cursor is not one of this list", errors=[fault])


def runs(sort: Sort | None, after: Keyset | None) -> Iterator[Run]:
    """The runs that are still to be read, in order."""
    if sort is None:
        yield Run("id > ?", (after.id,), "id") if after else Run("1", (), "id")
        return
    value, beyond = scalar(sort.field), "<" if sort.descending else ">"
    direction = "DESC" if sort.descending else "ASC"
    by_id = f"id {direction}"
    null_run = Run(f"{value} IS NULL", (), by_id)
    value_run = Run(f"{value} IS NOT NULL", (), f"{value} {direction}, {by_id}")
    in_null_run = after is not None and after.value is None
    if after is not None and in_null_run:
        null_run = replace(
            null_run, condition=f"{value} IS NULL AND id {beyond} ?", values=(after.id,)
        )
    elif after is not None:
        condition = f"{value} {beyond}= ? AND ({value} {beyond} ? OR id {beyond} ?)"
        value_run = replace(
            value_run, condition=condition, values=(after.value, after.value, after.id)
        )
    ordered = (value_run, null_run) if sort.descending else (null_run, value_run)
    in_second = after is not None and in_null_run == sort.descending
    yield from ordered[1:] if in_second else ordered
