"""Criteria as JSON, read without trust: depth and count are bounded while the value is walked,
before any model is built, and every fault carries a JSON pointer (RFC 6901).

JSON types hold exactly, as the models declare them: a text of a number is no number. A list is
named, `{"op": "list", "field": "company", "name": "agencies"}`; what it holds is for us to say.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from matching.bounds import DEPTH_MAX, READ_MAX, TESTS_MAX
from matching.faults import Fault, invalid
from matching.lists import Lists
from matching.verified import known_place, verified
from models.criteria import (
    And,
    CategoryIn,
    ClearanceIs,
    Criteria,
    EmploymentIn,
    Experience,
    HasSkill,
    In,
    InList,
    LanguageIn,
    Leaf,
    LevelIn,
    ModeIn,
    Near,
    Not,
    Or,
    Pay,
    PostedWithin,
    RemoteFrom,
    SourceIn,
    VisaIs,
    Words,
)
from models.errors import FieldError, InvalidQuery, kind_of
from models.expectations import expectation

_LEAVES: dict[str, type[Leaf]] = {
    "words": Words,
    "skill": HasSkill,
    "list": InList,
    "category": CategoryIn,
    "level": LevelIn,
    "experience": Experience,
    "employment": EmploymentIn,
    "mode": ModeIn,
    "near": Near,
    "place": In,
    "remote": RemoteFrom,
    "pay": Pay,
    "visa": VisaIs,
    "clearance": ClearanceIs,
    "language": LanguageIn,
    "source": SourceIn,
    "age": PostedWithin,
}
_KEYS = {"and": {"op", "items"}, "or": {"op", "items"}, "not": {"op", "item"}}


class Reader:
    """Walks one JSON value; counts the tests on the way."""

    def __init__(self, lists: Lists) -> None:
        self._lists = lists
        self._read = 0

    def tree(self, obj: object, pointer: str, depth: int = 0) -> Criteria:
        """The tree that the value at `pointer` describes, its tests in canonical form. Raises
        InvalidQuery."""
        if depth > DEPTH_MAX:
            raise invalid(
                Fault(f"at most {DEPTH_MAX} nested groups", f"{depth} and more"), pointer=pointer
            )
        if not isinstance(obj, Mapping):
            raise invalid(Fault('an object with "op"', _shown(obj)), pointer=pointer)
        op = obj.get("op")
        if op not in ("and", "or", "not"):
            return self._leaf(op, obj, pointer)
        for key in obj.keys() - _KEYS[op]:
            raise invalid(
                Fault(f"only {' and '.join(sorted(_KEYS[op]))}", str(key)), pointer=pointer
            )
        if op == "not":
            return Not(item=self.tree(obj.get("item"), f"{pointer}/item", depth + 1))
        items = self._items(obj.get("items"), f"{pointer}/items", depth)
        return And(items=items) if op == "and" else Or(items=items)

    def _items(self, obj: object, pointer: str, depth: int) -> tuple[Criteria, ...]:
        if not isinstance(obj, list) or len(obj) < 2:
            raise invalid(Fault("a list of at least two items", _shown(obj)), pointer=pointer)
        return tuple(self.tree(item, f"{pointer}/{at}", depth + 1) for at, item in enumerate(obj))

    def _leaf(self, op: object, obj: Mapping[str, Any], pointer: str) -> Criteria:
        self._read += 1
        if self._read > READ_MAX:
            raise invalid(Fault(f"at most {TESTS_MAX} tests", "more"), pointer=pointer)
        model = _LEAVES.get(op) if isinstance(op, str) else None
        if model is None:
            expected = f"one of {', '.join((*_KEYS, *_LEAVES))}"
            raise invalid(Fault(expected, _shown(op)), pointer=f"{pointer}/op")
        if model is InList:
            obj = {key: value for key, value in obj.items() if key != "items"}
        if model in (Near, In):
            obj = _with_place(obj, pointer)
        try:
            return verified(model.model_validate(obj), pointer, self._lists)
        except ValidationError as error:
            raise _invalid_leaf(error, pointer) from None


def _with_place(obj: Mapping[str, Any], pointer: str) -> Mapping[str, Any]:
    """The test with the whole record of its place, of which the id is enough."""
    match obj.get("place"):
        case {"id": int(number), **others} if not others and not isinstance(number, bool):
            try:
                return {**obj, "place": known_place(number)}
            except Fault as fault:
                raise invalid(fault, pointer=f"{pointer}/place/id") from None
        case Mapping():
            return obj
        case other:
            expected = 'an object with the GeoNames id of a place, as {"id": 2644688}'
            got = "nothing" if other is None else _shown(other)
            raise invalid(Fault(expected, got), pointer=f"{pointer}/place")


def _invalid_leaf(error: ValidationError, pointer: str) -> InvalidQuery:
    errors = [
        FieldError(
            pointer="/".join([pointer, *map(_escaped, found["loc"])]),
            expected=expectation(found),
            got="nothing" if found["type"] == "missing" else _shown(found["input"]),
        )
        for found in error.errors(include_url=False)
    ]
    first = errors[0]
    detail = f"at {first.pointer}: expected {first.expected}, got {first.got}"
    return InvalidQuery(detail, errors=errors)


def _escaped(step: int | str) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")


def _shown(value: object) -> str:
    """The user's value for an error; of a container only its kind, however deep it is."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)[:60] if isinstance(value, str | int | float) else kind_of(value)
