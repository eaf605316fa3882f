"""The values of one test, held to what exists in this world and put in their canonical form.

For trees that were not parsed from text: pydantic has seen to their types, this sees to what they
mean. Places become the gazetteer's own record, so that nobody invents coordinates, and lists get
the names that they really have.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from matching import quantities, values
from matching.faults import Fault, invalid
from matching.lists import Lists
from models.criteria import (
    CategoryIn,
    Experience,
    HasSkill,
    In,
    InList,
    LanguageIn,
    Leaf,
    LevelIn,
    Near,
    Pay,
    PostedWithin,
    RemoteFrom,
    SourceIn,
    Words,
)
from models.posting import Place
from reference import places

GEONAMES_ID_MAX = 999_999_999
"""Larger numbers would not fit the gazetteer's arrays."""

T = TypeVar("T")


def verified(test: Leaf, pointer: str | None = None, lists: Lists | None = None) -> Leaf:
    """The test in canonical form. Raises InvalidQuery, at the `pointer` of the test, for a value
    that does not exist. Without `lists` a list is taken as it is."""

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
        case Experience():
            at("min", lambda years: quantities.years_range(years.min, years.max), test)
        case Near(place=place):
            found["place"] = at("place", _known_city, place)
            at("km", lambda km: quantities.refuse_decimals(km, quantities.KM_DECIMALS), test.km)
        case PostedWithin():
            most = quantities.HOURS_DECIMALS
            at("hours", lambda hours: quantities.refuse_decimals(hours, most), test.hours)
        case In(place=place):
            found["place"] = at("place", known_place, place.id)
        case RemoteFrom(country=country) if country is not None:
            at("country", _known_country, country)
        case Pay():
            at("currency", quantities.currency, test.currency)
            at("min", lambda pay: quantities.pay_range(pay.min, pay.max), test)
        case LanguageIn():
            found["values"] = tuple(at("values", values.language, code) for code in test.values)
        case CategoryIn():
            found["values"] = tuple(at("values", values.category, name) for name in test.values)
        case SourceIn():
            found["values"] = tuple(at("values", values.source, name) for name in test.values)
        case InList(field=of, name=name) if lists is not None:
            listed = at("name", lambda name: values.named_list(of, name, lists), name)
            found = {"name": listed.name, "items": listed.items}
        case InList(name=name):
            found["name"] = at("name", values.list_name, name)
        case _:
            pass
    return test.model_copy(update=found) if found else test


def known_place(number: int) -> Place:
    """The place of that GeoNames id. Raises Fault."""
    known = places.by_id(number) if 0 <= number <= GEONAMES_ID_MAX else None
    if known is None:
        raise Fault("the GeoNames id of a known place", str(number))
    return known


def _known_city(place: Place) -> Place:
    known = known_place(place.id)
    if known.kind != "city":
        raise Fault("a town or city (for a region or country use op place)", known.name)
    return known


def _known_country(code: str) -> None:
    if places.country(code) is None:
        region = places.countries_of(code)
        hint = " (a region is an or of its countries)" if region else ""
        raise Fault(f"an ISO 3166-1 country code{hint}", code)
