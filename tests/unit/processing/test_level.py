"""Seniority of real titles."""

import pytest

from models.posting import Given, Level
from processing.evidence import reading_of
from processing.experience import experience
from processing.level import level


def read(title: str, text: str = "", **fields):
    given = Given(title=title, company="Acme", **fields)
    reading = reading_of(given, text)
    found = level(given, reading, experience(reading.description))
    return found[0] if found else None


@pytest.mark.parametrize(
    "title, expected",
    [
        ("Strategic Events Intern (Fall 2026)", Level.INTERN),
        ("Werkstudent Supply Chain Management & Logistik (w/m/div.)", Level.INTERN),
        ("Pflichtpraktikum im strategischen Einkauf", Level.INTERN),
        ("Supply and Demand Planner Internship", Level.INTERN),
        ("PROGRAMA DE ESTÁGIO SUPERIOR - SETEMBRO/2026", Level.INTERN),
        ("Internal Audit Lead", Level.SENIOR),
        ("(New Grad) Account Development Representative II - Atlanta", Level.JUNIOR),
        ("Embedded AI Software Engineer Junior", Level.JUNIOR),
        ("Launch Integration Engineer I", Level.JUNIOR),
        ("Embedded AI Software Engineer Mid-Level", Level.MID),
        ("Software Engineer II, Segment Optimization", Level.MID),
        ("Sr. Software Engineer II - IAM", Level.SENIOR),
        ("Welder III - B Shift ", Level.SENIOR),
        ("Senior Product Manager, DET", Level.SENIOR),
        ("Account Executive Sr", Level.SENIOR),
        ("Staff Backend Engineer - CI Services  ", Level.STAFF),
        ("Staff+ Software Engineer, Auth & Identity", Level.STAFF),
        ("Senior Staff Software Engineer, Core Infrastructure", Level.STAFF),
        ("Principal Software Engineer - PA058", Level.PRINCIPAL),
        ("Engineering Manager, Rider Loyalty", Level.MANAGER),
        ("Senior Manager, Engineering", Level.MANAGER),
        ("Manager, Software Engineering (App Experiences)", Level.MANAGER),
        ("Director, People Partners - Product, Design & Engineering", Level.DIRECTOR),
        ("Head of Engineering, Infrastructure & SRE", Level.DIRECTOR),
        ("Senior Art Director, Performance Innovation", Level.SENIOR),
        ("VP, Strategic Finance", Level.EXECUTIVE),
        ("SVP, Global Growth Systems", Level.EXECUTIVE),
        ("Vice President, Head of Business Controls", Level.EXECUTIVE),
        ("Chief Financial Officer", Level.EXECUTIVE),
        ("Chief of Staff, Online Grocery", None),
        ("Member of Technical Staff, Software Engineering", None),
        ("Staff Physician (IM/FM)", None),
        ("Account Executive - LATAM", None),
        ("Product Manager, Youth", None),
        ("Strategic Partner Manager", None),
        ("Machine Learning Engineer", None),
        ("Electrician II/III - Nights", Level.MID),
        ("Java Developer (Mid/Senior)", Level.MID),
        ("Senior/Staff Data Engineer", Level.SENIOR),
        ("Support Engineer 2", Level.MID),
        ("Developer L3", Level.SENIOR),
        ("Nurse, Shift 2", None),
        ("World War II Historian", None),
        ("Finance Manager", None),
        ("People Operations Manager", None),
        ("Senior Marketing Manager", Level.SENIOR),
        ("Marketing Manager - West", None),
        ("Manager, Marketing", Level.MANAGER),
        ("Warehouse Supervisor", Level.MANAGER),
        ("Restaurant Manager", Level.MANAGER),
        ("Filialleiter (m/w/d)", Level.MANAGER),
        ("Regional Director", Level.DIRECTOR),
        ("Executive Assistant to the CEO", None),
        ("Founder's Associate", None),
        ("Postdoctoral Fellow", None),
        ("Auszubildender Elektroniker (m/w/d)", Level.INTERN),
        ("Mid-Market Account Executive", None),
        ("Lead Generation Specialist", None),
    ],
)
def test_titles(title, expected):
    assert read(title) is expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("You bring 0-1 years of experience.", Level.JUNIOR),
        ("You have 3+ years of professional software experience", Level.MID),
        ("At least 7 years experience", Level.SENIOR),
        ("15 years of experience as a company", None),
        ("founded 3 years ago", None),
        ("3+ years of experience preferred", None),
        ("12+ years of experience", None),
    ],
)
def test_years_in_the_description(text, expected):
    assert read("Engineer", text) is expected


def test_the_title_goes_before_the_description():
    assert read("Senior Engineer", "1 year of experience") is Level.SENIOR


def test_what_the_source_states_wins():
    assert read("Senior Engineer", level=Level.JUNIOR) is Level.JUNIOR
