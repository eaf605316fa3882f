"""Places in queries: text to one place of the gazetteer, and a place to text that means it again.

`Porto` must not silently become another Porto: a name is taken when it is the only one, when it is
far larger than every other of that name, or when the others lie within it. Otherwise the person
is asked to choose. `#2644688` names a place by its GeoNames id.
"""

from collections.abc import Sequence
from functools import lru_cache

from matching.analyzer import fold
from matching.faults import Fault
from matching.place_spelling import places_near
from models.posting import Place
from reference import places

CLEARLY_LARGER = 4
"""How many times the people of the runner-up make a bare name clear: "Paris" and "London" are,
"Cambridge" is not."""


def find_place(text: str, *, city: bool = False) -> Place:
    """The place that the text names; with `city`, only towns and cities count. Raises Fault."""
    if text.startswith("#"):
        return _numbered(text, city=city)
    found = _candidates(text, city=city)
    if not found:
        if city and places.resolve(text):
            raise Fault("a town or city (for a region or country use place:)", text)
        expected = f'the name of a {"town or city" if city else "place"}, as "Leeds, GB"'
        raise Fault(expected, text, _named(places_near(text, city=city)[:3], city=city))
    if not _clear(text, found):
        own = [place for place in found if _is_own_name(text, place)] or found
        raise Fault("the name of one place; there are several", text, _named(own[:5], city=city))
    return found[0]


def _named(found: Sequence[Place], *, city: bool) -> list[str]:
    """Values to choose from, ready to be typed; one that says little is told behind it."""
    names = ((place, name_of(place, city=city)) for place in found)
    return [
        f'"{name}"' if name.startswith(place.name) else f'"{name}" ({place.name}, {_kind(place)})'
        for place, name in names
    ]


def _kind(place: Place) -> str:
    return "country" if place.kind == "country" else place.country


def _numbered(text: str, *, city: bool) -> Place:
    # A GeoNames id has at most nine digits; longer ones would not fit the gazetteer's arrays.
    digits = text[1:]
    readable = digits.isascii() and digits.isdigit() and len(digits) <= 9
    place = places.by_id(int(digits)) if readable else None
    if place is None or (city and place.kind != "city"):
        raise Fault("the GeoNames id of a city" if city else "the GeoNames id of a place", text)
    return place


def _candidates(text: str, *, city: bool) -> list[Place]:
    """What the text can mean, the likeliest first. Of several qualifiers each must fit: "Paris,
    Texas, US" is no Paris of another state."""
    found = [p for p in places.resolve(text) if not city or p.kind == "city"]
    head, *qualifiers = text.split(",")
    for qualifier in qualifiers if len(qualifiers) > 1 else ():
        fitting = {p.id for p in places.resolve(f"{head},{qualifier}")}
        found = [p for p in found if p.id in fitting] or found
    return found


def _clear(text: str, found: Sequence[Place]) -> bool:
    """Whether the first can be taken: the others are much smaller, around it or within it."""
    first, *others = found
    size = _size(text, first)
    return all(
        first.id in other.within
        or other.id in first.within
        or other.id == first.id
        or size >= CLEARLY_LARGER * _size(text, other)
        for other in others
    )


def _size(text: str, place: Place) -> float:
    """The people of a place; a tenth of them where the text is not the place's own name."""
    return places.population(place) * (1.0 if _is_own_name(text, place) else 0.1)


def _is_own_name(text: str, place: Place) -> bool:
    return fold(text.split(",")[0]) == fold(place.name)


@lru_cache(maxsize=8192)
def name_of(place: Place, *, city: bool = False) -> str:
    """The shortest text that `find_place` turns into this very place."""
    if place.kind == "country":
        names = [place.name, place.country]
    else:
        names = [f"{place.name}, {place.country}"]
        if place.kind == "city" and place.region:
            names.append(f"{place.name}, {place.region}, {place.country}")
    for name in names:
        found = _candidates(name, city=city)
        if found and found[0].id == place.id and _clear(name, found):
            return name
    return f"#{place.id}"
