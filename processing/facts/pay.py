"""Pay from text: "$120k – $150k", "45.000 € brutto/Jahr", "£600/day", "₹18–24 LPA".

An amount counts as pay only with a currency beside it, and only with a sign that it is wages: a
period ("per hour"), a word about salary shortly before, or the size of a year's pay. Amounts that
belong to equity, bonuses, funding, revenue or benefits are left out. What pay and commission come
to together (on-target earnings) is read in the same way and kept apart. Where no period is written,
the size of the amount tells hours from months and years; sizes that could be either are left out.
"""

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from itertools import islice

from models.money import Money, Period
from models.posting import Evidence
from processing.evidence import Passage
from processing.facts.amounts import LAKH, amounts, bounds, currency_of
from processing.facts.wages import is_named, is_no_wage, is_on_target
from reference.money import CURRENCIES, usd_per_year

BY = "pay@4"

_PERIODS = {
    Period.HOUR: r"stundenlohn|stundensatz|hour rate|taux horaire|per hour|an hour"
    r"|/ ?h(?:ou)?rs?\b|/ ?h\b|hourly|pro stunde|/ ?std|de l['’]heure"
    r"|por hora|p/?h\b|ph\b|/ ?stunde|all['’]ora|per uur",
    Period.DAY: r"day rate|tagessatz|taux journalier|per day|a day|/ ?day|daily|pro tag|/ ?tag"
    r"|par jour|/ ?jour|por día|p/?d\b"
    r"|per diem",
    Period.WEEK: r"per week|a week|/ ?w(?:ee)?k\b|weekly|pro woche|/ ?woche|par semaine"
    r"|(?:por|a la|/) ?semana\b|(?<!jornada )(?<!horas )semanal(?:es)?\b",
    Period.MONTH: r"per month|a month|/ ?mo(?:nth)?\b|monthly|pro monat|/ ?monat|im monat|par mois"
    r"|/ ?mois|(?:al|por|/) ?mes\b|por mês|p\.?m\.?\b|per maand|miesięcznie|/ ?mies\w*|monatlich"
    r"|mensua(?:l|is)|mensa(?:l|is)\b|mensuel\w*",
    Period.YEAR: r"per year|per annum|a year|/ ?y(?:ea)?r\b|/ ?annum|annual(?:ly|ised|ized)?|yearly"
    r"|pro jahr|/ ?jahr|im jahr|par an\b|/ ?an\b|brut annuel|al año|por ano|p\.?a\.?(?!\w)"
    r"|per jaar|jährlich|jahresgehalt|rocznie|anual|all['’]anno",
}
_PERIOD = re.compile(
    r"(?:(?<![^\W\d_])|(?=/))(?:"
    + "|".join(f"(?P<{period.value}>{said})" for period, said in _PERIODS.items())
    + ")"
)
_FROM = re.compile(
    r"(?:\bfrom|\bstarting (?:at|from)|\bab|\bat least|\bminimum(?: of)?|à partir de|\bdesde"
    r"|\bminimum (?:\w+ ){1,3}of|\bmindestens|\bau moins|\bal menos|\bvanaf|\bminimaal)\s*$"
)
_UP_TO = re.compile(r"(?:\bup to|\bmax(?:imum)?(?: of)?|\bbis zu|\bjusqu['’]à)\s*$")
_OR_MORE = re.compile(
    r"\s?or more\b|\+(?!\s*(?:[\d$£€%]|(?:(?!plus|and|with|per|a)\w+ ){0,2}(?:bonus|commission"
    r"|benefit|equity|stock|options|shares|tips|super|ote|pension|perks|car\b|gst|vat|allowance"
    r"|incentive|overtime|package)))"
)
"""What opens the end of the amount before it; "£60,000+ bonus" only adds to it."""
_UP_TO_ANOTHER = re.compile(
    r"(?!.*\b(?:plus|bonus\w*|commissions?|ote)\b)(?:[^.;\n]{0,80}\b(?:to|maximum(?: of)?|bis zu"
    r"|jusqu['’]à)|\W{0,3}max(?:imum)?\.?(?: of)?)[\s:]*"
)
"""What stands between the two ends of a range that are told apart."""
_WITH_MORE = re.compile(
    r"\W{0,2}(?:with|incl\w*\.?|in) (?:\w+ ){0,2}(?:bonus|commission|overtime|tips)"
)
_LOOK_BEFORE, _LOOK_AFTER = 80, 60
_MAX_TEXT, _MAX_NUMBERS = 60_000, 600
_WIDEST = 8.0
"""A range whose ends are farther apart is two numbers that are no range."""
PLAUSIBLE_USD_PER_YEAR = (1_000.0, 5_000_000.0)
_UNNAMED_FROM_USD = 9_000.0
"""What is called by no word for pay must make as much a year: "100 € a month" is a benefit."""
_LOWER_WAGES = 0.2
_OF_LOWER_WAGES = frozenset({"INR", "PHP", "IDR", "BRL", "MXN", "ZAR", "TRY", "THB", "MYR"})
_BY_HOUR_OR_WEEK = frozenset({"USD", "GBP", "CAD", "AUD", "NZD"})
"""Where pay without a period may be a week's as well as a month's."""
_A_MONTH_FROM_USD = 500.0

