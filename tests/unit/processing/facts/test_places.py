"""Location lines as platforms write them, with the places a person reads in them."""

import pytest

from processing.evidence import Passage
from processing.facts.places import places, places_of_title

SAN_FRANCISCO, NEW_YORK = "San Francisco, California, US", "New York City, New York, US"
LONDON, BERLIN = "London, England, GB", "Berlin, Berlin, DE"
US, SINGAPORE = "United States", "Singapore, SG"


def read(line: str) -> list[str]:
    found, evidence = places(Passage("location", line))
    assert len(found) == len(evidence)
    for one in evidence:
        assert one.text == line[one.start : one.end]
    return [
        p.name if p.kind != "city" else ", ".join(filter(None, (p.name, p.region, p.country)))
        for p in found
    ]


@pytest.mark.parametrize(
    "line, expected",
    [
        ("San Francisco, CA", [SAN_FRANCISCO]),
        ("Ciudad de México", ["Mexico City, Mexico City, MX"]),
        ("Ciudad de México, México", ["Mexico City, Mexico City, MX"]),
        ("Frankfurt (Oder)", ["Frankfurt (Oder), Brandenburg, DE"]),
        ("15230 Frankfurt (Oder), Germany", ["Frankfurt (Oder), Brandenburg, DE"]),
        ("Remote - Frankfurt (Oder) (Hybrid)", ["Frankfurt (Oder), Brandenburg, DE"]),
        ("Frankfurt (Main)", ["Frankfurt am Main, Hesse, DE"]),
        ("Zürich (Kreis 11)", ["Zürich, Zurich, CH"]),
        ("Costa Mesa, California, United States", ["Costa Mesa, California, US"]),
        ("bangalore, , India", ["Bengaluru, Karnataka, IN"]),
        ("Arvada, CO - US", ["Arvada, Colorado, US"]),
        ("India - Hyderabad", ["Hyderabad, Telangana, IN"]),
        ("CA - Canada", ["Canada"]),
        ("CA - San Francisco", [SAN_FRANCISCO]),
        ("ES - Barcelona, Spain", ["Barcelona, Catalonia, ES"]),
        ("MX - Mexico City, Mexico", ["Mexico City, Mexico City, MX"]),
        ("US-CA-Menlo Park", ["Menlo Park, California, US"]),
        ("CA-Ontario-Toronto", ["Toronto, Ontario, CA"]),
        ("DE-Berlin-Das Center", [BERLIN]),
        ("Washington - Seattle", ["Seattle, Washington, US"]),
        ("Cluj-Napoca, CJ, Romania", ["Cluj-Napoca, Cluj County, RO"]),
        ("Saint-Ouen-sur-Seine, IDF, France", ["Saint-Ouen, Île-de-France, FR"]),
        ("Remote - USA", [US]),
        ("-REMOTE, USA-", [US]),
        ("Remote, US (Remote)", [US]),
        ("Remote-New Zealand", ["New Zealand"]),
        ("Netherlands (Remote)", ["The Netherlands"]),
        ("Anywhere in the United States", [US]),
        ("United States - Remote Opportunity", [US]),
        ("Remote - Canada: Select locations", ["Canada"]),
        ("France - Update Location", ["France"]),
        ("Hybrid-Palo Alto, CA", ["Palo Alto, California, US"]),
        ("New York, NY (HQ)", [NEW_YORK]),
        ("NY office", [NEW_YORK]),
        ("Brazil (São Paulo - Hybrid)", ["São Paulo, São Paulo, BR"]),
        (
            "San Francisco, CA | New York City, NY",
            [SAN_FRANCISCO, NEW_YORK],
        ),
        (
            "San Francisco, CA • New York, NY • United States",
            [SAN_FRANCISCO, NEW_YORK, US],
        ),
        ("Seattle, San Francisco ", ["Seattle, Washington, US", SAN_FRANCISCO]),
        ("SF, NY, SEA, Remote-US", [SAN_FRANCISCO, NEW_YORK, "Seattle, Washington, US"]),
        (
            "San Francisco, CA, New York, NY; Seattle, WA",
            [SAN_FRANCISCO, NEW_YORK, "Seattle, Washington, US"],
        ),
        (
            "Atlanta, GA Los Angeles, CA",
            ["Atlanta, Georgia, US", "Los Angeles, California, US"],
        ),
        (
            "San Francisco, CA, New York, NY, Portland, OR, or Remote within Canada or"
            " United States",
            [SAN_FRANCISCO, NEW_YORK, "Portland, Oregon, US", "Canada", US],
        ),
        (
            "Cardiff, London or Remote (UK)",
            ["Cardiff, Wales, GB", LONDON, "United Kingdom"],
        ),
        (
            "London, Birmingham, Manchester, Newcastle upon Tyne, Edinburgh, Belfast,, England,"
            " United Kingdom",
            [
                LONDON,
                "Birmingham, England, GB",
                "Manchester, England, GB",
                "Newcastle upon Tyne, England, GB",
                "Edinburgh, Scotland, GB",
                "Belfast, Northern Ireland, GB",
            ],
        ),
        (
            "Tel Aviv/ Netanya, Israel",
            ["Tel Aviv, Tel Aviv, IL", "Netanya, Central District, IL"],
        ),
        (
            "Remote - Oregon; Remote - Washington; Seattle, Washington",
            ["Oregon", "Washington", "Seattle, Washington, US"],
        ),
        (
            "Canada - Remote (ON, AB, BC, or NS Only)",
            ["Canada", "Ontario", "Alberta", "British Columbia", "Nova Scotia"],
        ),
        (
            "Freiburg (Germany), London (United Kingdom)",
            ["Freiburg, Baden-Württemberg, DE", LONDON],
        ),
        ("Singapore, , Singapore", [SINGAPORE]),
        ("Raleigh-Durham, NC", ["Raleigh, North Carolina, US"]),
        # The town is too small for the gazetteer: its region is known, a namesake is not taken.
        ("Elchingen, BY, Germany", ["Bavaria"]),
        ("McHenry, Mississippi, United States", ["Mississippi"]),
        ("West Coast - United States", [US]),
    ],
)
def test_real_location_lines(line, expected):
    assert read(line) == expected


