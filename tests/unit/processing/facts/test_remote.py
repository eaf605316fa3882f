"""The countries from which a remote job accepts people, in whichever way they are listed."""

from itertools import permutations

import pytest
from hypothesis import assume
from hypothesis import given as for_all
from hypothesis import strategies as st

from models.posting import Given, Mode
from processing.evidence import reading_of
from processing.facts.remote import remote_countries
from reference.countries import countries, countries_of

COUNTRIES = {
    "US": "US", "USA": "US", "United States": "US", "UK": "GB", "United Kingdom": "GB",
    "Canada": "CA", "Mexico": "MX", "Germany": "DE", "Deutschland": "DE", "Ireland": "IE",
    "Poland": "PL", "Portugal": "PT", "New Zealand": "NZ", "Brazil": "BR", "South Africa": "ZA",
    "Netherlands": "NL", "Spain": "ES", "Czech Republic": "CZ", "India": "IN", "Philippines": "PH",
}  # fmt: skip
SEPARATORS = (
    "/", " / ", "&", " & ", " and ", " or ", ", ", ",", " | ", "|", " + ", "+", "; ", ";", ", and ",
    ", or ", "\n",
)  # fmt: skip
LINES = (
    "Remote {}", "Remote - {}", "Remote ({})", "Remote: {}", "Remote, {}", "{} Remote",
    "{} (Remote)", "{} - Remote", "Remote in {}", "Remote – {} only", "Remote ({} only)",
    "Remote within {}",
)  # fmt: skip
TITLES = ("Engineer (Remote, {})", "Engineer (Remote {})", "Engineer - Remote - {}",
          "Engineer | {} | Remote", "Engineer (Remote: {})", "Engineer, Remote ({})")  # fmt: skip
TEXTS = (
    "The role is remote. You must be based in {}.",
    "We are hiring in {} for this remote role.",
    "Open to candidates in {}",
    "Remote ({})",
    "Remote: {}",
    "{} only",
    "You must reside in {}, with some travel.",
    "You may work from anywhere in {}.",
)


def eligible(*, line="", title="Clerk", text=""):
    locations = (line,) if line.strip() else ()
    given = Given(title=title, company="Acme", locations=locations)
    codes, evidence = remote_countries(given, reading_of(given, text), Mode.REMOTE)
    fields = {"location": "; ".join(locations), "title": title, "description": text}
    for one in evidence:
        assert fields[one.field][one.start : one.end] == one.text
    return codes


some_countries = st.lists(
    st.sampled_from(sorted(COUNTRIES)), min_size=2, max_size=4, unique_by=COUNTRIES.__getitem__
)


def listed(names, separator):
    """ "A, B or C" where the separator is a last one, else all joined by it."""
    if separator.strip(", ") in ("and", "or") and len(names) > 2:
        return ", ".join(names[:-1]) + separator + names[-1]
    return separator.join(names)


@for_all(some_countries, st.sampled_from(SEPARATORS), st.sampled_from(LINES))
def test_no_country_of_a_location_line_is_lost(names, separator, form):
    line = form.format(listed(names, separator))
    assert set(eligible(line=line)) == {COUNTRIES[name] for name in names}, line


@for_all(
    some_countries, st.sampled_from([s for s in SEPARATORS if "\n" not in s]),
    st.sampled_from(TITLES),
)  # fmt: skip
def test_no_country_of_a_title_is_lost(names, separator, form):
    title = form.format(listed(names, separator))
    assert set(eligible(title=title)) == {COUNTRIES[name] for name in names}, title


@for_all(some_countries, st.sampled_from(SEPARATORS), st.sampled_from(TEXTS))
def test_no_country_of_a_text_is_lost(names, separator, form):
    text = form.format(listed(names, separator))
    assert set(eligible(text=text)) == {COUNTRIES[name] for name in names}, text


CODES = ("US", "GB", "DE", "AT", "CH", "FR", "PL", "PT", "ES", "NL", "IE")