Found = tuple[Money, Evidence] | None


@dataclass(frozen=True, slots=True)
class Stated:
    """The pay at [start, end): a range or a single amount, with or without commission."""

    money: Money
    start: int
    end: int
    is_range: bool
    on_target: bool


def pay(passage: Passage, countries: frozenset[str]) -> Found:
    """The first base pay that the passage states, a range before a single amount, and its words.

    `countries` are those of the posting's places: they tell which dollar a bare "$" is.
    """
    return pay_and_on_target(passage, countries)[0]


def pay_and_on_target(passage: Passage, countries: frozenset[str]) -> tuple[Found, Found]:
    """The first base pay and, likewise, the first on-target earnings."""
    said = list(_stated(passage, countries))
    return _first(passage, said, on_target=False), _first(passage, said, on_target=True)


def _first(passage: Passage, said: list[Stated], *, on_target: bool) -> Found:
    ours = [one for one in said if one.on_target is on_target]
    one = next((one for one in ours if one.is_range), ours[0] if ours else None)
    return None if one is None else (one.money, passage.evidence(one.start, one.end, BY))


def _stated(passage: Passage, countries: frozenset[str]) -> Iterator[Stated]:
    """All base pay and all on-target earnings, each to its first range, which is the best of it."""
    settled: set[bool] = set()
    last: Stated | None = None
    for match in islice(amounts(passage.text[:_MAX_TEXT]), _MAX_NUMBERS):
        read = _read(passage.lowered, match, countries, settled)
        if read is not None:
            last = read = _joined(passage.lowered, last, read) or read
            if read.is_range:
                settled.add(read.on_target)
            yield read


def _joined(text: str, low: Stated | None, high: Stated) -> Stated | None:
    """The range of two single amounts, where the words between make them its ends: "from £45k and
    up to £60k"."""
    if low is None or low.is_range or high.is_range or low.on_target is not high.on_target:
        return None
    least, most = low.money.min, high.money.max
    if least is None or most is None or not least < most <= _WIDEST * least:
        return None
    unit = (low.money.currency, low.money.period)
    if unit != (high.money.currency, high.money.period):
        return None
    apart = _UP_TO_ANOTHER.fullmatch(text, low.end, high.start)
    if apart is None or _WITH_MORE.match(text, high.end):
        return None
    money = Money(min=least, max=most, currency=unit[0], period=unit[1])
    return Stated(money, low.start, high.end, is_range=True, on_target=low.on_target)


def _read(
    text: str, match: re.Match[str], countries: frozenset[str], settled: Set[bool]
) -> Stated | None:
    """The pay of one match in the lowered text; None where it is no pay, or of a kind that is
    settled: with commission (True) or without."""
    signs = [sign for sign in match.group("c1", "c2", "c3", "c4") if sign]
    if not signs and not match["lakhs"]:
        return None
    line = text.rfind("\n", 0, match.start()) + 1
    before = text[max(line, match.start() - _LOOK_BEFORE) : match.start()]
    after = text[match.end() : match.end() + _LOOK_AFTER].split("\n")[0]
    on_target = is_on_target(before, after)
    if on_target in settled or (not on_target and is_no_wage(before, after)):
        return None
    low, high = bounds(match)
    currency = currency_of(signs or ["₹"], before, after, countries)
    named = on_target or match["lakhs"] is not None or is_named(before, after)
    period: Period | None
    if match["lakhs"]:
        low, high = low * LAKH, high * LAKH
        period, end = _after(match.end(), after) or (Period.YEAR, match.end())
    else:
        period, end = _period(match.end(), after, before, currency, (low, high), named=named)
    if period is None or not _is_enough(low, currency, period, named=named):
        return None
    money = _money(low, high, currency, period, before, after)
    if money is None:
        return None
    start = match.start() + len(match[0]) - len(match[0].lstrip())
    return Stated(money, start, end, match["n2"] is not None, on_target)


