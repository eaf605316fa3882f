"""Amounts of money as texts write them: "$120k – $150k", "45.000 €", "CHF 95'000", "₹18–24 LPA".

A number counts only where a currency stands beside it. Which number is pay is for others to say.
"""

import re
from collections.abc import Iterator, Sequence

from reference.money import CURRENCIES

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
    "nt$": "TWD",
    "r": "ZAR",
    "rm": "MYR",
    "rp": "IDR",
    "rp.": "IDR",
    "rmb": "CNY",
    "฿": "THB",
    "dhs": "AED",
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
    "rs": "INR",
    "rs.": "INR",
    "chf.": "CHF",
    "sfr.": "CHF",
    "php": "PHP",
    "₱": "PHP",
}
_DOLLARS_AND_PESOS = dict(
    zip(
        ("US", "CA", "AU", "NZ", "SG", "HK", "MX", "TW", "AR", "CL", "CO", "UY"),
        ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN", "TWD", "ARS", "CLP", "COP", "UYU"),
        strict=True,
    )
)
_RUPEES = {"IN": "INR", "PK": "PKR", "LK": "LKR", "NP": "NPR", "MU": "MUR"}
_CROWNS = {"SE": "SEK", "NO": "NOK", "DK": "DKK", "IS": "ISK"}
_LOCAL = {
    "$": _DOLLARS_AND_PESOS,
    "kr": _CROWNS,
    "kr.": _CROWNS,
    "¥": {"CN": "CNY", "JP": "JPY"},
    "rs": _RUPEES,
    "rs.": _RUPEES,
}
"""What an ambiguous sign means where all places of the posting are in one country, be it a currency
without a rate."""
_CROWNS_OF_WORDS = (
    ("NOK", re.compile(r"lønn(?!ing)|avlønn")),
    ("DKK", re.compile(r"løn(?!n)|aflønn")),
    ("SEK", re.compile(r"lön")),
)
"""Crowns by the language of the word for pay, where the places leave them open."""

