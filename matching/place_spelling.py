"""What a misspelt place may have meant: "Londn" is London, "Pitsburg, US" is Pittsburgh.

First every name at one edit (Damerau-Levenshtein distance 1) is looked up in the gazetteer, as P.
Norvig's spelling corrector does ("How to Write a Spelling Corrector", 2007): some hundred look-ups
of microseconds, and no index to keep. Where none is a name, the large cities and the countries that
begin with the same letter may be two edits away.

The further names of a place (in other languages, codes of airports) lie close to everything. They
count only where they mean a far larger place than the own names near by, and never when short.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from string import ascii_lowercase

from matching.nearness import near, slips_allowed
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
OTHER_NAME_MIN = 5
"""Letters of a further name that is looked up."""
HARDLY_MEANT = 0.05
"""The share of the people of the largest place found, below which another is left out."""
_LETTERS = f"{ascii_lowercase} "


def places_near(text: str, *, city: bool) -> list[Place]:
    """The places that a text which names none may have meant, the largest first, each once.

    Costs 5 ms where one edit mends the name, 25 ms otherwise.
    """
    head, *qualifiers = (part.strip() for part in text.split(",")[:3])
    name = fold(head)
    if not slips_allowed(name) or len(name) > NAME_MAX:
        return []
    within = "".join(f", {qualifier}" for qualifier in qualifiers)
    one_edit = [name, *(other + within for other in filter(_known, _one_edit(name)))]
    found = _meant(one_edit, city=city)
    if not found:
        large = near(name, _large_names().get(name[0], ()))
        found = _meant([other + within for other in large], city=city)
    enough = HARDLY_MEANT * max(found.values(), default=0.0)
    return sorted((p for p in found if found[p] >= enough), key=found.__getitem__, reverse=True)


def _meant(names: Iterable[str], *, city: bool) -> dict[Place, float]:
    """The likeliest place of each of the names with its people, of a further name with a tenth of
    them; such a one only where it is larger than all that are named so themselves."""
    own: dict[Place, float] = {}
    others: dict[Place, float] = {}
    for name in names:
        bare = name.partition(",")[0]
        place = next((p for p in places.resolve(name) if not city or p.kind == "city"), None)
        if place is not None and fold(place.name) == bare:
            own[place] = places.population(place)
        elif place is not None and len(bare) >= OTHER_NAME_MIN:
            others[place] = 0.1 * places.population(place)
    largest = max(own.values(), default=0.0)
    return {place: people for place, people in others.items() if people > largest} | own


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
