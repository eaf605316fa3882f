"""How long HTTP was away, from what was answered when."""

from collections import Counter

import pytest

from chaos.outage import failed, longest_gap_s, not_served, shown, statuses
from chaos.poster import Attempt

SEEN = [
    Attempt(0.9, 1.0, 202),
    Attempt(1.1, 1.9, 202),
    Attempt(1.8, 2.0, 503),
    Attempt(4.0, 5.0, 0),
    Attempt(5.5, 6.0, 202),
    Attempt(5.9, 7.0, 200),
]


def test_the_gap_is_between_answers_of_2xx_and_the_edges() -> None:
    assert longest_gap_s(SEEN, 0.0, 8.0) == 4.1
    assert longest_gap_s(SEEN, 6.5, 10.0) == 3.0
    assert longest_gap_s([], 1.0, 4.0) == 3.0


def test_statuses_are_those_of_what_was_sent_and_answered_between_two_moments() -> None:
    found = statuses(SEEN, 1.5, 6.0)
    assert found == {503: 1, 0: 1, 202: 1}
    assert shown(found) == "1 × no answer, 1 × 202, 1 × 503"
    assert shown(statuses([], 0.0, 9.0)) == "nothing"


@pytest.mark.parametrize(
    ("answered", "said"),
    [
        ({202: 60, 200: 2, 409: 1, 429: 3}, []),
        ({202: 60, 503: 1}, ["failed meanwhile: 1 × 503"]),
        ({202: 60, 0: 2, 500: 1}, ["failed meanwhile: 2 × no answer, 1 × 500"]),
        ({202: 60, 401: 1, 404: 1}, ["failed meanwhile: 1 × 401, 1 × 404"]),
        ({429: 3}, ["nobody was answered 2xx meanwhile"]),
        ({}, ["nobody was answered 2xx meanwhile"]),
        ({503: 6}, ["failed meanwhile: 6 × 503", "nobody was answered 2xx meanwhile"]),
    ],
)
def test_where_http_goes_on_everybody_is_served(answered: dict[int, int], said: list[str]) -> None:
    assert not_served(Counter(answered), "meanwhile") == said
    assert bool(failed(Counter(answered))) == any("failed" in sentence for sentence in said)
