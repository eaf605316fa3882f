"""When a fact that processing found agrees with the one that a person read.

Each fact of a posting is a set of values on both sides: of one value at most where there is one
mode, level or pay, of several where there are cities or skills. A value is right where the other
side has it too. Cities agree in the same country at most 30 km apart, as one town has several
names; all else must be equal. A city that is its own country (Singapore) is no city here on either
side: one name says both, and the country is counted. A skill that a reader called by another of its
names agrees.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from models.money import Period
from models.posting import Derived, Place
from reference.countries import countries, countries_of
from reference.places import distance_km
from reference.skills import canonical

CITY_KM = 30.0
EVERYWHERE = "*"

Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class City:
    name: str
    country: str
    lat: float
    lon: float

    def __str__(self) -> str:
        return f"{self.name}, {self.country}"


@dataclass(frozen=True)
class Fact:
    """How a fact is read from a label and from what was derived, and the least precision and
    recall that are asked for; None where nothing is."""

    name: str
    labelled: Callable[[dict[str, Any]], Values]
    found: Callable[[Derived], Values]
    goal: tuple[float, float] | None = None
    agree: Callable[[Any, Any], bool] = lambda labelled, found: bool(labelled == found)
    key: str = ""
    """The key of the label, where it is not the name."""

    @property
    def label(self) -> str:
        return self.key or self.name


@dataclass
class Tally:
    """What was counted of one fact over many postings."""

    labelled: int = 0
    labelled_right: int = 0
    found: int = 0
    found_right: int = 0
    postings: int = 0
    postings_equal: int = 0

    @property
    def precision(self) -> float | None:
        """The share of the found values that are right; None where nothing was found."""
        return self.found_right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        """The share of the labelled values that were found; None where none was labelled."""
        return self.labelled_right / self.labelled if self.labelled else None

    def add(self, labelled: Values, found: Values, agree: Callable[[Any, Any], bool]) -> bool:
        """Count one posting; whether both sides agree wholly."""
        missed = [one for one in labelled if not any(agree(one, other) for other in found)]
        wrong = [other for other in found if not any(agree(one, other) for one in labelled)]
        self.labelled += len(labelled)
        self.labelled_right += len(labelled) - len(missed)
        self.found += len(found)
        self.found_right += len(found) - len(wrong)
        self.postings += 1
        self.postings_equal += not missed and not wrong
        return not missed and not wrong


@dataclass(frozen=True, slots=True)
class Disagreement:
    id: str
    fact: str
    labelled: Values
    found: Values


@dataclass
class Comparison:
    """The tallies of all facts by their names, and where the two sides differ."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    disagreements: list[Disagreement] = field(default_factory=list)

    def add(self, id: str, label: dict[str, Any], derived: Derived) -> None:
        """Compare one posting in all facts that its label knows."""
        for fact in FACTS:
            if fact.label not in label:
                continue
            labelled, found = fact.labelled(label), fact.found(derived)
            tally = self.tallies.setdefault(fact.name, Tally())
            if not tally.add(labelled, found, fact.agree):
                self.disagreements.append(Disagreement(id, fact.name, labelled, found))


def expanded(names: Iterable[str]) -> tuple[str, ...]:
    """The alpha-2 codes, sorted, that countries, groups ("EMEA") and "*" stand for. Raises
    ValueError for a name that is none."""
    codes: set[str] = set()
    for name in names:
        known = frozenset(countries()) if name == EVERYWHERE else countries_of(name)
        if known is None:
            raise ValueError(f"{name!r} is no country and no group of countries")
        codes |= known
    return tuple(sorted(codes))


def _near(labelled: City, found: City) -> bool:
    return (
        labelled.country == found.country
        and distance_km(labelled.lat, labelled.lon, found.lat, found.lon) <= CITY_KM
    )


def _cities(cities: Iterable[City]) -> Values:
    return tuple(one for one in cities if one.name != countries()[one.country].name)


def _city(place: Place) -> City:
    return City(place.name, place.country, place.lat, place.lon)


def _pay_labelled(label: dict[str, Any]) -> Values:
    pay = label["pay"]
    if pay is None:
        return ()
    return ((pay["min"], pay["max"], pay["currency"], Period(pay["period"]).value),)


def _pay_found(derived: Derived) -> Values:
    pay = derived.pay
    return () if pay is None else ((pay.min, pay.max, pay.currency, pay.period.value),)


def _one(value: object) -> Values:
    return () if value is None else (value,)


def _whole(codes: tuple[str, ...]) -> Values:
    return (codes,) if codes else ()


def _single(name: str, key: str, attribute: str, goal: tuple[float, float] | None = None) -> Fact:
    """A fact of one value, that the label has under `key` as plain text or number."""

    def found(derived: Derived) -> Values:
        value = getattr(derived, attribute)
        return _one(value.isoformat() if isinstance(value, date) else value)

    return Fact(name, lambda label: _one(label[key]), found, goal, key=key)


FACTS: tuple[Fact, ...] = (
    Fact(
        "country",
        lambda label: tuple(label["countries"]),
        lambda derived: tuple(sorted({place.country for place in derived.places})),
        (0.98, 0.97),
        key="countries",
    ),
    Fact(
        "city",
        lambda label: _cities(City(**city) for city in label["cities"]),
        lambda derived: _cities(_city(place) for place in derived.places if place.kind == "city"),
        (0.95, 0.95),
        agree=_near,
        key="cities",
    ),
    _single("mode", "mode", "mode", (0.97, 0.97)),
    Fact(
        "remote countries, all of a posting",
        lambda label: _whole(expanded(label["remote_countries"])),
        lambda derived: _whole(derived.remote_countries),
        (0.93, 0.93),
        key="remote_countries",
    ),
    Fact(
        "remote countries, one by one",
        lambda label: expanded(label["remote_countries"]),
        lambda derived: derived.remote_countries,
        key="remote_countries",
    ),
    Fact("pay", _pay_labelled, _pay_found, (0.98, 0.95)),
    _single("level", "level", "level", (0.92, 0.92)),
    _single("employment", "employment", "employment_type", (0.97, 0.97)),
    Fact(
        "skills",
        lambda label: tuple(dict.fromkeys(canonical(one) or one for one in label["skills"])),
        lambda derived: derived.skills,
        (0.95, 0.90),
    ),
    _single("visa", "visa", "visa", (0.95, 0.90)),
    _single("clearance", "clearance", "clearance"),
    _single("years of experience", "years", "experience_years"),
    _single("closing date", "closes_on", "closes_on"),
    _single("language", "language", "language"),
)
