"""Pay from text: "$120k – $150k", "45.000 € brutto/Jahr", "£600/day", "USD 70,000 - 90,000 a year".

An amount counts as pay only with a currency beside it, and only with a sign that it is wages: a
period ("per hour"), a word about salary shortly before, or the size of a year's pay. Amounts that
belong to equity, bonuses, on-target earnings, funding, revenue or benefits are left out. Where no
period is written, the size of the amount tells hours from years; sizes that could be either are
left out.
"""

import re
from collections.abc import Iterator
from itertools import islice

from models.money import Money, Period
from models.posting import Evidence
from processing.evidence import Passage
from reference.money import CURRENCIES, usd_per_year

BY = "pay@1"

_SYMBOLS = {
    "us$": "USD",
    "ca$": "CAD",
    "c$": "CAD",
    "cad$": "CAD",
    "a$": "AUD",
    "au$": "AUD",
    "nz$": "NZD",
    "s$": "SGD",
    "hk$": "HKD",
    "mx$": "MXN",
    "r$": "BRL",
    "$": "USD",
    "£": "GBP",
    "€": "EUR",
    "euro": "EUR",
    "euros": "EUR",
    "₹": "INR",
    "¥": "JPY",
    "₩": "KRW",
    "₪": "ILS",
    "zł": "PLN",
    "pln": "PLN",
    "kč": "CZK",
    "ft": "HUF",
    "fr.": "CHF",
    "kr": "SEK",
    "kr.": "DKK",
    "₺": "TRY",
}
_LOCAL = {
    "$": {"CA": "CAD", "AU": "AUD", "NZ": "NZD", "SG": "SGD", "HK": "HKD", "MX": "MXN"},
    "kr": {"NO": "NOK", "DK": "DKK", "IS": "ISK"},
    "kr.": {"SE": "SEK", "NO": "NOK"},
    "¥": {"CN": "CNY"},
}
"""What an ambiguous sign means where all places of the posting are in one country."""

