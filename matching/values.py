"""Single values of the alert language: text to the typed values of the criteria tree.

Every function raises `Fault`. The JSON reader uses the same ones, so that both forms of a query
refuse the same things.
"""

import re
from typing import Literal

from matching.analyzer import terms
from matching.faults import Fault, near
from matching.lists import Lists
from matching.vocabulary import (
    EMPLOYMENT_MEANT,
    LANGUAGE_NAMES,
    LANGUAGES,
    LEVELS_MEANT,
    MODES_MEANT,
    REGIONS,
    UNCLEAR_CODES,
    one_of,
)
from models.criteria import InList, LevelIn, Pay, Words
from models.money import Period
from models.posting import Clearance, EmploymentType, Level, Mode
from reference import categories, money, places, skills
from reference.countries import countries as all_countries

AMOUNT_MAX = 1e12
HOURS_MAX = 24 * 3660
KM_MAX = 20_000
PREFIX_MIN = 2
"""Letters before the `*` of a prefix: one letter would be a tenth of all words."""

SOURCE_MAX = 200
"""Characters of a source's name or host."""

TextField = Literal["any", "title", "description", "company"]
ListField = Literal["company", "skill"]
WordKind = Literal["word", "phrase", "prefix"]

_KM_PER_MILE = 1.609344
_SYMBOLS = {"£": "GBP", "€": "EUR", "$": "USD", "¥": "JPY", "₹": "INR"}
_AMOUNT = r"(\d{1,15}(?:\.\d{1,4})?)([km])?"
_PAY = re.compile(
    rf"([{''.join(_SYMBOLS)}])?{_AMOUNT}(?:\.\.{_AMOUNT})?([a-z]{{3}})?(?:/([a-z]+))?",
    re.IGNORECASE,
)
_MULTIPLES = {"": 1, "k": 1_000, "m": 1_000_000}
_DURATION = re.compile(r"(\d{1,6}(?:\.\d{1,4})?)([hdw])", re.IGNORECASE)
_DISTANCE = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)(km|mi)", re.IGNORECASE)
_PERIODS = {p.value: p.value for p in Period}
_LEVELS = {level.value: level.value for level in Level}
_EMPLOYMENTS = {e.value: e.value for e in EmploymentType}
_MODES = {m.value: m.value for m in Mode}
_CLEARANCES = {c.value: c.value for c in Clearance}
_LIST_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#:]*)")


def words(field: TextField, kind: WordKind, text: str) -> Words:
    """A text test in normal form: folded terms; several are a phrase, one is a word."""
    found = terms(text)
    if not found:
        raise Fault("a word with letters or digits", text)
    if kind == "prefix":
        if len(found) > 1:
            raise Fault("one word before the *", text)
        if len(found[0]) < PREFIX_MIN:
            raise Fault(f"at least {PREFIX_MIN} letters before the *", text)
        return Words(field=field, kind="prefix", text=found[0])
    joined = " ".join(found)
    if len(joined) > 500:
        raise Fault("a text of at most 500 characters", text)
    return Words(field=field, kind="phrase" if len(found) > 1 else "word", text=joined)


def skill(text: str) -> str:
    """The canonical name of a skill."""
    name = skills.canonical(text)
    if name is None:
        raise Fault(
            "a known skill (other words are searched as text)", text, skills.near_misses(text)
        )
    return name


def level(text: str) -> Level:
    return Level(one_of(text, "a level", _LEVELS, LEVELS_MEANT))


def levels(operator: str, text: str) -> LevelIn:
    """`senior`, `senior..staff`, or a level after `<`, `<=`, `>`, `>=`; both ends included."""
    if operator == ":":
        low, dots, high = text.partition("..")
        return level_range(level(low), level(high if dots else low))
    ranked = list(Level)
    rank = level(text).rank + {"<": -1, "<=": 0, ">": 1, ">=": 0}[operator]
    if not 0 <= rank < len(ranked):
        raise Fault(f"a level that has levels {operator} it", text)
    if operator.startswith("<"):
        return LevelIn(min=ranked[0], max=ranked[rank])
    return LevelIn(min=ranked[rank], max=ranked[-1])


def level_range(low: Level, high: Level) -> LevelIn:
    if low.rank > high.rank:
        raise Fault("the lower level first", f"{low}..{high}")
    return LevelIn(min=low, max=high)


def employment(text: str) -> EmploymentType:
    return EmploymentType(one_of(text, "an employment type", _EMPLOYMENTS, EMPLOYMENT_MEANT))


def mode(text: str) -> Mode:
    return Mode(one_of(text, "a mode", _MODES, MODES_MEANT))


def visa(text: str) -> Literal["offered", "refused"]:
    found = one_of(text, "what is said about visas", {"offered": "offered", "refused": "refused"})
    return "offered" if found == "offered" else "refused"


def clearance(text: str) -> Clearance:
    return Clearance(one_of(text, "what is said about a security clearance", _CLEARANCES))


def category(text: str) -> str:
    """The canonical name of a category."""
    name = categories.canonical(text)
    if name is None:
        raise Fault("a category of jobs", text, categories.near_misses(text))
    return name


def source(text: str) -> str:
    """The name of a source or a host, casefolded."""
    name = text.casefold().strip()
    address = _ADDRESS.match(name)
    if address is not None:
        raise Fault("a source's name or a host, no address", text, filter(None, [address[1]]))
    if not name or not name.isprintable():
        raise Fault("a source's name or a host, as greenhouse.io", text)
    if len(name) > SOURCE_MAX:
        raise Fault(f"a source's name or a host of at most {SOURCE_MAX} characters", text)
    return name


