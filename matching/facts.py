"""What one test read in a posting: the words or the derived fact, where it stands, how to say it.

`value` is made for people, so that a line of them reads as a sentence: "level senior", "near Leeds
(12 km)", "pay not stated".
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from matching.analyzer import fold
from matching.evaluate import company_keys, nearest_km, occurrences
from matching.subject import Subject
from models.criteria import (
    CategoryIn,
    ClearanceIs,
    EmploymentIn,
    Experience,
    HasSkill,
    In,
    InList,
    LanguageIn,
    Leaf,
    LevelIn,
    ModeIn,
    Near,
    Pay,
    PostedWithin,
    RemoteFrom,
    SourceIn,
    VisaIs,
    Words,
)
from models.money import Money, Period
from models.posting import Evidence, Mode
from reference.places import distance_km

SHOWN_MAX = 5
"""Values of one fact that a sentence lists."""


@dataclass(frozen=True, slots=True)
class Fact:
    """`text` stands at [start, end) of `field` (as in Evidence); `value` says the fact."""

    field: str | None = None
    start: int | None = None
    end: int | None = None
    text: str | None = None
    value: str | None = None


def fact(test: Leaf, subject: Subject, now: datetime) -> Fact:
    """What the test read, whatever came of it; an empty Fact for words that stand nowhere."""
    match test:
        case Words():
            return _words(test, subject)
        case HasSkill(skill=skill):
            return _skill(skill, subject)
        case LevelIn():
            return _single(subject, "level", "level", subject.level)
        case Experience():
            return _single(subject, "experience_years", "experience", _years(subject))
        case EmploymentIn():
            said = subject.employment and subject.employment.replace("_", " ")
            return _single(subject, "employment_type", "employment", said)
        case ModeIn():
            return _single(subject, "mode", "mode", subject.mode)
        case VisaIs():
            return _single(subject, "visa", "visa sponsorship", subject.visa)
        case ClearanceIs():
            said = subject.clearance and subject.clearance.replace("_", " ")
            return _single(subject, "clearance", "clearance", said)
        case CategoryIn():
            return _single(subject, "category", "category", subject.category)
        case SourceIn():
            return _source(test, subject)
        case InList(field="company"):
            return _company_list(test, subject)
        case InList():
            return _skill_list(test, subject)
        case LanguageIn():
            return _single(subject, "language", "language", subject.language)
        case Near():
            return _near(test, subject)
        case In():
            return _in(test, subject)
        case RemoteFrom(country=country):
            return _remote(country, subject)
        case Pay():
            return _single(subject, "pay", "pay", _pay(subject))
        case PostedWithin(field="posted"):
            return Fact(value=f"posted {_ago(now - subject.posted_at)}")
        case PostedWithin():
            return Fact(value=f"first seen {_ago(now - subject.first_seen_at)}")


def _words(test: Words, subject: Subject) -> Fact:
    for field, first, last in occurrences(test, subject):
        content = subject.texts[field]
        start, end = content.span(first)[0], content.span(last)[1]
        return Fact(field=field, start=start, end=end, text=content.text[start:end])
    return Fact()


def _single(subject: Subject, key: str, name: str, value: str | None) -> Fact:
    """A fact with one value, shown by its first evidence."""
    if value is None:
        return Fact(value=f"{name} not stated")
    return _shown(next(iter(subject.evidence.get(key, ())), None), f"{name} {value}")


def _shown(evidence: Evidence | None, value: str) -> Fact:
    if evidence is None:
        return Fact(value=value)
    return Fact(evidence.field, evidence.start, evidence.end, evidence.text, value)


def _evidence_of(subject: Subject, key: str, at: int, name: str, count: int) -> Evidence | None:
    """The evidence of one of `count` values: the one in its place where there is one for each,
    else the one that shows its name, else the first."""
    kept = subject.evidence.get(key, ())
    if len(kept) == count:
        return kept[at]
    named = (evidence for evidence in kept if fold(name) in fold(evidence.text))
    return next(named, next(iter(kept), None))


def _skill(skill: str, subject: Subject) -> Fact:
    return _skill_of((skill,), subject, "skill")


def _skill_of(wanted: Collection[str], subject: Subject, name: str) -> Fact:
    """The first of the wanted skills that the posting has, said as `name`."""
    if not subject.skills:
        return Fact(value="skills not stated")
    for at, skill in enumerate(subject.skills):
        if skill in wanted:
            evidence = _evidence_of(subject, "skills", at, skill, len(subject.skills))
            return _shown(evidence, f"{name} {skill}")
    return Fact(value=f"skills {_some(subject.skills)}")


def _skill_list(test: InList, subject: Subject) -> Fact:
    return _skill_of(test.items, subject, f"skill on your list {test.name}:")


def _company_list(test: InList, subject: Subject) -> Fact:
    company = subject.texts["company"].text
    if subject.company_key not in company_keys(test):
        return Fact(value=f"company {company}")
    whose = "your" if test.items else "the"
    value = f"company on {whose} list {test.name}: {company}"
    return Fact("company", 0, len(company), company, value)


def _source(test: SourceIn, subject: Subject) -> Fact:
    """The first value that fits; where none does, every source by all its names."""
    for value in test.values:
        if value.casefold() in subject.sources:
            return Fact(value=f"source {value}")
    return Fact(
        value=f"sources {_some(sorted(subject.sources))}" if subject.sources else "no source"
    )


def _near(test: Near, subject: Subject) -> Fact:
    cities = [place for place in subject.places if place.kind == "city"]
    if not cities:
        where = _some([place.name for place in subject.places])
        return Fact(value=f"no town stated, only {where}" if where else "place not stated")
    centre = test.place
    nearest = min(cities, key=lambda p: distance_km(centre.lat, centre.lon, p.lat, p.lon))
    at, km = subject.places.index(nearest), nearest_km(test, subject)
    evidence = _evidence_of(subject, "places", at, nearest.name, len(subject.places))
    if nearest.id == centre.id:
        return _shown(evidence, f"in {centre.name}")
    if km <= test.km:
        return _shown(evidence, f"near {centre.name} ({km:.0f} km)")
    return _shown(evidence, f"{nearest.name} is {km:.0f} km from {centre.name}")


def _in(test: In, subject: Subject) -> Fact:
    if not subject.places:
        return Fact(value="place not stated")
    for at, place in enumerate(subject.places):
        if test.place.id in (place.id, *place.within):
            evidence = _evidence_of(subject, "places", at, place.name, len(subject.places))
            return _shown(evidence, f"in {place.name}")
    return Fact(value=f"in {_some([place.name for place in subject.places])}")


def _remote(country: str | None, subject: Subject) -> Fact:
    if subject.mode is not Mode.REMOTE or country is None:
        return _single(subject, "mode", "mode", subject.mode)
    if not subject.remote_countries:
        return Fact(value="remote, countries not stated")
    # The country that was asked for leads the list, which may be long.
    codes = sorted(subject.remote_countries, key=lambda code: (code != country, code))
    evidence = next(iter(subject.evidence.get("remote_countries", ())), None)
    return _shown(evidence, f"remote from {_some(codes)}")


def _years(subject: Subject) -> str | None:
    years = subject.experience_years
    if years is None:
        return None
    return f"of {years:g} year{'' if years == 1 else 's'} and more" if years else "not needed"


def _pay(subject: Subject) -> str | None:
    if subject.pay_usd is None:
        return None
    if subject.pay is None:
        low, high = subject.pay_usd
        return f"{_range(low, high)} USD a year"
    return money_text(subject.pay)


def money_text(pay: Money) -> str:
    """ "70,000–90,000 GBP a year"."""
    article = "an" if pay.period is Period.HOUR else "a"
    return f"{_range(pay.min, pay.max)} {pay.currency} {article} {pay.period}"


def _range(low: float | None, high: float | None) -> str:
    if low is None:
        return f"up to {high:,.0f}"
    if high is None:
        return f"from {low:,.0f}"
    return f"{low:,.0f}" if low == high else f"{low:,.0f}–{high:,.0f}"


def _ago(age: timedelta) -> str:
    hours = max(0, int(age / timedelta(hours=1)))
    if hours < 48:
        return f"{hours} hour{'' if hours == 1 else 's'} ago"
    return f"{hours // 24} days ago"


def _some(names: Sequence[str]) -> str:
    rest = len(names) - SHOWN_MAX
    return ", ".join(names[:SHOWN_MAX]) + (f" and {rest} more" if rest > 0 else "")