@pytest.mark.parametrize(
    "line, expected",
    [
        ("Germany, Austria, Switzerland", ["Germany", "Austria", "Switzerland"]),
        ("US & Canada", [US, "Canada"]),
        ("Remote - Poland, Spain", ["Poland", "Spain"]),
        ("Porto", ["Porto, Porto, PT"]),
        ("Porto Alegre", ["Porto Alegre, Rio Grande do Sul, BR"]),
        ("Paris, TX", ["Paris, Texas, US"]),
        ("Valencia", ["Valencia, Valencia, ES"]),
        ("70174 Stuttgart", ["Stuttgart, Baden-Württemberg, DE"]),
        ("1017 AB Amsterdam", ["Amsterdam, North Holland, NL"]),
        ("London EC1A 1BB", [LONDON]),
        ("Paris 9e", ["Paris, Île-de-France, FR"]),
        ("Dublin 2", ["Dublin, Leinster, IE"]),
        ("Melbourne VIC", ["Melbourne, Victoria, AU"]),
        ("Taipei City", ["Taipei, Taiwan, TW"]),
        ("Northern Virginia", ["Virginia"]),
        ("Erfurt-Nord", ["Erfurt, Thuringia, DE"]),
        ("Lille (59)", ["Lille, Hauts-de-France, FR"]),
        ("Saran (45)", ["Saran, Centre, FR"]),
        ("St Ives, Cornwall", ["St Ives, England, GB"]),
        ("Totnes, Devon", ["Totnes, England, GB"]),
        ("Ringaskiddy, Co. Cork", ["Ireland"]),
        ("Nashua, New Hampshire", ["Nashua, New Hampshire, US"]),
        ("Canada (Remote: Ontario, Quebec)", ["Canada", "Ontario", "Quebec"]),
        ("Remote - India & UK", ["India", "United Kingdom"]),
        ("US+Canada", [US, "Canada"]),
        ("Remote (excl. UK)", []),
        ("Remote - Germany (not Berlin)", ["Germany"]),
        ("Remote - Europe, not the UK", []),
        ("Remote, EST", []),
        ("Remote - CET", []),
        ("Remote (US time zones)", []),
        ("Remote, UTC+2", []),
    ],
)
def test_lists_postcodes_and_hours(line, expected):
    assert read(line) == expected


@pytest.mark.parametrize(
    "title, expected",
    [
        ("Account Executive - Dubai", "Dubai"),
        ("Field Engineer (Warsaw)", "Warsaw"),
        ("Sales Manager | Germany", "Germany"),
        ("Account Executive - DACH", None),
        ("Engineer - Platform", None),
        ("Engineer (Go)", None),
        ("Engineer - Data - Nights", None),
        ("Dubai Account Executive", None),
    ],
)
def test_a_place_at_the_end_of_a_title(title, expected):
    found, evidence = places_of_title(Passage("title", title))
    assert [place.name for place in found] == ([expected] if expected else [])
    assert all(title[one.start : one.end] == one.text for one in evidence)


@pytest.mark.parametrize(
    "line",
    [
        "N/A", "LOCATION", "2 Locations", "Hybrid", "Remote", "Distributed", "In-Office", "",
        "Add ALL locations here", "Mercor HQ, 181 Fremont Street", "Remote - North America",
        "Remote - Americas, Remote - APAC, Remote - EU", "EMEA", " ;,|/ - () ",
    ],
)  # fmt: skip
def test_lines_that_name_no_place(line):
    assert read(line) == []


def test_each_place_once_with_its_first_mention():
    found, evidence = places(Passage("location", "Paris, France; Remote - France; Paris"))
    assert [p.name for p in found] == ["Paris", "France"]
    assert evidence[0].start == 0


def test_a_very_long_line_is_read_to_its_bound():
    found, _ = places(Passage("location", "Berlin; " * 5_000))
    assert [p.name for p in found] == ["Berlin"]
