"""Cursors of keyset pages: a page begins after the sort value and id of the last document before.

A cursor is URL-safe base64 of JSON: what it was made for, the sort value, the id. One made for a
page on one adapter is good on every other.
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

import orjson

from backends.documents.base import Sort
from backends.documents.collections import Collection
from backends.documents.filters import Scalar
from models.errors import FieldError, InvalidInput


@dataclass(frozen=True, slots=True)
class Keyset:
    """The last document of a page: its id and sort value, null where that is no scalar."""

    value: Scalar
    id: str


def write_cursor(collection: Collection, sort: Sort | None, last: Keyset) -> str:
    parts = [*_made_for(collection, sort), last.value, last.id]
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
    return Keyset(value, id_)


def _can_be_held(value: Any) -> bool:
    """Whether the stores can hold this JSON value as a sort value: their integers have 64 bits."""
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
