"""Keyset pages in SQL: a page is read in up to two runs.

Null sorts below everything and a range over an index cannot hold both: ascending, first the
documents without the field, then the others; descending, the other way round. Each run is one range
of the index (the plain `>=` term makes it one).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from backends.documents.base import Sort
from backends.documents.cursors import Keyset
from backends.documents.sqlite_fields import encode, scalar


@dataclass(frozen=True, slots=True)
class Run:
    """One range of an index: an SQL condition, its parameters, and the order in it."""

    condition: str
    values: tuple[Any, ...]
    order: str


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
        start = encode(after.value)
        value_run = replace(value_run, condition=condition, values=(start, start, after.id))
    ordered = (value_run, null_run) if sort.descending else (null_run, value_run)
    in_second = after is not None and in_null_run == sort.descending
    yield from ordered[1:] if in_second else ordered
