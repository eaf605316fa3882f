"""Security clearance: required, not required, or nothing said, in the words of real adverts."""

import time

import pytest

from models.posting import Clearance, Given
from processing.evidence import reading_of
from processing.facts.clearance import clearance

REQUIRED, NOT_REQUIRED = Clearance.REQUIRED, Clearance.NOT_REQUIRED


def read(text, title="Engineer"):
    return clearance(reading_of(Given(title=title, company="Acme"), text))


@pytest.mark.parametrize(
    "text",
    [
        "Must be able to obtain and maintain a Secret clearance.",
        "Ability to obtain and maintain a U.S. Top Secret security clearance.",
        "Active TS/SCI clearance with polygraph required.",
        "Active TS/SCI with CI polygraph",
        "U.S. citizenship and an active Secret clearance are required to be considered.",
        "Eligible to obtain and maintain an active U.S. Secret security clearance",
        "Must hold current SC clearance.",
        "You must be SC cleared or willing to undergo SC clearance.",
        "Due to the nature of the work, applicants must hold DV clearance.",
        "This role requires Developed Vetting.",
        "Security clearance: SC",
        "Clearance Level: Top Secret",
        "Secret security clearance",
        "You must be able to obtain a Level II (Secret) clearance from the Government of Canada.",
        "Security Clearance Required: Yes",
        "Applicants without an active clearance will not be considered.",
        "You will need to be eligible for security clearance.",
        "Candidates must be able to gain BPSS clearance.",
        "The successful candidate will be subject to security clearance.",
        "Must possess an active clearance.",
        "No clearance is needed to start, but you must be able to obtain one.",
        "A clearance is not required at the time of hire, but eligibility to obtain one is.",
        "Active Secret clearance required; Top Secret preferred.",
        "Secret clearance required, polygraph a plus.",
        "Positive Vetting clearance is mandatory.",
        "Australian citizens with an active NV1 clearance",
        "Bereitschaft zur Sicherheitsüberprüfung (Ü2) nach SÜG",
        "Eine erfolgreiche Sicherheitsüberprüfung ist erforderlich.",
        "Requirements:\nActive Secret clearance",
        "Preferred qualifications:\nPython\nRequirements:\nActive Secret clearance",
    ],
)
def test_required(text):
    found = read(f"We build radar.\n{text}\nWe offer tea.")
    assert found is not None
    assert found[0] is REQUIRED


@pytest.mark.parametrize(
    "text",
    [
        "No clearance required.",
        "No security clearance is required for this role.",
        "Security clearance is not required.",
        "This position does not require a security clearance.",
        "You don't need security clearance for this job.",
        "Security Clearance: None",
        "Clearance required: No",
        "You do not need to hold clearance to join, and many never go through it.",
        "Security clearance preferred but not required.",
        "Eine Sicherheitsüberprüfung ist nicht erforderlich.",
    ],
)
def test_not_required(text):
    found = read(f"We build radar.\n{text}\nWe offer tea.")
    assert found is not None
    assert found[0] is NOT_REQUIRED


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Active Secret clearance preferred.",
        "A TS/SCI clearance is a plus.",
        "Security clearance would be an advantage.",
        "Ideally you already hold SC clearance.",
        "Do you hold a security clearance?",
        "If you hold a security clearance, let us know.",
        "Some positions may require a security clearance.",
        "Nice to have:\nActive Secret clearance\nRust",
        "Preferred Qualifications\n• Active TS/SCI clearance",
        "You will help our customers with top secret clearance programmes.",
        "Experience with security clearance processes.",
        "You must know customs clearance and import rules.",
        "Manage customs clearance, including required documents.",
        "Work the clearance sale and keep the clearance racks tidy.",
        "Seller clearance required before listing.",
        "Must obtain medical clearance before the first shift.",
        "Pennsylvania child abuse clearance required.",
        "You must get regulatory clearance for our devices.",
        "You keep the secret of our sauce and maintain the ovens.",
        "Clear communication is required.",
        "We cleared the backlog; the rest is required reading.",
        "Vorteilhaft, aber kein Muss: Erfahrung mit Freigaben.",
    ],
)
def test_nothing_said(text):
    assert read(text) is None


@pytest.mark.parametrize(
    "title, expected",
    [
        ("SC Cleared Java Developer", REQUIRED),
        ("DevOps Engineer (DV Cleared)", REQUIRED),
        ("Systems Engineer, TS/SCI", REQUIRED),
        ("Software Engineer - Active Secret Clearance Required", REQUIRED),
        ("Analyst (No Security Clearance Required)", NOT_REQUIRED),
        ("Customs Clearance Specialist", None),
        ("Security Clearance Coordinator", None),
        ("Clearance Sales Associate", None),
        ("Executive Secretary", None),
    ],
)
def test_titles(title, expected):
    found = read("", title)
    assert (found and found[0]) == expected


def test_the_sentence_is_quoted_whole():
    text = "Great team.\nYou must hold a U.S. Secret clearance. Apply now."
    _, evidence = read(text)
    assert (evidence.field, evidence.by) == ("description", "clearance@3")
    assert evidence.text == "You must hold a U.S. Secret clearance."
    assert text[evidence.start : evidence.end] == evidence.text


def test_the_first_sentence_that_decides_counts():
    text = "A Top Secret clearance is a plus. A Secret clearance is required. No clearance needed."
    found, evidence = read(text)
    assert (found, evidence.text) == (REQUIRED, "A Secret clearance is required.")


def test_the_title_comes_before_the_description():
    found, evidence = read("No clearance required.", "SC Cleared Tester")
    assert (found, evidence.field) == (REQUIRED, "title")


@pytest.mark.parametrize(
    "text",
    [
        "clearance " * 10_000,
        "TS/SCI/" * 14_000,
        "no " * 33_000,
        "secret-secret " * 7_000,
        "." * 100_000,
    ],
    ids=["word", "levels", "no", "kinds", "points"],
)
def test_a_hostile_text_takes_no_long_time(text):
    began = time.perf_counter()
    read(text)
    assert time.perf_counter() - began < 2