@for_all(
    st.lists(st.sampled_from(CODES), min_size=2, max_size=4, unique=True),
    st.sampled_from(("/", ", ", " / ", "|", " & ", " or ", "; ")),
    st.sampled_from(("Remote: {}", "Remote - {}", "Remote ({})", "Remote {}")),
)
def test_no_code_of_a_list_is_lost(codes, separator, form):
    assume(not (separator == ", " and "DE, US" in separator.join(codes)))  # that is Delaware
    said = form.format(separator.join(codes))
    assert set(eligible(line=said)) == set(codes), said
    assert set(eligible(title=f"Engineer - {said}")) == set(codes), said
    assert set(eligible(text=said)) == set(codes), said


EXCEPTIONS = ("EU except {}", "EU (excl. {})", "EU, excluding {}", "EU but not {}", "EU, not {}",
              "EU (except {})", "EU without {}", "EU other than {}", "EU countries except {}",
              "EU ohne {}", "EU sauf {}", "EU excepto {}", "EU apart from {}")  # fmt: skip


@pytest.mark.parametrize("exception", EXCEPTIONS)
@pytest.mark.parametrize("names", ["Germany", "Germany and Austria", "Germany/Austria"])
@pytest.mark.parametrize("place", ["line", "title", "text"])
def test_what_is_excepted_is_taken_off(exception, names, place):
    said = "Remote - " + exception.format(names)
    shown = {"line": said, "title": f"Engineer - {said}", "text": f"Remote: {said[9:]}"}
    without = {"DE"} if names == "Germany" else {"DE", "AT"}
    assert set(eligible(**{place: shown[place]})) == countries_of("EU") - without


@pytest.mark.parametrize(
    ("line", "text", "refused"),
    [
        ("Remote", "Remote, but we cannot hire in the US.", "US"),
        ("Remote, but we cannot hire in the US", "", "US"),
        ("Remote (not US)", "", "US"),
        ("Remote, Not US", "", "US"),
        ("Remote (excl. UK)", "", "GB"),
        ("Remote (no UK)", "", "GB"),
        ("Remote", "We are unable to employ people in India.", "IN"),
        ("Remote", "We can't hire candidates in the United States.", "US"),
        ("Remote", "We do not accept candidates from Canada.", "CA"),
        ("Remote", "Candidates in the UK are not eligible.", "GB"),
        ("Remote", "Applicants outside the US are welcome.", "US"),
        ("Remote - Europe", "We are not able to employ people in Russia.", "RU"),
        ("Remote - EMEA", "Please note: we don't hire in France.", "FR"),
        ("Remote (worldwide except Iran)", "", "IR"),
        ("Work from anywhere but France", "", "FR"),
        ("Remote - Europe (not the UK)", "", "GB"),
        ("Remote", "Work where you like, excluding Germany.", "DE"),
        (
            "Remote",
            "You can work from anywhere in the world, with the exception of countries "
            "under sanction: Iran and Cuba.",
            "IR",
        ),
    ],
)
def test_a_refused_country_is_never_eligible(line, text, refused):
    assert refused not in eligible(line=line, text=text)


