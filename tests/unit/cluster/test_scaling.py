"""What `jobray scale` understands, and what it says of the rest."""

import pytest

from cluster.scaling import read_wishes
from models.errors import InvalidInput


def test_numbers_of_several_kinds() -> None:
    assert read_wishes(["matchers=2", "indexes=16"]) == {"matchers": 2, "indexes": 16}


@pytest.mark.parametrize(
    ("wish", "expected", "got"),
    [
        (
            "cooks=2",
            "one of indexes, matchers, processors, notifiers, then = and a number",
            "cooks",
        ),
        ("=2", "one of indexes, matchers, processors, notifiers, then = and a number", "nothing"),
        ("matchers", "matchers= and one of 1, 2, 4, 8, 16", "nothing"),
        ("matchers=", "matchers= and one of 1, 2, 4, 8, 16", "nothing"),
        ("matchers=3", "matchers= and one of 1, 2, 4, 8, 16", "3"),
        ("matchers=0", "matchers= and one of 1, 2, 4, 8, 16", "0"),
        ("matchers=two", "matchers= and one of 1, 2, 4, 8, 16", "two"),
    ],
)
def test_what_is_not_possible_is_named(wish: str, expected: str, got: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_wishes([wish])
    [fault] = refused.value.errors
    assert (fault.parameter, fault.expected, fault.got) == (wish, expected, got)
