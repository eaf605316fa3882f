"""Mode of work and eligible countries."""

import pytest

from models.posting import Given, Mode
from processing.evidence import reading_of
from processing.facts.mode import mode
from processing.facts.remote import remote_countries


def read(*, title="Engineer", locations=(), text="", **fields):
    given = Given(title=title, company="Acme", locations=locations, **fields)
    reading = reading_of(given, text)
    found = mode(given, reading)
    codes, evidence = remote_countries(given, reading, found[0] if found else None)
    return found, codes, evidence


@pytest.mark.parametrize(
    "location, expected",
    [
        ("Remote - USA", Mode.REMOTE),
        ("San Francisco, US (Remote)", Mode.REMOTE),
        ("Anywhere", Mode.REMOTE),
        ("Distributed", Mode.REMOTE),
        ("Cardiff, London or Remote (UK)", Mode.REMOTE),
        ("Hybrid - San Francisco", Mode.HYBRID),
        ("In-Office", Mode.ONSITE),
        ("Berlin, Germany", None),
    ],
)
def test_mode_of_the_location(location, expected):
    found, _, _ = read(locations=(location,))
    assert (found and found[0]) == expected


@pytest.mark.parametrize(
    "title, expected",
    [
        ("Events Manager | EMEA | Remote", Mode.REMOTE),
        ("Sr. Paid Search Specialist (Remote)", Mode.REMOTE),
        ("Remote Sensing Scientist", None),
        ("Hybrid Cloud Architect", None),
        ("Senior Engineer, Distributed Systems", None),
        ("Nurse (hybrid)", Mode.HYBRID),
    ],
)
def test_mode_of_the_title(title, expected):
    found, _, _ = read(title=title)
    assert (found and found[0]) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("This is a fully remote position.", Mode.REMOTE),
        ("The role is remote.", Mode.REMOTE),
        ("This is not a remote role.", Mode.ONSITE),
        ("Remote work is not available: this is an on-site position.", Mode.ONSITE),
        ("You will be 3 days a week in our office.", Mode.HYBRID),
        ("We have a hybrid work model.", Mode.HYBRID),
        ("You build distributed systems for remote teams.", None),
    ],
)
def test_mode_of_the_description(text, expected):
    found, _, _ = read(text=text)
    assert (found and found[0]) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Jusqu'à deux jours de télétravail par semaine.", Mode.HYBRID),
        ("Nous cherchons un conseiller.", Mode.REMOTE),
    ],
)
def test_a_possibility_in_the_line_gives_way_to_the_text(text, expected):
    found, _, _ = read(locations=("Toulouse", "Télétravail possible"), text=text)
    assert found[0] is expected


def test_a_job_unlike_those_of_the_sentence_before():
    found, _, _ = read(text="Some jobs in the office are remote.\nThis one obviously is not.")
    assert (found[0], found[1].text[:9]) == (Mode.ONSITE, "Some jobs")


def test_the_rest_of_a_week_that_was_told_in_the_clause_before():
    text = "You'll be expected in Leeds one day a week; the rest of the time you work from home."
    assert read(text=text)[0][0] is Mode.HYBRID
    assert (
        read(text="You travel a lot; the rest of the time you work from home.")[0][0] is Mode.REMOTE
    )


def test_what_the_source_states_wins():
    found, _, _ = read(locations=("Remote",), mode=Mode.ONSITE)
    assert found[0] is Mode.ONSITE
    assert (found[1].field, found[1].text) == ("mode", "onsite")


@pytest.mark.parametrize(
    "location, codes",
    [
        ("Remote (UK)", ("GB",)),
        ("US Remote", ("US",)),
        ("Remote - Germany", ("DE",)),
        ("Remote-Melbourne, Australia", ("AU",)),
        ("Remote - North America", ("CA", "MX", "US")),
        ("Berlin, Germany; Remote - Ireland", ("IE",)),
        ("San Francisco, CA, or Remote within Canada or United States", ("CA", "US")),
        ("Remote", ()),
    ],
)
def test_eligible_countries_of_the_location(location, codes):
    assert read(locations=(location,))[1] == codes


def test_eligible_countries_of_a_group():
    codes = read(locations=("EMEA Remote",))[1]
    assert {"GB", "DE", "ZA"} <= set(codes)
    assert "US" not in codes
    assert len(read(locations=("Remote - Americas, Remote - APAC, Remote - EU",))[1]) > 100


def test_anywhere_is_every_country():
    for location in ("Work from anywhere", "Remote (Worldwide)", "Anywhere"):
        assert len(read(locations=(location,))[1]) > 240


def test_eligible_countries_of_title_and_description():
    _, codes, evidence = read(title="Marketing Manager | Canada | Remote")
    assert (codes, evidence[0].text) == (("CA",), "Canada")
    text = "This is a fully remote role. You must be based in the United Kingdom."
    _, codes, evidence = read(text=text)
    assert (codes, evidence[0].text) == (("GB",), "based in the United Kingdom")


def test_stated_remote_with_places_is_open_to_their_countries():
    assert read(locations=("Berlin, Germany",), mode=Mode.REMOTE)[1] == ("DE",)


def test_an_onsite_job_has_no_eligible_countries():
    assert read(locations=("Berlin, Germany",), mode=Mode.ONSITE)[1] == ()


def test_stated_countries_win():
    _, codes, evidence = read(locations=("Remote - US",), remote_countries=("FR", "DE"))
    assert codes == ("DE", "FR")
    assert (evidence[0].field, evidence[0].text) == ("remote_countries", "FR, DE")