@pytest.mark.parametrize(
    ("text", "excepted", "quoted"),
    [
        ("Work from anywhere in the world, except the United States and Canada.", {"US", "CA"},
         "anywhere in the world, except the United States and Canada"),
        ("Remote worldwide (excluding Russia, Belarus and Iran).", {"RU", "BY", "IR"},
         "worldwide (excluding Russia, Belarus and Iran"),
        ("Remote worldwide - not US", {"US"}, "worldwide - not US"),
        ("We hire worldwide, except in the EU.", countries_of("EU"), "worldwide, except in the EU"),
        ("Remote from anywhere outside the US.", {"US"}, "Remote from anywhere outside the US"),
        ("Work from anywhere except Texas and Canada.", {"CA"},
         "Work from anywhere except Texas and Canada"),
        ("Remote worldwide (excluding Russia, Belarus, Iran, Syria, North Korea, Cuba, Sudan and "
         "Myanmar).", {"RU", "BY", "IR", "SY", "KP", "CU", "SD", "MM"},
         "worldwide (excluding Russia, Belarus, Iran, Syria, North Korea, Cuba, Sudan and Myanmar"),
        ("Work from anywhere in the world, but US clients expect calls.", set(),
         "anywhere in the world"),
        ("Work from anywhere in the world. No Texas office.", set(), "anywhere in the world"),
        ("Work from anywhere, not just the US.", set(), "Work from anywhere"),
    ],
)  # fmt: skip
def test_anywhere_but_somewhere_is_every_other_country(text, excepted, quoted):
    given = Given(title="Clerk", company="Acme", locations=("Remote",))
    codes, evidence = remote_countries(given, reading_of(given, text), Mode.REMOTE)
    assert set(codes) == countries().keys() - excepted
    assert [one.text for one in evidence] == [quoted]


