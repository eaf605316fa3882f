"""What is refused before it is saved: trees too large, values that do not exist, contradictions,
and queries that would match everything.

Criteria as JSON are read here and not by pydantic alone: depth and count are bounded while the
tree is walked, before any model is built, and every fault carries a JSON pointer. JSON types hold
exactly, as the models declare them: a text of a number is no number. Places are
replaced by the gazetteer's own record, so that nobody invents coordinates.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from matching import values
from matching.bounds import (
    COUNTRIES_MAX,
    DEPTH_MAX,
    TESTS_MAX,
    TEXT_MAX,
    refuse_deep,
    refuse_many,
)
from matching.contradictions import contradictions
from matching.faults import Fault, invalid
from matching.language import normalise, to_text
from matching.printer import printed_item
from models.criteria import (
    And,
    Criteria,
    EmploymentIn,
    HasSkill,
    In,
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
    VisaIs,
    Words,
)
from models.errors import FieldError, InvalidQuery, kind_of
from models.posting import Place
from reference import places

T = TypeVar("T")

_LEAVES: dict[str, type[Leaf]] = {
    "words": Words,
    "skill": HasSkill,
    "level": LevelIn,
    "employment": EmploymentIn,
    "mode": ModeIn,
    "near": Near,
    "place": In,
    "remote": RemoteFrom,
    "pay": Pay,
    "visa": VisaIs,
    "language": LanguageIn,
    "age": PostedWithin,
}
_KEYS = {"and": {"op", "items"}, "or": {"op", "items"}, "not": {"op", "item"}}


def check(criteria: Criteria) -> None:
    """Raise InvalidQuery where the criteria make no alert: too large (also as text), impossible
    values, plain contradictions, or nothing that a posting must have."""
    refuse_deep(criteria)
    tree = normalise(criteria)
    refuse_many(tree)
    for test in _tests(tree):
        _verified(test, None)
    for one, other in contradictions(tree):
        both = f"{printed_item(one)} {printed_item(other)}"
        raise invalid(Fault("tests that one posting can meet together", both))
    if not _narrows(tree):
        expected = "something the posting must have; exclusions and ages alone match nearly all"
        raise invalid(Fault(expected, to_text(tree)))
    size = len(to_text(tree).encode())
    if size > TEXT_MAX:
        raise invalid(Fault(f"at most {TEXT_MAX} bytes in normal form", f"{size} bytes"))


def _tests(criteria: Criteria) -> Iterator[Leaf]:
    match criteria:
        case Not(item=item):
            yield from _tests(item)
        case And(items=items) | Or(items=items):
            for item in items:
                yield from _tests(item)
        case _:
            yield criteria


def _narrows(criteria: Criteria) -> bool:
    """Whether a posting must have something to match: a test that is not only an age."""
    match criteria:
        case Not() | PostedWithin():
            return False
        case And(items=items):
            return any(map(_narrows, items))
        case Or(items=items):
            return all(map(_narrows, items))
        case _:
            return True


def from_json(obj: object, pointer: str = "/criteria") -> Criteria:
    """The tree that a JSON value describes, in normal form and checked.

    `pointer` is where the value stands in the body. Raises InvalidQuery, whose errors carry JSON
    pointers (RFC 6901).
    """
    tree = _Reader().tree(obj, pointer, 0)
    try:
        tree = normalise(tree)
        refuse_many(tree)
        check(tree)
    except InvalidQuery as error:
        errors = [e.model_copy(update={"pointer": e.pointer or pointer}) for e in error.errors]
        raise InvalidQuery(error.detail, errors=errors) from None
    return tree


class _Reader:
    """Walks one JSON value; counts the tests on the way."""

    def __init__(self) -> None:
        self._read = 0

    def tree(self, obj: object, pointer: str, depth: int) -> Criteria:
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
            raise invalid(Fault(f"only {sorted(_KEYS[op])}", str(key)), pointer=pointer)
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
        if self._read > TESTS_MAX + COUNTRIES_MAX:
            raise invalid(Fault(f"at most {TESTS_MAX} tests", "more"), pointer=pointer)
        model = _LEAVES.get(op) if isinstance(op, str) else None
        if model is None:
            expected = f"one of {', '.join((*_KEYS, *_LEAVES))}"
            raise invalid(Fault(expected, _shown(op)), pointer=f"{pointer}/op")
        try:
            return _verified(model.model_validate(obj), pointer)
        except ValidationError as error:
            raise _invalid_leaf(error, pointer) from None


def _invalid_leaf(error: ValidationError, pointer: str) -> InvalidQuery:
    errors = [
        FieldError(
            pointer="/".join([pointer, *map(_escaped, found["loc"])]),
            expected=found["msg"],
            got=_shown(found["input"]),
        )
        for found in error.errors(include_url=False, include_context=False)
    ]
    return InvalidQuery(f"at {errors[0].pointer}: {errors[0].expected}", errors=errors)


def _escaped(step: int | str) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")


def _shown(value: object) -> str:
    """The user's value for an error; of a container only its kind, however deep it is."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)[:60] if isinstance(value, str | int | float) else kind_of(value)


def _verified(test: Leaf, pointer: str | None) -> Leaf:
    """The test with its values in their canonical form; raises InvalidQuery for one that does not
    exist in this world."""

    def at(field: str, read: Callable[[T], Any], value: T) -> Any:
        try:
            return read(value)
        except Fault as fault:
            where = None if pointer is None else f"{pointer}/{field}"
            raise invalid(fault, pointer=where) from None

    found: dict[str, Any] = {}
    match test:
        case Words():
            at("text", lambda text: values.words(test.field, test.kind, text), test.text)
        case HasSkill(skill=skill):
            found["skill"] = at("skill", values.skill, skill)
        case LevelIn():
            at("max", lambda high: values.level_range(test.min, high), test.max)
        case Near(place=place):
            found["place"] = at("place", _known_city, place)
        case In(place=place):
            found["place"] = at("place", _known_place, place)
        case RemoteFrom(country=country) if country is not None:
            at("country", _known_country, country)
        case Pay():
            at("currency", values.currency, test.currency)
            at("min", lambda pay: values.pay_range(pay.min, pay.max), test)
        case LanguageIn():
            found["values"] = tuple(at("values", values.language, code) for code in test.values)
        case _:
            pass
    return test.model_copy(update=found) if found else test


def _known_place(place: Place) -> Place:
    known = places.by_id(place.id) if 0 <= place.id <= 999_999_999 else None
    if known is None:
        raise Fault("the GeoNames id of a known place", str(place.id))
    return known


def _known_city(place: Place) -> Place:
    known = _known_place(place)
    if known.kind != "city":
        raise Fault("a town or city (for a region or country use op place)", known.name)
    return known


def _known_country(code: str) -> None:
    if places.country(code) is None:
        raise Fault("an ISO 3166-1 country code", code)
