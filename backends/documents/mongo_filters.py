"""How a filter becomes a query of MongoDB that holds for exactly what `filters.matches()` accepts.

MongoDB compares within a kind as we do: numbers with numbers whatever their type, texts with texts
by code point, and `true` never equals 1. It differs in two ways, and each is ruled out by a
condition on the type. An array satisfies whatever one of its elements satisfies, so a field that is
compared must not be one. A path goes on through the objects of an array, where ours ends: no step
before the last may be one.
"""

from typing import Any

from backends.documents.filters import (
    And,
    Contains,
    Eq,
    Exists,
    Filter,
    Gt,
    Gte,
    In,
    Lt,
    Lte,
    Or,
    Scalar,
    steps_of,
)

Query = dict[str, Any]

EVERYTHING: Query = {}
NOTHING: Query = {"_id": {"$in": []}}
_ARRAY: Query = {"$type": "array"}
_NO_ARRAY: Query = {"$not": _ARRAY}
_OPERATORS: dict[type, str] = {Lt: "$lt", Lte: "$lte", Gt: "$gt", Gte: "$gte"}


def path_of(field: str) -> str:
    """Where a record holds a field of the body. Raises ValueError for what is no dotted name."""
    return ".".join(["body", *steps_of(field)])


def compiled(filter_: Filter | None) -> Query:
    """The query that holds for exactly the bodies that `matches()` accepts."""
    match filter_:
        case None:
            return EVERYTHING
        case And(items):
            return both(*map(compiled, items))
        case Or(items):
            return either(*map(compiled, items))
        case Eq(field, value):
            return _equal(field, value)
        case In(field, values):
            return _in(field, values)
        case Exists(field, present):
            return {"$nor": [_absent(field)]} if present else _absent(field)
        case Contains(field, value):
            has = {path_of(field): {"$elemMatch": {"$eq": value}}}
            return {**_parents_are_objects(field), **has}
        case _:
            return _compared(filter_)


def both(*queries: Query) -> Query:
    """All of the queries hold."""
    several = [query for query in queries if query != EVERYTHING]
    return {"$and": several} if several else EVERYTHING


def either(*queries: Query) -> Query:
    """At least one of the queries holds."""
    return {"$or": list(queries)} if queries else NOTHING


def single(field: str, condition: Query) -> Query:
    """The condition holds for the field's own value, not for an element of an array."""
    return {**_parents_are_objects(field), path_of(field): {**condition, **_NO_ARRAY}}


def _parents_are_objects(field: str) -> Query:
    return dict.fromkeys(_parents(field), _NO_ARRAY)


def _parents(field: str) -> list[str]:
    steps = path_of(field).split(".")
    return [".".join(steps[:end]) for end in range(2, len(steps))]


def _absent(field: str) -> Query:
    through_array = [{parent: _ARRAY} for parent in _parents(field)]
    return either(single(field, {"$eq": None}), *through_array)


def _equal(field: str, value: Scalar) -> Query:
    return _absent(field) if value is None else single(field, {"$eq": value})


def _in(field: str, values: tuple[Scalar, ...]) -> Query:
    present = [value for value in values if value is not None]
    found = single(field, {"$in": present}) if present else NOTHING
    return either(found, _absent(field)) if None in values else found


def _compared(filter_: Lt | Lte | Gt | Gte) -> Query:
    if isinstance(filter_.value, bool) or not isinstance(filter_.value, str | int | float):
        return NOTHING
    return single(filter_.field, {_OPERATORS[type(filter_)]: filter_.value})
