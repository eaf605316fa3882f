"""Skills of a job, and those that a description only mentions."""

import pytest

from models.posting import Given
from processing.evidence import reading_of
from processing.facts.skills import skills


def read(text: str, title: str = "Clerk") -> set[str]:
    given = Given(title=title, company="Acme Systems")
    found, evidence = skills(given, reading_of(given, text))
    assert len(found) == len(evidence)
    return set(found)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("You know Python and Kubernetes", {"Python", "Kubernetes"}),
        ("Our stack: Go, PostgreSQL", {"Go", "PostgreSQL"}),
        ("Rust; we looked at React and said no", set()),
        ("We dropped Angular two years ago", set()),
        ("SQL (not required, but a plus), Excel", {"SQL", "Excel"}),
        ("Danish is not required", set()),
        ("Not only Python but also Java", {"Python", "Java"}),
        ("Degree in physics or statistics", set()),
        ("Degree in physics and two years of experience in accounting", {"Accounting"}),
        ("Health insurance and a pension", set()),
        (
            "Experience in health insurance, insurance and underwriting",
            {"Insurance", "Underwriting"},
        ),
        ("Salary: $80,000 CAD", set()),
        ("OTE CAD 190,000", set()),
        ("Competitors such as Zendesk do it for all. You know Jira.", {"Jira"}),
        ("You know SQL. Perks: yoga, a barista and French classes.", {"SQL"}),
        ("Fluent English isn't vital", set()),
        ("A law degree is welcome, as is Spanish", {"Spanish"}),
        ("You draw in CAD", {"CAD"}),
        ("Selenium WebDriver with Java", {"Selenium", "Java"}),
        ("Run FMEAs and close CAPAs", {"FMEA", "CAPA"}),
        ("Employed through our Irish, German or Polish companies", set()),
        ("For our client, a Danish e-commerce group. You speak Danish", {"Danish"}),
        ("A civil or environmental engineering degree", set()),
        ("Grado en Biología o similar; SAS", {"SAS"}),
        ("Immatrikuliert in Informatik oder Mathematik", set()),
        ("School of Nursing and Midwifery", set()),
        ("Acme builds forecasting software for grocers.", set()),
        ("Acme's stack is Java; you build services in Java", {"Java"}),
        ("Acme Systems certified to ISO 27001. You audit against ISO 27001", {"ISO 27001"}),
        ("Pair with the Android team. You write Swift", {"Swift"}),
        ("We'll teach you the rest; SQL", {"SQL"}),
        (
            "About Acme\nWe lend\nWhat will you do?\nWrite SQL and read statistics",
            {"SQL", "Statistics"},
        ),
        ("You work beside data engineers and our recruiters", set()),
        ("Acme is the CRM for florists.", set()),
        ("About us\nWe sell payroll and accounting\nRequirements\nExcel", {"Excel"}),
        ("Benefits:\nSpanish classes\nWhat you bring\nGerman", {"German"}),
        ("About you\nYou speak French", {"French"}),
        (
            "Unit tests with Cypress and Jest in TypeScript",
            {"Unit Testing", "Cypress", "Jest", "TypeScript"},
        ),
        ("In spring 2027 we excel and go to market swiftly", set()),
        ("R&D and vitamin C", set()),
        ("SAS and, more and more, R", {"SAS", "R"}),
        ("A mixture of C on bare metal and modern C++", {"C", "C++"}),
        ("The back end is Java, but you won't have to touch it", set()),
        ("Vue 3 (tu n'auras pas à y toucher)", set()),
        ("A Node.js back end that someone else looks after, and maps in SQLite", {"SQLite"}),
        ("Somebody else wrote the Perl scripts", set()),
        ("German and good English; Norwegian can come later", {"German", "English"}),
        (
            "Dashboards in Looker, and SQL on Snowflake when Looker isn't enough",
            {"Looker", "SQL", "Snowflake"},
        ),
        ("We know that Java isn't JavaScript", set()),
        ("What you'll get to do:\nModels in MATLAB", {"MATLAB"}),
        ("What you'll get:\nSpanish classes", set()),
        ("Salary: up to 46k\nCharting in Cerner and good German", {"Cerner", "German"}),
        ("You bring\nregistration without conditions\nfirst aid and CPR", {"First Aid", "CPR"}),
        ("You track visa applications in our CRM", {"CRM"}),
        ("You gather notes from nurses, teachers and pharmacists", set()),
        ("Routine in DATEV (Acme-Modul)", {"DATEV"}),
        ("Sourcing on LinkedIn Recruiter", {"LinkedIn"}),
        ("Three years as a technical writer", {"Technical Writing"}),
        ("Erfahrung als Systemadministrator", {"System Administration"}),
        ("You gather notes from technical writers", set()),
        ("Formal training as well as recruiters who care", set()),
        ("Run payroll\nPayroll for 25 staff in an office", {"Payroll"}),
        ("Procurement of spare parts", {"Procurement"}),
        ("You plan with payroll and with sales of all sites", set()),
        ("Conocimientos de nóminas", {"Payroll"}),
        (
            "Je houdt contact met klanten\nGoede beheersing van Engels en Duits",
            {"English", "German"},
        ),
        ("Point of contact for users\nSQL and Excel", {"SQL", "Excel"}),
        ("We build payment systems in Go, Python and PostgreSQL.", {"Go", "Python", "PostgreSQL"}),
        ("We make and sell Docker.", set()),
    ],
)
def test_of_a_description(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    "title, expected",
    [
        ("Data Scientist", {"Data Science"}),
        ("Senior Security Engineer", {"Cybersecurity"}),
        ("Recruiter", {"Recruiting"}),
        ("Pflegefachkraft (m/w/d)", {"Nursing"}),
        ("Comptable général H/F", {"Accounting"}),
        ("Product Manager", {"Product Management"}),
        ("Software Engineer", set()),
        ("Account Executive", set()),
    ],
)
def test_of_a_title(title, expected):
    assert read("", title) == expected


def test_what_the_title_names_is_believed_in_the_text():
    text = "Build our presence service (Elixir, Phoenix) in a small team."
    assert read(text) == set()
    assert {"Elixir"} <= read(text, "Elixir Engineer")


def test_a_word_of_the_employers_name_is_none_of_its_skills():
    given = Given(title="Caregiver", company="Juniper Grove Memory Care")
    text = "Juniper Grove is a home for elders. You set up Juniper routers"
    assert set(skills(given, reading_of(given, text))[0]) >= {"Juniper"}
    alone = "Juniper Grove is a home for elders."
    assert "Juniper" not in skills(given, reading_of(given, alone))[0]