_SIGN = (
    r"(?:(?:US|CA|CAD|C|AU|A|NZ|S|HK|MX|R)?\$|[£€₹¥₩₪₺]|\beuros?\b|zł|Kč|\bFr\.|\bkr\b\.?|\bFt\b"
    r"|\b(?:" + "|".join(sorted(CURRENCIES)) + r")\b\$?)"
)
_NUMBER = (
    r"\d{1,3}(?:[.,'’\u00a0\u202f ]\d{3})+(?:[.,]\d{1,2})?(?!\d)"
    r"|\d{1,2}(?:,\d{2})+,\d{3}(?!\d)|\d{1,7}(?:[.,]\d{1,2})?(?!\d)"
)
_K = r"\s?k(?![a-z])"
_ANY_SIGN = re.compile(_SIGN, re.IGNORECASE)
_DIGITS = re.compile(r"\d[\d.,'’]*")
_SIGN_WITHIN = 8
_PERIODS = {
    Period.HOUR: r"per hour|an hour|/ ?h(?:ou)?rs?\b|/ ?h\b|hourly|pro stunde|/ ?std|de l['’]heure"
    r"|por hora|p/?h\b|ph\b|/ ?stunde|all['’]ora|per uur",
    Period.DAY: r"per day|a day|/ ?day|daily|pro tag|/ ?tag|par jour|/ ?jour|por día|p/?d\b"
    r"|per diem",
    Period.WEEK: r"per week|a week|/ ?w(?:ee)?k\b|weekly|pro woche|/ ?woche|par semaine",
    Period.MONTH: r"per month|a month|/ ?mo(?:nth)?\b|monthly|pro monat|/ ?monat|im monat|par mois"
    r"|/ ?mois|al mes|por mês|p\.?m\.?\b|per maand|miesięcznie|/ ?mies\w*|monatlich|mensua(?:l|is)",
    Period.YEAR: r"per year|per annum|a year|/ ?y(?:ea)?r\b|/ ?annum|annual(?:ly|ised|ized)?|yearly"
    r"|pro jahr|/ ?jahr|im jahr|par an\b|/ ?an\b|brut annuel|al año|por ano|p\.?a\.?(?!\w)"
    r"|per jaar|jährlich|jahresgehalt|rocznie|anual|all['’]anno",
}
_PERIOD = re.compile(
    "|".join(f"(?P<{period.value}>{said})" for period, said in _PERIODS.items()), re.IGNORECASE
)
_AMOUNT = re.compile(
    rf"(?P<c1>{_SIGN})?\s?(?<![\d.,])(?P<n1>{_NUMBER})(?P<k1>{_K})?\s?(?P<c2>{_SIGN})?"
    r"(?:(?:\s?(?:/|per\b)\s?[a-z]{1,6}\b)?"
    rf"\s*(?:-|–|—|−|~|\bto\b|\band\b|\bbis\b|\bà\b)\s*(?P<c3>{_SIGN})?\s?"
    rf"(?P<n2>{_NUMBER})(?P<k2>{_K})?\s?(?P<c4>{_SIGN})?)?",
    re.IGNORECASE,
)
_WAGES_BEFORE = re.compile(
    r"\b(?:salary|salaries|compensation|pay|paid|wages?|base|rate|remuneration|earn|gehalt"
    r"|vergütung"
    r"|salaire|rémunération|salario|sueldo|salário|stipendio|salaris|wynagrodzenie|lön|løn)\b",
    re.IGNORECASE,
)
_NOT_WAGES_BEFORE = re.compile(
    r"\b(?:equity|stock|rsus?|options?|ote|on[- ]target|bonus(?:es)?|commission|stipend|reimburs\w+"
    r"|allowance|budget|rais(?:ed|ing)|funding|series [a-f]|valu(?:ed|ation)|revenue|arr|worth"
    r"|sales"
    r"|referral|sign[- ]on|relocation|saved?|savings|processed|invest\w*|401|match\w*|fee|deposit"
    r"|insurance|discount|perks?|voucher|portfolio|assets|deals?|contracts? (?:of|worth)|quota"
    r"|grants?|customers|transactions?|minimum order)\b[^.;\n]{0,30}$",
    re.IGNORECASE,
)
_NOT_WAGES_AFTER = re.compile(
    r"^\+?\s*(?:m|mm|mn|bn|b|million|billion|trillion|mio|mrd)\b"
    r"|^[\s(]*(?:(?:usd|eur|gbp|in|of|annual|target|yearly|monthly|per (?:year|month)"
    r"|worth of)\s+){0,3}"
    r"(?:ote|on[- ]target|equity|stock|rsus?|bonus(?!\s+eligible)|sign[- ]on|stipend|allowance"
    r"|budget|reimburs\w+"
    r"|in (?:funding|revenue|assets|sales|equity|stock)|valuation|arr|contribution|match)\b"
    r"|^\s*%",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"(?:\bfrom|\bstarting (?:at|from)|\bab|\bat least|\bminimum(?: of)?|à partir de)\s*$", re.I
)
_UP_TO = re.compile(r"(?:\bup to|\bmax(?:imum)?(?: of)?|\bbis zu|\bjusqu['’]à)\s*$", re.I)
_LOOK_BEFORE, _LOOK_AFTER = 80, 45
_MAX_TEXT, _MAX_NUMBERS = 60_000, 1_500
PLAUSIBLE_USD_PER_YEAR = (1_000.0, 5_000_000.0)


def pay(passage: Passage, countries: frozenset[str]) -> tuple[Money, Evidence] | None:
    """The first pay that the passage states, a range before a single amount, and its words.

    `countries` are those of the posting's places: they tell which dollar a bare "$" is.
    """
    single = None
    for match in islice(_amounts(passage.text[:_MAX_TEXT]), _MAX_NUMBERS):
        read = _read(passage.text, match, countries)
        if read is None:
            continue
        money, start, end = read
        found = money, passage.evidence(start, end, BY)
        if match["n2"]:
            return found
        single = single or found
    return single


def _amounts(text: str) -> Iterator[re.Match[str]]:
    """Numbers in the lines where one stands beside a currency. The pattern of an amount is tried
    only there: it costs a hundred times what it costs to look for digits."""
    line_end = -1
    for digits in _DIGITS.finditer(text):
        if digits.start() < line_end:
            continue
        near = max(0, digits.start() - _SIGN_WITHIN), digits.end() + _SIGN_WITHIN
        if _ANY_SIGN.search(text, *near):
            line_start = text.rfind("\n", 0, digits.start()) + 1
            line_end = text.find("\n", digits.start())
            line_end = len(text) if line_end < 0 else line_end
            yield from _AMOUNT.finditer(text, line_start, line_end)


