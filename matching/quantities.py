"""Numbers with a unit: pay (`70.000EUR/year`, `£70k`), years (`2..5`), ages (`7d`) and distances
(`40km`).

Marks in amounts mean what they mean in adverts (`processing.facts.pay`): three digits behind each
are thousands, in English, German, Swiss or Indian fashion; one or two digits behind the last are
decimals. What could be either is refused. Every function raises `Fault`.
"""

import re
from decimal import Decimal

from matching.faults import Fault
from matching.nearness import near
from matching.vocabulary import PERIODS_MEANT, one_of
from models.criteria import Experience, Pay
from models.money import Period
from reference import money

AMOUNT_MAX = 1e12
HOURS_MAX = 24 * 3660
KM_MAX = 20_000
YEARS_MAX = 60
AMOUNT_DECIMALS, HOURS_DECIMALS, KM_DECIMALS, YEARS_DECIMALS = 2, 4, 6, 2
"""What can be written, so that every tree can be printed and read again."""

SIGNS = {
    "£": ("GBP",),
    "€": ("EUR",),
    "$": ("USD", "AUD", "BSD", "CAD", "HKD", "MXN", "NZD", "SGD"),
    "¥": ("JPY", "CNY"),
    "₹": ("INR",),
}
"""Signs of currencies and what they can stand for; alone, for the first."""

