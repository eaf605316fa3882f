"""Keyset pages on MongoDB: a page is read in runs, each one range of an index.

The order is that of the port: documents without the sort field, then numbers, texts and booleans,
each by id where values are equal; descending, all of it the other way round. MongoDB sorts so too,
but compares within one kind only. So a page that begins after a value reads on within its kind,
then the kinds beyond it; null and missing are a range of their own, as they are in SQL.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from backends.documents.base import Sort
from backends.documents.cursors import Keyset
from backends.documents.filters import Scalar
from backends.documents.mongo_filters import EVERYTHING, Query, both, either, path_of

_KINDS = ("number", "string", "bool")
"""In MongoDB's order of types, by its names for them."""


@dataclass(frozen=True, slots=True)
class Run:
    """One range: a query, and the order in it."""

    where: Query
    order: tuple[tuple[str, int], ...]


def runs(sort: Sort | None, after: Keyset | None) -> Iterator[Run]:
    """The runs that are still to be read, in order."""
    in_nulls = after is not None and after.value is None
    if sort is None:
        yield Run({"_id": {"$gt": after.id}} if after else EVERYTHING, (("_id", 1),))
    elif sort.descending:
        if not in_nulls:
            yield from _values(sort, after)
        yield _nulls(sort, after)
    else:
        if after is None or in_nulls:
            yield _nulls(sort, after)
        yield from _values(sort, after)


def _nulls(sort: Sort, after: Keyset | None) -> Run:
    where: Query = {path_of(sort.field): None}
    if after is not None and after.value is None:
        where = both(where, {"_id": {_beyond(sort): after.id}})
    return Run(where, (("_id", _direction(sort)),))


def _values(sort: Sort, after: Keyset | None) -> Iterator[Run]:
    path, beyond = path_of(sort.field), _beyond(sort)
    order = ((path, _direction(sort)), ("_id", _direction(sort)))
    if after is None or after.value is None:
        yield Run({path: {"$ne": None}}, order)
        return
    # The plain "or equal" is the range of the index; the other only leaves out its first documents.
    past = either({path: {beyond: after.value}}, {"_id": {beyond: after.id}})
    yield Run(both({path: {f"{beyond}e": after.value}}, past), order)
    place = _KINDS.index(_kind(after.value))
    if rest := _KINDS[:place] if sort.descending else _KINDS[place + 1 :]:
        yield Run({path: {"$type": list(rest)}}, order)


def _kind(value: Scalar) -> str:
    if isinstance(value, bool):
        return "bool"
    return "string" if isinstance(value, str) else "number"


def _beyond(sort: Sort) -> str:
    return "$lt" if sort.descending else "$gt"


def _direction(sort: Sort) -> int:
    return -1 if sort.descending else 1
