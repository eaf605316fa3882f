"""Why tests exclude each other, in words: "senior is above junior", "Leeds lies in United Kingdom".

`contradictions` finds the tests, this only tells of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from matching.faults import shortened
from matching.implications import implies, yearly
from matching.printer import number, printed_item
from models.criteria import Experience, HasSkill, In, Leaf, LevelIn, Near, Pay, RemoteFrom, Words
from models.money import Period
from models.posting import Place
from reference import places
from reference.money import PER_YEAR

_NOUNS = {
    "level": "level",
    "employment": "employment type",
    "mode": "mode",
    "visa": "statement on visas",
    "clearance": "statement on clearances",
    "language": "language",
    "category": "category",
}
_EACH = {period: f"{'an' if period is Period.HOUR else 'a'} {period}" for period in Period}
_SHOWN_MAX = 60


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Tests that cannot all be as they are demanded: those wanted true, and those wanted false.
    `fact` is the fact of which a posting has one value, where it is because of that."""

    true: tuple[Leaf, ...]
    false: tuple[Leaf, ...]
    fact: str | None = None

    @property
    def reason(self) -> str:
        if self.fact is not None:
            return _of_one_fact(self.fact, self.true)
        if self.false:
            return _implied(self.true[0], self.false[0])
        return _outlawed(*self.true)


def _of_one_fact(fact: str, true: Sequence[Leaf]) -> str:
    if fact == "pay":
        return "no pay is below 0"
    levels = sorted((test for test in true if isinstance(test, LevelIn)), key=lambda t: t.min.rank)
    if len(levels) > 1 and levels[0].max.rank < levels[-1].min.rank:
        return f"{levels[-1].min} is above {levels[0].max}"
    one = f"a posting has one {_NOUNS[fact]}, and none is left"
    return f"{one}: remote means mode:remote" if any(_is_remote(test) for test in true) else one


def _is_remote(test: Leaf) -> bool:
    return isinstance(test, RemoteFrom)


def _implied(test: Leaf, wider: Leaf) -> str:
    match test, wider:
        case In(place=place), In(place=around) if place.id != around.id:
            return f"{place.name} lies in {around.name}"
        case Near(place=place, km=km), In(place=around):
            return f"all within {number(km)} km of {place.name} lies in {around.name}"
        case HasSkill(), Words():
            return "skills are searched as text too"
        case Words(text=text), Words(text=other) if text != other and implies(wider, test):
            return f"{_shown(test)} finds {_shown(wider)} too: they are forms of one word"
        case _ if implies(wider, test):
            return "the one asks for what the other excludes"
        case _:
            return f"whatever meets {_shown(test)} meets {_shown(wider)}"


def _outlawed(one: Leaf, other: Leaf) -> str:
    match one, other:
        case Experience(), Experience():
            lower, higher = sorted((one, other), key=lambda test: test.min or 0.0)
            return f"{number(higher.min or 0.0)} years are more than {number(lower.max or 0.0)}"
        case Pay(), Pay():
            return _pays(one, other)
        case ((In(place=place) | Near(place=place)), RemoteFrom(country=str(country))):
            return _outside(place, country)
        case RemoteFrom(country=str(country)), (In(place=place) | Near(place=place)):
            return _outside(place, country)
        case _:
            raise TypeError(f"not outlawed: {type(one).__name__}, {type(other).__name__}")


def _outside(place: Place, code: str) -> str:
    country = places.country(code)
    return f"{place.name} lies outside of {country.name if country else code}"


def _pays(one: Pay, other: Pay) -> str:
    """The floor of one above the ceiling of the other: in US dollars where the currencies differ.
    They have been compared, so both have a rate."""
    unit = one.currency if one.currency == other.currency else "USD"
    ends = [(_a_year(test.min, test, unit), _a_year(test.max, test, unit)) for test in (one, other)]
    (low, _), (_, high) = ends
    floor, ceiling = one, other
    if low is None or high is None or low <= high:
        (_, high), (low, _) = ends
        floor, ceiling = other, one
    told = f"{_amount(low)} {unit} a year"
    if floor.period is not Period.YEAR or floor.currency != unit:
        told = f"{_amount(floor.min)} {floor.currency} {_EACH[floor.period]} is {told}"
    limit = _amount(high)
    if ceiling.period is not Period.YEAR or ceiling.currency != unit:
        limit += f" ({_amount(ceiling.max)} {ceiling.currency} {_EACH[ceiling.period]})"
    return f"{told}, and that is above {limit}"


def _a_year(amount: float | None, test: Pay, unit: str) -> float | None:
    if amount is None or test.currency == unit:
        return None if amount is None else amount * PER_YEAR[test.period]
    return yearly(amount, test)


def _amount(amount: float | None) -> str:
    """Cents only where they matter."""
    decimals = 0 if (amount or 0.0) >= 1_000 else 2
    return f"{amount or 0.0:,.{decimals}f}".removesuffix(".00")


def _shown(test: Leaf) -> str:
    return shortened(printed_item(test), _SHOWN_MAX)
