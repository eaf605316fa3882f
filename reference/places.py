"""Text to places: cities, regions and countries of the GeoNames gazetteer, the likeliest first.

A text is parts between commas: a head (the place) and what qualifies it ("TX", "Germany"). The
most specific part is mostly the first ("Leeds, United Kingdom"), sometimes the last ("India,
Hyderabad"), so each is tried as the head until one gives a place that lies within the others.
Whole names only: "Porto" does not find Porto Alegre.

A code of two letters has several readings. They are tried in the order American state, country,
region of the country that another part names: "Warsaw, IN" is in Indiana, as "Hyderabad, IN" is
nowhere in Indiana it is in India.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from models.posting import Place
from reference.countries import (
    Country,
    countries,
    countries_of,
    country_by_id,
    country_code,
    is_group,
)
from reference.gazetteer import distance_km, gazetteer
from reference.regions import (
    region_by_id,
    regions,
    regions_coded,
    regions_named,
)
from reference.text import fold

__all__ = [
    "by_id",
    "cities_within",
    "countries_of",
    "country",
    "distance_km",
    "population",
    "resolve",
    "resolve_exactly",
]

_SAID_FOR = {
    "sea": "Seattle, WA, US",
    "nyc": "New York City, US",
    "ny": "New York City, US",
    "new york ny": "New York City, US",
    "manhattan": "Manhattan, NY, US",
    "sf": "San Francisco, CA, US",
    "sfo": "San Francisco, CA, US",
    "sf bay area": "San Francisco, CA, US",
    "bay area": "San Francisco, CA, US",
    "san francisco bay area": "San Francisco, CA, US",
    "silicon valley": "San Jose, CA, US",
    "south bay": "San Jose, CA, US",
    "la": "Los Angeles, CA, US",
    "dc": "Washington, DC, US",
    "dc metro": "Washington, DC, US",
    "washington dc": "Washington, DC, US",
    "washington d c": "Washington, DC, US",
    "raleigh durham": "Raleigh, NC, US",
    "research triangle": "Raleigh, NC, US",
    "dallas fort worth": "Dallas, TX, US",
    "dfw": "Dallas, TX, US",
    "twin cities": "Minneapolis, MN, US",
    "minneapolis st paul": "Minneapolis, MN, US",
    "gta": "Toronto, ON, CA",
    "city of london corporation": "City of London, GB",
    "thanh pho ho chi minh": "Ho Chi Minh City, VN",
    "tel aviv yafo": "Tel Aviv, IL",
    "ncr": "Delhi, IN",
    "delhi ncr": "Delhi, IN",
}
"""Names that the gazetteer does not have, or has for another place, by what they mean."""

_CITY_STATES = frozenset({"SG", "HK", "MO", "MC", "VA", "GI", "DJ"})
"""Bare, their name means the city, which lies within the country."""

_AROUND = re.compile(
    r"^(?:greater|metro(?:politan)?|central|downtown|city of|region|the)\s+"
    r"|\s+(?:metropolitan area|metro area|metro|area|region|city centre|city center|hq|office)$",
    re.IGNORECASE,
)
_MAX_TEXT = 200


@dataclass(frozen=True, slots=True)
class _Place:
    """A place before it is built: `number` is the row, the region's index, or 0 for a country."""

    kind: str
    number: int
    country: str
    region: int
    population: int
    own_name: bool


_Reading = tuple[str, int]
"""A country code and a region number, -1 for the whole country."""


def resolve(text: str) -> list[Place]:
    """The places that `text` can mean, the likeliest first; empty where none is known.

    An own name goes before another name, then the larger population counts.
    """
    return list(_resolve(text[:_MAX_TEXT]))


@lru_cache(maxsize=4096)
def _resolve(text: str) -> tuple[Place, ...]:
    parts = [part for piece in text.split(",") for part in _split(piece.strip()) if fold(part)]
    if not parts or is_group(text):
        return ()
    said = _SAID_FOR.get(fold(text))
    if said is not None and said != text:
        return _resolve(said)
    if len(parts) == 1:
        return tuple(_place(found) for found in _ranked(_bare(parts[0])))
    heads = [0, len(parts) - 1, *range(1, len(parts) - 1)]
    for at in heads:
        found = _qualified(parts[at], parts[:at] + parts[at + 1 :])
        if found:
            return tuple(_place(one) for one in found)
    same = _same_country(parts)
    return (same,) if same is not None else ()


def resolve_exactly(parts: Sequence[str], *, head_first: bool = False) -> Place | None:
    """The likeliest place that the parts of one address name, where every part is understood.

    One of them is the place and all others hold it, so that a list of two cities is no address.
    With `head_first` the place is the first part.
    """
    return _resolve_exactly(tuple(parts), head_first)


