"""Money: full-time years, dated rates, and one source of rates for both functions."""

from datetime import date

import pytest

from models.money import Money, Period
from reference.money import CURRENCIES, ISO_4217, annual, usd_per_year


@pytest.mark.parametrize(
    "period, times", [("hour", 2080), ("day", 260), ("week", 52), ("month", 12), ("year", 1)]
)
def test_a_year_of_full_time(period, times):
    assert usd_per_year(10, "USD", Period(period)) == 10 * times
    assert annual(Money(min=10, currency="EUR", period=Period(period))).min == 10 * times


def test_rates_are_those_of_the_day():
    """The reference rates of 2008-07-15 (1.5990) and 2022-09-28 (0.9565 dollars for a euro)."""
    assert usd_per_year(1000, "EUR", Period.YEAR, date(2008, 7, 15)) == pytest.approx(1599.0)
    assert usd_per_year(1000, "EUR", Period.YEAR, date(2022, 9, 28)) == pytest.approx(956.5)


def test_a_day_without_rates_takes_the_day_before():
    friday, sunday = date(2024, 3, 1), date(2024, 3, 3)
    assert usd_per_year(1, "GBP", Period.YEAR, friday) == usd_per_year(
        1, "GBP", Period.YEAR, sunday
    )


def test_both_functions_agree():
    money = Money(min=70_000, max=90_000, currency="GBP")
    on = date(2024, 3, 1)
    paid = annual(money, on)
    assert paid.usd_min == usd_per_year(70_000, "GBP", Period.YEAR, on)
    assert paid.usd_max == usd_per_year(90_000, "GBP", Period.YEAR, on)


def test_an_open_end_stays_open():
    paid = annual(Money(max=50, currency="USD", period=Period.HOUR))
    assert (paid.min, paid.usd_min, paid.usd_max) == (None, None, 104_000)


def test_a_currency_without_a_current_rate_cannot_be_compared():
    assert usd_per_year(1, "RUB", Period.YEAR) is None
    assert usd_per_year(1, "RUB", Period.YEAR, date(2021, 1, 4)) is not None
    assert usd_per_year(1, "XYZ", Period.YEAR) is None
    assert annual(Money(min=1, currency="XYZ")).usd_min is None


def test_a_day_before_all_rates():
    assert usd_per_year(1, "EUR", Period.YEAR, date(1990, 1, 1)) is None


@pytest.mark.parametrize("currency", sorted(CURRENCIES))
def test_every_listed_currency_has_a_rate(currency):
    assert usd_per_year(100_000, currency, Period.YEAR) > 0


def test_what_can_be_stated_is_more_than_what_can_be_compared():
    assert CURRENCIES < ISO_4217
    assert {"UAH", "VND", "KES", "ARS", "XOF", "CLF", "XCG", "ZWG"} <= ISO_4217
    assert not {"QQQ", "XTS", "XXX", "XAU"} & ISO_4217
    assert all(len(code) == 3 and code.isalpha() and code.isupper() for code in ISO_4217)