def _is_enough(amount: float, currency: str, period: Period, *, named: bool) -> bool:
    year = usd_per_year(amount, currency, period)
    least = _UNNAMED_FROM_USD * (_LOWER_WAGES if currency in _OF_LOWER_WAGES else 1.0)
    return named or year is None or year >= least


def _period(
    end: int,
    after: str,
    before: str,
    currency: str,
    amounts: tuple[float, float],
    *,
    named: bool,
) -> tuple[Period | None, int]:
    """The period written behind the amount (and where it ends), or else before it, or the one that
    the size of the amount leaves open."""
    if written := _after(end, after):
        return written
    earlier = [one for one in _PERIOD.finditer(before) if not _of_hours(before, one)]
    if earlier:
        return Period(str(earlier[-1].lastgroup)), end
    amount = amounts[0] or amounts[1]
    year = usd_per_year(amount, currency, Period.YEAR)
    if year is None:
        return None, end
    by_size = period_by_size(amount, currency)
    if by_size is Period.YEAR or (by_size is Period.HOUR and is_named(before, "")):
        return by_size, end
    if named and currency not in _BY_HOUR_OR_WEEK and year >= _A_MONTH_FROM_USD:
        return Period.MONTH, end
    return None, end


def _after(end: int, after: str) -> tuple[Period, int] | None:
    """The period written behind the amount, and where it ends."""
    written = _PERIOD.search(after)
    if written is None or _PERIOD_FAR.search(after[: written.start()]):
        return None
    return Period(str(written.lastgroup)), end + written.end()


def _of_hours(before: str, period: re.Match[str]) -> bool:
    """Whether a period that stands before the amount is that of something else: of the hours that
    are worked, or of another sentence."""
    worked = _WORKED.search(before[: period.start()]) is not None
    return worked or _SENTENCE_END.search(before, period.end()) is not None


def period_by_size(amount: float, currency: str) -> Period | None:
    """Years or hours, where the size of the amount leaves no doubt."""
    year = usd_per_year(amount, currency, Period.YEAR)
    if year is None or _AN_HOUR_TO_USD < year < _A_YEAR_FROM_USD:
        return None
    return Period.YEAR if year >= _A_YEAR_FROM_USD else Period.HOUR


_WORKED = re.compile(r"(?:hours?|hrs?|h|stunden|heures|horas|uur|days?|tage|dagen|fte)[ /-]*$")
_SENTENCE_END = re.compile(r"(?<!\bp\.a)(?<!\bp\.m)[.;]\s")
_PERIOD_FAR = re.compile(r"\d|[.;](?:\s|$)")
"""Another amount or the end of the sentence: the period behind it belongs to something else."""
_A_YEAR_FROM_USD = 15_000.0
_AN_HOUR_TO_USD = 150.0


def _money(
    low: float, high: float, currency: str, period: Period, before: str, after: str
) -> Money | None:
    """The range, with an open end for "from", "+" and "up to"; None where no wage is of that
    size."""
    if low > high or high > _WIDEST * low or currency not in CURRENCIES:
        return None
    for amount in (low, high):
        if not plausible(amount, currency, period):
            return None
    if low == high and (_FROM.search(before) or _OR_MORE.match(after)):
        return Money(min=low, currency=currency, period=period)
    if low == high and _UP_TO.search(before):
        return Money(max=high, currency=currency, period=period)
    return Money(min=low, max=high, currency=currency, period=period)


def plausible(amount: float, currency: str, period: Period) -> bool:
    """Whether that could be somebody's pay; true where the currency has no rate to tell by."""
    year = usd_per_year(amount, currency, period)
    low, high = PLAUSIBLE_USD_PER_YEAR
    return year is None or low <= year <= high
