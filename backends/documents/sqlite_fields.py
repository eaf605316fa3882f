"""How a field of a JSON body becomes SQL: one expression per field, the same in index and query.

The expression gives a scalar its SQLite value and keeps the kinds apart, so that SQLite's order of
storage classes (null < numbers < text < blob) does the work of `filters.matches()`: a text never
equals a number, and `true`, a one-byte blob, never equals 1 (JSON functions alone read it as 1).
Null, missing fields, arrays and objects are SQL NULL, which no comparison holds on. An expression
index is used exactly where a query repeats its expression, so both come from `scalar()`.
"""

# ruff: noqa: S608 - names of tables and columns are ours; values are always parameters

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

_TRUE, _FALSE = b"\x01", b"\x00"

Condition = tuple[str, list[Any]]
"""An SQL condition and its parameters."""


def json_path(field: str) -> str:
    """The JSON path of a dotted field as an SQL literal. Raises ValueError for what is none."""
    return "'$" + "".join(f'."{step}"' for step in steps_of(field)) + "'"


def scalar(field: str, body: str = "body") -> str:
    """The expression of a field of the column `body`."""
    path = json_path(field)
    return _decoded(f"json_type({body},{path})", f"json_extract({body},{path})")


def element(row: str) -> str:
    """The same for an element of an array, as `json_each` gives it under the name `row`."""
    return _decoded(f"{row}.type", f"{row}.atom")


def _decoded(kind: str, value: str) -> str:
    return (
        f"CASE {kind} WHEN 'text' THEN {value} WHEN 'integer' THEN {value}"
        f" WHEN 'real' THEN {value} WHEN 'true' THEN x'01' WHEN 'false' THEN x'00' END"
    )


def kind(field: str, body: str = "body") -> str:
    """The expression of a field's JSON type; 'null' for a missing one."""
    return f"coalesce(json_type({body},{json_path(field)}),'null')"


def encode(value: Scalar) -> Any:
    """The SQLite value that `scalar()` gives for a JSON scalar."""
    if isinstance(value, bool):
        return _TRUE if value else _FALSE
    return value


def decode(value: Any) -> Any:
    """The reverse of `encode`."""
    return value == _TRUE if isinstance(value, bytes) else value


class FilterCompiler:
    """Compiles filters for one collection. `side_tables` names, for each field with an array index,
    the table (value, id) that lists its elements."""

    def __init__(self, side_tables: dict[str, str]) -> None:
        self._side_tables = side_tables

    def compile(self, filter_: Filter | None) -> Condition:
        """The condition that holds for exactly the bodies that `matches()` accepts."""
        match filter_:
            case None:
                return "1", []
            case And(items):
                return self._joined(items, " AND ", "1")
            case Or(items):
                return self._joined(items, " OR ", "0")
            case Eq(field, value):
                return _equal(scalar(field), kind(field), value)
            case In(field, values):
                return _in(field, values)
            case Exists(field, present):
                return f"{kind(field)} {'<>' if present else '='} 'null'", []
            case Contains(field, value):
                return self._contains(field, value)
            case _:
                return _compared(filter_)

    def _joined(self, items: tuple[Filter, ...], word: str, empty: str) -> Condition:
        conditions = [self.compile(item) for item in items]
        if not conditions:
            return empty, []
        text = "(" + word.join(condition for condition, _ in conditions) + ")"
        return text, [value for _, values in conditions for value in values]

    def _contains(self, field: str, value: Scalar) -> Condition:
        table = self._side_tables.get(field)
        if table is not None and value is not None:
            return f'id IN (SELECT id FROM "{table}" WHERE value = ?)', [encode(value)]
        condition, values = _equal(element("item"), "item.type", value)
        listed = f"SELECT 1 FROM json_each(body, {json_path(field)}) AS item WHERE {condition}"
        return f"({kind(field)} = 'array' AND EXISTS ({listed}))", values


def _equal(expression: str, kind_: str, value: Scalar) -> Condition:
    if value is None:
        return f"{kind_} = 'null'", []
    return f"{expression} = ?", [encode(value)]


def _in(field: str, values: tuple[Scalar, ...]) -> Condition:
    present = [encode(value) for value in values if value is not None]
    condition = f"{scalar(field)} IN ({','.join('?' * len(present))})" if present else "0"
    if None in values:
        condition = f"({condition} OR {kind(field)} = 'null')"
    return condition, present


_WITHIN_KIND: dict[bool, dict[str, str]] = {
    # In the order of storage classes '' is the first text and x'' the first blob: the terms keep a
    # comparison within its kind, and are plain ranges that an index serves.
    True: {"<": " AND {0} >= ''", ">": " AND {0} < x''"},
    False: {"<": "", ">": " AND {0} < ''"},
}


def _compared(filter_: Lt | Lte | Gt | Gte) -> Condition:
    operators: dict[type, str] = {Lt: "<", Lte: "<=", Gt: ">", Gte: ">="}
    if isinstance(filter_.value, bool) or not isinstance(filter_.value, str | int | float):
        return "0", []
    operator, expression = operators[type(filter_)], scalar(filter_.field)
    within = _WITHIN_KIND[isinstance(filter_.value, str)][operator[0]].format(expression)
    return f"({expression} {operator} ?{within})", [filter_.value]
