"""House numbers of street addresses, and no other numbers of a location."""

import pytest

from processing.copies.streets import house_numbers


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("12 Lake St, Chicago, IL 60601", ("12",)),
        ("900 N. Michigan Ave., Chicago, IL 60611", ("900",)),
        ("350 5th Avenue, New York", ("350",)),
        ("Hauptstraße 7a, 10115 Berlin", ("7a",)),
        ("Kärntner Str. 12, 1010 Wien", ("12",)),
        ("12 bis rue de Rivoli, 75001 Paris", ("12",)),
        ("Calle de Alcalá 45, 28014 Madrid", ("45",)),
        ("10115 Berlin", ()),
        ("75001 Paris, France", ()),
        ("St. Louis, MO 63101", ()),
        ("Wall Street, New York", ()),
        ("Remote", ()),
        ("", ()),
    ],
)
def test_numbers(location: str, expected: tuple[str, ...]) -> None:
    assert house_numbers([location]) == expected


def test_of_several_each_once() -> None:
    shops = ["9 King Rd, Leeds", "12 Lake St, Leeds", "9 King Road, Leeds, UK"]
    assert house_numbers(shops) == ("12", "9")
