"""The oracle: whether a criteria tree is true, false or unknown of one posting.

Naive and recursive on purpose. Percolator, search and explanation are fast in their own ways, and
each is tested to say what this file says. Three-valued logic after Kleene: `and` is the least, `or`
the greatest of its items in the order false < unknown < true; `not` swaps the ends.

A hard test turns its own unknown into false, also under `not`: `-visa:refused!` holds where
nothing is said about visas, whatever the unknown policy.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from matching.analyzer import spellings, terms
from matching.subject import TEXT_FIELDS, FieldText, Subject
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
    Outcome,
    Pay,
    PostedWithin,
    RemoteFrom,
    SourceIn,
    UnknownPolicy,
    VisaIs,
    Words,
)
from models.posting import Mode
from reference import companies
from reference.money import usd_per_year
from reference.places import distance_km

TRUE, FALSE, UNKNOWN = Outcome.TRUE, Outcome.FALSE, Outcome.UNKNOWN


def holds(criteria: Criteria, unknown: UnknownPolicy, subject: Subject, now: datetime) -> bool:
    """Whether an alert with these criteria and this policy matches the posting at `now`."""
    return passes(evaluate(criteria, subject, now), unknown)


def passes(outcome: Outcome, unknown: UnknownPolicy) -> bool:
    return outcome is TRUE or (outcome is UNKNOWN and unknown is UnknownPolicy.PASS)


def evaluate(criteria: Criteria, subject: Subject, now: datetime) -> Outcome:
    """The three-valued outcome. `now` is what ages are counted from."""
    match criteria:
        case Not(item=item):
            return negated(evaluate(item, subject, now))
        case And(items=items):
            return conjunction(evaluate(item, subject, now) for item in items)
        case Or(items=items):
            return disjunction(evaluate(item, subject, now) for item in items)
        case _:
            outcome = _leaf(criteria, subject, now)
            return FALSE if criteria.hard and outcome is UNKNOWN else outcome


def negated(outcome: Outcome) -> Outcome:
    return {TRUE: FALSE, FALSE: TRUE, UNKNOWN: UNKNOWN}[outcome]


def conjunction(outcomes: Iterable[Outcome]) -> Outcome:
    found = set(outcomes)
    return FALSE if FALSE in found else UNKNOWN if UNKNOWN in found else TRUE


def disjunction(outcomes: Iterable[Outcome]) -> Outcome:
    found = set(outcomes)
    return TRUE if TRUE in found else UNKNOWN if UNKNOWN in found else FALSE


def _leaf(test: Criteria, subject: Subject, now: datetime) -> Outcome:
    match test:
        case Words():
            return _known(any(True for _ in occurrences(test, subject)))
        case HasSkill(skill=skill):
            return _known(skill in subject.skills) if subject.skills else UNKNOWN
        case LevelIn():
            level = subject.level
            return UNKNOWN if level is None else _known(in_level(test, level.rank))
        case Experience(min=least, max=most):
            years = subject.experience_years
            return UNKNOWN if years is None else _known(_within(years, least, most))
        case EmploymentIn(values=values):
            return UNKNOWN if subject.employment is None else _known(subject.employment in values)
        case ModeIn(values=values):
            return UNKNOWN if subject.mode is None else _known(subject.mode in values)
        case VisaIs(value=value):
            return UNKNOWN if subject.visa is None else _known(subject.visa.value == value)
        case ClearanceIs(value=value):
            return UNKNOWN if subject.clearance is None else _known(subject.clearance is value)
        case CategoryIn(values=values):
            return UNKNOWN if subject.category is None else _known(subject.category in values)
        case SourceIn(values=values):
            return _known(any(value.casefold() in subject.sources for value in values))
        case InList():
            return _in_list(test, subject)
        case LanguageIn(values=values):
            return UNKNOWN if subject.language is None else _known(subject.language in values)
        case Near():
            return _known(nearest_km(test, subject) <= test.km) if subject.places else UNKNOWN
        case In(place=place):
            return _known(place.id in subject.place_ids()) if subject.places else UNKNOWN
        case RemoteFrom(country=country):
            return _remote(country, subject)
        case Pay():
            return _pay(test, subject)
        case PostedWithin(field=field, hours=hours):
            since = subject.posted_at if field == "posted" else subject.first_seen_at
            return _known(now - since <= timedelta(hours=hours))
        case _:
            raise TypeError(f"not a criteria tree: {type(test).__name__}")


def _known(fact: bool) -> Outcome:
    return TRUE if fact else FALSE


def _within(number: float, least: float | None, most: float | None) -> bool:
    return (least is None or number >= least) and (most is None or number <= most)


def in_level(test: LevelIn, rank: int) -> bool:
    return test.min.rank <= rank <= test.max.rank


def nearest_km(test: Near, subject: Subject) -> float:
    """Kilometres from the test's place to the posting's nearest city; infinite without a city.

    Regions and countries have no useful centre: a posting that says only "Germany" is near nothing.
    """
    centre = test.place
    return min(
        (
            distance_km(centre.lat, centre.lon, place.lat, place.lon)
            for place in subject.places
            if place.kind == "city"
        ),
        default=float("inf"),
    )


def _in_list(test: InList, subject: Subject) -> Outcome:
    if test.field == "company":
        return _known(subject.company_key in company_keys(test))
    return _known(any(s in test.items for s in subject.skills)) if subject.skills else UNKNOWN


def company_keys(test: InList) -> frozenset[str]:
    """The keys of the companies on the list: the person's, or else the product's of that name; a
    list that nobody knows is empty."""
    if test.items:
        return frozenset(map(companies.key, test.items))
    return companies.LISTS.get(test.name, frozenset())


def _remote(country: str | None, subject: Subject) -> Outcome:
    if subject.mode is None:
        return UNKNOWN
    if subject.mode is not Mode.REMOTE:
        return FALSE
    if country is None:
        return TRUE
    return _known(country in subject.remote_countries) if subject.remote_countries else UNKNOWN


def _pay(test: Pay, subject: Subject) -> Outcome:
    """The ranges overlap: the posting pays up to `min` or more, and from `max` or less.

    Where only the other end is stated it decides if it can ("from 80k" is at least 70k); "from 50k"
    leaves a floor of 70k unknown.
    """
    if subject.pay_usd is None:
        return UNKNOWN
    least, most = subject.pay_usd
    return conjunction((_floor(test, least, most), _ceiling(test, least, most)))


def _floor(test: Pay, least: float | None, most: float | None) -> Outcome:
    if test.min is None:
        return TRUE
    floor = usd_per_year(test.min, test.currency, test.period)
    if floor is None:
        return UNKNOWN
    if most is not None:
        return _known(most >= floor)
    return TRUE if least is not None and least >= floor else UNKNOWN


def _ceiling(test: Pay, least: float | None, most: float | None) -> Outcome:
    if test.max is None:
        return TRUE
    ceiling = usd_per_year(test.max, test.currency, test.period)
    if ceiling is None:
        return UNKNOWN
    if least is not None:
        return _known(least <= ceiling)
    return TRUE if most is not None and most <= ceiling else UNKNOWN


def occurrences(test: Words, subject: Subject) -> Iterator[tuple[str, int, int]]:
    """Where the words stand: (field, first position, last position), in the order of TEXT_FIELDS.

    Words are compared by their stems in the posting's language, prefixes with the words as they are
    written. A text of several terms is a phrase whatever its kind says; a prefix is one term, and a
    text without any term stands nowhere.
    """
    last = len(terms(test.text)) - 1
    readings = [found for found in spellings(test.text) if subject.terms.issuperset(found)]
    for field in TEXT_FIELDS if test.field == "any" else (test.field,):
        content = subject.texts[field]
        if test.kind == "prefix":
            yield from ((field, at, at) for at in _prefix_positions(content, terms(test.text)))
        else:
            for wanted in readings:
                yield from ((field, at, at + last) for at in _phrase_positions(content, wanted))


def _prefix_positions(content: FieldText, wanted: tuple[str, ...]) -> list[int]:
    if len(wanted) != 1:
        return []
    return [at for at, word in enumerate(content.words) if word.startswith(wanted[0])]


def _phrase_positions(content: FieldText, wanted: tuple[str, ...]) -> Iterator[int]:
    if not wanted:
        return
    for position in content.positions(wanted[0]):
        if content.terms[position : position + len(wanted)] == wanted:
            yield position
