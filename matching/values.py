"""Single values of the alert language: text to the typed values of the criteria tree.

Every function raises `Fault`. The JSON reader uses the same ones, so that both forms of a query
refuse the same things.
"""

import re
from typing import Literal

from matching.analyzer import terms
from matching.faults import Fault, near
from matching.vocabulary import LANGUAGES, UNCLEAR_CODES, one_of
from models.criteria import LevelIn, Pay, Words
from models.money import Period
from models.posting import EmploymentType, Level, Mode
from reference import money, places, skills

AMOUNT_MAX = 1e12
HOURS_MAX = 24 * 3660
KM_MAX = 20_000
PREFIX_MIN = 2
"""Letters before the `*` of a prefix: one letter would be a tenth of all words."""

TextField = Literal["any", "title", "description", "company"]
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
    return Level(one_of(text, "a level", {level.value: level.value for level in Level}))


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
    names = {e.value: e.value for e in EmploymentType}
    return EmploymentType(one_of(text, "an employment type", names))


def mode(text: str) -> Mode:
    return Mode(one_of(text, "a mode", {m.value: m.value for m in Mode}))


def visa(text: str) -> Literal["offered", "refused"]:
    found = one_of(text, "what is said about visas", {"offered": "offered", "refused": "refused"})
    return "offered" if found == "offered" else "refused"


def language(text: str) -> str:
    """An ISO 639-1 code."""
    code = text.casefold()
    if code not in LANGUAGES:
        raise Fault("a language code of two letters, as en or de", text, near(text[:2], LANGUAGES))
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
        raise Fault("a country (GB), a region (EU, EMEA, LATAM, APAC, DACH) or any", text)
    return (named[0],)


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
