"""What a misspelt place may have meant: "Londn" is London, "Pitsburg, US" is Pittsburgh.

First every name at one edit (Damerau-Levenshtein distance 1) is looked up in the gazetteer, as P.
Norvig's spelling corrector does ("How to Write a Spelling Corrector", 2007): some hundred look-ups
of microseconds, and no index to keep. Where none is a name, the large cities and the countries that
begin with the same letter are compared as difflib does.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from string import ascii_lowercase

from matching.faults import near
from models.posting import Place
from reference import places
from reference.countries import countries, country_code
from reference.gazetteer import gazetteer
from reference.regions import regions_named
from reference.text import fold

NAME_MAX = 40
"""Letters of a name that is looked into; a longer one would cost more than 2,000 look-ups."""
LARGE = 100_000
"""People of a city that two wrong letters may still mean."""
_LETTERS = f"{ascii_lowercase} "


def places_near(text: str, *, city: bool) -> list[Place]:
    """The places that a text which names none may have meant, the largest first, each once.

    Costs 5 ms where one edit mends the name, 25 ms otherwise.
    """
    head, *qualifiers = (part.strip() for part in text.split(",")[:3])
    name = fold(head)
    if not 2 <= len(name) <= NAME_MAX:
        return []
    found = _meant(name, (), city=city)
    for other in filter(_known, _one_edit(name)):
        found |= _meant(other, qualifiers, city=city)
    for other in () if found else near(name, _large_names().get(name[0], ())):
        found |= _meant(other, qualifiers, city=city)
    return sorted(found, key=found.__getitem__, reverse=True)


def _meant(name: str, qualifiers: Sequence[str], *, city: bool) -> dict[Place, float]:
    """The likeliest place of that name within its qualifiers, with its people; a tenth of them
    where it has the name among others."""
    for place in places.resolve(", ".join([name, *qualifiers])):
        if not city or place.kind == "city":
            own = fold(place.name) == name
            return {place: places.population(place) * (1.0 if own else 0.1)}
    return {}


def _one_edit(name: str) -> Iterator[str]:
    """The names that one left out, doubled, wrong or swapped letter may have made of this."""
    for at in range(len(name) + 1):
        before, behind = name[:at], name[at:]
        yield before + behind[1:]
        if len(behind) > 1:
            yield before + behind[1] + behind[0] + behind[2:]
        for letter in _LETTERS:
            yield before + letter + behind[1:]
            yield before + letter + behind


def _known(name: str) -> bool:
    g = gazetteer()
    return bool(g.named(name) or g.known_as(name) or regions_named(name) or country_code(name))


@cache
def _large_names() -> dict[str, tuple[str, ...]]:
    """The folded names of large cities and of countries by their first letter."""
    g = gazetteer()
    names = {fold(g.name(row)) for row, people in enumerate(g.populations) if people >= LARGE}
    names |= {fold(country.name) for country in countries().values()}
    found: dict[str, list[str]] = {}
    for name in sorted(filter(None, names)):
        found.setdefault(name[0], []).append(name)
    return {letter: tuple(of) for letter, of in found.items()}
