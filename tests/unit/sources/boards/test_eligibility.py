"""What a platform's own field says of where one may work from."""

import pytest

from reference.countries import countries_of
from sources.boards.eligibility import eligible_countries

EU = countries_of("EU") or frozenset()


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["USA Only"], {"US"}),
        (["US/Canada"], {"US", "CA"}),
        (["USA, Canada and Mexico only"], {"US", "CA", "MX"}),
        (["UK or EU"], EU | {"GB"}),
        (["EU except Germany"], EU - {"DE"}),
        (["EU (excl. Germany)"], EU - {"DE"}),
        (["Oregon, USA"], {"US"}),
        (["Germany", "Austria"], {"DE", "AT"}),
        (["Germany", "Mars"], set()),
        (["USA timezones"], set()),
        (["EST"], set()),
        ([""], set()),
        ([], set()),
    ],
)
def test_eligible_countries(names, expected):
    assert set(eligible_countries(names)) == expected
