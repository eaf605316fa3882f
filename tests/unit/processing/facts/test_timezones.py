"""Limits of the time zones in which a remote job is worked."""

from datetime import date

import pytest

from models.posting import Given, Mode
from processing.derive import derive
from processing.evidence import reading_of
from processing.facts.timezones import utc_offsets


def read(*, line="", title="Clerk", text="", mode=Mode.REMOTE):
    given = Given(title=title, company="Acme", locations=(line,) if line else ())
    found = utc_offsets(reading_of(given, text), mode)
    if found is None:
        return None
    offsets, evidence = found
    shown = {"location": line, "title": title, "description": text}[evidence.field]
    assert shown[evidence.start : evidence.end] == evidence.text
    return offsets


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Your working day should be within ±2 hours of CET.", (-1, 3)),
        ("You are located within two hours of CET.", (-1, 3)),
        ("We work CET +/- 3 hours.", (-2, 4)),
        ("You work in US time zones.", (-8, -5)),
        ("Must be available during European business hours.", (0, 2)),
        ("Candidates in time zones from EST to PST", (-8, -5)),
        ("Time zone: UTC-5 to UTC-8", (-8, -5)),
        ("You work between UTC−3 and UTC+3.", (-3, 3)),
        ("We need at least 4 hours of overlap with CET.", (-3, 5)),
        ("You can be anywhere as long as you overlap four hours with CET.", (-3, 5)),
        ("40 hours a week, 4 of them overlapping with US Eastern Time every day", (-9, -1)),
        ("Provided you're online 09:00-17:00 CET", (1, 1)),
        ("Core hours overlap with IST (UTC+5:30).", (-1.5, 12.5)),
        ("You work Eastern Time hours.", (-5, -5)),
        ("Work hours are 9am-5pm PT/ET", (-8, -5)),
        ("Closing date: 18 December 2026, 23:59, Pacific Time", None),
        ("Interviews take place in the CET time zone.", None),
        ("Die Arbeit ist 100 % remote, in der Zeitzone CET ±2 Stunden.", (-1, 3)),
        ("Le poste est en télétravail complet, fuseau horaire CET ± 2 heures.", (-1, 3)),
        ("We work 9 to 15 CET and eat lunch together online.", (1, 1)),
        ("In İstanbul or elsewhere, within ±2 hours of CET.", (-1, 3)),
        ("Applications close at 17:00 CET.", None),
        ("We use WET chemistry and EST markers.", None),
        ("It is time to work on European roads.", None),
        ("You work 40 hours.", None),
        ("You process data in real time.", None),
    ],
)
def test_limits_in_a_text(text, expected):
    assert read(text=text) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Remote, EST", (-5, -5)),
        ("Remote (US time zones)", (-8, -5)),
        ("Remote - CET ±2", (-1, 3)),
        ("Remote, UTC+2", (2, 2)),
        ("Remote (UTC-5 to UTC-8)", (-8, -5)),
        ("Remote - US", None),
        ("Tallinn, Estonia", None),
    ],
)
def test_limits_in_a_location_line(line, expected):
    assert read(line=line) == expected


def test_a_limit_in_the_title():
    assert read(title="Support Engineer (Remote, APAC hours)") == (5.5, 12)


def test_only_a_remote_job_has_such_a_limit():
    text = "You work in US time zones."
    assert read(text=text, mode=Mode.ONSITE) is None
    assert read(text=text, mode=None) is None


def test_a_posting_shows_its_limit_with_the_words_it_comes_from():
    given = Given(
        title="Clerk",
        company="Acme",
        locations=("Remote - Europe",),
        description="<p>Your working day is within two hours of CET.</p>",
    )
    derived = derive(given, today=date(2026, 11, 21)).derived
    assert derived.utc_offsets == (-1, 3)
    assert [one.text for one in derived.evidence["utc_offsets"]] == ["within two hours of CET"]
