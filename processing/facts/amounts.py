"""Amounts of money as texts write them: "$120k – $150k", "45.000 €", "CHF 95'000", "₹18–24 LPA".

A number counts only where a currency stands beside it. Which number is pay is for others to say.
"""

import re
from collections.abc import Iterator

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
_LOCAL = {
    "$": {"CA": "CAD", "AU": "AUD", "NZ": "NZD", "SG": "SGD", "HK": "HKD", "MX": "MXN"},
    "kr": {"NO": "NOK", "DK": "DKK", "IS": "ISK"},
    "kr.": {"SE": "SEK", "NO": "NOK"},
    "¥": {"CN": "CNY"},
}
"""What an ambiguous sign means where all places of the posting are in one country."""

_USUAL = ("USD", "EUR", "GBP", "CAD", "AUD", "CHF", "INR", "PLN", "SEK", "NOK", "DKK", "SGD")
_CODES = (*sorted(CURRENCIES), *map(str.lower, _USUAL), *map(str.title, _USUAL))
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
    r"[$£€₹¥₩₪₺₱฿]|\b(?:[A-Z]{3}|[Ee]uros?|EUROS?|zł|Kč|[Kk]r|S?Fr|Rs|Ft|lpa|[Ll]akhs?|[Ll]acs?"
    r"|Eur|Usd|RM|Rp|Dhs|"
    rf"{'|'.join(map(str.lower, _USUAL))})\b|\bRM?(?=\s?\d)"
)
"""A sign or code of a currency, or three capitals that may be one: cheap to look for."""
_DIGITS = re.compile(r"\d[\d.,'’]*")
_SIGN_WITHIN, _AMOUNT_WITHIN = 8, 40
"""Characters before the first digit, and behind it to the end of a range and its sign."""
_TO = (
    r"(?:-|–|—|−|~|\b(?:and|und|en|et|y|e) (?:an? )?m[aá]x\w*(?: of| de| van)?\b|\bmaximum\b"
    r"|\bto\b|\band\b"
    r"|\bbis\b|\bund\b|\bà\b|\bet\b|\btot\b|\ben\b|\ba\b|\by\b|\bdo\b)"
)
_AMOUNT = re.compile(
    rf"(?P<c1>{_SIGN})?\s?(?<![\d.,])(?<![A-Za-z]-)(?P<n1>{_NUMBER})(?P<k1>{_K})?(?:[^\S\n]?(?P<c2>{_SIGN})(?!\d))?"
    r"(?:(?:\s?(?:/|per\b)\s?[a-z]{1,6}\b)?"
    rf"\s*{_TO}\s*(?P<c3>{_SIGN})?\s?"
    rf"(?P<n2>{_NUMBER})(?P<k2>{_K})?\s?(?P<c4>{_SIGN})?)?"
    r"(?:\s*(?P<lakhs>LPA|lakhs?|lacs?)\b)?",
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


def currency_of(sign: str, countries: frozenset[str]) -> str:
    key = sign.lower()
    if len(countries) == 1:
        local = _LOCAL.get(key, {}).get(next(iter(countries)))
        if local is not None:
            return local
    return _SYMBOLS.get(key) or sign.upper().rstrip(" $€£")