@lru_cache(maxsize=4096)
def _resolve_exactly(given: tuple[str, ...], head_first: bool) -> Place | None:
    parts = [part for piece in given for part in _split(piece)]
    if len(parts) == 1:
        return next(iter(_resolve(parts[0])), None)
    for at in (0,) if head_first else (0, len(parts) - 1, *range(1, len(parts) - 1)):
        qualifiers = [*parts[:at], *parts[at + 1 :]]
        found = _qualified(parts[at], qualifiers, all_hold=True)
        if found:
            return _place(found[0])
    return _same_country(parts)


def _same_country(parts: Sequence[str]) -> Place | None:
    """The country that each of the parts names: "CA, Canada"."""
    codes = {country_code(part) for part in parts}
    code = codes.pop() if len(codes) == 1 else None
    return _country_place(code) if code else None


def _split(part: str) -> list[str]:
    """A part without commas that ends in a country or a state code: "Bronx NY", "UT United
    States". A part that is itself a name stays whole."""
    words = part.split()
    if len(words) < 2 or country_code(part) or is_group(part) or _named(part):
        return [part]
    for at in range(len(words) - 1, max(0, len(words) - 4), -1):
        tail = " ".join(words[at:])
        is_code = len(tail) == 2 and tail.isupper() and bool(regions_coded(tail))
        if is_code or country_code(tail):
            return [" ".join(words[:at]), tail]
    return [part]


def _bare(text: str) -> list[_Place]:
    """Every place of that name or code, without any qualification."""
    found = _named(text)
    code = country_code(text)
    if code is not None:
        found.append(_country(countries()[code], own_name=True))
    if len(text) == 2 and text.isupper():
        found.extend(
            _region(n) for n in regions_coded(text) if regions()[n].country in ("US", "CA")
        )
    return found


def _named(text: str) -> list[_Place]:
    """Cities and regions that have this name; the name without "Greater" or "area" if none has."""
    name = fold(text)
    found = _cities(name) + [_region(number) for number in regions_named(name)]
    if not found:
        said = _SAID_FOR.get(name)
        if said is not None:
            row = gazetteer().row(_resolve(said)[0].id)
            return [_city(row, own_name=True)] if row is not None else []
        core = _AROUND.sub("", text).strip()
        return _named(core) if core and core != text else []
    return found


def _cities(name: str) -> list[_Place]:
    found = [_city(row, own_name=True) for row in gazetteer().named(name)]
    found += [_city(row, own_name=False) for row in gazetteer().known_as(name)]
    if not found and name.startswith(("st ", "saint ")):
        other = "saint " + name[3:] if name.startswith("st ") else "st " + name[6:]
        found = [_city(row, own_name=True) for row in gazetteer().named(other)]
    return found


def _ranked(found: list[_Place]) -> list[_Place]:
    """The likeliest first: a city before the region named after it, else by population.

    A place known by another name counts as a tenth of its size: "Halle" is rather a Halle than
    the Halle of another language.
    """
    cities = [p for p in found if p.kind == "city" and p.population > 50_000]
    regions_with_city = {p.region for p in cities}
    metropolises = {p.country for p in cities if p.own_name and p.population > 1_000_000}

    def weight(place: _Place) -> tuple[bool, float]:
        after_a_city = place.kind == "region" and (
            place.number in regions_with_city or place.country in metropolises
        )
        own_city = place.kind == "country" and place.country in _CITY_STATES
        return (
            not (after_a_city or own_city),
            place.population * (1.0 if place.own_name else 0.1),
        )

    return sorted(found, key=weight, reverse=True)


def _qualified(head: str, qualifiers: list[str], *, all_hold: bool = False) -> list[_Place]:
    """Places named `head` that lie within what the qualifiers name, the likeliest first.

    A qualifier that is no known country or region ("County Dublin") is passed over, as long as
    another one is known; with `all_hold` every qualifier must be known and hold the place.
    """
    readings = [reading for q in qualifiers if (reading := _readings(q)) or all_hold]
    if not readings:
        return []
    named = _named(head)
    if 2 <= len(head) <= 3 and head.isupper():
        named = named + [_region(number) for number in regions_coded(head)]
    ranks = {
        place: rank for place in named if (rank := _fit(place, readings, all_hold)) is not None
    }
    return sorted(_ranked(list(ranks)), key=lambda place: ranks[place])


def _readings(qualifier: str) -> list[_Reading]:
    """What a qualifier can mean, the likeliest first."""
    code = qualifier.strip().replace(".", "")
    found: list[_Reading] = []
    coded = regions_coded(code) if 2 <= len(code) <= 3 else ()
    found += [("US", number) for number in coded if regions()[number].country == "US"]
    country = country_code(qualifier) or country_code(code.upper() if len(code) == 2 else code)
    if country is not None:
        found.append((country, -1))
    named = regions_named(fold(qualifier))
    found += [(regions()[n].country, n) for n in (*named, *coded)]
    return list(dict.fromkeys(found))


