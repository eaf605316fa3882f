"""Where a subscription begins that comes after others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.stream.after import Standing, check_start, furthest_behind
from backends.stream.base import PARTITIONS, After

PLACES = st.integers(0, 9)
STANDINGS = st.lists(
    st.builds(
        Standing,
        st.lists(PLACES, min_size=PARTITIONS, max_size=PARTITIONS),
        st.dictionaries(st.integers(0, PARTITIONS - 1), PLACES),
    ),
    max_size=4,
)


def test_of_those_that_have_a_partition_the_furthest_behind_counts() -> None:
    begin = [0] * PARTITIONS
    found = furthest_behind(
        [Standing(begin, {0: 7, 1: 3}), Standing(begin, {0: 5, 2: 4}), Standing(begin, {})], 0
    )
    assert found == [5, 3, 4] + [0] * (PARTITIONS - 3)


def test_where_none_has_it_the_earliest_begin_counts() -> None:
    found = furthest_behind([Standing([8] * PARTITIONS, {}), Standing([6] * PARTITIONS, {0: 9})], 0)
    assert found == [9] + [6] * (PARTITIONS - 1)


def test_where_there_is_none_it_is_the_beginning() -> None:
    assert furthest_behind([], -1) == [-1] * PARTITIONS


@given(STANDINGS)
def test_nothing_is_left_out_that_somebody_has_yet_to_do(standings: list[Standing[int]]) -> None:
    begin = furthest_behind(standings, -1)
    for number in range(PARTITIONS):
        for each in standings:
            if number in each.places:
                assert begin[number] <= each.places[number]
        if not any(number in each.places for each in standings):
            assert all(begin[number] <= each.begin[number] for each in standings)
        # And not more than somebody could have to do.
        assert begin[number] in {
            -1,
            *(each.begin[number] for each in standings),
            *(each.places.get(number, -1) for each in standings),
        }


def test_a_shared_subscription_comes_after_nobody() -> None:
    check_start("ordered", After(("a",)))
    check_start("shared", "latest")
    with pytest.raises(ValueError, match="only an ordered"):
        check_start("shared", After(("a",)))
