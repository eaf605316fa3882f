"""A criteria tree as two boolean queries over columns: where it is true, and where it is false.

Kleene's logic splits exactly: `not` swaps the two, `and` is true where all are true and false where
any is false, `or` the other way round; what is in neither is unknown. A posting is found under
`drop` where the tree is true, under `pass` where it is not false. Nothing here is approximate: no
candidate has to be looked at again (matching.evaluate is the meaning, a property test the proof).

`Near` names the cities of the index that lie within the radius, measured by the oracle's own
function on the coordinates that the postings carry.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from backends.search.columns import (
    COMPANY_KEY,
    EXPERIENCE,
    FIRST_SEEN,
    PAY_LEAST,
    PAY_MOST,
    POSTED,
    SOURCE,
    UNSTATED,
    city_of,
    microseconds,
    terms_column,
    words_column,
)
from matching.analyzer import spellings, terms
from matching.evaluate import company_keys
from matching.subject import TEXT_FIELDS
from models.criteria import (
    And,
    CategoryIn,
    ClearanceIs,
    Criteria,
    EmploymentIn,
    Experience,
    HasSkill,
    In,
    InList,
    LanguageIn,
    LevelIn,
    ModeIn,
    Near,
    Not,
    Or,
    Pay,
    PostedWithin,
    RemoteFrom,
    SourceIn,
    Test,
    UnknownPolicy,
    VisaIs,
    Words,
)
from models.posting import Level, Mode
from reference.money import usd_per_year
from reference.places import distance_km


@dataclass(frozen=True, slots=True)
class AnyTerm:
    """The column has one of these terms."""

    column: str
    terms: frozenset[str]


@dataclass(frozen=True, slots=True)
class Phrase:
    """The terms (two or more) stand next to each other in one run of the column."""

    column: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prefix:
    """The column has a term that begins like this."""

    column: str
    start: str


@dataclass(frozen=True, slots=True)
class Range:
    """The number in the column is there and within the bounds, which count; None: no bound."""

    column: str
    least: int | float | None = None
    most: int | float | None = None


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every plan holds; without any, everything is found."""

    plans: tuple["Plan", ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of the plans holds; without any, nothing is found."""

    plans: tuple["Plan", ...] = ()


@dataclass(frozen=True, slots=True)
class Except:
    plan: "Plan"


Plan = AnyTerm | Phrase | Prefix | Range | AllOf | AnyOf | Except
EVERYTHING, NOTHING = AllOf(), AnyOf()


def negated(plan: Plan) -> Plan:
    """Everything else. Negations are pushed down to the tests, so that `not not` costs nothing and
    a conjunction can begin with its rarest word."""
    match plan:
        case Except(plan=inner):
            return inner
        case AllOf(plans=plans):
            return AnyOf(tuple(negated(inner) for inner in plans))
        case AnyOf(plans=plans):
            return AllOf(tuple(negated(inner) for inner in plans))
        case _:
            return Except(plan)


@dataclass(frozen=True, slots=True)
class Split:
    """Where a tree is true and where it is false. The two never meet."""

    true: Plan
    false: Plan


Cities = Callable[[], Iterable[str]]
"""The atoms of all cities in the index (columns.city_atom); asked only if the query needs them."""


def plan_of(criteria: Criteria, unknown: UnknownPolicy, now: datetime, cities: Cities) -> Plan:
    """The plan of the postings that hold under the policy at `now`."""
    found = split(criteria, now, cities)
    return found.true if unknown is UnknownPolicy.DROP else negated(found.false)


def split(criteria: Criteria, now: datetime, cities: Cities) -> Split:
    """Where the tree is true, and where false."""
    match criteria:
        case Not(item=item):
            found = split(item, now, cities)
            return Split(found.false, found.true)
        case And(items=items):
            parts = [split(item, now, cities) for item in items]
            return Split(
                AllOf(tuple(part.true for part in parts)),
                AnyOf(tuple(part.false for part in parts)),
            )
        case Or(items=items):
            parts = [split(item, now, cities) for item in items]
            return Split(
                AnyOf(tuple(part.true for part in parts)),
                AllOf(tuple(part.false for part in parts)),
            )
        case _:
            found = _leaf(criteria, now, cities)
            return Split(found.true, negated(found.true)) if criteria.hard else found


def _leaf(test: Test, now: datetime, cities: Cities) -> Split:
    match test:
        case Words():
            return _always_stated(AnyOf(tuple(plan for _, plan in by_field(test))))
        case HasSkill(skill=skill):
            return _one_of("skill", (skill,))
        case LevelIn(min=lowest, max=highest):
            levels = [level for level in Level if lowest.rank <= level.rank <= highest.rank]
            return _one_of("level", levels)
        case Experience(min=least, max=most):
            return _experience(least, most)
        case EmploymentIn(values=values):
            return _one_of("employment_type", values)
        case ModeIn(values=values):
            return _one_of("mode", values)
        case VisaIs(value=value):
            return _one_of("visa", (value,))
        case ClearanceIs(value=value):
            return _one_of("clearance", (value,))
        case CategoryIn(values=values):
            return _one_of("category", values)
        case SourceIn(values=values):
            names = frozenset(value.casefold() for value in values)
            return _always_stated(AnyTerm(SOURCE, names))
        case InList(field="company"):
            return _always_stated(AnyTerm(COMPANY_KEY, company_keys(test)))
        case InList(items=skills):
            return _one_of("skill", skills)
        case LanguageIn(values=values):
            return _one_of("language", values)
        case Near():
            return _stated("place", AnyTerm("city", _within(test, cities())))
        case In(place=place):
            return _one_of("place", (str(place.id),))
        case RemoteFrom(country=country):
            return _remote(country)
        case Pay():
            return _pay(test)
        case PostedWithin(field=field, hours=hours):
            column = POSTED if field == "posted" else FIRST_SEEN
            since = microseconds(now) - timedelta(hours=hours) // timedelta(microseconds=1)
            return _always_stated(Range(column, least=since))
        case _:
            raise TypeError(f"not a criteria tree: {type(test).__name__}")


def by_field(test: Words) -> list[tuple[str, Plan]]:
    """Where the words may stand: plans for each text field, one for each spelling; none where the
    text has no term. Several terms are a phrase, which stands within one column."""
    wanted = terms(test.text)
    fields = TEXT_FIELDS if test.field == "any" else (test.field,)
    if not wanted or (test.kind == "prefix" and len(wanted) > 1):
        return []
    if test.kind == "prefix":
        return [(field, Prefix(words_column(field), wanted[0])) for field in fields]
    return [
        (field, _stands(terms_column(field), stems))
        for field in fields
        for stems in spellings(test.text)
    ]


def _stands(column: str, stems: tuple[str, ...]) -> Plan:
    return AnyTerm(column, frozenset(stems)) if len(stems) == 1 else Phrase(column, stems)


def wanted_words(criteria: Criteria | None, wanted: bool = True) -> Iterator[Words]:
    """The words a searcher asks for: those under an even number of negations."""
    match criteria:
        case Words():
            if wanted:
                yield criteria
        case Not(item=item):
            yield from wanted_words(item, not wanted)
        case And(items=items) | Or(items=items):
            for item in items:
                yield from wanted_words(item, wanted)


def _unstated(fact: str) -> Plan:
    return AnyTerm(UNSTATED, frozenset((fact,)))


def _stated(fact: str, true: Plan) -> Split:
    """False only where the fact is stated."""
    return Split(true, negated(AnyOf((true, _unstated(fact)))))


def _always_stated(true: Plan) -> Split:
    return Split(true, negated(true))


def _one_of(fact: str, values: Iterable[str]) -> Split:
    return _stated(fact, AnyTerm(fact, frozenset(str(value) for value in values)))


def _within(test: Near, cities: Iterable[str]) -> frozenset[str]:
    centre = test.place
    return frozenset(
        atom for atom in cities if distance_km(centre.lat, centre.lon, *city_of(atom)) <= test.km
    )


def _remote(country: str | None) -> Split:
    mode = _one_of("mode", (Mode.REMOTE,))
    if country is None:
        return mode
    accepted = _one_of("remote", (country,))
    return Split(
        AllOf((mode.true, accepted.true)),
        AnyOf((mode.false, AllOf((mode.true, accepted.false)))),
    )


def _experience(least: float | None, most: float | None) -> Split:
    bounded = least is not None or most is not None
    within = Range(EXPERIENCE, least, most) if bounded else Except(_unstated("experience"))
    return _stated("experience", within)


def _pay(test: Pay) -> Split:
    floor = _bound(test, test.min, at_least=True)
    ceiling = _bound(test, test.max, at_least=False)
    stated = Except(_unstated("pay"))
    return Split(AllOf((stated, floor.true, ceiling.true)), AnyOf((floor.false, ceiling.false)))


def _bound(test: Pay, amount: float | None, *, at_least: bool) -> Split:
    """The posting's far end decides ("up to 90k" is no 100k); where it is not stated, the near end
    can still make it true ("from 80k" is at least 70k) but not false."""
    if amount is None:
        return Split(EVERYTHING, NOTHING)
    usd = usd_per_year(amount, test.currency, test.period)
    if usd is None:
        return Split(NOTHING, NOTHING)
    usd += 0.0  # an index orders -0.0 below 0.0
    far, near = (PAY_MOST, PAY_LEAST) if at_least else (PAY_LEAST, PAY_MOST)
    far_stated = AnyTerm("pay", frozenset(("most" if at_least else "least",)))
    holds_far, holds_near = (
        Range(column, least=usd) if at_least else Range(column, most=usd) for column in (far, near)
    )
    return Split(
        AnyOf((holds_far, AllOf((Except(far_stated), holds_near)))),
        AllOf((far_stated, Except(holds_far))),
    )
