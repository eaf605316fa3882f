"""Seniority of real titles."""

import pytest

from models.posting import Given, Level
from processing.evidence import reading_of
from processing.facts.experience import experience
from processing.facts.level import level


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
        ("Head of Internships", Level.DIRECTOR),
        ("Director, Internship Programs", Level.DIRECTOR),
        ("VP, Apprenticeship Programmes", Level.EXECUTIVE),
        ("Recruiter - Internships & Early Careers", None),
        ("Recruiter - Internship", Level.INTERN),
        ("Software Engineering Internships 2027", Level.INTERN),
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
        ("Mgr, Inside Sales", Level.MANAGER),
        ("Pricing Strategy, Manager/Senior Manager", Level.MANAGER),
        ("Product Senior Manager", Level.MANAGER),
        ("Enterprise Sales Leader", Level.MANAGER),
        ("Sales Manager Benelux", Level.MANAGER),
        ("Post Production Line Lead", Level.MANAGER),
        ("XX_YY_Area Sales Manager_ Pune", Level.MANAGER),
        ("XX_YY_Senior Engineer_Z", Level.SENIOR),
        ("Software Engineering SMTS", Level.SENIOR),
        ("Technical Architect/Senior Technical Architect", None),
        ("Engineer / Senior Engineer", None),
        ("Bauleiter (m/w/d)", Level.MANAGER),
        ("Sachbearbeitung Bauleitplanung", None),
        ("Stage de fin d'études - NLP", Level.INTERN),
        ("Assistant de gestion en alternance", Level.INTERN),
        ("Trainee Buyer", Level.INTERN),
    ],
)
def test_titles(title, expected):
    assert read(title) is expected


@pytest.mark.parametrize(
    "title",
    [
        "Internship Coordinator",
        "Internship Program Manager",
        "Intern Program Coordinator",
        "Coordinator, Internships",
        "Apprentice Trainer",
        "Apprenticeship Assessor",
        "Praktikantenbetreuer (m/w/d)",
        "Graduate Admissions Officer",
        "Graduate School Advisor",
        "Graduate Recruiter",
        "Early Careers Recruiter",
        "Junior School Teacher",
        "Junior High Science Teacher",
        "Director's Assistant",
        "Assistant to the CEO",
        "PA to the Managing Director",
        "Executive Assistant to the Vice President",
        "CEO Office Associate",
        "Associate, Office of the President",
        "Principal's Secretary",
        "Assistant Principal",
        "Principal Investigator",
        "Executive Chef",
        "Head Waiter",
        "Head Chef",
        "Lead Generation Specialist",
        "Lead Gen Associate",
        "Lead Acid Battery Technician",
        "Staff Nurse",
        "Staff Accountant",
        "Staff Training Coordinator",
        "Chief of Staff",
        "Chief of Staff to the CEO",
        "Senior Living Aide",
        "Senior Care Assistant",
        "Senior Center Cook",
        "Partner Manager",
        "Product Manager",
        "Account Director",
        "Office Manager",
        "Stage Manager",
    ],
)
def test_ranks_of_others_and_words_that_are_none(title):
    assert read(title) is None


@pytest.mark.parametrize(
    "title, expected",
    [
        ("Apprentice Electrician", Level.INTERN),
        ("Graduate Engineer", Level.JUNIOR),
        ("Graduate Programme Analyst", Level.JUNIOR),
        ("Junior Teacher", Level.JUNIOR),
        ("Early Career Engineer", Level.JUNIOR),
        ("Junior Sous Chef", Level.JUNIOR),
        ("Senior Carer", Level.SENIOR),
        ("Senior Staff Nurse", Level.SENIOR),
        ("Senior Services Engineer", Level.SENIOR),
        ("Senior Community Manager", Level.SENIOR),
        ("Senior Residential Engineer", Level.SENIOR),
        ("Staff Development Engineer", Level.STAFF),
        ("Trainee Recruitment Consultant", Level.INTERN),
        ("Graduate Programme 2027 - Finance", Level.JUNIOR),
        ("Senior Assistant to the Director", Level.SENIOR),
        ("Lead Teacher", Level.SENIOR),
        ("Staff Software Engineer", Level.STAFF),
        ("Head of Lead Generation", Level.DIRECTOR),
        ("Director of Graduate Admissions", Level.DIRECTOR),
        ("Associate Director of Nursing", Level.DIRECTOR),
        ("Vice President, Senior Living", Level.EXECUTIVE),
    ],
)
def test_the_same_words_where_they_are_ranks(title, expected):
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