@pytest.mark.parametrize(
    ("line", "text", "expected"),
    [
        ("Remote (anywhere but California)", "", {"US"}),
        ("Remote US, except California", "", {"US"}),
        ("Remote", "We cannot hire outside the US.", {"US"}),
        ("Remote", "No remote work outside France.", {"FR"}),
        ("Remote US/Canada", "", {"US", "CA"}),
        ("USA/Canada/Mexico only", "", {"US", "CA", "MX"}),
        ("Remote: CA, NY, TX", "", {"US"}),
        ("Remote - CA", "", {"US"}),
        ("Remote - Georgia, USA", "", {"US"}),
        ("Remote - CA, US", "", {"US"}),
        ("Remote Brazil, US", "", {"BR", "US"}),
        ("Remote - India & UK", "", {"IN", "GB"}),
        ("Remote; United States; Canada", "", {"US", "CA"}),
        ("San Francisco, CA, US; Remote", "", {"US"}),
        ("Berlin, Germany; Remote - Ireland", "", {"IE"}),
        ("Gdańsk, Poland", "Work 100% from home in Poland, Czechia or Slovakia.",
         {"PL", "CZ", "SK"}),
        ("Stockholm", "You pick: the office or your home, as long as home is in the Nordics.",
         countries_of("Nordics")),
        ("Remote", "We can hire people in Germany; we cannot hire in the US.", {"DE"}),
        ("Remote", "Experience in IT and a degree", set()),
        ("Remote", "We are based in Berlin, Germany.", set()),
        ("Remote", "Trabaja desde donde quieras.", set(countries())),
        ("Remote", "Work from wherever you like, any country in the world.", set(countries())),
        ("Remote", "Work where you like in Ontario.", {"CA"}),
        ("Remote (US time zones)", "", set()),
        ("Remote", "Remote (US time zones), 40 hours a week", set()),
        ("Remote, EST", "", set()),
        ("Remote", "You work European hours.", set()),
        ("Remote", "You must be based in a US time zone.", {"US"}),
        ("Remote", "You must reside in US time zones.", {"US"}),
        ("Remote", "Your hours are within two hours of CET.", set()),
        ("Remote - US", "We also have an office in Paris, France.", {"US"}),
        ("Remote", "Arbeite von einem Ort deiner Wahl innerhalb Deutschlands.", {"DE"}),
        ("Remoto", "Para personas que residan en España o Portugal.", {"ES", "PT"}),
        ("Remote, LATAM", "You should be based in Argentina or Mexico.", {"AR", "MX"}),
        ("Remote", "Your team has six people, four of whom live in Spain.", set()),
        ("Remote - Canada", "You must be based in Germany.", {"CA"}),
        ("Remote", "You can live in any of these countries: Canada, Portugal or Poland.",
         {"CA", "PT", "PL"}),
        ("Remote", "Candidates meet customers in three countries: Chile, Peru and Spain.", set()),
        ("Remote", "We can employ you in the UK, Ireland or Spain through our own entities.",
         {"GB", "IE", "ES"}),
        ("Remote, Europe", "Through our partner we can employ in France, Spain and Poland (not "
         "Germany).", {"FR", "ES", "PL"}),
        ("Europe (Remote)", "EU/UK only. You must be within two hours of CET.",
         countries_of("EU") | {"GB"}),
        ("Remote - North America", "It may be done from anywhere in the US or Canada.",
         {"US", "CA"}),
        ("Remote in Canada; Remote in US", "US: you must be based in CO, MA, NY, TX or WA.",
         {"US", "CA"}),
        ("Remote (Americas)", "Anyone in Canada, Mexico or Brazil may apply.", {"CA", "MX", "BR"}),
        ("Remote - APAC", "Remotely in a country in which we have an entity: Japan, India.",
         {"JP", "IN"}),
        ("Remote - Western Canada", "", {"CA"}),
        ("Remote - Northern Ireland", "", {"GB"}),
        ("Remote - Central America", "", countries_of("Central America")),
        ("Remote Brazil | Canada | UK | US", "", {"BR", "CA", "GB", "US"}),
        ("Berlin, Germany", "We can employ you in Austria and Spain too.", {"DE", "AT", "ES"}),
        ("Nairobi", "Remotely from Nairobi, or elsewhere in Kenya or Uganda.", {"KE", "UG"}),
        ("Remote", "We hire in Brazil. Elsewhere in LATAM we cannot pay you.", {"BR"}),
        ("Remote", "Eligible locations: US, Canada, UK.", {"US", "CA", "GB"}),
        ("Remote", "Not eligible: Canada.", set()),
        ("Remote", "It is open to candidates in these provinces: Alberta, Manitoba.", {"CA"}),
        ("Remote", "You work from your home in Sweden or Norway.", {"SE", "NO"}),
        ("Remote", "This job is open to anyone in the EU or Switzerland.",
         countries_of("EU") | {"CH"}),
        ("Remote", "We look for an assistant in Kenya or Nigeria for a US-based founder.",
         {"KE", "NG"}),
        ("Remote", "We're looking for someone based in Chile or Peru.", {"CL", "PE"}),
        ("Remote", "Be based in the Eastern or Central time zone of the United States.", {"US"}),
        ("Lisbon, Portugal", "Four weeks a year you may work from anywhere in the EU.", {"PT"}),
        ("Remote", "We hire globally.", set(countries())),
        ("Remote", "We do not mind where in the world you live.", set(countries())),
        ("Remote", "You can be anywhere as long as you overlap with us.", set(countries())),
        ("Remote", "You can be anywhere near Leeds.", set()),
        ("Remoto", "Trabalhe de onde quiser, no Brasil ou no exterior.", set(countries())),
        ("Remote", "100 % Homeoffice deutschlandweit.", {"DE"}),
        ("Remote", "Deutschlandweit sind wir an 40 Orten.", set()),
        ("München; Remote", "Remote aus Deutschland oder Österreich.", {"DE", "AT"}),
        ("Berlin", "Arbeitsort: remote innerhalb der EU.", countries_of("EU")),
        ("Remote", "Où que vous soyez en France, en Belgique ou en Suisse.", {"FR", "BE", "CH"}),
        ("Remoto", "Buscamos talento en Argentina, Uruguay o Chile.", {"AR", "UY", "CL"}),
        ("Remote - US, UK", "Dental insurance (US only)", {"US", "GB"}),
        ("Remote", "You need to live where we have a legal entity (UK, Poland).", {"GB", "PL"}),
        ("Remote - Europe", "We hire in Germany for another team.", countries_of("Europe")),
        ("Remote", "Nur in Deutschland möglich.", {"DE"}),
        ("Remote", "You will not find better tools anywhere.", set()),
        ("Remote", "must reside in one of: AZ, CO, TX", {"US"}),
        ("Remote", "We're remote-first within Europe (±2h CET).", countries_of("Europe")),
        ("Remote", "We hire across Latin America: Argentina, Brazil, Colombia, Mexico.",
         {"AR", "BR", "CO", "MX"}),
        ("Remote", "Fully remote: you can live wherever you like as long as it's in Sweden.",
         {"SE"}),
        ("Remote", "You can work from any country.", set(countries())),
        ("Remote", "Work from any place in the world!", set(countries())),
        ("Remote", "Poste en télétravail complet, partout en France métropolitaine.", {"FR"}),
        ("Remote", "100% remoto para quem mora no Brasil.", {"BR"}),
        ("Remote", "Lavoro da remoto in tutta Italia.", {"IT"}),
        ("Remote", "We hire in 38 US states (not in AK, HI, MS).", {"US"}),
        ("Remote", "As long as you are in a country where we have an entity (currently "
         "Spain, Italy and Greece), you can work from home.",
         {"ES", "IT", "GR"}),
        ("Remote", "Remote, but you must be in the UK for tax reasons.", {"GB"}),
        ("Remote", "We can only hire in countries where we have a legal presence: UK, "
         "Ireland, Spain, Portugal.",
         {"GB", "IE", "ES", "PT"}),
        ("Remote", "We have entities in the UK, Germany and Poland and can employ you in "
         "any of them.",
         {"GB", "DE", "PL"}),
        ("Remote", "The job can be done from any EU country.", countries_of("EU")),
        ("Remote", "Eligible states: Florida, Georgia, North Carolina, Texas.", {"US"}),
        ("Remote", "This role can be performed from any location within Australia.", {"AU"}),
        ("Remote", "100% remote, in Polen oder Deutschland.", {"PL", "DE"}),
        ("Remote", "Wir stellen in Deutschland, Österreich und der Schweiz ein.",
         {"DE", "AT", "CH"}),
        ("Remote", "Vous résidez en France ou en Belgique.", {"FR", "BE"}),
        ("Remote", "Vaga remota para residentes no Brasil.", {"BR"}),
        ("Remote", "Puoi lavorare da qualsiasi città in Italia.", {"IT"}),
        ("Remote", "Location: Anywhere", set(countries())),
        ("Remote", "No matter where in the world you live, you can apply.", set(countries())),
        ("Remote", "Worldwide travel (10%).", set()),
        ("Remote", "We serve customers worldwide.", set()),
        ("Remote", "We ship worldwide from our warehouse in Leeds.", set()),
        ("Remote", "A company with clients in over 90 countries worldwide", set()),
        ("Remote", "You can work from anywhere for up to 60 days a year.", set()),
        ("Remote", "Come to Quartermile as often as you like, or don't: fully remote within "
         "the UK is fine.",
         {"GB"}),
        ("Remote", "Where you can live: anywhere between UTC-1 and UTC+4.", set(countries())),
        ("Remote", "Je werkt vanuit huis. Dat mag overal in Nederland of België zijn.",
         {"NL", "BE"}),
        ("Remote", "Remote – you need to be a UK resident.", {"GB"}),
        ("Remote", "Must be a resident of Ontario or Quebec.", {"CA"}),
        ("Remote", "The role is open to people resident in Ireland.", {"IE"}),
        ("Remote", "You are a tax resident in Portugal.", {"PT"}),
        ("Remote", "This is a remote contract for someone in the Philippines.", {"PH"}),
        ("Remote", "Remote anywhere in the continental US", {"US"}),
        ("Remote", "Home office anywhere in Austria", {"AT"}),
        ("Remote", "You can live in any of the 27 EU countries", countries_of("EU")),
        ("Remote", "Live anywhere you like in New Zealand.", {"NZ"}),
        ("Remote", "For candidates in the US, the salary range is $100k–120k.", set()),
    ],
)  # fmt: skip
def test_eligible_countries(line, text, expected):
    assert set(eligible(line=line, text=text)) == expected


def test_the_order_of_a_list_does_not_matter():
    for names in permutations(("US", "Canada", "UK")):
        assert eligible(line=f"Remote - {' / '.join(names)}") == ("CA", "GB", "US")
