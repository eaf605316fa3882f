"""A field, an operator and its values, as written, to tests of the criteria tree."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

from matching import quantities, slips, values
from matching.faults import Fault, located
from matching.lists import Lists
from matching.place_names import find_place
from matching.vocabulary import LIST_FIELDS, TEXT_FIELDS
from models.criteria import (
    CategoryIn,
    ClearanceIs,
    Criteria,
    EmploymentIn,
    HasSkill,
    In,
    InList,
    LanguageIn,
    Leaf,
    ModeIn,
    Near,
    PostedWithin,
    RemoteFrom,
    SourceIn,
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


def tests(
    field: str, operator: str, found: Sequence[Value], lists: Lists, *, hard: bool
) -> list[Criteria]:
    """The alternatives that a list of values asks for. A fact that can have one of a set of values
    is one test. Raises InvalidQuery at the value that is wrong."""

    def each(read: Callable[[str], T]) -> list[T]:
        return [_at(value, lambda v: read(v.text)) for value in found]

    def hardened(read: Callable[[str], Leaf]) -> list[Criteria]:
        return [test.model_copy(update={"hard": hard}) for test in each(read)]

    match field:
        case "skill":
            skills = [_at(value, lambda v: _skill(v, lists)) for value in found]
            return [test.model_copy(update={"hard": hard}) for test in skills]
        case "category":
            return [CategoryIn(values=tuple(each(values.category)), hard=hard)]
        case "level":
            return hardened(lambda text: values.levels(operator, text))
        case "experience":
            return hardened(lambda text: quantities.experience(operator, text))
        case "employment":
            return [EmploymentIn(values=tuple(each(values.employment)), hard=hard)]
        case "mode":
            return [ModeIn(values=tuple(each(values.mode)), hard=hard)]
        case "near":
            places = [_at(value, _city) for value in found]
            distances = zip(places, _distances(found), strict=True)
            return [Near(place=place, km=km, hard=hard) for place, km in distances]
        case "place":
            return [In(place=place, hard=hard) for place in each(find_place)]
        case "remote":
            codes = dict.fromkeys(code for some in each(values.countries) for code in some)
            return [RemoteFrom(country=code, hard=hard) for code in codes]
        case "pay":
            return hardened(lambda text: quantities.pay(operator, text))
        case "visa":
            return [VisaIs(value=said, hard=hard) for said in each(values.visa)]
        case "clearance":
            return [ClearanceIs(value=said, hard=hard) for said in each(values.clearance)]
        case "lang":
            return [LanguageIn(values=tuple(each(values.language)), hard=hard)]
        case "source":
            return [SourceIn(values=tuple(each(values.source)))]
        case "posted":
            return [PostedWithin(field="posted", hours=hours) for hours in each(quantities.hours)]
        case "first_seen":
            return [
                PostedWithin(field="first_seen", hours=hours) for hours in each(quantities.hours)
            ]
        case _:
            return [_at(value, lambda v: _words(field, v, lists)) for value in found]


def _at(value: Value, read: Callable[[Value], T]) -> T:
    with located(value.position):
        return read(value)


def _city(value: Value) -> Place:
    return find_place(value.text, city=True)


def _distances(found: Sequence[Value]) -> list[float]:
    """The radius of each place; one behind the last place is that of all."""
    *others, last = found
    given = [value for value in others if value.km is not None]
    if given and (len(given) < len(others) or last.km is None):
        missing = next(value for value in found if value.km is None)
        with located(missing.position):
            raise Fault("a distance behind every place, or one behind the last", missing.text)
    return [value.km or last.km or NEAR_KM for value in found]


def _skill(value: Value, lists: Lists) -> HasSkill | InList:
    if _names_list(value):
        return values.named_list("skill", value.text[1:], lists)
    return HasSkill(skill=values.skill(value.text))


def _words(field: str, value: Value, lists: Lists) -> Words | InList:
    in_field = cast(values.TextField, TEXT_FIELDS[field])
    text = value.text
    if value.quoted:
        return values.words(in_field, "phrase", text)
    if _names_list(value):
        if in_field == "company":
            return values.named_list("company", text[1:], lists)
        _refuse_list(text[1:].casefold(), lists)
    slips.refuse_word(text)
    if "*" in text[:-1]:
        raise Fault("a * only at the end of a word", text)
    if text.endswith("*"):
        return values.words(in_field, "prefix", text[:-1])
    return values.words(in_field, "word", text)


def _names_list(value: Value) -> bool:
    return not value.quoted and value.text.startswith("@")


def _refuse_list(name: str, lists: Lists) -> None:
    """Raise Fault for a known list where words belong: "@agencies" would be searched as a word."""
    if name in lists:
        fields = " or ".join(f"{field}:" for field in sorted(LIST_FIELDS))
        raise Fault(f"a list only after {fields}", f"@{name}", [f"{lists[name].field}:@{name}"])
