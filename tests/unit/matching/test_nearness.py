"""Which names a misspelt one may have meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.nearness import distance, near

LEVELS = ("intern", "junior", "mid", "senior", "staff", "principal")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("senor", ["senior"]),  # left out
        ("seniorr", ["senior"]),  # too many
        ("semior", ["senior"]),  # wrong
        ("seinor", ["senior"]),  # swapped
        ("prinzipl", ["principal"]),  # two
        ("seniors", ["senior"]),
        ("SENOR", ["senior"]),
        ("md", []),  # two letters may mean anything
        ("mdi", ["mid"]),
        ("snr", []),
        ("sen", []),
        ("x" * 2000, []),
        ("", []),
    ],
)
def test_near_names(text: str, names: list[str]) -> None:
    assert near(text, LEVELS) == names


def test_the_nearest_come_first_and_few() -> None:
    names = ["abcdxx", "abcdeg", "abcdeh", "abcdei"]
    assert near("abcdef", names) == names[1:]


def test_the_plural_of_a_name_is_near() -> None:
    assert near("agency", ["agencies"]) == ["agencies"]


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [("", "ab", 2), ("ab", "ba", 1), ("abc", "ca", 3), ("kitten", "sitting", 3), ("a", "a", 0)],
)
def test_distances(one: str, other: str, slips: int) -> None:
    assert distance(one, other, 9) == slips


@given(st.text("abc", max_size=6), st.text("abc", max_size=6), st.integers(0, 3))
def test_a_distance_is_symmetric_and_cut_off(one: str, other: str, most: int) -> None:
    whole = distance(one, other, 99)
    assert whole == distance(other, one, 99)
    assert (
        (distance(one, other, most) == whole)
        if whole <= most
        else (distance(one, other, most) > most)
    )