def _fit(place: _Place, readings: list[list[_Reading]], all_hold: bool) -> int | None:
    """How far down its readings each qualifier had to go to hold the place, in sum; None where a
    country or a region of its country does not hold it, or no qualifier does."""
    total, held = 0, False
    for alternatives in readings:
        at = next((i for i, reading in enumerate(alternatives) if _holds(reading, place)), None)
        if at is not None:
            total += at
            held = True
        elif all_hold or any(
            region < 0 or country == place.country for country, region in alternatives
        ):
            return None
    return total if held else None


def _holds(reading: _Reading, place: _Place) -> bool:
    """Whether the place lies within, and is not itself, the country or region."""
    country, region = reading
    if place.kind == "country" or place.country != country:
        return False
    if region < 0:
        return True
    return place.kind == "city" and place.region == region


def _city(row: int, *, own_name: bool) -> _Place:
    g = gazetteer()
    return _Place("city", row, g.country(row), g.regions[row], g.populations[row], own_name)


def _region(number: int) -> _Place:
    country = regions()[number].country
    return _Place("region", number, country, number, _region_population(number), True)


def _country(country: Country, *, own_name: bool) -> _Place:
    return _Place("country", 0, country.code, -1, country.population, own_name)


@cache
def _region_populations() -> dict[int, int]:
    g = gazetteer()
    sums: dict[int, int] = {}
    for number, people in zip(g.regions, g.populations, strict=True):
        sums[number] = sums.get(number, 0) + people
    return sums


def _region_population(number: int) -> int:
    return _region_populations().get(number, 0)


def _place(found: _Place) -> Place:
    if found.kind == "city":
        return _city_place(found.number)
    if found.kind == "region":
        return _region_place(found.number)
    return _country_place(found.country)


def _city_place(row: int) -> Place:
    g = gazetteer()
    number, code = g.regions[row], g.country(row)
    region = regions()[number] if number >= 0 else None
    around = countries().get(code)
    within = ([region.id] if region else []) + ([around.id] if around else [])
    return Place(
        id=g.ids[row],
        name=g.name(row),
        kind="city",
        country=code,
        region=region.name if region else None,
        lat=round(g.lats[row], 5),
        lon=round(g.lons[row], 5),
        within=tuple(within),
    )


def _region_place(number: int) -> Place:
    region = regions()[number]
    return Place(
        id=region.id,
        name=region.name,
        kind="region",
        country=region.country,
        region=region.name,
        lat=region.lat,
        lon=region.lon,
        within=(countries()[region.country].id,),
    )


@cache
def _country_place(code: str) -> Place:
    found = countries()[code]
    row = _seat(found)
    lat, lon = (gazetteer().lats[row], gazetteer().lons[row]) if row is not None else (0.0, 0.0)
    return Place(
        id=found.id,
        name=found.name,
        kind="country",
        country=code,
        lat=round(lat, 5),
        lon=round(lon, 5),
    )


def _seat(country: Country) -> int | None:
    """The row of the capital, or of the largest city where the gazetteer has no capital."""
    g = gazetteer()
    rows = [r for r in _rows_of(fold(country.capital)) if g.country(r) == country.code]
    if not rows:
        packed = ord(country.code[0]) << 8 | ord(country.code[1])
        rows = [row for row, code in enumerate(g.countries) if code == packed]
    return max(rows, key=g.populations.__getitem__, default=None)


def _rows_of(name: str) -> list[int]:
    return gazetteer().named(name) or gazetteer().known_as(name)


def by_id(id: int) -> Place | None:
    """The place with that GeoNames id: a city of at least 1,000 people, a region or a country."""
    code = country_by_id(id)
    if code is not None:
        return _country_place(code)
    number = region_by_id(id)
    if number is not None:
        return _region_place(number)
    row = gazetteer().row(id)
    return _city_place(row) if row is not None else None


def country(code: str) -> Place | None:
    """The country with that ISO 3166-1 alpha-2 code, at its capital or largest city."""
    return _country_place(code.upper()) if code.upper() in countries() else None


def cities_within(lat: float, lon: float, km: float) -> frozenset[int]:
    """The ids of the cities at most `km` from the point (great circle, exact).

    Cost: about 1 ms for a metropolitan area, 50 ms for a continent.
    """
    g = gazetteer()
    return frozenset(g.ids[row] for row in g.within(lat, lon, km))


def population(place: Place) -> int:
    """How many people live there: cities and countries as GeoNames counts them, a region as the
    sum of its cities."""
    if place.kind == "country":
        return countries()[place.country].population
    if place.kind == "region":
        number = region_by_id(place.id)
        return _region_population(number) if number is not None else 0
    row = gazetteer().row(place.id)
    return gazetteer().populations[row] if row is not None else 0