_KM_PER_MILE = 1.609344
_SIGN = f"[{''.join(SIGNS)}]"
_NUMBER = r"\d+(?:[.,'’]\d+)*"
AMOUNT = rf"(?:{_SIGN})?{_NUMBER}[km]?"
_PAY = re.compile(
    rf"({_SIGN})?({_NUMBER})([km])?(?:\.\.({_SIGN})?({_NUMBER})([km])?)?({_SIGN}|[a-z]{{3}})?"
    r"(?:/([a-z]+))?",
    re.IGNORECASE | re.ASCII,
)
_DASHED = re.compile(rf"({AMOUNT})[-–—]({AMOUNT}.*)", re.IGNORECASE | re.ASCII)
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:([.,'’])\d{3})(?:\1\d{3})*|[1-9]\d?(?:(,)\d\d)+,\d{3}")
_DECIMALS = re.compile(r"(.*)([.,])(\d{1,2})")
_MULTIPLES = {"": 1, "k": 1_000, "m": 1_000_000}
_PERIODS = {p.value: p.value for p in Period}
_YEARS = re.compile(
    r"(\d{1,3}(?:\.\d{1,2})?)(?:\.\.(\d{1,3}(?:\.\d{1,2})?))?(?:y|yrs?|years?)?",
    re.IGNORECASE | re.ASCII,
)
_OPEN_YEARS = re.compile(r"(\d{1,3}(?:\.\d{1,2})?)\s*(?:\+|\.\.)", re.ASCII)
_DASHED_YEARS = re.compile(r"(\d{1,3})[-–—](\d{1,3})", re.ASCII)
_DURATION = re.compile(
    r"(\d{1,6}(?:\.\d{1,4})?)(h|d|w|hours?|days?|weeks?)", re.IGNORECASE | re.ASCII
)
_HOURS = {"h": 1, "d": 24, "w": 168}
_LONG_DURATION = re.compile(r"(\d{1,3})(m|mo|months?|y|years?)?", re.IGNORECASE | re.ASCII)
_DAYS = {"": 1, "m": 30, "y": 365}
_DISTANCE = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)(km|mi|miles?)", re.IGNORECASE | re.ASCII)


def pay(operator: str, text: str) -> Pay:
    """`70000GBP/year`, `£70k`, `70k..90kEUR`: a floor (`>=`), a ceiling (`<=`) or a range (`:`)."""
    found = _PAY.fullmatch(text)
    if found is None:
        raise Fault("an amount, as 70000GBP/year or 70k..90kEUR", text, _amounts_meant(text))
    sign, low, low_unit, high_sign, high, high_unit, behind, period = found.groups()
    if (operator == ":") != (high is not None):
        meant = [f"pay:{text}"] if high else [f"pay>={text}", f"pay<={text}"]
        raise Fault("pay>=AMOUNT, pay<=AMOUNT or pay:AMOUNT..AMOUNT", f"pay{operator}{text}", meant)
    if high and not low_unit and _number(low, text) < _number(high, text):
        low_unit = high_unit  # "70..90k" means 70k..90k
    first = _amount(low, low_unit, text)
    second = _amount(high, high_unit, text) if high else None
    low_end = first if second is not None or operator.startswith(">") else None
    high_end = second if second is not None else first if operator.startswith("<") else None
    pay_range(low_end, high_end)
    return Pay(
        min=low_end,
        max=high_end,
        currency=_currency([mark for mark in (sign, high_sign, behind) if mark], text),
        period=Period(one_of(period or "year", "a period", _PERIODS, PERIODS_MEANT)),
    )


def _amounts_meant(text: str) -> list[str]:
    """The tests that were meant by a text which is no amount."""
    if dashed := _DASHED.fullmatch(text):
        return [f"pay:{dashed[1]}..{dashed[2]}"]
    forms = ((text.endswith("+"), "pay>=", text.rstrip("+")),
             (text.endswith(".."), "pay>=", text.rstrip(".")),
             (text.startswith(".."), "pay<=", text.lstrip(".")))  # fmt: skip
    return [
        f"{test}{amount}" for written, test, amount in forms if written and _PAY.fullmatch(amount)
    ]


def pay_range(low: float | None, high: float | None) -> None:
    """Raise Fault unless these are the ends of a range that pay can lie in."""
    ends = [end for end in (low, high) if end is not None]
    if not ends:
        raise Fault("a floor or a ceiling of pay", "neither")
    if not all(0 <= end <= AMOUNT_MAX for end in ends):
        raise Fault(f"amounts from 0 to {AMOUNT_MAX:g}", f"{low} to {high}")
    for end in ends:
        refuse_decimals(end, AMOUNT_DECIMALS)
    if ends[0] > ends[-1]:
        raise Fault("the lower amount first", f"{low:g}..{high:g}")


def refuse_decimals(number: float, most: int) -> None:
    """Raise Fault for a number that cannot be written with that many decimals."""
    if round(number, most) != number:
        raise Fault(f"a number of at most {most} decimals", repr(number))


def experience(operator: str, text: str) -> Experience:
    """Years, as `3`, `0.5` or `2..5`: a floor (`>=`), a ceiling (`<=`) or a range (`:`)."""
    found = _YEARS.fullmatch(text)
    if found is None:
        raise Fault("years, as experience<=3 or experience:2..5", text, _years_meant(text))
    low, high = found.groups()
    if (operator == ":") != (high is not None):
        meant = [f"experience:{text}"] if high else [f"experience{o}{text}" for o in ("<=", ">=")]
        expected = "experience<=YEARS, experience>=YEARS or experience:YEARS..YEARS"
        raise Fault(expected, f"experience{operator}{text}", meant)
    ends = (None, float(low)) if operator.startswith("<") else (float(low), high and float(high))
    years_range(*ends)
    return Experience(min=ends[0], max=ends[1])


def _years_meant(text: str) -> list[str]:
    """The tests that were meant by a text which is no number of years."""
    if dashed := _DASHED_YEARS.fullmatch(text):
        return [f"experience:{dashed[1]}..{dashed[2]}"]
    opened = _OPEN_YEARS.fullmatch(text)
    return [f"experience>={opened[1]}"] if opened else []


def years_range(low: float | None, high: float | None) -> None:
    """Raise Fault unless these are the ends of a range of years that says something."""
    ends = [end for end in (low, high) if end is not None]
    if not ends:
        raise Fault("a least or a most of years", "neither")
    if not all(0 <= end <= YEARS_MAX for end in ends):
        raise Fault(f"years from 0 to {YEARS_MAX}", " to ".join(f"{end:g}" for end in ends))
    for end in ends:
        refuse_decimals(end, YEARS_DECIMALS)
    if ends == [0] and high is None:
        raise Fault("years above 0: nobody asks for less than none", "0")
    if ends[0] > ends[-1]:
        raise Fault("the fewer years first", f"{low:g}..{high:g}")


def _amount(number: str, unit: str | None, text: str) -> float:
    if unit and _GROUPED.fullmatch(number):
        raise Fault(f"either thousands or {unit}, not both", text)
    amount = _number(number, text) * _MULTIPLES[(unit or "").casefold()]
    if amount > AMOUNT_MAX:
        raise Fault("an amount of at most 1e12", text)
    return float(amount)


def _number(written: str, text: str) -> Decimal:
    """The value of digits with marks: "70,000.50", "70.000,50", "70'000" and "70.5"."""
    decimals = _DECIMALS.fullmatch(written)
    whole = decimals[1] if decimals else written
    grouped = _GROUPED.fullmatch(whole)
    same_mark = bool(grouped and decimals and decimals[2] in (grouped[1], grouped[2]))
    if same_mark or not (grouped or whole.isdigit()):
        raise Fault("an amount as 70000, 70,000, 70.000 or 70.50", text)
    digits = re.sub(r"\D", "", whole)
    return Decimal(f"{digits}.{decimals[3]}" if decimals else digits)


def _currency(marks: list[str], text: str) -> str:
    """The currency of the signs before amounts and the sign or code behind them."""
    possible = [SIGNS.get(mark) or (currency(mark),) for mark in marks] or [("USD",)]
    codes = [code for code in min(possible, key=len) if all(code in some for some in possible)]
    if not codes:
        raise Fault("one currency", text)
    return codes[0]


def currency(text: str) -> str:
    """An ISO 4217 code that has a rate."""
    code = text.upper()
    if code not in money.CURRENCIES:
        choices = [c.upper() for c in near(text, sorted(map(str.casefold, money.CURRENCIES)))]
        raise Fault("a currency code, as GBP", text, choices)
    return code


def hours(text: str) -> float:
    """A duration: `24h`, `7d`, `2w`, `7days`."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise Fault("a duration, as 24h, 7d or 2w", text, _days_meant(text))
    duration = round(float(found[1]) * _HOURS[found[2][0].casefold()], HOURS_DECIMALS)
    if not 0 < duration <= HOURS_MAX:
        raise Fault(f"a duration between 0 and {HOURS_MAX // 24} days", text)
    return duration


def _days_meant(text: str) -> list[str]:
    found = _LONG_DURATION.fullmatch(text)
    return [f"{int(found[1]) * _DAYS[(found[2] or '')[:1].casefold()]}d"] if found else []


def kilometres(text: str) -> float:
    """A distance: `40km`, `25mi`, `25miles`."""
    found = _DISTANCE.fullmatch(text)
    if found is None:
        raise Fault("a distance, as 40km or 25mi", text, [f"{text}km"] if text.isdecimal() else ())
    km = float(found[1])
    if found[2].casefold() != "km":
        km = round(km * _KM_PER_MILE, 2)
    if not 0 < km <= KM_MAX:
        raise Fault(f"a distance between 0 and {KM_MAX} km", text)
    return km
