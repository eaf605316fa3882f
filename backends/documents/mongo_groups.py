"""Groups on MongoDB, with no more than the accumulator that every server has: a count.

The records are counted by the values of the `by` fields and of the measured ones together. What
comes back is one row per combination of values, and sum, min and max are taken of those: a value
that n documents have counts n times. Only numbers are measured; a field that is missing, null or
no scalar is one group.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from backends.documents.base import Body, Measure
from backends.documents.filters import Scalar
from backends.documents.mongo_filters import path_of
from backends.documents.mongo_records import Record

Number = int | float
Row = tuple[list[Scalar], int]
"""The values of the measured fields, and how many documents have them."""


def fields_of(by: Sequence[str], measures: Sequence[Measure]) -> dict[str, str]:
    """The fields whose values are counted, by names that `measured` knows."""
    fields = {f"b{place}": path_of(field) for place, field in enumerate(by)}
    for place, measure in enumerate(measures):
        if measure.field is not None:
            fields[f"m{place}"] = path_of(measure.field)
    return fields


def measured(rows: Sequence[Record], by: Sequence[str], measures: Sequence[Measure]) -> list[Body]:
    """One object per group, of the rows (`_id`: values by name, `n`: count) of the server."""
    groups: dict[tuple[Any, ...], list[Record]] = {}
    for row in rows:
        values = [_scalar(row, f"b{place}") for place in range(len(by))]
        # `True` and 1 are equal, and two groups.
        groups.setdefault(tuple((isinstance(v, bool), v) for v in values), []).append(row)
    return [
        {field: value for field, (_, value) in zip(by, key, strict=True)}
        | {
            measure.name: _measure(members, place, measure)
            for place, measure in enumerate(measures)
        }
        for key, members in groups.items()
    ]


def _measure(rows: Sequence[Record], place: int, measure: Measure) -> Number | None:
    if measure.kind == "count" or measure.field is None:
        return sum(int(row["n"]) for row in rows)
    numbers = list(_numbers(rows, f"m{place}"))
    if measure.kind == "sum":
        return sum(number * count for number, count in numbers)
    values = [number for number, _ in numbers]
    return (min if measure.kind == "min" else max)(values, default=None)


def _numbers(rows: Sequence[Record], name: str) -> Iterable[tuple[Number, int]]:
    for row in rows:
        value = _scalar(row, name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield value, row["n"]


def _scalar(row: Record, name: str) -> Scalar:
    value = (row["_id"] or {}).get(name)
    return value if isinstance(value, str | int | float) else None
