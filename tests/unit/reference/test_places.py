"""Places: what texts resolve to, how places nest, and distances against a plain scan."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reference.countries import countries
from reference.gazetteer import gazetteer
from reference.places import (
    by_id,
    cities_within,
    countries_of,
    country,
    distance_km,
    population,
    resolve,
    resolve_exactly,
)

GERMANY, CALIFORNIA, UNITED_STATES = 2921044, 5332921, 6252001


@pytest.mark.parametrize(
    "text, kind, name, region, code",
    [
        ("Leeds, GB", "city", "Leeds", "England", "GB"),
        ("Leeds, United Kingdom", "city", "Leeds", "England", "GB"),
        ("leeds", "city", "Leeds", "England", "GB"),
        ("Paris", "city", "Paris", "Île-de-France", "FR"),
        ("Paris, TX", "city", "Paris", "Texas", "US"),
        ("San Francisco, CA", "city", "San Francisco", "California", "US"),
        ("Berlin, Germany", "city", "Berlin", "Berlin", "DE"),
        ("Porto", "city", "Porto", "Porto", "PT"),
        ("Ciudad de México", "city", "Mexico City", "Mexico City", "MX"),
        ("CDMX", "city", "Mexico City", "Mexico City", "MX"),
        ("Toluca, MEX", "city", "Toluca", "México", "MX"),
        ("Porto Alegre", "city", "Porto Alegre", "Rio Grande do Sul", "BR"),
        ("Germany", "country", "Germany", None, "DE"),
        ("Deutschland", "country", "Germany", None, "DE"),
        ("Netherlands", "country", "The Netherlands", None, "NL"),
        ("UK", "country", "United Kingdom", None, "GB"),
        ("California", "region", "California", "California", "US"),
        ("Ontario", "region", "Ontario", "Ontario", "CA"),
        ("NYC", "city", "New York City", "New York", "US"),
        ("New York", "city", "New York City", "New York", "US"),
        ("SF Bay Area", "city", "San Francisco", "California", "US"),
        ("Greater London", "city", "London", "England", "GB"),
        ("Western Canada", "country", "Canada", None, "CA"),
        ("Southern Germany", "country", "Germany", None, "DE"),
        ("Eastern US", "country", "United States", None, "US"),
        ("Northern Ireland", "region", "Northern Ireland", "Northern Ireland", "GB"),
        ("Köln", "city", "Köln", "North Rhine-Westphalia", "DE"),
        ("Cologne", "city", "Köln", "North Rhine-Westphalia", "DE"),
        ("MÜNCHEN", "city", "Munich", "Bavaria", "DE"),
        ("Москва", "city", "Moscow", "Moscow", "RU"),
        ("Cluj-Napoca, CJ, Romania", "city", "Cluj-Napoca", "Cluj County", "RO"),
        ("Dublin, County Dublin, Ireland", "city", "Dublin", "Leinster", "IE"),
        ("India, Hyderabad", "city", "Hyderabad", "Telangana", "IN"),
        ("Warsaw, IN", "city", "Warsaw", "Indiana", "US"),
        ("Hyderabad, IN", "city", "Hyderabad", "Telangana", "IN"),
        ("Vancouver, CA", "city", "Vancouver", "British Columbia", "CA"),
        ("Bronx NY", "city", "The Bronx", "New York", "US"),
        ("Salt Lake City, UT United States", "city", "Salt Lake City", "Utah", "US"),
        ("Buenos Aires, , Argentina", "city", "Buenos Aires", "Buenos Aires F.D.", "AR"),
        ("Georgia, US", "region", "Georgia", "Georgia", "US"),
        ("CA, Canada", "country", "Canada", None, "CA"),
        ("St. Louis, MO", "city", "St. Louis", "Missouri", "US"),
    ],
)
def test_the_likeliest_place(text, kind, name, region, code):
    place = resolve(text)[0]
    assert (place.kind, place.name, place.region, place.country) == (kind, name, region, code)


@pytest.mark.parametrize(
    "text", ["", " , ", "Remote", "Hybrid", "N/A", "EMEA", "North America", "LOCATION", "Xyzzy, GB"]
)
def test_no_place(text):
    assert resolve(text) == []


def test_a_name_is_whole():
    assert "Porto Alegre" not in {place.name for place in resolve("Porto")}


def test_a_namesake_elsewhere_is_not_taken():
    """There is a McHenry in Illinois, and none of that size in Mississippi."""
    found = resolve("McHenry, Mississippi, United States")
    assert [(p.kind, p.name) for p in found] == [("region", "Mississippi")]


def test_all_meanings_are_ranked_by_size():
    assert [p.region for p in resolve("Springfield")[:2]] == ["Missouri", "Massachusetts"]
    assert {p.kind for p in resolve("Georgia")} == {"region", "country"}


def test_a_list_of_cities_is_no_address():
    assert resolve_exactly(["Seattle", "San Francisco"]) is None
    assert resolve_exactly(["US", "CA", "Menlo Park"]).name == "Menlo Park"
    assert resolve_exactly(["US", "CA", "Menlo Park"], head_first=True) is None


def test_places_nest():
    san_francisco = resolve("San Francisco, CA")[0]
    assert san_francisco.within == (CALIFORNIA, UNITED_STATES)
    assert resolve("California")[0].within == (UNITED_STATES,)
    assert resolve("Germany")[0].within == ()


def test_by_id_gives_every_kind_back():
    for text in ("Leeds, GB", "California", "Germany", "Singapore"):
        place = resolve(text)[0]
        assert by_id(place.id) == place
    assert by_id(1) is None


def test_country():
    germany = country("de")
    assert (germany.id, germany.kind) == (GERMANY, "country")
    assert distance_km(germany.lat, germany.lon, 52.52, 13.40) < 20
    assert country("XX") is None


def test_every_inhabited_country_stands_somewhere():
    nowhere = {c for c in countries() if (country(c).lat, country(c).lon) == (0.0, 0.0)}
    assert nowhere == {"AQ", "BV", "HM", "UM"}


def test_groups_of_countries():
    assert countries_of("EU") >= {"DE", "FR", "IE"}
    assert "GB" not in countries_of("EU")
    assert "NO" in countries_of("EEA")
    assert countries_of("EMEA") >= {"GB", "DE", "ZA", "AE"}
    assert not countries_of("LATAM") & {"US", "CA", "ES"}
    assert countries_of("DACH") == {"DE", "AT", "CH"}
    assert countries_of("UK") == countries_of("United Kingdom") == {"GB"}
    assert countries_of("engineering") is None


def test_population_of_every_kind():
    assert population(resolve("Leeds, GB")[0]) > 400_000
    assert population(resolve("California")[0]) > 20_000_000
    assert population(resolve("Germany")[0]) > 80_000_000


@pytest.mark.parametrize(
    "lat1, lon1, lat2, lon2, km",
    [
        (53.79648, -1.54785, 51.50853, -0.12574, 272.6),  # Leeds to London
        (40.71427, -74.00597, 51.50853, -0.12574, 5570.0),  # New York to London
        (0.0, 179.5, 0.0, -179.5, 111.2),  # over the date line
        (10.0, 10.0, 10.0, 10.0, 0.0),
    ],
)
def test_great_circle(lat1, lon1, lat2, lon2, km):
    assert distance_km(lat1, lon1, lat2, lon2) == pytest.approx(km, rel=0.005, abs=0.01)


@settings(max_examples=12, deadline=None)
@given(
    lat=st.floats(-90, 90),
    lon=st.floats(-180, 180),
    km=st.one_of(st.floats(0.1, 500), st.floats(500, 20_000)),
)
def test_a_radius_equals_a_plain_scan(lat, lon, km):
    g = gazetteer()
    scan = {
        i
        for i, a, b in zip(g.ids, g.lats, g.lons, strict=True)
        if distance_km(lat, lon, a, b) <= km
    }
    assert cities_within(lat, lon, km) == scan


def test_a_radius_over_the_date_line():
    suva_to_samoa = cities_within(-16.5, 179.9, 600)
    countries_met = {by_id(i).country for i in suva_to_samoa}
    assert "FJ" in countries_met
    lons = [by_id(i).lon for i in cities_within(-15, 179.9, 1500)]
    assert min(lons) < -170
    assert max(lons) > 175
