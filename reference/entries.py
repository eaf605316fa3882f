"""The entries of the gazetteer: a city is a row, a region a number, a country a code.

Names are looked up and ranked as entries, which are cheap; the `Place` of the models is built for
the few that are kept.
"""

from dataclasses import dataclass
from functools import cache

from models.posting import Place
from reference.countries import Country, countries, country_by_id
from reference.gazetteer import gazetteer
from reference.regions import region_by_id, regions
from reference.text import fold


@dataclass(frozen=True, slots=True)
class Entry:
    """`number` is the row of a city, the index of a region, and 0 for a country; `region` is the
    index of the region, -1 for none; `own_name` tells whether it was found by its own name."""

    kind: str
    number: int
    country: str
    region: int
    population: int
    own_name: bool


def city_entry(row: int, *, own_name: bool) -> Entry:
    g = gazetteer()
    return Entry("city", row, g.country(row), g.regions[row], g.populations[row], own_name)


def region_entry(number: int) -> Entry:
    country = regions()[number].country
    return Entry("region", number, country, number, _region_population(number), True)


def country_entry(country: Country, *, own_name: bool) -> Entry:
    return Entry("country", 0, country.code, -1, country.population, own_name)


@cache
def _region_populations() -> dict[int, int]:
    g = gazetteer()
    sums: dict[int, int] = {}
    for number, people in zip(g.regions, g.populations, strict=True):
        sums[number] = sums.get(number, 0) + people
    return sums


def _region_population(number: int) -> int:
    return _region_populations().get(number, 0)


def place_of(found: Entry) -> Place:
    if found.kind == "city":
        return _city_place(found.number)
    if found.kind == "region":
        return _region_place(found.number)
    return country_place(found.country)


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
def country_place(code: str) -> Place:
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
        return country_place(code)
    number = region_by_id(id)
    if number is not None:
        return _region_place(number)
    row = gazetteer().row(id)
    return _city_place(row) if row is not None else None


def country(code: str) -> Place | None:
    """The country with that ISO 3166-1 alpha-2 code, at its capital or largest city."""
    return country_place(code.upper()) if code.upper() in countries() else None


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
