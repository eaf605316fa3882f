"""Statements as adverts make them, for the facts that are read from sentences: by table."""

from datetime import date

import pytest

from models.posting import Given, Mode
from processing.closing import closing
from processing.employment import employment_type
from processing.evidence import Passage, Reading, reading_of
from processing.experience import experience
from processing.mode import mode
from processing.pay import pay
from processing.remote import remote_countries
from processing.visa import visa

GIVEN = Given(title="Clerk", company="Acme")


def reading(text: str) -> Reading:
    return reading_of(GIVEN, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We work in a hybrid way, with two days at home.", "hybrid"),
        ("Our teams work hybrid.", "hybrid"),
        ("This is a hybrid opportunity based in Leeds.", "hybrid"),
        ("You'll be expected in the office 3 days per week.", "hybrid"),
        ("We ask everyone to come in to our London office at least two days a week.", "hybrid"),
        ("Minimum 2 days/week onsite.", "hybrid"),
        ("Remote-friendly, with an office in Berlin if you want it.", None),
        ("Workplace type: Remote", "remote"),
        ("Location: Remote (US)", "remote"),
        ("Location: Austin, TX (on-site)", "onsite"),
        ("This position is 100% on-site at our Dallas plant.", "onsite"),
        ("This role is based in our Paris office.", None),
        ("The role is fully onsite, five days a week.", "onsite"),
        ("You can work from anywhere for up to four weeks a year.", None),
        ("Home office possible.", None),
        ("Homeoffice nach Absprache möglich (bis zu 3 Tage pro Woche)", "hybrid"),
        ("Bis zu 60 % mobiles Arbeiten", "hybrid"),
        ("Mobiles Arbeiten bis zu 2 Tage die Woche", "hybrid"),
        ("2 jours de télétravail par semaine", "hybrid"),
        ("Télétravail partiel (2 j/semaine)", "hybrid"),
        ("Poste 100% télétravail", "remote"),
        ("Teletrabajo 100%", "remote"),
        ("Modalidad híbrida: 3 días en oficina", "hybrid"),
        ("Trabajo 100% presencial", "onsite"),
        ("This is an in-person role in New York.", "onsite"),
        ("In-person, Monday to Friday", "onsite"),
        ("We are an in-office company, 5 days a week.", "onsite"),
        ("No remote work.", "onsite"),
        ("Remote working is not possible for this role.", "onsite"),
        ("Sorry, this role cannot be done remotely.", "onsite"),
        ("You manage our hybrid cloud and remote servers.", None),
        ("Experience with remote sensing and hybrid vehicles", None),
        ("Interviews are held remotely.", None),
        ("We're a fully remote company.", "remote"),
        ("We are a remote-first team of 40.", "remote"),
        ("You will work remotely from anywhere in Europe.", "remote"),
        ("The position is remote within Canada.", "remote"),
        ("Remote within the EU", "remote"),
        ("Work is done from home.", "remote"),
        ("This is a home-based role covering the Midlands.", "remote"),
        ("Flexible working: split your time between home and our Bristol office.", "hybrid"),
        ("We offer flexible and hybrid working options.", "hybrid"),
        ("Lead remote teams across three sites.", None),
        ("Je werkt hybride: 2 dagen thuis, 3 dagen op kantoor.", "hybrid"),
        ("On site parking and a gym", None),
        ("You'll provide on-site support to clients.", None),
        ("Our office is dog friendly on Fridays", None),
        ("Three days in the office, two at home.", "hybrid"),
        ("We're in the office Tuesdays to Thursdays.", "hybrid"),
        ("Must be able to work on site 5 days a week", "onsite"),
    ],
)
def test_mode(text, expected):
    found = mode(GIVEN, reading(text))
    assert (found and found[0]) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We are happy to sponsor visas.", "offered"),
        ("Visa sponsorship: Yes", "offered"),
        ("Visa sponsorship: No", "refused"),
        ("Sponsorship is not available for this position.", "refused"),
        ("This role does not offer sponsorship.", "refused"),
        ("Candidates must not require sponsorship now or in the future.", "refused"),
        (
            "Applicants need the right to work in the UK as we are unable to provide sponsorship.",
            "refused",
        ),
        ("We will support your visa application and relocation.", "offered"),
        ("Relocation and visa sponsorship available.", "offered"),
        ("We can't offer visa sponsorship at this time.", "refused"),
        ("Unfortunately we don't have a sponsor licence.", "refused"),
        ("We hold a sponsor licence and welcome international applicants.", "offered"),
        ("Sponsorship may be available for exceptional candidates.", "offered"),
        ("H1B transfers welcome.", "offered"),
        ("No C2C or H1B.", "refused"),
        ("Executive sponsorship of projects is available.", None),
        ("You secure sponsorship from brands and offer packages.", None),
        ("The employer will not sponsor applicants for employment visa status.", "refused"),
        ("Must be legally authorized to work in the US without employer sponsorship", "refused"),
        ("US work authorization required; visa sponsorship not provided", "refused"),
        ("Eligible for TN visa? We'd love to hear from you.", None),
        ("Wir können leider kein Visum sponsern.", "refused"),
        ("We're open to sponsoring visas.", "offered"),
        ("Visa sponsorship can be offered to the successful candidate.", "offered"),
        ("Please note that we do not sponsor work visas.", "refused"),
        ("Nous ne proposons pas de sponsoring de visa.", "refused"),
        ("We offer immigration support.", "offered"),
        ("You'll process visa and mastercard payments", None),
        ("In-house immigration team that takes care of your visa", "offered"),
    ],
)
def test_visa(text, expected):
    found = visa(Passage("description", text))
    assert (found and found[0]) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("This is a 12-month fixed-term contract.", "contract"),
        ("12 month FTC", "contract"),
        ("Contract length: 6 months", "contract"),
        ("Contract type: Permanent, full-time", "full_time"),
        ("Employment Type: Full-Time", "full_time"),
        ("Job Type: Part-time", "part_time"),
        ("Full time | Permanent", "full_time"),
        ("Part-time, 20 hours a week", "part_time"),
        ("Teilzeit (20 Std./Woche)", "part_time"),
        ("Vollzeit, unbefristet", "full_time"),
        ("Voll- oder Teilzeit", None),
        ("in Teilzeit oder Vollzeit", None),
        ("CDI temps plein", "full_time"),
        ("Contrato indefinido y jornada completa", "full_time"),
        ("Benefits for full-time employees include", None),
        ("You will negotiate contracts.", None),
        ("Government contract work", None),
        ("This is a contract-to-hire role.", "contract"),
        ("Temporary position until June", "temporary"),
        ("temp to perm", None),
        ("This internship lasts six months.", "internship"),
        ("We're hiring a freelance designer.", "contract"),
        ("Fixed term until March 2027", "contract"),
        ("parental leave cover, 9 months", "contract"),
        ("Experience as full-time or part-time teacher", None),
        ("Full-time hours, permanent contract", "full_time"),
        ("Full-Time/Part-Time", None),
        ("This is a full time role", "full_time"),
        ("We offer a permanent contract", None),
        ("Fulltime 40 uur", "full_time"),
        ("Dienstverband: 32-40 uur", None),
        ("Seasonal job from May to September", "temporary"),
        ("per diem nurse", None),
        ("Zero-hours contract", None),
        ("a one-year contract, with possibility of extension", "contract"),
        ("CDD de 12 mois", "contract"),
        ("Stage de 6 mois", "internship"),
        ("Die Stelle ist zunächst auf zwei Jahre befristet.", "contract"),
        ("Independent contractor, long-term", "contract"),
        ("B2B contract or employment contract", None),
        ("Umowa o pracę, pełny etat", "full_time"),
    ],
)
def test_employment(text, expected):
    found = employment_type(GIVEN, reading(text))
    assert (found and found[0]) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Compensation: $140,000 to $175,000 annually", (140000, 175000, "USD", "year")),
        (
            "The pay range for this role is: 95,000 - 120,000 USD per year (Remote - US)",
            (95000, 120000, "USD", "year"),
        ),
        ("Salary: £45k-£55k DOE", (45000, 55000, "GBP", "year")),
        ("£28,500 per annum pro rata", (28500, 28500, "GBP", "year")),
        ("Up to $85/hr", (None, 85, "USD", "hour")),
        ("55-65K €", (55000, 65000, "EUR", "year")),
        ("Gehalt ab 3.200 € brutto im Monat", (3200, None, "EUR", "month")),
        ("Stundenlohn: 14,50 €", (14.5, 14.5, "EUR", "hour")),
        ("Jahresgehalt zwischen 60.000 € und 75.000 €", (60000, 75000, "EUR", "year")),
        ("Salaire : 32K€ - 38K€", (32000, 38000, "EUR", "year")),
        ("Rémunération : 2 100 € à 2 400 € brut par mois", (2100, 2400, "EUR", "month")),
        ("30.000€ - 36.000€ brutos/año", (30000, 36000, "EUR", "year")),
        ("€3,500 - €4,800 gross per month", (3500, 4800, "EUR", "month")),
        ("PLN 15,000 - 20,000 + VAT per month", (15000, 20000, "PLN", "month")),
        ("15 000 – 20 000 PLN brutto", (15000, 20000, "PLN", "month")),
        ("SEK 42,000 - 50,000 per month", (42000, 50000, "SEK", "month")),
        ("AUD $120,000 + super", (120000, 120000, "AUD", "year")),
        ("$110k + super", (110000, 110000, "USD", "year")),
        ("S$6,000 - S$8,000 per month", (6000, 8000, "SGD", "month")),
        ("RM 4,000 - RM 6,000", None),
        ("INR 12,00,000 - 18,00,000 per annum", (1200000, 1800000, "INR", "year")),
        ("₹ 25,000/month", (25000, 25000, "INR", "month")),
        ("CTC up to 15 LPA", (None, 1500000, "INR", "year")),
        ("R$ 5.000,00 a R$ 7.000,00 mensais", (5000, 7000, "BRL", "month")),
        ("Pay rate: $22.00-$26.50", (22, 26.5, "USD", "hour")),
        ("$1,200 per week", (1200, 1200, "USD", "week")),
        ("day rate £450 - £500", (450, 500, "GBP", "day")),
        ("£450-£500 p/d", (450, 500, "GBP", "day")),
        ("400–500 € Tagessatz", (400, 500, "EUR", "day")),
        (
            "Base salary range: $150,000—$190,000 USD. Bonus target 10%",
            (150000, 190000, "USD", "year"),
        ),
        ("$25M in ARR", None),
        ("raised $30 million", None),
        ("$2,500 learning stipend", None),
        ("up to $5,000 tuition", None),
        ("Competitive salary", None),
        ("$50,000 sign-on", None),
        ("a book of business worth $2,000,000", None),
        ("manages a $3M budget", None),
        ("serving 40,000 customers in 30 countries, $900 average order", None),
        ("$500 referral bonus", None),
        ("life insurance of $100,000", None),
        ("€50 per month towards internet", None),
        ("Hourly: $18.75", (18.75, 18.75, "USD", "hour")),
        ("Salary of $5,000 - $7,000 a month", (5000, 7000, "USD", "month")),
        ("Total compensation $200k-$250k OTE", None),
        ("$60,000 base, $120,000 OTE", (60000, 60000, "USD", "year")),
        ("Grundgehalt 50.000 € + Bonus bis 10.000 €", (50000, 50000, "EUR", "year")),
        ("The range is $132,000/yr - $165,000/yr", (132000, 165000, "USD", "year")),
        ("USD 45 – 60 per hour", (45, 60, "USD", "hour")),
        ("Annual leave: 25 days. Deal sizes from $100,000 to $1,000,000.", None),
        ("Salary: 450.000 - 550.000 kr.", (450000, 550000, "DKK", "year")),
        ("Grade 7: £41,600 to £47,000 per year", (41600, 47000, "GBP", "year")),
        ("Band 6 £38,682 - £46,580 a year pro rata", (38682, 46580, "GBP", "year")),
    ],
)
def test_pay(text, expected):
    found = pay(Passage("description", text), frozenset())
    if found is not None:
        money, evidence = found
        assert text[evidence.start : evidence.end] == evidence.text
        assert (money.min, money.max, money.currency, money.period) == expected
    else:
        assert expected is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Experience: 2-4 years", 2),
        ("5 years' experience in Java", 5),
        ("over 10 years of experience", 10),
        ("A minimum of 3 years' post-qualification experience", 3),
        ("min. 2 Jahre Erfahrung", 2),
        ("mehrjährige Erfahrung", None),
        ("2-jährige Berufserfahrung", 2),
        ("Berufserfahrung von mindestens 3 Jahren", 3),
        ("3 ans d'expérience", 3),
        ("première expérience de 2 ans", 2),
        ("tres años de experiencia mínima", 3),
        ("10+ years in software", 10),
        ("You've spent 5+ years in product", 5),
        ("You have 7 years under your belt", None),
        ("5 – 8 years relevant experience", 5),
        ("At least 1 year's retail experience", 1),
        ("two or more years of experience", 2),
        ("3 yrs exp in sales", 3),
        ("3+ yrs of exp", 3),
        ("Requires 6 years of progressively responsible experience", 6),
        ("4 years of professional experience; 2 of them leading", 4),
        ("no experience necessary", None),
        ("We were founded 12 years ago", None),
        ("Our founders have 20 years of experience", None),
        ("with 30+ years in business", None),
        ("401(k) vests after 3 years", None),
        ("every two years", None),
        ("last 5 years of employment history", None),
        ("5-year plan", None),
        ("first 2 years", None),
        ("You should have around 6 years' commercial experience", 6),
        ("Bachelor's degree + 4 years experience", 4),
        ("or equivalent of 8 years", None),
        ("2 to 3 years experience as a chef", 2),
        ("Een werkervaring van minimaal 2 jaar", 2),
        ("2+ anos de experiência", 2),
        ("1+ year of SQL", 1),
        ("Applicants must have held a licence for 2 years", None),
        ("5+ Jahre im Vertrieb", 5),
        ("Ten (10) years' experience", 10),
    ],
)
def test_years_of_experience(text, expected):
    found = experience(Passage("description", text))
    assert (found and found[0]) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Applications must be received by 5pm on 4 December 2026.", "2026-12-04"),
        ("Deadline for applications: 12/01/2027", "2027-01-12"),
        ("Please submit your CV by Friday, 8 January 2027", "2027-01-08"),
        ("The closing date for this vacancy is 30th November 2026", "2026-11-30"),
        ("Bewerbungsfrist: 15.01.2027", "2027-01-15"),
        ("Wir freuen uns auf deine Bewerbung bis zum 10. Dezember 2026", "2026-12-10"),
        ("Date limite : 15/12/2026", "2026-12-15"),
        ("Candidatures jusqu'au 31 décembre 2026", "2026-12-31"),
        ("Reageer vóór 1 januari 2027", "2027-01-01"),
        ("Fecha límite: 15 de diciembre de 2026", "2026-12-15"),
        ("Apply no later than January 5th, 2027", "2027-01-05"),
        ("This job closes on 2 Dec", "2026-12-02"),
        ("Start date: 1 February 2027", None),
        ("Applications reviewed on a rolling basis", None),
        ("Interviews will be held by 12 December 2026", None),
        ("Closing date 13.12.26", "2026-12-13"),
        ("Applications welcome until the end of January 2027", None),
        ("Apply today, start by 1 January 2027", None),
        ("Advert closes: Sunday 6th December 2026 at 23:59", "2026-12-06"),
        ("Vacancy open until 14 December 2026", "2026-12-14"),
        ("Expires 2026-12-24", "2026-12-24"),
    ],
)
def test_closing_date(text, expected):
    found = closing(Passage("description", text), frozenset({"GB"}), date(2026, 11, 21))
    assert (found and found[0].isoformat()) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("You must be based in the UK.", ("GB",)),
        ("We can hire in the US and Canada.", ("CA", "US")),
        ("Open to candidates in Germany", ("DE",)),
        ("US only", ("US",)),
        ("Must reside in Texas", ("US",)),
        ("UK-based candidates only", ("GB",)),
        ("We are based in Berlin, Germany.", ()),
        ("Our company is based in Sweden.", ()),
        ("Applicants must be located in the United States or Canada", ("CA", "US")),
        ("This role is open to residents of Spain.", ("ES",)),
        ("work from anywhere in the world", 250),
        ("Candidates must live in Ireland or the UK", ("GB", "IE")),
        ("anywhere in Europe", 53),
        ("within ±3 hours of CET", ()),
        ("You can be anywhere in the US", ("US",)),
        ("Remote across the EU", 27),
        ("eligible to work in Poland", ("PL",)),
        ("authorized to work in the US", ("US",)),
    ],
)
def test_eligible_countries(text, expected):
    """A number stands for how many, where they are a group."""
    given = Given(title="Clerk", company="Acme", locations=("Remote",))
    codes, _ = remote_countries(given, reading_of(given, text), Mode.REMOTE)
    assert (len(codes) if isinstance(expected, int) else codes) == expected
