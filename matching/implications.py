"""What two tests say about each other, whatever the posting: one implies the other, or they are
held to exclude each other.

Every implication here is one of the oracle's, so that nothing is called impossible which a posting
could meet. The exceptions are the product's decision, because whoever asks for them has mostly made
a mistake: a pay floor above a pay ceiling, which a wide range would meet; a place outside of the
country one wants to work from, which the posting of an international company may meet; two forms of
one English word, which stand apart in some postings in German; and a source called like a host.
"""

from functools import lru_cache

from matching.analyzer import spellings
from models.criteria import (
    And,
    Criteria,
    Experience,
    HasSkill,
    In,
    InList,
    Leaf,
    Near,
    Not,
    Or,
    Pay,
    PostedWithin,
    RemoteFrom,
    SourceIn,
    Words,
)
from models.posting import Place
from reference.gazetteer import gazetteer
from reference.money import usd_per_year
from reference.regions import region_by_id

AROUND_MAX_KM = 100
"""A radius of which all towns are looked at: some 2 ms where towns are dense."""
_ROUNDED_KM = 0.01
"""What the rounded coordinates of a place may be off."""


def implies(test: Leaf, wider: Leaf) -> bool:
    """Whether every posting for which `test` is true makes `wider` true; False where unsure."""
    match test, wider:
        case Words(), Words():
            return wider.field in ("any", test.field) and _words_imply(test, wider)
        case HasSkill(skill=skill), Words(field="any", kind="word" | "phrase"):
            # The skills of a posting are one of its texts.
            return _stand_in(wider.text, skill)
        case HasSkill(skill=skill), InList(field="skill", items=items):
            return skill in items
        case InList(field="skill", items=items), HasSkill(skill=skill):
            return set(items) == {skill}
        case InList(field="skill", items=items), Words(field="any", kind="word" | "phrase"):
            return bool(items) and all(_stand_in(wider.text, item) for item in items)
        case InList(field="skill", items=items), InList(field="skill", items=others):
            return set(items) <= set(others)
        case In(place=place), In(place=around):
            return around.id in (place.id, *place.within)
        case Near(place=place, km=km), In(place=around):
            return km <= AROUND_MAX_KM and _surrounds(around, place, km)
        case Near(place=place, km=km), Near(place=centre, km=reach):
            return place.id == centre.id and km <= reach
        case RemoteFrom(country=country), RemoteFrom(country=other):
            return other in (None, country)
        case PostedWithin(field=field, hours=hours), PostedWithin(field=other, hours=longer):
            return field == other and hours <= longer
        case SourceIn(values=values), SourceIn(values=others):
            return all(any(_is_part(value, other) for other in others) for value in values)
        case Experience(min=least, max=most), Experience(min=wider_least, max=wider_most):
            return (least or 0.0) >= (wider_least or 0.0) and (
                wider_most is None or (most is not None and most <= wider_most)
            )
        case Pay(), Pay():
            return _pay_implies(test, wider)
        case _:
            return _soft(test) == _soft(wider)


def apart(one: Leaf, other: Leaf) -> bool:
    """Whether no posting makes both true, because they name ranges of one number that do not meet;
    False where unsure."""
    match one, other:
        case Experience(), Experience():
            return _below(one.max, other.min) or _below(other.max, one.min)
        case _:
            return False


def outlawed(one: Leaf, other: Leaf) -> bool:
    """Whether the product refuses to ask for both, though a posting might meet both."""
    match one, other:
        case Pay(), Pay():
            return _below(_ceiling(one), _floor(other)) or _below(_ceiling(other), _floor(one))
        case ((In(place=place) | Near(place=place)), RemoteFrom(country=str(country))):
            return place.country != country
        case RemoteFrom(country=str(country)), (In(place=place) | Near(place=place)):
            return place.country != country
        case _:
            return False


def _words_imply(test: Words, wider: Words) -> bool:
    """A phrase holds its parts, and a prefix all that is shorter. A word begins with a prefix in
    all of its forms where its stem does."""
    if wider.kind != "prefix":
        return test.kind != "prefix" and _stand_in(wider.text, test.text)
    if test.kind == "prefix":
        return test.text.startswith(wider.text)
    return any(stem.startswith(wider.text) for stem in spellings(test.text)[0])


def _stand_in(part: str, text: str) -> bool:
    """Whether a posting in English that has `text` has `part`."""
    wanted, whole = spellings(part)[0], spellings(text)[0]
    lasts = range(len(wanted), len(whole) + 1)
    return bool(wanted) and any(whole[last - len(wanted) : last] == wanted for last in lasts)


@lru_cache(maxsize=4096)
def _surrounds(around: Place, centre: Place, km: float) -> bool:
    """Whether every town within that distance lies in a place, or is it."""
    if around.id not in (centre.id, *centre.within):
        return False
    g = gazetteer()
    towns = g.within(centre.lat, centre.lon, km + _ROUNDED_KM)
    if around.kind == "country":
        return all(g.country(row) == around.country for row in towns)
    if around.kind == "region":
        number = region_by_id(around.id)
        return all(g.regions[row] == number for row in towns)
    return all(g.ids[row] == around.id for row in towns)


def _is_part(host: str, other: str) -> bool:
    """Whether postings of the one source are all of the other: a host within a domain."""
    return host == other or ("." in other and host.endswith(f".{other}"))


def _pay_implies(test: Pay, wider: Pay) -> bool:
    floor, ceiling = _floor(wider), _ceiling(wider)
    return (floor is None or not _below(_floor(test) or 0.0, floor)) and (
        ceiling is None or (_ceiling(test) is not None and not _below(ceiling, _ceiling(test)))
    )


def yearly(amount: float, test: Pay) -> float | None:
    """That amount of the test's currency and period in US dollars a year."""
    return usd_per_year(amount, test.currency, test.period)


def _floor(test: Pay) -> float | None:
    return None if test.min is None else yearly(test.min, test)


def _ceiling(test: Pay) -> float | None:
    return None if test.max is None else yearly(test.max, test)


def _below(amount: float | None, other: float | None) -> bool:
    return amount is not None and other is not None and amount < other


def _soft(criteria: Criteria) -> Criteria:
    """The test without its hard mark, for comparison."""
    if isinstance(criteria, Not | And | Or):
        return criteria
    return criteria.model_copy(update={"hard": False})