def list_name(text: str) -> str:
    """The name of a list, casefolded, without the `@`."""
    name = text.casefold()
    if not _LIST_NAME.fullmatch(name):
        raise Fault("the name of a list: at most 40 of a-z, 0-9, - and _", text)
    return name


def named_list(field: ListField, text: str, lists: Lists) -> InList:
    """The test for the list of that name (without its `@`) with the items that `lists` has."""
    name = list_name(text)
    found = lists.get(name)
    if found is None:
        known = [other for other, of in lists.items() if of.field == field]
        choices = [f"@{other}" for other in near(name, known)]
        raise Fault(f"the name of a {field} list", f"@{name}", choices)
    if found.field != field:
        raise Fault(f"a {field} list", f"@{name}", [f"{found.field}:@{name}"])
    return InList(field=field, name=name, items=found.items)


def language(text: str) -> str:
    """An ISO 639-1 code, given as such or by the English or own name of a common language."""
    name = text.casefold()
    code = LANGUAGE_NAMES.get(name, name)
    if code not in LANGUAGES:
        choices = dict.fromkeys(LANGUAGE_NAMES[other] for other in near(text, LANGUAGE_NAMES))
        raise Fault("a language code of two letters, as en or de", text, choices)
    return code


def countries(text: str) -> tuple[str | None, ...]:
    """The countries of a code, a region ("EU") or a country's name, sorted; (None,) for `any`."""
    if text.casefold() == "any":
        return (None,)
    if meanings := UNCLEAR_CODES.get(text.upper()):
        raise Fault("the name instead of this unclear code", text, [f'"{m}"' for m in meanings])
    country = places.country(text.upper()) if len(text) == 2 else None
    if country is not None:
        return (country.country,)
    region = places.countries_of(text)
    if region:
        return tuple(sorted(region))
    named = [p.country for p in places.resolve(text) if p.kind == "country"]
    if not named:
        expected = "a country (GB), a region (EU, EMEA, LATAM, APAC, DACH) or any"
        raise Fault(expected, text, _countries_near(text))
    return (named[0],)


def _countries_near(text: str) -> list[str]:
    names = {country.name.casefold(): country.name for country in all_countries().values()}
    names |= {region.casefold(): region for region in REGIONS}
    return [f'"{names[n]}"' if " " in n else names[n] for n in near(text, names)]


def pay(operator: str, text: str) -> Pay:
    """`70000GBP/year`, `£70k`, `70k..90kEUR`: a floor (`>=`), a ceiling (`<=`) or a range (`:`)."""
    found = _PAY.fullmatch(text)
    if found is None:
        raise Fault("an amount, as 70000GBP/year or 70k..90kEUR", text)
    symbol, low, low_unit, high, high_unit, code, period = found.groups()
    if (operator == ":") != (high is not None):
        raise Fault("pay>=AMOUNT, pay<=AMOUNT or pay:AMOUNT..AMOUNT", f"pay{operator}{text}")
    if high and not low_unit and float(low) < float(high):
        low_unit = high_unit  # "70..90k" means 70k..90k
    first = _amount(low, low_unit, text)
    second = _amount(high, high_unit, text) if high else None
    low_end = first if second is not None or operator.startswith(">") else None
    high_end = second if second is not None else first if operator.startswith("<") else None
    pay_range(low_end, high_end)
    return Pay(
        min=low_end,
        max=high_end,
        currency=currency(code or _SYMBOLS.get(symbol or "$", "USD")),
        period=Period(one_of(period or "year", "a period", _PERIODS)),
    )


def pay_range(low: float | None, high: float | None) -> None:
    """Raise Fault unless these are the ends of a range that pay can lie in."""
    ends = [end for end in (low, high) if end is not None]
    if not ends:
        raise Fault("a floor or a ceiling of pay", "neither")
    if not all(0 <= end <= AMOUNT_MAX for end in ends):
        raise Fault(f"amounts from 0 to {AMOUNT_MAX:g}", f"{low} to {high}")
    if ends[0] > ends[-1]:
        raise Fault("the lower amount first", f"{low:g}..{high:g}")


def _amount(number: str, unit: str | None, text: str) -> float:
    amount = float(number) * _MULTIPLES[(unit or "").casefold()]
    if amount > AMOUNT_MAX:
        raise Fault("an amount of at most 1e12", text)
    return amount


def currency(text: str) -> str:
    """An ISO 4217 code that has a rate."""
    code = text.upper()
    if code not in money.CURRENCIES:
        known = [c.casefold() for c in money.CURRENCIES]
        choices = [c.upper() for c in near(text, known)]
        raise Fault("a currency code, as GBP", text, choices)
    return code


def hours(text: str) -> float:
    """A duration: `24h`, `7d`, `2w`."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise Fault("a duration, as 24h, 7d or 2w", text)
    duration = float(found[1]) * {"h": 1, "d": 24, "w": 168}[found[2].casefold()]
    if not 0 < duration <= HOURS_MAX:
        raise Fault(f"a duration between 0 and {HOURS_MAX // 24} days", text)
    return duration


def kilometres(text: str) -> float:
    """A distance: `40km`, `25mi`."""
    found = _DISTANCE.fullmatch(text)
    if found is None:
        raise Fault("a distance, as 40km or 25mi", text)
    km = float(found[1])
    if found[2].casefold() == "mi":
        km = round(km * _KM_PER_MILE, 2)
    if not 0 < km <= KM_MAX:
        raise Fault(f"a distance between 0 and {KM_MAX} km", text)
    return km
