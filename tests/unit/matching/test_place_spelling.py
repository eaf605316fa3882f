"""Misspelt places get a suggestion that can be typed, at a bounded cost."""

import time

import pytest

from matching.faults import Fault
from matching.place_names import find_place
from matching.place_spelling import NAME_MAX, places_near


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Lodnon", "London"),  # swapped
        ("Berln", "Berlin"),  # left out
        ("Paaris", "Paris"),  # doubled
        ("Munick", "Munich"),  # wrong
        ("Sanfrancisco", "San Francisco"),
        ("Manchster, UK", "Manchester"),
        ("Frankfrut am Main", "Frankfurt am Main"),
        ("san francsicoo, us", "San Francisco"),  # two letters
        ("Leeds, Englnd", "Leeds"),  # only what qualifies it
        ("Mnchen", "Munich"),  # a name of a far larger place in another language
    ],
)
@pytest.mark.parametrize("city", [True, False])
def test_the_likeliest_place_is_meant(text: str, meant: str, city: bool) -> None:
    found = places_near(text, city=city)
    assert found[0].name == meant
    with pytest.raises(Fault) as refused:
        find_place(text, city=city)
    assert find_place(refused.value.choices[0].strip('"'), city=city) == found[0]


def test_regions_and_countries_are_meant_where_they_can_be() -> None:
    assert places_near("Germny", city=False)[0].kind == "country"
    assert places_near("Californa", city=False)[0].kind == "region"
    assert all(place.kind == "city" for place in places_near("Californa", city=True))


def test_what_qualifies_a_place_is_kept() -> None:
    assert {place.country for place in places_near("Leds, GB", city=True)} == {"GB"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Leds", {"Leeds", "Lens"}),  # no Saint Petersburg, which is LED to airlines
        ("Yrok", {"York"}),
        ("Bristl", {"Bristol"}),
        ("LS1", set()),
        ("Xyz", set()),
        ("Atlantis City", {"Atlantic City"}),
    ],
)
def test_only_what_is_near_is_meant(text: str, names: set[str]) -> None:
    assert {place.name for place in places_near(text, city=True)} == names


@pytest.mark.parametrize(
    ("text", "choices"),
    [
        ("Georgia", ('"Georgia, US"', '"GE" (Georgia, country)')),
        ("Halle", ('"Halle, BE"', '"Halle, North Rhine-Westphalia, DE"', '"#2796695" (Halle, BE)')),
        ("York", ('"York, GB"', '"York, US"', '"York, South Carolina, US"')),
    ],
)
def test_what_says_little_is_told_behind_it(text: str, choices: tuple[str, ...]) -> None:
    with pytest.raises(Fault) as refused:
        find_place(text)
    assert refused.value.choices[:3] == choices[:3]
    assert all(choice.split('"')[2] or text in choice for choice in refused.value.choices)


@pytest.mark.parametrize(
    "text", ["", " ", ",", "x", "qzxqzxqzx", "-", "a" * 5000, "\ud800", "東亰"]
)
def test_nothing_is_meant_by_what_is_no_name(text: str) -> None:
    assert places_near(text, city=False) == []


def test_the_cost_is_bounded() -> None:
    places_near("Lodnon", city=False)  # what is loaded once is not counted
    for text in ("x" * NAME_MAX, "sain" * (NAME_MAX // 4), "Qualquer Coisa Larga Aqui"):
        began = time.process_time()
        places_near(text, city=False)
        assert time.process_time() - began < 0.1
