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
from functools import lru_cache

from models.posting import Place
from reference.countries import countries, countries_of, country_code, is_group
from reference.entries import (
    Entry,
    by_id,
    cities_within,
    city_entry,
    country,
    country_entry,
    country_place,
    place_of,
    population,
    region_entry,
)
from reference.gazetteer import distance_km, gazetteer
from reference.regions import regions, regions_coded, regions_named
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
    "halle saale": "Halle, Saxony-Anhalt, DE",
    "caba": "Buenos Aires, AR",
    "tampa bay": "Tampa, FL, US",
    "pan india": "India",
    "ncr": "Delhi, IN",
    "delhi ncr": "Delhi, IN",
}
"""Names that the gazetteer does not have, or has for another place, by what they mean."""

_CITY_STATES = frozenset({"SG", "HK", "MO", "MC", "VA", "GI", "DJ"})
"""Bare, their name means the city, which lies within the country."""

_AROUND = re.compile(
    r"^(?:greater|metro(?:politan)?|central|downtown|city of|region|the|northern|southern|eastern"
    r"|western)[\s-]+"
    r"|\s+(?:metropolitan area|metro area|metro|area|region|city|hq|office"
    r"|city centre|city center)$",
    re.IGNORECASE,
)
_MAX_TEXT = 200


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
        return tuple(place_of(found) for found in _ranked(_bare(parts[0])))
    heads = [0, len(parts) - 1, *range(1, len(parts) - 1)]
    for at in heads:
        found = _qualified(parts[at], parts[:at] + parts[at + 1 :])
        if found:
            return tuple(place_of(one) for one in found)
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
            return place_of(found[0])
    return _same_country(parts)


def _same_country(parts: Sequence[str]) -> Place | None:
    """The country that each of the parts names: "CA, Canada"."""
    codes = {country_code(part) for part in parts}
    code = codes.pop() if len(codes) == 1 else None
    return country_place(code) if code else None


def _split(part: str) -> list[str]:
    """A part without commas that ends in a country or a state code: "Bronx NY", "UT United
    States". A part that is itself a name stays whole."""
    words = part.split()
    if len(words) < 2 or country_code(_core(part)) or is_group(part) or _named(part):
        return [part]
    for at in range(len(words) - 1, max(0, len(words) - 4), -1):
        tail = " ".join(words[at:])
        is_code = 2 <= len(tail) <= 3 and tail.isupper() and bool(regions_coded(tail))
        if is_code or country_code(tail):
            return [" ".join(words[:at]), tail]
    return [part]


def _bare(text: str) -> list[Entry]:
    """Every place of that name or code, without any qualification."""
    found = _named(text)
    code = _country_code(text)
    if code is not None:
        found.append(country_entry(countries()[code], own_name=True))
    if len(text) == 2 and text.isupper():
        found.extend(
            region_entry(n) for n in regions_coded(text) if regions()[n].country in ("US", "CA")
        )
    return found


def _named(text: str) -> list[Entry]:
    """Cities and regions that have this name; the name without "Greater" or "area" if none has."""
    name = fold(text)
    found = _so_called(name)
    if not found:
        said = _SAID_FOR.get(name)
        if said is not None:
            row = gazetteer().row(_resolve(said)[0].id)
            return [city_entry(row, own_name=True)] if row is not None else []
        core = _core(text)
        return _named(core) if core and core != text else []
    return found


def _country_code(text: str) -> str | None:
    """That of the country with this name; "Western Canada" is Canada, but "Northern Ireland", which
    is a name of its own, is not Ireland."""
    code = country_code(text)
    if code is not None:
        return code
    code = country_code(_core(text))
    return None if code is None or _so_called(fold(text)) else code


def _so_called(name: str) -> list[Entry]:
    """Cities and regions that have just this folded name."""
    return _cities(name) + [region_entry(number) for number in regions_named(name)]


def _core(text: str) -> str:
    return _AROUND.sub("", text).strip()


def _cities(name: str) -> list[Entry]:
    found = [city_entry(row, own_name=True) for row in gazetteer().named(name)]
    found += [city_entry(row, own_name=False) for row in gazetteer().known_as(name)]
    if not found and name.startswith(("st ", "saint ")):
        other = "saint " + name[3:] if name.startswith("st ") else "st " + name[6:]
        found = [city_entry(row, own_name=True) for row in gazetteer().named(other)]
    return found


def _ranked(found: list[Entry]) -> list[Entry]:
    """The likeliest first: a city before the region named after it, else by population.

    A place known by another name counts as a tenth of its size: "Halle" is rather a Halle than
    the Halle of another language.
    """
    cities = [p for p in found if p.kind == "city" and p.population > 50_000]
    regions_with_city = {p.region for p in cities}
    metropolises = {p.country for p in cities if p.own_name and p.population > 1_000_000}

    def weight(place: Entry) -> tuple[bool, float]:
        after_a_city = place.kind == "region" and (
            place.number in regions_with_city or place.country in metropolises
        )
        own_city = place.kind == "country" and place.country in _CITY_STATES
        return (
            not (after_a_city or own_city),
            place.population * (1.0 if place.own_name else 0.1),
        )

    return sorted(found, key=weight, reverse=True)


def _qualified(head: str, qualifiers: list[str], *, all_hold: bool = False) -> list[Entry]:
    """Places named `head` that lie within what the qualifiers name, the likeliest first.

    A qualifier that is no known country or region ("County Dublin") is passed over, as long as
    another one is known; with `all_hold` every qualifier must be known and hold the place.
    """
    readings = [reading for q in qualifiers if (reading := _readings(q)) or all_hold]
    if not readings:
        return []
    named = _named(head)
    if 2 <= len(head) <= 3 and head.isupper():
        named = named + [region_entry(number) for number in regions_coded(head)]
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


def _fit(place: Entry, readings: list[list[_Reading]], all_hold: bool) -> int | None:
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


def _holds(reading: _Reading, place: Entry) -> bool:
    """Whether the place lies within, and is not itself, the country or region."""
    country, region = reading
    if place.kind == "country" or place.country != country:
        return False
    if region < 0:
        return True
    return place.kind == "city" and place.region == region