def _read(
    text: str, match: re.Match[str], countries: frozenset[str]
) -> tuple[Money, int, int] | None:
    """The pay of one match with its span; None where it is no pay."""
    sign = match["c1"] or match["c2"] or match["c3"] or match["c4"]
    if sign is None or match["n1"] is None:
        return None
    line = text.rfind("\n", 0, match.start()) + 1
    before = text[max(line, match.start() - _LOOK_BEFORE) : match.start()]
    after = text[match.end() : match.end() + _LOOK_AFTER].split("\n")[0]
    if _NOT_WAGES_BEFORE.search(before) or _NOT_WAGES_AFTER.match(after):
        return None
    low, high = _bounds(match)
    currency = _currency(sign, countries)
    period, end = _period(match.end(), after, before, currency, (low, high))
    if period is None:
        return None
    money = _money(low, high, currency, period, before)
    start = match.start() + len(match[0]) - len(match[0].lstrip())
    return (money, start, end) if money is not None else None


def _bounds(match: re.Match[str]) -> tuple[float, float]:
    """The two amounts, the same twice for a single one; "120-150k" are thousands on both sides."""
    low = _amount(match["n1"]) * (1000 if match["k1"] else 1)
    if match["n2"] is None:
        return low, low
    high = _amount(match["n2"]) * (1000 if match["k2"] else 1)
    if match["k2"] and not match["k1"] and low < 1000:
        low *= 1000
    return low, high


def _amount(text: str) -> float:
    """Both "70,000.50" and "45.000,50": the last mark is the decimal one if two digits follow."""
    digits = re.sub(r"['’\u00a0\u202f ]", "", text)
    decimals = re.search(r"[.,](\d{1,2})$", digits)
    whole = digits[: decimals.start()] if decimals else digits
    return float(re.sub(r"[.,]", "", whole) + (f".{decimals[1]}" if decimals else ""))


def _currency(sign: str, countries: frozenset[str]) -> str:
    key = sign.lower()
    if len(countries) == 1:
        local = _LOCAL.get(key, {}).get(next(iter(countries)))
        if local is not None:
            return local
    return _SYMBOLS.get(key) or sign.upper().rstrip("$")


def _period(
    end: int, after: str, before: str, currency: str, amounts: tuple[float, float]
) -> tuple[Period | None, int]:
    """The period written behind the amount (and where it ends), or else before it, or the one that
    the size of the amount leaves open."""
    written = _PERIOD.search(after)
    if written and _PERIOD_FAR.search(after[: written.start()]) is None:
        return Period(str(written.lastgroup)), end + written.end()
    earlier = list(_PERIOD.finditer(before))
    if earlier:
        return Period(str(earlier[-1].lastgroup)), end
    year = usd_per_year(amounts[0] or amounts[1], currency, Period.YEAR)
    if year is None:
        return None, end
    if year >= _A_YEAR_FROM_USD:
        return Period.YEAR, end
    if _WAGES_BEFORE.search(before) and year <= _AN_HOUR_TO_USD:
        return Period.HOUR, end
    return None, end


_PERIOD_FAR = re.compile(r"\d|[.;](?:\s|$)")
"""Another amount or the end of the sentence: the period behind it belongs to something else."""
_A_YEAR_FROM_USD = 15_000.0
_AN_HOUR_TO_USD = 150.0


def _money(low: float, high: float, currency: str, period: Period, before: str) -> Money | None:
    """The range, with an open end for "from" and "up to"; None where no wage is of that size."""
    if low > high or currency not in CURRENCIES:
        return None
    for amount in (low, high):
        if not plausible(amount, currency, period):
            return None
    if low == high and _FROM.search(before):
        return Money(min=low, currency=currency, period=period)
    if low == high and _UP_TO.search(before):
        return Money(max=high, currency=currency, period=period)
    return Money(min=low, max=high, currency=currency, period=period)


def plausible(amount: float, currency: str, period: Period) -> bool:
    """Whether that could be somebody's pay; true where the currency has no rate to tell by."""
    year = usd_per_year(amount, currency, period)
    low, high = PLAUSIBLE_USD_PER_YEAR
    return year is None or low <= year <= high
