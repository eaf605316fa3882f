"""The last day to apply, as texts state it."""

from datetime import date

import pytest

from processing.evidence import Passage
from processing.facts.closing import closing

POSTED = date(2026, 11, 21)


def read(text: str, *countries: str):
    found = closing(Passage("description", text), frozenset(countries), POSTED)
    if found is None:
        return None
    day, evidence = found
    assert text[evidence.start : evidence.end] == evidence.text
    return day


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Apply by 15 January 2027.", date(2027, 1, 15)),
        ("Closing date: noon, Monday 11 January 2027", date(2027, 1, 11)),
        ("Posting closes December 18, 2026 at 11:59 p.m.", date(2026, 12, 18)),
        ("Application deadline: 2027-01-31", date(2027, 1, 31)),
        ("Bewerbungsschluss: 31.12.2026.", date(2026, 12, 31)),
        ("Bewerben Sie sich bis zum 5. Januar 2027", date(2027, 1, 5)),
        ("Envoyez votre CV jusqu'au 8 janvier 2027 inclus", date(2027, 1, 8)),
        ("Plazo hasta el 20 de enero de 2027", date(2027, 1, 20)),
        ("Solliciteer uiterlijk op 10 januari 2027", date(2027, 1, 10)),
        ("Applications close on 3rd December", date(2026, 12, 3)),
        ("Apply before 10 January", date(2027, 1, 9)),
        ("Apply before 8 February 2027 with a letter", date(2027, 2, 7)),
        ("Candidature avant le 31 janvier 2027 minuit", date(2027, 1, 31)),
        ("Candidature avant le 31/01/2027 inclus", date(2027, 1, 31)),
        ("Envíanos tu CV antes del 20 de enero de 2027.", date(2027, 1, 19)),
        ("Write to Mette before 1 March 2027 – we read on Fridays.", date(2027, 2, 28)),
        ("We'd like your letter before or on 3 January 2027.", date(2027, 1, 3)),
        ("Tell us why by Friday 18 December 2026.", date(2026, 12, 18)),
        ("CVs by 8 January 2027, please.", date(2027, 1, 8)),
        ("Portfolio links only, please, by 18 December 2026.", date(2026, 12, 18)),
        ("Selection is ongoing; latest by 17 January 2027.", date(2027, 1, 17)),
        ("The ad comes down on Sunday 13th December 2026.", date(2026, 12, 13)),
        ("Envoie ton CV avant la fin du mois de janvier.", date(2027, 1, 31)),
        ("Escríbenos antes de que acabe el 20 de diciembre de 2026", date(2026, 12, 20)),
        ("Candidature pour le 5 février 2027 au plus tard.", date(2027, 2, 5)),
        ("Schick uns deinen Lebenslauf bis 15.01.2027", date(2027, 1, 15)),
        ("Mail je cv voor 1 februari 2027", date(2027, 1, 31)),
        ("Opening date: November 9, 2026\nClosing date: December 14, 2026", date(2026, 12, 14)),
    ],
)
def test_closing_dates(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Interviews begin on 18 January 2027.",
        "Contrato temporal hasta el 7 de enero",
        "CDD du 1er février au 31 juillet 2027",
        "We closed our Series B on 12 March 2026.",
        "Closing date: 31 February 2027",
        "Apply by 15 January 2025",
        "Apply soon: we have 31 offices",
        "Applications received by 01/28/2027 will receive full consideration.",
        "Apply by 8 January 2027; the position is open until filled.",
        "You write reports by 5 each evening.",
        "Deadline driven: you deliver by 31 March 2027",
        "You apply IFRS 17 by 1 January 2027",
        "",
    ],
)
def test_other_dates(text):
    assert read(text) is None


def test_a_date_in_numbers_is_read_as_the_country_does():
    text = "Apply by 03/04/2027"
    assert read(text, "US") == date(2027, 3, 4)
    assert read(text, "GB") == date(2027, 4, 3)
    assert read(text) is None
    assert read("Apply by 25/01/2027") == date(2027, 1, 25)
    assert read("Closing date: 12/31/2026", "GB") == date(2026, 12, 31)
