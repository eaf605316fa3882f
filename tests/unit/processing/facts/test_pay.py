"""Pay in running text: what is pay, of which currency and period, and what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processing.evidence import Passage
from processing.facts.pay import pay, pay_and_on_target


def read(text: str, *countries: str):
    return parts(text, pay(Passage("description", text), frozenset(countries)))


def on_target(text: str):
    return parts(text, pay_and_on_target(Passage("description", text), frozenset())[1])


def parts(text, found):
    if found is None:
        return None
    money, evidence = found
    assert text[evidence.start : evidence.end] == evidence.text
    return money.min, money.max, money.currency, money.period.value


@pytest.mark.parametrize(
    "text, expected",
    [
        ("$120k – $150k", (120_000, 150_000, "USD", "year")),
        ("Salary 120-150k USD", (120_000, 150_000, "USD", "year")),
        ("€65k-80k", (65_000, 80_000, "EUR", "year")),
        ("Gehalt: 45.000 € brutto/Jahr", (45_000, 45_000, "EUR", "year")),
        ("£600/day", (600, 600, "GBP", "day")),
        ("USD 70,000 - 90,000 per year", (70_000, 90_000, "USD", "year")),
        ("$45/hr", (45, 45, "USD", "hour")),
        ("Pay: $20 - $25 an hour", (20, 25, "USD", "hour")),
        ("the pay is $18.50 per hour", (18.5, 18.5, "USD", "hour")),
        ("Hourly rate: $30-$40", (30, 40, "USD", "hour")),
        ("earn $500 a week", (500, 500, "USD", "week")),
        ("Annual Salary: $320,000—$405,000 USD", (320_000, 405_000, "USD", "year")),
        ("$90,000.00 - $120,000.00", (90_000, 120_000, "USD", "year")),
        ("$150,000/year - $180,000/year", (150_000, 180_000, "USD", "year")),
        ("between $90,000 and $110,000", (90_000, 110_000, "USD", "year")),
        ("CHF 120'000 - 140'000 pro Jahr", (120_000, 140_000, "CHF", "year")),
        ("15 000 - 20 000 zł / miesięcznie", (15_000, 20_000, "PLN", "month")),
        ("R$ 8.000 por mês", (8_000, 8_000, "BRL", "month")),
        ("CA$90,000 - CA$110,000 a year", (90_000, 110_000, "CAD", "year")),
        ("₹12,00,000 per annum", (1_200_000, 1_200_000, "INR", "year")),
        ("¥6,000,000 - ¥8,000,000 per year", (6_000_000, 8_000_000, "JPY", "year")),
        ("SEK 45 000 per month", (45_000, 45_000, "SEK", "month")),
        ("from £35,000 per annum", (35_000, None, "GBP", "year")),
        ("up to €80,000", (None, 80_000, "EUR", "year")),
        ("$150,000 - $200,000 USD plus equity", (150_000, 200_000, "USD", "year")),
        ("Bonus $10,000. Base salary: $90,000.", (90_000, 90_000, "USD", "year")),
        ("We raised $50M. Salary $100,000-$120,000", (100_000, 120_000, "USD", "year")),
        ("CTC: 18–24 LPA", (1_800_000, 2_400_000, "INR", "year")),
        ("Salary ₹6.5 lakhs per annum", (650_000, 650_000, "INR", "year")),
        ("Salary: Rs. 40,000 per month", (40_000, 40_000, "INR", "month")),
        ("salaris van € 3.100 tot € 4.200 bruto per maand", (3_100, 4_200, "EUR", "month")),
        ("zwischen CHF 90’000 und CHF 105’000 pro Jahr", (90_000, 105_000, "CHF", "year")),
        ("salario de 28.000 a 34.000 € al año", (28_000, 34_000, "EUR", "year")),
        ("35 à 42 k€ brut annuel", (35_000, 42_000, "EUR", "year")),
        ("Plus equity; the base salary is $95,000", (95_000, 95_000, "USD", "year")),
        ("$80,000 - $95,000 per year and a bonus scheme", (80_000, 95_000, "USD", "year")),
        ("£14.20 an hour plus tips of about £3 an hour", (14.2, 14.2, "GBP", "hour")),
        ("Base $90K—$110K, OTE $120K—$150K", (90_000, 110_000, "USD", "year")),
    ],
)
def test_pay(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "OTE $200,000",
        "$200,000 OTE",
        "$5 million in revenue",
        "$3B valuation",
        "401k match up to $5,000",
        "$1,000 sign-on bonus",
        "a stipend of $2,000 per month",
        "equity worth $100,000",
        "100,000 customers and $2,000,000 in ARR",
        "$100 - $200 gift",
        "5+ years, 2024-2026, call 555 0100",
        "$1 per year",
        "$90,000 per hour",
        "you own a $700K annual quota",
        "project budget of $350,000",
        "een projectbudget van € 250.000",
        "€100 a month to spend in our shop",
        "DKK 12,000 a year for conferences",
        "lunch card 450 PLN per month",
        "the County pays the premium ($800 a month)",
        "expenses up to £150 a night",
        "we pay £500 for every referral",
        "revenue of ₹820 crore",
        "On-target earnings of €180,000",
        "orders of $500 - $90,000",
        "",
    ],
)
def test_no_pay(text):
    assert read(text) is None


@pytest.mark.parametrize(
    "text, expected",
    [
        ("OTE is $170,000 to $190,000", (170_000, 190_000, "USD", "year")),
        ("On-target earnings of €180,000", (180_000, 180_000, "EUR", "year")),
        ("Base $90K—$110K (OTE $120K—$150K)", (120_000, 150_000, "USD", "year")),
        ("£95,000 OTE", (95_000, 95_000, "GBP", "year")),
        ("Salary $100,000 - $120,000", None),
        ("Our note: targets of $100,000 in sales", None),
    ],
)
def test_on_target_earnings_are_kept_apart(text, expected):
    assert on_target(text) == expected


def test_a_range_goes_before_a_single_amount():
    text = "From $95,000 for juniors.\nThe salary range is $100,000 - $140,000."
    assert read(text) == (100_000, 140_000, "USD", "year")


@pytest.mark.parametrize(
    "text, country, currency",
    [
        ("$90,000 a year", "CA", "CAD"),
        ("$90,000 a year", "AU", "AUD"),
        ("$90,000 a year", "US", "USD"),
        ("$90,000 a year", "DE", "USD"),
        ("kr 600.000 per year", "NO", "NOK"),
        ("kr 600.000 per year", "SE", "SEK"),
    ],
)
def test_the_place_tells_which_dollar(text, country, currency):
    assert read(text, country)[2] == currency


def test_places_in_several_countries_tell_nothing():
    assert read("$90,000 a year", "US", "CA")[2] == "USD"


@given(st.text(alphabet="0123456789.,' $€£k-–/hr per year to USD\n", max_size=200))
def test_never_raises_and_never_gives_nonsense(text):
    found = read(text)
    if found is not None:
        low, high, _, _ = found
        assert low is None or high is None or low <= high


def test_a_long_run_of_digits_is_quick():
    assert read("1,111 " * 15_000 + "x") is None
    assert read("1" * 90_000) is None


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Salary: S$5,000 per month", (5_000, 5_000, "SGD", "month")),
        ("S$5,000 - S$7,000 monthly", (5_000, 7_000, "SGD", "month")),
        ("Salary A$95,000 per annum", (95_000, 95_000, "AUD", "year")),
        ("AU$45/hour", (45, 45, "AUD", "hour")),
        ("C$85K – C$105K per year", (85_000, 105_000, "CAD", "year")),
        ("C$25.50/hour, 37.5 hours a week", (25.5, 25.5, "CAD", "hour")),
        ("March 2028\nC$25.50/hour", (25.5, 25.5, "CAD", "hour")),
        ("NZ$1,750 per day", (1_750, 1_750, "NZD", "day")),
        ("HK$40,000 per month", (40_000, 40_000, "HKD", "month")),
        ("One salary: US$165,000 a year for everybody", (165_000, 165_000, "USD", "year")),
        ("€85,000 a year for everyone at this level", (85_000, 85_000, "EUR", "year")),
        ("Salário: R$ 9.500 por mês", (9_500, 9_500, "BRL", "month")),
        ("Basic salary RM 4,500 - RM 6,000 per month", (4_500, 6_000, "MYR", "month")),
        ("Salary: RM4500 per month", (4_500, 4_500, "MYR", "month")),
        ("Gaji: Rp 12.000.000 per month", (12_000_000, 12_000_000, "IDR", "month")),
        ("Package of R620 000 to R780 000 per annum", (620_000, 780_000, "ZAR", "year")),
        ("Lön: 42 000 kr per month", (42_000, 42_000, "SEK", "month")),
        ("Wynagrodzenie: 18 000 zł / miesięcznie", (18_000, 18_000, "PLN", "month")),
        ("Salary ¥7,200,000 per year", (7_200_000, 7_200_000, "JPY", "year")),
        ("Salary: ฿55,000 per month", (55_000, 55_000, "THB", "month")),
        ("EC-05 – $96,432 to $110,946", (96_432, 110_946, "USD", "year")),
        ("Budget: Max 1.6 Lakhs per month", (None, 160_000, "INR", "month")),
        ("Minimaal € 3.842 en maximaal € 5.497 bruto per maand", (3_842, 5_497, "EUR", "month")),
        ("All-in minimum gross salary of EUR 3.600 per month", (3_600, None, "EUR", "month")),
        ("33 hours a week with a premium. Base salary €41,000.", (41_000, 41_000, "EUR", "year")),
        ("Minimum $70,000 Maximum $90,000 per year", (70_000, 90_000, "USD", "year")),
        ("37.5 hours a week, salary £41,000", (41_000, 41_000, "GBP", "year")),
    ],
)
def test_signs_and_words_of_the_world(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "R2 and R3 unit tests in 2027",
        "RM 12 is our release manager's room",
        "Learning budget: €1,500 a year",
        "€500 a year for courses",
        "We pay €120 a year for every referral",
        "NT$60,000 per month: a dollar without a rate",
        "You maintain 20 000 R packages a year",
    ],
)
def test_signs_that_are_no_pay(text):
    assert read(text) is None


def test_a_dollar_is_that_of_the_country():
    assert read("Salary $60,000 per year", "SG") == (60_000, 60_000, "SGD", "year")
    assert read("Salary ¥30,000 per month", "CN") == (30_000, 30_000, "CNY", "month")
    assert read("Løn: 42.000 kr. per month", "DK") == (42_000, 42_000, "DKK", "month")


def test_the_first_range_of_each_kind_counts() -> None:
    """Later ranges of that kind are not read; those of the other kind still are."""
    text = (
        "Salary: $95,000\nSalary: $100,000-$120,000\nSalary: $130,000-$150,000\n"
        "OTE $180,000-$200,000\nOTE $210,000-$230,000"
    )
    assert read(text) == (100_000, 120_000, "USD", "year")
    assert on_target(text) == (180_000, 200_000, "USD", "year")


@pytest.mark.parametrize(
    "text, expected",
    [
        ("The pay is $100,000 - $120,000 CAD a year", (100_000, 120_000, "CAD", "year")),
        ("$100k-$120k AUD", (100_000, 120_000, "AUD", "year")),
        ("Salary: $5,000 SGD monthly", (5_000, 5_000, "SGD", "month")),
        ("$100,000 - $120,000 (CAD)", (100_000, 120_000, "CAD", "year")),
        ("$90,000 a year (NZD)", (90_000, 90_000, "NZD", "year")),
        ("Salary (CAD): $90,000", (90_000, 90_000, "CAD", "year")),
        ("Salary: 42 000 kr (NOK) per month", (42_000, 42_000, "NOK", "month")),
        ("Salary: $100,000 a year, 5 CAD licences", (100_000, 100_000, "USD", "year")),
        ("Salary: $100,000 ARS", None),
    ],
)
def test_a_code_goes_before_a_sign(text, expected):
    assert read(text) == expected


def test_the_code_outweighs_the_country():
    assert read("Salary: $90,000 USD a year", "CA") == (90_000, 90_000, "USD", "year")


@pytest.mark.parametrize(
    "text, country",
    [
        ("Sueldo bruto: $350.000 por mes", "AR"),
        ("Salario: $200.000 semanal", "CO"),
        ("Sueldo: $900.000 mensual", "CL"),
        ("Salary: $60,000 - $80,000 per month", "TW"),
        ("Salary: Rs 150,000 - 200,000 per month", "PK"),
        ("Salary: Rs. 150,000 per month", "LK"),
    ],
)
def test_a_currency_without_a_rate_is_not_taken_for_its_namesake(text, country):
    assert read(text, country) is None


@pytest.mark.parametrize(
    "text, currency",
    [
        ("Lønn: 600 000 - 750 000 kr per år", "NOK"),
        ("Årslønn 600 000 kr.", "NOK"),
        ("Løn: 600.000 kr", "DKK"),
        ("Aflønning: 600.000 kr", "DKK"),
        ("Lön: 600 000 kr.", "SEK"),
    ],
)
def test_the_word_for_pay_tells_which_crowns(text, currency):
    assert read(text)[2] == currency


def test_the_country_tells_more_than_the_word():
    assert read("Lønn: 600 000 kr", "SE")[2] == "SEK"


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Sueldo: 1.500 € por mes", (1_500, 1_500, "EUR", "month")),
        ("Salario: 500 € por semana", (500, 500, "EUR", "week")),
        ("Salario semanal: 500 €", (500, 500, "EUR", "week")),
        ("Salario: 1.500 €, 40 horas semanales", (1_500, 1_500, "EUR", "month")),
    ],
)
def test_spanish_periods(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        (
            "Base ranges from $136,000/year in our lowest market up to $235,000/year in our best.",
            (136_000, 235_000, "USD", "year"),
        ),
        (
            "Base salary range $95,000.00/year in our lowest market up to $175,000.00/year",
            (95_000, 175_000, "USD", "year"),
        ),
        ("Salary from £45k and up to £60k", (45_000, 60_000, "GBP", "year")),
        ("Minimum $80,000. Maximum $110,000", (80_000, 110_000, "USD", "year")),
        ("£14 an hour rising to £15 an hour", (14, 15, "GBP", "hour")),
        ("CTC: ₹12 LPA - ₹18 LPA", (1_200_000, 1_800_000, "INR", "year")),
        ("12 lakhs to 18 lakhs", (1_200_000, 1_800_000, "INR", "year")),
        # neither end of a range
        ("Base $95,000, up to $120,000 with bonus", (95_000, 95_000, "USD", "year")),
        ("Base $95,000 plus commission up to $120,000", (95_000, 95_000, "USD", "year")),
        ("Salary $95,000. Seniors get up to $120,000", (95_000, 95_000, "USD", "year")),
        ("Salary £45,000, in the US up to $90,000", (45_000, 45_000, "GBP", "year")),
        ("Salary £15 an hour, up to £45,000", (15, 15, "GBP", "hour")),
    ],
)
def test_the_two_ends_of_a_range_may_stand_apart(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    "text, end",
    [
        ("Salary £60,000+ depending on experience", None),
        ("£60,000+", None),
        ("Salary £60,000 or more", None),
        ("Salary £60,000+ per annum plus bonus", None),
        ("£60,000+ bonus", 60_000),
        ("£60,000+ great benefits", 60_000),
        ("£60,000 + pension", 60_000),
    ],
)
def test_a_plus_opens_the_end(text, end):
    assert read(text) == (60_000, end, "GBP", "year")


@pytest.mark.parametrize(
    "text, base, target",
    [
        (
            "OTE: £60,000 - £80,000, uncapped commission, basic £35,000 to £40,000.",
            (35_000, 40_000, "GBP", "year"),
            (60_000, 80_000, "GBP", "year"),
        ),
        (
            "OTE £80k (£40k base)",
            (40_000, 40_000, "GBP", "year"),
            (80_000, 80_000, "GBP", "year"),
        ),
        (
            "OTE £80k base £40k",
            (40_000, 40_000, "GBP", "year"),
            (80_000, 80_000, "GBP", "year"),
        ),
    ],
)
def test_base_pay_beside_on_target_earnings(text, base, target):
    assert read(text) == base
    assert on_target(text) == target


@pytest.mark.parametrize(
    "text",
    [
        "Our customers earn $50k-$100k with our platform.",
        "Families who earn less than $50,000 a year",
        "Clients can earn $50,000 a year",
        "Fines of up to $50,000 per year may apply to our clients.",
    ],
)
def test_what_others_earn_or_are_fined_is_no_pay(text):
    assert read(text) is None


def test_what_the_staff_earn_is_pay():
    assert read("You serve customers and earn $20 an hour") == (20, 20, "USD", "hour")
    assert read("Our drivers earn $20 an hour") == (20, 20, "USD", "hour")
