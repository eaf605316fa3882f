"""Employment, visa, roles, skills and language: small parsers, by table."""

import pytest

from models.posting import EmploymentType, Given, Visa
from processing.evidence import Passage, reading_of
from processing.facts.employment import employment_type
from processing.facts.language import language
from processing.facts.roles import roles
from processing.facts.skills import skills
from processing.facts.visa import visa


def reading(title="Engineer", text="", locations=(), **fields):
    given = Given(title=title, company="Acme", locations=locations, **fields)
    return given, reading_of(given, text)


@pytest.mark.parametrize(
    "title, text, expected",
    [
        ("Praktikum im Bereich Marketing", "", EmploymentType.INTERNSHIP),
        ("Seasonal Operations Specialist", "", EmploymentType.TEMPORARY),
        ("Client Account Manager - 8 month Fixed Term Contract", "", EmploymentType.CONTRACT),
        ("Senior Designer (Contract)", "", EmploymentType.CONTRACT),
        ("Contract Manager", "", None),
        ("Contracts Counsel", "", None),
        ("Fahrer (m/w/d) Teilzeit", "", EmploymentType.PART_TIME),
        ("Nurse, full-time", "", EmploymentType.FULL_TIME),
        ("Nurse", "This is a full-time position.", EmploymentType.FULL_TIME),
        ("Nurse", "This is a 6-month contract.", EmploymentType.CONTRACT),
        ("Nurse", "You negotiate contracts full of time.", None),
        ("Nurse", "Employment type: part-time", EmploymentType.PART_TIME),
        ("Nurse", "Permanent, full time.\nBenefits and a pension.", EmploymentType.FULL_TIME),
        ("Nurse", "Unbefristete Stelle in Vollzeit", EmploymentType.FULL_TIME),
        ("Nurse", "Stelle in Vollzeit oder Teilzeit", None),
        ("Nurse", "Full-time; part-time is possible.", EmploymentType.FULL_TIME),
        ("Nurse", "Part-time is possible.", None),
        ("Nurse", "Insurance for all full-time employees.", None),
        ("Nurse", "A team of 20 full-time equivalents", None),
        ("Nurse", "CDD de 6 mois, à temps plein", EmploymentType.CONTRACT),
        ("Nurse", "Type: Seasonal, through March", EmploymentType.TEMPORARY),
        ("Nurse", "£500/day, outside IR35", EmploymentType.CONTRACT),
        ("Nurse", "You know labour law for contracts and B2B sales.", None),
        ("Alternance - Vendeur (H/F)", "", EmploymentType.INTERNSHIP),
        ("Buchhalter (befristet)", "", EmploymentType.CONTRACT),
    ],
)
def test_employment(title, text, expected):
    found = employment_type(*reading(title, text))
    assert (found and found[0]) == expected


@pytest.mark.parametrize(
    "title, stated, expected",
    [
        ("Engineer", EmploymentType.FULL_TIME, EmploymentType.FULL_TIME),
        ("Engineer (Part-time)", EmploymentType.CONTRACT, EmploymentType.CONTRACT),
        ("Intern", EmploymentType.FULL_TIME, EmploymentType.INTERNSHIP),
        ("Werkstudent Logistik", EmploymentType.PART_TIME, EmploymentType.INTERNSHIP),
        ("Apprenti(e) Vente H/F", EmploymentType.CONTRACT, EmploymentType.INTERNSHIP),
        ("Driver (Temporary)", EmploymentType.FULL_TIME, EmploymentType.TEMPORARY),
        ("Developer (1-year contract)", EmploymentType.FULL_TIME, EmploymentType.CONTRACT),
        ("Seasonal Clerk", EmploymentType.PART_TIME, EmploymentType.PART_TIME),
        ("Internship Coordinator", EmploymentType.FULL_TIME, EmploymentType.FULL_TIME),
    ],
)
def test_stated_employment_wins_but_for_what_a_title_knows_better(title, stated, expected):
    found = employment_type(*reading(title, employment_type=stated))
    assert found[0] is expected
    assert found[1].field == ("employment_type" if expected is stated else "title")


