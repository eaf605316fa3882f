"""The filter tree of the Documents port, and its meaning in plain Python.

`matches()` is the oracle that every adapter's compiled form is tested against. A field is a dotted
path into the body; a missing field reads as null. `Eq(field, None)` holds where the field is null
or missing; no comparison holds on null. `Contains` holds where an array has the value. Comparisons
hold between values of one kind only (numbers, texts); booleans equal only booleans.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Scalar = str | int | float | bool | None

_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")


@dataclass(frozen=True, slots=True)
class Eq:
    field: str
    value: Scalar


@dataclass(frozen=True, slots=True)
class In:
    field: str
    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Lt:
    field: str
    value: str | int | float


@dataclass(frozen=True, slots=True)
class Lte:
    field: str
    value: str | int | float


@dataclass(frozen=True, slots=True)
class Gt:
    field: str
    value: str | int | float


@dataclass(frozen=True, slots=True)
class Gte:
    field: str
    value: str | int | float


@dataclass(frozen=True, slots=True)
class Exists:
    """The field is there and not null (`present`), or is not."""

    field: str
    present: bool = True


@dataclass(frozen=True, slots=True)
class Contains:
    field: str
    value: Scalar


@dataclass(frozen=True, slots=True)
class And:
    items: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class Or:
    items: tuple["Filter", ...]


Filter = Eq | In | Lt | Lte | Gt | Gte | Exists | Contains | And | Or


def steps_of(field: str) -> list[str]:
    """The steps of a dotted field. Raises ValueError for anything that is not a dotted name: fields
    come from our code and become part of a statement."""
    if not _FIELD.fullmatch(field):
        raise ValueError(f"not a field name: {field!r}")
    return field.split(".")


def value_at(body: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path, or None where a step is missing."""
    value: Any = body
    for step in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(step)
    return value


def _same_kind(a: Any, b: Any) -> bool:
    if isinstance(a, bool) or isinstance(b, bool):
        return isinstance(a, bool) and isinstance(b, bool)
    if isinstance(a, int | float) and isinstance(b, int | float):
        return True
    return isinstance(a, str) and isinstance(b, str)


def _equal(a: Any, b: Any) -> bool:
    return (a is None and b is None) or (_same_kind(a, b) and bool(a == b))


def matches(filter_: Filter, body: Mapping[str, Any]) -> bool:
    """Whether the body satisfies the filter: the meaning every adapter must reproduce."""
    match filter_:
        case And(items):
            return all(matches(item, body) for item in items)
        case Or(items):
            return any(matches(item, body) for item in items)
        case Eq(field, value):
            return _equal(value_at(body, field), value)
        case In(field, values):
            found = value_at(body, field)
            return any(_equal(found, value) for value in values)
        case Exists(field, present):
            return (value_at(body, field) is not None) == present
        case Contains(field, value):
            found = value_at(body, field)
            return isinstance(found, list | tuple) and any(_equal(item, value) for item in found)
        case Lt(field, value):
            found = value_at(body, field)
            return _comparable(found, value) and found < value
        case Lte(field, value):
            found = value_at(body, field)
            return _comparable(found, value) and found <= value
        case Gt(field, value):
            found = value_at(body, field)
            return _comparable(found, value) and found > value
        case Gte(field, value):
            found = value_at(body, field)
            return _comparable(found, value) and found >= value


def _comparable(found: Any, value: Any) -> bool:
    return _same_kind(found, value) and not isinstance(found, bool)
