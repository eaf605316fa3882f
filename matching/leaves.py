"""A field, an operator and its values, as written, to tests of the criteria tree."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

from matching import values
from matching.faults import Fault, invalid
from matching.place_names import find_place
from matching.vocabulary import TEXT_FIELDS
from models.criteria import (
    Criteria,
    EmploymentIn,
    HasSkill,
    In,
    LanguageIn,
    ModeIn,
    Near,
    PostedWithin,
    RemoteFrom,
    VisaIs,
    Words,
)
from models.posting import Place

NEAR_KM = 50.0
"""The radius of `near:` where none is given."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Value:
    """One value as written; `km` is the distance that followed it (only after `near:`)."""

    text: str
    position: int
    quoted: bool
    km: float | None = None


def tests(field: str, operator: str, found: Sequence[Value], *, hard: bool) -> list[Criteria]:
    """The alternatives that a list of values asks for. A fact that can have one of a set of values
    is one test. Raises InvalidQuery at the value that is wrong."""

    def each(read: Callable[[str], T]) -> list[T]:
        return [_at(value, lambda v: read(v.text)) for value in found]

    match field:
        case "skill":
            return [HasSkill(skill=name, hard=hard) for name in each(values.skill)]
        case "level":
            ranges = each(lambda text: values.levels(operator, text))
            return [test.model_copy(update={"hard": hard}) for test in ranges]
        case "employment":
            return [EmploymentIn(values=tuple(each(values.employment)), hard=hard)]
        case "mode":
            return [ModeIn(values=tuple(each(values.mode)), hard=hard)]
        case "near":
            places = [(_at(v, _city), v.km or NEAR_KM) for v in found]
            return [Near(place=place, km=km, hard=hard) for place, km in places]
        case "place":
            return [In(place=place, hard=hard) for place in each(find_place)]
        case "remote":
            codes = [code for some in each(values.countries) for code in some]
            return [RemoteFrom(country=code, hard=hard) for code in codes]
        case "pay":
            amounts = each(lambda text: values.pay(operator, text))
            return [test.model_copy(update={"hard": hard}) for test in amounts]
        case "visa":
            return [VisaIs(value=said, hard=hard) for said in each(values.visa)]
        case "lang":
            return [LanguageIn(values=tuple(each(values.language)), hard=hard)]
        case "posted":
            return [PostedWithin(field="posted", hours=hours) for hours in each(values.hours)]
        case "first_seen":
            return [PostedWithin(field="first_seen", hours=hours) for hours in each(values.hours)]
        case _:
            return [_at(value, lambda v: _words(field, v)) for value in found]


def _at(value: Value, read: Callable[[Value], T]) -> T:
    try:
        return read(value)
    except Fault as fault:
        raise invalid(fault, position=value.position) from None


def _city(value: Value) -> Place:
    return find_place(value.text, city=True)


def _words(field: str, value: Value) -> Words:
    in_field = cast(values.TextField, TEXT_FIELDS[field])
    text = value.text
    if value.quoted:
        return values.words(in_field, "phrase", text)
    if field == "company" and text.startswith("@"):
        raise Fault("a company's name (lists of companies are not available yet)", text)
    if "*" in text[:-1]:
        raise Fault("a * only at the end of a word", text)
    if text.endswith("*"):
        return values.words(in_field, "prefix", text[:-1])
    return values.words(in_field, "word", text)