_USUAL = ("USD", "EUR", "GBP", "CAD", "AUD", "CHF", "INR", "PLN", "SEK", "NOK", "DKK", "SGD")
_UNRATED = ("ARS", "CLP", "COP", "LKR", "MUR", "NPR", "PKR", "TWD", "UYU")
"""Codes without a rate that may stand beside an ambiguous sign, which they settle."""
_CODES = (*sorted(CURRENCIES), *_UNRATED, *map(str.lower, _USUAL), *map(str.title, _USUAL))
_SIGN = (
    r"(?:(?:US|CA|CAD|C|AU|A|NZ|NT|S|HK|MX|R)?\$|[£€₹¥₩₪₺₱฿]|\beuros?\b|zł|Kč|\bS?Fr\.|\bRs\b\.?"
    r"|\bkr\b\.?|\bFt\b|(?-i:\bRM?(?![A-Za-z&])|\bRMB\b"
    r"|\bRp\b\.?|\bDhs\b)"
    r"|\b(?-i:" + "|".join(_CODES) + r")\b(?:\s?[$€£])?)"
)
_NUMBER = (
    r"\d{1,3}(?:[.,'’\u00a0\u202f ]\d{3})+(?:[.,]\d{1,2})?(?!\d)"
    r"|\d{1,2}(?:,\d{2})+,\d{3}(?!\d)|\d{1,7}(?:[.,]\d{1,2})?(?!\d)"
)
_K = r"\s?k(?![a-z])"
_SIGN_BEFORE = re.compile(rf"{_SIGN}\s?$", re.IGNORECASE)
_MARK = re.compile(
    r"[$£€₹¥₩₪₺₱฿]|(?<!\w)(?=[A-Zacdegiklnpsuz])(?:(?:[A-Z]{3}|[Ee]uros?|EUROS?|zł|Kč|[Kk]r|S?Fr"
    r"|Rs|Ft|lpa|[Ll]akhs?|[Ll]acs?|Eur|Usd|RM|Rp|Dhs|"
    rf"{'|'.join(map(str.lower, _USUAL))})\b|RM?(?=\s?\d))"
)
"""A sign or code of a currency, or three capitals that may be one: cheap to look for."""
_LOCAL_CODES = "|".join(
    sorted({code.lower() for local in _LOCAL.values() for code in local.values()})
)
_CODE_BEHIND = re.compile(
    rf"(?:\s?(?:per|an?|/)\s?[a-z]+)?\s?\(?(?P<code>{_LOCAL_CODES})\b(?!\W{{0,2}}\d)"
)
_CODE_BEFORE = re.compile(rf"\((?P<code>{_LOCAL_CODES})\)\W{{0,3}}$")
_DIGITS = re.compile(r"\d[\d.,'’]*")
_SIGN_WITHIN, _AMOUNT_WITHIN = 8, 40
"""Characters before the first digit, and behind it to the end of a range and its sign."""
_TO = (
    r"(?:-|–|—|−|~|\b(?:and|und|en|et|y|e) (?:an? )?m[aá]x\w*(?: of| de| van)?\b|\bmaximum\b"
    r"|\bto\b|\band\b"
    r"|\bbis\b|\bund\b|\bà\b|\bet\b|\btot\b|\ben\b|\ba\b|\by\b|\bdo\b)"
)
_LAKHS = r"(?:LPA|lakhs?|lacs?)"
_AMOUNT = re.compile(
    rf"(?P<c1>{_SIGN})?\s?(?<![\d.,])(?<![A-Za-z]-)(?P<n1>{_NUMBER})(?P<k1>{_K})?(?:[^\S\n]?(?P<c2>{_SIGN})(?!\d))?"
    rf"(?:(?:\s?(?:/|per\b)\s?[a-z]{{1,6}}\b|\s?{_LAKHS}\b)?"
    rf"\s*{_TO}\s*(?P<c3>{_SIGN})?\s?"
    rf"(?P<n2>{_NUMBER})(?P<k2>{_K})?(?:\s?(?P<c4>{_SIGN}))?)?"
    rf"(?:\s*(?P<lakhs>{_LAKHS})\b)?",
    re.IGNORECASE,
)
LAKH = 100_000.0


def amounts(text: str) -> Iterator[re.Match[str]]:
    """Numbers with a currency beside them. The pattern of an amount is tried only there: it costs a
    hundred times what it costs to look for digits."""
    end = 0
    for digits in _DIGITS.finditer(text):
        at = digits.start()
        if at < end or not _MARK.search(text, max(0, at - _SIGN_WITHIN), at + _AMOUNT_WITHIN):
            continue
        sign = _SIGN_BEFORE.search(text, max(end, at - _SIGN_WITHIN), at)
        match = _AMOUNT.match(text, at if sign is None else sign.start())
        if match is not None:
            end = match.end()
            yield match


def bounds(match: re.Match[str]) -> tuple[float, float]:
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


def currency_of(signs: Sequence[str], before: str, after: str, countries: frozenset[str]) -> str:
    """The currency of an amount with these signs between the lowered words `before` and `after`.

    A code beside the amount outweighs a sign. One that has several meanings is told by a code close
    by ("$90,000 a year (CAD)"), by the only country of the posting, or by the language.
    """
    code = next((code for sign in signs if (code := _code(sign)) in _CODES), None)
    if code is not None:
        return code
    sign = signs[0].lower()
    meanings = _LOCAL.get(sign)
    if meanings is None:
        return _SYMBOLS.get(sign) or _code(sign)
    near = _CODE_BEHIND.match(after) or _CODE_BEFORE.search(before)
    if near and near["code"].upper() in meanings.values():
        return near["code"].upper()
    if len(countries) == 1 and (local := meanings.get(next(iter(countries)))) is not None:
        return local
    words = _CROWNS_OF_WORDS if meanings is _CROWNS else ()
    said = (currency for currency, word in words if word.search(before + after))
    return next(said, _SYMBOLS[sign])


def _code(sign: str) -> str:
    return sign.upper().rstrip(" $€£")
