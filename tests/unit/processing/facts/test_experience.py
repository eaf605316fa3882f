"""Years of experience in running text: what is asked for, and what is something else."""

import pytest

from processing.evidence import Passage
from processing.facts.experience import experience


def read(text: str):
    found = experience(Passage("description", text))
    if found is None:
        return None
    years, evidence, required = found
    assert text[evidence.start : evidence.end] == evidence.text
    return years, required


@pytest.mark.parametrize(
    "text, years",
    [
        ("5+ years of experience with Java", 5),
        ("Work alongside our engineers. At least 3 years of experience", 3),
        ("You have worked alongside designers, with at least 3 years of experience", 3),
        ("Experience of working with Java, with 3+ years of experience", 3),
        ("3-5 years building web services", 3),
        ("At least two years in retail", 2),
        ("Minimum one year of acute care experience", 1),
        ("Six years' experience in trials", 6),
        ("0 - 1 year experience", 0),
        ("three (3) years of related experience, or seven (7) years in lieu of a degree", 3),
        ("18 months of verifiable driving experience", 1.5),
        ("Mindestens drei Jahre Berufserfahrung", 3),
        ("Expérience de 4 ans minimum", 4),
        ("Al menos 2 años de experiencia", 2),
        ("Minimaal vijf jaar werkervaring", 5),
        ("You have worked with Rust for two years or more", 2),
        ("We are looking for someone with 4+ years of experience", 4),
        ("4-7 years PQE", 4),
        ("8+ years of experience.\n2+ years of experience leading teams.", 2),
        ("5 to 8 years in a law firm or in-house, preferably maritime", 5),
        ("At least 4 years in business intelligence", 4),
        ("At least two years running shifts in a restaurant", 2),
        ("A couple of years in telecommunications", 2),
        ("One year or more in software support or at an accounting firm", 1),
        ("8 years or thereabouts of database administration", 8),
        ("Product management for consumer products, four years or longer", 4),
        ("0–3 years after the PhD", 0),
        ("18 months to 3 years in life insurance", 1.5),
        ("Six months to a year as an assistant", 0.5),
        ("Minimaal een half jaar ervaring in een magazijn", 0.5),
        ("10+ years", 10),
        ("Requires 7 years in data engineering", 7),
        ("Tres años traduciendo textos técnicos", 3),
        ("Tres años o más desarrollando para Android", 3),
        ("Drei bis fünf Jahre Praxis im Einzelhandel, davon mindestens ein Jahr als Leitung", 3),
        ("have programmed for a living for four years or longer", 4),
        ("one to two years post-grad, in aged care (graduates who did it with us may apply)", 1),
        ("having performed the work for about two years", 2),
        ("B.E. in ECE, 8-12 yrs in wireless protocol stack development", 8),
        ("PhD in biochemistry or related with 0-2 years, or MS with 5+ years", 0),
        ("BSEE and 8+ years.", 8),
        ("have 3–5 years with NAV or another ERP", 3),
        ("3+ years CSV in GMP manufacturing", 3),
        ("4 yrs min. as developer", 4),
        ("You have two to three years in a shared service setting", 2),
        ("1–2 years' experience with accounting under US GAAP", 1),
        ("Qualified solicitor in England & Wales, 4–7 PQE", 4),
        ("We ask for 7+ years supporting leaders in finance or law", 7),
        ("12–24 months in a similar gig is plenty", 1),
        ("We're after someone with a year or two on pastry", 1),
        ("We hope for four years in rev ops", 4),
        ("Background: five-plus years in compensation and benefits", 5),
        ("You will likely have run operations at a club for five years or more", 5),
    ],
)
def test_years(text, years):
    assert read(text) == (years, True)


@pytest.mark.parametrize(
    "text",
    [
        "We have 15 years of experience in logistics.",
        "Seit über 12 Jahren bauen wir Pressen.",
        "Founded 7 years ago",
        "You have lived in the UK for the past five years",
        "A two-year contract",
        "Equity vests over four years.",
        "You are 18 years or older.",
        "Salary is paid in 13 months",
        "With 40 years of experience behind it, the firm grows.",
        "DKK 52,000–62,000 a month before tax, depending on experience",
        "$90,000 a year, depending on experience",
        "3 years in a row we won the prize for our work",
        "Two years running we were the best employer",
        "40 years in business",
        "4 years of college or equivalent",
        "1 year warranty on tools",
        "10+ years and growing",
        "15+ years young, still independent",
        "We have 3 years of runway",
        "We have two to three years in our plan",
        "Offices in Ghent, 12-15 years ago a mill",
        "Within your first year you lead",
        "You'll be mentored by engineers with 15+ years of experience",
        "You will work alongside engineers who have 10+ years of experience",
        "Learn from a founder who has over 12 years of experience",
        "You'll work with colleagues who bring at least 8 years of experience",
        "",
    ],
)
def test_other_years(text):
    assert read(text) is None


def test_what_is_only_welcome_is_told_apart():
    assert read("3+ years of experience preferred") == (3, False)
    assert read("Ideally 2+ years in data science") == (2, False)
    assert read("5+ years in AML, preferably within banking") == (5, True)


def test_what_is_required_goes_before_what_is_welcome():
    assert read("1 year of experience is a plus\n4 years of experience") == (4, True)