@pytest.mark.parametrize(
    "text, expected",
    [
        ("We do not sponsor visas.", Visa.REFUSED),
        ("Must be authorized to work in the US without sponsorship.", Visa.REFUSED),
        ("Candidates need the right to work in the UK; we cannot sponsor.", Visa.REFUSED),
        ("This position is not eligible for visa sponsorship.", Visa.REFUSED),
        ("No visa sponsorship", Visa.REFUSED),
        ("Visa sponsorship is available for this role.", Visa.OFFERED),
        ("We offer visa support and relocation.", Visa.OFFERED),
        ("We sponsor H-1B visas for qualified candidates.", Visa.OFFERED),
        (
            "Visa sponsorship: We do sponsor visas! However, we aren't able to successfully"
            " sponsor visas for every role.",
            Visa.OFFERED,
        ),
        ("Will you now or in the future require visa sponsorship?", None),
        ("At the moment we cannot sponsor work permits.", Visa.REFUSED),
        ("We sponsor visas, so do not let that stop you.", Visa.OFFERED),
        ("We help with relocation, but offer no visa sponsorship.", Visa.REFUSED),
        ("Skilled Worker visa sponsorship, for the right person", Visa.OFFERED),
        ("Wir unterstützen dich beim Visum.", Visa.OFFERED),
        ("Do you now, or will you, require visa sponsorship", None),
        ("We proudly sponsor local sports events.", None),
        ("We work with the sponsors of clinical trials.", None),
        ("Our payments team supports Visa and Mastercard.", None),
        ("", None),
    ],
)
def test_visa(text, expected):
    found = visa(Passage("description", text))
    assert (found and found[0]) == expected


def test_the_clause_on_visas_is_quoted_whole():
    text = "Great team.\nSadly, we are unable to sponsor visas for this role. Apply now."
    _, evidence = visa(Passage("description", text))
    assert evidence.text == "Sadly, we are unable to sponsor visas for this role."
    assert text[evidence.start : evidence.end] == evidence.text


@pytest.mark.parametrize(
    "title, expected",
    [
        ("Staff Machine Learning Engineer, Ads", ("machine learning engineer",)),
        ("Senior Software Engineer, Frontend (App Experience)", ("frontend engineer",)),
        ("Staff Software Engineer, Core Infrastructure", ("software engineer",)),
        ("Manager, Product - Code (London)", ("product manager",)),
        ("Sr. Manager, Product Marketing", ("product marketing manager",)),
        ("Nurse Practitioner or Physician Assistant", ("physician", "nurse")),
        ("Engineering Manager, Rider Loyalty", ("engineering manager",)),
        ("Welder III - B Shift", ("technician",)),
        ("Mercurial", ()),
    ],
)
def test_roles(title, expected):
    found, evidence = roles(Passage("title", title))
    assert found == expected
    assert all(title[e.start : e.end] == e.text for e in evidence)


def test_listed_skills_come_first_and_unknown_ones_stay():
    given, passages = reading("Python Engineer", "Go and Kubernetes", skills=("k8s", "Fencing"))
    found, evidence = skills(given, passages)
    assert found == ("Kubernetes", "Fencing", "Python", "Go")
    assert [(e.field, e.text) for e in evidence] == [
        ("skills", "k8s"),
        ("skills", "Fencing"),
        ("title", "Python"),
        ("description", "Go"),
    ]


def test_language_of_the_description_before_the_title():
    text = "Wir suchen für unser Team in Berlin eine Entwicklerin mit Erfahrung."
    code, evidence = language(reading("Software Engineer", text)[1])
    assert (code, evidence.field) == ("de", "description")
    assert language(reading("Software Engineer")[1]) is None
